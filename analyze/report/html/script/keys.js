// keys - / searches, Esc goes back step by step.

function listenToKeys() {
  document.addEventListener('keydown', (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const field = byId('search') || document.querySelector('input[type=search]');
      if (field) {
        field.focus();
        field.select();
        event.preventDefault();
      }
    } else if (event.key === 'Escape') {
      if (details.box && !details.box.hidden) {
        details.hide();
      } else if (typing) {
        event.target.blur();
      } else if (byId('live') && store.meta && isScoped()) {
        setScope(EVERYTHING());
      }
    }
  });
}
