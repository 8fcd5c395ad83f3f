/* SPDX-License-Identifier: MIT */
#include "analyze/stack/trie.h"

#include <stdlib.h>

#define LOG2_BLOCK 12
#define BLOCK ((uint32_t)1 << LOG2_BLOCK)

static void *item_at(const struct rn_blocks *b, size_t size, uint32_t i)
{
	return b->block[i >> LOG2_BLOCK] + (i & (BLOCK - 1)) * size;
}

/* A new item, its bytes not set; NULL: no memory. */
static void *add_item(struct rn_blocks *b, size_t size)
{
	if (b->n == b->n_blocks * BLOCK) {
		if (b->n_blocks == b->cap_blocks) {
			uint32_t cap = b->cap_blocks ? b->cap_blocks * 2 : 8;
			uint8_t **more = realloc(b->block, cap * sizeof(*more));
			if (!more)
				return NULL;
			b->block = more;
			b->cap_blocks = cap;
		}
		uint8_t *block = malloc(BLOCK * size);
		if (!block)
			return NULL;
		b->block[b->n_blocks++] = block;
	}
	return item_at(b, size, b->n++);
}

static void free_blocks(struct rn_blocks *b)
{
	for (uint32_t i = 0; i < b->n_blocks; i++)
		free(b->block[i]);
	free(b->block);
}

int rn_trie_init(struct rn_trie *t)
{
	*t = (struct rn_trie){ 0 };
	struct rn_stack_node *root = add_item(&t->nodes, sizeof(*root));
	if (!root)
		return RN_E_NOMEM;
	*root = (struct rn_stack_node){ 0, 0, 0 };
	return 0;
}

void rn_trie_fini(struct rn_trie *t)
{
	free_blocks(&t->frames);
	free_blocks(&t->nodes);
	free_blocks(&t->chain);
	rn_idmap_fini(&t->by_frame);
	rn_idmap_fini(&t->by_node);
	*t = (struct rn_trie){ 0 };
}

static uint64_t hash_of(const struct rn_frame *f)
{
	uint64_t h = (f->pc_addr ^ (uint64_t)f->flags << 60) * 0x9e3779b97f4a7c15u;
	h = (h ^ h >> 29 ^ f->module) * 0xbf58476d1ce4e5b9u;
	return h ^ h >> 32 ^ f->addr;
}

static bool same(const struct rn_frame *a, const struct rn_frame *b)
{
	return a->pc_addr == b->pc_addr && a->addr == b->addr && a->module == b->module &&
		a->flags == b->flags;
}

int rn_trie_frame(struct rn_trie *t, const struct rn_frame *f, uint32_t *number)
{
	uint64_t h = hash_of(f);
	uint32_t first = rn_idmap_find(&t->by_frame, h);
	for (uint32_t i = first; i != RN_IDMAP_NONE;
		i = *(uint32_t *)item_at(&t->chain, sizeof(uint32_t), i) - 1) {
		if (same(rn_trie_frame_at(t, i), f)) {
			*number = i;
			return 0;
		}
	}
	if (t->frames.n >= RN_TRIE_MAX_NODES)
		return RN_E_LIMIT;
	*number = t->frames.n;
	struct rn_frame *kept = add_item(&t->frames, sizeof(*kept));
	uint32_t *next = kept ? add_item(&t->chain, sizeof(*next)) : NULL;
	if (!next || rn_idmap_put(&t->by_frame, h, *number))
		return RN_E_NOMEM;
	*kept = *f;
	*next = first + 1; /* none: 0 */
	return 0;
}

int rn_trie_node(struct rn_trie *t, uint32_t parent, uint32_t frame, uint32_t *number)
{
	uint64_t key = (uint64_t)parent << 32 | frame;
	uint32_t found = rn_idmap_find(&t->by_node, key);
	if (found != RN_IDMAP_NONE) {
		*number = found;
		return 0;
	}
	if (t->nodes.n >= RN_TRIE_MAX_NODES)
		return RN_E_LIMIT;
	found = t->nodes.n;
	struct rn_stack_node *node = add_item(&t->nodes, sizeof(*node));
	if (!node || rn_idmap_put(&t->by_node, key, found))
		return RN_E_NOMEM;
	*node = (struct rn_stack_node){ parent, frame, rn_trie_node_at(t, parent)->depth + 1 };
	*number = found;
	return 0;
}

const struct rn_frame *rn_trie_frame_at(const struct rn_trie *t, uint32_t i)
{
	return item_at(&t->frames, sizeof(struct rn_frame), i);
}

const struct rn_stack_node *rn_trie_node_at(const struct rn_trie *t, uint32_t i)
{
	return item_at(&t->nodes, sizeof(struct rn_stack_node), i);
}
