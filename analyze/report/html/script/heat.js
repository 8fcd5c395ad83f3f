// heat - time against latency: how many calls where; what is drawn around scopes everything else.

const HEAT = { left: 58, right: 8, top: 6, bottom: 22, cell: 4 };

class HeatMap extends Picture {
  constructor(host) {
    super(host, { height: 264, label: 'Heat map: calls by time of entry and latency. Drag to choose a range; arrow '
      + 'keys move it, with Shift they widen it.' });
    this.view = { v0: 0, v1: Math.max(1, store.meta.end_ns) };
    this.listen();
  }

  listen() {
    const canvas = this.canvas;
    canvas.tabIndex = 0;
    canvas.addEventListener('pointerdown', (event) => this.press(event));
    canvas.addEventListener('pointermove', (event) => this.move(event));
    canvas.addEventListener('pointerup', () => this.release());
    canvas.addEventListener('pointercancel', () => this.release());
    canvas.addEventListener('pointerleave', (event) => tooltip.hide(event));
    canvas.addEventListener('keydown', (event) => this.key(event));
  }

  // The frame of latencies: whole decades around those that there are.
  range() {
    let low = BUCKETS;
    let high = 0;
    for (let i = 0; i < store.n; i++) {
      if (!(store.flags[i] & UNFINISHED)) {
        low = Math.min(low, store.bucket[i]);
        high = Math.max(high, store.bucket[i]);
      }
    }
    this.low = low > high ? 0 : low;
    this.high = low > high ? 6 * STEPS : high + 1;
    if (this.high - this.low < 3 * STEPS) {
      this.high = this.low + 3 * STEPS;
    }
  }

  count(columns) {
    const { v0, v1 } = this.view;
    const rows = this.high - this.low;
    const cells = new Float64Array(columns * rows);
    const scale = columns / (v1 - v0);
    const { ts, bucket, base, flags } = store;
    for (let i = 0; i < store.n; i++) {
      const x = Math.floor((ts[i] - v0) * scale);
      if (base[i] && !(flags[i] & UNFINISHED) && x >= 0 && x < columns) {
        cells[x * rows + bucket[i] - this.low] += store.weight === 1 ? 1 : weightOf(i);
      }
    }
    return cells;
  }

  /** Filters changed: counts have, too. */
  refresh() {
    this.cells = null;
    this.redraw();
  }

  frame() {
    return { x0: HEAT.left, x1: this.width - HEAT.right, y0: HEAT.top, y1: this.height - HEAT.bottom };
  }

  draw(context, width) {
    if (this.low === undefined) {
      this.range();
    }
    const columns = Math.max(1, Math.floor((width - HEAT.left - HEAT.right) / HEAT.cell));
    if (!this.cells || this.columns !== columns) {
      this.columns = columns;
      this.cells = this.count(columns);
    }
    this.drawCells(context);
    this.drawAxes(context);
    this.drawSelection(context);
  }

  drawCells(context) {
    const { x0, x1, y0, y1 } = this.frame();
    const rows = this.high - this.low;
    const most = this.cells.reduce((a, b) => Math.max(a, b), 1);
    const colors = ramp(32);
    context.fillStyle = theme.color('--soft');
    context.fillRect(x0, y0, x1 - x0, y1 - y0);
    // One pixel a cell, drawn as large as there is room.
    const image = new ImageData(this.columns, rows);
    const pixels = new Uint32Array(image.data.buffer);
    const scale = (colors.length - 1) / Math.log(1 + most);
    for (let i = 0; i < this.cells.length; i++) {
      if (this.cells[i] > 0) {
        const y = rows - 1 - i % rows;
        pixels[y * this.columns + Math.floor(i / rows)] = colors[Math.round(Math.log(1 + this.cells[i]) * scale)];
      }
    }
    const small = el('canvas', { width: this.columns, height: rows });
    small.getContext('2d').putImageData(image, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, x0, y0, x1 - x0, y1 - y0);
  }

  drawAxes(context) {
    const { x0, x1, y0, y1 } = this.frame();
    context.textAlign = 'right';
    context.fillStyle = theme.color('--muted');
    context.strokeStyle = theme.color('--line');
    for (let decade = 1; decade < 1e13; decade *= 10) {
      const y = this.yOf(decade);
      if (y <= y1 + 1 && y >= y0 - 1) {
        context.fillText(showTime(decade), x0 - 6, Math.min(Math.max(y, y0 + 6), y1 - 4));
        context.globalAlpha = 0.6;
        context.beginPath();
        context.moveTo(x0, y + 0.5);
        context.lineTo(x1, y + 0.5);
        context.stroke();
        context.globalAlpha = 1;
      }
    }
    drawTimeAxis(context, this.view.v0, this.view.v1, x0, x1, y1 + 12);
  }

  xOf(ns) {
    const { x0, x1 } = this.frame();
    return x0 + (x1 - x0) * (ns - this.view.v0) / (this.view.v1 - this.view.v0);
  }

  yOf(ns) {
    const { y0, y1 } = this.frame();
    return y1 - (y1 - y0) * (Math.log2(Math.max(1, ns)) * STEPS - this.low) / (this.high - this.low);
  }

