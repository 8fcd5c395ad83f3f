/* SPDX-License-Identifier: MIT */
#include "analyze/strace/options.h"

#include <criterion/criterion.h>

#include <stdlib.h>

static void becomes(const char *set, const char *ours)
{
	struct rn_buffer out = RN_BUFFER_INIT;
	rn_strace_put_trace(&out, set);
	cr_assert_str_eq(rn_buffer_cstr(&out), ours);
	rn_buffer_fini(&out);
}

Test(strace_options, negation_is_of_the_whole_set)
{
	becomes("open,close", "trace=open,close");
	becomes("!open,close", "trace=!open,!close");
	becomes("!all", "trace=none");
	becomes("!none", "trace=all");
}

Test(strace_options, old_names_of_classes_and_regexes_are_ours)
{
	becomes("file,process", "trace=%file,%process");
	becomes("!file,read", "trace=!%file,!read");
	becomes("/^open,?/stat", "trace=/^open/,?/stat/");
	becomes("", "trace=");
	becomes(",read,,write,", "trace=read,write");
}

static int translate(struct rn_strace_options *o, const char *const *expressions, size_t n)
{
	*o = (struct rn_strace_options){ 0 };
	o->expressions.item = calloc(n + 1, sizeof(char *));
	for (size_t i = 0; i < n; i++)
		o->expressions.item[o->expressions.n++] = expressions[i];
	return rn_strace_translate(o, NULL);
}

Test(strace_options, the_last_set_of_calls_counts)
{
	static const char *const words[] = { "trace=open", "t=read", "close", "quiet=attach,exit" };
	struct rn_strace_options o;
	cr_assert_eq(translate(&o, words, 4), 0);
	cr_assert_eq(o.live.report.filters.n, 1);
	cr_assert_str_eq(o.live.report.filters.item[0], "trace=close");
	cr_assert_eq(o.live.report.views.quiet, RN_QUIET_ATTACH | RN_QUIET_EXIT);
	rn_strace_options_fini(&o);
}

Test(strace_options, what_we_do_not_do_is_refused)
{
	static const char *const refused[] = { "kvm=vcpu",
		"quiet=nothing", "decode-fds=nothing", "decode-pids=nothing" };
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct rn_strace_options o;
		cr_assert_eq(translate(&o, &refused[i], 1), RN_E_USAGE, "%s", refused[i]);
		rn_strace_options_fini(&o);
	}
}
