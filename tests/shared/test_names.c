/* SPDX-License-Identifier: MIT */
#include "shared/names.h"

#include <criterion/criterion.h>
#include <string.h>

static void append(void *arg, const char *name)
{
	struct rn_buffer *b = (struct rn_buffer *)arg;
	rn_put_format(b, "%s%s", b->len ? "|" : "", name);
}

/* Names of the bits, and the bits that are left. */
static void check_split(enum rn_names_id id, uint64_t bits, const char *text, uint64_t left)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	uint64_t rest = rn_names_split(rn_names(id, RN_ABI_X86_64), bits, append, &b);
	cr_assert_str_eq(rn_buffer_cstr(&b), text, "%s for 0x%lx", rn_buffer_cstr(&b), (long)bits);
	cr_assert_eq(rest, left, "left over 0x%lx", (long)rest);
	rn_buffer_fini(&b);
}

Test(names, composite_flags_come_before_their_parts)
{
	check_split(RN_NAMES_open, 04010000 | 1, "O_WRONLY|O_SYNC", 0);
	check_split(RN_NAMES_open, 010000 | 2, "O_RDWR|O_DSYNC", 0);
	check_split(RN_NAMES_open, 020200000, "O_RDONLY|O_TMPFILE", 0);
	check_split(RN_NAMES_open, 0200000, "O_RDONLY|O_DIRECTORY", 0);
}

Test(names, bits_nobody_knows_are_returned)
{
	check_split(RN_NAMES_open, 0x40000000 | 0100, "O_RDONLY|O_CREAT", 0x40000000);
	check_split(RN_NAMES_prot, 0, "PROT_NONE", 0);
	check_split(RN_NAMES_prot, 0x80, "", 0x80);
}

Test(names, every_table_has_a_fallback_and_names)
{
	for (int id = 1; id < RN_NAMES_COUNT; id++) {
		const struct rn_names *t = rn_names((enum rn_names_id)id, RN_ABI_X86_64);
		cr_assert_not_null(strstr(t->unknown, "?"), "table %d", id);
		for (uint32_t i = 0; i < t->n; i++)
			cr_assert_not_null(t->entry[i].name, "table %d", id);
	}
	cr_assert_not_null(rn_names((enum rn_names_id)99999, RN_ABI_X86_64));
}

Test(names, errno_names_and_numbers_agree_with_the_c_library)
{
	for (int e = 1; e < 200; e++) {
		const char *ours = rn_errno_name(e), *theirs = strerrorname_np(e);
		cr_assert_eq(!ours, !theirs, "errno %d", e);
		if (!ours)
			continue;
		cr_assert_str_eq(ours, theirs);
		cr_assert_str_eq(rn_errno_text(e), strerrordesc_np(e));
		cr_assert_eq(rn_errno_number(rn_bytes_str(ours)), e);
	}
}

Test(names, errno_numbers_of_restarts_are_known)
{
	cr_assert_str_eq(rn_errno_name(512), "ERESTARTSYS");
	cr_assert_str_eq(rn_errno_text(514), "To be restarted if no handler");
	cr_assert_null(rn_errno_name(515));
	cr_assert_null(rn_errno_name(0));
	cr_assert_null(rn_errno_name(-1));
	cr_assert_null(rn_errno_name(100000));
	cr_assert_eq(rn_errno_number(rn_bytes_str("ENOPE")), -1);
}

Test(names, signal_names_agree_with_the_c_library)
{
	char buf[16];
	for (int s = 1; s < 32; s++) {
		const char *theirs = sigabbrev_np(s);
		const char *ours = rn_signal_name(s, buf);
		cr_assert_str_eq(ours + 3, strcmp(theirs, "POLL") == 0 ? "IO" : theirs);
		cr_assert_eq(rn_signal_number(rn_bytes_str(ours)), s);
		cr_assert_eq(rn_signal_number(rn_bytes_str(theirs)), s);
	}
}

Test(names, real_time_signals_count_from_the_kernels_first)
{
	char buf[16];
	cr_assert_str_eq(rn_signal_name(32, buf), "SIGRTMIN");
	cr_assert_str_eq(rn_signal_name(33, buf), "SIGRT_1");
	cr_assert_str_eq(rn_signal_name(64, buf), "SIGRT_32");
	cr_assert_null(rn_signal_name(65, buf));
	cr_assert_null(rn_signal_name(0, buf));
	cr_assert_null(rn_signal_name(-5, buf));
	for (int s = 32; s <= 64; s++)
		cr_assert_eq(rn_signal_number(rn_bytes_str(rn_signal_name(s, buf))), s);
	cr_assert_eq(rn_signal_number(rn_bytes_str("SIGRT_33")), -1);
	cr_assert_eq(rn_signal_number(rn_bytes_str("SIGRT_")), -1);
	cr_assert_eq(rn_signal_number(rn_bytes_str("SIGRT_4294967297")), -1);
	cr_assert_eq(rn_signal_number(rn_bytes_str("SIG")), -1);
	cr_assert_eq(rn_signal_number(rn_bytes_str("NOPE")), -1);
}
