/* SPDX-License-Identifier: MIT */
/**
 * duration - spans of time as people write them: "90s", "1.5h", "200ms".
 */
#ifndef RN_SHARED_DURATION_H
#define RN_SHARED_DURATION_H

#include "shared/bytes.h"
#include "shared/error.h"

#include <stdbool.h>

/** A number with an optional fraction, then ns, us, ms, s, m, min or h; seconds when there is none.
 *  0 or RN_E_USAGE. */
int rn_duration_parse(struct rn_bytes word, uint64_t *ns, struct rn_error *err);

/** Digits with an optional fraction at the beginning of s, times `unit`; cut, not rounded. *used: how
 *  many bytes. False when there are none, or they are too many. */
bool rn_decimal_take(struct rn_bytes s, uint64_t unit, uint64_t *out, size_t *used);

#endif
