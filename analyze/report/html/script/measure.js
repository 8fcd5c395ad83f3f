// measure - numbers over the calls in scope: sums and exact percentiles of each system call.

// Moves the k-th smallest of v[from..to] to place k, smaller ones before it (Hoare's find).
function select(v, from, to, k) {
  let low = from;
  let high = to;
  while (low < high) {
    const pivot = v[(low + high) >> 1];
    let i = low;
    let j = high;
    for (;;) {
      while (v[i] < pivot) {
        i++;
      }
      while (v[j] > pivot) {
        j--;
      }
      if (i >= j) {
        break;
      }
      const x = v[i];
      v[i++] = v[j];
      v[j--] = x;
    }
    if (k <= j) {
      high = j;
    } else {
      low = j + 1;
    }
  }
  return v[k];
}

/** Percentiles (R-7: interpolated between ranks) of v[from..from + n), which changes its order; shares rise. */
function percentiles(v, from, n, shares) {
  const end = from + n - 1;
  let low = from;
  return shares.map((share) => {
    if (n === 0) {
      return null;
    }
    const place = from + share * (n - 1);
    const k = Math.floor(place);
    const value = select(v, low, end, k);
    low = k;
    let next = value;
    if (place > k) {
      next = Infinity;
      for (let i = k + 1; i <= end; i++) {
        next = v[i] < next ? v[i] : next;
      }
    }
    return value + (next - value) * (place - k);
  });
}

const SHARES = [0.5, 0.95, 0.99];

// Where calls stand for others, percentiles are estimates: of values in buckets of about 1 %.
const FINE = 64;
const MOST_ESTIMATED = 2000; // names; a trace with more is not one of a program
const FINE_BUCKETS = FINE * 43;
const fineOf = (ns) => Math.min(FINE_BUCKETS - 1, Math.floor(Math.log2(Math.max(1, ns)) * FINE));

/** Percentiles of the sums of weights in fine buckets counts[from..from + FINE_BUCKETS). */
function estimates(counts, from, shares) {
  let sum = 0;
  for (let b = 0; b < FINE_BUCKETS; b++) {
    sum += counts[from + b];
  }
  let b = 0;
  let below = counts[from];
  return shares.map((share) => {
    while (b < FINE_BUCKETS - 1 && below < share * sum) {
      below += counts[from + ++b];
    }
    return sum > 0 ? 2 ** ((b + 0.5) / FINE) : null;
  });
}

function estimateNames(n) {
  const counts = new Float64Array(n * FINE_BUCKETS);
  for (const i of store.sel) {
    if (!isUnfinished(i)) {
      counts[store.name[i] * FINE_BUCKETS + fineOf(store.dur[i])] += weightOf(i);
    }
  }
  return counts;
}

/** One object for each name that has calls in scope: calls, errors, total, longest, p50, p95, p99, n. */
function measureNames() {
  const { name, dur, error, flags, sel, meta } = store;
  const n = meta.names.length;
  const calls = new Float64Array(n);
  const errors = new Float64Array(n);
  const total = new Float64Array(n);
  const longest = new Float64Array(n);
  const returned = new Uint32Array(n);
  for (let k = 0; k < sel.length; k++) {
    const i = sel[k];
    const w = store.weight === 1 ? 1 : weightOf(i);
    const j = name[i];
    calls[j] += w;
    errors[j] += error[i] ? w : 0;
    if (!(flags[i] & UNFINISHED)) {
      total[j] += w * dur[i];
      returned[j]++;
      longest[j] = dur[i] > longest[j] ? dur[i] : longest[j];
    }
  }
  const from = new Uint32Array(n + 1);
  for (let j = 0; j < n; j++) {
    from[j + 1] = from[j] + returned[j];
  }
  const at = from.slice();
  const values = new Float64Array(from[n]);
  for (let k = 0; k < sel.length; k++) {
    const i = sel[k];
    if (!(flags[i] & UNFINISHED)) {
      values[at[name[i]]++] = dur[i];
    }
  }
  const fine = store.weight === 1 || n > MOST_ESTIMATED ? null : estimateNames(n);
  const measured = [];
  for (let j = 0; j < n; j++) {
    if (calls[j] > 0) {
      const [p50, p95, p99] = fine ? estimates(fine, j * FINE_BUCKETS, SHARES)
        : percentiles(values, from[j], returned[j], SHARES);
      measured.push({ name: j, calls: calls[j], errors: errors[j], total: total[j], longest: longest[j],
        n: returned[j], p50, p95, p99 });
    }
  }
  return measured.sort((a, b) => b.total - a.total || a.name - b.name);
}

