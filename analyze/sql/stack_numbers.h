/* SPDX-License-Identifier: MIT */
/**
 * stack_numbers - the numbers that SQL has for stacks and frames, which do not depend on what was asked before.
 *
 * The ids of analyze/stack/stacks.h follow the order in which somebody asked. Here all calls of the trace are gone
 * through once, in the order of the file: a stack's number is its place among those met first, callers before
 * whom they call, from 1; a frame's that of the first stack it is in, from 0. So a number of one run is the same in the
 * next, whatever filters there are, and whether an index helps or not.
 */
#ifndef RN_ANALYZE_SQL_STACK_NUMBERS_H
#define RN_ANALYZE_SQL_STACK_NUMBERS_H

#include "analyze/stack/stacks.h"

struct rn_stack_numbers;

/** Asks for the stack of every call; borrows the stacks. O(calls). RN_E_NOMEM. */
int rn_stack_numbers_new(struct rn_stack_numbers **out, struct rn_stacks *stacks, struct rn_reader *reader,
	struct rn_error *err);
void rn_stack_numbers_free(struct rn_stack_numbers *n);

/** The number of a node; 0: the root, or none of the trace's. */
uint32_t rn_stack_number(const struct rn_stack_numbers *n, uint32_t node);
uint32_t rn_frame_number(const struct rn_stack_numbers *n, uint32_t frame);

/** The nodes by number: 1 .. rn_stack_numbers_n. */
uint32_t rn_stack_numbers_n(const struct rn_stack_numbers *n);
uint32_t rn_stack_numbers_node(const struct rn_stack_numbers *n, uint32_t number);
/** The frames by number: 0 .. rn_stack_numbers_n_frames - 1. */
uint32_t rn_stack_numbers_n_frames(const struct rn_stack_numbers *n);
uint32_t rn_stack_numbers_frame(const struct rn_stack_numbers *n, uint32_t number);

#endif
