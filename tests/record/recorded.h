/* SPDX-License-Identifier: MIT */
/**
 * recorded - a recording into memory, and what was put there read back.
 */
#ifndef RN_TESTS_RECORD_RECORDED_H
#define RN_TESTS_RECORD_RECORDED_H

#include "format/reader.h"
#include "record/recording.h"

#include <criterion/criterion.h>
#include <sys/mman.h>
#include <unistd.h>

struct recorded {
	struct rn_recording rec;
	int fd;
	struct rn_reader *reader;
	struct rn_block *block;
	uint32_t i;
};

static inline void recorded_begin(struct recorded *r)
{
	struct rn_header h = { .machine = RN_MACHINE_X86_64, .page_bytes = 4096 };
	struct rn_writer *w;
	memset(r, 0, sizeof(*r));
	r->fd = memfd_create("trace", MFD_CLOEXEC);
	cr_assert_eq(rn_writer_open(&w, dup(r->fd), &h, NULL, NULL), 0);
	const struct rn_pipeline_options none = { 0 };
	cr_assert_eq(rn_pipeline_start(&r->rec.pipeline, w, &none, NULL), 0);
}

/* Ends the recording; events follow from recorded_next. */
static inline void recorded_end(struct recorded *r)
{
	cr_assert_eq(rn_pipeline_stop(r->rec.pipeline, true, NULL, NULL), 0);
	lseek(r->fd, 0, SEEK_SET);
	cr_assert_eq(rn_reader_open_fd(&r->reader, r->fd, "memory", NULL), 0);
	r->block = rn_block_new();
	r->i = UINT32_MAX;
}

/* The next event of a kind; false: there is none. */
static inline bool recorded_next(struct recorded *r, enum rn_event_kind kind, struct rn_event *ev)
{
	for (;;) {
		if (r->i == UINT32_MAX) {
			if (rn_reader_next(r->reader, r->block, NULL) != 0)
				return false;
			r->i = 0;
		}
		if (rn_block_event(r->block, r->i++, RN_WANT_ALL, ev, NULL) != 0)
			r->i = UINT32_MAX;
		else if (ev->kind == kind)
			return true;
	}
}

static inline void recorded_fini(struct recorded *r)
{
	rn_block_free(r->block);
	rn_reader_close(r->reader);
}

#endif
