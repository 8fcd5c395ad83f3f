/* SPDX-License-Identifier: MIT */
#include "analyze/listing/listing.h"

#include "trace_fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define PREVIEW (RN_CALL_PENDING | RN_CALL_UNFINISHED)
/* Numbers of x86_64. */
#define READ 0
#define CLOSE 3
#define GETPID 39
#define EXIT_GROUP 231

static struct fixture f;
static struct rn_listing_style style;
static char *text;

static void setup(void)
{
	memset(&style, 0, sizeof(style));
	style.decode.string_limit = 32;
	setenv("TZ", "UTC", 1);
	fixture_begin(&f);
}

static void teardown(void)
{
	free(text);
}

TestSuite(listing, .init = setup, .fini = teardown);

static const char *list(const struct rn_listing_writer *w, struct rn_reader *r, uint64_t pid)
{
	struct rn_model *m = rn_model_new(RN_MODEL_FDS | RN_MODEL_CWD);
	bool scan = rn_reader_seekable(r);
	struct rn_error err = { 0 };
	size_t len;
	free(text);
	FILE *stream = open_memstream(&text, &len);
	if (scan)
		cr_assert_eq(rn_model_scan(m, r, NULL), 0);
	struct rn_source *s = rn_source_trace(r, scan ? NULL : m);
	if (pid)
		s = rn_source_pids(s, m, &pid, 1);
	struct rn_listing_job job = { .writer = w, .style = &style, .source = s, .model = m,
		.pids = &pid, .n_pids = pid != 0, .stream = stream };
	cr_assert_eq(rn_listing_run(&job, NULL, &err), 0, "%s", err.message);
	fclose(stream);
	rn_source_free(s);
	rn_model_free(m);
	rn_reader_close(r);
	return text;
}

static const char *list_text(struct rn_reader *r)
{
	return list(&rn_listing_text, r, 0);
}

static void one_thread(void)
{
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
}

static void call_with_arg(uint32_t utid, uint64_t ts_ns, uint64_t dur_ns, uint32_t nr, uint64_t arg,
	int64_t ret, unsigned flags)
{
	struct rn_event ev = { .ts_ns = ts_ns, .utid = utid, .kind = RN_EV_CALL };
	ev.call = (struct rn_call){ .abi = RN_ABI_X86_64, .nr = nr, .args = { arg }, .ret = ret,
		.dur_ns = dur_ns, .flags = (uint16_t)flags };
	fixture_event(&f, &ev);
}

Test(listing, results_stand_in_column_forty_and_ends_have_their_marks)
{
	one_thread();
	call_with_arg(1, 10, 5, CLOSE, 3, 0, 0);
	call_with_arg(1, 20, 5, CLOSE, 9, -9, RN_CALL_ERROR);
	call_with_arg(1, 30, 5, EXIT_GROUP, 3, 0, RN_CALL_UNFINISHED);
	fixture_exit(&f, 40, 1, 3 << 8);
	cr_expect_str_eq(list_text(fixture_open(&f)),
		"close(3)                                = 0\n"
		"close(9)                                = -1 EBADF (Bad file descriptor)\n"
		"exit_group(3)                           = ?\n"
		"+++ exited with 3 +++\n");
}

Test(listing, more_than_one_thread_means_lines_say_whose_they_are)
{
	one_thread();
	fixture_task(&f, 5, 2, 2, 1, 123456, 123456);
	fixture_call(&f, 1, 10, 5, GETPID, 100, 0);
	fixture_call(&f, 2, 20, 5, GETPID, 123456, 0);
	cr_expect_str_eq(list_text(fixture_open(&f)),
		"[pid   100] getpid()                    = 100\n"
		"[pid 123456] getpid()                   = 123456\n");
}

Test(listing, a_filter_for_one_thread_leaves_its_lines_bare)
{
	one_thread();
	fixture_task(&f, 5, 2, 2, 1, 200, 200);
	fixture_call(&f, 1, 10, 5, GETPID, 100, 0);
	fixture_call(&f, 2, 20, 5, GETPID, 200, 0);
	fixture_exit(&f, 30, 1, 0);
	fixture_exit(&f, 40, 2, 15);
	cr_expect_str_eq(list(&rn_listing_text, fixture_open(&f), 200),
		"getpid()                                = 200\n"
		"+++ killed by SIGTERM +++\n");
}

