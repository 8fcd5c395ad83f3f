/* SPDX-License-Identifier: MIT */
/**
 * writer - events in, trace bytes out: encodes blocks, compresses them, writes them.
 *
 * One owner thread; the recorder runs it behind format/pipeline.h. A block is
 * closed at a size, a count or an age (checked when something is appended and by
 * rn_writer_tick). Every block decodes with the header alone. Nothing is written
 * twice or sought: any descriptor will do, a pipe among them.
 * The same events with the same options give the same bytes.
 */
#ifndef RN_FORMAT_WRITER_H
#define RN_FORMAT_WRITER_H

#include "format/event.h"
#include "format/header.h"

struct rn_writer;

struct rn_writer_options {
	int level;             /* zstd; 0: the default, 1 */
	uint32_t block_bytes;  /* raw bytes of all sections; 0: 1 MiB */
	uint32_t block_events; /* 0: 65536 */
	uint64_t block_age_ns; /* 0: 150 ms, so that a reader lags by at most 0.2 s; UINT64_MAX: never */
	uint64_t min_free_bytes; /* what must be left of the file system: writing below fails with
				    RN_E_NO_SPACE; 0: nothing */
	/* Fills in what END tells of the recorder's cost, when the file must end before its time. NULL: 0. */
	void (*cost)(void *arg, struct rn_ev_END *end);
	void *cost_arg;
};

/* An image of code for unwinding and naming: the vdso, an ELF file cut to what is needed. */
struct rn_module_image {
	struct rn_bytes build_id; /* may be empty */
	struct rn_bytes name;     /* path, or "[vdso]" */
	struct rn_bytes image;    /* an ELF file */
	uint32_t kind;            /* enum rn_module_kind; other kinds are for later */
};

enum rn_module_kind {
	RN_MODULE_ELF = 0,
	RN_MODULE_PERF_MAP = 1, /* the text of a /tmp/perf-PID.map, PID as the recorder sees it */
	RN_MODULE_DEBUG = 2,    /* an ELF file of symbols and DWARF, of the module with that build-id */
};

/* What has been written so far. */
struct rn_writer_totals {
	uint64_t events, calls, blocks;
	uint64_t raw_bytes, file_bytes;
};

/** Takes fd over (also on error) and writes the header. opts may be NULL. */
int rn_writer_open(struct rn_writer **out, int fd, const struct rn_header *h,
	const struct rn_writer_options *opts, struct rn_error *err);

/** Copies what the event borrows. RN_E_ARG refuses this event alone (it breaks the contract of
 *  event.h or a limit of the format). Any other error is final: the file holds every block closed
 *  before; later calls return the same code. RN_E_NO_SPACE, RN_E_PIPE, RN_E_IO, RN_E_NOMEM. After
 *  RN_E_NO_SPACE calls are still counted, and rn_writer_close tells of them: how many are lost, from when on. */
int rn_writer_append(struct rn_writer *w, const struct rn_event *ev, struct rn_error *err);
/** The same of an event that is told long after its time: the block is not taken to be old for it. */
int rn_writer_put(struct rn_writer *w, const struct rn_event *ev, struct rn_error *err);
int rn_writer_module(struct rn_writer *w, const struct rn_module_image *m, struct rn_error *err);
/** The same with an image that is packed already: frame is one zstd frame of raw_bytes (squeeze.h);
 *  what->image is ignored. */
int rn_writer_packed_module(struct rn_writer *w, const struct rn_module_image *what,
	uint64_t raw_bytes, struct rn_bytes frame, struct rn_error *err);

/** A block that was packed elsewhere (packer.h), directory and sections, comes behind what was
 *  appended; it gets the number and the place in the order of events that are its own here.
 *  RN_E_CORRUPT refuses this block alone. */
int rn_writer_block(struct rn_writer *w, struct rn_bytes block, struct rn_error *err);

/** Closes the block when its first event came block_age_ns or more before now_ns (trace time of
 *  CLOCK_MONOTONIC, on the clock of the events' *completion*). */
int rn_writer_tick(struct rn_writer *w, uint64_t now_ns, struct rn_error *err);
int rn_writer_flush(struct rn_writer *w, struct rn_error *err);

/** When the open block gets too old, in trace time; UINT64_MAX when nothing waits. */
uint64_t rn_writer_deadline_ns(const struct rn_writer *w);

const struct rn_writer_totals *rn_writer_totals(const struct rn_writer *w);

/** Flushes, writes the seek table (after RN_E_NO_SPACE in place of what was cut back, or of the last
 *  block, how many calls are lost, END and that, as far as there is room), closes the descriptor, frees; *totals (may be NULL) is filled,
 *  also on error. w may be NULL. */
int rn_writer_close(struct rn_writer *w, struct rn_writer_totals *totals, struct rn_error *err);
/** Frees and closes the descriptor without writing anything further (the file is salvageable). */
void rn_writer_abandon(struct rn_writer *w);

#endif
