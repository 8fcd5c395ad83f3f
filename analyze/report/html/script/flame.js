// flame - a flame graph from the root downwards: zoom, search, and the same as a table that can be read aloud.

const FRAME = 20;
const FLAME_DEPTH = 400;
const TWIN_ROWS = 300;

class FlameGraph extends Picture {
  constructor(host) {
    const tools = el('div', { class: 'tools' });
    host.append(tools);
    const scroll = el('div', { class: 'scroll flame' });
    host.append(scroll);
    super(scroll, { height: FRAME * 4, label: 'Flame graph' });
    this.by = store.hasStacks ? 'stacks' : 'threads';
    this.weight = 'time';
    this.zoomed = 0;
    this.needle = null;
    this.makeTools(tools);
    this.twin = new FlameTwin(host, this);
    this.canvas.tabIndex = 0;
    this.canvas.addEventListener('click', (event) => this.click(event));
    this.canvas.addEventListener('pointermove', (event) => this.tell(event));
    this.canvas.addEventListener('pointerleave', (event) => tooltip.hide(event));
    this.canvas.addEventListener('keydown', (event) => this.key(event));
  }

  makeTools(tools) {
    const choose = (label, options, set) => el('select', { 'aria-label': label, onchange: (event) => {
      set(event.target.value);
      this.zoomed = 0;
      this.refresh();
    } }, ...options.map(([value, text]) => el('option', { value }, text)));
    const kinds = [['threads', 'Process \u203a thread \u203a call']];
    if (store.hasStacks) {
      kinds.unshift(['stacks', 'Call stacks'], ['callers', 'Call \u203a its callers']);
    }
    this.field = el('input', { type: 'search', placeholder: 'Search frames (regex)', 'aria-label':
      'Search frames of the flame graph by a regular expression', oninput: () => this.search(this.field.value) });
    this.matched = el('span', { class: 'count', 'aria-live': 'polite' });
    this.reset = el('button', { type: 'button', onclick: () => this.zoom(0) }, 'Reset zoom');
    tools.append(choose('What is stacked', kinds, (value) => {
      this.by = value;
    }), choose('What widths mean', [['time', 'Time in calls'], ['calls', 'Calls'], ['errors', 'Failed calls']], (value) => {
      this.weight = value;
    }), this.field, this.matched, el('span', { class: 'push' }), this.reset,
    el('button', { type: 'button', title: 'Folded stacks, for other flame graphs', onclick: () => this.save() }, 'Folded'));
  }

  refresh() {
    const path = this.tree ? this.tree.path(this.zoomed).slice(1).map((i) => this.tree.name[i]) : [];
    this.tree = TREES[this.by](this.weight);
    this.zoomed = this.find(path);
    this.layOut();
  }

  /** Stacks in scope as lines "main;f;g 12". */
  save() {
    const { tree } = this;
    const lines = [...tree.self].map(([node, sum]) => `${tree.path(node).slice(1).map((i) =>
      tree.name[i].replace(/[;\n]/g, ':')).join(';')} ${Math.round(sum)}\n`);
    save('stacks.folded', 'text/plain', lines.sort());
  }

  /** The node of a path of names, as far as it is still there. */
  find(path) {
    let at = 0;
    for (const name of path) {
      const next = this.tree.children[at].find((child) => this.tree.name[child] === name);
      if (next === undefined) {
        break;
      }
      at = next;
    }
    return at;
  }

  zoom(node) {
    this.zoomed = node;
    this.layOut();
  }

  search(text) {
    this.needle = needleOf(text, true);
    this.layOut();
  }

  matches(node) {
    return this.needle !== null && this.needle.test(this.tree.name[node]);
  }

