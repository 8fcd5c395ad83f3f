/* SPDX-License-Identifier: MIT */
#include "format/ring.h"

#include "shared/error.h"

#include <stdlib.h>

#define ALIGN ((size_t)16)

struct record {
	uint32_t bytes; /* with this head, a multiple of ALIGN */
	uint32_t kind;
	uint64_t unused;
};

#define KIND_PAD UINT32_MAX

int rn_ring_init(struct rn_ring *r, size_t size)
{
	*r = (struct rn_ring){ .size = size };
	r->base = aligned_alloc(64, size);
	return r->base ? 0 : RN_E_NOMEM;
}

void rn_ring_fini(struct rn_ring *r)
{
	free(r->base);
}

static struct record *at(const struct rn_ring *r, uint64_t position)
{
	return (struct record *)(r->base + (position & (r->size - 1)));
}

static bool has_room(struct rn_ring *r, uint64_t end)
{
	if (end - r->head_seen <= r->size)
		return true;
	r->head_seen = atomic_load_explicit(&r->head, memory_order_acquire);
	return end - r->head_seen <= r->size;
}

bool rn_ring_is_above(struct rn_ring *r, size_t bytes)
{
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	if (tail - r->head_seen <= bytes)
		return false;
	r->head_seen = atomic_load_explicit(&r->head, memory_order_acquire);
	return tail - r->head_seen > bytes;
}

void *rn_ring_reserve(struct rn_ring *r, size_t bytes, uint32_t kind)
{
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	size_t need = (sizeof(struct record) + bytes + ALIGN - 1) & ~(ALIGN - 1);
	size_t to_end = r->size - (size_t)(tail & (r->size - 1));
	size_t pad = need > to_end ? to_end : 0;
	if (!has_room(r, tail + pad + need))
		return NULL;
	if (pad)
		*at(r, tail) = (struct record){ .bytes = (uint32_t)pad, .kind = KIND_PAD };
	struct record *rec = at(r, tail + pad);
	*rec = (struct record){ .bytes = (uint32_t)need, .kind = kind };
	r->reserved = tail + pad + need;
	return rec + 1;
}

void rn_ring_publish(struct rn_ring *r)
{
	atomic_store_explicit(&r->tail, r->reserved, memory_order_seq_cst);
}

size_t rn_ring_used(struct rn_ring *r)
{
	uint64_t head = atomic_load_explicit(&r->head, memory_order_acquire);
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_seq_cst);
	return (size_t)(tail - head);
}

void *rn_ring_peek(struct rn_ring *r, uint32_t *kind)
{
	uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	if (head == atomic_load_explicit(&r->tail, memory_order_acquire))
		return NULL;
	struct record *rec = at(r, head);
	if (rec->kind == KIND_PAD) {
		head += rec->bytes; /* a record always follows a pad */
		atomic_store_explicit(&r->head, head, memory_order_release);
		rec = at(r, head);
	}
	*kind = rec->kind;
	return rec + 1;
}

void rn_ring_release(struct rn_ring *r)
{
	uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	atomic_store_explicit(&r->head, head + at(r, head)->bytes, memory_order_release);
}
