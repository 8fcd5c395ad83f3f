/* SPDX-License-Identifier: MIT */
/**
 * adjust - chances of many tests at once, made greater so that they may be read one by one.
 *
 * Benjamini & Hochberg 1995: the share of false findings among all. Holm 1979: the chance of any. Each
 * replaces p[0..m); NaN stay and are not counted. RN_E_NOMEM. Source: R's p.adjust.
 */
#ifndef RN_ANALYZE_NUM_ADJUST_H
#define RN_ANALYZE_NUM_ADJUST_H

#include "shared/error.h"

#include <stddef.h>

int rn_adjust_bh(double *p, size_t m, struct rn_error *err);
int rn_adjust_holm(double *p, size_t m, struct rn_error *err);

#endif
