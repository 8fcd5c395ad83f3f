/* SPDX-License-Identifier: MIT */
#include "analyze/stack/jit_map.h"

#include <stdlib.h>

struct run {
	uint64_t low, high;
};

struct rn_jit_map {
	struct run *run; /* by address, apart from each other */
	size_t n, cap;
};

static bool take_hex(struct rn_cursor *c, uint64_t *value)
{
	unsigned digits = 0;
	*value = 0;
	for (; rn_cursor_left(c); c->p++, digits++) {
		unsigned d = *c->p, lower = d | 0x20;
		if (d >= '0' && d <= '9')
			d -= '0';
		else if (lower >= 'a' && lower <= 'f')
			d = lower - 'a' + 10;
		else if (digits == 1 && *value == 0 && lower == 'x')
			d = 0;
		else
			break;
		*value = *value << 4 | d;
	}
	return digits > 0 && digits <= 18;
}

static bool take_line(struct rn_cursor *c, struct run *out)
{
	uint64_t size = 0;
	bool good = take_hex(c, &out->low) && rn_cursor_left(c) && *c->p == ' ';
	if (good) {
		c->p++;
		good = take_hex(c, &size) && rn_cursor_left(c) && *c->p == ' ';
	}
	const uint8_t *end = rn_cursor_left(c) ? memchr(c->p, '\n', rn_cursor_left(c)) : NULL;
	c->p = end ? end + 1 : c->end;
	return good && size && !__builtin_add_overflow(out->low, size, &out->high);
}

static int by_low(const void *a, const void *b)
{
	const struct run *x = a, *y = b;
	return x->low < y->low ? -1 : x->low > y->low;
}

static void join(struct rn_jit_map *j)
{
	size_t n = 0;
	if (j->n)
		qsort(j->run, j->n, sizeof(*j->run), by_low);
	for (size_t i = 0; i < j->n; i++) {
		if (n && j->run[i].low <= j->run[n - 1].high) {
			if (j->run[i].high > j->run[n - 1].high)
				j->run[n - 1].high = j->run[i].high;
		} else {
			j->run[n++] = j->run[i];
		}
	}
	j->n = n;
}

struct rn_jit_map *rn_jit_map_new(struct rn_bytes text)
{
	struct rn_jit_map *j = calloc(1, sizeof(*j));
	struct rn_cursor c = rn_cursor_of(text.p, text.len);
	while (j && rn_cursor_left(&c)) {
		struct run run;
		if (!take_line(&c, &run))
			continue;
		if (j->n == j->cap) {
			size_t cap = j->cap ? j->cap * 2 : 64;
			struct run *more = realloc(j->run, cap * sizeof(*more));
			if (!more) {
				rn_jit_map_free(j);
				return NULL;
			}
			j->run = more;
			j->cap = cap;
		}
		j->run[j->n++] = run;
	}
	if (j)
		join(j);
	return j;
}

void rn_jit_map_free(struct rn_jit_map *j)
{
	if (!j)
		return;
	free(j->run);
	free(j);
}

bool rn_jit_map_find(const struct rn_jit_map *j, uint64_t addr, uint64_t *low, uint64_t *high)
{
	size_t a = 0, b = j->n;
	while (a < b) {
		size_t mid = a + (b - a) / 2;
		if (j->run[mid].high <= addr)
			a = mid + 1;
		else
			b = mid;
	}
	if (a == j->n || j->run[a].low > addr)
		return false;
	*low = j->run[a].low;
	*high = j->run[a].high;
	return true;
}
