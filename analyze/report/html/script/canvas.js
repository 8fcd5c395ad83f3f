// canvas - pictures that follow the size of their place and the colours of the page.

class Picture {
  /** host: where it goes; options: height (px), label; draw(context, width, height) is the heir's. */
  constructor(host, options) {
    this.height = options.height;
    this.canvas = el('canvas', { role: 'img', 'aria-label': options.label });
    this.host = el('div', { class: 'picture' }, this.canvas);
    host.append(this.host);
    this.redraw = onceAFrame(() => this.paint());
    new ResizeObserver(this.redraw).observe(this.host);
    theme.listeners.push(this.redraw);
  }

  paint() {
    const width = this.host.clientWidth;
    if (width === 0) {
      return;
    }
    const scale = devicePixelRatio || 1;
    this.width = width;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(this.height * scale);
    this.canvas.style.height = `${this.height}px`;
    const context = this.canvas.getContext('2d');
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.font = '12px system-ui, sans-serif';
    context.textBaseline = 'middle';
    this.draw(context, width, this.height);
  }

  /** Where a pointer is, in the picture's own pixels. */
  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}

/** Round steps for an axis of time: about `most` of them from v0 to v1. */
function timeTicks(v0, v1, most) {
  const raw = (v1 - v0) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(raw > 0 ? raw : 1));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw) || power;
  const ticks = [];
  for (let t = Math.ceil(v0 / step) * step; t <= v1 && ticks.length < 100; t += step) {
    ticks.push(t);
  }
  return { step, ticks };
}

/** A moment on an axis with that step: as few digits as tell ticks apart. */
function tickLabel(ns, step) {
  const [unit, name] = TIME_UNITS.find(([u]) => step >= u) || [1, 'ns'];
  return `${parseFloat((ns / unit).toFixed(3))} ${name}`;
}

function drawTimeAxis(context, v0, v1, x0, x1, y) {
  const { step, ticks } = timeTicks(v0, v1, (x1 - x0) / 110);
  context.fillStyle = theme.color('--muted');
  context.textAlign = 'center';
  for (const t of ticks) {
    const x = x0 + (x1 - x0) * (t - v0) / (v1 - v0);
    if (x < x1 - 24) {
      context.fillText(tickLabel(t, step), Math.max(x, x0 + 16), y);
    }
  }
}

const tooltip = {
  /** Shows lines of text beside a pointer; none: hides it. */
  show(event, lines) {
    if (!tooltip.box) {
      tooltip.box = el('div', { class: 'tooltip', 'aria-hidden': 'true' });
      document.body.append(tooltip.box);
    }
    tooltip.box.hidden = lines.length === 0;
    tooltip.box.replaceChildren(...lines.map((line) => el('div', null, line)));
    const wide = tooltip.box.offsetWidth;
    const x = event.clientX + 14 + wide > innerWidth ? event.clientX - wide - 10 : event.clientX + 14;
    tooltip.box.style.left = `${Math.max(4, x)}px`;
    tooltip.box.style.top = `${Math.min(event.clientY + 14, innerHeight - tooltip.box.offsetHeight - 4)}px`;
  },
  hide(event) {
    tooltip.show(event, []);
  },
};
