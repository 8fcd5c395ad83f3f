/* SPDX-License-Identifier: MIT */
#include "analyze/export/export.h"
#include "analyze/export/proto.h"
#include "analyze/export/spool.h"
#include "analyze/export/threads.h"
#include "analyze/export/trace_context.h"
#include "trace_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PREVIEW (RN_CALL_PENDING | RN_CALL_UNFINISHED)

static struct fixture f;

/* The finished trace in a format. */
static char *exported(const char *format, const struct rn_export_look *look, size_t *len)
{
	static struct rn_question_options options;
	struct rn_inquiry q;
	struct rn_error err = { 0 };
	struct rn_export_totals totals;
	const struct rn_export *x;
	char path[64], *text = NULL;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", f.fd);
	cr_assert_eq(rn_export_choose(&x, format, &err), 0, "%s", err.message);
	cr_assert_eq(rn_inquiry_init(&q, &options, &err), 0, "%s", err.message);
	cr_assert_eq(rn_inquiry_open(&q, path, rn_export_wants(x, look), &err), 0, "%s", err.message);
	FILE *out = open_memstream(&text, len);
	const struct rn_export_way way = { .stream = out };
	cr_assert_eq(rn_export_walk(x, &q, look, &way, &totals, &err), 0, "%s", err.message);
	fclose(out);
	rn_inquiry_fini(&q);
	return text;
}

static void finish(void)
{
	cr_assert_eq(rn_writer_close(f.writer, NULL, NULL), 0);
}

static void expect(const char *format, const char *const *wanted)
{
	const struct rn_export_look look = { .weight = RN_WEIGHT_time };
	size_t len;
	char *text = exported(format, &look, &len);
	for (; *wanted; wanted++)
		cr_expect(strstr(text, *wanted), "%s lacks %s:\n%s", format, *wanted, text);
	free(text);
}

/* Calls that overlap and go back in time, as no thread makes them: still a file that speedscope takes. */
Test(export, overlapping_calls_are_cut)
{
	static const char *const wanted[] = {
		"\"startValue\": 100, \"endValue\": 250",
		"{\"type\": \"O\", \"frame\": 0, \"at\": 100}, {\"type\": \"C\", \"frame\": 0, \"at\": 200}, "
		"{\"type\": \"O\", \"frame\": 1, \"at\": 200}, {\"type\": \"C\", \"frame\": 1, \"at\": 250}, "
		"{\"type\": \"O\", \"frame\": 0, \"at\": 250}, {\"type\": \"C\", \"frame\": 0, \"at\": 250}", NULL };
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_call(&f, 1, 100, 100, 0, 0, 0);
	fixture_call(&f, 1, 150, 100, 1, 0, 0);
	fixture_call(&f, 1, 50, 10, 0, 0, 0);
	finish();
	expect("speedscope", wanted);
	close(f.fd);
}

/* A call that nothing completed lasts until its thread ended, or until the trace did. */
Test(export, unfinished_calls_last)
{
	static const char *const wanted[] = { "\"tid\": 100, \"ts\": 0.050, \"dur\": 0.950,",
		"\"tid\": 200, \"ts\": 0.060, \"dur\": 0.640,", "\"unfinished\": true", NULL };
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_task(&f, 0, 2, 2, 1, 200, 200);
	fixture_task(&f, 0, 3, 3, 1, 300, 300);
	fixture_call(&f, 1, 50, 1, 0, 0, PREVIEW);
	fixture_call(&f, 2, 60, 1, 0, 0, PREVIEW);
	fixture_exit(&f, 700, 2, 0);
	fixture_call(&f, 3, 900, 100, 0, 0, 0);
	finish();
	expect("chrome", wanted);
	close(f.fd);
}

/* Losses are told where they were, and in sum. */
Test(export, losses_are_told)
{
	static const char *const chrome[] = { "{\"name\": \"lost\", \"cat\": \"lost\", \"ph\": \"i\", \"s\": \"g\"",
		"\"lost_events\": \"7\"", NULL };
	static const char *const otlp[] = { "{\"key\": \"renacer.lost_events\", \"value\": {\"intValue\": \"7\"}}", NULL };
	static const char *const rows[] = { "\"kind\": \"lost\"", "7 events lost", NULL };
	struct rn_event ev = { .ts_ns = 30, .kind = RN_EV_LOST };
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_call(&f, 1, 10, 5, 39, 100, 0);
	ev.LOST.count = 7;
	ev.LOST.from_ns = 20;
	ev.LOST.cause = RN_LOST_RING;
	fixture_event(&f, &ev);
	fixture_call(&f, 1, 40, 5, 39, 100, 0);
	finish();
	expect("chrome", chrome);
	expect("otlp", otlp);
	expect("jsonl", rows);
	/* A packet of sequence 2 behind dropped ones, at 30 ns; what comes after needs what was interned before. */
	const struct rn_export_look look = { .weight = RN_WEIGHT_time };
	size_t len;
	char *text = exported("perfetto", &look, &len);
	cr_expect(memmem(text, len, "\x50\x02\xd0\x02\x01\x40\x1e", 7));
	free(text);
	close(f.fd);
}

