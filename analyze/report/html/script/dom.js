'use strict';
// dom - elements made of plain values. Text from a trace only ever becomes text.

/** el('td', { class: 'n', onclick: f }, 'text', child): attributes, handlers (on..), children. */
function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (name.startsWith('on')) {
      made.addEventListener(name.slice(2), value);
    } else {
      made.setAttribute(name, value === true ? '' : String(value));
    }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const byId = (id) => document.getElementById(id);

/** Calls f once after the last of a burst of calls, before the next picture. */
function onceAFrame(f) {
  let waiting = false;
  return () => {
    if (!waiting) {
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        f();
      });
    }
  };
}
