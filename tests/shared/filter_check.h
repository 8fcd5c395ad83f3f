/* SPDX-License-Identifier: MIT */
/**
 * filter_check - a filter of several expressions, and what it decides, for the tests of filters.
 */
#ifndef RN_TESTS_SHARED_FILTER_CHECK_H
#define RN_TESTS_SHARED_FILTER_CHECK_H

#include "shared/filter.h"
#include "shared/syscall.h"

#include <criterion/criterion.h>

/** A ready filter; the test fails when an expression is refused. Free it with rn_filter_free. */
static inline struct rn_filter *filter_of(const char *const *expressions, size_t n)
{
	struct rn_filter *f;
	struct rn_error err = { 0 };
	struct rn_strings s = { (const char **)(uintptr_t)expressions, n };
	int rc = rn_filter_of(&f, &s, &err);
	cr_assert_eq(rc, 0, "%s", err.message);
	return f;
}

static inline struct rn_filter *filter(const char *expression)
{
	return filter_of(&expression, 1);
}

/** Whether the x86-64 call of that name is wanted. */
static inline bool wants(const struct rn_filter *f, const char *name)
{
	int32_t nr = rn_syscall_number(RN_ABI_X86_64, rn_bytes_str(name));
	cr_assert_geq(nr, 0, "%s is no call", name);
	return rn_filter_match(f, RN_ABI_X86_64, (uint32_t)nr);
}

/** Whether two filters decide alike on every call there is and some there are not. */
static inline bool decide_alike(const struct rn_filter *a, const struct rn_filter *b)
{
	for (int abi = 0; abi < RN_ABI_COUNT; abi++)
		for (uint32_t nr = 0; nr < rn_syscall_limit((enum rn_abi)abi) + 40; nr++)
			if (rn_filter_match(a, (enum rn_abi)abi, nr) !=
				rn_filter_match(b, (enum rn_abi)abi, nr))
				return false;
	return true;
}

#endif
