/* SPDX-License-Identifier: MIT */
#include "shared/arena.h"

#include <stdlib.h>

#define RN_ARENA_MIN_BYTES ((size_t)64 * 1024)
#define RN_ARENA_ALIGN ((size_t)16)

struct rn_arena_chunk {
	struct rn_arena_chunk *older;
	size_t size;
	_Alignas(16) uint8_t bytes[];
};

void rn_arena_init(struct rn_arena *a)
{
	*a = (struct rn_arena)RN_ARENA_INIT;
}

static void free_chain(struct rn_arena_chunk *c)
{
	while (c) {
		struct rn_arena_chunk *older = c->older;
		free(c);
		c = older;
	}
}

void rn_arena_fini(struct rn_arena *a)
{
	free_chain(a->chunk);
	rn_arena_init(a);
}

/* Chunks double, so the newest is the largest and the one worth keeping. */
void rn_arena_clear(struct rn_arena *a)
{
	if (!a->chunk)
		return;
	free_chain(a->chunk->older);
	a->chunk->older = NULL;
	a->used = 0;
}

static struct rn_arena_chunk *grow(struct rn_arena *a, size_t need)
{
	size_t size = a->chunk ? a->chunk->size * 2 : RN_ARENA_MIN_BYTES;
	if (size < need)
		size = need;
	struct rn_arena_chunk *c = malloc(sizeof(*c) + size);
	if (!c)
		return NULL;
	c->older = a->chunk;
	c->size = size;
	a->chunk = c;
	a->used = 0;
	return c;
}

void *rn_arena_alloc(struct rn_arena *a, size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX / 4)
		return NULL;
	bytes = (bytes + RN_ARENA_ALIGN - 1) & ~(RN_ARENA_ALIGN - 1);
	if (!a->chunk || bytes > a->chunk->size - a->used) {
		if (!grow(a, bytes))
			return NULL;
	}
	void *p = a->chunk->bytes + a->used;
	a->used += bytes;
	return p;
}

void *rn_arena_zalloc(struct rn_arena *a, size_t n, size_t size)
{
	void *p = rn_arena_alloc(a, n, size);
	if (p)
		memset(p, 0, n * size);
	return p;
}

char *rn_arena_dup(struct rn_arena *a, struct rn_bytes s)
{
	char *p = rn_arena_alloc(a, s.len + 1, 1);
	if (!p)
		return NULL;
	if (s.len)
		memcpy(p, s.p, s.len);
	p[s.len] = 0;
	return p;
}
