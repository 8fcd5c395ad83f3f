/* SPDX-License-Identifier: MIT */
#include "shared/intern.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(intern, equal_strings_have_one_id_counted_from_zero_in_order_of_appearance)
{
	struct rn_intern *t = rn_intern_new();
	bool is_new;
	cr_assert_eq(rn_intern(t, rn_bytes_str("b"), &is_new), 0);
	cr_assert(is_new);
	cr_assert_eq(rn_intern(t, rn_bytes_str("a"), NULL), 1);
	cr_assert_eq(rn_intern(t, rn_bytes_str("b"), &is_new), 0);
	cr_assert(!is_new);
	cr_assert_eq(rn_intern(t, rn_bytes_of("b\0", 2), NULL), 2, "length counts, not the NUL");
	cr_assert_eq(rn_intern(t, rn_bytes_of(NULL, 0), NULL), 3);
	cr_assert_eq(rn_intern_count(t), 4);
	cr_assert_eq(rn_intern_find(t, rn_bytes_str("a")), 1);
	cr_assert_eq(rn_intern_find(t, rn_bytes_str("c")), RN_INTERN_NONE);
	cr_assert_eq(rn_intern_count(t), 4, "find adds nothing");
	rn_intern_free(t);
}

Test(intern, many_strings_are_kept_apart_and_can_be_read_back)
{
	struct rn_intern *t = rn_intern_new();
	enum { N = 20000 };
	char text[32];
	for (unsigned i = 0; i < N; i++) {
		int n = snprintf(text, sizeof(text), "string %u", i);
		cr_assert_eq(rn_intern(t, rn_bytes_of(text, (size_t)n), NULL), i);
	}
	for (unsigned i = 0; i < N; i++) {
		snprintf(text, sizeof(text), "string %u", i);
		struct rn_bytes s = rn_intern_get(t, i);
		cr_assert_str_eq((const char *)s.p, text, "terminated behind its length");
		cr_assert_eq(s.len, strlen(text));
		cr_assert_eq(rn_intern_find(t, rn_bytes_str(text)), i);
	}
	rn_intern_free(t);
}

Test(intern, strings_are_copies)
{
	struct rn_intern *t = rn_intern_new();
	char text[] = "one";
	rn_intern(t, rn_bytes_str(text), NULL);
	text[0] = 'O';
	cr_assert_eq(rn_intern_find(t, rn_bytes_str("one")), 0);
	cr_assert_eq(rn_intern_find(t, rn_bytes_str(text)), RN_INTERN_NONE);
	rn_intern_free(t);
}

Test(intern, a_cleared_table_is_empty_and_usable)
{
	struct rn_intern *t = rn_intern_new();
	cr_assert_eq(rn_intern_find(t, rn_bytes_str("a")), RN_INTERN_NONE, "an empty table");
	for (int round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < 500; i++)
			cr_assert_eq(rn_intern(t, rn_bytes_of(&i, sizeof(i)), NULL), i);
		rn_intern_clear(t);
		cr_assert_eq(rn_intern_count(t), 0);
		uint32_t first = 0;
		cr_assert_eq(rn_intern_find(t, rn_bytes_of(&first, sizeof(first))), RN_INTERN_NONE);
	}
	rn_intern_free(t);
	rn_intern_free(NULL);
}
