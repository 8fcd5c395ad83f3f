/* SPDX-License-Identifier: MIT */
#include "record/chaos/limits.h"
#include "record/chaos/spec.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <string.h>

static bool yes(void *arg)
{
	++*(int *)arg;
	return true;
}

static bool no(void *arg)
{
	++*(int *)arg;
	return false;
}

static struct rn_chaos_call call_of(uint32_t nr, uint32_t count)
{
	return (struct rn_chaos_call){ .abi = RN_ABI_X86_64, .nr = nr, .utid = 3, .count = count,
		.length = 100, .wanted = true };
}

Test(chaos, setters_chain_and_build_checks_them_all)
{
	struct rn_chaos c;
	struct rn_error err;
	cr_assert_eq(rn_chaos_build(rn_chaos_loss(rn_chaos_latency(rn_chaos_memory(rn_chaos_init(&c),
		1 << 20), 5, 6), 0.5), &err), 0);
	cr_expect_eq(c.memory_bytes, 1 << 20);
	cr_expect(rn_chaos_is_active(&c));
	rn_chaos_fini(&c);
	cr_expect_not(rn_chaos_is_active(rn_chaos_init(&c)));
	cr_expect_eq(rn_chaos_build(&c, &err), 0);
	cr_expect_eq(rn_chaos_build(rn_chaos_loss(rn_chaos_cpu(rn_chaos_init(&c), 1.5), 0.5), &err),
		RN_E_USAGE);
	rn_chaos_fini(&c);
	cr_expect_eq(rn_chaos_build(rn_chaos_loss(rn_chaos_init(&c), NAN), &err), RN_E_USAGE);
	rn_chaos_fini(&c);
	cr_expect_eq(rn_chaos_build(rn_chaos_cpu(rn_chaos_init(&c), NAN), &err), RN_E_USAGE);
	rn_chaos_fini(&c);
	cr_expect_eq(rn_chaos_build(rn_chaos_byzantine(rn_chaos_init(&c), 0.5, "raed"), &err),
		RN_E_USAGE);
	rn_chaos_fini(&c);
}

Test(chaos, presets_are_those_of_the_original)
{
	struct rn_chaos c;
	struct rn_error err;
	cr_assert_eq(rn_chaos_parse(rn_chaos_init(&c), "gentle", &err), 0);
	cr_expect_eq(c.memory_bytes, (uint64_t)512 << 20);
	cr_expect_float_eq(c.cpu, 0.8, 1e-12);
	cr_expect_eq(c.timeout_ns, 120000000000u);
	cr_expect_eq(c.n_rules, 0);
	cr_assert_eq(rn_chaos_parse(rn_chaos_init(&c), "extreme,timeout=3", &err), 0);
	cr_expect_eq(c.memory_bytes, (uint64_t)64 << 20);
	cr_expect_float_eq(c.cpu, 0.25, 1e-12);
	cr_expect_eq(c.timeout_ns, 3000000000u, "the later word counts");
	cr_expect_eq(c.n_rules, 2);
	cr_expect_eq(c.rule[0].signo, RN_INJECT_ANY_SIGNAL);
	cr_expect_eq(c.rule[1].result, RN_INJECT_ANY_FAULT);
	cr_expect_float_eq(c.rule[1].probability, 0.1, 1e-12);
	static const uint32_t faulted[] = { 0, 1, 2, 257, 3 }; /* read, write, open and what it is today, close */
	for (size_t i = 0; i < 5; i++)
		cr_expect(rn_filter_match(c.rule[1].calls, RN_ABI_X86_64, faulted[i]));
	cr_expect_not(rn_filter_match(c.rule[1].calls, RN_ABI_X86_64, 39));
	rn_chaos_fini(&c);
	cr_assert_eq(rn_chaos_parse(rn_chaos_init(&c), "aggressive", &err), 0);
	cr_expect_eq(c.timeout_ns, 10000000000u);
	cr_expect_eq(c.n_rules, 1);
	rn_chaos_fini(&c);
}

