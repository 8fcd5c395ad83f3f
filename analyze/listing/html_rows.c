/* SPDX-License-Identifier: MIT */
#include "analyze/listing/html_rows.h"

#include <stdlib.h>

int rn_html_rows_init(struct rn_html_rows *r, uint32_t limit, struct rn_error *err)
{
	*r = (struct rn_html_rows){ .limit = limit < RN_HTML_ROWS_LEAST ? RN_HTML_ROWS_LEAST : limit };
	r->texts = rn_intern_new();
	return r->texts ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for a report");
}

void rn_html_rows_fini(struct rn_html_rows *r)
{
	free(r->row);
	rn_intern_free(r->texts);
}

/* How often the chance of one half came out right for call number i: splitmix64's last steps. */
static uint8_t draw(uint64_t i)
{
	uint64_t z = (i + 1) * 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	z ^= z >> 31;
	return (uint8_t)(z ? __builtin_ctzll(z) : 64);
}

static bool is_kept_error(const struct rn_html_rows *r, unsigned flags)
{
	return (flags & RN_HTML_ROW_FAILED) && !r->errors_drawn;
}

bool rn_html_rows_wants(struct rn_html_rows *r, uint64_t dur_ns, unsigned flags, uint8_t *lot)
{
	*lot = draw(r->seen++);
	return *lot >= r->level || is_kept_error(r, flags) || dur_ns >= r->slow_ns;
}

static void swap(uint64_t *a, uint64_t *b)
{
	uint64_t x = *a;
	*a = *b;
	*b = x;
}

/* The k-th greatest of n > k values, which change places (Hoare's find). */
static uint64_t kth_greatest(uint64_t *v, uint32_t n, uint32_t k)
{
	uint32_t from = 0, to = n - 1;
	while (from < to) {
		uint64_t pivot = v[from + (to - from) / 2];
		uint32_t i = from, j = to;
		for (;;) {
			while (v[i] > pivot)
				i++;
			while (v[j] < pivot)
				j--;
			if (i >= j)
				break;
			swap(&v[i++], &v[j--]);
		}
		if (k <= j)
			to = j;
		else
			from = j + 1;
	}
	return v[k];
}

static int find_slow(struct rn_html_rows *r, struct rn_error *err)
{
	uint32_t quota = r->limit / 16;
	if (r->n <= quota)
		return 0;
	uint64_t *dur = malloc(r->n * sizeof(*dur));
	if (!dur)
		return rn_fail(err, RN_E_NOMEM, "out of memory for a report");
	for (uint32_t i = 0; i < r->n; i++)
		dur[i] = r->row[i].dur_ns;
	r->slow_ns = kth_greatest(dur, r->n, quota);
	free(dur);
	return 0;
}

/* Of equals at the edge the earlier ones. */
struct quota {
	uint32_t above, equal;
};

static struct quota slow_quota(const struct rn_html_rows *r)
{
	uint32_t above = 0, quota = r->limit / 16;
	for (uint32_t i = 0; i < r->n; i++)
		above += r->row[i].dur_ns > r->slow_ns;
	return (struct quota){ above, quota > above ? quota - above : 0 };
}

static void judge_errors(struct rn_html_rows *r)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < r->n; i++)
		n += (r->row[i].flags & RN_HTML_ROW_FAILED) != 0;
	r->errors_drawn |= n > r->limit / 4;
}

static void keep_by_level(struct rn_html_rows *r)
{
	struct quota q = slow_quota(r);
	uint32_t kept = 0;
	for (uint32_t i = 0; i < r->n; i++) {
		struct rn_html_row *row = &r->row[i];
		bool slow = row->dur_ns > r->slow_ns || (row->dur_ns == r->slow_ns && q.equal && q.equal--);
		bool whole = slow || is_kept_error(r, row->flags);
		row->flags &= (uint8_t)~RN_HTML_ROW_DRAWN;
		if (!whole && row->lot < r->level)
			continue;
		row->flags |= whole ? 0 : RN_HTML_ROW_DRAWN;
		r->row[kept++] = *row;
	}
	r->n = kept;
}

/* Texts of calls that are gone go, too; those that stay are numbered by their first use. */
static int renumber_texts(struct rn_html_rows *r, struct rn_error *err)
{
	struct rn_intern *fresh = rn_intern_new();
	bool ok = fresh != NULL;
	for (uint32_t i = 0; i < r->n && ok; i++) {
		r->row[i].args = rn_intern(fresh, rn_intern_get(r->texts, r->row[i].args), NULL);
		r->row[i].result = rn_intern(fresh, rn_intern_get(r->texts, r->row[i].result), NULL);
		ok = r->row[i].args != RN_INTERN_NONE && r->row[i].result != RN_INTERN_NONE;
	}
	if (!ok) {
		rn_intern_free(fresh);
		return rn_fail(err, RN_E_NOMEM, "out of memory for a report");
	}
	rn_intern_free(r->texts);
	r->texts = fresh;
	return 0;
}

/* Each step halves the rest; the other kinds together are less than a third of the limit. */
static int thin(struct rn_html_rows *r, uint32_t to, struct rn_error *err)
{
	int rc = find_slow(r, err);
	judge_errors(r);
	do {
		r->level += r->n > to;
		if (!rc)
			keep_by_level(r);
	} while (!rc && r->n > to && r->level < 64);
	return rc ? rc : renumber_texts(r, err);
}

int rn_html_rows_add(struct rn_html_rows *r, const struct rn_html_row *row, struct rn_error *err)
{
	if (r->n == r->cap) {
		uint32_t cap = r->cap ? r->cap + r->cap / 2 : 4096;
		struct rn_html_row *grown = realloc(r->row, cap * sizeof(*grown));
		if (!grown)
			return rn_fail(err, RN_E_NOMEM, "out of memory for a report");
		r->row = grown;
		r->cap = cap;
	}
	r->row[r->n++] = *row; /* before texts are renumbered, its own too */
	/* The next thinning is far enough away to pay for this one. */
	return r->n >= r->limit + r->limit / 4 ? thin(r, r->limit, err) : 0;
}

int rn_html_rows_settle(struct rn_html_rows *r, struct rn_error *err)
{
	return r->level || r->n > r->limit ? thin(r, r->limit, err) : 0;
}