  // Boxes {node, depth, from, to} in shares of the width; ancestors of what is zoomed to stay on top.
  layOut() {
    const { tree } = this;
    const path = tree.path(this.zoomed);
    this.boxes = path.map((node, depth) => ({ node, depth, from: 0, to: 1 }));
    this.deepest = path.length;
    const place = (parent, depth, from, to) => {
      let at = from;
      for (const node of tree.children[parent]) {
        const wide = (to - from) * tree.total[node] / tree.total[parent];
        if (wide > 1 / 2500 && depth < FLAME_DEPTH) {
          this.boxes.push({ node, depth, from: at, to: at + wide });
          this.deepest = Math.max(this.deepest, depth + 1);
          place(node, depth + 1, at, at + wide);
        }
        at += wide;
      }
    };
    if (tree.total[this.zoomed] > 0) {
      place(this.zoomed, path.length, 0, 1);
    }
    this.height = Math.max(3, this.deepest) * FRAME;
    this.tellMatched();
    this.reset.disabled = this.zoomed === 0;
    this.canvas.setAttribute('aria-label', `Flame graph of ${showWeight(this.weight, tree.total[0])} `
      + `${this.weight === 'time' ? '' : this.weight}; the same as a table follows. Enter zooms, Escape goes back.`);
    this.twin.refresh();
    this.redraw();
  }

  // What is below a frame that matched is in it already.
  tellMatched() {
    const { tree } = this;
    const sum = (node) => (this.matches(node) ? tree.total[node]
      : tree.children[node].reduce((s, child) => s + sum(child), 0));
    this.matched.textContent = this.needle === null ? '' : `${showShare(sum(this.zoomed), tree.total[this.zoomed])} matched`;
  }

  color(node, colors) {
    const { tree } = this;
    return tree.kind[node] === 2 ? colors.cls[tree.cls[node]] : colors.kind[tree.kind[node]];
  }

  draw(context, width) {
    if (!this.boxes) {
      return;
    }
    const colors = { cls: Array.from({ length: CLASS_COLORS }, (_, c) => theme.color(`--class-${c}`)),
      kind: ['--frame-lib', '--frame-own', '--muted', '--frame-task'].map((name) => theme.color(name)) };
    const [ink, surface, mark, markInk, clsInk] = ['--frame-ink', '--surface', '--flame-mark', '--flame-mark-ink',
      '--class-ink'].map((name) => theme.color(name));
    context.textAlign = 'left';
    for (const box of this.boxes) {
      const x = box.from * width;
      const w = (box.to - box.from) * width;
      if (w < 0.5) {
        continue;
      }
      const found = this.matches(box.node);
      context.globalAlpha = this.needle !== null && !found ? 0.45 : 1;
      context.fillStyle = found ? mark : this.color(box.node, colors);
      context.fillRect(x, box.depth * FRAME, Math.max(0.5, w - 0.6), FRAME - 1);
      context.globalAlpha = 1;
      if (box === this.focused) {
        context.strokeStyle = ink;
        context.lineWidth = 2;
        context.strokeRect(x + 1, box.depth * FRAME + 1, w - 2, FRAME - 3);
        context.lineWidth = 1;
      }
      if (w > 26) {
        const isCall = this.tree.kind[box.node] === 2;
        context.fillStyle = found ? markInk : isCall ? clsInk : ink;
        context.fillText(fit(context, this.tree.name[box.node], w - 8), x + 4, box.depth * FRAME + FRAME / 2);
      }
    }
    context.fillStyle = surface;
  }

  boxAt(event) {
    const at = this.place(event);
    const depth = Math.floor(at.y / FRAME);
    const share = at.x / this.width;
    return (this.boxes || []).find((box) => box.depth === depth && share >= box.from && share < box.to);
  }

  click(event) {
    const box = this.boxAt(event);
    if (box) {
      this.focused = null;
      this.zoom(box.node);
    }
  }

  describe(node) {
    const { tree } = this;
    return [tree.name[node], `${showWeight(this.weight, tree.total[node])}${this.weight === 'time' ? '' : ` ${this.weight}`}`,
      `${showShare(tree.total[node], tree.total[0])} of all, ${showShare(tree.total[node],
        tree.total[Math.max(0, tree.parent[node])])} of its caller`];
  }

  tell(event) {
    const box = this.boxAt(event);
    tooltip.show(event, box ? this.describe(box.node) : []);
  }

