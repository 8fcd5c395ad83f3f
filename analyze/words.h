/* SPDX-License-Identifier: MIT */
/**
 * words - facts of a trace as people write them: command lines, moments, identities.
 *
 * All append to a buffer and stay the same everywhere: no locale, no time zone.
 */
#ifndef RN_ANALYZE_WORDS_H
#define RN_ANALYZE_WORDS_H

#include "shared/buffer.h"

/* What a report says of a call by its flags (enum rn_call_flags), in this order; a NULL name ends. Forms that tell
 * of unfinished calls in another way begin at rn_flag_words_finished. */
struct rn_flag_word {
	unsigned bit;
	const char *name;
};
extern const struct rn_flag_word rn_flag_words[], *const rn_flag_words_finished;

/** Arguments that each end with a NUL, as one would type them into a shell. */
void rn_put_argv(struct rn_buffer *out, struct rn_bytes argv);
/** "2026-11-22T19:23:45.123456789Z" of nanoseconds since 1970. */
void rn_put_utc(struct rn_buffer *out, uint64_t realtime_ns);
/** Few digits with a unit, for prose: "0ns", "12us", "1.2ms", "850ms", "1.2s", "45s". */
void rn_put_short_time(struct rn_buffer *out, uint64_t ns);
void rn_put_hex_bytes(struct rn_buffer *out, struct rn_bytes b);
/** "01234567-89ab-cdef-0123-456789abcdef". */
void rn_put_uuid(struct rn_buffer *out, const uint8_t uuid[16]);

#endif
