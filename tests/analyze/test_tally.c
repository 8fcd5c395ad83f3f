/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/tally.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define N 5000

struct calls {
	uint64_t ts[N], dur[N];
	uint32_t utid[N], nr[N], selected[N];
	uint8_t abi[N];
	uint16_t flags[N];
	int64_t ret[N];
	struct rn_core core;
};

static uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 24;
}

/* Few ordinary calls, some with numbers and ABIs out of every table, some durations huge. */
static void fill(struct calls *c, uint64_t seed)
{
	memset(c, 0, sizeof(*c));
	for (uint32_t i = 0; i < N; i++) {
		uint64_t r = next_random(&seed);
		c->nr[i] = r % 8 ? (uint32_t)(r >> 8) % 20 : (uint32_t)(r >> 4);
		c->abi[i] = r % 16 ? RN_ABI_X86_64 : (uint8_t)(r >> 10);
		c->flags[i] = (uint16_t)(r >> 12 & (r % 3 ? RN_CALL_ERROR : RN_CALL_UNFINISHED));
		c->dur[i] = r % 64 ? next_random(&seed) % 100000 : UINT64_MAX - r % 5;
		c->selected[i] = i;
	}
	c->core = (struct rn_core){ N, c->ts, c->dur, c->utid, c->nr, c->abi, c->flags, c->ret };
}

static struct rn_tally find(struct rn_tally_set *set, enum rn_abi abi, uint32_t nr)
{
	struct rn_tally_entry *all;
	struct rn_tally found = RN_TALLY_INIT;
	size_t n;
	cr_assert_eq(rn_tally_set_take(set, &all, &n, NULL), 0);
	for (size_t i = 0; i < n; i++)
		if (all[i].abi == abi && all[i].nr == nr)
			found = all[i].tally;
	free(all);
	return found;
}

static void expect_same(struct rn_tally_set *a, struct rn_tally_set *b)
{
	struct rn_tally_entry *x, *y;
	size_t n, m;
	cr_assert_eq(rn_tally_set_take(a, &x, &n, NULL), 0);
	cr_assert_eq(rn_tally_set_take(b, &y, &m, NULL), 0);
	cr_assert_eq(n, m);
	for (size_t i = 0; i < n; i++) {
		cr_assert(x[i].abi == y[i].abi && x[i].nr == y[i].nr);
		cr_assert(x[i].tally.calls == y[i].tally.calls &&
			x[i].tally.errors == y[i].tally.errors &&
			x[i].tally.unfinished == y[i].tally.unfinished &&
			x[i].tally.min_ns == y[i].tally.min_ns &&
			x[i].tally.max_ns == y[i].tally.max_ns &&
			x[i].tally.total_ns == y[i].tally.total_ns);
	}
	free(x);
	free(y);
}

Test(tally, sums_are_exact_beyond_64_bits)
{
	struct rn_tally_set *set = rn_tally_set_new();
	struct rn_call call = { .abi = RN_ABI_X86_64, .nr = 3, .dur_ns = UINT64_MAX };
	for (unsigned i = 0; i < 3; i++)
		cr_assert_eq(rn_tally_set_add_call(set, &call, NULL), 0);
	struct rn_tally t = find(set, RN_ABI_X86_64, 3);
	cr_assert_eq(t.calls, 3);
	cr_assert(t.total_ns == (rn_u128)UINT64_MAX * 3);
	cr_assert_eq(rn_tally_mean_ns(&t), UINT64_MAX);
	rn_tally_set_free(set);
}

