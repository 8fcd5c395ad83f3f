// tree - calls in scope as trees: by the stacks they were made from, from calls to their callers, or by process,
// thread and call.
//
// A tree has nodes whose parents have smaller numbers; node 0 is everything. kind: 0 library, 1 the user's own
// code, 2 a call, 3 a process or thread.

class Tree {
  constructor() {
    this.name = ['all'];
    this.parent = [-1];
    this.kind = [3];
    this.cls = [7];
    this.known = new Map();
  }

  child(parent, name, kind, cls) {
    const key = `${parent} ${kind} ${name}`;
    let node = this.known.get(key);
    if (node === undefined) {
      node = this.name.length;
      this.known.set(key, node);
      this.name.push(name);
      this.parent.push(parent);
      this.kind.push(kind);
      this.cls.push(cls);
    }
    return node;
  }

  /** self: what was spent in each node itself; totals and children follow from it. */
  settle(self) {
    const n = this.name.length;
    this.self = self;
    this.total = Float64Array.from({ length: n }, (_, i) => self.get(i) || 0);
    for (let i = n - 1; i > 0; i--) {
      this.total[this.parent[i]] += this.total[i];
    }
    this.children = Array.from({ length: n }, () => []);
    for (let i = 1; i < n; i++) {
      if (this.total[i] > 0) {
        this.children[this.parent[i]].push(i);
      }
    }
    for (const list of this.children) {
      list.sort((a, b) => this.total[b] - this.total[a] || a - b);
    }
    return this;
  }

  path(node) {
    const path = [];
    for (let i = node; i >= 0; i = this.parent[i]) {
      path.unshift(i);
    }
    return path;
  }
}

const WEIGHTS = {
  time: (i) => store.dur[i],
  calls: () => 1,
  errors: (i) => Number(store.error[i] > 0),
};

// What was spent by pairs of numbers: one sum each.
function sumByPair(weight, high, low, nLow) {
  const sums = new Map();
  const weigh = WEIGHTS[weight];
  for (const i of store.sel) {
    const w = weigh(i) * (store.weight === 1 ? 1 : weightOf(i));
    if (w > 0) {
      const key = high[i] * nLow + low[i];
      sums.set(key, (sums.get(key) || 0) + w);
    }
  }
  return sums;
}

function treeOfStacks(weight) {
  const { nodes, places, meta } = store;
  const tree = new Tree();
  const made = new Map([[0, 0]]);
  // Frames that differ by their lines alone are one here.
  const nodeOf = (node) => {
    let found = made.get(node);
    if (found === undefined) {
      const parent = nodeOf(nodes[4 * node]);
      found = tree.child(parent, store.frames.get(nodes[4 * node + 1]), nodes[4 * node + 3], 7);
      made.set(node, found);
    }
    return found;
  };
  const self = new Map();
  for (const [key, sum] of sumByPair(weight, store.place, store.name, meta.names.length)) {
    const place = Math.floor(key / meta.names.length);
    const name = key % meta.names.length;
    const at = place ? nodeOf(places[2 * place]) : tree.child(0, '[no stack]', 0, 7);
    const leaf = tree.child(at, meta.names[name], 2, meta.classes[name]);
    self.set(leaf, (self.get(leaf) || 0) + sum);
  }
  return tree.settle(self);
}

/** The other way round: each call, who made it, who called that. */
function treeOfCallers(weight) {
  const { nodes, places, meta } = store;
  const tree = new Tree();
  const self = new Map();
  for (const [key, sum] of sumByPair(weight, store.place, store.name, meta.names.length)) {
    const name = key % meta.names.length;
    let at = tree.child(0, meta.names[name], 2, meta.classes[name]);
    for (let node = places[2 * Math.floor(key / meta.names.length)]; node; node = nodes[4 * node]) {
      at = tree.child(at, store.frames.get(nodes[4 * node + 1]), nodes[4 * node + 3], 7);
    }
    self.set(at, (self.get(at) || 0) + sum);
  }
  return tree.settle(self);
}

function treeOfThreads(weight) {
  const { meta } = store;
  const tree = new Tree();
  const self = new Map();
  for (const [key, sum] of sumByPair(weight, store.thread, store.name, meta.names.length)) {
    const thread = Math.floor(key / meta.names.length);
    const name = key % meta.names.length;
    const process = tree.child(0, `process ${meta.threads[thread].pid}`, 3, 7);
    const at = tree.child(process, threadLabel(thread), 3, 7);
    const leaf = tree.child(at, meta.names[name], 2, meta.classes[name]);
    self.set(leaf, (self.get(leaf) || 0) + sum);
  }
  return tree.settle(self);
}

const TREES = { stacks: treeOfStacks, callers: treeOfCallers, threads: treeOfThreads };

const showWeight = (weight, value) => (weight === 'time' ? showTime(value) : showCount(value));
