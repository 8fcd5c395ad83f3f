/* SPDX-License-Identifier: MIT */
#include "analyze/model/lineage.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define NONE RN_LINEAGE_NONE

static struct rn_lineage *l;

static void setup(void)
{
	l = rn_lineage_new();
}

static void teardown(void)
{
	rn_lineage_free(l);
}

TestSuite(lineage, .init = setup, .fini = teardown);

Test(lineage, a_put_is_seen_from_after_its_time_on)
{
	uint32_t s = rn_lineage_scope(l, NONE, 0, false);
	rn_lineage_put(l, s, 3, 100, 7, 0);
	cr_expect_eq(rn_lineage_get(l, s, 3, 99), NONE);
	cr_expect_eq(rn_lineage_get(l, s, 3, 100), NONE);
	cr_expect_eq(rn_lineage_get(l, s, 3, 101), 7);
	cr_expect_eq(rn_lineage_get(l, s, 4, 101), NONE);
}

Test(lineage, what_was_found_is_seen_at_its_very_time)
{
	uint32_t s = rn_lineage_scope(l, NONE, 0, false);
	rn_lineage_put(l, s, 0, 0, 1, RN_LINEAGE_FOUND);
	cr_expect_eq(rn_lineage_get(l, s, 0, 0), 1);
}

Test(lineage, puts_out_of_order_of_time_are_sorted_in)
{
	uint32_t s = rn_lineage_scope(l, NONE, 0, false);
	rn_lineage_put(l, s, 3, 300, 3, 0);
	rn_lineage_put(l, s, 3, 100, 1, 0);
	rn_lineage_put(l, s, 3, 200, NONE, 0);
	cr_expect_eq(rn_lineage_get(l, s, 3, 150), 1);
	cr_expect_eq(rn_lineage_get(l, s, 3, 250), NONE);
	cr_expect_eq(rn_lineage_get(l, s, 3, 350), 3);
}

Test(lineage, a_child_has_what_its_parent_had_at_its_birth)
{
	uint32_t a = rn_lineage_scope(l, NONE, 0, false);
	rn_lineage_put(l, a, 3, 100, 1, 0);
	uint32_t b = rn_lineage_scope(l, a, 200, false);
	rn_lineage_put(l, a, 3, 300, 2, 0);
	rn_lineage_put(l, b, 4, 300, 9, 0);
	cr_expect_eq(rn_lineage_get(l, b, 3, 400), 1);
	cr_expect_eq(rn_lineage_get(l, a, 3, 400), 2);
	cr_expect_eq(rn_lineage_get(l, a, 4, 400), NONE);
	rn_lineage_put(l, b, 3, 500, NONE, 0);
	cr_expect_eq(rn_lineage_get(l, b, 3, 600), NONE);
	cr_expect_eq(rn_lineage_get(l, a, 3, 600), 2);
}

Test(lineage, exec_drops_what_was_marked_for_it_alone)
{
	uint32_t a = rn_lineage_scope(l, NONE, 0, false);
	rn_lineage_put(l, a, 3, 100, 1, RN_LINEAGE_CLOEXEC);
	rn_lineage_put(l, a, 4, 100, 2, 0);
	uint32_t b = rn_lineage_scope(l, a, 200, false);
	uint32_t c = rn_lineage_scope(l, b, 300, true);
	cr_expect_eq(rn_lineage_get(l, b, 3, 400), 1);
	cr_expect_eq(rn_lineage_get(l, c, 3, 400), NONE);
	cr_expect_eq(rn_lineage_get(l, c, 4, 400), 2);
}

Test(lineage, the_next_put_skips_removals_and_tells_its_time)
{
	uint32_t s = rn_lineage_scope(l, NONE, 0, false);
	uint64_t at = 0;
	rn_lineage_put(l, s, 3, 100, 1, 0);
	rn_lineage_put(l, s, 3, 200, NONE, 0);
	rn_lineage_put(l, s, 3, 300, 2, 0);
	cr_expect_eq(rn_lineage_next(l, s, 3, 100, &at), 1);
	cr_expect_eq(at, 100);
	cr_expect_eq(rn_lineage_next(l, s, 3, 101, &at), 2);
	cr_expect_eq(at, 300);
	cr_expect_eq(rn_lineage_next(l, s, 3, 301, &at), NONE);
}

Test(lineage, endless_ancestry_ends_in_not_knowing)
{
	uint32_t s = rn_lineage_scope(l, NONE, 0, false);
	rn_lineage_put(l, s, 3, 1, 1, 0);
	for (unsigned i = 0; i < 100000; i++)
		s = rn_lineage_scope(l, s, 2, false);
	cr_expect_eq(rn_lineage_get(l, s, 3, 10), NONE);
}

/* The slow and certain way: every scope keeps a full copy of its table, time goes forward only. */
#define SCOPES 40
#define KEYS 6
#define STEPS 3000

struct plain {
	uint32_t value[KEYS];
	bool cloexec[KEYS];
};

