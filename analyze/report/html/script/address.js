// address - the scope in the address of the page, so that whoever gets the link sees the same.

const address = {
  write() {
    const s = store.scope;
    const parts = new URLSearchParams();
    const range = (key, from, to) => {
      if (from !== null) {
        parts.set(key, `${Math.round(from)}-${Number.isFinite(to) ? Math.round(to) : ''}`);
      }
    };
    range('t', s.t0, s.t1);
    range('d', s.d0, s.d1);
    if (s.names.size) {
      parts.set('call', [...s.names].map((i) => store.meta.names[i]).join(','));
    }
    if (s.threads.size) {
      parts.set('tid', [...s.threads].map((i) => store.meta.threads[i].tid).join(','));
    }
    if (s.errors) {
      parts.set('errors', '1');
    }
    if (s.text) {
      parts.set(s.regex ? 're' : 'q', s.text);
    }
    const { v0, v1 } = panels.heat.view;
    if (v0 > 0 || v1 < store.meta.end_ns) {
      range('z', v0, v1);
    }
    const text = parts.toString();
    if (text !== location.hash.slice(1)) {
      history.replaceState(null, '', text ? `#${text}` : location.pathname + location.search);
    }
  },

  /** What the address says, as a scope; what does not fit this report is passed over. */
  read() {
    const parts = new URLSearchParams(location.hash.slice(1));
    const scope = EVERYTHING();
    const range = (key) => {
      const found = /^(\d+)-(\d*)$/.exec(parts.get(key) || '');
      return found ? [Number(found[1]), found[2] === '' ? Infinity : Number(found[2])] : [null, null];
    };
    [scope.t0, scope.t1] = range('t');
    [scope.d0, scope.d1] = range('d');
    const [v0, v1] = range('z');
    panels.heat.zoom(v0 ?? 0, v0 === null ? Math.max(1, store.meta.end_ns) : v1);
    const words = (key) => (parts.get(key) || '').split(',').filter((word) => word !== '');
    words('call').forEach((word) => {
      const at = store.meta.names.indexOf(word);
      if (at >= 0) {
        scope.names.add(at);
      }
    });
    words('tid').forEach((word) => {
      store.meta.threads.forEach((thread, i) => {
        if (String(thread.tid) === word) {
          scope.threads.add(i);
        }
      });
    });
    scope.errors = parts.get('errors') === '1';
    scope.regex = parts.has('re');
    scope.text = parts.get('re') ?? parts.get('q') ?? '';
    return scope;
  },
};
