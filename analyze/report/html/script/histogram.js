// histogram - how many of the calls in scope took how long, on an axis of powers, with percentiles marked.

const HIST = { left: 8, right: 8, top: 34, bottom: 22 };
const MARKED = [[0.5, 'p50'], [0.9, 'p90'], [0.99, 'p99']];

class Histogram extends Picture {
  constructor(host) {
    super(host, { height: 264, label: 'Histogram of latencies' });
    host.append(el('ul', { class: 'legend' }, el('li', null, el('span', { class: 'swatch returned' }), 'returned'),
      el('li', null, el('span', { class: 'swatch failed' }), 'failed')));
    this.canvas.addEventListener('pointermove', (event) => this.tell(event));
    this.canvas.addEventListener('pointerleave', (event) => tooltip.hide(event));
  }

  refresh() {
    const count = new Float64Array(BUCKETS);
    const failed = new Float64Array(BUCKETS);
    const { sel, bucket, error, dur, flags } = store;
    const values = new Float64Array(sel.length);
    const buckets = new Uint8Array(sel.length);
    const exact = new Uint32Array(BUCKETS);
    const fine = new Float64Array(store.weight === 1 ? 0 : FINE_BUCKETS);
    let n = 0;
    for (let k = 0; k < sel.length; k++) {
      const i = sel[k];
      if (!(flags[i] & UNFINISHED)) {
        const w = store.weight === 1 ? 1 : weightOf(i);
        count[bucket[i]] += w;
        failed[bucket[i]] += error[i] ? w : 0;
        values[n] = dur[i];
        buckets[n++] = bucket[i];
        exact[bucket[i]]++;
        if (store.weight > 1) {
          fine[fineOf(dur[i])] += w;
        }
      }
    }
    this.count = count;
    this.failed = failed;
    this.n = n;
    const shares = MARKED.map(([share]) => share);
    this.marks = store.weight === 1 ? percentilesByBucket(values, buckets, exact, n, shares)
      : estimates(fine, 0, shares);
    this.low = count.findIndex((c) => c > 0);
    this.high = BUCKETS;
    while (this.high > 0 && count[this.high - 1] === 0) {
      this.high--;
    }
    this.canvas.setAttribute('aria-label', n ? `Histogram of ${showCount(n)} latencies: ${MARKED.map(([, name], i) =>
      `${name} ${showTime(this.marks[i])}`).join(', ')}` : 'Histogram of latencies: none');
    this.redraw();
  }

  span() {
    const low = Math.max(0, this.low - STEPS / 2);
    return { low, high: Math.max(this.high + STEPS / 2, low + 2 * STEPS) };
  }

  xOf(bucket, width) {
    const { low, high } = this.span();
    return HIST.left + (width - HIST.left - HIST.right) * (bucket - low) / (high - low);
  }

  draw(context, width, height) {
    if (!this.count || this.n === 0) {
      context.fillStyle = theme.color('--muted');
      context.textAlign = 'center';
      context.fillText('No call in scope returned', width / 2, height / 2);
      return;
    }
    this.drawBars(context, width, height);
    this.drawAxis(context, width, height);
    this.drawMarks(context, width, height);
  }

  drawBars(context, width, height) {
    const y1 = height - HIST.bottom;
    const most = this.count.reduce((a, b) => Math.max(a, b), 0);
    const good = theme.color('--heat-2');
    const bad = theme.color('--bad');
    for (let b = this.low; b < this.high; b++) {
      const x = this.xOf(b, width);
      const w = Math.max(1, this.xOf(b + 1, width) - x - 1);
      const h = this.count[b] / most * (y1 - HIST.top);
      const hBad = this.failed[b] / most * (y1 - HIST.top);
      context.fillStyle = good;
      context.fillRect(x, y1 - h, w, h);
      context.fillStyle = bad;
      context.fillRect(x, y1 - hBad, w, hBad);
      if (this.count[b] > 0 && h < 1) {
        context.fillStyle = good;
        context.fillRect(x, y1 - 1, w, 1);
      }
    }
  }

  drawAxis(context, width, height) {
    const y1 = height - HIST.bottom;
    context.fillStyle = theme.color('--line');
    context.fillRect(HIST.left, y1, width - HIST.left - HIST.right, 1);
    context.fillStyle = theme.color('--muted');
    context.textAlign = 'center';
    const { low, high } = this.span();
    for (let decade = 1; decade < 1e13; decade *= 10) {
      const b = Math.log2(decade) * STEPS;
      if (b >= low && b <= high) {
        const x = this.xOf(b, width);
        context.fillRect(x, y1, 1, 4);
        context.fillText(showTime(decade), Math.min(Math.max(x, 22), width - 24), y1 + 13);
      }
    }
  }

  // Labels step down where they would meet.
  drawMarks(context, width, height) {
    context.textAlign = 'left';
    context.strokeStyle = theme.color('--ink');
    context.fillStyle = theme.color('--ink');
    let free = -Infinity;
    let line = 0;
    MARKED.forEach(([, name], i) => {
      const x = this.xOf(Math.log2(Math.max(1, this.marks[i])) * STEPS, width);
      const text = `${name} ${showTime(this.marks[i])}`;
      const wide = context.measureText(text).width;
      const left = Math.min(x + 4, width - wide - 2);
      line = left < free ? (line + 1) % 3 : 0;
      free = left + wide + 6;
      context.setLineDash([3, 3]);
      context.beginPath();
      context.moveTo(x, 4 + line * 12);
      context.lineTo(x, height - HIST.bottom);
      context.stroke();
      context.setLineDash([]);
      context.fillText(text, left, 8 + line * 12);
    });
  }

  tell(event) {
    const { low, high } = this.span();
    const at = this.place(event);
    const b = Math.floor(low + (at.x - HIST.left) / (this.width - HIST.left - HIST.right) * (high - low));
    if (!this.count || !(this.count[b] > 0)) {
      tooltip.hide(event);
      return;
    }
    const lines = [`${showCount(this.count[b])} calls`, `${showTime(bucketFloor(b))} to ${showTime(bucketFloor(b + 1))}`];
    if (this.failed[b]) {
      lines.push(`${showCount(this.failed[b])} of them failed`);
    }
    tooltip.show(event, lines);
  }
}
