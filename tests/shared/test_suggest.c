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
		{ "Read", "read", 0 }, { "ab", "ba", 1 }, { "abc", "acb", 1 }, { "xba", "ab", 2 }, { "openat", "open", 2 }, { "a", "b", 1 },
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

/* How many slips are forgiven goes by the longer of both: 1 below five letters, then a third of them, 3 at most. */
Test(suggest, longer_words_may_have_more_slips)
{
	static const struct { const char *word, *candidate; bool near; } cases[] = {
		{ "a", "b", false }, { "ab", "ax", true }, { "abcd", "abcx", true }, { "abcd", "abxy", false },
		{ "abcde", "abcxy", true }, { "abcde", "abxyz", false }, { "abcdefg", "abcdexy", true },
		{ "abcdefg", "abcdxyz", false }, { "abcdefgh", "abcdexyz", true }, { "abcdefgh", "abcdwxyz", false },
		{ "abcdefghijklmnop", "abcdefghijklmxyz", true }, { "abcdefghijklmnop", "abcdefghijklwxyz", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rn_suggest s = rn_suggest_for(rn_bytes_str(cases[i].word));
		rn_suggest_try(&s, cases[i].candidate);
		cr_expect_eq(s.best != NULL, cases[i].near, "%s, %s", cases[i].word, cases[i].candidate);
	}
}

Test(suggest, words_of_the_greatest_length_are_compared)
{
	char word[RN_SUGGEST_MAX + 1], other[RN_SUGGEST_MAX + 1];
	memset(word, 'a', RN_SUGGEST_MAX);
	word[RN_SUGGEST_MAX] = 0;
	memcpy(other, word, sizeof(other));
	other[RN_SUGGEST_MAX - 1] = 'b';
	struct rn_suggest s = rn_suggest_for(rn_bytes_str(word));
	rn_suggest_try(&s, other);
	cr_expect(s.best && s.distance == 1);
}
