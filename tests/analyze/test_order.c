/* SPDX-License-Identifier: MIT */
#include "analyze/listing/order.h"

#include "analyze/listing/sort.h"
#include "trace_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define PREVIEW (RN_CALL_PENDING | RN_CALL_UNFINISHED)

static struct fixture f;

static uint32_t random_below(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

/* Items as words: "10" a call at 10, "10(" begun, ")10" resumed, "s10" a signal, "|" a pause. */
static const char *items_of(struct rn_reader *r)
{
	static char out[8192];
	struct rn_source *s = rn_source_trace(r, NULL);
	struct rn_order *o = rn_order_new(s, 0);
	struct rn_order_item item;
	struct rn_error err = { 0 };
	size_t n = 0;
	int rc;
	out[0] = 0;
	while ((rc = rn_order_next(o, &item, &err)) == 0) {
		unsigned long long ts = item.ev.ts_ns;
		char *p = out + n;
		size_t left = sizeof(out) - n;
		cr_assert(left > 100, "no end of items");
		if (item.part == RN_ORDER_PAUSE)
			n += (size_t)snprintf(p, left, "| ");
		else if (item.part == RN_ORDER_DAMAGE)
			n += (size_t)snprintf(p, left, "! ");
		else if (item.ev.kind != RN_EV_CALL)
			n += (size_t)snprintf(p, left, "s%llu ", ts);
		else
			n += (size_t)snprintf(p, left, "%s%llu%s ",
				item.part == RN_ORDER_RESUMED ? ")" : "", ts,
				item.part == RN_ORDER_BEGUN ? "(" : "");
	}
	cr_expect_eq(rc, RN_END, "%s", err.message);
	rn_order_free(o);
	rn_source_free(s);
	rn_reader_close(r);
	return out;
}

static void signal_at(uint64_t ts_ns, uint32_t utid)
{
	struct rn_event ev = { .ts_ns = ts_ns, .utid = utid, .kind = RN_EV_SIGNAL };
	ev.SIGNAL.signo = 17;
	fixture_event(&f, &ev);
}

Test(order, a_call_is_listed_where_it_began)
{
	fixture_begin(&f);
	fixture_call(&f, 2, 20, 1, 39, 1, 0);
	fixture_call(&f, 2, 30, 1, 39, 1, 0);
	signal_at(35, 2);
	fixture_call(&f, 1, 10, 90, 0, 1, 0);
	cr_expect_str_eq(items_of(fixture_open(&f)), "10 20 30 s35 ");
}

Test(order, also_when_it_completed_blocks_later)
{
	fixture_begin(&f);
	for (uint64_t i = 0; i < 5; i++) {
		fixture_call(&f, 2, 20 + 10 * i, 1, 39, 1, 0);
		fixture_block(&f);
	}
	fixture_call(&f, 3, 35, 80, 0, 1, 0);
	fixture_call(&f, 1, 10, 90, 0, 1, 0);
	fixture_call(&f, 2, 120, 1, 0, 1, 0);
	cr_expect_str_eq(items_of(fixture_open(&f)), "10 20 30 35 40 50 60 120 ");
}

Test(order, events_of_the_same_moment_keep_the_order_of_the_file)
{
	fixture_begin(&f);
	fixture_call(&f, 1, 10, 0, 39, 1, 0);
	signal_at(10, 1);
	fixture_block(&f);
	signal_at(10, 2);
	fixture_call(&f, 2, 10, 0, 39, 1, 0);
	cr_expect_str_eq(items_of(fixture_open(&f)), "10 s10 s10 10 ");
}

Test(order, a_preview_is_listed_once_when_nothing_completes_it)
{
	fixture_begin(&f);
	fixture_call(&f, 1, 10, 0, 0, 0, PREVIEW);
	fixture_call(&f, 2, 20, 0, 0, 0, PREVIEW);
	fixture_block(&f);
	fixture_call(&f, 2, 20, 100, 0, 5, 0);
	fixture_call(&f, 2, 130, 1, 0, 5, 0);
	cr_expect_str_eq(items_of(fixture_open_cut(&f)), "10 20 130 ");
}

Test(order, through_a_pipe_a_call_begins_and_is_resumed)
{
	fixture_begin(&f);
	fixture_call(&f, 1, 10, 0, 0, 0, PREVIEW);
	fixture_call(&f, 2, 20, 5, 0, 0, 0);
	fixture_block(&f);
	fixture_call(&f, 2, 30, 5, 0, 0, 0);
	fixture_call(&f, 1, 10, 27, 0, 5, 0);
	fixture_call(&f, 2, 40, 5, 0, 0, 0);
	fixture_block(&f);
	cr_expect_str_eq(items_of(fixture_open_pipe(&f)), "10( 20 | 30 )10 40 | ");
}

Test(order, through_a_pipe_what_comes_late_is_listed_late_but_not_lost)
{
	fixture_begin(&f);
	fixture_call(&f, 2, 20, 5, 0, 0, 0);
	fixture_block(&f);
	fixture_call(&f, 1, 10, 90, 0, 5, 0);
	signal_at(12, 1);
	cr_expect_str_eq(items_of(fixture_open_pipe(&f)), "20 | 10 s12 | ");
}

struct made {
	uint64_t ts_ns, seq;
};

static int by_place(const void *a, const void *b)
{
	const struct made *x = a, *y = b;
	if (x->ts_ns != y->ts_ns)
		return x->ts_ns < y->ts_ns ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

#define MANY 3000
#define THREADS_MAX 64
static struct made made[MANY];

struct turn {
	uint64_t start_ns, end_ns;
};

static uint32_t first_to_end(const struct turn *turn, uint32_t n)
{
	uint32_t first = 0;
	for (uint32_t t = 1; t < n; t++)
		if (turn[t].end_ns < turn[first].end_ns)
			first = t;
	return first;
}

/* Threads with calls of any length, completions in order of time, blocks cut anywhere. */
static void make_overlapping(uint64_t seed, uint32_t n_threads)
{
	struct turn turn[THREADS_MAX];
	fixture_begin(&f);
	for (uint32_t t = 0; t < n_threads; t++) {
		turn[t].start_ns = random_below(&seed, 20);
		turn[t].end_ns = turn[t].start_ns + random_below(&seed, 100);
	}
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t t = first_to_end(turn, n_threads);
		bool is_signal = random_below(&seed, 10) == 0;
		made[i] = (struct made){ is_signal ? turn[t].end_ns : turn[t].start_ns, i };
		if (is_signal)
			signal_at(turn[t].end_ns, t + 1);
		else
			fixture_call(&f, t + 1, turn[t].start_ns,
				turn[t].end_ns - turn[t].start_ns, 39, 0, 0);
		bool lasting = random_below(&seed, 50) == 0;
		turn[t].start_ns = turn[t].end_ns + random_below(&seed, 5);
		turn[t].end_ns = turn[t].start_ns + random_below(&seed, lasting ? 20000 : 60);
		if (random_below(&seed, 40) == 0)
			fixture_block(&f);
	}
}

Test(order, is_the_sorted_whole_however_blocks_are_cut)
{
	for (uint64_t seed = 1; seed <= 12; seed++) {
		make_overlapping(seed, 1 + (uint32_t)seed * 5);
		qsort(made, MANY, sizeof(*made), by_place);
		struct rn_reader *r = fixture_open(&f);
		struct rn_source *s = rn_source_trace(r, NULL);
		struct rn_order *o = rn_order_new(s, 0);
		struct rn_order_item item;
		uint32_t n = 0;
		for (; n < MANY && rn_order_next(o, &item, NULL) == 0; n++) {
			cr_assert_eq(item.ev.seq, made[n].seq, "seed %d, item %u", (int)seed, n);
			cr_assert_eq(item.ev.ts_ns, made[n].ts_ns);
		}
		cr_assert_eq(n, MANY);
		cr_assert_eq(rn_order_next(o, &item, NULL), RN_END);
		rn_order_free(o);
		rn_source_free(s);
		rn_reader_close(r);
	}
}

Test(sort, agrees_with_qsort_on_any_keys)
{
	static struct rn_sort_key key[500], scratch[500];
	for (uint64_t seed = 1; seed <= 50; seed++) {
		uint64_t random = seed;
		uint32_t n = random_below(&random, 500), range = 1 + random_below(&random, 1000);
		for (uint32_t i = 0; i < n; i++) {
			key[i] = (struct rn_sort_key){ random_below(&random, range), i, i, 0 };
			made[i] = (struct made){ key[i].at_ns, i };
		}
		qsort(made, n, sizeof(*made), by_place);
		rn_sort_keys(key, scratch, n);
		for (uint32_t i = 0; i < n; i++)
			cr_assert(key[i].seq == made[i].seq && key[i].at_ns == made[i].ts_ns &&
				key[i].index == made[i].seq);
	}
}
