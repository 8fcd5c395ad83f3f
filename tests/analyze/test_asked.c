/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/asked.h"
#include "analyze/model/process_tree.h"
#include "analyze/report/report.h"
#include "trace_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static struct fixture f;

static void call_path(uint32_t utid, uint64_t ts_ns, uint64_t dur_ns, uint32_t nr, const char *path,
	int64_t ret)
{
	struct rn_span span = { .addr = 4096, .string = 1, .len = (uint32_t)strlen(path) + 1,
		.wanted = 4096, .bytes = (const uint8_t *)path };
	struct rn_event ev = { .ts_ns = ts_ns, .utid = utid, .kind = RN_EV_CALL };
	ev.call = (struct rn_call){ .abi = RN_ABI_X86_64, .nr = nr, .ret = ret, .dur_ns = dur_ns,
		.flags = ret < 0 ? RN_CALL_ERROR : 0, .n_spans = 1, .spans = &span, .args = { 4096 } };
	fixture_event(&f, &ev);
}

static void call_fd(uint32_t utid, uint64_t ts_ns, uint64_t dur_ns, uint32_t nr, int64_t fd, int64_t ret)
{
	struct rn_event ev = { .ts_ns = ts_ns, .utid = utid, .kind = RN_EV_CALL };
	ev.call = (struct rn_call){ .abi = RN_ABI_X86_64, .nr = nr, .ret = ret, .dur_ns = dur_ns,
		.flags = ret < 0 ? RN_CALL_ERROR : 0, .args = { (uint64_t)fd } };
	fixture_event(&f, &ev);
}

/* open, read, write, failed accesses, an exit that never returns; a child and a thread. */
static void some_work(void)
{
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	call_path(1, 10, 5, 2, "/a", 3);         /* open */
	fixture_fd(&f, 14, 1, 3, "/a");
	call_fd(1, 20, 7, 0, 3, 40);             /* read */
	call_fd(1, 30, 900, 1, 3, 25);           /* write */
	fixture_task(&f, 950, 2, 2, 1, 200, 200);
	fixture_task(&f, 960, 3, 1, 1, 101, 100);
	call_path(2, 1000, 1, 21, "/missing", -2); /* access */
	fixture_block(&f);
	call_path(3, 1100, 1, 21, "/missing", -2);
	call_path(3, 1200, 3, 21, "/a", -13);
	fixture_exit(&f, 1300, 2, 256);
	fixture_call(&f, 1, 1400, 0, 231, 0, RN_CALL_UNFINISHED);
}

/* The CSV of an analysis. */
static char *answer(const struct rn_analysis *a, uint64_t limit, bool everybody)
{
	char *text = NULL;
	size_t len;
	struct rn_error err = { 0 };
	struct rn_reader *r = fixture_open(&f);
	struct rn_model *m = rn_model_new(RN_ASKED_MODEL);
	cr_assert_eq(rn_model_scan(m, r, &err), 0);
	const struct rn_asked asked = { m, RN_MACHINE_X86_64, { 0 }, limit, everybody, NULL };
	const struct rn_question q = { a, &asked };
	struct rn_source *s = rn_source_settled(rn_source_trace(r, NULL));
	FILE *out = open_memstream(&text, &len);
	struct rn_sink *sink;
	cr_assert_eq(rn_report_find("csv")->begin(&sink, out, &err), 0);
	cr_assert_eq(rn_analyses_run(&q, 1, s, sink, &err), 0, "%s", err.message);
	cr_assert_eq(rn_report_find("csv")->end(sink, &err), 0);
	fclose(out);
	rn_source_free(s);
	rn_model_free(m);
	rn_reader_close(r);
	return text;
}

static void expect(const struct rn_analysis *a, uint64_t limit, const char *csv)
{
	char *text = answer(a, limit, true);
	cr_expect_str_eq(text, csv);
	free(text);
}

Test(asked, files_tell_what_was_done_to_each)
{
	some_work();
	expect(&rn_analysis_files, 0,
		"total_ns,calls,opens,reads,writes,read_bytes,written_bytes,errors,path\n"
		"915,4,1,1,1,40,25,1,/a\n"
		"2,2,0,0,0,0,0,2,/missing\n");
}