static struct {
	uint64_t at_ns;
	uint32_t scope, key, value;
} asked[STEPS];

static uint32_t random_below(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

static void copy_scope(struct plain *to, const struct plain *from, bool exec)
{
	*to = *from;
	for (unsigned k = 0; exec && k < KEYS; k++)
		if (to->cloexec[k])
			to->value[k] = NONE;
}

Test(lineage, agrees_with_full_copies_whenever_it_is_asked)
{
	for (uint64_t seed = 1; seed <= 8; seed++) {
		uint64_t random = seed;
		struct plain plain[SCOPES] = { { .value = { 0 } } };
		uint32_t id[SCOPES], n = 1;
		rn_lineage_free(l);
		l = rn_lineage_new();
		memset(plain[0].value, 0xff, sizeof(plain[0].value));
		id[0] = rn_lineage_scope(l, NONE, 0, false);
		for (unsigned i = 0; i < STEPS; i++) {
			uint64_t now = 10 * (i + 1);
			uint32_t s = random_below(&random, n), k = random_below(&random, KEYS);
			if (n < SCOPES && random_below(&random, 30) == 0) {
				bool exec = random_below(&random, 2);
				copy_scope(&plain[n], &plain[s], exec);
				id[n++] = rn_lineage_scope(l, id[s], now, exec);
			} else {
				bool gone = random_below(&random, 3) == 0;
				plain[s].value[k] = gone ? NONE : i;
				plain[s].cloexec[k] = random_below(&random, 2);
				rn_lineage_put(l, id[s], k, now, plain[s].value[k],
					plain[s].cloexec[k] ? RN_LINEAGE_CLOEXEC : 0);
			}
			s = random_below(&random, n);
			k = random_below(&random, KEYS);
			asked[i].at_ns = now + 5;
			asked[i].scope = id[s];
			asked[i].key = k;
			asked[i].value = plain[s].value[k];
		}
		for (unsigned i = STEPS; i-- > 0;)
			cr_assert_eq(rn_lineage_get(l, asked[i].scope, asked[i].key, asked[i].at_ns),
				asked[i].value, "seed %llu, question %u", (unsigned long long)seed, i);
	}
}

/* What the last put that is not later says, of a plain list. */
static uint32_t value_in_list(const uint64_t *at_ns, const uint32_t *value, unsigned n, uint64_t asked_ns)
{
	uint32_t found = NONE;
	uint64_t latest_ns = 0;
	for (unsigned i = 0; i < n; i++)
		if (at_ns[i] < asked_ns && at_ns[i] >= latest_ns) {
			latest_ns = at_ns[i];
			found = value[i];
		}
	return found;
}

Test(lineage, puts_come_out_of_order_and_years_apart)
{
	enum { N = 400 };
	static const uint64_t apart_ns[] = { 1, 1000, 4000000000u, 5000000000u, (uint64_t)1 << 40, (uint64_t)1 << 55 };
	uint64_t random = 3, at_ns[N];
	uint32_t value[N];
	for (unsigned span = 0; span < sizeof(apart_ns) / sizeof(apart_ns[0]); span++) {
		rn_lineage_free(l);
		l = rn_lineage_new();
		uint32_t scope = rn_lineage_scope(l, NONE, 0, false);
		for (unsigned i = 0; i < N; i++) {
			unsigned when = span % 2 ? random_below(&random, N) : i + random_below(&random, 3);
			at_ns[i] = (when + 1) * apart_ns[span];
			value[i] = random_below(&random, 4) ? i : NONE;
			cr_assert_eq(rn_lineage_put(l, scope, 7, at_ns[i], value[i], 0), 0);
		}
		for (unsigned when = 0; when <= N + 3; when++)
			for (unsigned more = 0; more < 2; more++)
				cr_assert_eq(rn_lineage_get(l, scope, 7, when * apart_ns[span] + more),
					value_in_list(at_ns, value, N, when * apart_ns[span] + more), "%u: %u + %u", span, when,
					more);
	}
}

Test(lineage, the_next_value_is_found_in_later_runs)
{
	const uint64_t later_ns = (uint64_t)1 << 50;
	uint64_t put_ns = 0;
	uint32_t scope = rn_lineage_scope(l, NONE, 0, false);
	rn_lineage_put(l, scope, 1, 100, 5, 0);
	rn_lineage_put(l, scope, 1, 200, NONE, 0);
	rn_lineage_put(l, scope, 1, later_ns, 6, 0);
	cr_assert_eq(rn_lineage_next(l, scope, 1, 150, &put_ns), 6);
	cr_assert_eq(put_ns, later_ns);
	cr_assert_eq(rn_lineage_next(l, scope, 1, 50, &put_ns), 5);
	cr_assert_eq(put_ns, 100);
	cr_assert_eq(rn_lineage_next(l, scope, 1, later_ns + 1, NULL), NONE);
	cr_assert_neq(rn_lineage_put(l, scope, 1, later_ns, UINT32_MAX >> 2, 0), 0, "no room for it beside the flags");
}
