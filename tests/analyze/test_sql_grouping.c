/* SPDX-License-Identifier: MIT */
#include "analyze/sql/grouping.h"
#include "trace_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define READ 0
#define CLOSE 3
#define GETPID 39
#define LONG_NS 5000000000u /* more than fits in four bytes */

static struct fixture f;
static struct rn_reader *r;
static struct rn_model *m;

static void name_thread(uint64_t ts_ns, uint32_t utid, const char *name)
{
	struct rn_event ev = { .ts_ns = ts_ns, .utid = utid, .kind = RN_EV_COMM };
	ev.COMM.name = rn_bytes_str(name);
	fixture_event(&f, &ev);
}

/* Two threads, of which the second is called otherwise from 100 on. */
static void begin(void)
{
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_task(&f, 0, 2, 1, 1, 101, 100);
	name_thread(1, 1, "one");
	name_thread(1, 2, "two");
	fixture_call(&f, 1, 10, 5, READ, 7, 0);
	fixture_call(&f, 2, 20, LONG_NS, CLOSE, -9, RN_CALL_ERROR);
	fixture_call(&f, 1, 30, 1, CLOSE, 0, 0);
	fixture_block(&f);
	name_thread(100, 2, "alpha");
	fixture_call(&f, 2, 120, 2, READ, -4, RN_CALL_ERROR);
	fixture_call(&f, 2, 130, 3, CLOSE, 0, 0);
	fixture_call(&f, 1, 140, 0, GETPID, 0, RN_CALL_UNFINISHED);
	r = fixture_open(&f);
	m = rn_model_new(RN_MODEL_COMM);
	cr_assert_eq(rn_model_scan(m, r, NULL), 0);
}

static void end(void)
{
	rn_model_free(m);
	rn_reader_close(r);
}

TestSuite(sql_grouping, .init = begin, .fini = end);

static struct rn_grouping_order by(enum rn_call_column column, bool falling)
{
	struct rn_grouping_order order = { .n = 1 };
	order.by[0].column = column;
	order.by[0].falling = falling;
	return order;
}

static void expect(const struct rn_grouping_order *order, unsigned needs, bool once, const char *rows)
{
	char text[512] = "";
	struct rn_event ev;
	struct rn_grouping *g = rn_grouping_new(order, needs, once, !once, m);
	struct rn_source *s = rn_source_trace(r, NULL);
	size_t len = 0;
	cr_assert(g && s);
	cr_assert_eq(rn_reader_rewind(r, NULL), 0);
	cr_assert_eq(rn_grouping_fill(g, s, NULL), 0);
	while (rn_grouping_next(g, &ev))
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%u:%llu:%u ", ev.call.nr,
			needs & RN_KEEP_DUR ? (unsigned long long)ev.call.dur_ns : 0, needs & RN_KEEP_UTID ? ev.utid : 0);
	cr_expect_str_eq(text, rows);
	cr_expect_not(rn_grouping_next(g, &ev));
	rn_grouping_free(g);
	rn_source_free(s);
}

Test(sql_grouping, groups_come_sorted_and_their_calls_in_file_order)
{
	struct rn_grouping_order order = by(RN_CC_name, false);
	expect(&order, RN_KEEP_DUR | RN_KEEP_UTID, false, "3:5000000000:2 3:1:1 3:3:2 39:0:1 0:5:1 0:2:2 ");
	expect(&order, 0, false, "3:0:0 3:0:0 3:0:0 39:0:0 0:0:0 0:0:0 ");
	expect(&order, 0, true, "0:0:0 3:0:0 39:0:0 "); /* as they appear */
	order = by(RN_CC_nr, true);
	expect(&order, RN_KEEP_UTID, false, "39:0:1 3:0:2 3:0:1 3:0:2 0:0:1 0:0:2 ");
}

Test(sql_grouping, what_a_thread_is_called_counts_at_the_time_of_the_call)
{
	struct rn_grouping_order order = by(RN_CC_comm, false);
	expect(&order, RN_KEEP_UTID | RN_KEEP_NR, false, "0:0:2 3:0:2 0:0:1 3:0:1 39:0:1 3:0:2 ");
}

Test(sql_grouping, no_error_comes_before_all_errors)
{
	struct rn_grouping_order order = by(RN_CC_errno, false);
	order.n = 2;
	order.by[1].column = RN_CC_utid;
	order.by[1].falling = true;
	expect(&order, RN_KEEP_UTID | RN_KEEP_NR, false, "3:0:2 0:0:1 3:0:1 39:0:1 3:0:2 0:0:2 ");
}

Test(sql_grouping, plans_what_it_can_keep)
{
	static const uint64_t one = 1;
	struct rn_grouping_order order = by(RN_CC_name, false);
	unsigned needs;
	uint64_t used = one << RN_CC_name;
	cr_expect(rn_grouping_plan(&order, used, 1 << 27, &needs) && needs == 0);
	used |= one << RN_CC_dur;
	cr_expect(rn_grouping_plan(&order, used, 1000, &needs) && needs == (RN_KEEP_DUR | RN_KEEP_FLAGS));
	cr_expect_not(rn_grouping_plan(&order, used, RN_GROUPING_BYTES / 10 + 1, &needs));
	cr_expect_not(rn_grouping_plan(&order, used | one << RN_CC_path, 1000, &needs));
	order = by(RN_CC_ts, false);
	cr_expect_not(rn_grouping_plan(&order, one << RN_CC_ts, 1000, &needs));
}
