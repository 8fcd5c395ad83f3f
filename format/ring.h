/* SPDX-License-Identifier: MIT */
/**
 * ring - a bounded queue of records between one producer and one consumer, without locks.
 *
 * A record is contiguous and 16-byte aligned and lies still until it is released; where it would
 * wrap, the end is padded. Positions only ever rise. The fields the two sides write stand on
 * cache lines of their own. tests/model/pipeline.pml is a model of it: change both.
 */
#ifndef RN_FORMAT_RING_H
#define RN_FORMAT_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rn_ring {
	uint8_t *base;
	size_t size;              /* a power of two */
	/* the producer's */
	_Alignas(64) _Atomic uint64_t tail;
	uint64_t reserved;        /* tail after the record under way */
	uint64_t head_seen;       /* what the producer last saw of head */
	/* the consumer's */
	_Alignas(64) _Atomic uint64_t head;
};

/** size: a power of two, 64 KiB at least. 0 or RN_E_NOMEM. */
int rn_ring_init(struct rn_ring *r, size_t size);
void rn_ring_fini(struct rn_ring *r);

/** Producer: room for a record of at most size / 4 bytes, NULL when it does not fit now. */
void *rn_ring_reserve(struct rn_ring *r, size_t bytes, uint32_t kind);
/** Producer: the reserved record becomes visible. Sequentially consistent, so that a flag read
 *  afterwards cannot be older. */
void rn_ring_publish(struct rn_ring *r);
/** Producer: whether more than `bytes` are in use; looks across only when it seems so. */
bool rn_ring_is_above(struct rn_ring *r, size_t bytes);
/** Either side: bytes in use, a moment ago. */
size_t rn_ring_used(struct rn_ring *r);

/** Consumer: the oldest record, NULL when there is none. It stays until released. */
void *rn_ring_peek(struct rn_ring *r, uint32_t *kind);
void rn_ring_release(struct rn_ring *r);

#endif
