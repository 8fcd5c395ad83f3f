/* SPDX-License-Identifier: MIT */
/**
 * meta - the section of the events that are not calls, and of the threads a block speaks of.
 *
 * Fields are coded by the list in events.def. docs/format.md, "Section meta": change both.
 */
#ifndef RN_FORMAT_META_H
#define RN_FORMAT_META_H

#include "format/reader.h"
#include "shared/arena.h"
#include "shared/buffer.h"

struct rn_meta_encoder {
	struct rn_buffer events;
	uint32_t n, last_position;
	uint64_t last_ns, first_ns, end_ns;
};

void rn_meta_encoder_fini(struct rn_meta_encoder *e);
void rn_meta_encoder_clear(struct rn_meta_encoder *e);
/** An event of a kind in events.def; position: calls of the block before it. */
void rn_meta_put(struct rn_meta_encoder *e, const struct rn_event *ev, uint32_t position);
size_t rn_meta_bytes(const struct rn_meta_encoder *e);
void rn_meta_encode(struct rn_buffer *out, const struct rn_meta_encoder *e,
	const struct rn_thread_ref *threads, uint32_t n_threads);

/* An event of which only the head is taken apart: most are asked for nothing but their kind. */
struct rn_meta_head {
	uint64_t ts_ns;
	const uint8_t *fields; /* borrow the section's bytes */
	uint32_t fields_len;
	uint32_t before; /* calls of the block before it */
	uint32_t utid;
	uint32_t kind;
};

struct rn_meta_decoded {
	uint32_t n;
	const struct rn_meta_head *head;
	const struct rn_event *event; /* of rn_meta_decode alone; borrow the section's bytes */
	uint32_t n_threads;
	const struct rn_thread_ref *thread;
};

/** The heads of n events from raw; a block has n_calls calls. 0, RN_E_CORRUPT, RN_E_NOMEM. */
int rn_meta_open(struct rn_meta_decoded *out, struct rn_bytes raw, uint32_t n, uint32_t n_calls,
	struct rn_arena *arena, struct rn_error *err);
/** The whole of one, but for its number. False: its fields make no sense. */
bool rn_meta_fill(const struct rn_meta_head *head, struct rn_event *out);
/** As rn_meta_open, and all of them whole. */
int rn_meta_decode(struct rn_meta_decoded *out, struct rn_bytes raw, uint32_t n, uint32_t n_calls,
	struct rn_arena *arena, struct rn_error *err);

#endif
