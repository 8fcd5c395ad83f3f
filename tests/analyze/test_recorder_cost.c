/* SPDX-License-Identifier: MIT */
#include "analyze/recorder_cost.h"

#include <criterion/criterion.h>
#include <string.h>

Test(recorder_cost, stops_are_a_floor)
{
	const struct rn_header h = { .backend = rn_bytes_str("ptrace") };
	const struct rn_model_end end = { .known = true, .event = { .calls = 10, .stop_ns = 70000 } };
	const struct rn_recorder_cost c = rn_recorder_cost_of(&h, &end);
	cr_assert(c.has_added && c.added_ns == 70000 && !strncmp(c.how, "at least", 8));
}

Test(recorder_cost, of_bpf_calls_are_counted)
{
	struct rn_header h = { .backend = rn_bytes_str("bpf") };
	const struct rn_model_end end = { .known = true, .event = { .calls = 1000 } };
	const struct rn_recorder_cost plain = rn_recorder_cost_of(&h, &end);
	h.stack_bytes = 8192;
	const struct rn_recorder_cost stacks = rn_recorder_cost_of(&h, &end);
	cr_assert(plain.has_added && !strncmp(plain.how, "estimate", 8));
	cr_assert(stacks.added_ns > plain.added_ns && plain.added_ns >= 1000 * 100);
}

Test(recorder_cost, what_is_not_known_is_not_told)
{
	const struct rn_header ptrace = { .backend = rn_bytes_str("ptrace") }, bpf = { .backend = rn_bytes_str("bpf") };
	const struct rn_model_end old = { .known = true, .event = { .calls = 5 } }, none = { .known = false };
	const struct rn_model_end absurd = { .known = true, .event = { .calls = UINT64_MAX } };
	cr_assert_not(rn_recorder_cost_of(&ptrace, &old).has_added || rn_recorder_cost_of(&bpf, &none).has_added ||
		rn_recorder_cost_of(&bpf, &absurd).has_added);
	const struct rn_recorder_cost c = rn_recorder_cost_of(&bpf, &none);
	cr_assert(rn_recorder_cost_added(&c).type == RN_T_NULL && rn_recorder_cost_how(&c).type == RN_T_NULL);
}
