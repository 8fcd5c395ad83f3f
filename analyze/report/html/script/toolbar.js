// toolbar - what is in scope, in words, and how to change it.

const toolbar = {
  make() {
    toolbar.search = el('input', { type: 'search', id: 'search', placeholder: 'Search calls ( / )',
      'aria-label': 'Search calls by name, arguments, result, error or thread', oninput: toolbar.typed });
    toolbar.regex = el('button', { type: 'button', 'aria-pressed': 'false', title: 'The search is a regular expression',
      'aria-label': 'Regular expression', onclick: () => setScope({ regex: !store.scope.regex }) }, '.*');
    toolbar.errors = el('button', { type: 'button', 'aria-pressed': 'false',
      onclick: () => setScope({ errors: !store.scope.errors }) }, 'Failed only');
    toolbar.count = el('span', { class: 'count', 'aria-live': 'polite' });
    toolbar.chips = el('span', { class: 'chips' });
    toolbar.clear = el('button', { type: 'button', onclick: () => setScope(EVERYTHING()) }, 'Clear');
    return el('div', { class: 'toolbar no-print', role: 'search' }, toolbar.search, toolbar.regex, toolbar.errors, toolbar.chips,
      toolbar.clear, toolbar.count, el('span', { class: 'push' }), ...exportButtons('calls', calls.names, calls.values));
  },

  typed: onceAFrame(() => setScope({ text: toolbar.search.value })),

  chip(text, clear) {
    return el('button', { type: 'button', class: 'chip', title: 'Remove', onclick: clear }, text, el('span', { 'aria-hidden':
      'true' }, ' \u2715'));
  },

  refresh() {
    const s = store.scope;
    const chips = [];
    if (s.t0 !== null) {
      const step = Math.max(1, (s.t1 - s.t0) / 10);
      chips.push(toolbar.chip(`${tickLabel(s.t0, step)} \u2013 ${tickLabel(Math.min(s.t1, store.meta.end_ns), step)}`,
        () => setScope({ t0: null, t1: null })));
    }
    if (s.d0 !== null) {
      chips.push(toolbar.chip(Number.isFinite(s.d1) ? `${showTime(s.d0)} \u2013 ${showTime(s.d1)} long`
        : `at least ${showTime(s.d0)} long`, () => setScope({ d0: null, d1: null })));
    }
    s.names.forEach((i) => chips.push(toolbar.chip(store.meta.names[i], () => toggleScope('names', i))));
    s.threads.forEach((i) => chips.push(toolbar.chip(threadLabel(i), () => toggleScope('threads', i))));
    toolbar.chips.replaceChildren(...chips);
    toolbar.regex.setAttribute('aria-pressed', String(s.regex));
    toolbar.errors.setAttribute('aria-pressed', String(s.errors));
    toolbar.search.classList.toggle('invalid', s.regex && s.text !== '' && needleOf(s.text, true) === null);
    if (document.activeElement !== toolbar.search) {
      toolbar.search.value = s.text;
    }
    toolbar.clear.disabled = !isScoped();
    toolbar.count.textContent = toolbar.sentence();
  },

  sentence() {
    const { meta, sel } = store;
    if (store.weight === 1) {
      return sel.length === store.n ? `${showCount(store.n)} calls` : `${showCount(sel.length)} of ${showCount(store.n)} calls`;
    }
    return `${showCount(sel.length)} of ${showCount(store.n)} calls kept, for about ${showCount(countScope())} of ${
      showCount(meta.total)}`;
  },
};
