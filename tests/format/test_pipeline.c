/* SPDX-License-Identifier: MIT */
/* The queue and the thread behind it: nothing lost, nothing changed, no waiting for ever. */
#include "tests/format/sample.h"

#include "format/pipeline.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct sample_options shape = {
	.n_threads = 3, .n_regs = 27, .stack_bytes = 4096, .meta_percent = 10
};

static struct rn_pipeline *start(int fd, size_t ring_bytes)
{
	struct rn_header h = sample_header();
	struct rn_writer_options o = { .block_bytes = 1 << 20, .block_age_ns = UINT64_MAX };
	struct rn_writer *w;
	struct rn_pipeline *p;
	struct rn_error err;
	int rc = rn_writer_open(&w, dup(fd), &h, &o, &err);
	cr_assert_eq(rc, 0);
	struct rn_pipeline_options po = { .ring_bytes = ring_bytes };
	rc = rn_pipeline_start(&p, w, &po, &err);
	cr_assert_eq(rc, 0, "%s", err.message);
	return p;
}

static struct rn_bytes contents(int fd)
{
	size_t len = (size_t)lseek(fd, 0, SEEK_END);
	uint8_t *p = malloc(len + 1);
	ssize_t got = pread(fd, p, len, 0);
	cr_assert_eq((size_t)got, len);
	return rn_bytes_of(p, len);
}

Test(pipeline, gives_the_same_file_as_the_writer_alone)
{
	static const size_t rings[] = { 64 * 1024, 2 << 20 };
	struct sample s;
	sample_make(&s, 2000, 7, &shape);
	struct rn_writer_options o = { .block_bytes = 1 << 20, .block_age_ns = UINT64_MAX };
	struct rn_bytes want = sample_write(&s, &o);
	for (unsigned i = 0; i < 2; i++) {
		int fd = memfd_create("pipeline", MFD_CLOEXEC);
		struct rn_pipeline *p = start(fd, rings[i]);
		for (uint32_t k = 0; k < s.n; k++)
			cr_assert_eq(rn_pipeline_push(p, &s.event[k]), 0);
		struct rn_writer_totals totals;
		struct rn_error err;
		int rc = rn_pipeline_stop(p, true, &totals, &err);
		cr_assert_eq(rc, 0, "%s", err.message);
		cr_assert_eq(totals.events, s.n);
		struct rn_bytes got = contents(fd);
		cr_assert_eq(totals.file_bytes, got.len);
		cr_assert(rn_bytes_equal(got, want));
		sample_free_bytes(got);
		close(fd);
	}
	sample_free_bytes(want);
	sample_free(&s);
}
