/* SPDX-License-Identifier: MIT */
/* How long calls of each number took, as the index has counted it. */
#include "analyze/index/private.h"

#include <stdlib.h>

struct reading {
	struct rn_index_histogram *of;
	size_t n, cap;
};

static struct rn_index_histogram *histogram_of(struct reading *r, uint32_t abi, uint32_t nr)
{
	struct rn_index_histogram *last = r->n ? &r->of[r->n - 1] : NULL;
	if (last && last->abi == abi && last->nr == nr)
		return last;
	if (r->n == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 64;
		struct rn_index_histogram *of = realloc(r->of, cap * sizeof(*of));
		if (!of)
			return NULL;
		r->of = of;
		r->cap = cap;
	}
	r->of[r->n] = (struct rn_index_histogram){ abi, nr, { 0 } };
	return &r->of[r->n++];
}

/* A row: abi, nr, low_ns, tail, calls. */
static bool take(struct reading *r, const int64_t *f)
{
	uint64_t low = (uint64_t)f[2];
	struct rn_index_histogram *h = histogram_of(r, (uint32_t)f[0], (uint32_t)f[1]);
	if (!h || low & (low - 1))
		return false;
	h->calls[low ? 63 - __builtin_clzll(low) : 0] += (uint64_t)f[4];
	return true;
}

/* One checksum for all rows, whatever their order. r: NULL: nobody wants them. */
static bool read_rows(struct rn_index *x, struct reading *r)
{
	sqlite3_stmt *s = rn_index_prepare(x->db,
		"SELECT abi, nr, low_ns, tail, calls FROM histogram ORDER BY abi, nr, low_ns, tail");
	uint32_t crc = 0;
	int64_t fields[5];
	int step = SQLITE_ERROR;
	bool ok = s != NULL;
	while (ok && (step = sqlite3_step(s)) == SQLITE_ROW) {
		for (int i = 0; i < 5; i++)
			fields[i] = sqlite3_column_int64(s, i);
		crc += rn_index_crc(0, fields, 5, rn_bytes_of(NULL, 0));
		ok = !r || take(r, fields);
	}
	sqlite3_finalize(s);
	return ok && step == SQLITE_DONE && crc == x->number[RN_IX_histogram_crc];
}

bool rn_index_histograms_are_right(struct rn_index *x)
{
	return read_rows(x, NULL);
}

int rn_index_histograms(struct rn_index *x, struct rn_index_histogram **out, size_t *n)
{
	struct reading r = { 0 };
	bool ok = rn_index_is_complete(x) && read_rows(x, &r);
	if (!ok)
		free(r.of);
	*out = ok ? r.of : NULL;
	*n = ok ? r.n : 0;
	return ok ? 0 : RN_END;
}
