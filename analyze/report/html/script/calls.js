// calls - the table of calls in scope: as long as it may be, only what is in sight exists.
//
// Elements cannot be as high as a million rows, so the scrollbar's share of its way says which row is on top;
// the wheel and the keys move by rows.

const ROW = 24;
const MOST_HEIGHT = 8e6;

const CALL_COLUMNS = [
  { title: 'At (s)', name: 'ts', kind: 'n', text: (i) => showMoment(store.ts[i]), keys: () => store.ts },
  { title: 'Thread', name: 'thread', text: (i) => threadLabel(store.thread[i]),
    keys: () => store.thread },
  { title: 'Syscall', name: 'name', text: (i) => store.meta.names[store.name[i]],
    keys: () => store.name.map((name) => calls.rankOfName[name]) },
  { title: 'Arguments', name: 'args', text: (i) => store.texts.get(store.args[i]) },
  { title: 'Result', name: 'result', text: (i) => store.texts.get(store.result[i]), keys: () => store.error,
    kind: 'result' },
  { title: 'Duration', name: 'dur', kind: 'n', text: (i) => (isUnfinished(i) ? '' : showTime(store.dur[i])),
    keys: () => store.dur },
  { title: 'Source', name: 'source', text: (i) => sourceOf(store.place[i]), when: () => store.meta.has_source },
];

