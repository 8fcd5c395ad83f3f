/* SPDX-License-Identifier: MIT */
#include "analyze/command/info.h"
#include "tests/analyze/report_fixture.h"
#include "tests/analyze/trace_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static struct rn_test_report r;
static struct fixture f;

static void finish(void)
{
	rn_test_report_fini(&r);
}

TestSuite(info, .fini = finish);

static void tell(struct rn_reader *reader, const char *format)
{
	struct rn_error err;
	rn_test_report_begin(&r, format);
	cr_assert_eq(rn_info_emit(reader, "a.rnt", r.sink, &err), 0, "%s", err.message);
	rn_test_report_end(&r);
	rn_reader_close(reader);
}

static void expect(const char *text)
{
	cr_assert_not_null(strstr(r.text, text), "no '%s' in\n%s", text, r.text);
}

/* The line of the fact, whatever its alignment. */
static void expect_fact(const char *title, const char *value)
{
	char head[64];
	snprintf(head, sizeof(head), "\n%s:", title);
	const char *at = strstr(r.text, head);
	cr_assert_not_null(at, "no '%s' in\n%s", title, r.text);
	at += strlen(head);
	at += strspn(at, " ");
	cr_assert(!strncmp(at, value, strlen(value)) && at[strlen(value)] == '\n',
		"%s is not '%s' in\n%s", title, value, r.text);
}

static void event(enum rn_event_kind kind, const struct rn_event *fields)
{
	struct rn_event ev = *fields;
	ev.kind = kind;
	fixture_event(&f, &ev);
}

/* Two processes, the first with two threads; two modules, one seen twice; something lost; a call
 * that never returned. */
static void make(void)
{
	const struct rn_event map = { .utid = 1, .MAP = { .addr = 0x1000, .len = 4096,
		.path = rn_bytes_str("/bin/prog"), .build_id = rn_bytes_of("\x01\xab", 2) } };
	const struct rn_event vdso = { .utid = 1, .MAP = { .path = rn_bytes_str("[vdso]"),
		.build_id = rn_bytes_of("\xff", 1) } };
	const struct rn_event lost = { .ts_ns = 40, .utid = 1, .LOST = { .count = 12,
		.cause = RN_LOST_RING, .bytes = 3000 } };
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_task(&f, 1, 2, 1, 1, 101, 100);
	fixture_task(&f, 2, 3, 3, 1, 102, 102);
	event(RN_EV_MAP, &map);
	fixture_call(&f, 1, 10, 100, 0, 5, 0);
	fixture_block(&f);
	event(RN_EV_MAP, &map);
	event(RN_EV_MAP, &vdso);
	event(RN_EV_LOST, &lost);
	event(RN_EV_LOST, &lost);
	fixture_call(&f, 2, 20, 2000000000, 1, -9, RN_CALL_ERROR);
	fixture_call(&f, 3, 30, 0, 202, 0, RN_CALL_UNFINISHED);
	const struct rn_module_image image = { .build_id = rn_bytes_of("\xff", 1),
		.name = rn_bytes_str("[vdso]"), .image = rn_bytes_str("an ELF file") };
	cr_assert_eq(rn_writer_module(f.writer, &image, NULL), 0);
}

static void make_ended(void)
{
	const struct rn_event end = { .ts_ns = 3000000000, .END = { .reason = RN_END_EXITED,
		.status = 3 << 8, .calls = 3, .cpu_ns = 4500000, .max_rss_bytes = 1 << 20,
		.wall_ns = 3100000000, .stop_ns = 1500000000 } };
	make();
	event(RN_EV_END, &end);
}

Test(info, text_tells_what_there_is)
{
	make_ended();
	tell(fixture_open(&f), "text");
	cr_assert(!strncmp(r.text, "trace: ", 7));
	expect_fact("command", "prog 'a b\\377'");
	expect_fact("result", "exited with 3");
	expect_fact("machine", "x86_64");
	expect_fact("added time", "1.500000 s");
	expect_fact("started", "2023-11-14T22:13:20.500000000Z");
	expect_fact("duration", "3.000000 s");
	expect_fact("backend", "hand");
	expect_fact("complete", "yes");
	expect_fact("ended because", "the traced processes ended");
	expect_fact("calls", "3");
	expect_fact("errors", "1");
	expect_fact("unfinished", "1");
	expect_fact("lost events", "24");
	expect_fact("processes", "2");
	expect_fact("threads", "3");
	expect_fact("blocks", "2");
	expect_fact("recorder's cpu time", "4.500 ms");
	expect_fact("recorder's memory", "1048576 bytes");
	expect("task                3\n");
	expect("the ring was full               2          24     6000\n");
	expect("No damage.\n");
	cr_assert_null(strstr(r.text, "cwd"), "what nobody knows has no line");
}

Test(info, json_has_the_same_in_base_units)
{
	make_ended();
	tell(fixture_open(&f), "json");
	expect("\"command\": \"prog 'a b\\uefff'\"");
	expect("\"exit_code\": 3,");
	expect("\"start_realtime_ns\": 1700000000500000000,");
	expect("\"duration_ns\": 3000000000,");
	expect("\"complete\": true,");
	expect("\"recorder_cpu_ns\": 4500000,");
	expect("\"recorder_cpu_ns_per_call\": 1500000,");
	expect("\"cwd\": null,");
	expect("{\"build_id\": \"01ab\", \"mappings\": 2, \"image_bytes\": null, "
		"\"path\": \"/bin/prog\"}");
	expect("{\"build_id\": \"ff\", \"mappings\": 1, \"image_bytes\": 11, "
		"\"path\": \"[vdso]\"}");
	expect("{\"kind\": \"call\", \"events\": 3}");
	expect("{\"kind\": \"lost\", \"events\": 2}");
}

Test(info, a_pipe_tells_the_same_as_a_file)
{
	make_ended();
	tell(fixture_open(&f), "json");
	char *file = strdup(r.text);
	make_ended();
	tell(fixture_open_pipe(&f), "json");
	cr_assert_str_eq(r.text, file);
	free(file);
}

Test(info, a_trace_without_its_end_says_so)
{
	make();
	tell(fixture_open_cut(&f), "text");
	expect_fact("complete", "no");
	expect_fact("ended because", "unknown: the trace does not tell");
	cr_assert_null(strstr(r.text, "recorder's cpu"));
	make();
	tell(fixture_open_cut(&f), "json");
	expect("\"recorder_cpu_ns\": null,");
	expect("\"exit_code\": null,");
}

Test(info, sizes_add_up_to_the_file)
{
	make_ended();
	tell(fixture_open(&f), "csv");
	const char *at = strstr(r.text, "section,raw_bytes,disk_bytes,");
	cr_assert_not_null(at);
	uint64_t sum = 0;
	for (at = strchr(at, '\n') + 1; *at != '\n'; at = strchr(at, '\n') + 1) {
		const char *disk = strchr(strchr(at, ',') + 1, ',') + 1;
		sum += strtoull(disk, NULL, 10);
	}
	at = strstr(r.text, "file_bytes,");
	cr_assert_eq(sum, strtoull(at + strlen("file_bytes,"), NULL, 10));
}
