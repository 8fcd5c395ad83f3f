/* SPDX-License-Identifier: MIT */
#include "shared/syscall.h"

#include "shared/names.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const enum rn_abi abis[] = { RN_ABI_X86_64, RN_ABI_I386, RN_ABI_AARCH64 };
enum { N_ABIS = sizeof(abis) / sizeof(abis[0]) };

/* Every call of every ABI, once. */
static void each_call(void (*visit)(enum rn_abi abi, uint32_t nr, const struct rn_syscall *c))
{
	for (unsigned a = 0; a < N_ABIS; a++)
		for (uint32_t nr = 0; nr < rn_syscall_limit(abis[a]); nr++)
			if (rn_syscall(abis[a], nr))
				visit(abis[a], nr, rn_syscall(abis[a], nr));
}

Test(syscall, a_number_has_its_name_on_each_abi)
{
	char buf[24];
	cr_assert_str_eq(rn_syscall_name(RN_ABI_X86_64, 110, buf), "getppid");
	cr_assert_str_eq(rn_syscall_name(RN_ABI_X86_64, 257, buf), "openat");
	cr_assert_str_eq(rn_syscall_name(RN_ABI_I386, 90, buf), "mmap");
	cr_assert_str_eq(rn_syscall_name(RN_ABI_I386, 192, buf), "mmap2");
	cr_assert_str_eq(rn_syscall_name(RN_ABI_AARCH64, 56, buf), "openat");
	cr_assert_str_eq(rn_syscall_name(RN_ABI_AARCH64, 79, buf), "newfstatat");
}

Test(syscall, an_unknown_number_is_called_by_its_decimal_number)
{
	char buf[24];
	cr_assert_null(rn_syscall(RN_ABI_X86_64, 500));
	cr_assert_str_eq(rn_syscall_name(RN_ABI_X86_64, 500, buf), "syscall_500");
	cr_assert_str_eq(rn_syscall_name(RN_ABI_X86_64, 0x40000001, buf), "syscall_1073741825");
	cr_assert_str_eq(rn_syscall_name(RN_ABI_X86_64, UINT32_MAX, buf), "syscall_4294967295");
	cr_assert_str_eq(rn_syscall_name(RN_ABI_NONE, 0, buf), "syscall_0");
	cr_assert_null(rn_syscall((enum rn_abi)77, 0));
	cr_assert_eq(rn_syscall_limit((enum rn_abi)77), 0);
}

Test(syscall, a_name_finds_its_number)
{
	cr_assert_eq(rn_syscall_number(RN_ABI_X86_64, rn_bytes_str("write")), 1);
	cr_assert_eq(rn_syscall_number(RN_ABI_AARCH64, rn_bytes_str("write")), 64);
	cr_assert_eq(rn_syscall_number(RN_ABI_AARCH64, rn_bytes_str("open")), -1);
	cr_assert_eq(rn_syscall_number(RN_ABI_X86_64, rn_bytes_str("writ")), -1);
	cr_assert_eq(rn_syscall_number(RN_ABI_X86_64, rn_bytes_str("")), -1);
}

static void number_of_name_has_that_name(enum rn_abi abi, uint32_t nr, const struct rn_syscall *c)
{
	int32_t n = rn_syscall_number(abi, rn_bytes_str(c->name));
	cr_assert_eq(n, (int32_t)nr, "%s of abi %d is both %u and %d", c->name, abi, nr, n);
}

Test(syscall, no_name_has_two_numbers)
{
	each_call(number_of_name_has_that_name);
}

/* The argument a length rule speaks of; -1: none. */
static int argument_of_len(unsigned len)
{
	if (len >= RN_LEN_ARG0 && len <= RN_LEN_ARG5)
		return (int)len - RN_LEN_ARG0;
	if (len >= RN_LEN_PTR0 && len <= RN_LEN_PTR5)
		return (int)len - RN_LEN_PTR0;
	return len == RN_LEN_PAGES1 ? 1 : -1;
}