const calls = {
  top: 0,      // number of the row on top, maybe between two
  active: 0,   // where the keys are
  order: null, // column and direction; null: as they were entered

  make(host) {
    calls.columns = CALL_COLUMNS.filter((column) => !column.when || column.when());
    const rank = new Map([...store.meta.names].sort().map((name, i) => [name, i]));
    calls.rankOfName = store.meta.names.map((name) => rank.get(name));
    calls.head = el('div', { role: 'row', class: 'call head-row', 'aria-rowindex': '1' },
      ...calls.columns.map((column) => calls.makeHead(column)));
    calls.body = el('div', { role: 'rowgroup', class: 'call-rows' });
    calls.spacer = el('div', { class: 'call-spacer' });
    calls.window = el('div', { class: 'call-window', tabindex: '0', role: 'grid', 'aria-label': 'Calls in scope',
      'aria-describedby': 'calls-help' }, el('div', { role: 'rowgroup', class: 'call-heads' }, calls.head), calls.body, calls.spacer);
    calls.window.classList.toggle('with-source', store.meta.has_source);
    host.append(el('p', { id: 'calls-help', class: 'about no-print' }, 'Arrow keys, Page Up and Down, Home and End '
      + 'move; Enter shows everything about a call.'), calls.window);
    calls.window.style.height = `${Math.min(608, store.n * ROW + 2 * ROW + 12)}px`;
    calls.draw = onceAFrame(calls.paint);
    calls.window.addEventListener('scroll', calls.scrolled);
    calls.window.addEventListener('wheel', calls.wheel, { passive: false });
    calls.window.addEventListener('keydown', calls.key);
    calls.body.addEventListener('click', calls.click);
    new ResizeObserver(calls.draw).observe(calls.window);
  },

  makeHead(column) {
    const head = el('div', { role: 'columnheader', class: column.kind || null });
    head.append(column.keys ? el('button', { type: 'button', class: 'plain', onclick: () => calls.sort(column, head) },
      column.title) : column.title);
    return head;
  },

  sort(column, head) {
    const { order } = calls;
    const down = order && order.column === column ? !order.down : column.name === 'dur' || column.name === 'result';
    // All of them are sorted once; a scope takes its own out of them.
    calls.order = column.name === 'ts' && !down ? null : { column, down, places: sortedPlaces(column.keys(), down) };
    [...calls.head.children].forEach((other) => other.removeAttribute('aria-sort'));
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    calls.refresh();
  },

  refresh() {
    const { order } = calls;
    calls.rows = order ? inScope(order.places) : store.sel;
    calls.top = 0;
    calls.active = 0;
    calls.window.setAttribute('aria-rowcount', calls.rows.length + 1);
    calls.spacer.style.height = `${Math.min(MOST_HEIGHT, calls.rows.length * ROW)}px`;
    calls.setScroll();
    calls.draw();
  },

  // Rows that fit below the heads, and how far the topmost may go.
  fits() {
    return Math.max(1, Math.floor((calls.window.clientHeight - ROW - 4) / ROW));
  },

  last() {
    return Math.max(0, calls.rows.length - calls.fits());
  },

  setScroll() {
    const way = calls.window.scrollHeight - calls.window.clientHeight;
    calls.expected = calls.last() ? Math.round(calls.top / calls.last() * way) : 0;
    calls.window.scrollTop = calls.expected;
  },

  scrolled() {
    const at = calls.window.scrollTop;
    if (Math.abs(at - calls.expected) > 1) {
      const way = calls.window.scrollHeight - calls.window.clientHeight;
      calls.top = way > 0 ? at / way * calls.last() : 0;
      calls.expected = at;
    }
    calls.draw();
  },

  moveTop(to) {
    calls.top = Math.min(calls.last(), Math.max(0, to));
    calls.setScroll();
    calls.draw();
  },

  wheel(event) {
    if (event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      return;
    }
    const by = event.deltaY * (event.deltaMode === 1 ? 1 : event.deltaMode === 2 ? calls.fits() : 1 / ROW);
    const before = calls.top;
    calls.moveTop(calls.top + by);
    if (calls.top !== before) {
      event.preventDefault();
    }
  },

  key(event) {
    const page = calls.fits();
    const to = { ArrowDown: calls.active + 1, ArrowUp: calls.active - 1, PageDown: calls.active + page,
      PageUp: calls.active - page, Home: 0, End: calls.rows.length - 1 }[event.key];
    if (to !== undefined && event.target.tagName !== 'BUTTON') {
      calls.active = Math.max(0, Math.min(calls.rows.length - 1, to));
      const top = Math.ceil(calls.top);
      calls.moveTop(calls.active < top ? calls.active : calls.active >= top + page ? calls.active - page + 1 : calls.top);
      calls.draw();
      event.preventDefault();
    } else if (event.key === 'Enter' && event.target === calls.window && calls.rows.length) {
      details.show(calls.rows[calls.active]);
    }
  },

  click(event) {
    const row = event.target.closest('[role=row]');
    if (row && calls.rows[row.at] !== undefined) {
      calls.active = row.at;
      calls.draw();
      details.show(calls.rows[row.at]);
    }
  },

  makeRow() {
    return el('div', { role: 'row', class: 'call' }, ...calls.columns.map((column) =>
      el('div', { role: 'gridcell', class: column.kind || null })));
  },

  paint() {
    const first = Math.floor(calls.top);
    const n = Math.min(calls.fits() + 1, calls.rows.length - first);
    while (calls.body.children.length < n) {
      calls.body.append(calls.makeRow());
    }
    while (calls.body.children.length > n) {
      calls.body.lastChild.remove();
    }
    for (let k = 0; k < n; k++) {
      calls.fill(calls.body.children[k], first + k);
    }
    if (n === 0 && calls.rows.length === 0) {
      calls.body.append(el('div', { role: 'row', class: 'call' }, el('div', { role: 'gridcell', class: 'none' },
        'No call is in scope.')));
    }
    if (byId(`call-${calls.active}`)) {
      calls.window.setAttribute('aria-activedescendant', `call-${calls.active}`);
    } else {
      calls.window.removeAttribute('aria-activedescendant');
    }
    calls.body.style.transform = `translateY(${calls.window.scrollTop - (calls.top - first) * ROW}px)`;
  },

  fill(row, at) {
    const i = calls.rows[at];
    if (row.children.length !== calls.columns.length) {
      row.replaceChildren(...calls.makeRow().children);
    }
    row.at = at;
    row.id = `call-${at}`;
    row.setAttribute('aria-rowindex', at + 2);
    row.classList.toggle('result-error', store.error[i] > 0);
    row.classList.toggle('active', at === calls.active);
    calls.columns.forEach((column, k) => {
      const text = column.text(i);
      const short = text.length > 2000 ? `${text.slice(0, 2000)}\u2026` : text;
      if (row.children[k].textContent !== short) {
        row.children[k].textContent = short;
      }
    });
  },

  /** Every call in scope for a file: whole numbers, and texts as they are shown. */
  names: () => ['ts_ns', 'dur_ns', 'pid', 'tid', 'comm', 'name', 'args', 'result', 'errno', 'source'],
  * values() {
    for (const i of calls.rows) {
      const thread = store.meta.threads[store.thread[i]];
      yield [store.ts[i], isUnfinished(i) ? null : store.dur[i], thread.pid, thread.tid, thread.comm,
        store.meta.names[store.name[i]], store.texts.get(store.args[i]), store.texts.get(store.result[i]),
        errorName(store.error[i]) || null, store.meta.has_source ? sourceOf(store.place[i]) : null];
    }
  },
};
