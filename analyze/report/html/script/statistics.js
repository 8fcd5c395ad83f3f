// statistics - the table of system calls in scope, and the slowest calls.

const STATISTICS = [
  ['name', 'Syscall', ''], ['share', '% time', 'n'], ['total_ns', 'Total time', 'n'], ['calls', 'Calls', 'n'],
  ['errors', 'Errors', 'n'], ['mean_ns', 'Mean', 'n'], ['p50_ns', 'p50', 'n'], ['p95_ns', 'p95', 'n'],
  ['p99_ns', 'p99', 'n'], ['max_ns', 'Longest', 'n'],
];

const cell = (value, shown) => el('td', { class: 'n', 'data-v': value ?? '' }, value === null ? '' : shown);

class Statistics {
  constructor(host) {
    this.body = el('tbody');
    const heads = STATISTICS.map(([name, title, kind]) => el('th', { scope: 'col', class: kind || null,
      'data-name': name }, title));
    const table = el('table', null, el('thead', null, el('tr', null, ...heads)), this.body);
    this.table = new SortableTable(table, { name: 'statistics', title: 'statistics',
      bars: ['total_ns', 'calls', 'errors'] });
    host.append(this.table.tools, el('div', { class: 'scroll', tabindex: '0', role: 'region',
      'aria-label': 'Statistics of system calls' }, table));
  }

  refresh() {
    const measured = measureNames();
    const all = measured.reduce((sum, m) => sum + m.total, 0);
    this.body.replaceChildren(...measured.map((m) => this.row(m, all)));
    this.table.refresh();
  }

  row(m, all) {
    const name = store.meta.names[m.name];
    const chosen = store.scope.names.has(m.name);
    const button = el('button', { type: 'button', class: 'plain', 'aria-pressed': String(chosen),
      title: chosen ? 'All calls again' : `Only ${name}`, onclick: () => toggleScope('names', m.name) },
    el('span', { class: `swatch class-${store.meta.classes[m.name]}` }), name);
    const mean = m.n ? m.total / (store.weight === 1 ? m.n : m.calls) : null;
    return el('tr', null, el('td', null, button),
      cell(all ? 100 * m.total / all : 0, all ? (100 * m.total / all).toFixed(2) : ''), cell(m.total, showTime(m.total)),
      cell(m.calls, showCount(m.calls)), cell(m.errors, m.errors ? showCount(m.errors) : ''),
      cell(mean, showTime(mean)), cell(m.p50, showTime(m.p50)), cell(m.p95, showTime(m.p95)),
      cell(m.p99, showTime(m.p99)), cell(m.n ? m.longest : null, showTime(m.longest)));
  }
}

const SLOWEST_SHOWN = 20;

class Slowest {
  constructor(host) {
    this.body = el('tbody');
    const heads = [['Duration', 'n'], ['At (s)', 'n'], ['Thread', ''], ['Call', ''], ['Result', '']];
    if (store.meta.has_source) {
      heads.push(['Source', '']);
    }
    host.append(el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Slowest calls' },
      el('table', null, el('thead', null, el('tr', null, ...heads.map(([title, kind]) =>
        el('th', { scope: 'col', class: kind || null }, title)))), this.body)));
  }

  refresh() {
    this.body.replaceChildren(...slowest(SLOWEST_SHOWN).map((i) => this.row(i)));
  }

  row(i) {
    const open = el('button', { type: 'button', class: 'plain', title: 'Everything about this call',
      onclick: () => details.show(i) }, callText(i));
    return el('tr', { class: store.error[i] ? 'result-error' : null }, cell(store.dur[i], showTime(store.dur[i])),
      el('td', { class: 'n' }, showMoment(store.ts[i])), el('td', null, threadLabel(store.thread[i])),
      el('td', null, open), el('td', { class: 'result' }, store.texts.get(store.result[i])),
      store.meta.has_source ? el('td', null, sourceOf(store.place[i])) : null);
  }
}