Test(chaos, wrong_words_are_refused)
{
	static const char *const wrong[] = { "", "gentle,", "gentl", "gentle=1", "memory", "memory=",
		"memory=x", "cpu=0", "cpu=2", "cpu=nan", "timeout=0", "timeout=-1", "loss=1.1", "loss=-0.1",
		"loss=nan", "latency=5x", "short=0.1:0", "byzantine=0.5:nosuch", "signals=NOSUCH",
		"seed=x", "seed=-1", "seed=", "sched=1:1:1" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct rn_chaos c;
		struct rn_error err;
		cr_expect_eq(rn_chaos_parse(rn_chaos_init(&c), wrong[i], &err), RN_E_USAGE, "'%s'",
			wrong[i]);
		rn_chaos_fini(&c);
	}
}

/* Each setter keeps what is wrong, returns the object all the same, and build tells of it in these words. */
Test(chaos, build_tells_what_is_wrong_with_each_knob)
{
	struct rn_chaos c;
	struct rn_error err;
#define REFUSED(setter, words) do { \
		rn_chaos_init(&c); \
		cr_expect_eq(setter, &c, "%s: not the object", #setter); \
		cr_expect_eq(rn_chaos_build(&c, &err), RN_E_USAGE, "%s", #setter); \
		cr_expect_not_null(strstr(err.message, words), "%s: %s", #setter, err.message); \
		rn_chaos_fini(&c); \
	} while (0)
	REFUSED(rn_chaos_cpu(&c, 0), "the share of a CPU is above 0 and at most 1");
	REFUSED(rn_chaos_cpu(&c, -0.5), "the share of a CPU");
	REFUSED(rn_chaos_cpu(&c, 1.01), "the share of a CPU");
	REFUSED(rn_chaos_cpu(&c, NAN), "the share of a CPU");
	REFUSED(rn_chaos_timeout(&c, 0, 1), "the timeout is longer than nothing");
	REFUSED(rn_chaos_signals(&c, -1, 0.5), "a signal is from 1 to 64");
	REFUSED(rn_chaos_signals(&c, 65, 0.5), "a signal is from 1 to 64");
	REFUSED(rn_chaos_signals(&c, 9, 2), "a probability is from 0 to 1");
	REFUSED(rn_chaos_loss(&c, -0.1), "a probability is from 0 to 1");
	REFUSED(rn_chaos_loss(&c, NAN), "a probability is from 0 to 1");
	REFUSED(rn_chaos_resend(&c, 1.1, 5), "a probability");
	REFUSED(rn_chaos_short(&c, 0.1, 0), "the length of short reads and writes is at least 1");
	REFUSED(rn_chaos_short(&c, 7, 5), "a probability is from 0 to 1");
	REFUSED(rn_chaos_slow(&c, INFINITY, 5), "a probability");
	REFUSED(rn_chaos_byzantine(&c, 2, "read"), "a probability");
	REFUSED(rn_chaos_byzantine(&c, 0.5, "raed"), "raed");
	REFUSED(rn_chaos_scheduling(&c, -1, 5), "a probability");
	REFUSED(rn_chaos_inject(&c, "read:eror=1", false), "eror=1");
	REFUSED(rn_chaos_inject(&c, "read:retval=1", true), "retval=1");
	/* The first mistake is the one that is told; what comes behind it does no harm. */
	REFUSED(rn_chaos_memory(rn_chaos_loss(rn_chaos_cpu(&c, 3), 9), 5), "the share of a CPU");
#undef REFUSED
	rn_chaos_init(&c);
	for (unsigned i = 0; i <= RN_CHAOS_RULES; i++)
		rn_chaos_inject(&c, "read:error=1", false);
	cr_expect_eq(rn_chaos_build(&c, &err), RN_E_USAGE);
	cr_expect_str_eq(err.message, "the number of rules is at most 64");
	cr_expect_eq(rn_chaos_build(&c, NULL), RN_E_USAGE);
	rn_chaos_fini(&c);
}

Test(chaos, fate_is_drawn_from_the_seed_alone)
{
	struct rn_chaos a, b, other;
	struct rn_chaos_fate fa, fb, fo;
	struct rn_error err;
	int asked = 0, n = 0, differ = 0;
	cr_assert_eq(rn_chaos_parse(rn_chaos_init(&a), "byzantine=0.3:read,seed=7", &err), 0);
	cr_assert_eq(rn_chaos_parse(rn_chaos_init(&b), "byzantine=0.3:read,seed=7", &err), 0);
	cr_assert_eq(rn_chaos_parse(rn_chaos_init(&other), "byzantine=0.3:read,seed=8", &err), 0);
	for (uint32_t k = 10000; k; k--) { /* backwards: order does not matter */
		struct rn_chaos_call call = call_of(0, k);
		bool hit = rn_chaos_decide(&a, &call, no, &asked, &fa);
		cr_assert_eq(hit, rn_chaos_decide(&b, &call, no, &asked, &fb));
		cr_assert_eq(fa.ret, fb.ret);
		differ += hit != rn_chaos_decide(&other, &call, no, &asked, &fo);
		cr_assert(!hit || fa.error == (fa.ret < 0));
		cr_assert(fa.ret <= 100);
		n += hit;
	}
	/* Five standard deviations of a binomial: 46. */
	cr_expect(n > 3000 - 230 && n < 3000 + 230, "%d of 10000", n);
	cr_expect(differ > 3000, "another seed, another fate: %d", differ);
	cr_expect_eq(asked, 0, "read is judged without asking for a socket");
	rn_chaos_fini(&a);
	rn_chaos_fini(&b);
	rn_chaos_fini(&other);
}

Test(chaos, network_knobs_touch_sockets_alone)
{
	struct rn_chaos c;
	struct rn_chaos_fate f;
	struct rn_error err;
	int asked = 0;
	struct rn_chaos_call write_call = call_of(1, 1), close_call = call_of(3, 1);
	cr_assert_eq(rn_chaos_parse(rn_chaos_init(&c), "loss=1,latency=5", &err), 0);
	cr_expect_not(rn_chaos_decide(&c, &write_call, no, &asked, &f));
	cr_expect_eq(asked, 1, "once for all rules");
	cr_expect(rn_chaos_decide(&c, &write_call, yes, &asked, &f));
	cr_expect(f.error && f.ret == -ETIMEDOUT && f.delay_enter_ns == 5000000);
	asked = 0;
	cr_expect_not(rn_chaos_decide(&c, &close_call, yes, &asked, &f));
	cr_expect_eq(asked, 0);
	rn_chaos_fini(&c);
}

Test(chaos, of_rules_in_straces_grammar_the_last_stands_alone)
{
	struct rn_chaos c;
	struct rn_chaos_fate f;
	int asked = 0;
	struct rn_chaos_call call = call_of(1, 1);
	rn_chaos_inject(rn_chaos_inject(rn_chaos_init(&c), "write:signal=9", false), "write:retval=4",
		false);
	cr_assert_eq(rn_chaos_build(&c, NULL), 0);
	cr_assert(rn_chaos_decide(&c, &call, no, &asked, &f));
	cr_expect(f.replaced && f.ret == 4 && !f.error && f.signo == 0);
	rn_chaos_fini(&c);
}

Test(chaos, the_control_group_is_found_where_version_2_is_mounted)
{
#define V1 "30 25 0:26 / /sys/fs/cgroup/cpu rw,nosuid shared:9 - cgroup cgroup rw,cpu\n"
	static const struct {
		const char *cgroup, *mountinfo, *path; /* NULL: none */
	} cases[] = {
		{ "0::/\n", "30 25 0:26 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw\n", "/sys/fs/cgroup" },
		{ "0::/user.slice/a.scope\n", "30 25 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
			"/sys/fs/cgroup/user.slice/a.scope" },
		{ "1:cpu:/\n0::/x\n", V1 "31 25 0:27 / /sys/fs/cgroup/unified rw - cgroup2 none rw\n",
			"/sys/fs/cgroup/unified/x" },
		{ "0::/docker/abc/x", "31 25 0:27 /docker/abc /sys/fs/cgroup rw - cgroup2 none rw", "/sys/fs/cgroup/x" },
		{ "0::/docker/abc", "31 25 0:27 /docker/abc /sys/fs/cgroup rw - cgroup2 none rw", "/sys/fs/cgroup" },
		{ "1:cpu:/\n", V1, NULL }, { "0::/x\n", V1, NULL }, { "", "", NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char path[256];
		bool found = rn_cpu_group_own(cases[i].cgroup, cases[i].mountinfo, path, sizeof(path));
		cr_assert_eq(found, cases[i].path != NULL, "%s", cases[i].cgroup);
		if (found)
			cr_expect_str_eq(path, cases[i].path);
	}
}
