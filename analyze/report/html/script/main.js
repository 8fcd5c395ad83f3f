// main - what happens when the page has been read.

function makeThemeButton() {
  return el('button', { type: 'button', class: 'no-print theme', 'aria-label': 'Light or dark',
    title: 'Light or dark', onclick: theme.toggle }, '\u25d0');
}

async function start() {
  document.querySelector('.head').prepend(makeThemeButton());
  listenToKeys();
  if (byId('live')) {
    try {
      await startLive();
    } catch (error) {
      byId('live').hidden = false;
      byId('live').replaceChildren(el('p', { class: 'part bad' }, `This browser cannot show the calls (${error.message}); `
        + 'the tables below are whole.'));
    }
  }
  enhanceTables();
  performance.mark('ready');
  document.documentElement.dataset.ready = 'yes';
}

// The script stands before the data.
if (document.readyState === 'loading') {
  const observer = new MutationObserver(() => unpackEarly(COLUMNS.map((id) => `rn-${id}`)));
  observer.observe(document.body, { childList: true });
  document.addEventListener('DOMContentLoaded', () => {
    observer.disconnect();
    start();
  });
} else {
  start();
}
