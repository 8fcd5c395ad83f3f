// theme - light or dark: what the system says until a button says otherwise.

const theme = {
  listeners: [],
  isDark() {
    const said = document.documentElement.dataset.theme;
    return said ? said === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  },
  toggle() {
    document.documentElement.dataset.theme = theme.isDark() ? 'light' : 'dark';
    theme.tell();
  },
  tell() {
    theme.listeners.forEach((listener) => listener());
  },
  /** The value of a custom property as it stands now. */
  color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  },
};
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', theme.tell);
