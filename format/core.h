/* SPDX-License-Identifier: MIT */
/**
 * core - the section every analysis reads: time, duration, thread, call number, result, flags.
 *
 * docs/format.md, "Section core": change both. Decoding costs a few ns per call.
 */
#ifndef RN_FORMAT_CORE_H
#define RN_FORMAT_CORE_H

#include "format/dict.h"
#include "format/planes.h"
#include "format/reader.h"
#include "shared/arena.h"

struct rn_core_encoder {
	struct rn_dict utids, nrs; /* nrs: abi << 32 | nr */
	struct rn_planes thread, nr, gap, dur, ret, flags;
	uint64_t *ends;            /* by thread: when its last call ended */
	uint32_t n_ends, cap_ends;
	uint64_t base_ns, last_end_ns;
	uint64_t first_ns, last_ns, max_dur_ns;
	uint32_t n, n_errors;
};

void rn_core_encoder_fini(struct rn_core_encoder *e);
void rn_core_encoder_clear(struct rn_core_encoder *e);
/** Adds a call; the indices of its thread and its number in the block come back. false: no memory */
bool rn_core_put(struct rn_core_encoder *e, const struct rn_event *ev, uint32_t *thread,
	uint32_t *nr);
size_t rn_core_bytes(const struct rn_core_encoder *e);
void rn_core_encode(struct rn_buffer *out, const struct rn_core_encoder *e);

/* The section decoded; indices as the encoder gave them, for the sections that build on it. */
struct rn_core_decoded {
	struct rn_core core;
	const uint32_t *thread, *nr_index;
	uint32_t n_threads, n_nrs;
	const uint32_t *thread_utid; /* by index */
};

/** n calls from raw, everything in the arena. 0, RN_E_CORRUPT, RN_E_NOMEM. */
int rn_core_decode(struct rn_core_decoded *out, struct rn_bytes raw, uint32_t n,
	struct rn_arena *arena, struct rn_error *err);

#endif
