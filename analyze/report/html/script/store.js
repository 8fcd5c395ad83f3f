// store - every call of the page, and which of them are in scope.
//
// A scope is a range of time, a range of latency, and filters: names, threads, errors, text. `base` are the calls
// that the filters leave, `sel` those of them within both ranges. Everything on the page shows `sel`, the
// heat map `base`. In a page that could not hold all calls, one that was drawn stands for `weight`.

const UNFINISHED = 1;
const DRAWN = 4;
const STEPS = 6; // latency buckets an octave
const BUCKETS = 256;

const store = {
  meta: null,
  listeners: [],
  scope: { t0: null, t1: null, d0: null, d1: null, names: new Set(), threads: new Set(), errors: false,
    text: '', regex: false },
};

const bucketOf = (ns) => (ns >= 1 ? Math.min(BUCKETS - 1, Math.floor(Math.log2(ns) * STEPS)) : 0);
const bucketFloor = (bucket) => 2 ** (bucket / STEPS);

const COLUMNS = ['ts', 'dur', 'thread', 'name', 'error', 'flags', 'place', 'args', 'result', 'texts', 'nodes', 'places',
  'frames'];

async function loadStore() {
  const meta = JSON.parse(byId('rn-meta').textContent);
  const n = meta.rows;
  const bytes = await Promise.all(COLUMNS.map((id) => unpack(`rn-${id}`)));
  const of = Object.fromEntries(COLUMNS.map((id, i) => [id, bytes[i]]));
  store.meta = meta;
  store.n = n;
  store.weight = 2 ** meta.level;
  store.ts = readDeltas(of.ts, new Float64Array(n));
  store.dur = readVarints(of.dur, new Float64Array(n));
  store.thread = readVarints(of.thread, new Uint32Array(n));
  store.name = readVarints(of.name, new Uint16Array(n));
  store.error = readVarints(of.error, new Uint16Array(n));
  store.flags = readVarints(of.flags, new Uint8Array(n));
  store.place = readVarints(of.place, new Uint32Array(n));
  store.args = readVarints(of.args, new Uint32Array(n));
  store.result = readVarints(of.result, new Uint32Array(n));
  store.texts = new Texts(of.texts, meta.texts);
  store.frames = new Texts(of.frames, meta.frames);
  store.nodes = readVarints(of.nodes, new Uint32Array(meta.nodes * 4));
  store.places = readVarints(of.places, new Uint32Array(meta.places * 2));
  store.bucket = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    store.bucket[i] = bucketOf(store.dur[i]);
  }
  store.base = new Uint8Array(n);
  store.rows = new Uint32Array(n);
  store.sel = store.rows;
  store.marks = JSON.parse(byId('rn-marks').textContent);
  store.hasStacks = meta.nodes > 1;
}

const threadLabel = (thread) => `${store.meta.threads[thread].comm || '?'} ${store.meta.threads[thread].tid}`;
const errorName = (error) => (error ? store.meta.errors[error - 1] : '');
const sourceOf = (place) => store.frames.get(store.places[2 * place + 1]);
const isUnfinished = (i) => (store.flags[i] & UNFINISHED) !== 0;
const weightOf = (i) => (store.flags[i] & DRAWN ? store.weight : 1);

/** The call as a listing has it. */
function callText(i) {
  return `${store.meta.names[store.name[i]]}(${store.texts.get(store.args[i])})`;
}

// What the text of the search field leaves: tables by number for each column that it looks into.
function textMatches(scope) {
  const needle = needleOf(scope.text, scope.regex);
  if (needle === null) {
    return null;
  }
  const test = matcher(needle);
  const inFrames = store.meta.has_source ? store.frames.find(needle) : null;
  return {
    names: Uint8Array.from(store.meta.names, (name) => Number(test(name))),
    errors: Uint8Array.from([''].concat(store.meta.errors), (name) => Number(name !== '' && test(name))),
    threads: Uint8Array.from(store.meta.threads, (_, i) => Number(test(threadLabel(i)))),
    texts: store.texts.find(needle),
    places: inFrames ? Uint8Array.from({ length: store.meta.places }, (_, i) => inFrames[store.places[2 * i + 1]])
      : new Uint8Array(store.meta.places),
  };
}

// One table for names, one for threads: 1 for those the filter leaves.
const choice = (chosen, n) => Uint8Array.from({ length: n }, (_, i) => Number(chosen.size === 0 || chosen.has(i)));

function applyFilters() {
  const { scope, base, name, thread, error, args, result, place } = store;
  const names = choice(scope.names, store.meta.names.length);
  const threads = choice(scope.threads, store.meta.threads.length);
  const match = textMatches(scope);
  for (let i = 0; i < store.n; i++) {
    base[i] = names[name[i]] & threads[thread[i]];
  }
  for (let i = 0; scope.errors && i < store.n; i++) {
    base[i] &= Number(error[i] > 0);
  }
  for (let i = 0; match && i < store.n; i++) {
    base[i] &= match.names[name[i]] | match.texts[args[i]] | match.texts[result[i]] | match.errors[error[i]] |
      match.threads[thread[i]] | match.places[place[i]];
  }
}

function applyRanges() {
  const { scope, base, ts, dur, rows } = store;
  const t0 = scope.t0 ?? -Infinity;
  const t1 = scope.t1 ?? Infinity;
  const d0 = scope.d0 ?? -Infinity;
  const d1 = scope.d1 ?? Infinity;
  let n = 0;
  for (let i = 0; i < store.n; i++) {
    if (base[i] && ts[i] >= t0 && ts[i] < t1 && dur[i] >= d0 && dur[i] < d1) {
      rows[n++] = i;
    }
  }
  store.sel = rows.subarray(0, n);
}

/** Of rows in any order those that are in scope, in that order. */
function inScope(order) {
  if (store.sel.length === store.n) {
    return order;
  }
  const inside = new Uint8Array(store.n);
  for (let k = 0; k < store.sel.length; k++) {
    inside[store.sel[k]] = 1;
  }
  const rows = new Uint32Array(store.sel.length);
  let n = 0;
  for (let k = 0; k < order.length; k++) {
    if (inside[order[k]]) {
      rows[n++] = order[k];
    }
  }
  return rows;
}

function isScoped() {
  const s = store.scope;
  return s.t0 !== null || s.d0 !== null || s.names.size > 0 || s.threads.size > 0 || s.errors || s.text !== '';
}

/** Changes the scope: members of `change` replace those of the scope; everybody is told. */
function setScope(change) {
  Object.assign(store.scope, change);
  const filters = ['names', 'threads', 'errors', 'text', 'regex'].some((key) => key in change);
  if (filters) {
    applyFilters();
  }
  applyRanges();
  store.listeners.forEach((listener) => listener(filters));
}

const EVERYTHING = () => ({ t0: null, t1: null, d0: null, d1: null, names: new Set(), threads: new Set(),
  errors: false, text: '', regex: false });

/** Adds to a set of the scope, or takes away. */
function toggleScope(key, value) {
  const set = new Set(store.scope[key]);
  if (!set.delete(value)) {
    set.add(value);
  }
  setScope({ [key]: set });
}

/** How many calls the rows in scope stand for. */
function countScope() {
  if (store.weight === 1) {
    return store.sel.length;
  }
  let n = 0;
  for (const i of store.sel) {
    n += weightOf(i);
  }
  return n;
}
