/* SPDX-License-Identifier: MIT */
/**
 * events - bytes as events and events as bytes: what a fuzzer changes is what programs did, in a trace that is
 * well-formed, so that changes reach the decoders instead of a checksum.
 *
 * Numbers are a byte that says how many bytes follow, and those; strings have their length in front. Any bytes are
 * some events; those of fuzz_put_event are the ones that were given.
 */
#ifndef RN_FUZZ_EVENTS_H
#define RN_FUZZ_EVENTS_H

#include "format/event.h"
#include "shared/arena.h"
#include "shared/buffer.h"
#include "shared/cursor.h"

#define FUZZ_EVENTS_MAX 400
#define FUZZ_SPAN_BYTES 512
#define FUZZ_TEXT_BYTES 200
#define FUZZ_STACK_BYTES 4096

/** The next event; what it borrows is the input's or the arena's. */
void fuzz_take_event(struct rn_event *ev, struct rn_cursor *c, struct rn_arena *a);
/** The next bytes, at most cap. */
struct rn_bytes fuzz_take_text(struct rn_cursor *c, size_t cap);
/** Appends bytes that fuzz_take_event makes the event of, what is longer than the limits above cut. */
void fuzz_put_event(struct rn_buffer *out, const struct rn_event *ev);
void fuzz_put_text(struct rn_buffer *out, struct rn_bytes text, size_t cap);

#endif
