/* SPDX-License-Identifier: MIT */
#include "shared/inject.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static int parse(struct rn_inject *rule, const char *text)
{
	struct rn_error err;
	return rn_inject_parse(rule, text, false, &err);
}

Test(inject, every_part_of_a_rule_is_read)
{
	struct rn_inject r;
	cr_assert_eq(parse(&r, "read,write:error=ENOENT:signal=USR1:delay_enter=5ms:delay_exit=7:when=2+3"), 0);
	cr_expect_eq(r.result, RN_INJECT_ERROR);
	cr_expect_eq(r.value, ENOENT);
	cr_expect_eq(r.signo, 10);
	cr_expect_eq(r.delay_enter_ns, 5000000);
	cr_expect_eq(r.delay_exit_ns, 7000);
	cr_expect(rn_filter_match(r.calls, RN_ABI_X86_64, 0));
	cr_expect_not(rn_filter_match(r.calls, RN_ABI_X86_64, 2));
	rn_inject_fini(&r);
	cr_assert_eq(parse(&r, "%file:retval=0x10:syscall=getuid"), 0);
	cr_expect_eq(r.result, RN_INJECT_VALUE);
	cr_expect_eq(r.value, 16);
	cr_expect_str_eq(r.instead, "getuid");
	rn_inject_fini(&r);
	cr_assert_eq(parse(&r, "read:poke_exit=@arg2=00fF,@arg1=41"), 0);
	cr_expect_eq(r.n_poke_exit, 2);
	cr_expect_eq(r.poke[RN_POKES].arg, 1);
	cr_expect_eq(r.poke[RN_POKES].bytes[1], 0xff);
	rn_inject_fini(&r);
}

Test(inject, names_are_taken_in_any_case_and_numbers_as_strace_takes_them)
{
	static const struct {
		const char *text;
		int64_t value;
		int signo;
	} cases[] = {
		{ "read:error=eperm", 1, 0 }, { "read:error=ENOTSUPP", 524, 0 }, { "read:retval=-1", -1, 0 },
		{ "read:retval=010", 8, 0 }, { "read:signal=sigusr1", 0, 10 }, { "read:signal=sigrt_2", 0, 34 },
		{ "read:signal=SIGRT_32", 0, 64 }, { "read:error=1:when=+2", 1, 0 }, { "read:error=1:", 1, 0 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rn_inject r;
		cr_assert_eq(parse(&r, cases[i].text), 0, "%s", cases[i].text);
		cr_expect_eq(r.value, cases[i].value, "%s", cases[i].text);
		cr_expect_eq(r.signo, cases[i].signo, "%s", cases[i].text);
		rn_inject_fini(&r);
	}
}

Test(inject, a_fault_without_an_error_is_enosys)
{
	struct rn_inject r;
	struct rn_error err;
	cr_assert_eq(rn_inject_parse(&r, "openat:when=3", true, &err), 0);
	cr_expect_eq(r.result, RN_INJECT_ERROR);
	cr_expect_eq(r.value, ENOSYS);
	rn_inject_fini(&r);
	cr_expect_eq(rn_inject_parse(&r, "openat:retval=3", true, &err), RN_E_USAGE);
	rn_inject_fini(&r);
}

Test(inject, when_means_what_strace_says)
{
	static const struct {
		const char *when;
		const char *due; /* of calls 1 to 10 */
	} cases[] = {
		{ "3", "..x......." }, { "3+", "..xxxxxxxx" }, { "2+3", ".x..x..x.." },
		{ "2..4", ".xxx......" }, { "2..4+", ".xxx......" }, { "2..8+3", ".x..x..x.." },
		{ "1", "x........." }, { "9..9", "........x." },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[64];
		struct rn_inject r;
		snprintf(text, sizeof(text), "read:error=1:when=%s", cases[i].when);
		cr_assert_eq(parse(&r, text), 0, "%s", text);
		for (uint32_t k = 1; k <= 10; k++)
			cr_expect_eq(rn_inject_is_due(&r, k), cases[i].due[k - 1] == 'x', "%s, call %u",
				text, k);
		rn_inject_fini(&r);
	}
}

Test(inject, what_makes_no_sense_is_refused_and_quoted)
{
	static const char *const wrong[] = {
		"", "read", "read:", "read:eror=1", "read:error=0", "read:error=4096", "read:error=EWHAT",
		"read:error=1:retval=2", "read:retval=--1", "read:retval=x", "read:signal=0",
		"read:signal=65", "read:signal=1:signal=2", "read:delay_enter=", "read:delay_enter=5m",
		"read:error=1:when=0", "read:error=1:when=5..3", "read:error=1:when=1+0",
		"read:error=1:when=70000", "read:error=1:when=2x", "read:error=1:when=0x2", "raed:error=1",
		"read:delay_enter=1:delay_enter=2", "read:delay_exit=1:delay_exit=1", "read:error=EWHAT:when=1",
		"read:poke_exit=@arg8=00", "read:poke_exit=@arg1=00,@arg1=01", "read::error=1", "read:error=1::",
		"read:error=1:syscall=openat", "read:poke_exit=@arg0=00",
		"read:poke_exit=@arg1=0", "read:poke_exit=@arg1=", "read:poke_exit=00", ":error=1",
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct rn_inject r;
		struct rn_error err;
		cr_expect_eq(rn_inject_parse(&r, wrong[i], false, &err), RN_E_USAGE, "'%s'", wrong[i]);
		cr_expect(strstr(err.message, wrong[i]) != NULL, "'%s' in %s", wrong[i], err.message);
		rn_inject_fini(&r);
	}
}