  key(event) {
    const { tree } = this;
    const at = this.focused ? this.focused.node : this.zoomed;
    const siblings = at ? tree.children[tree.parent[at]] : [0];
    const turn = (by) => siblings[(siblings.indexOf(at) + by + siblings.length) % siblings.length];
    const to = { ArrowDown: () => tree.children[at][0] ?? at, ArrowUp: () => Math.max(0, tree.parent[at]),
      ArrowLeft: () => turn(-1), ArrowRight: () => turn(1) }[event.key];
    if (to) {
      const node = to();
      this.focused = this.boxes.find((box) => box.node === node) || this.focused;
      this.canvas.setAttribute('aria-label', this.describe(this.focused ? this.focused.node : node).join(', '));
      this.redraw();
    } else if (event.key === 'Enter' && this.focused) {
      this.zoom(this.focused.node);
    } else if (event.key === 'Escape' && this.zoomed) {
      this.zoom(Math.max(0, tree.parent[this.zoomed]));
      event.stopPropagation();
    } else {
      return;
    }
    event.preventDefault();
  }
}

/** As much of a text as there is room for. */
function fit(context, text, room) {
  if (context.measureText(text).width <= room) {
    return text;
  }
  let n = Math.floor(text.length * room / context.measureText(text).width);
  while (n > 0 && context.measureText(`${text.slice(0, n)}\u2026`).width > room) {
    n--;
  }
  return n > 0 ? `${text.slice(0, n)}\u2026` : '';
}

// The flame graph as a tree of rows: right opens, left closes, Enter zooms.
class FlameTwin {
  constructor(host, flame) {
    this.flame = flame;
    this.open = new Set();
    this.body = el('tbody');
    this.grid = el('table', { role: 'treegrid', 'aria-label': 'Flame graph as a table' },
      el('thead', null, el('tr', null, el('th', { scope: 'col' }, 'Frame'), el('th', { scope: 'col', class: 'n' }, 'Total'),
        el('th', { scope: 'col', class: 'n' }, '%'), el('th', { scope: 'col', class: 'n' }, 'Self'))), this.body);
    this.grid.addEventListener('keydown', (event) => this.key(event));
    this.details = el('details', { class: 'twin', ontoggle: () => this.refresh() },
      el('summary', null, 'As a table'), el('div', { class: 'scroll', tabindex: '0', role: 'region',
        'aria-label': 'Flame graph as a table' }, this.grid));
    host.append(this.details);
  }

  keyOf(node) {
    return this.flame.tree.path(node).map((i) => this.flame.tree.name[i]).join('\n');
  }

  refresh() {
    if (!this.details.open || !this.flame.tree) {
      return;
    }
    const rows = [];
    const put = (node, level) => {
      if (rows.length < TWIN_ROWS) {
        rows.push(this.row(node, level));
        if (level === 1 || this.open.has(this.keyOf(node))) {
          this.flame.tree.children[node].forEach((child) => put(child, level + 1));
        }
      }
    };
    put(this.flame.zoomed, 1);
    this.body.replaceChildren(...rows);
  }

  row(node, level) {
    const { tree, weight } = this.flame;
    const parent = tree.children[node].length > 0;
    const open = level === 1 || this.open.has(this.keyOf(node));
    const row = el('tr', { role: 'row', tabindex: level === 1 ? '0' : '-1', 'aria-level': level,
      'aria-expanded': parent ? String(open) : null, onclick: () => this.toggle(row) },
    el('td', { role: 'gridcell' }, `${parent ? (open ? '\u25be ' : '\u25b8 ') : '\u2003'}${tree.name[node]}`),
    el('td', { role: 'gridcell', class: 'n' }, showWeight(weight, tree.total[node])),
    el('td', { role: 'gridcell', class: 'n' }, showShare(tree.total[node], tree.total[0])),
    el('td', { role: 'gridcell', class: 'n' }, showWeight(weight, tree.self.get(node) || 0)));
    row.cells[0].style.paddingLeft = `${Math.min(level, 40)}rem`;
    row.node = node;
    return row;
  }

  toggle(row, open) {
    const key = this.keyOf(row.node);
    if (open ?? !this.open.has(key)) {
      this.open.add(key);
    } else {
      this.open.delete(key);
    }
    const index = row.rowIndex;
    this.refresh();
    (this.grid.rows[index] || this.grid.rows[1]).focus();
  }

  key(event) {
    const row = event.target.closest('tr');
    const next = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key];
    if (next) {
      next.focus();
    } else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      this.toggle(row, event.key === 'ArrowRight');
    } else if (event.key === 'Enter') {
      this.flame.zoom(row.node);
    } else {
      return;
    }
    event.preventDefault();
  }
}
