/* SPDX-License-Identifier: MIT */
#include "analyze/report/report.h"
#include "analyze/sql/session.h"
#include "trace_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PREVIEW (RN_CALL_PENDING | RN_CALL_UNFINISHED)

static struct fixture f;
static char path[64];
static struct rn_question_options options;
static struct rn_inquiry q;
static struct rn_sql *s;

static void open_call(uint32_t utid, uint64_t ts_ns, uint64_t dur_ns, const char *name, int64_t ret)
{
	struct rn_span span = { .addr = 4096, .arg = 1, .string = 1, .len = (uint32_t)strlen(name) + 1,
		.wanted = 4096, .bytes = (const uint8_t *)name };
	struct rn_event ev = { .ts_ns = ts_ns, .utid = utid, .kind = RN_EV_CALL };
	ev.call = (struct rn_call){ .abi = RN_ABI_X86_64, .nr = 257, .ret = ret, .dur_ns = dur_ns,
		.flags = ret < 0 ? RN_CALL_ERROR : 0, .n_spans = 1, .spans = &span,
		.args = { (uint64_t)-100, 4096 } };
	fixture_event(&f, &ev);
}

/* Two threads, three blocks; the second's call at 55 has a preview and completes in the last block, the one
 * at 80 never does. */
static void begin(void)
{
	struct rn_error err = { 0 };
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_call(&f, 1, 10, 5, 39, 100, 0);
	open_call(1, 20, 7, "/etc/passwd", 3);
	fixture_fd(&f, 26, 1, 3, "/etc/passwd");
	fixture_block(&f);
	fixture_task(&f, 50, 2, 2, 1, 200, 200);
	fixture_call(&f, 2, 55, 3, 0, 0, PREVIEW);
	open_call(1, 60, 9, "a b\xff", -2);
	fixture_call(&f, 1, 70, 1, 9999, 0, 0);
	fixture_block(&f);
	fixture_call(&f, 2, 55, 400, 0, 17, 0);
	fixture_call(&f, 1, 80, 2, 61, 0, PREVIEW);
	cr_assert_eq(rn_writer_close(f.writer, NULL, NULL), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", f.fd);
	cr_assert_eq(rn_inquiry_init(&q, &options, &err), 0, "%s", err.message);
	cr_assert_eq(rn_inquiry_open(&q, path, RN_SQL_MODEL, &err), 0, "%s", err.message);
	cr_assert_eq(rn_sql_open(&s, &q, "", &err), 0, "%s", err.message);
}

static void end(void)
{
	rn_sql_close(s);
	rn_inquiry_fini(&q);
	close(f.fd);
}

/* The rows as CSV without its head, or the error. */
static char *answer(const char *statement)
{
	char *text = NULL;
	size_t len;
	struct rn_error err = { 0 };
	struct rn_sink *sink;
	FILE *out = open_memstream(&text, &len);
	cr_assert_eq(rn_report_find("csv")->begin(&sink, out, &err), 0);
	int rc = rn_sql_run(s, statement, 0, sink, &err);
	cr_assert_eq(rn_report_find("csv")->end(sink, NULL), 0);
	fclose(out);
	if (rc) {
		free(text);
		return strdup(err.message);
	}
	char *rows = strchr(text, '\n');
	char *copy = strdup(rows ? rows + 1 : "");
	free(text);
	return copy;
}

static void expect(const char *statement, const char *rows)
{
	char *text = answer(statement);
	cr_expect_str_eq(text, rows, "%s:\n%s", statement, text);
	free(text);
}

TestSuite(sql, .init = begin, .fini = end);

Test(sql, a_call_is_one_row_whatever_previews_it_had)
{
	expect("SELECT ts, dur, unfinished FROM syscalls ORDER BY ts",
		"10,5,0\n20,7,0\n55,400,0\n60,9,0\n70,1,0\n80,,1\n");
	expect("SELECT ts FROM syscalls WHERE dur IS NULL", "80\n");
	expect("SELECT ts, dur FROM syscalls WHERE seq < 6 AND utid = 2", "");
}

Test(sql, columns_tell_what_the_listing_does)
{
	expect("SELECT pid, tid, upid, name, class, abi, nr, ret, error, errno, path, target, io FROM syscalls "
	       "WHERE ts = 60", "100,100,1,openat,\"file,desc\",x86_64,257,-2,2,ENOENT,a b\xee\xbf\xbf,"
	       "a b\xee\xbf\xbf,open\n");
	expect("SELECT args, result, target FROM syscalls WHERE ts = 20",
		"\"AT_FDCWD, \"\"/etc/passwd\"\", O_RDONLY\",3,/etc/passwd\n");
	expect("SELECT name FROM syscalls WHERE nr = 9999", "syscall_9999\n");
	expect("SELECT ts FROM syscalls WHERE name = 'syscall_9999'", "70\n");
	expect("SELECT io, bytes FROM syscalls WHERE name = 'read'", "read,17\n");
}

Test(sql, constraints_select_what_sqlite_would)
{
	expect("SELECT ts FROM syscalls WHERE ts > 20 AND ts <= 70", "60\n70\n55\n");
	expect("SELECT ts FROM syscalls WHERE dur BETWEEN 5 AND 9", "10\n20\n60\n");
	expect("SELECT ts FROM syscalls WHERE name IN ('getpid', 'read', 'nothing')", "10\n55\n");
	expect("SELECT ts FROM syscalls WHERE errno = 'ENOENT'", "60\n");
	expect("SELECT ts FROM syscalls WHERE pid = 200", "55\n");
	expect("SELECT ts FROM syscalls WHERE comm = 'prog' AND dur > 100", "55\n");
	expect("SELECT ts FROM syscalls WHERE dur > 9223372036854775807", "");
	expect("SELECT ts FROM syscalls WHERE ret = NULL", "");
	expect("SELECT ts FROM syscalls WHERE seq = (SELECT max(seq) FROM syscalls)", "80\n");
}

Test(sql, rows_in_groups_are_those_of_a_sort)
{
	expect("SELECT name, count(*), sum(dur) FROM syscalls GROUP BY name",
		"getpid,1,5\nopenat,2,16\nread,1,400\nsyscall_9999,1,1\nwait4,1,\n");
	expect("SELECT DISTINCT errno FROM syscalls", "\nENOENT\n");
	expect("SELECT pid, name FROM syscalls WHERE ts < 80 ORDER BY pid DESC, name",
		"200,read\n100,getpid\n100,openat\n100,openat\n100,syscall_9999\n");
	expect("SELECT comm, count(*) FROM syscalls GROUP BY comm HAVING max(rowid) > 0", "prog,6\n");
	expect("SELECT error, min(ts) FROM syscalls GROUP BY error ORDER BY error DESC", "2,60\n,10\n");
}

Test(sql, views_tell_of_processes_and_blocks)
{
	expect("SELECT upid, pid, parent_upid, depth FROM processes", "1,100,,0\n2,200,1,1\n");
	expect("SELECT count(*), sum(calls) FROM blocks", "3,7\n");
	expect("SELECT fd, start, end, target FROM fds", "3,26,,/etc/passwd\n");
	expect("SELECT path, calls FROM report_files", "a b\xee\xbf\xbf,1\n/etc/passwd,1\n");
	expect("SELECT p.pid, count(*) FROM syscalls JOIN processes p USING (upid) GROUP BY 1", "100,5\n200,1\n");
}

Test(sql, tells_what_views_there_are)
{
	expect("SELECT name FROM pragma_table_info('stacks')", "stack_id\nparent_id\nframe_id\ndepth\n");
	expect("SELECT count(*) FROM pragma_module_list WHERE name = 'syscalls'", "1\n");
}

Test(sql, functions_by_hand)
{
	expect("SELECT percentile(dur, 0), percentile(dur, 50), percentile(dur, 100) FROM syscalls", "1,7,400\n");
	expect("SELECT median(x) FROM (SELECT 1 AS x UNION ALL SELECT 2)", "1.5\n");
	expect("SELECT stddev(x) FROM (SELECT 5 AS x)", "\n");
	expect("SELECT histogram(x) FROM (SELECT 0 AS x UNION ALL SELECT 1023)",
		"\"[{\"\"from\"\":0,\"\"to\"\":1,\"\"n\"\":1},{\"\"from\"\":512,\"\"to\"\":1024,\"\"n\"\":1}]\"\n");
	expect("SELECT 'abc' REGEXP 'b.$', 'abc' REGEXP '^b', NULL REGEXP 'x'", "1,0,\n");
}

Test(sql, nothing_but_questions)
{
	static const char *const refused[] = { "CREATE TABLE x(y)", "ATTACH 'x' AS y", "DROP TABLE syscalls",
		"PRAGMA journal_mode", "BEGIN", "VACUUM" };
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		char *text = answer(refused[i]);
		cr_expect_not_null(strstr(text, "only questions"), "%s: %s", refused[i], text);
		free(text);
	}
	char *text = answer("SELECT percentile(dur, 101) FROM syscalls");
	cr_expect_not_null(strstr(text, "from 0 to 100"), "%s", text);
	free(text);
}
