// columns - the packed columns of a page become typed arrays.
// A column is base64 of RFC 1950; what is inside of it stands at the head of listing/html_data.c.

function fromBase64(text) {
  if (Uint8Array.fromBase64) {
    return Uint8Array.fromBase64(text);
  }
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) {
    bytes[i] = raw.charCodeAt(i);
  }
  return bytes;
}

// Unpacking goes on beside the reading of what is still on its way.
const unpacking = new Map();

/** Begins with the columns that have come whole: those that something follows. */
function unpackEarly(ids) {
  for (const id of ids) {
    const column = byId(id);
    if (column && column.nextElementSibling && !unpacking.has(id)) {
      const unpacked = unpackNow(id);
      unpacked.catch(() => {}); // whoever asks for the column is told
      unpacking.set(id, unpacked);
    }
  }
}

function unpack(id) {
  return unpacking.get(id) || unpackNow(id);
}

async function unpackNow(id) {
  const packed = new Blob([fromBase64(byId(id).textContent)]);
  const stream = packed.stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** n varints into an array; false when there are not as many. */
function readVarints(bytes, out) {
  let at = 0;
  for (let i = 0; i < out.length; i++) {
    let b = bytes[at++];
    let v = b & 127;
    for (let scale = 128; b > 127; scale *= 128) {
      b = bytes[at++];
      v += (b & 127) * scale;
    }
    out[i] = v;
  }
  if (at !== bytes.length) {
    throw new Error('a column of this report is damaged');
  }
  return out;
}

/** Sums of zigzag varints. */
function readDeltas(bytes, out) {
  readVarints(bytes, out);
  let sum = 0;
  for (let i = 0; i < out.length; i++) {
    const v = out[i];
    sum += v % 2 ? -(v + 1) / 2 : v / 2;
    out[i] = sum;
  }
  return out;
}

/** Lines of text: one string and where each begins, so that a search goes through it at once. */
class Texts {
  constructor(bytes, n) {
    this.all = new TextDecoder().decode(bytes);
    this.begin = new Uint32Array(n + 1);
    let at = 0;
    for (let i = 0; i < n; i++) {
      this.begin[i] = at;
      at = this.all.indexOf('\n', at) + 1;
      if (at === 0) {
        throw new Error('the texts of this report are damaged');
      }
    }
    this.begin[n] = at;
    this.n = n;
  }

  get(i) {
    return this.all.slice(this.begin[i], this.begin[i + 1] - 1);
  }

  /** Which text a place of `all` is in, at or behind text number `from`. */
  at(place, from) {
    let low = from;
    let step = 1;
    while (low + step < this.n && this.begin[low + step] <= place) {
      low += step;
      step *= 2;
    }
    let high = Math.min(low + step, this.n);
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.begin[middle] <= place) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  lower() {
    if (this.small === undefined) {
      const small = this.all.toLowerCase();
      this.small = small.length === this.all.length ? small : null;
    }
    return this.small;
  }

  /** Uint8Array: 1 for each text with `needle` (a string: any case; or a regular expression). */
  find(needle) {
    const found = new Uint8Array(this.n);
    if (typeof needle === 'string' && this.lower() !== null) {
      const wanted = needle.toLowerCase();
      for (let at = this.small.indexOf(wanted), i = 0; at >= 0; at = this.small.indexOf(wanted, this.begin[i + 1])) {
        i = this.at(at, i);
        found[i] = 1;
      }
      return found;
    }
    const test = matcher(needle);
    for (let i = 0; i < this.n; i++) {
      found[i] = Number(test(this.get(i)));
    }
    return found;
  }
}

/** A function that tells whether a text has `needle`. */
function matcher(needle) {
  if (typeof needle === 'string') {
    const wanted = needle.toLowerCase();
    return (text) => text.toLowerCase().includes(wanted);
  }
  return (text) => needle.test(text);
}

/** What a search field says: text, or with `regex` an expression; null: nothing, or no expression. */
function needleOf(text, regex) {
  if (text === '') {
    return null;
  }
  if (!regex) {
    return text;
  }
  try {
    return new RegExp(text, 'i');
  } catch {
    return null;
  }
}
