/* SPDX-License-Identifier: MIT */
#include "analyze/views.h"

#include <criterion/criterion.h>

static uint64_t signals(const char *set)
{
	struct rn_views v;
	rn_views_init(&v);
	cr_assert_eq(rn_views_set_signals(&v, set, NULL), 0, "%s", set);
	return v.signals;
}

Test(views, signals_go_by_name_number_and_negation)
{
	cr_assert_eq(signals("SIGHUP,int,9"), 1 << 0 | 1 << 1 | 1 << 8);
	cr_assert_eq(signals("!TERM"), ~((uint64_t)1 << 14));
	cr_assert_eq(signals("none"), 0);
	cr_assert_eq(signals("all"), UINT64_MAX);
	cr_assert_eq(signals("!all"), 0);
}

Test(views, unknown_words_are_refused)
{
	struct rn_views v;
	rn_views_init(&v);
	cr_assert_eq(rn_views_set_signals(&v, "SIGNONE", NULL), RN_E_USAGE);
	cr_assert_eq(rn_views_set_signals(&v, "65", NULL), RN_E_USAGE);
	cr_assert_eq(rn_views_set_signals(&v, "", NULL), RN_E_USAGE);
	cr_assert_eq(rn_views_set_status(&v, "successful,fine", NULL), RN_E_USAGE);
	cr_assert_eq(rn_views_set_fds(&v.read, "1,x", NULL), RN_E_USAGE);
	cr_assert_eq(rn_views_set_fds(&v.read, "99999999999", NULL), RN_E_USAGE);
}

Test(views, a_call_has_one_status)
{
	cr_assert_eq(rn_status_of(0), RN_STATUS_SUCCESSFUL);
	cr_assert_eq(rn_status_of(RN_CALL_ERROR), RN_STATUS_FAILED);
	cr_assert_eq(rn_status_of(RN_CALL_UNFINISHED | RN_CALL_PENDING), RN_STATUS_UNFINISHED);
}

Test(views, descriptors_are_listed_or_excepted)
{
	struct rn_fd_set s;
	cr_assert_eq(rn_views_set_fds(&s, "1,3", NULL), 0);
	cr_assert(rn_fd_set_has(&s, 1) && rn_fd_set_has(&s, 3) && !rn_fd_set_has(&s, 2));
	cr_assert_eq(rn_views_set_fds(&s, "!1", NULL), 0);
	cr_assert(!rn_fd_set_has(&s, 1) && rn_fd_set_has(&s, 2) && !rn_fd_set_has(&s, -1));
	cr_assert_eq(rn_views_set_fds(&s, "!!!1", NULL), 0);
	cr_assert(s.negated);
	cr_assert_eq(rn_views_set_fds(&s, "!!1", NULL), 0);
	cr_assert(!s.negated);
	cr_assert_eq(rn_views_set_fds(&s, "all", NULL), 0);
	cr_assert(rn_fd_set_has(&s, 7));
	cr_assert_eq(rn_views_set_fds(&s, "none", NULL), 0);
	cr_assert(!rn_fd_set_has(&s, 7));
}

Test(views, an_expression_about_calls_is_left_to_others)
{
	struct rn_views v;
	bool taken;
	rn_views_init(&v);
	cr_assert_eq(rn_views_add(&v, "trace=open", &taken, NULL), 0);
	cr_assert_not(taken);
	cr_assert_eq(rn_views_add(&v, "status=failed", &taken, NULL), 0);
	cr_assert(taken);
	cr_assert_eq(v.statuses, RN_STATUS_FAILED);
}
