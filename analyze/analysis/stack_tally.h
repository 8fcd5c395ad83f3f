/* SPDX-License-Identifier: MIT */
/**
 * stack_tally - calls summed up by the stack they were made from.
 *
 * One walk, many profiles: functions, call graph, flame graphs are made of these sums. Stacks are numbers
 * of analyze/stack/stacks.h; 0 stands for calls without a stack.
 */
#ifndef RN_ANALYZE_ANALYSIS_STACK_TALLY_H
#define RN_ANALYZE_ANALYSIS_STACK_TALLY_H

#include "analyze/source/source.h"
#include "analyze/symbol/frames.h"

/* Of the calls from one stack. Calls that never returned have no time. */
struct rn_stack_sums {
	uint64_t calls, errors;
	uint64_t time_ns;
	uint64_t bytes;    /* moved by calls whose result says so */
	uint64_t io_calls; /* on files: read and write in all forms, open, close, sync, sendfile, splice */
	uint64_t slow_io;  /* of these, those that took longer than the threshold */
	uint64_t cut;      /* whose stack is not complete */
};

struct rn_stack_tally {
	struct rn_frames *frames; /* borrowed */
	uint64_t slow_io_ns;
	struct rn_stack_sums *sums; /* by stack; n of them */
	uint32_t n;
	/* Private: where calls count by their weight, sums stay whole numbers by what is carried on. */
	const struct rn_weights *weights;
	struct rn_stack_sums carry;
};

void rn_stack_tally_init(struct rn_stack_tally *t, struct rn_frames *frames, uint64_t slow_io_ns);
void rn_stack_tally_fini(struct rn_stack_tally *t);
int rn_stack_tally_batch(struct rn_stack_tally *t, const struct rn_batch *b, struct rn_error *err);
void rn_stack_sums_add(struct rn_stack_sums *to, const struct rn_stack_sums *from);
/** Sum over all stacks. */
struct rn_stack_sums rn_stack_tally_total(const struct rn_stack_tally *t);

#endif
