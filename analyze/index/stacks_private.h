/* SPDX-License-Identifier: MIT */
/**
 * stacks_private - what is lent (stacks_lend.c), and the parts that are.
 */
#ifndef RN_ANALYZE_INDEX_STACKS_PRIVATE_H
#define RN_ANALYZE_INDEX_STACKS_PRIVATE_H

#include "analyze/index/extend.h"
#include "analyze/index/stacks.h"

/* What the stacks are made of, in this order; the last name is the checksum's. */
enum rn_stack_number {
	RN_SN_blocks, RN_SN_images, RN_SN_modules, RN_SN_module_crc, RN_SN_frames, RN_SN_frame_pages, RN_SN_frame_crc,
	RN_SN_nodes, RN_SN_node_pages, RN_SN_node_crc, RN_SN_call_pages, RN_SN_call_crc, RN_STACK_NUMBERS
};
extern const char *const rn_stack_number_names[RN_STACK_NUMBERS + 1];
/** False: there are no stacks. */
bool rn_stack_numbers_get(sqlite3 *db, int64_t number[RN_STACK_NUMBERS]);

/* A file as it was when something was read from it: in a row of module, and in words. */
struct rn_file_state {
	int64_t bytes, mtime_ns; /* -1: it cannot be looked at */
};
struct rn_file_state rn_file_state_of(const char *path);
/* The same of a map of made code in the trace: its length and a checksum. */
static inline struct rn_file_state rn_jit_state_of(struct rn_bytes map)
{
	return (struct rn_file_state){ (int64_t)map.len, rn_index_crc(0, NULL, 0, map) };
}

static inline bool rn_same_file_state(struct rn_file_state a, struct rn_file_state b)
{
	return a.bytes == b.bytes && a.mtime_ns == b.mtime_ns;
}

/* Stacks as they were read. */
struct rn_kept_stacks;
/** NULL: there are none that fit, or no memory. Borrows the index. */
struct rn_kept_stacks *rn_kept_stacks_new(struct rn_index *x, const struct rn_stack_parts *parts);
/** Those of the beginning of a trace that has grown since: of the calls before rn_kept_stacks_known(k)->before. A few of
 *  the last blocks are left off, of which later ones may tell more. NULL: there are none that would be found again. */
struct rn_kept_stacks *rn_kept_stacks_of_beginning(struct rn_index *x, const struct rn_stack_parts *parts);
/** How many blocks of the trace they are of, from the first on. */
size_t rn_kept_stacks_blocks(const struct rn_kept_stacks *k);
void rn_kept_stacks_free(struct rn_kept_stacks *k);
const struct rn_known_stacks *rn_kept_stacks_known(const struct rn_kept_stacks *k);

/* Names as they were read, of frames whose modules are named by the same files. */
struct rn_kept_symbols;
/** NULL: there are none, or no memory. */
struct rn_kept_symbols *rn_kept_symbols_new(struct rn_index *x, const struct rn_stack_parts *parts);
void rn_kept_symbols_free(struct rn_kept_symbols *k);
const struct rn_known_symbols *rn_kept_symbols_known(const struct rn_kept_symbols *k);

#endif
