/* SPDX-License-Identifier: MIT */
/**
 * rings - the records of all lanes and of the ring as one sequence in order of time.
 *
 * Whatever was sent before something else by the same thread, or by the thread that made it, comes
 * before it: a round takes only records older than its own beginning, and all that led to them were
 * there by then. Records are borrowed until the next one is asked for.
 * Source: the kernel's Documentation/bpf/ringbuf.rst; of lanes, records.h.
 */
#ifndef RN_RECORD_BPF_RINGS_H
#define RN_RECORD_BPF_RINGS_H

#include "record/bpf/records.h"
#include "shared/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RN_BPF_MAX_RINGS (RN_BPF_MAX_CPUS + 1)

struct rn_bpf_rings_what {
	int lanes_fd, ring_fd;
	struct rn_bpf_lane *lane;         /* shared with the kernel, one for each CPU */
	unsigned n_lanes;
	size_t chunk_bytes, lane_bytes, ring_bytes;
};

struct rn_bpf_rings {
	struct rn_bpf_ring {
		uint64_t *consumer;       /* shared with the kernel: how far we are */
		const uint64_t *producer; /* how far it is */
		const uint8_t *data;
		bool is_lane;             /* else the kernel's ring: twice in a row, with heads */
		uint64_t told;            /* how far we said we are */
		uint64_t at, end;         /* of this round */
		const struct rn_bpf_record *head; /* the next record; NULL: none in this round */
		uint32_t head_len;
	} ring[RN_BPF_MAX_RINGS];
	unsigned n;
	struct rn_bpf_rings_what what;
	const uint8_t *lanes;             /* of all CPUs, one behind the other */
	uint64_t limit_ns;
	int current;                      /* taken from while no other is older; -1 */
	uint64_t others_ns;               /* the oldest record of the others */
	bool taken;                       /* the current ring's head was handed out */
	uint64_t n_bad;                   /* records too short to be one */
};

/** Maps lanes and ring. rn_bpf_rings_close after success and failure alike. */
int rn_bpf_rings_open(struct rn_bpf_rings *r, const struct rn_bpf_rings_what *what,
	struct rn_error *err);
void rn_bpf_rings_close(struct rn_bpf_rings *r);
/** Begins a round of what was sent before now_ns (CLOCK_MONOTONIC). */
void rn_bpf_rings_begin(struct rn_bpf_rings *r, uint64_t now_ns);
/** The next record of the round and its bytes; NULL: the round is over. */
const struct rn_bpf_record *rn_bpf_rings_next(struct rn_bpf_rings *r, uint32_t *len);

#endif