/* Traces of nothing, of a thread nobody knows, of an unknown call are documents all the same. */
Test(export, every_format_takes_what_is_odd)
{
	for (int kind = 0; kind < 3; kind++) {
		fixture_begin(&f);
		if (kind == 1)
			fixture_call(&f, 77, 10, 5, 9999, -38, RN_CALL_ERROR);
		if (kind == 2) {
			fixture_task(&f, 0, 1, 1, 0, 100, 100);
			fixture_call(&f, 1, UINT64_MAX - 10, 100, 0, INT64_MIN, RN_CALL_ERROR);
			fixture_call(&f, 1, 10, UINT64_MAX, 1, INT64_MAX, 0);
		}
		finish();
		for (size_t i = 0; rn_exports[i]; i++) {
			const struct rn_export_look look = { .weight = RN_WEIGHT_time };
			size_t len;
			if (rn_exports[i]->write)
				continue;
			free(exported(rn_exports[i]->name, &look, &len));
		}
		close(f.fd);
	}
}

/* A number that two threads had is two threads. */
Test(export, recycled_ids_are_told_apart)
{
	static const char *const wanted[] = { "\"pid\": 100, \"tid\": 100,", "\"pid\": 4194404, \"tid\": 4194404,", NULL };
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_call(&f, 1, 10, 5, 39, 100, 0);
	fixture_exit(&f, 20, 1, 0);
	fixture_task(&f, 30, 2, 2, 0, 100, 100);
	fixture_call(&f, 2, 40, 5, 39, 100, 0);
	finish();
	expect("chrome", wanted);
	close(f.fd);
}

Test(export, formats_are_sorted_and_described)
{
	struct rn_error err = { 0 };
	const struct rn_export *x;
	for (size_t i = 0; rn_exports[i]; i++) {
		cr_expect(!i || strcmp(rn_exports[i - 1]->name, rn_exports[i]->name) < 0, "%s", rn_exports[i]->name);
		cr_expect(rn_exports[i]->help && (rn_exports[i]->call || rn_exports[i]->write));
	}
	cr_expect_eq(rn_export_choose(&x, "prof", &err), RN_E_USAGE);
	cr_expect(strstr(err.message, "did you mean 'pprof'"), "%s", err.message);
}

/* Lengths of one, two and three bytes; what is no UTF-8. */
Test(proto, lengths_and_text)
{
	static const size_t lengths[] = { 0, 1, 127, 128, 16383, 16384 };
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct rn_buffer out = RN_BUFFER_INIT, plain = RN_BUFFER_INIT;
		size_t outer = rn_proto_begin(&out, 3), inner = rn_proto_begin(&out, 16);
		rn_put_zeros(&out, lengths[i]);
		rn_proto_end(&out, inner);
		rn_proto_end(&out, outer);
		struct rn_buffer message = RN_BUFFER_INIT;
		rn_put_bytes(&message, "\x82\x01", 2);
		rn_put_varint(&message, lengths[i]);
		rn_put_zeros(&message, lengths[i]);
		rn_put_u8(&plain, 0x1a);
		rn_put_varint(&plain, message.len);
		rn_put_bytes(&plain, message.p, message.len);
		cr_expect(rn_bytes_equal(rn_buffer_bytes(&out), rn_buffer_bytes(&plain)), "%zu", lengths[i]);
		rn_buffer_fini(&out);
		rn_buffer_fini(&plain);
		rn_buffer_fini(&message);
	}
	struct rn_buffer out = RN_BUFFER_INIT;
	rn_proto_text(&out, 1, rn_bytes_str("a\xff"));
	rn_proto_i64(&out, 2, -1);
	static const char wanted[] = "\x0a\x04"
				     "a\xee\xbf\xbf\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
	cr_expect(rn_bytes_equal(rn_buffer_bytes(&out), rn_bytes_of(wanted, sizeof(wanted) - 1)));
	rn_buffer_fini(&out);
}

/* Lanes are read back in their order, from memory and from the file. */
Test(spool, lanes_keep_their_order)
{
	struct record {
		uint32_t lane, i, more;
	} r;
	struct rn_spool s;
	struct rn_error err = { 0 };
	rn_spool_init(&s, sizeof(r));
	for (uint32_t i = 0; i < 5000; i++)
		for (uint32_t lane = 0; lane < 7; lane++) {
			r = (struct record){ lane, i, i * lane };
			if (i < 1u << (2 * lane))
				cr_assert_eq(rn_spool_add(&s, lane, &r, &err), 0, "%s", err.message);
		}
	for (uint32_t lane = 0; lane < 9; lane++) {
		struct rn_spool_walk walk;
		uint32_t n = 0;
		rn_spool_walk_init(&walk, &s, lane);
		while (rn_spool_next(&walk, &r, &err) == 0) {
			cr_assert(r.lane == lane && r.i == n && r.more == n * lane);
			n++;
		}
		uint32_t wanted = lane >= 7 ? 0 : 1u << (2 * lane);
		cr_expect_eq(n, wanted < 5000 ? wanted : 5000, "lane %u has %u", lane, n);
	}
	rn_spool_fini(&s);
}

Test(trace_context, what_is_one)
{
	static const struct {
		const char *text;
		bool is;
	} cases[] = {
		{ "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true },
		{ "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes", true },
		{ "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", false },
		{ "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false },
		{ "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false },
		{ "00-00000000000000000000000000000000-00f067aa0ba902b7-01", false },
		{ "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false },
		{ "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", false },
		{ "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false },
		{ "", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rn_trace_context c = { .flags = 9 };
		bool is = rn_trace_context_parse(&c, rn_bytes_str(cases[i].text));
		cr_expect_eq(is, cases[i].is, "%s", cases[i].text);
		cr_expect(is ? c.trace[0] == 0x4b && c.parent[7] == 0xb7 && c.flags == 1 : c.flags == 9);
	}
}
