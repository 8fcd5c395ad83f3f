/* SPDX-License-Identifier: MIT */
/**
 * trace_fixture - small traces made by hand, event by event, for the tests of the analyzer.
 */
#ifndef RN_TESTS_ANALYZE_TRACE_FIXTURE_H
#define RN_TESTS_ANALYZE_TRACE_FIXTURE_H

#include "format/reader.h"

struct fixture {
	struct rn_writer *writer;
	int fd;
};

/** Begins a trace of an x86_64 machine whose time 0 is 1700000000.5 s. Blocks end only at
 *  fixture_block. */
void fixture_begin(struct fixture *f);
void fixture_event(struct fixture *f, const struct rn_event *ev);
/** Ends the block under way. */
void fixture_block(struct fixture *f);

/** A thread appears: the first of a process when leader is its own number. */
void fixture_task(struct fixture *f, uint64_t ts_ns, uint32_t utid, uint32_t leader, uint32_t parent,
	uint64_t tid, uint64_t pid);
void fixture_exit(struct fixture *f, uint64_t ts_ns, uint32_t utid, uint64_t status);
void fixture_fd(struct fixture *f, uint64_t ts_ns, uint32_t utid, int64_t fd, const char *target);
void fixture_call(struct fixture *f, uint32_t utid, uint64_t ts_ns, uint64_t dur_ns, uint32_t nr,
	int64_t ret, unsigned flags);
/** How the recording ended; the last event. */
void fixture_end(struct fixture *f, uint64_t ts_ns, uint64_t status);

/* Finishing: the trace as a reader, seekable or through a pipe. Close it with rn_reader_close. */
struct rn_reader *fixture_open(struct fixture *f);
struct rn_reader *fixture_open_pipe(struct fixture *f);
/** Without the tail: as a killed recorder leaves it. */
struct rn_reader *fixture_open_cut(struct fixture *f);

#endif
