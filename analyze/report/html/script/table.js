// table - tables of the page become sortable, searchable and comparable at a glance.

function cellValue(td) {
  if ('v' in td.dataset) {
    return Number(td.dataset.v);
  }
  const text = td.textContent;
  return td.classList.contains('n') && text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
}

function compareValues(a, b) {
  if (typeof a === 'number' && typeof b === 'number') {
    return a - b;
  }
  if (typeof a !== typeof b) {
    return typeof a === 'number' ? -1 : 1;
  }
  return a < b ? -1 : Number(a > b);
}

// Bars for what adds up: counts and sums of time; the longest is the column's greatest.
function tint(rows, column) {
  const values = rows.map((row) => cellValue(row.cells[column]));
  const most = Math.max(...values.filter((value) => typeof value === 'number'), 0);
  rows.forEach((row, i) => {
    if (most > 0 && typeof values[i] === 'number') {
      row.cells[column].classList.add('bar');
      row.cells[column].style.setProperty('--share', `${(100 * values[i] / most).toFixed(2)}%`);
    }
  });
}

class SortableTable {
  /** options: name (of exported files), bars (column names; else those with a unit of what adds up). */
  constructor(table, options) {
    this.table = table;
    this.body = table.tBodies[0];
    this.heads = [...table.tHead.rows[0].cells];
    this.options = options;
    this.sorted = -1;
    this.heads.forEach((head, i) => this.makeSortable(head, i));
    this.tools = this.makeTools();
    this.refresh();
  }

  makeSortable(head, i) {
    const button = el('button', { type: 'button' }, ...head.childNodes);
    button.addEventListener('click', () => this.sort(i));
    head.replaceChildren(button);
  }

  makeTools() {
    this.count = el('span', { class: 'count', 'aria-live': 'polite' });
    this.search = el('input', { type: 'search', placeholder: 'Filter rows',
      'aria-label': `Filter rows of ${this.options.title}`, oninput: () => this.filter() });
    const rows = () => this.rows().filter((row) => !row.hidden)
      .map((row) => [...row.cells].map(cellValue));
    const names = () => this.heads.map((head) => head.dataset.name || head.textContent);
    return el('div', { class: 'tools' }, this.search, this.count, el('span', { class: 'push' }),
      ...exportButtons(this.options.name, names, rows));
  }

  rows() {
    return [...this.body.rows];
  }

  sort(column) {
    const numeric = this.heads[column].classList.contains('n');
    if (this.sorted === column) {
      this.down = !this.down;
    } else {
      this.down = numeric;
    }
    this.sorted = column;
    this.order();
  }

  order() {
    if (this.sorted < 0) {
      return;
    }
    const sign = this.down ? -1 : 1;
    const keyed = this.rows().map((row) => [cellValue(row.cells[this.sorted]), row]);
    keyed.sort((a, b) => sign * compareValues(a[0], b[0]));
    this.body.append(...keyed.map(([, row]) => row));
    this.heads.forEach((head, i) => {
      if (i === this.sorted) {
        head.setAttribute('aria-sort', this.down ? 'descending' : 'ascending');
      } else {
        head.removeAttribute('aria-sort');
      }
    });
  }

  filter() {
    const wanted = this.search.value.toLowerCase();
    const rows = this.rows();
    let shown = 0;
    for (const row of rows) {
      row.hidden = wanted !== '' && !row.textContent.toLowerCase().includes(wanted);
      shown += Number(!row.hidden);
    }
    this.count.textContent = shown === rows.length ? `${showCount(shown)} rows`
      : `${showCount(shown)} of ${showCount(rows.length)} rows`;
  }

  /** After the rows changed: order, filter and bars as they were asked for. */
  refresh() {
    const rows = this.rows();
    this.heads.forEach((head, i) => {
      const adds = this.options.bars ? this.options.bars.includes(head.dataset.name)
        : head.dataset.unit === 'count' || head.dataset.unit === 'bytes' || head.dataset.name === 'total_ns';
      if (head.classList.contains('n') && adds) {
        tint(rows, i);
      }
    });
    this.order();
    this.filter();
  }
}

// A correlation: the stronger, the more colour; the sign of a number is read from the colour, too.
function tintMatrix(table) {
  for (const td of table.querySelectorAll('td.n')) {
    const v = cellValue(td);
    if (typeof v === 'number' && Math.abs(v) <= 1) {
      td.classList.add(v < 0 ? 'negative' : 'positive');
      td.style.setProperty('--strength', `${Math.round(45 * Math.abs(v))}%`);
    }
  }
}

const MOMENTS = ['time_ns', 'ts_ns', 'first_ns'];

// On a page of calls a moment leads to what happened around it.
function linkMoments(table) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    if (!MOMENTS.includes(head.dataset.name)) {
      return;
    }
    for (const row of table.tBodies[0].rows) {
      const td = row.cells[column];
      const at = cellValue(td);
      const around = Math.max(1, store.meta.end_ns / 200);
      td.replaceChildren(el('button', { type: 'button', class: 'plain', title: 'Show what happened around this moment',
        onclick: () => {
          setScope({ t0: Math.max(0, at - around), t1: at + around });
          byId('live').scrollIntoView();
        } }, td.textContent));
    }
  });
}

// Why a call is unusual, in words.
function explainAnomalies(table) {
  const heads = [...table.tHead.rows[0].cells];
  const at = Object.fromEntries(heads.map((head, i) => [head.dataset.name, i]));
  if (!('latency_ns' in at && 'baseline_ns' in at && 'score' in at)) {
    return;
  }
  table.tHead.rows[0].append(el('th', { scope: 'col', 'data-name': 'why' }, 'Why'));
  for (const row of table.tBodies[0].rows) {
    const value = (name) => cellValue(row.cells[at[name]]);
    row.append(el('td', null, `${digits(value('latency_ns') / value('baseline_ns'))} times the usual ${
      showTime(value('baseline_ns'))} of this call, ${value('score').toFixed(1)} deviations above it`));
  }
}

function enhanceTables() {
  for (const section of document.querySelectorAll('section[data-table]')) {
    const table = section.querySelector('table');
    if (table && section.dataset.table === 'hpu_matrix') {
      tintMatrix(table);
    }
    if (table && section.dataset.table === 'anomalies') {
      explainAnomalies(table);
    }
    if (table && store.meta) {
      linkMoments(table);
    }
    if (table && table.tBodies[0].rows.length > 1) {
      const title = section.querySelector('h2').textContent;
      const made = new SortableTable(table, { name: section.dataset.table, title });
      section.querySelector('.scroll').before(made.tools);
    }
  }
}
