/* SPDX-License-Identifier: MIT */
/**
 * jit_map - where a program put code it made itself, as told by its /tmp/perf-PID.map.
 *
 * Lines of START SIZE NAME, numbers in hexadecimal; what reads otherwise is passed over. Here only
 * the ranges matter (names: analyze/symbol). Source: tools/perf/Documentation/jit-interface.txt.
 */
#ifndef RN_ANALYZE_STACK_JIT_MAP_H
#define RN_ANALYZE_STACK_JIT_MAP_H

#include "shared/cursor.h"

struct rn_jit_map;

/** NULL: no memory. The text is not kept. */
struct rn_jit_map *rn_jit_map_new(struct rn_bytes text);
void rn_jit_map_free(struct rn_jit_map *j);
/** The run of code (functions side by side) that holds addr. */
bool rn_jit_map_find(const struct rn_jit_map *j, uint64_t addr, uint64_t *low, uint64_t *high);

#endif
