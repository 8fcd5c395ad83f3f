/* SPDX-License-Identifier: MIT */
/**
 * sample - made-up events for the tests of the format, the same for the same seed.
 */
#ifndef RN_TESTS_FORMAT_SAMPLE_H
#define RN_TESTS_FORMAT_SAMPLE_H

#include "format/reader.h"
#include "shared/arena.h"

struct prng {
	uint64_t s;
};

uint64_t prng_next(struct prng *r);
/** Below n. */
uint64_t prng_below(struct prng *r, uint64_t n);
/** Any magnitude with the same likelihood: from 0 to all 64 bits. */
uint64_t prng_wide(struct prng *r);

/* What the made-up program does. */
struct sample_options {
	uint32_t n_threads;
	uint32_t n_regs;       /* 0: none */
	uint32_t stack_bytes;  /* 0: none */
	unsigned meta_percent;
	bool wild;             /* numbers without any sense instead of plausible ones */
};

struct sample {
	struct rn_arena arena; /* owns what the events borrow */
	struct rn_event *event;
	uint32_t n;
	struct rn_module_image module; /* written last, when it has a name */
};

void sample_make(struct sample *s, uint32_t n, uint64_t seed, const struct sample_options *o);
void sample_free(struct sample *s);

struct rn_header sample_header(void);

/** Writes the events into a memory file; the bytes are the caller's to free. */
struct rn_bytes sample_write(const struct sample *s, const struct rn_writer_options *o);
/** The same into fd, which stays open: returns the writer's error. */
int sample_write_fd(const struct sample *s, int fd, const struct rn_writer_options *o);
void sample_free_bytes(struct rn_bytes b);

/** NULL when they are equal (seq aside), else what differs. Static memory. */
const char *event_difference(const struct rn_event *a, const struct rn_event *b);

#endif
