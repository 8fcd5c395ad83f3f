/* SPDX-License-Identifier: MIT */
#include "analyze/stack/trie.h"

#include <criterion/criterion.h>

Test(trie, equal_frames_are_one_and_different_ones_are_not)
{
	struct rn_trie t;
	cr_assert_eq(rn_trie_init(&t), 0);
	struct rn_frame f = { 1, 0, 0x100, 0x101 };
	uint32_t first, again, other;
	rn_trie_frame(&t, &f, &first);
	rn_trie_frame(&t, &f, &again);
	f.flags = RN_FRAME_SIGNAL;
	rn_trie_frame(&t, &f, &other);
	cr_expect_eq(first, again);
	cr_expect_neq(first, other);
	rn_trie_fini(&t);
}

Test(trie, nodes_keep_their_place_and_parents_come_first)
{
	struct rn_trie t;
	cr_assert_eq(rn_trie_init(&t), 0);
	const struct rn_stack_node *root = rn_trie_node_at(&t, 0);
	uint32_t parent = 0;
	for (uint32_t i = 0; i < 20000; i++) {
		struct rn_frame f = { i % 7, 0, i, i };
		uint32_t frame, node, same;
		cr_assert_eq(rn_trie_frame(&t, &f, &frame), 0);
		cr_assert_eq(rn_trie_node(&t, parent, frame, &node), 0);
		cr_assert_eq(rn_trie_node(&t, parent, frame, &same), 0);
		cr_assert_eq(node, same);
		cr_assert_lt(parent, node);
		cr_assert_eq(rn_trie_node_at(&t, node)->depth, i + 1);
		cr_assert_eq(rn_trie_frame_at(&t, frame)->addr, i);
		parent = node;
	}
	cr_expect_eq(rn_trie_node_at(&t, 0), root);
	cr_expect_eq(root->depth, 0);
	rn_trie_fini(&t);
}
