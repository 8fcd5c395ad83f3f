// format - numbers as people read them: at most four digits that matter, and a unit.

const TIME_UNITS = [[1e9, 's'], [1e6, 'ms'], [1e3, '\u00b5s'], [1, 'ns']];

function digits(v) {
  if (v >= 100 || v === Math.round(v)) {
    return v.toFixed(0);
  }
  return v.toFixed(v >= 10 ? 1 : 2);
}

/** 1234567 ns is "1.23 ms". */
function showTime(ns) {
  if (!(ns > 0)) {
    return ns === 0 ? '0' : '';
  }
  const [unit, name] = TIME_UNITS.find(([u]) => ns >= u) || [1, 'ns'];
  return `${digits(ns / unit)} ${name}`;
}

/** Seconds since the start of the trace, to the microsecond. */
function showMoment(ns) {
  return (ns / 1e9).toFixed(6);
}

/** 1234567 is "1,234,567". */
function showCount(n) {
  return Math.round(n).toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

function showShare(part, whole) {
  return whole > 0 ? `${(100 * part / whole).toFixed(1)} %` : '';
}
