/* SPDX-License-Identifier: MIT */
/* What cannot be opened is told in one line; what can be opened by several threads is the same. */
#include "tests/format/sample.h"

#include "format/frame.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void expect_error(struct rn_bytes b, int code, const char *part)
{
	struct rn_reader *r = NULL;
	struct rn_error err = { 0 };
	int rc = rn_reader_open_bytes(&r, b, &err);
	cr_assert_eq(rc, code, "%d: %s", rc, err.message);
	cr_assert_null(r);
	cr_assert_neq(strstr(err.message, part), NULL, "\"%s\" is not in: %s", part, err.message);
	cr_assert_null(strchr(err.message, '\n'));
}

Test(reader, what_is_no_trace_is_told)
{
	expect_error(rn_bytes_of("", 0), RN_E_NOT_TRACE, "is empty");
	expect_error(rn_bytes_str("#!/bin/sh\necho this is a script\n"), RN_E_NOT_TRACE, "not a");
	expect_error(rn_bytes_str("S"), RN_E_NOT_TRACE, "not a");
	expect_error(rn_bytes_of("\x52\x2a\x4d", 3), RN_E_TRUNCATED, "inside its header");
	expect_error(rn_bytes_of("\x28\xb5\x2f\xfd\x24\0\1\0\0\0\0\0\0\0\0\0\0\0", 18), RN_E_NOT_TRACE,
		"not a");
}

static void expect_path_error(const char *path, int code, const char *part)
{
	struct rn_reader *r = NULL;
	struct rn_error err = { 0 };
	int rc = rn_reader_open(&r, path, &err);
	cr_assert_eq(rc, code, "%s", err.message);
	cr_assert_neq(strstr(err.message, path), NULL, "%s", err.message);
	cr_assert_neq(strstr(err.message, part), NULL, "%s", err.message);
}

Test(reader, paths_that_cannot_be_read_are_named)
{
	expect_path_error("/", RN_E_IO, "is a directory");
	expect_path_error("/no/such/trace", RN_E_NOT_FOUND, "No such file");
	expect_path_error("/dev/null", RN_E_NOT_TRACE, "is empty");
}

/* The header of a good trace with some bytes changed and its checksum made right again. */
static void expect_header_error(size_t at, uint8_t value, int code, const char *part)
{
	struct rn_buffer b = RN_BUFFER_INIT, fixed = RN_BUFFER_INIT;
	struct rn_header h = sample_header();
	cr_assert_eq(rn_header_encode(&b, &h, NULL), 0);
	size_t from = rn_frame_begin(&fixed, RN_FRAME_HEADER);
	rn_put_bytes(&fixed, b.p + RN_FRAME_HEAD, b.len - RN_FRAME_MIN);
	fixed.p[RN_FRAME_HEAD + at] = value;
	rn_frame_end(&fixed, from);
	expect_error(rn_buffer_bytes(&fixed), code, part);
	/* and without a right checksum it is the same answer */
	b.p[RN_FRAME_HEAD + at] = value;
	expect_error(rn_buffer_bytes(&b), code, part);
	rn_buffer_fini(&b);
	rn_buffer_fini(&fixed);
}

Test(reader, versions_and_features_it_does_not_know_are_named)
{
	expect_header_error(0, 2, RN_E_VERSION, "version 2.1, this program reads version 1");
	expect_header_error(0, 0, RN_E_VERSION, "version 0.1");
	expect_header_error(12, 0x08, RN_E_FEATURE, "incompatible feature 3");
	expect_header_error(19, 0x80, RN_E_FEATURE, "incompatible feature 63");
}

Test(reader, a_minor_version_and_compatible_features_do_no_harm)
{
	struct rn_buffer b = RN_BUFFER_INIT, fixed = RN_BUFFER_INIT;
	struct rn_header h = sample_header();
	rn_header_encode(&b, &h, NULL);
	size_t from = rn_frame_begin(&fixed, RN_FRAME_HEADER);
	rn_put_bytes(&fixed, b.p + RN_FRAME_HEAD, b.len - RN_FRAME_MIN);
	fixed.p[RN_FRAME_HEAD + 2] = 9;
	fixed.p[RN_FRAME_HEAD + 4] = 0xff;
	rn_put_text(&fixed, "\x7f\3abc"); /* a tag from the future */
	rn_frame_end(&fixed, from);
	struct rn_header got;
	size_t used;
	struct rn_error err;
	int rc = rn_header_decode(&got, rn_buffer_bytes(&fixed), &used, &err);
	cr_assert_eq(rc, 0, "%s", err.message);
	cr_assert_eq(got.version_minor, 9u);
	cr_assert_eq(got.machine, h.machine);
	rn_buffer_fini(&b);
	rn_buffer_fini(&fixed);
}

struct job {
	struct rn_reader *r;
	const struct sample *s;
	size_t first, step;
	unsigned wrong;
};

static void *load_blocks(void *arg)
{
	struct job *j = arg;
	struct rn_block *b = rn_block_new();
	for (size_t i = j->first; i < rn_reader_n_blocks(j->r); i += j->step) {
		struct rn_event ev;
		if (rn_reader_load(j->r, i, b, NULL)) {
			j->wrong++;
			continue;
		}
		for (uint32_t k = 0; rn_block_event(b, k, RN_WANT_ALL, &ev, NULL) == 0; k++)
			j->wrong += event_difference(&j->s->event[ev.seq], &ev) != NULL;
	}
	rn_block_free(b);
	return NULL;
}

