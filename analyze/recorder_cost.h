/* SPDX-License-Identifier: MIT */
/**
 * recorder_cost - what the recording cost, as far as the trace tells, and the time it added to the program.
 *
 * Told by END, or where the recorder was killed by the last COST before. Added time is no measurement of the program
 * without its recorder, which there is not. Of a backend that stops threads it is a floor: the CPU time of the thread
 * that watches, which works while others stand still (without the switches to it and back, which are as much again at
 * most; docs/stop-cost.md), and the time they were made to wait for the output. Of bpf it is an estimate: calls times
 * what `bench/backends kinds` measured for one (docs/bpf.md).
 */
#ifndef RN_ANALYZE_RECORDER_COST_H
#define RN_ANALYZE_RECORDER_COST_H

#include "analyze/model/model.h"
#include "analyze/table.h"
#include "format/header.h"
#include "format/reader.h"

struct rn_diag;

struct rn_recorder_cost {
	bool known;
	uint64_t cpu_ns, memory_bytes, wall_ns, held_ns, unseen_ns;
	bool has_added;
	uint64_t added_ns;
	const char *how; /* "at least: .." or "estimate: .."; NULL without added_ns */
};

struct rn_recorder_cost rn_recorder_cost_of(const struct rn_header *h, const struct rn_model_end *end);
/** Cells: null where it is not known. */
struct rn_cell rn_recorder_cost_cell(const struct rn_recorder_cost *c, uint64_t value);
struct rn_cell rn_recorder_cost_added(const struct rn_recorder_cost *c);
struct rn_cell rn_recorder_cost_how(const struct rn_recorder_cost *c);

/** "the output was slow: 3 times, 1.2 s in all"; nothing where all was recorded that was asked for. */
void rn_recorder_cost_less(struct rn_buffer *out, const struct rn_model_end *end);

/** A line for people in front of a report of a whole trace, whose last block is looked at: what the recording cost.
 *  Nothing where the trace does not tell. */
void rn_recorder_cost_note(struct rn_reader *r, struct rn_diag *diag);
/** The same where the end of the trace is known already. */
void rn_recorder_cost_say(const struct rn_reader *r, const struct rn_model_end *end, struct rn_diag *diag);
/** Behind it: what is missing, and why. */
void rn_recorder_cost_warn(const struct rn_model_end *end, struct rn_diag *diag);

#endif
