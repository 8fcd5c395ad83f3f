/* SPDX-License-Identifier: MIT */
/* The programs for older kernels are taken by this one, too: else they would only be seen to fail where nobody looks. */
#include "record/bpf/load.h"

#include <criterion/criterion.h>

static const struct rn_record_options options = { .string_bytes = 256, .follow = true };
static const struct rn_recording everything = { .options = &options };

static const struct rn_bpf_settings ways[] = {
	{ .string_bytes = 256, .lane_bytes = 1 << 20 },
	{ .string_bytes = 65536, .lane_bytes = 1 << 20, .stack_bytes = 1024 },
	{ .string_bytes = 32, .lane_bytes = 16 << 20, .stack_bytes = 65536, .follow = 1 },
	{ .string_bytes = 32, .lane_bytes = 16 << 20, .stack_bytes = 8192, .whole_machine = 1 },
	{ .string_bytes = 32, .lane_bytes = 1 << 20, .stack_bytes = 8192, .cgroup = 1 },
};

static void load_with(enum rn_bpf_program which, const struct rn_bpf_settings *way)
{
	struct rn_bpf_load l = { 0 };
	struct rn_bpf_settings s = *way;
	struct rn_error err = { 0 };
	int r = rn_bpf_load_program(&l, which, &s, &everything, &err);
	cr_expect_eq(r, 0, "program %d, way %zd: %s", (int)which, way - ways, err.message);
	rn_bpf_unload(&l);
}

static void load_in_all_ways(enum rn_bpf_program which)
{
	struct rn_error err = { 0 };
	if (rn_bpf_probe(&err) < 0)
		cr_skip_test("no bpf here: %s", err.message);
	if (which > rn_bpf_program_best())
		cr_skip_test("this kernel is older than the program");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		load_with(which, &ways[i]);
}

Test(bpf_program, of_linux_5_10_is_taken)
{
	load_in_all_ways(RN_BPF_510);
}

Test(bpf_program, of_linux_5_17_is_taken)
{
	load_in_all_ways(RN_BPF_517);
}

Test(bpf_program, of_linux_6_2_is_taken)
{
	load_in_all_ways(RN_BPF_602);
}
