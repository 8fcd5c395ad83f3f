/* SPDX-License-Identifier: MIT */
/**
 * recorder_cost - what the recording cost, as far as the trace tells, and the time it added to the program.
 *
 * Added time is no measurement of the program without its recorder, which there is not. Of a backend that stops
 * threads it is a floor: the CPU time of the thread that watches, which works while others stand still (without
 * the switches to it and back, which are as much again at most; docs/stop-cost.md). Of bpf it is an estimate:
 * calls times what `bench/backends kinds` measured for one (docs/bpf.md).
 */
#ifndef RN_ANALYZE_RECORDER_COST_H
#define RN_ANALYZE_RECORDER_COST_H

#include "analyze/model.h"
#include "analyze/table.h"
#include "format/header.h"

struct rn_recorder_cost {
	bool has_added;
	uint64_t added_ns;
	const char *how; /* "at least: .." or "estimate: .."; NULL without added_ns */
};

struct rn_recorder_cost rn_recorder_cost_of(const struct rn_header *h, const struct rn_model_end *end);
/** Cells: null where it is not known. */
struct rn_cell rn_recorder_cost_added(const struct rn_recorder_cost *c);
struct rn_cell rn_recorder_cost_how(const struct rn_recorder_cost *c);

#endif
