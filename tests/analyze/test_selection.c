/* SPDX-License-Identifier: MIT */
#include "analyze/filters/moment.h"
#include "analyze/filters/pattern.h"
#include "analyze/filters/selection.h"
#include "trace_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define NS_PER_S 1000000000ull

static bool fits(const char *glob, const char *text)
{
	return rn_glob_match(rn_bytes_str(glob), rn_bytes_str(text));
}

Test(glob, fits_the_whole_text_and_stars_cross_slashes)
{
	cr_expect(fits("/etc/*", "/etc/ssl/certs") && fits("*", "") && fits("a?c", "abc"));
	cr_expect(fits("*.so*", "/lib/libc.so.6") && fits("[a-c]x[!y]", "bxz") && fits("\\*", "*"));
	cr_expect(!fits("/etc/*", "/usr/etc/x") && !fits("a?c", "ac") && !fits("[a-c]", "d"));
	cr_expect(!fits("", "x") && !fits("a", "ab") && !fits("\\*", "x"));
	cr_expect(fits("[", "[") && fits("a[b", "a[b") && fits("[]]", "]"), "what is not closed is itself");
}

Test(glob, takes_no_exponential_time)
{
	char text[4001];
	memset(text, 'a', 4000);
	text[4000] = 0;
	cr_expect(!fits("*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
}

/* A matcher too simple to be wrong, on all short texts over two letters. */
static bool slowly(const char *g, const char *s)
{
	if (!*g)
		return !*s;
	if (*g == '*')
		return slowly(g + 1, s) || (*s && slowly(g, s + 1));
	return *s && (*g == '?' || *g == *s) && slowly(g + 1, s + 1);
}

Test(glob, agrees_with_the_definition)
{
	static const char letters[] = "ab*?";
	for (unsigned g = 0; g < 1024; g++)
		for (unsigned s = 0; s < 64; s++) {
			char glob[6] = "", text[7] = "";
			for (unsigned i = 0; i < 5; i++)
				glob[i] = letters[g >> 2 * i & 3];
			for (unsigned i = 0; i < s % 7; i++)
				text[i] = letters[s >> i & 1];
			cr_assert_eq(fits(glob, text), slowly(glob, text), "%s %s", glob, text);
		}
}

static uint64_t duration(const char *word)
{
	uint64_t ns;
	return rn_duration_parse(rn_bytes_str(word), &ns, NULL) ? UINT64_MAX : ns;
}

Test(moment, durations_have_units)
{
	cr_expect_eq(duration("1.5ms"), 1500000);
	cr_expect_eq(duration("2"), 2 * NS_PER_S);
	cr_expect_eq(duration(".25s"), NS_PER_S / 4);
	cr_expect_eq(duration("7ns"), 7);
	cr_expect_eq(duration("1h"), 3600 * NS_PER_S);
	cr_expect_eq(duration(""), UINT64_MAX);
	cr_expect_eq(duration("ms"), UINT64_MAX);
	cr_expect_eq(duration("1.2.3s"), UINT64_MAX);
	cr_expect_eq(duration("-1s"), UINT64_MAX);
	cr_expect_eq(duration("99999999999999999999s"), UINT64_MAX);
	cr_expect_eq(duration("99999999999s"), UINT64_MAX);
}

/* Of a trace that began at 2023-11-14 22:13:20.5 UTC and is 100 s long. */
static void expect_range(const char *words, uint64_t from_ns, uint64_t to_ns)
{
	struct rn_time_range r;
	struct rn_error err = { 0 };
	uint64_t from, to;
	cr_assert_eq(rn_time_range_parse(words, &r, &err), 0, "%s", err.message);
	rn_time_range_resolve(&r, 1700000000500000000, 100 * NS_PER_S, &from, &to);
	cr_expect_eq(from, from_ns, "%s: from %llu", words, (unsigned long long)from);
	cr_expect_eq(to, to_ns, "%s: to %llu", words, (unsigned long long)to);
}

Test(moment, spans_are_relative_absolute_or_percent)
{
	setenv("TZ", "UTC", 1);
	expect_range("1.5..2.5", 1500000000, 2500000000);
	expect_range("..200ms", 0, 200000000);
	expect_range("10%..100%", 10 * NS_PER_S, UINT64_MAX);
	expect_range("0%..50%", 0, 50 * NS_PER_S);
	expect_range("-1s..", 99 * NS_PER_S, UINT64_MAX);
	expect_range("22:13:21..22:14", NS_PER_S / 2, 39500000000);
	expect_range("2023-11-14T22:13:21.5Z..@1700000002.5", NS_PER_S, 2 * NS_PER_S);
	expect_range("00:00:00..", 6399500000000, UINT64_MAX);
}

Test(moment, nonsense_is_refused)
{
	static const char *const wrong[] = { "", "..", "1s", "x..y", "1s..25:00:00", "101%..", "1..2..3" };
	struct rn_time_range r;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_expect_eq(rn_time_range_parse(wrong[i], &r, NULL), RN_E_USAGE, "%s", wrong[i]);
}

static struct fixture f;

static void comm(uint64_t ts_ns, uint32_t utid, const char *name)
{
	struct rn_event ev = { .ts_ns = ts_ns, .utid = utid, .kind = RN_EV_COMM };
	ev.COMM.name = rn_bytes_str(name);
	fixture_event(&f, &ev);
}

static void exec(uint64_t ts_ns, uint32_t utid, const char *exe)
{
	struct rn_event ev = { .ts_ns = ts_ns, .utid = utid, .kind = RN_EV_EXEC };
	ev.EXEC.exe = rn_bytes_str(exe);
	fixture_event(&f, &ev);
}

/* openat of a path relative to the working directory. */
static void open_call(uint32_t utid, uint64_t ts_ns, const char *path, int64_t ret)
{
	struct rn_span span = { .addr = 4096, .arg = 1, .string = 1, .len = (uint32_t)strlen(path) + 1,
		.wanted = 4096, .bytes = (const uint8_t *)path };
	struct rn_event ev = { .ts_ns = ts_ns, .utid = utid, .kind = RN_EV_CALL };
	ev.call = (struct rn_call){ .abi = RN_ABI_X86_64, .nr = 257, .ret = ret, .dur_ns = 1,
		.flags = ret < 0 ? RN_CALL_ERROR : 0, .n_spans = 1, .spans = &span,
		.args = { (uint64_t)-100, 4096 } };
	fixture_event(&f, &ev);
}

static void cwd(uint64_t ts_ns, uint32_t utid, const char *path)
{
	struct rn_event ev = { .ts_ns = ts_ns, .utid = utid, .kind = RN_EV_CWD };
	ev.CWD.path = rn_bytes_str(path);
	fixture_event(&f, &ev);
}

/* Threads 100 (prog, then late) and 200 (other) in two blocks; times name the calls. */
static void two_threads(void)
{
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	cwd(1, 1, "/home/me");
	exec(5, 1, "/usr/bin/first");
	fixture_call(&f, 1, 10, 5, 39, 100, 0);
	open_call(1, 20, "notes", -2);
	fixture_fd(&f, 22, 1, 3, "/var/log/x");
	fixture_call(&f, 1, 30, 7, 3, -13, RN_CALL_ERROR); /* close(0) */
	comm(35, 1, "late");
	fixture_call(&f, 1, 40, 1000, 39, 100, 0);
	fixture_block(&f);
	fixture_task(&f, 2000, 2, 2, 0, 200, 200);
	comm(2001, 2, "other");
	exec(2005, 2, "/opt/second");
	open_call(2, 2010, "/etc/passwd", 4);
	fixture_call(&f, 2, 2020, 9, 35, 0, RN_CALL_UNFINISHED);
}

/* Entry times of what is selected, whole and through a pipe, which must agree. */
static const char *selected(struct rn_selection_options *o)
{
	static char out[2][256];
	for (int pipe = 0; pipe < 2; pipe++) {
		struct rn_error err = { 0 };
		struct rn_selection *s;
		struct rn_batch b;
		size_t n = 0;
		int rc;
		two_threads();
		struct rn_reader *r = pipe ? fixture_open_pipe(&f) : fixture_open(&f);
		cr_assert_eq(rn_selection_new(&s, o, &err), 0, "%s", err.message);
		struct rn_model *m = rn_model_new(rn_selection_wants(s, false));
		if (!pipe)
			cr_assert_eq(rn_model_scan(m, r, &err), 0);
		cr_assert_eq(rn_selection_begin(s, r, m, !pipe, &err), 0, "%s", err.message);
		struct rn_source *source = rn_selection_source(s, rn_source_trace(r, pipe ? m : NULL));
		cr_assert_not_null(source);
		if (!pipe)
			rn_source_skip(source);
		rn_batch_init(&b);
		out[pipe][0] = 0;
		while ((rc = rn_source_next(source, &b, &err)) == 0)
			for (uint32_t i = 0; i < b.n_selected; i++)
				n += (size_t)snprintf(out[pipe] + n, sizeof(out[pipe]) - n, "%llu ",
					(unsigned long long)b.core->ts_ns[b.selected[i]]);
		cr_assert_eq(rc, RN_END, "%s", err.message);
		rn_batch_fini(&b);
		rn_source_free(source);
		rn_selection_free(s);
		rn_model_free(m);
		rn_reader_close(r);
	}
	cr_expect_str_eq(out[0], out[1], "a file (first) and a pipe differ");
	return out[0];
}

#define WORDS(...) { (const char *[]){ __VA_ARGS__ }, \
	sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(const char *) }
#define SELECTED(...) selected(&(struct rn_selection_options){ __VA_ARGS__ })

Test(selection, without_words_everything_is_selected)
{
	cr_expect_str_eq(SELECTED(0), "10 20 30 40 2010 2020 ");
}

Test(selection, names_are_those_at_the_time_of_the_call)
{
	cr_expect_str_eq(SELECTED(.comms = WORDS("prog")), "10 20 30 ");
	cr_expect_str_eq(SELECTED(.comms = WORDS("late", "/^oth/")), "40 2010 2020 ");
	cr_expect_str_eq(SELECTED(.comms = WORDS("nobody")), "");
}

Test(selection, executables_go_by_name_or_by_path)
{
	cr_expect_str_eq(SELECTED(.exes = WORDS("first")), "10 20 30 40 ");
	cr_expect_str_eq(SELECTED(.exes = WORDS("/opt/*")), "2010 2020 ");
	cr_expect_str_eq(SELECTED(.exes = WORDS("opt")), "");
}

Test(selection, times_are_of_entry)
{
	cr_expect_str_eq(SELECTED(.time = "20ns..40ns"), "20 30 ");
	cr_expect_str_eq(SELECTED(.time = "1us.."), "2010 2020 ");
}

Test(selection, durations_are_of_calls_that_returned)
{
	cr_expect_str_eq(SELECTED(.min_dur = { true, 7 }), "30 40 ");
	cr_expect_str_eq(SELECTED(.min_dur = { true, 5 }, .max_dur = { true, 7 }), "10 30 ");
	cr_expect_str_eq(SELECTED(.max_dur = { true, 1 }), "20 2010 ");
}

Test(selection, errors_by_name)
{
	cr_expect_str_eq(SELECTED(.errors = WORDS("")), "20 30 ");
	cr_expect_str_eq(SELECTED(.errors = WORDS("EACCES,EPERM")), "30 ");
	cr_expect_str_eq(SELECTED(.errors = WORDS("2")), "20 ");
}

Test(selection, paths_as_given_absolute_or_behind_a_descriptor)
{
	cr_expect_str_eq(SELECTED(.paths = WORDS("notes")), "20 ");
	cr_expect_str_eq(SELECTED(.paths = WORDS("/home/me/*")), "20 ");
	cr_expect_str_eq(SELECTED(.paths = WORDS("/passwd/", "*notes")), "20 2010 ");
}

Test(selection, descriptors_used_or_made)
{
	cr_expect_str_eq(SELECTED(.fds = WORDS("4")), "2010 ");
	cr_expect_str_eq(SELECTED(.fds = WORDS("0,7")), "30 ");
}

Test(selection, expressions_see_a_call_as_a_row)
{
	cr_expect_str_eq(SELECTED(.wheres = WORDS("dur >= 7 and errno = 'EACCES'")), "30 ");
	cr_expect_str_eq(SELECTED(.wheres = WORDS("name = 'openat'", "path like '%s'")), "20 ");
	cr_expect_str_eq(SELECTED(.wheres = WORDS("target = '/home/me/notes' or unfinished")), "20 2020 ");
	cr_expect_str_eq(SELECTED(.wheres = WORDS("comm in ('late', 'other') and ts < 2015")), "40 2010 ");
	cr_expect_str_eq(SELECTED(.wheres = WORDS("dur is null")), "2020 ");
	cr_expect_str_eq(SELECTED(.wheres = WORDS("path regexp '^/etc'")), "2010 ");
	cr_expect_str_eq(SELECTED(.wheres = WORDS("0")), "");
	/* SQLite may look for the sides of an OR one after the other. */
	cr_expect_str_eq(SELECTED(.wheres = WORDS("ts = 40 or path is null and ts = 10")), "10 40 ");
}

Test(selection, options_narrow_together)
{
	cr_expect_str_eq(SELECTED(.comms = WORDS("prog"), .errors = WORDS("")), "20 30 ");
	cr_expect_str_eq(SELECTED(.tids = WORDS("100"), .time = "..25ns", .errors = WORDS("")), "20 ");
}

static void expect_refused(const struct rn_selection_options *o, const char *text)
{
	struct rn_error err = { 0 };
	struct rn_selection *s;
	cr_expect_eq(rn_selection_new(&s, o, &err), RN_E_USAGE);
	cr_expect_not_null(strstr(err.message, text), "%s", err.message);
}

Test(selection, wrong_words_name_their_option)
{
	expect_refused(&(struct rn_selection_options){ .errors = WORDS("ENOET") }, "did you mean 'ENOENT'");
	expect_refused(&(struct rn_selection_options){ .time = "soon" }, "--time: 'soon'");
	expect_refused(&(struct rn_selection_options){ .fds = WORDS("3,x") }, "--fd: '3,x'");
	expect_refused(&(struct rn_selection_options){ .comms = WORDS("/(/") }, "--comm: invalid regex");
	expect_refused(&(struct rn_selection_options){ .wheres = WORDS("durr > 1") }, "did you mean 'dur'");
	expect_refused(&(struct rn_selection_options){ .wheres = WORDS("1, 2") }, "--where");
	expect_refused(&(struct rn_selection_options){ .wheres = WORDS("1) or (1") }, "--where");
	expect_refused(&(struct rn_selection_options){ .wheres = WORDS("1; select 2") }, "--where");
	expect_refused(&(struct rn_selection_options){ .wheres = WORDS("") }, "--where");
	expect_refused(&(struct rn_selection_options){ .min_dur = { true, 2 }, .max_dur = { true, 1 } },
		"--min-time is greater");
}
