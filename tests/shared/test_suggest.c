/* SPDX-License-Identifier: MIT */
#include "shared/suggest.h"

#include <criterion/criterion.h>
#include <string.h>

static unsigned distance(const char *a, const char *b)
{
	return rn_edit_distance(rn_bytes_str(a), rn_bytes_str(b), RN_SUGGEST_MAX);
}

Test(suggest, distances_are_those_of_the_definition)
{
	static const struct { const char *a, *b; unsigned d; } cases[] = {
		{ "", "", 0 }, { "", "abc", 3 }, { "abc", "abc", 0 }, { "kitten", "sitting", 3 },
		{ "opne", "open", 1 }, { "close", "clsoe", 1 }, { "ca", "abc", 3 },
		{ "Read", "read", 0 }, { "openat", "open", 2 }, { "a", "b", 1 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		cr_assert_eq(distance(cases[i].a, cases[i].b), cases[i].d, "%s %s: %u",
			cases[i].a, cases[i].b, distance(cases[i].a, cases[i].b));
		cr_assert_eq(distance(cases[i].b, cases[i].a), cases[i].d);
	}
}

Test(suggest, a_distance_above_the_limit_is_the_limit_and_one)
{
	cr_assert_eq(rn_edit_distance(rn_bytes_str("kitten"), rn_bytes_str("sitting"), 2), 3);
	cr_assert_eq(rn_edit_distance(rn_bytes_str("a"), rn_bytes_str("aaaaaaaa"), 2), 3);
}

static const char *nearest(const char *word)
{
	static const char *const names[] = { "read", "write", "open", "openat", "openat2", "close",
		"mmap", "munmap", "brk", "execve", "newfstatat" };
	struct rn_suggest s = rn_suggest_for(rn_bytes_str(word));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		rn_suggest_try(&s, names[i]);
	return s.best ? s.best : "(none)";
}

Test(suggest, slips_of_the_finger_are_understood_and_nonsense_is_not)
{
	static const char *const cases[][2] = {
		{ "opne", "open" }, { "opeant", "openat" }, { "clsoe", "close" }, { "raed", "read" },
		{ "WRITE", "write" }, { "execv", "execve" }, { "newfstat", "newfstatat" },
		{ "xyzzy", "(none)" }, { "q", "(none)" }, { "", "(none)" }, { "frobnicate", "(none)" },
		{ "foo", "(none)" }, { "br", "brk" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		cr_assert_str_eq(nearest(cases[i][0]), cases[i][1], "%s -> %s", cases[i][0],
			nearest(cases[i][0]));
}

Test(suggest, ties_go_to_the_first_and_long_words_to_nobody)
{
	struct rn_suggest s = rn_suggest_for(rn_bytes_str("bat"));
	rn_suggest_try(&s, "cat");
	rn_suggest_try(&s, "hat");
	cr_assert_str_eq(s.best, "cat");
	char longer[300];
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = 0;
	s = rn_suggest_for(rn_bytes_str(longer));
	rn_suggest_try(&s, longer);
	cr_assert_null(s.best);
}
