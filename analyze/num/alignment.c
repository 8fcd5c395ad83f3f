/* SPDX-License-Identifier: MIT */
/*
 * A stretch is a pair of pieces still to be aligned. What begins or ends equal is taken at once; of the rest the
 * middle of a shortest way through the edit graph is searched from both ends at the same time, and both halves are
 * stretches again. They stand on a stack, the left one on top, so that runs are found from left to right.
 */
#include "analyze/num/alignment.h"

#include <stdlib.h>

struct stretch {
	size_t a, n, b, m; /* begin and length in either sequence */
};

struct work {
	const uint32_t *a, *b;
	struct rn_alignment *out;
	struct stretch *stack;
	size_t n_stack, cap_stack;
	size_t cap;               /* of differences */
	size_t *forward, *backward; /* by diagonal + cap + 1: how far in a */
};

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for an alignment");
}

static int push(struct work *w, struct stretch s, struct rn_error *err)
{
	if (!s.n || !s.m)
		return 0;
	if (w->n_stack == w->cap_stack) {
		size_t cap = w->cap_stack * 2 + 64;
		struct stretch *grown = realloc(w->stack, cap * sizeof(*grown));
		if (!grown)
			return no_memory(err);
		w->stack = grown;
		w->cap_stack = cap;
	}
	w->stack[w->n_stack++] = s;
	return 0;
}

static int add_run(struct rn_alignment *l, size_t a, size_t b, size_t n, struct rn_error *err)
{
	struct rn_alignment_run *last = l->n_runs ? &l->run[l->n_runs - 1] : NULL;
	if (!n)
		return 0;
	l->common += n;
	if (last && last->at_a + last->n == a && last->at_b + last->n == b) {
		last->n += n;
		return 0;
	}
	if (l->n_runs == l->cap) {
		size_t cap = l->cap * 2 + 16;
		struct rn_alignment_run *grown = realloc(l->run, cap * sizeof(*grown));
		if (!grown)
			return no_memory(err);
		l->run = grown;
		l->cap = cap;
	}
	l->run[l->n_runs++] = (struct rn_alignment_run){ a, b, n };
	return 0;
}

/* A snake in the middle: from (x, y) on, `n` equal ones, relative to the stretch. */
struct middle {
	size_t x, y, n;
};

/* Whether a way that got to x on one diagonal and one from the other end, on its diagonal k, overlap. Ways may
 * have left the graph: those do not count. */
static bool overlap(ptrdiff_t x, size_t other, ptrdiff_t k, ptrdiff_t n, ptrdiff_t m)
{
	ptrdiff_t there = (ptrdiff_t)other, y = there - k;
	return there <= n && y >= 0 && y <= m && x + there >= n;
}

/* Diagonal k is x - y = k; d differences reach diagonals -d, -d + 2 .. d. Forward ways are counted from the begin,
 * backward ways from the end: x and y are then what is left behind them. */
