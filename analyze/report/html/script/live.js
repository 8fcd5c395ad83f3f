// live - the part of a page with every call in it: panels over one scope.

const panels = {};

function makePanel(title, about, kind) {
  const panel = el('section', { class: `part panel ${kind || ''}`, 'data-panel': title }, el('h2', null, title),
    about ? el('p', { class: 'about' }, about) : null);
  byId('live').append(panel);
  return panel;
}

function aboutSample() {
  const { meta } = store;
  if (store.weight === 1) {
    return null;
  }
  return el('p', { class: 'part about' }, `This page holds ${showCount(meta.rows)} of ${showCount(meta.total)} calls: the slowest, `
    + `${meta.errors_drawn ? '' : 'all that failed, '}and of the others 1 in ${showCount(store.weight)}, drawn by chance. What is `
    + 'below is estimated from them; the tables at the end are of all calls.');
}

function zoomTools() {
  const zoom = el('button', { type: 'button', disabled: true, onclick: () => {
    const { t0, t1 } = store.scope;
    panels.heat.zoom(t0, t1);
    setScope({ t0: null, t1: null });
  } }, 'Zoom to selection');
  const whole = el('button', { type: 'button', disabled: true, onclick: () => {
    panels.heat.zoom(0, Math.max(1, store.meta.end_ns));
    setScope({});
  } }, 'Whole time');
  panels.zoom = { refresh() {
    const { v0, v1 } = panels.heat.view;
    zoom.disabled = store.scope.t0 === null;
    whole.disabled = v0 === 0 && v1 >= store.meta.end_ns;
  } };
  return el('div', { class: 'tools' }, zoom, whole);
}

function makePanels() {
  const heat = makePanel('Time and latency', 'Drag to choose a range of time, of latency, or both: everything below follows.',
    'wide');
  heat.append(zoomTools());
  panels.heat = new HeatMap(heat);
  panels.histogram = new Histogram(makePanel('Latency', 'Calls in scope by how long they took.', 'narrow'));
  panels.timeline = new Timeline(makePanel('Threads', 'When each thread was in which kind of call.'));
  panels.flame = new FlameGraph(makePanel('Flame graph', store.hasStacks ? 'Time spent in system calls, by the code '
    + 'that made them.' : 'Time spent in system calls. The trace has no stacks: record with --stack to see the code behind them.'));
  panels.statistics = new Statistics(makePanel('Statistics', 'System calls in scope, wall-clock time from entry to return. '
    + 'Choose one to see it alone.'));
  panels.slowest = new Slowest(makePanel('Slowest calls', 'Of those in scope. Choose one for its stack.'));
  calls.make(makePanel('Calls'));
  details.make();
}

// What is in sight first, the rest when the browser has time: a change of scope must be seen at once.
function refreshAll() {
  toolbar.refresh();
  calls.refresh();
  panels.zoom.refresh();
  panels.heat.redraw();
  refreshRest();
}

const REST = ['histogram', 'statistics', 'slowest', 'timeline', 'flame'];
let pending = null;

function refreshRest() {
  const queue = [...REST];
  clearTimeout(pending);
  const next = () => {
    panels[queue.shift()].refresh();
    if (queue.length) {
      pending = setTimeout(next, 0);
    } else {
      document.documentElement.dataset.settled = String(++settled);
    }
  };
  requestAnimationFrame(() => {
    clearTimeout(pending);
    pending = setTimeout(next, 0);
  });
}
let settled = 0;

// Tables that the panels show better.
function hideStatic() {
  const better = store.weight === 1 ? ['summary', 'latency', 'slowest'] : [];
  better.forEach((name) => {
    document.querySelectorAll(`section[data-table="${name}"]`).forEach((section) => section.classList.add('replaced'));
  });
  document.querySelector('[data-part="static-calls"]').remove();
}

async function startLive() {
  await loadStore();
  const live = byId('live');
  live.append(...[aboutSample()].filter((part) => part !== null));
  live.hidden = false;
  live.append(toolbar.make());
  makePanels();
  hideStatic();
  store.listeners.push((filters) => {
    if (filters) {
      panels.heat.refresh();
    }
    address.write();
    refreshAll();
  });
  addEventListener('hashchange', () => setScope(address.read()));
  setScope(address.read());
}
