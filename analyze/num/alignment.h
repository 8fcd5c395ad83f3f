/* SPDX-License-Identifier: MIT */
/**
 * alignment - what two sequences of numbers have in common, in order: their longest common subsequence.
 *
 * Myers 1986, O((n + m) D), D being the elements that are not common, with the halving of space by Hirschberg:
 * memory is O(min(D, cap)), never that of a table. Where a stretch has more than RN_ALIGNMENT_CAP differences,
 * it is divided at the point that got farthest: what is found is common, but there may be more (exact is false).
 */
#ifndef RN_ANALYZE_NUM_ALIGNMENT_H
#define RN_ANALYZE_NUM_ALIGNMENT_H

#include "shared/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RN_ALIGNMENT_CAP 4096

/* a[at_a .. at_a + n) and b[at_b .. at_b + n) are equal. */
struct rn_alignment_run {
	size_t at_a, at_b, n;
};

struct rn_alignment {
	struct rn_alignment_run *run; /* rising in both; neighbours do not touch in both */
	size_t n_runs;
	size_t common;  /* sum of their lengths */
	bool exact;
	/* Private. */
	size_t cap;
};

/** cap 0: RN_ALIGNMENT_CAP. RN_E_NOMEM. Fini also after an error. */
int rn_align(struct rn_alignment *out, const uint32_t *a, size_t n, const uint32_t *b, size_t m, size_t cap,
	struct rn_error *err);
void rn_alignment_fini(struct rn_alignment *l);

#endif