Test(listing, time_of_day_comes_in_many_ways)
{
	static const char *const expected[] = {
		"22:13:20 getpid()                       = 1\n",
		"22:13:20.500012 getpid()                = 1\n",
		"1700000000.500012 getpid()              = 1\n",
		"1700000000 getpid()                     = 1\n",
		"22:13:20.500012999 getpid()             = 1\n",
		"1700000000.500 getpid()                 = 1\n",
	};
	static const struct {
		enum rn_clock clock;
		uint8_t digits;
	} ways[] = { { RN_CLOCK_TIME, 0 }, { RN_CLOCK_TIME, 6 }, { RN_CLOCK_UNIX, 6 },
		{ RN_CLOCK_UNIX, 0 }, { RN_CLOCK_TIME, 9 }, { RN_CLOCK_UNIX, 3 } };
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		style.clock = ways[i].clock;
		style.clock_digits = ways[i].digits;
		if (i)
			fixture_begin(&f);
		one_thread();
		fixture_call(&f, 1, 12999, 5, GETPID, 1, 0);
		cr_expect_str_eq(list_text(fixture_open(&f)), expected[i]);
	}
}

Test(listing, relative_time_counts_from_the_line_before)
{
	one_thread();
	fixture_call(&f, 1, 1000000, 5, GETPID, 1, 0);
	fixture_call(&f, 1, 2500001000, 5, GETPID, 1, 0);
	style.relative = true;
	style.relative_digits = 6;
	cr_expect_str_eq(list_text(fixture_open(&f)),
		"     0.000000 getpid()                  = 1\n"
		"     2.499001 getpid()                  = 1\n");
}

Test(listing, durations_stand_behind_results)
{
	one_thread();
	fixture_call(&f, 1, 10, 1000123999, GETPID, 1, 0);
	fixture_call(&f, 1, 2000000000, 0, EXIT_GROUP, 0, RN_CALL_UNFINISHED);
	style.duration = true;
	style.duration_digits = 6;
	cr_expect_str_eq(list_text(fixture_open(&f)),
		"getpid()                                = 1 <1.000123>\n"
		"exit_group(0)                           = ?\n");
}

Test(listing, a_call_cut_short_shows_what_was_known_at_its_entry)
{
	one_thread();
	call_with_arg(1, 10, 0, READ, 7, 0, RN_CALL_UNFINISHED);
	cr_expect_str_eq(list_text(fixture_open(&f)), "read(7,  <unfinished ...>)              = ?\n");
}

Test(listing, losses_are_lines_of_their_own)
{
	struct rn_event ev = { .ts_ns = 15, .kind = RN_EV_LOST };
	one_thread();
	ev.LOST.count = 12;
	ev.LOST.cause = RN_LOST_RING;
	fixture_event(&f, &ev);
	cr_expect_str_eq(list_text(fixture_open(&f)), "!!! 12 events lost (ring full) !!!\n");
}

Test(listing, warnings_of_the_recorder_are_lines_that_cannot_harm_a_terminal)
{
	struct rn_event ev = { .ts_ns = 15, .kind = RN_EV_NOTE };
	one_thread();
	ev.NOTE.text = rn_bytes_str("a remark");
	fixture_event(&f, &ev);
	ev.NOTE.severity = 1;
	ev.NOTE.text = rn_bytes_str("no maps\033[2J");
	fixture_event(&f, &ev);
	cr_expect_str_eq(list_text(fixture_open(&f)), "!!! no maps\\x1b[2J !!!\n");
}

Test(listing, quiet_leaves_ends_out)
{
	one_thread();
	fixture_call(&f, 1, 10, 5, GETPID, 1, 0);
	fixture_exit(&f, 40, 1, 0);
	style.no_exits = true;
	cr_expect_str_eq(list_text(fixture_open(&f)), "getpid()                                = 1\n");
}

Test(listing, through_a_pipe_a_line_waits_for_its_result)
{
	one_thread();
	call_with_arg(1, 10, 0, READ, 7, 0, PREVIEW);
	fixture_block(&f);
	call_with_arg(1, 10, 50, READ, 7, 0, 0);
	cr_expect_str_eq(list_text(fixture_open_pipe(&f)), "read(7, NULL, 0)                        = 0\n");
}

