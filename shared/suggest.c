/* SPDX-License-Identifier: MIT */
/* Three rows of the table are alive at a time: the swap looks two back. */
#include "shared/suggest.h"

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;
	return m < c ? m : c;
}

unsigned rn_edit_distance(struct rn_bytes a, struct rn_bytes b, unsigned limit)
{
	size_t longer = a.len > b.len ? a.len : b.len;
	size_t shorter = a.len > b.len ? b.len : a.len;
	if (longer > RN_SUGGEST_MAX || longer - shorter > limit)
		return limit + 1;
	unsigned rows[3][RN_SUGGEST_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2];
	for (size_t j = 0; j <= b.len; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= a.len; i++) {
		uint8_t ca = lower(a.p[i - 1]);
		now[0] = (unsigned)i;
		for (size_t j = 1; j <= b.len; j++) {
			uint8_t cb = lower(b.p[j - 1]);
			now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + (ca != cb));
			if (i > 1 && j > 1 && ca == lower(b.p[j - 2]) && cb == lower(a.p[i - 2]) &&
				before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
		unsigned *free_row = before;
		before = last;
		last = now;
		now = free_row;
	}
	return last[b.len] > limit ? limit + 1 : last[b.len];
}

void rn_suggest_try(struct rn_suggest *s, const char *candidate)
{
	struct rn_bytes c = rn_bytes_str(candidate);
	size_t longer = c.len > s->word.len ? c.len : s->word.len;
	unsigned limit = longer < 5 ? 1 : (unsigned)((longer + 1) / 3);
	if (limit > 3)
		limit = 3;
	if (limit >= longer)
		limit = 0;
	if (s->best) {
		if (s->distance == 0)
			return;
		if (limit >= s->distance)
			limit = s->distance - 1;
	}
	unsigned d = rn_edit_distance(s->word, c, limit);
	if (d > limit)
		return;
	s->best = candidate;
	s->distance = d;
}
