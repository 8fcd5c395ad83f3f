/* SPDX-License-Identifier: MIT */
/**
 * input - where a trace is read from: a file, a pipe, or bytes in memory.
 *
 * All three have a position that rises and a view of the bytes there; files and bytes can also be
 * read anywhere. Lengths asked for may be hostile: memory grows with what really arrives.
 */
#ifndef RN_FORMAT_INPUT_H
#define RN_FORMAT_INPUT_H

#include "shared/buffer.h"
#include "shared/error.h"

struct rn_input {
	int fd;                /* -1: bytes */
	bool seekable;
	struct rn_bytes bytes; /* the whole input, when fd is -1 */
	uint64_t size;         /* of a seekable input; else what was read so far */
	uint64_t position;
	struct rn_buffer window; /* bytes at the position, from window_start on */
	size_t window_start;
	bool at_end;           /* a pipe has ended */
	char *name;            /* for messages */
};

/** path "-" is standard input. Errors name the path. */
int rn_input_open(struct rn_input *in, const char *path, struct rn_error *err);
/** Takes fd over, also on error. */
int rn_input_open_fd(struct rn_input *in, int fd, const char *name, struct rn_error *err);
int rn_input_open_bytes(struct rn_input *in, struct rn_bytes bytes, struct rn_error *err);
void rn_input_close(struct rn_input *in);

/** The next n bytes, fewer only at the end; waits on a pipe. Valid until the next call. 0, RN_E_IO,
 *  RN_E_NOMEM. */
int rn_input_peek(struct rn_input *in, uint64_t n, struct rn_bytes *out, struct rn_error *err);
/** Moves the position; on a pipe only over bytes that were peeked. */
void rn_input_skip(struct rn_input *in, uint64_t n);
/** Seekable inputs: goes anywhere. */
void rn_input_seek(struct rn_input *in, uint64_t position);
/** Seekable inputs, any thread: exactly n bytes at offset. RN_E_TRUNCATED when there are fewer. */
int rn_input_read_at(const struct rn_input *in, uint64_t offset, void *to, size_t n,
	struct rn_error *err);

#endif
