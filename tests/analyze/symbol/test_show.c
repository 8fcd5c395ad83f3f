/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/show.h"

#include <criterion/criterion.h>

TestSuite(show, .timeout = 60);

static void expect_folded(const char *name, const char *folded)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	rn_put_folded_name(&b, rn_bytes_str(name));
	cr_expect_str_eq(rn_buffer_cstr(&b), folded);
	rn_buffer_fini(&b);
}

/* A name must be one frame, and its end no weight. */
Test(show, no_name_breaks_a_folded_stack)
{
	expect_folded("main", "main");
	expect_folded("<[u8; 32] as T>::f", "<[u8: 32] as T>::f");
	expect_folded("f 12", "f_12");
	expect_folded("f 12 34", "f 12_34");
	expect_folded("f ", "f_");
	expect_folded("f12", "f12");
	expect_folded("operator new", "operator new");
	expect_folded("a\nb\rc\td\033e", "a:b:c?d?e");
	expect_folded("", "[unknown]");
}
