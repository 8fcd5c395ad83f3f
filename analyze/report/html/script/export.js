// export - what is in sight as CSV or JSON, saved by the browser itself: nothing leaves the machine.

function save(name, type, parts) {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  el('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

// A field that begins with = + - @ could be taken for a formula; quotes keep its text as it is.
function csvField(value) {
  const text = value === null || value === undefined ? '' : String(value);
  return typeof value === 'string' && /[",\r\n]|^[=+\-@\s]|\s$/.test(text)
    ? `"${text.replaceAll('"', '""')}"` : text;
}

/** columns: names; rows: arrays of numbers, texts and nulls, any iterable of them. */
function saveCsv(name, columns, rows) {
  const parts = [`${columns.map(csvField).join(',')}\n`];
  for (const row of rows) {
    parts.push(`${row.map(csvField).join(',')}\n`);
  }
  save(`${name}.csv`, 'text/csv', parts);
}

function saveJson(name, columns, rows) {
  const parts = [];
  for (const row of rows) {
    const object = Object.fromEntries(columns.map((column, i) => [column, row[i]]));
    parts.push(`${parts.length ? ',\n' : ''}  ${JSON.stringify(object)}`);
  }
  save(`${name}.json`, 'application/json', ['[\n', ...parts, '\n]\n']);
}

/** Buttons that save what `rows` yields when one is pressed. */
function exportButtons(name, columns, rows) {
  return [
    el('button', { type: 'button', onclick: () => saveCsv(name, columns(), rows()) }, 'CSV'),
    el('button', { type: 'button', onclick: () => saveJson(name, columns(), rows()) }, 'JSON'),
  ];
}
