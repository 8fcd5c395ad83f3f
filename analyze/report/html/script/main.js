// main - what happens when the page has been read.

function makeThemeButton() {
  return el('button', { type: 'button', class: 'no-print theme', 'aria-label': 'Light or dark',
    title: 'Light or dark', onclick: theme.toggle }, '\u25d0');
}

function start() {
  document.querySelector('.head').prepend(makeThemeButton());
  enhanceTables();
  document.documentElement.dataset.ready = 'yes';
}

start();
