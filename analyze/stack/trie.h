/* SPDX-License-Identifier: MIT */
/**
 * trie - distinct frames, and distinct stacks as nodes whose parents are the callers.
 *
 * Frames and nodes never move: they are kept in blocks. O(1) expected for each frame of a stack.
 * Memory: 40 bytes a frame, 12 and a hash entry (24) a node.
 */
#ifndef RN_ANALYZE_STACK_TRIE_H
#define RN_ANALYZE_STACK_TRIE_H

#include "analyze/model/idmap.h"
#include "analyze/stack/stacks.h"

/* A hostile trace could ask for 4096 new nodes with every call. */
#define RN_TRIE_MAX_NODES RN_STACKS_MAX_NODES

struct rn_blocks {
	uint8_t **block;
	uint32_t n, n_blocks, cap_blocks;
};

struct rn_trie {
	struct rn_blocks frames, nodes;
	struct rn_blocks chain;   /* per frame: the next one with the same hash, + 1 */
	struct rn_idmap by_frame; /* hash to frame */
	struct rn_idmap by_node;  /* parent << 32 | frame to node */
};

/** 0 or RN_E_NOMEM; rn_trie_fini in either case. */
int rn_trie_init(struct rn_trie *t);
void rn_trie_fini(struct rn_trie *t);
/** The number of an equal frame. 0, RN_E_NOMEM; RN_E_LIMIT: there are too many. */
int rn_trie_frame(struct rn_trie *t, const struct rn_frame *f, uint32_t *number);
/** The node of `frame` called by node `parent`. The same. */
int rn_trie_node(struct rn_trie *t, uint32_t parent, uint32_t frame, uint32_t *number);

const struct rn_frame *rn_trie_frame_at(const struct rn_trie *t, uint32_t i);
const struct rn_stack_node *rn_trie_node_at(const struct rn_trie *t, uint32_t i);

#endif