/** The `most` longest calls in scope, longest first; of equals the earlier. */
function slowest(most) {
  const { dur, sel } = store;
  let kept = [];
  let least = -1;
  const settle = () => {
    kept.sort((a, b) => dur[b] - dur[a] || a - b);
    kept = kept.slice(0, most);
    least = kept.length === most ? dur[kept[most - 1]] : -1;
  };
  for (let k = 0; k < sel.length; k++) {
    if (dur[sel[k]] > least && !isUnfinished(sel[k])) {
      kept.push(sel[k]);
      if (kept.length >= 4 * most) {
        settle();
      }
    }
  }
  settle();
  return kept;
}

// One pass of a radix sort: places of `order` by 16 bits of each key, as they were where those are equal.
function sortPass(halves, step, half, order, other, n) {
  const count = new Uint32Array(65536);
  for (let k = 0; k < n; k++) {
    count[halves[step * k + half]]++;
  }
  if (n > 0 && count[halves[half]] === n) {
    return false;
  }
  let sum = 0;
  for (let d = 0; d < 65536; d++) {
    const c = count[d];
    count[d] = sum;
    sum += c;
  }
  for (let k = 0; k < n; k++) {
    const j = order[k];
    other[count[halves[step * j + half]]++] = j;
  }
  return true;
}

// Doubles in the order of unsigned integers: negative ones turned around, others above them.
function orderDoubles(keys) {
  const words = new Uint32Array(keys.buffer);
  for (let k = 0; k < words.length; k += 2) {
    const mask = words[k + 1] >>> 31 ? 0xffffffff : 0;
    words[k] ^= mask;
    words[k + 1] ^= mask | 0x80000000;
  }
}

/** The places of whole numbers in their order, equal ones as they were. */
function sortedPlaces(values, down) {
  const n = values.length;
  let least = 0;
  let most = 0;
  for (let k = 0; k < n; k++) {
    least = values[k] < least ? values[k] : least;
    most = values[k] > most ? values[k] : most;
  }
  // Most are of 32 bits: half the passes.
  const small = least >= 0 && most < 2 ** 32;
  const keys = small ? Uint32Array.from(values) : Float64Array.from(values);
  if (!small) {
    orderDoubles(keys);
  }
  const halves = new Uint16Array(keys.buffer);
  const step = small ? 2 : 4;
  for (let k = 0; down && k < halves.length; k++) {
    halves[k] = ~halves[k];
  }
  let order = new Uint32Array(n);
  let other = new Uint32Array(n);
  for (let k = 0; k < n; k++) {
    order[k] = k;
  }
  for (let half = 0; half < step; half++) {
    if (sortPass(halves, step, half, order, other, n)) {
      [order, other] = [other, order];
    }
  }
  return order;
}

/** Percentiles of values[0..n), whose counts by bucket are known: only buckets with a rank are sorted. */
function percentilesByBucket(values, buckets, counts, n, shares) {
  const ranks = shares.map((share) => share * (n - 1));
  const wanted = new Set(ranks.flatMap((rank) => [Math.floor(rank), Math.ceil(rank)]));
  const found = new Map();
  let below = 0;
  for (let b = 0; b < BUCKETS && n > 0; b++) {
    const here = [...wanted].filter((rank) => rank >= below && rank < below + counts[b]);
    if (here.length) {
      const inside = new Float64Array(counts[b]);
      let m = 0;
      for (let k = 0; k < n; k++) {
        if (buckets[k] === b) {
          inside[m++] = values[k];
        }
      }
      inside.sort();
      here.forEach((rank) => found.set(rank, inside[rank - below]));
    }
    below += counts[b];
  }
  return ranks.map((rank) => {
    const low = found.get(Math.floor(rank));
    return n > 0 ? low + (found.get(Math.ceil(rank)) - low) * (rank - Math.floor(rank)) : null;
  });
}