Test(reader, blocks_load_on_several_threads_at_once)
{
	static const struct sample_options shape = {
		.n_threads = 3, .n_regs = 27, .stack_bytes = 512, .meta_percent = 10
	};
	struct rn_writer_options o = { .block_events = 40, .block_age_ns = UINT64_MAX };
	struct sample s;
	sample_make(&s, 1500, 3, &shape);
	struct rn_bytes bytes = sample_write(&s, &o);
	struct rn_reader *r;
	cr_assert_eq(rn_reader_open_bytes(&r, bytes, NULL), 0);
	struct job jobs[4];
	pthread_t threads[4];
	for (size_t i = 0; i < 4; i++) {
		jobs[i] = (struct job){ r, &s, i, i == 3 ? 1 : 4, 0 };
		pthread_create(&threads[i], NULL, load_blocks, &jobs[i]);
	}
	for (size_t i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		cr_assert_eq(jobs[i].wrong, 0u);
	}
	rn_reader_close(r);
	sample_free_bytes(bytes);
	sample_free(&s);
}

Test(reader, parts_come_in_any_order_and_only_when_wanted)
{
	static const struct sample_options shape = {
		.n_threads = 5, .n_regs = 27, .stack_bytes = 256
	};
	struct sample s;
	sample_make(&s, 300, 9, &shape);
	struct rn_bytes bytes = sample_write(&s, NULL);
	struct rn_reader *r;
	struct rn_block *b = rn_block_new();
	struct rn_event ev;
	cr_assert_eq(rn_reader_open_bytes(&r, bytes, NULL), 0);
	cr_assert_eq(rn_reader_next(r, b, NULL), 0);
	cr_assert_eq(rn_block_call(b, 10, 0, &ev, NULL), 0);
	cr_assert_null(ev.call.regs);
	cr_assert_eq(ev.call.n_spans, 0u);
	cr_assert_eq(ev.call.stack_len, 0u);
	struct prng rng = { 77 };
	struct rn_event held[50];
	uint32_t which[50];
	for (unsigned i = 0; i < 50; i++) {
		which[i] = (uint32_t)prng_below(&rng, s.n);
		cr_assert_eq(rn_block_call(b, which[i], RN_WANT_ALL, &held[i], NULL), 0);
	}
	for (unsigned i = 0; i < 50; i++) {
		const char *d = event_difference(&s.event[which[i]], &held[i]);
		cr_assert_null(d, "call %u: %s", which[i], d);
	}
	cr_assert_eq(rn_block_call(b, s.n, 0, &ev, NULL), RN_END);
	rn_block_free(b);
	rn_reader_close(r);
	sample_free_bytes(bytes);
	sample_free(&s);
}

Test(reader, what_waits_is_as_if_it_had_not)
{
	static const struct sample_options shape = { .n_threads = 3, .n_regs = 0, .meta_percent = 30 };
	struct sample s;
	sample_make(&s, 200, 9, &shape);
	struct rn_bytes bytes = sample_write(&s, NULL);
	struct rn_reader *r;
	struct rn_block *b = rn_block_new();
	struct rn_event ev;
	enum rn_event_kind kind;
	uint32_t utid, j = 0, k = 0;
	cr_assert_eq(rn_reader_open_bytes(&r, bytes, NULL), 0);
	cr_assert_eq(rn_reader_index(r, NULL), 0);
	cr_assert(rn_reader_load_whole(r, 0, 0, b));
	for (uint32_t i = 0; i < s.n; i++) {
		const struct rn_event *e = &s.event[i];
		if (e->kind == RN_EV_CALL) {
			cr_assert_eq(rn_block_call(b, k++, RN_WANT_ALL, &ev, NULL), 0);
		} else {
			cr_assert_eq(rn_block_meta_glance(b, j, &kind, &utid, NULL), 0);
			cr_assert(kind == e->kind && utid == e->utid);
			cr_assert_eq(rn_block_meta(b, j++, &ev, NULL, NULL), 0);
		}
		const char *d = event_difference(e, &ev);
		cr_assert_null(d, "event %u: %s", i, d);
	}
	cr_expect_gt(j, 0u);
	cr_expect_eq(rn_block_meta_glance(b, j, &kind, &utid, NULL), RN_END);
	rn_block_free(b);
	rn_reader_close(r);
	sample_free_bytes(bytes);
	sample_free(&s);
}

Test(reader, a_file_can_be_read_again)
{
	static const struct sample_options shape = { .n_threads = 1 };
	struct sample s;
	sample_make(&s, 20, 1, &shape);
	struct rn_bytes bytes = sample_write(&s, NULL);
	struct rn_reader *r;
	struct rn_block *b = rn_block_new();
	cr_assert_eq(rn_reader_open_bytes(&r, bytes, NULL), 0);
	for (unsigned i = 0; i < 2; i++) {
		cr_assert_eq(rn_reader_next(r, b, NULL), 0);
		cr_assert_eq(rn_block_info(b)->n_calls, 20u);
		cr_assert_eq(rn_reader_next(r, b, NULL), RN_END);
		cr_assert_eq(rn_reader_rewind(r, NULL), 0);
	}
	rn_block_free(b);
	rn_reader_close(r);
	sample_free_bytes(bytes);
	sample_free(&s);
}