  timeAt(x) {
    const { x0, x1 } = this.frame();
    const share = Math.min(1, Math.max(0, (x - x0) / (x1 - x0)));
    return this.view.v0 + share * (this.view.v1 - this.view.v0);
  }

  latencyAt(y) {
    const { y0, y1 } = this.frame();
    const share = Math.min(1, Math.max(0, (y1 - y) / (y1 - y0)));
    return bucketFloor(this.low + share * (this.high - this.low));
  }

  drawSelection(context) {
    const s = this.dragged ? this.draggedRange() : store.scope;
    if (s.t0 === null && s.d0 === null) {
      return;
    }
    const { x0, x1, y0, y1 } = this.frame();
    const left = Math.max(x0, s.t0 === null ? x0 : this.xOf(s.t0));
    const right = Math.min(x1, s.t1 === null ? x1 : this.xOf(s.t1));
    const top = Math.max(y0, s.d1 === null ? y0 : this.yOf(s.d1));
    const bottom = Math.min(y1, s.d0 === null ? y1 : this.yOf(s.d0));
    context.fillStyle = theme.color('--veil');
    context.fillRect(x0, y0, left - x0, y1 - y0);
    context.fillRect(right, y0, x1 - right, y1 - y0);
    context.fillRect(left, y0, right - left, top - y0);
    context.fillRect(left, bottom, right - left, y1 - bottom);
    context.strokeStyle = theme.color('--accent');
    context.lineWidth = 2;
    context.strokeRect(left, top, right - left, bottom - top);
    context.lineWidth = 1;
  }

  // A drag that is nearly level or upright chooses a range of time or of latency alone.
  draggedRange() {
    const { from, to } = this.dragged;
    const { y0, y1 } = this.frame();
    const wide = Math.abs(to.x - from.x) >= 4;
    const high = Math.abs(to.y - from.y) >= 8;
    const t = [from.x, to.x].map((x) => this.timeAt(x)).sort((a, b) => a - b);
    const d = [from.y, to.y].map((y) => this.latencyAt(y)).sort((a, b) => a - b);
    const toBottom = Math.max(from.y, to.y) >= y1;
    const toTop = Math.min(from.y, to.y) <= y0;
    return { t0: wide ? t[0] : null, t1: wide ? t[1] : null,
      d0: high ? (toBottom ? 0 : d[0]) : null, d1: high ? (toTop ? Infinity : d[1]) : null };
  }

  press(event) {
    this.canvas.setPointerCapture(event.pointerId);
    const at = this.place(event);
    this.dragged = { from: at, to: at };
  }

  move(event) {
    const at = this.place(event);
    if (this.dragged) {
      this.dragged.to = at;
      this.redraw();
      return;
    }
    this.tell(event, at);
  }

  tell(event, at) {
    const { x0, x1, y0, y1 } = this.frame();
    if (!this.cells || at.x < x0 || at.x >= x1 || at.y < y0 || at.y >= y1) {
      tooltip.hide(event);
      return;
    }
    const rows = this.high - this.low;
    const column = Math.min(this.columns - 1, Math.floor((at.x - x0) / (x1 - x0) * this.columns));
    const row = Math.min(rows - 1, Math.floor((y1 - at.y) / (y1 - y0) * rows));
    const n = this.cells[column * rows + row];
    tooltip.show(event, [`${showCount(n)} call${n === 1 ? '' : 's'}`, `at ${showMoment(this.timeAt(at.x))} s`,
      `${showTime(bucketFloor(this.low + row))} to ${showTime(bucketFloor(this.low + row + 1))}`]);
  }

  release() {
    if (!this.dragged) {
      return;
    }
    const range = this.draggedRange();
    this.dragged = null;
    setScope(range);
  }

  key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) {
      return;
    }
    event.preventDefault();
    const { v0, v1 } = this.view;
    const by = step * (v1 - v0) / 40;
    const t0 = store.scope.t0 ?? v0;
    const t1 = store.scope.t1 ?? v0 + (v1 - v0) / 20;
    setScope({ t0: Math.max(v0, event.shiftKey ? t0 : t0 + by), t1: Math.min(v1, Math.max(t1 + by, t0 + 1)) });
  }

  zoom(v0, v1) {
    this.view = { v0, v1: Math.max(v1, v0 + 1) };
    this.refresh();
  }
}

/** n colours from few to many, as the page's colours say; each as a pixel of an image (ABGR). */
function ramp(n) {
  const stops = [0, 1, 2, 3, 4].map((i) => theme.color(`--heat-${i}`).match(/[0-9a-f]{2}/gi).map((h) => parseInt(h, 16)));
  return Array.from({ length: n }, (_, i) => {
    const at = i / (n - 1) * (stops.length - 1);
    const k = Math.min(stops.length - 2, Math.floor(at));
    const mixed = stops[k].map((c, j) => Math.round(c + (stops[k + 1][j] - c) * (at - k)));
    return (0xff000000 | mixed[2] << 16 | mixed[1] << 8 | mixed[0]) >>> 0;
  });
}
