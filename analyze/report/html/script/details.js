// details - everything about one call: arguments in full, result, thread, stack.

const details = {
  box: null,

  make() {
    details.body = el('div', { class: 'details-body', tabindex: '0', role: 'region', 'aria-label': 'The call' });
    details.box = el('aside', { class: 'details no-print', 'aria-label': 'Call', hidden: true },
      el('div', { class: 'tools' }, el('h2', null, 'Call'), el('span', { class: 'push' }),
        el('button', { type: 'button', 'aria-label': 'Close', onclick: details.hide }, '\u2715')), details.body);
    document.body.append(details.box);
  },

  hide() {
    details.box.hidden = true;
    if (details.before) {
      details.before.focus();
    }
  },

  // Frames from the innermost out.
  stack(place) {
    const { nodes, places, frames } = store;
    const rows = [];
    for (let node = places[2 * place]; node; node = nodes[4 * node]) {
      const where = frames.get(nodes[4 * node + 2]);
      rows.push(el('li', { class: nodes[4 * node + 3] ? 'own' : null }, frames.get(nodes[4 * node + 1]),
        where ? el('span', { class: 'where' }, ` ${where}`) : null));
    }
    return rows;
  },

  fact(title, text) {
    return text ? el('div', null, el('dt', null, title), el('dd', null, text)) : null;
  },

  show(i) {
    const thread = store.meta.threads[store.thread[i]];
    const stack = store.place[i] ? details.stack(store.place[i]) : [];
    const begun = BigInt(store.meta.epoch_ns) + BigInt(Math.round(store.ts[i]));
    details.before = document.activeElement;
    details.body.replaceChildren(...[
      el('pre', null, callText(i)),
      el('p', { class: store.error[i] ? 'result bad' : 'result' }, `= ${store.texts.get(store.result[i])}`),
      el('dl', { class: 'facts' },
        details.fact('Duration', isUnfinished(i) ? 'never returned' : `${showTime(store.dur[i])} (${showCount(store.dur[i])} ns)`),
        details.fact('Entered at', `${(store.ts[i] / 1e9).toFixed(9)} s`),
        details.fact('Time of day (UTC)', new Date(Number(begun / 1000000n)).toISOString()),
        details.fact('Thread', `${thread.comm} ${thread.tid}, process ${thread.pid}`),
        details.fact('Source', store.meta.has_source ? sourceOf(store.place[i]) : '')),
      stack.length ? el('h3', null, 'Stack') : null,
      stack.length ? el('ol', { class: 'stack' }, ...stack) : null].filter((part) => part !== null));
    details.box.hidden = false;
    details.body.focus({ preventScroll: true });
  },
};
