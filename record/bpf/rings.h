/* SPDX-License-Identifier: MIT */
/**
 * rings - the records of all rings as one sequence in order of time.
 *
 * Whatever was sent before something else by the same thread, or by the thread that made it, comes
 * before it: a round takes only records older than its own beginning, and all that led to them were
 * in their rings by then. Records are borrowed from the ring until the next one is asked for.
 * Source: the kernel's Documentation/bpf/ringbuf.rst.
 */
#ifndef RN_RECORD_BPF_RINGS_H
#define RN_RECORD_BPF_RINGS_H

#include "record/bpf/records.h"
#include "shared/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RN_BPF_MAX_RINGS 64

struct rn_bpf_rings {
	struct rn_bpf_ring {
		uint64_t *consumer;       /* shared with the kernel: how far we are */
		const uint64_t *producer; /* how far it is */
		const uint8_t *data;      /* twice in a row, so that no record is in two pieces */
		uint64_t at, end;         /* of this round */
		const struct rn_bpf_record *head; /* the next record; NULL: none in this round */
		uint32_t head_len;
	} ring[RN_BPF_MAX_RINGS];
	unsigned n;
	size_t bytes;                     /* of each */
	uint64_t limit_ns;
	int current;                      /* the ring taken from, while no other is older; -1 */
	uint64_t others_ns;               /* the oldest record of the others */
	bool taken;                       /* the current ring's head was handed out */
	uint64_t n_bad;                   /* records too short to be one */
};

/** Maps the rings. rn_bpf_rings_close after success and failure alike. */
int rn_bpf_rings_open(struct rn_bpf_rings *r, const int *fd, unsigned n, size_t bytes,
	struct rn_error *err);
void rn_bpf_rings_close(struct rn_bpf_rings *r);
/** Begins a round of what was sent before now_ns (CLOCK_MONOTONIC). */
void rn_bpf_rings_begin(struct rn_bpf_rings *r, uint64_t now_ns);
/** The next record of the round and its bytes; NULL: the round is over. */
const struct rn_bpf_record *rn_bpf_rings_next(struct rn_bpf_rings *r, uint32_t *len);

#endif
