/* SPDX-License-Identifier: MIT */
#include "analyze/compare/judge.h"
#include "analyze/compare/normal.h"
#include "tests/analyze/num/near.h"

#include <stdlib.h>

static struct rn_error err;

static struct rn_normal *normal(const char **words, size_t n, bool off)
{
	struct rn_normal *out;
	const struct rn_strings list = { words, n };
	cr_assert_eq(rn_normal_new(&out, &list, off, &err), 0, "%s", err.message);
	return out;
}

static void expect(struct rn_normal *n, const char *path, const char *wanted)
{
	struct rn_bytes out;
	cr_assert_eq(rn_normal_path(n, rn_bytes_str(path), &out, &err), 0);
	cr_assert(rn_bytes_equal(out, rn_bytes_str(wanted)), "%s is %.*s, not %s", path, (int)out.len,
		(const char *)out.p, wanted);
}

Test(normal, names_lose_what_differs_from_run_to_run_and_nothing_else)
{
	static const char *const pairs[][2] = {
		{ "/proc/1234/stat", "/proc/N/stat" },
		{ "/proc/1/task/77/comm", "/proc/N/task/N/comm" },
		{ "/proc/self/maps", "/proc/self/maps" },
		{ "/proc/filesystems", "/proc/filesystems" },
		{ "/dev/pts/3", "/dev/pts/N" },
		{ "pipe:[123]", "pipe:[N]" },
		{ "socket:[4567890]", "socket:[N]" },
		{ "anon_inode:[eventpoll]", "anon_inode:[eventpoll]" },
		{ "/tmp/ccAbCdEf.s", "/tmp/X.s" },
		{ "/tmp/ccabcdef.o", "/tmp/X.o" },
		{ "/tmp/tmp.x8Kd02LmQz", "/tmp/tmp.X" },
		{ "/tmp/tmpab_cd3fg/out.txt", "/tmp/X/out.txt" },
		{ "/tmp/report.txt", "/tmp/report.txt" },
		{ "/tmp/output/Makefile", "/tmp/output/Makefile" },
		{ "/var/log/app-20240131.log", "/var/log/app-N.log" },
		{ "/usr/lib/libfoo.so.6.0.30", "/usr/lib/libfoo.so.6.0.30" },
		{ "/usr/lib/python3.11/os.py", "/usr/lib/python3.11/os.py" },
		{ "/x/.build-id/ab/cdef0123456789abcdef.debug", "/x/.build-id/H/H.debug" },
		{ "/r/.git/objects/3f/0123456789abcdef0123456789abcdef012345", "/r/.git/objects/H/H" },
		{ "/c/550e8400-e29b-41d4-a716-446655440000/x", "/c/UUID/x" },
		{ "/usr/ab/libxyz.so", "/usr/ab/libxyz.so" },
		{ "map 0x7ffd10003000", "map 0xN" },
		{ "/usr/share/facade/decade", "/usr/share/facade/decade" },
		{ "", "" }, { "/", "/" }, { "//a//", "//a//" },
	};
	struct rn_normal *n = normal(NULL, 0, false);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		expect(n, pairs[i][0], pairs[i][1]);
		expect(n, pairs[i][0], pairs[i][1]); /* as remembered */
	}
	rn_normal_free(n);
}

Test(normal, the_users_words_come_first_and_may_come_alone)
{
	const char *words[] = { "s/^\\/home\\/([a-z]+)/~$1/", "s|build-[a-z]+|build|" };
	struct rn_normal *n = normal(words, 2, false), *alone = normal(words, 2, true);
	expect(n, "/home/ann/build-old/99999", "~ann/build/N");
	expect(alone, "/home/ann/build-old/99999", "~ann/build/99999");
	rn_normal_free(n);
	rn_normal_free(alone);
	static const char *const wrong[] = { "", "s", "s/a", "x/a/b/", "s/(/b/", "s/a/b/g", "saabac", "s//b/" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		const char *word = wrong[i];
		const struct rn_strings list = { &word, 1 };
		cr_assert_eq(rn_normal_new(&n, &list, false, &err), RN_E_USAGE, "%s", word);
	}
}

Test(normal, functions_and_classes)
{
	static const char *const functions[][2] = { { "f.constprop.0", "f" }, { "g.isra.3.cold", "g" },
		{ "memcpy@plt", "memcpy" }, { "fopen@@GLIBC_2.2.5", "fopen" }, { "std::x", "std::x" }, { "f", "f" } };
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		cr_assert(rn_bytes_equal(rn_normal_function(rn_bytes_str(functions[i][0])),
			rn_bytes_str(functions[i][1])), "%s", functions[i][0]);
	static const char *const classes[][2] = { { "/etc/passwd", "/etc/*" }, { "/a/b/c/d/e", "/a/b/c/*" },
		{ "/x", "/*" }, { "pipe:[N]", "pipe" }, { "anon_inode:[eventfd]", "anon_inode:[eventfd]" }, { "", "" } };
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
		struct rn_buffer out = RN_BUFFER_INIT;
		rn_put_path_class(&out, rn_bytes_str(classes[i][0]));
		cr_assert(rn_bytes_equal(rn_buffer_bytes(&out), rn_bytes_str(classes[i][1])), "%s", classes[i][0]);
		rn_buffer_fini(&out);
	}
}

static struct rn_judged judged(bool tested, const double *a, size_t n, const double *b, size_t m)
{
	const struct rn_judge judge = { tested, .02, 1 };
	struct rn_judged j;
	cr_assert_eq(rn_judge_numbers(&j, &judge, true, a, n, b, m, &err), 0);
	j.adjusted = j.p;
	rn_judge_settle(&j, &judge);
	return j;
}

Test(judge, a_difference_counts_when_sure_great_and_improbable)
{
	static const double a[] = { 100, 101, 99, 100, 102 }, b[] = { 120, 121, 119, 122, 120 };
	static const double c[] = { 101, 102, 100, 101, 103 };
	struct rn_judged j = judged(true, a, 5, b, 5), back = judged(true, b, 5, a, 5);
	cr_assert_eq(j.outcome, RN_OUTCOME_MORE);
	cr_assert_eq(back.outcome, RN_OUTCOME_LESS);
	NEAR(j.ratio * back.ratio, 1, 1e-12);
	NEAR(j.ci.low * back.ci.high, 1, 1e-12);
	cr_assert(j.delta == 1 && back.delta == -1 && j.shift == -back.shift && j.noise == back.noise);
	cr_assert_eq(judged(true, a, 5, c, 5).outcome, RN_OUTCOME_SAME); /* 1 %, whatever the chance */
	cr_assert_eq(judged(true, a, 5, a, 5).outcome, RN_OUTCOME_SAME);
	cr_assert_eq(judged(false, a, 1, b, 1).outcome, RN_OUTCOME_UNSURE); /* nothing tells how sure */
	static const double nothing[] = { NAN, 0, 0, 0, 0 };
	cr_assert_eq(judged(true, a, 5, nothing, 5).outcome, RN_OUTCOME_NONE);
	cr_assert_eq(judged(true, nothing, 1, a, 5).outcome, RN_OUTCOME_NONE);
}
