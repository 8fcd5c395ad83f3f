/* SPDX-License-Identifier: MIT */
#include "analyze/listing/sort.h"

#include <string.h>

/* End of the run that begins at i. */
static uint32_t run_end(const struct rn_sort_key *key, uint32_t i, uint32_t n)
{
	do
		i++;
	while (i < n && !rn_sort_less(&key[i], &key[i - 1]));
	return i;
}

static void merge(struct rn_sort_key *to, const struct rn_sort_key *a, const struct rn_sort_key *a_end,
	const struct rn_sort_key *b_end)
{
	const struct rn_sort_key *b = a_end;
	while (a < a_end && b < b_end)
		*to++ = rn_sort_less(b, a) ? *b++ : *a++;
	memcpy(to, a, (size_t)(a_end - a) * sizeof(*a));
	to += a_end - a;
	memcpy(to, b, (size_t)(b_end - b) * sizeof(*b));
}

/* Merges neighbouring runs until one is left: each pass halves their number. */
void rn_sort_keys(struct rn_sort_key *key, struct rn_sort_key *scratch, uint32_t n)
{
	while (n > 1 && run_end(key, 0, n) < n) {
		for (uint32_t i = 0; i < n;) {
			uint32_t mid = run_end(key, i, n);
			uint32_t end = mid < n ? run_end(key, mid, n) : n;
			merge(scratch + i, key + i, key + mid, key + end);
			i = end;
		}
		memcpy(key, scratch, (size_t)n * sizeof(*key));
	}
}