static struct middle find_middle(struct work *w, const struct stretch *s)
{
	const uint32_t *a = w->a + s->a, *b = w->b + s->b;
	ptrdiff_t n = (ptrdiff_t)s->n, m = (ptrdiff_t)s->m, delta = n - m;
	ptrdiff_t cap = (ptrdiff_t)w->cap;
	size_t *f = w->forward + cap + 1, *r = w->backward + cap + 1;
	f[1] = r[1] = 0;
	for (ptrdiff_t d = 0; d <= cap; d++) {
		for (ptrdiff_t k = -d; k <= d; k += 2) {
			ptrdiff_t x = k == -d || (k != d && f[k - 1] < f[k + 1]) ? (ptrdiff_t)f[k + 1] :
				(ptrdiff_t)f[k - 1] + 1;
			ptrdiff_t from = x, y = x - k;
			while (x < n && y < m && y >= 0 && a[x] == b[y])
				x++, y++;
			f[k] = (size_t)x;
			ptrdiff_t back = delta - k;
			if ((delta & 1) && back >= -(d - 1) && back <= d - 1 && x <= n && y <= m && y >= 0 &&
				overlap(x, r[back], back, n, m))
				return (struct middle){ (size_t)from, (size_t)(from - k), (size_t)(x - from) };
		}
		for (ptrdiff_t k = -d; k <= d; k += 2) {
			ptrdiff_t x = k == -d || (k != d && r[k - 1] < r[k + 1]) ? (ptrdiff_t)r[k + 1] :
				(ptrdiff_t)r[k - 1] + 1;
			ptrdiff_t from = x, y = x - k;
			while (x < n && y < m && y >= 0 && a[n - 1 - x] == b[m - 1 - y])
				x++, y++;
			r[k] = (size_t)x;
			ptrdiff_t there = delta - k;
			if (!(delta & 1) && there >= -d && there <= d && x <= n && y <= m && y >= 0 &&
				overlap(x, f[there], there, n, m))
				return (struct middle){ (size_t)(n - x), (size_t)(m - y), (size_t)(x - from) };
		}
	}
	/* Too different: where a forward way got farthest within both. */
	struct middle best = { 0, 0, 0 };
	w->out->exact = false;
	for (ptrdiff_t k = -cap; k <= cap; k += 2) {
		ptrdiff_t x = (ptrdiff_t)f[k], y = x - k;
		if (x <= n && y <= m && y >= 0 && (size_t)(x + y) > best.x + best.y)
			best = (struct middle){ (size_t)x, (size_t)y, 0 };
	}
	return best;
}

static int align_stretch(struct work *w, struct stretch s, struct rn_error *err)
{
	const uint32_t *a = w->a + s.a, *b = w->b + s.b;
	size_t same = 0, tail = 0;
	while (same < s.n && same < s.m && a[same] == b[same])
		same++;
	int rc = add_run(w->out, s.a, s.b, same, err);
	while (same + tail < s.n && same + tail < s.m && a[s.n - 1 - tail] == b[s.m - 1 - tail])
		tail++;
	struct stretch rest = { s.a + same, s.n - same - tail, s.b + same, s.m - same - tail };
	/* The tail is a stretch of its own, below what stands left of it. */
	if (!rc)
		rc = push(w, (struct stretch){ rest.a + rest.n, tail, rest.b + rest.m, tail }, err);
	if (rc || !rest.n || !rest.m)
		return rc;
	struct middle mid = find_middle(w, &rest);
	if (mid.x + mid.y + mid.n == 0) /* nothing was gained: no common way that is worth it */
		return 0;
	size_t x = mid.x + mid.n, y = mid.y + mid.n;
	rc = push(w, (struct stretch){ rest.a + x, rest.n - x, rest.b + y, rest.m - y }, err);
	if (!rc)
		rc = push(w, (struct stretch){ rest.a + mid.x, mid.n, rest.b + mid.y, mid.n }, err);
	if (!rc && (mid.x < rest.n || mid.y < rest.m))
		rc = push(w, (struct stretch){ rest.a, mid.x, rest.b, mid.y }, err);
	return rc;
}

int rn_align(struct rn_alignment *out, const uint32_t *a, size_t n, const uint32_t *b, size_t m, size_t cap,
	struct rn_error *err)
{
	size_t most = (n + m) / 2 + 2;
	cap = cap ? cap : RN_ALIGNMENT_CAP;
	cap = cap < most ? cap : most;
	struct work w = { .a = a, .b = b, .out = out, .cap = cap };
	*out = (struct rn_alignment){ .exact = true };
	w.forward = calloc(2 * (2 * cap + 3), sizeof(*w.forward));
	w.backward = w.forward ? w.forward + 2 * cap + 3 : NULL;
	int rc = w.forward ? push(&w, (struct stretch){ 0, n, 0, m }, err) : no_memory(err);
	while (!rc && w.n_stack)
		rc = align_stretch(&w, w.stack[--w.n_stack], err);
	free(w.forward);
	free(w.stack);
	return rc;
}

void rn_alignment_fini(struct rn_alignment *l)
{
	free(l->run);
	l->run = NULL;
}