Test(tally, a_call_that_never_returned_counts_without_time)
{
	struct rn_tally_set *set = rn_tally_set_new();
	struct rn_call call = { .abi = RN_ABI_X86_64, .nr = 7, .dur_ns = 10 };
	rn_tally_set_add_call(set, &call, NULL);
	call.flags = RN_CALL_ERROR;
	call.dur_ns = 21;
	rn_tally_set_add_call(set, &call, NULL);
	call.flags = RN_CALL_UNFINISHED;
	call.dur_ns = 1; /* means nothing: neither sum nor minimum may see it */
	rn_tally_set_add_call(set, &call, NULL);
	struct rn_tally t = find(set, RN_ABI_X86_64, 7);
	cr_assert_eq(t.calls, 3);
	cr_assert_eq(t.errors, 1);
	cr_assert_eq(t.unfinished, 1);
	cr_assert(t.total_ns == 31);
	cr_assert_eq(t.min_ns, 10);
	cr_assert_eq(t.max_ns, 21);
	cr_assert_eq(rn_tally_mean_ns(&t), 15);
	rn_tally_set_free(set);
}

Test(tally, only_selected_calls_count)
{
	static struct calls c;
	fill(&c, 1);
	for (uint32_t i = 0; i < N; i++) {
		c.abi[i] = RN_ABI_X86_64;
		c.nr[i] = i % 2;
	}
	uint32_t odd[] = { 1, 3, 4999 };
	struct rn_tally_set *set = rn_tally_set_new();
	cr_assert_eq(rn_tally_set_add(set, &c.core, odd, 3, NULL), 0);
	cr_assert_eq(find(set, RN_ABI_X86_64, 1).calls, 3);
	cr_assert_eq(find(set, RN_ABI_X86_64, 0).calls, 0);
	rn_tally_set_free(set);
}

Test(tally, agrees_with_counting_one_number_at_a_time)
{
	static struct calls c;
	fill(&c, 42);
	struct rn_tally_set *set = rn_tally_set_new();
	cr_assert_eq(rn_tally_set_add(set, &c.core, c.selected, N, NULL), 0);
	struct rn_tally_entry *all;
	size_t n, counted = 0;
	cr_assert_eq(rn_tally_set_take(set, &all, &n, NULL), 0);
	cr_assert_gt(n, 500, "numbers out of every table must be kept apart");
	for (size_t k = 0; k < n; k++) {
		uint64_t calls = 0, errors = 0;
		rn_u128 total = 0;
		for (uint32_t i = 0; i < N; i++) {
			if (c.abi[i] != all[k].abi || c.nr[i] != all[k].nr)
				continue;
			calls++;
			errors += !!(c.flags[i] & RN_CALL_ERROR);
			total += c.flags[i] & RN_CALL_UNFINISHED ? 0 : c.dur[i];
		}
		cr_assert_eq(all[k].tally.calls, calls);
		cr_assert_eq(all[k].tally.errors, errors);
		cr_assert(all[k].tally.total_ns == total);
		counted += calls;
	}
	cr_assert_eq(counted, N);
	free(all);
	rn_tally_set_free(set);
}

Test(tally, neither_the_cut_nor_the_order_of_parts_matters)
{
	static struct calls c;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		fill(&c, seed);
		struct rn_tally_set *whole = rn_tally_set_new(), *cut = rn_tally_set_new();
		struct rn_tally_set *part[3], *merged = rn_tally_set_new();
		for (unsigned k = 0; k < 3; k++)
			part[k] = rn_tally_set_new();
		rn_tally_set_add(whole, &c.core, c.selected, N, NULL);
		uint64_t r = seed;
		for (uint32_t i = 0, n; i < N; i += n) {
			n = 1 + (uint32_t)(next_random(&r) % 700);
			if (n > N - i)
				n = N - i;
			rn_tally_set_add(cut, &c.core, c.selected + i, n, NULL);
			rn_tally_set_add(part[next_random(&r) % 3], &c.core, c.selected + i, n, NULL);
		}
		for (unsigned k = 3; k--;) {
			cr_assert_eq(rn_tally_set_merge(merged, part[k], NULL), 0);
			rn_tally_set_free(part[k]);
		}
		expect_same(whole, cut);
		expect_same(whole, merged);
		rn_tally_set_free(whole);
		rn_tally_set_free(cut);
		rn_tally_set_free(merged);
	}
}