Test(listing, through_a_pipe_others_may_come_between)
{
	one_thread();
	fixture_task(&f, 1, 2, 1, 1, 101, 100);
	call_with_arg(1, 10, 0, READ, 7, 0, PREVIEW);
	fixture_call(&f, 2, 20, 5, GETPID, 100, 0);
	fixture_block(&f);
	call_with_arg(1, 10, 50, READ, 7, 0, 0);
	cr_expect_str_eq(list_text(fixture_open_pipe(&f)),
		"[pid   100] read(7,  <unfinished ...>\n"
		"[pid   101] getpid()                    = 100\n"
		"[pid   100] <... read resumed>NULL, 0)  = 0\n");
}

Test(listing, through_a_pipe_the_end_of_the_trace_ends_the_line)
{
	one_thread();
	call_with_arg(1, 10, 0, READ, 7, 0, PREVIEW);
	cr_expect_str_eq(list_text(fixture_open_pipe(&f)), "read(7,  <unfinished ...>\n");
}

Test(listing, csv_has_the_columns_of_the_original_first)
{
	one_thread();
	call_with_arg(1, 1500, 7999, CLOSE, 3, -9, RN_CALL_ERROR);
	fixture_call(&f, 1, 20000, 0, EXIT_GROUP, 0, RN_CALL_UNFINISHED);
	style.duration = true;
	cr_expect_str_eq(list(&rn_listing_csv, fixture_open(&f), 0),
		"syscall,arguments,result,duration,pid,tid,timestamp,duration_ns,errno,number,abi,"
		"flags\n"
		"close,3,-9,7us,100,100,0.000001500,7999,EBADF,3,x86_64,\n"
		"exit_group,0,?,,100,100,0.000020000,,,231,x86_64,unfinished\n");
}

Test(listing, csv_quotes_arguments_with_commas)
{
	one_thread();
	call_with_arg(1, 10, 5, READ, 7, 0, 0);
	cr_expect(strstr(list(&rn_listing_csv, fixture_open(&f), 0), "\nread,\"7, NULL, 0\",0,100,"));
}

Test(listing, json_is_one_document_with_calls_events_and_summary)
{
	one_thread();
	call_with_arg(1, 1500, 7999, CLOSE, 3, -9, RN_CALL_ERROR);
	fixture_exit(&f, 20000, 1, 15);
	fixture_end(&f, 30000, 15);
	style.duration = true;
	const char *json = list(&rn_listing_json, fixture_open(&f), 0);
	cr_expect_eq(json[0], '{');
	cr_expect(strstr(json, "\n  \"format\": \"renacer-json-v1\",\n"));
	cr_expect(strstr(json, "\"command\": [\"prog\", \"a b\\uefff\"]"), "%s", json);
	cr_expect(strstr(json, "\n    {\"name\": \"close\", \"args\": [\"3\"], \"result\": -9, "
			       "\"result_text\": \"-1 EBADF (Bad file descriptor)\", \"errno\": \"EBADF\", "
			       "\"duration_us\": 7, \"duration_ns\": 7999, \"pid\": 100, \"tid\": 100, "
			       "\"timestamp\": 0.000001500, \"timestamp_ns\": 1500, "
			       "\"epoch_ns\": \"1700000000500001500\", \"number\": 3, "
			       "\"abi\": \"x86_64\", \"raw_args\": [\"0x3\"]}\n"), "%s", json);
	cr_expect(strstr(json, "\"type\": \"exit\""));
	cr_expect(strstr(json, "\"total_syscalls\": 1"));
	cr_expect(strstr(json, "\"total_time_us\": 7"));
	cr_expect(strstr(json, "\"exit_code\": 143"));
}

Test(listing, json_without_events_is_still_a_document)
{
	const char *json = list(&rn_listing_json, fixture_open(&f), 0);
	cr_expect(strstr(json, "\"syscalls\": [],\n  \"events\": [],\n  \"summary\": {"));
	cr_expect(strstr(json, "\"exit_code\": null"));
}

Test(listing, jsonl_has_an_object_a_line)
{
	one_thread();
	fixture_call(&f, 1, 20000, 0, EXIT_GROUP, 0, RN_CALL_UNFINISHED);
	fixture_exit(&f, 30000, 1, 0);
	const char *lines = list(&rn_listing_jsonl, fixture_open(&f), 0);
	unsigned n = 0;
	for (const char *p = lines; *p; p = strchr(p, '\n') + 1) {
		cr_assert_eq(strncmp(p, "{\"type\": \"", 10), 0);
		cr_assert_not_null(strchr(p, '\n'));
		n++;
	}
	cr_expect_eq(n, 4);
	cr_expect(strstr(lines, "\"result\": null"));
	cr_expect(strstr(lines, "\"unfinished\": true"));
}