Test(asked, errors_are_grouped_by_call_errno_and_path)
{
	some_work();
	expect(&rn_analysis_errors, 0,
		"errors,total_ns,first_ns,name,errno,path,text\n"
		"2,2,1000,access,ENOENT,/missing,No such file or directory\n"
		"1,3,1200,access,EACCES,/a,Permission denied\n");
	some_work();
	expect(&rn_analysis_errors, 1,
		"errors,total_ns,first_ns,name,errno,path,text\n"
		"2,2,1000,access,ENOENT,/missing,No such file or directory\n");
}

Test(asked, the_slowest_come_first_and_equals_in_order_of_the_trace)
{
	some_work();
	char *text = answer(&rn_analysis_slowest, 6, true);
	const char *at = text;
	static const char *const begins[] = { "dur_ns,", "900,30,", "7,20,", "5,10,", "3,1200,", "1,1000,",
		"1,1100," };
	for (size_t i = 0; i < 7; i++) {
		cr_expect_eq(strncmp(at, begins[i], strlen(begins[i])), 0, "%s: %s", begins[i], at);
		at = strchr(at, '\n') + 1;
	}
	cr_expect_eq(*at, 0, "never more than were asked for");
	free(text);
}

Test(asked, processes_are_a_tree_with_the_work_of_their_threads)
{
	some_work();
	expect(&rn_analysis_processes, 0,
		"pid,ppid,upid,parent_upid,depth,start_ns,end_ns,threads,calls,errors,total_ns,exit_code,"
		"exit,exe,command,cgroup\n"
		"100,0,1,,0,0,,2,6,2,916,,,,prog,\n"
		"200,100,2,1,1,950,1300,1,1,1,1,1,exited with 1,,prog,5\n");
}

Test(asked, nothing_makes_empty_tables)
{
	static const struct rn_analysis *const all[] = { &rn_analysis_errors, &rn_analysis_files,
		&rn_analysis_processes, &rn_analysis_slowest };
	for (size_t i = 0; i < 4; i++) {
		fixture_begin(&f);
		char *text = answer(all[i], 0, true);
		cr_expect_eq(strchr(text, '\n'), text + strlen(text) - 1, "%s: %s", all[i]->name, text);
		free(text);
	}
}

Test(process_tree, siblings_come_by_their_beginning_behind_their_parent)
{
	struct rn_process *all;
	uint32_t n;
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_task(&f, 9, 4, 4, 1, 104, 104);
	fixture_task(&f, 5, 2, 2, 1, 102, 102);
	fixture_task(&f, 6, 3, 3, 2, 103, 103);
	fixture_task(&f, 7, 5, 5, 0, 105, 105);
	struct rn_reader *r = fixture_open(&f);
	struct rn_model *m = rn_model_new(0);
	cr_assert_eq(rn_model_scan(m, r, NULL), 0);
	cr_assert_eq(rn_process_tree(m, &all, &n, NULL), 0);
	static const uint32_t utids[] = { 1, 2, 3, 4, 5 }, depths[] = { 0, 1, 2, 1, 0 };
	cr_assert_eq(n, 5);
	for (uint32_t i = 0; i < n; i++) {
		cr_expect_eq(all[i].task->utid, utids[i]);
		cr_expect_eq(all[i].depth, depths[i]);
	}
	free(all);
	rn_model_free(m);
	rn_reader_close(r);
}

/* 1 and 2 are each other's parent, 3 its own, 4's is nobody's number. */
Test(process_tree, circles_are_cut_and_nobody_is_lost)
{
	static const uint32_t parents[] = { 2, 1, 3, 77 };
	struct rn_process *all;
	uint32_t n, seen = 0;
	fixture_begin(&f);
	for (uint32_t i = 0; i < 4; i++)
		fixture_task(&f, i, i + 1, i + 1, parents[i], 100 + i, 100 + i);
	struct rn_reader *r = fixture_open(&f);
	struct rn_model *m = rn_model_new(RN_MODEL_ARGV);
	cr_assert_eq(rn_model_scan(m, r, NULL), 0);
	cr_assert_eq(rn_process_tree(m, &all, &n, NULL), 0);
	cr_assert_eq(n, 4);
	for (uint32_t i = 0; i < n; i++)
		seen |= 1u << all[i].task->utid;
	cr_expect_eq(seen, 0x1e);
	cr_expect_eq(rn_model_argv(m, 1, UINT64_MAX).len, 0);
	free(all);
	rn_model_free(m);
	rn_reader_close(r);
}