static void lengths_speak_of_arguments(enum rn_abi abi, uint32_t nr, const struct rn_syscall *c)
{
	for (int i = 0; i < c->n_args; i++) {
		const struct rn_arg *a = &c->arg[i];
		int of = argument_of_len(a->len);
		cr_assert_neq(of, i, "%s: length of argument %d is itself", c->name, i);
		cr_assert_lt(of, c->n_args, "%s: length of argument %d", c->name, i);
		if (a->len == RN_LEN_RET || (of >= 0 && a->len >= RN_LEN_PTR0 && a->len <= RN_LEN_PTR5))
			cr_assert_eq(a->dir & RN_IN, 0, "%s: argument %d is read too early", c->name, i);
		if (of >= 0 && a->len >= RN_LEN_PTR0 && a->len <= RN_LEN_PTR5)
			cr_assert(c->arg[of].dir & RN_IN, "%s: length %d is not read", c->name, of);
		(void)abi, (void)nr;
	}
}

Test(syscall, a_length_speaks_of_another_argument_that_is_there)
{
	each_call(lengths_speak_of_arguments);
}

static bool is_record_kind(unsigned kind)
{
	return kind == RN_ARG_REC || kind == RN_ARG_ARR || kind == RN_ARG_VREC ||
		kind == RN_ARG_REM || kind == RN_ARG_CLONE_ARGS || kind == RN_ARG_DIRENTS;
}

static void aux_is_in_range(enum rn_abi abi, uint32_t nr, const struct rn_syscall *c)
{
	for (int i = 0; i < 6; i++) {
		const struct rn_arg *a = &c->arg[i];
		cr_assert_lt(a->kind, RN_ARG_KINDS);
		cr_assert_eq(i < c->n_args, a->kind != RN_ARG_NONE, "%s: argument %d", c->name, i);
		if (a->kind == RN_ARG_ENUM || a->kind == RN_ARG_FLAGS || a->kind == RN_ARG_IPC_FLAGS)
			cr_assert(a->aux > 0 && a->aux < RN_NAMES_COUNT, "%s: argument %d", c->name, i);
		if (is_record_kind(a->kind))
			cr_assert(a->aux > 0 && a->aux < RN_RECORDS, "%s: argument %d", c->name, i);
		if (is_record_kind(a->kind))
			cr_assert_gt(rn_record_bytes(a->aux, abi), 0, "%s: argument %d has no %s on abi %d",
				c->name, i, rn_record_name(a->aux), abi);
		if (a->kind == RN_ARG_CLONE_ARG)
			cr_assert_leq(a->aux, RN_CLONE_tls);
		(void)nr;
	}
}

Test(syscall, every_argument_has_the_table_or_record_its_kind_needs)
{
	each_call(aux_is_in_range);
}

Test(syscall, capture_rules_of_the_calls_everything_stands_on)
{
	const struct rn_syscall *c = rn_syscall(RN_ABI_X86_64, 0);
	cr_assert_eq(c->n_args, 3);
	cr_assert_eq(c->arg[1].kind, RN_ARG_BUF);
	cr_assert_eq(c->arg[1].dir, RN_OUT);
	cr_assert_eq(c->arg[1].len, RN_LEN_RET);
	c = rn_syscall(RN_ABI_X86_64, 1);
	cr_assert_eq(c->arg[1].dir, RN_IN);
	cr_assert_eq(c->arg[1].len, RN_LEN_ARG2);
	c = rn_syscall(RN_ABI_X86_64, 288); /* accept4 */
	cr_assert_eq(c->arg[1].kind, RN_ARG_ADDR);
	cr_assert_eq(c->arg[1].len, RN_LEN_PTR2);
	cr_assert_eq(c->arg[2].dir, RN_IN | RN_OUT);
	cr_assert_eq(c->effects, RN_FX_FD_NEW);
}

static void conditions_look_back(enum rn_abi abi, uint32_t nr, const struct rn_syscall *c)
{
	(void)abi, (void)nr;
	for (int i = 0; i < c->n_args; i++) {
		const struct rn_arg *a = &c->arg[i];
		bool conditional = a->flags & (RN_ARG_IF | RN_ARG_UNLESS);
		int back = a->flags >> 5;
		cr_assert_eq(conditional, back > 0, "%s: argument %d", c->name, i);
		cr_assert(!conditional || (back <= i && a->n != 0), "%s: argument %d", c->name, i);
	}
}

Test(syscall, a_condition_speaks_of_an_argument_before)
{
	each_call(conditions_look_back);
}
