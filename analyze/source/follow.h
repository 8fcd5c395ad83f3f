/* SPDX-License-Identifier: MIT */
/**
 * follow - a trace file that is still being written, as a pipe: how --follow reads.
 *
 * A thread copies what is there and what is added. It ends at the end of a trace that was closed properly,
 * when nobody has the file open for writing any more (the recorder was killed), and on SIGINT or SIGTERM,
 * after which everything read so far is reported as usual.
 */
#ifndef RN_ANALYZE_SOURCE_FOLLOW_H
#define RN_ANALYZE_SOURCE_FOLLOW_H

#include "shared/error.h"

struct rn_follow;

/** *out_fd is where to read, the caller's to close. SIGINT and SIGTERM are blocked in the caller from here on:
 *  the follower takes them. RN_E_NOT_FOUND, RN_E_PERM, RN_E_IO. */
int rn_follow_start(struct rn_follow **out, const char *path, int *out_fd, struct rn_error *err);
/** After the reader's end was closed: waits for the thread, frees. NULL is fine. */
void rn_follow_finish(struct rn_follow *f);

#endif
