/* SPDX-License-Identifier: MIT */
/*
 * Only the last * that was met is ever gone back to: what stands before it has matched as early as it
 * can, so that an earlier one need not be tried again (Krauss 2008). That keeps the cost a product.
 */
#include "analyze/filters/pattern.h"

/* A set "[a-z]" at g->p[at], which is the bracket. Sets *end behind it; 0 when it is not closed. */
static bool in_set(struct rn_bytes g, size_t at, uint8_t c, size_t *end)
{
	bool negated = at + 1 < g.len && (g.p[at + 1] == '!' || g.p[at + 1] == '^');
	size_t first = at + 1 + negated;
	bool found = false;
	*end = 0;
	for (size_t i = first; i < g.len; i++) {
		if (g.p[i] == ']' && i > first) {
			*end = i + 1;
			return found != negated;
		}
		uint8_t low = g.p[i], high = low;
		if (i + 2 < g.len && g.p[i + 1] == '-' && g.p[i + 2] != ']') {
			high = g.p[i + 2];
			i += 2;
		}
		found |= low <= c && c <= high;
	}
	return false;
}

/* Whether what stands at g.p[at], which is no star, fits c; *end is behind it. */
static bool one(struct rn_bytes g, size_t at, uint8_t c, size_t *end)
{
	bool fits = g.p[at] == '[' && in_set(g, at, c, end);
	if (g.p[at] == '[' && *end)
		return fits;
	*end = at + 1;
	if (g.p[at] == '?')
		return true;
	if (g.p[at] == '\\' && at + 1 < g.len) {
		*end = at + 2;
		return g.p[at + 1] == c;
	}
	return g.p[at] == c;
}

bool rn_glob_match(struct rn_bytes g, struct rn_bytes s)
{
	size_t at = 0, i = 0, star = SIZE_MAX, star_i = 0, end;
	while (i < s.len) {
		if (at < g.len && g.p[at] == '*') {
			star = ++at;
			star_i = i;
		} else if (at < g.len && one(g, at, s.p[i], &end)) {
			at = end;
			i++;
		} else if (star != SIZE_MAX) {
			at = star;
			i = ++star_i;
		} else {
			return false;
		}
	}
	while (at < g.len && g.p[at] == '*')
		at++;
	return at == g.len;
}
