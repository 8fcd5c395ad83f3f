/* SPDX-License-Identifier: MIT */
#include "shared/error.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

Test(error, fail_writes_code_and_message_and_returns_the_code)
{
	struct rn_error err = { .position = 77 };
	cr_assert_eq(rn_fail(&err, RN_E_CORRUPT, "block %d", 3), RN_E_CORRUPT);
	cr_assert_eq(err.code, RN_E_CORRUPT);
	cr_assert_eq(err.position, 0);
	cr_assert_str_eq(err.message, "block 3");
	cr_assert_eq(rn_fail(NULL, RN_E_IO, "nobody listens"), RN_E_IO);
	cr_assert_eq(rn_fail_errno(NULL, RN_E_IO, ENOENT, "nobody listens"), RN_E_IO);
}

Test(error, errno_text_stands_behind_and_prefixes_before)
{
	struct rn_error err;
	rn_fail_errno(&err, RN_E_NOT_FOUND, ENOENT, "cannot open \"%s\"", "x");
	rn_error_prefix(&err, "trace %d", 1);
	rn_error_prefix(&err, "run");
	cr_assert_str_eq(err.message, "run: trace 1: cannot open \"x\": No such file or directory");
	cr_assert_eq(err.code, RN_E_NOT_FOUND);
	rn_error_prefix(NULL, "nobody listens");
}

Test(error, long_messages_are_cut_and_stay_terminated)
{
	struct rn_error err;
	char lots[2000];
	memset(lots, 'x', sizeof(lots) - 1);
	lots[sizeof(lots) - 1] = 0;
	rn_fail(&err, RN_E_IO, "%s", lots);
	cr_assert_eq(strlen(err.message), sizeof(err.message) - 1);
	rn_error_prefix(&err, "front");
	cr_assert_eq(strlen(err.message), sizeof(err.message) - 1);
	cr_assert(!strncmp(err.message, "front: xxx", 10));
	rn_fail_errno(&err, RN_E_IO, ENOENT, "%s", lots);
	cr_assert_eq(strlen(err.message), sizeof(err.message) - 1);
}

Test(error, every_code_is_negative_and_has_a_text_of_its_own)
{
	cr_assert_str_eq(rn_error_text(0), "no error");
	for (int a = 1; a < RN_E_COUNT_; a++) {
		cr_assert_str_neq(rn_error_text(-a), "unknown error");
		for (int b = 0; b < a; b++)
			cr_assert_str_neq(rn_error_text(-a), rn_error_text(-b));
	}
	cr_assert_str_eq(rn_error_text(-(int)RN_E_COUNT_), "unknown error");
	cr_assert_str_eq(rn_error_text(RN_END), "unknown error");
	cr_assert_str_eq(rn_error_text(INT32_MIN), "unknown error");
	cr_assert_str_eq(rn_error_text(RN_E_NOMEM), "out of memory");
}

Test(error, errnos_become_the_code_that_says_what_to_do)
{
	static const int pairs[][2] = { { ENOSPC, RN_E_NO_SPACE }, { EDQUOT, RN_E_NO_SPACE },
		{ EPIPE, RN_E_PIPE }, { EACCES, RN_E_PERM }, { EPERM, RN_E_PERM },
		{ ENOENT, RN_E_NOT_FOUND }, { ESRCH, RN_E_GONE }, { ENOMEM, RN_E_NOMEM },
		{ EIO, RN_E_IO }, { 0, RN_E_IO } };
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		cr_assert_eq(rn_error_of_errno(pairs[i][0]), pairs[i][1]);
}
