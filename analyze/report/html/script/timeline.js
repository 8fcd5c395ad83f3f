// timeline - a lane for each thread: when it was in which kind of call, and what happened to it.

const LANE = 22;
const LANE_LABEL = 168;
const LANES_SHOWN = 200;
const CLASS_COLORS = 8;

class Timeline extends Picture {
  constructor(host) {
    super(host, { height: LANE, label: 'Threads over time' });
    this.labels = el('div', { class: 'lanes', role: 'group', 'aria-label': 'Threads: choose to filter' });
    this.host.classList.add('timeline');
    this.host.prepend(this.labels);
    this.canvas.addEventListener('pointermove', (event) => this.tell(event));
    this.canvas.addEventListener('pointerleave', (event) => tooltip.hide(event));
    this.more = el('p', { class: 'about' });
    host.append(this.legend(), this.more);
    this.choose();
  }

  // Of very many threads those with most calls, in the order of their birth.
  choose() {
    const { meta, thread } = store;
    const calls = new Float64Array(meta.threads.length);
    for (let i = 0; i < store.n; i++) {
      calls[thread[i]]++;
    }
    const all = meta.threads.map((_, i) => i);
    const kept = all.sort((a, b) => calls[b] - calls[a] || a - b).slice(0, LANES_SHOWN);
    this.threads = kept.sort((a, b) => meta.threads[a].start_ns - meta.threads[b].start_ns || a - b);
    this.laneOf = new Int32Array(meta.threads.length).fill(-1);
    this.threads.forEach((t, lane) => {
      this.laneOf[t] = lane;
    });
    this.height = Math.max(1, this.threads.length) * LANE + HEAT.bottom;
    this.more.textContent = meta.threads.length > LANES_SHOWN
      ? `The ${LANES_SHOWN} threads with most calls of ${showCount(meta.threads.length)}.` : '';
    this.labels.replaceChildren(...this.threads.map((t) => el('button', { type: 'button', title: `Only ${threadLabel(t)} `
      + `of process ${meta.threads[t].pid}`, onclick: () => toggleScope('threads', t) }, threadLabel(t))));
  }

  legend() {
    const used = new Set(store.meta.classes);
    return el('ul', { class: 'legend' }, ...store.meta.class_words.map((word, i) => used.has(i)
      ? el('li', null, el('span', { class: `swatch class-${i}` }), word) : null),
    el('li', null, '\u25b2 exec, \u25bc signal, \u25a0 end'));
  }

  refresh() {
    this.threads.forEach((t, lane) => {
      this.labels.children[lane].setAttribute('aria-pressed', String(store.scope.threads.has(t)));
    });
    this.busy = null;
    this.redraw();
  }

  range() {
    const { t0, t1 } = store.scope;
    return { v0: t0 ?? panels.heat.view.v0, v1: t1 ?? panels.heat.view.v1 };
  }

  // How much of each pixel each lane spent in calls of each class; calls without length count as half a pixel.
  measure(width) {
    const { v0, v1 } = this.range();
    const { sel, ts, dur, thread, name, meta } = store;
    const scale = width / (v1 - v0);
    const busy = new Float32Array(this.threads.length * width * CLASS_COLORS);
    for (let k = 0; k < sel.length; k++) {
      const i = sel[k];
      const lane = this.laneOf[thread[i]];
      const from = (ts[i] - v0) * scale;
      const to = Math.min(width, from + dur[i] * scale);
      if (lane < 0 || from >= width || to < 0) {
        continue;
      }
      const at = lane * width * CLASS_COLORS + meta.classes[name[i]];
      const first = Math.max(0, Math.floor(from));
      const last = Math.min(width - 1, Math.floor(to));
      if (first === last) {
        busy[at + first * CLASS_COLORS] += Math.max(to - from, 0.02);
      } else {
        busy[at + first * CLASS_COLORS] += first + 1 - Math.max(0, from);
        for (let x = first + 1; x < last; x++) {
          busy[at + x * CLASS_COLORS] += 1;
        }
        busy[at + last * CLASS_COLORS] += to - last;
      }
    }
    return busy;
  }

