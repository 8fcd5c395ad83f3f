/* SPDX-License-Identifier: MIT */
/**
 * proportion - shares of few or many: how sure they are, whether two differ.
 *
 * Wilson's interval of a share (95 %). Fisher's exact test of two shares, two-sided: the chance of all
 * tables with these margins that are no likelier than the one seen. Sources: scipy.stats.fisher_exact,
 * R's binom::binom.wilson; the odds ratio is the sample's.
 */
#ifndef RN_ANALYZE_NUM_PROPORTION_H
#define RN_ANALYZE_NUM_PROPORTION_H

#include "analyze/num/interval.h"

#include <stdint.h>

/** Of k among n; NaN of none. */
struct rn_interval rn_wilson(uint64_t k, uint64_t n);
/** k among n against l among m; each at most its whole. 1 where nothing can differ; NaN beyond 2^31. */
double rn_fisher(uint64_t k, uint64_t n, uint64_t l, uint64_t m);
/** (k / (n - k)) / (l / (m - l)); infinite or NaN where a part is empty. */
double rn_odds_ratio(uint64_t k, uint64_t n, uint64_t l, uint64_t m);

#endif
