/* SPDX-License-Identifier: MIT */
#include "record/options.h"

#include <criterion/criterion.h>
#include <string.h>

static struct rn_record_options o;
static struct rn_error err;

#define PARSE(...) \
	parse((char *[]){ "renacer-record", __VA_ARGS__, NULL })

static int parse(char **argv)
{
	int argc = 0;
	while (argv[argc])
		argc++;
	static char *copy[32];
	memcpy(copy, argv, (size_t)(argc + 1) * sizeof(*copy));
	return rn_record_options_parse(&o, argc, copy, &err);
}

static void tear_down(void)
{
	rn_record_options_fini(&o);
}

TestSuite(options, .fini = tear_down);

Test(options, a_command_keeps_its_own_options)
{
	cr_assert_eq(PARSE("-s", "64", "ls", "-la", "-o", "x"), 0);
	cr_assert_str_eq(o.command[0], "ls");
	cr_assert_str_eq(o.command[1], "-la");
	cr_assert_eq(o.string_bytes, 64);
	cr_assert_null(o.output);
	cr_assert(o.follow);
	cr_assert_eq(o.stack_bytes, 16384);
	cr_assert_eq(o.output_fd, UINT64_MAX);
}

Test(options, process_ids_in_any_form_and_once)
{
	cr_assert_eq(PARSE("-p", "12,13", "-p", "14 12"), 0);
	cr_assert_eq(o.n_pids, 3);
	cr_assert_eq(o.pids[2], 14);
	cr_assert_null(o.command);
}

Test(options, process_ids_that_are_none)
{
	static const char *const bad[] = { "abc", "12x", "0", "-5", "", "99999999999", "1,,2x" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_assert_eq(PARSE("-p", (char *)bad[i]), RN_E_USAGE, "%s", bad[i]);
		cr_assert_not_null(strstr(err.message, bad[i]));
		rn_record_options_fini(&o);
	}
}

Test(options, a_command_or_processes_but_not_both_and_not_neither)
{
	cr_assert_eq(PARSE("-p", "1234", "echo"), RN_E_USAGE);
	cr_assert_not_null(strstr(err.message, "Cannot specify both"));
	rn_record_options_fini(&o);
	cr_assert_eq(PARSE("-q"), RN_E_USAGE);
	cr_assert_not_null(strstr(err.message, "-p PID"));
}

Test(options, stacks_by_size_or_none)
{
	cr_assert_eq(PARSE("--stack=none", "true"), 0);
	cr_assert_eq(o.stack_bytes, 0);
	rn_record_options_fini(&o);
	cr_assert_eq(PARSE("--stack=16K", "--no-follow", "--backend=ptrace", "true"), 0);
	cr_assert_eq(o.stack_bytes, 16384);
	cr_assert(!o.follow);
	cr_assert_eq(o.backend, RN_BACKEND_PTRACE);
	rn_record_options_fini(&o);
	cr_assert_eq(PARSE("--stack=1G", "true"), RN_E_USAGE);
}
