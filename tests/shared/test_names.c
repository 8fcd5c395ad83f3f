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

Test(names, numbers_inside_flag_words_are_named)
{
	check_split(RN_NAMES_mmap, 0x22, "MAP_PRIVATE|MAP_ANONYMOUS", 0);
	check_split(RN_NAMES_mmap, 0x54040022,
		"MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|21<<MAP_HUGE_SHIFT", 0);
	check_split(RN_NAMES_mmap, 0x24, "MAP_ANONYMOUS", 4);
	check_split(RN_NAMES_mmap, 0, "MAP_FILE", 0);
	check_split(RN_NAMES_socket_type, 02000000 | 04000 | 1, "SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK", 0);
	check_split(RN_NAMES_personality, 0x0040000, "PER_LINUX|ADDR_NO_RANDOMIZE", 0);
	check_split(RN_NAMES_personality, 0xffffffff, "0xffffffff", 0);
	check_split(RN_NAMES_mount, 0xc0ed0000 | 1, "MS_MGC_VAL|MS_RDONLY", 0);
	check_split(RN_NAMES_mount, 0x44000, "MS_REC|MS_PRIVATE", 0);
	check_split(RN_NAMES_at_statx, 0x6100, "AT_STATX_FORCE_SYNC|AT_STATX_DONT_SYNC|AT_SYMLINK_NOFOLLOW", 0);
	check_split(RN_NAMES_sched, 0x40000001, "SCHED_FIFO|SCHED_RESET_ON_FORK", 0);
	check_split(RN_NAMES_statx_mask, 0x7ff, "STATX_BASIC_STATS", 0);
	check_split(RN_NAMES_statx_mask, 0x1fff, "STATX_ALL|STATX_MNT_ID", 0);
}

Test(names, an_abi_with_other_values_has_its_own_table)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	uint64_t rest = rn_names_split(rn_names(RN_NAMES_open, RN_ABI_AARCH64), 0x84000, append, &b);
	cr_assert_str_eq(rn_buffer_cstr(&b), "O_RDONLY|O_CLOEXEC|O_DIRECTORY");
	cr_assert_eq(rest, 0);
	rn_buffer_fini(&b);
	cr_assert_eq(rn_names(RN_NAMES_open, RN_ABI_I386), rn_names(RN_NAMES_open, RN_ABI_X86_64));
	cr_assert_null(rn_name_of(RN_NAMES_open, RN_ABI_AARCH64, 0x10000 | 0x400000));
}

Test(names, tables_are_chosen_by_another_number)
{
	const struct {
		uint64_t level, option;
		bool get;
		const char *name;
	} cases[] = {
		{ 1, 2, false, "SO_REUSEADDR" }, { 1, 26, false, "SO_ATTACH_FILTER" },
		{ 1, 26, true, "SO_GET_FILTER" }, { 6, 1, true, "TCP_NODELAY" },
		{ 0, 10, false, "IP_MTU_DISCOVER" }, { 41, 26, false, "IPV6_V6ONLY" },
		{ 0, 64, false, "IPT_SO_SET_REPLACE" }, { 0, 64, true, "IPT_SO_GET_INFO" },
		{ 270, 1, false, "NETLINK_ADD_MEMBERSHIP" }, { 1, 9999, false, NULL },
		{ 12345, 1, false, NULL }, { UINT64_MAX, UINT64_MAX, true, NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *name = rn_sockopt_name(cases[i].level, cases[i].option, cases[i].get);
		cr_assert_eq(!name, !cases[i].name, "case %zu", i);
		cr_assert(!name || strcmp(name, cases[i].name) == 0, "case %zu is %s", i, name);
	}
	cr_assert_str_eq(rn_name_of(rn_names_of_protocol(2), RN_ABI_X86_64, 6), "IPPROTO_TCP");
	cr_assert_str_eq(rn_name_of(rn_names_of_protocol(16), RN_ABI_X86_64, 0), "NETLINK_ROUTE");
	cr_assert_eq(rn_names_of_protocol(1), RN_NAMES_none);
	cr_assert_str_eq(rn_name_of(rn_names_of_si_code(11), RN_ABI_X86_64, 1), "SEGV_MAPERR");
	cr_assert_str_eq(rn_name_of(RN_NAMES_si_code, RN_ABI_X86_64, (uint32_t)-6), "SI_TKILL");
	cr_assert_eq(rn_names_of_si_code(2), RN_NAMES_none);
	cr_assert_eq(rn_names_of_si_code(-1), RN_NAMES_none);
}

static const enum rn_abi abis[] = { RN_ABI_X86_64, RN_ABI_I386, RN_ABI_AARCH64 };

static void each_table(void (*visit)(int id, const struct rn_names *t))
{
	for (int id = 1; id < RN_NAMES_COUNT; id++)
		for (int a = 0; a < 3; a++)
			visit(id, rn_names((enum rn_names_id)id, abis[a]));
}

static void is_whole(int id, const struct rn_names *t)
{
	cr_assert(!t->unknown || strchr(t->unknown, '?'), "table %d", id);
	cr_assert_gt(t->n, 0, "table %d is empty", id);
	for (uint32_t i = 0; i < t->n; i++)
		cr_assert(t->entry[i].name && t->entry[i].name[0], "table %d", id);
	cr_assert_eq(!t->field, !t->field_mask, "table %d", id);
	cr_assert_eq(!t->tail, !t->tail_mask, "table %d", id);
	cr_assert(!t->field || t->field->is_enum, "table %d", id);
	cr_assert(!t->tail || t->tail->is_enum, "table %d", id);
}

Test(names, every_table_has_a_fallback_and_names)
{
	each_table(is_whole);
	cr_assert_eq(rn_names((enum rn_names_id)99999, RN_ABI_X86_64)->n, 0);
	cr_assert_null(rn_name_of((enum rn_names_id)99999, RN_ABI_X86_64, 0));
}

static void is_searchable(int id, const struct rn_names *t)
{
	for (uint32_t i = 1; t->is_enum && i < t->n; i++)
		cr_assert_lt(t->entry[i - 1].value, t->entry[i].value, "table %d at %s", id,
			t->entry[i].name);
}

Test(names, enums_are_sorted_and_no_value_has_two_names)
{
	each_table(is_searchable);
	for (uint32_t i = 0; i < rn_names(RN_NAMES_ioctl, RN_ABI_X86_64)->n; i++) {
		const struct rn_name *e = &rn_names(RN_NAMES_ioctl, RN_ABI_X86_64)->entry[i];
		cr_assert_eq(rn_name_of(RN_NAMES_ioctl, RN_ABI_X86_64, e->value), e->name);
	}
	cr_assert_null(rn_name_of(RN_NAMES_ioctl, RN_ABI_X86_64, 0xfffffffff));
}

/* A flag that an earlier one contains would never be printed, unless it is part of that one. */
static void hides_nothing(int id, const struct rn_names *t)
{
	for (uint32_t i = 0; !t->is_enum && i < t->n; i++)
		for (uint32_t k = i + 1; k < t->n; k++) {
			uint64_t a = t->entry[i].value, b = t->entry[k].value;
			cr_assert_neq(a, b, "table %d: %s twice", id, t->entry[k].name);
			cr_assert(a == 0 || b == UINT32_MAX || (b & a) != a, "table %d: %s hides %s", id,
				t->entry[i].name, t->entry[k].name);
		}
}

Test(names, composite_values_come_before_their_parts_in_every_table)
{
	each_table(hides_nothing);
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
	cr_assert_str_eq(rn_errno_name(524), "ENOTSUPP");
	cr_assert_null(rn_errno_name(520));
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