  draw(context, full) {
    const width = Math.max(1, Math.floor(full - LANE_LABEL - 8));
    if (!this.busy || this.lanesWidth !== width) {
      this.lanesWidth = width;
      this.busy = this.measure(width);
    }
    const colors = Array.from({ length: CLASS_COLORS }, (_, c) => theme.color(`--class-${c}`));
    const soft = theme.color('--soft');
    const { v0, v1 } = this.range();
    this.threads.forEach((t, lane) => {
      this.drawLife(context, t, lane, width, soft);
      this.drawLane(context, lane, width, colors);
    });
    this.drawMarks(context, width);
    drawTimeAxis(context, v0, v1, LANE_LABEL, LANE_LABEL + width, this.threads.length * LANE + 12);
  }

  xOf(ns, width) {
    const { v0, v1 } = this.range();
    return LANE_LABEL + Math.min(width, Math.max(0, (ns - v0) / (v1 - v0) * width));
  }

  drawLife(context, t, lane, width, color) {
    const thread = store.meta.threads[t];
    const from = this.xOf(thread.start_ns, width);
    const to = this.xOf(thread.end_ns ?? store.meta.end_ns, width);
    context.fillStyle = color;
    context.fillRect(from, lane * LANE + 3, Math.max(1, to - from), LANE - 6);
  }

  // The busiest class gives a pixel its colour, all of them together its strength.
  drawLane(context, lane, width, colors) {
    for (let x = 0; x < width; x++) {
      const at = (lane * width + x) * CLASS_COLORS;
      let sum = 0;
      let most = 0;
      for (let c = 0; c < CLASS_COLORS; c++) {
        sum += this.busy[at + c];
        most = this.busy[at + c] > this.busy[at + most] ? c : most;
      }
      if (sum > 0) {
        context.globalAlpha = Math.min(1, 0.3 + 0.7 * sum);
        context.fillStyle = colors[most];
        context.fillRect(LANE_LABEL + x, lane * LANE + 3, 1, LANE - 6);
      }
    }
    context.globalAlpha = 1;
  }

  marks() {
    const { v0, v1 } = this.range();
    return store.marks.filter(([ts, t]) => ts >= v0 && ts <= v1 && (t === null || this.laneOf[t] >= 0));
  }

  drawMarks(context, width) {
    context.textAlign = 'center';
    context.fillStyle = theme.color('--ink');
    const before = new Map(); // where each lane has its last mark: of a crowd some are enough
    for (const [ts, t, kind] of this.marks()) {
      const sign = { exec: '\u25b2', signal: '\u25bc', exit: '\u25a0' }[kind] || '\u2716';
      const lane = t === null ? 0 : this.laneOf[t];
      const x = this.xOf(ts, width);
      if (x - (before.get(lane) ?? -Infinity) >= 8 || kind === 'exit') {
        context.fillText(sign, x, lane * LANE + LANE / 2);
        before.set(lane, x);
      }
    }
  }

  tell(event) {
    const at = this.place(event);
    const lane = Math.floor(at.y / LANE);
    const x = Math.floor(at.x - LANE_LABEL);
    if (lane < 0 || lane >= this.threads.length || x < 0 || x >= this.lanesWidth || !this.busy) {
      tooltip.hide(event);
      return;
    }
    const { v0, v1 } = this.range();
    const t = this.threads[lane];
    const lines = [threadLabel(t), `at ${showMoment(v0 + x / this.lanesWidth * (v1 - v0))} s`];
    for (let c = 0; c < CLASS_COLORS; c++) {
      const share = this.busy[(lane * this.lanesWidth + x) * CLASS_COLORS + c];
      if (share > 0.005) {
        lines.push(`${store.meta.class_words[c]} ${Math.min(100, 100 * share).toFixed(0)} %`);
      }
    }
    for (const [ts, thread, kind, text] of this.marks()) {
      if (thread === t && Math.abs(this.xOf(ts, this.lanesWidth) - at.x) < 5 && lines.length < 9) {
        lines.push(`${kind}: ${text}`);
      }
    }
    tooltip.show(event, lines);
  }
}
