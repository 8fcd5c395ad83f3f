/* SPDX-License-Identifier: MIT */
#include "analyze/listing/html_rows.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

/* Call i of a trace: every 50th fails, every 977th is slow, two kinds take turns. */
static void feed(struct rn_html_rows *r, uint32_t n)
{
	cr_assert_eq(rn_html_rows_init(r, 2048, NULL), 0);
	for (uint32_t i = 0; i < n; i++) {
		struct rn_html_row row = { .ts_ns = i, .dur_ns = i % 977 == 0 ? 1000000 + i : 100 + i % 7,
			.name = (uint16_t)(i % 2), .flags = i % 50 == 0 ? RN_HTML_ROW_FAILED : 0 };
		char text[24];
		if (!rn_html_rows_wants(r, row.dur_ns, row.flags, &row.lot))
			continue;
		snprintf(text, sizeof(text), "args %u", i);
		row.args = rn_html_rows_text(r, rn_bytes_str(text));
		row.result = rn_html_rows_text(r, rn_bytes_str("0"));
		cr_assert_eq(rn_html_rows_add(r, &row, NULL), 0);
	}
	cr_assert_eq(rn_html_rows_settle(r, NULL), 0);
	cr_assert_eq(r->seen, n);
}

Test(html_rows, few_calls_are_all_there)
{
	struct rn_html_rows r;
	feed(&r, 2048);
	cr_assert_eq(r.n, 2048);
	cr_assert_eq(r.level, 0);
	for (uint32_t i = 0; i < r.n; i++)
		cr_assert(r.row[i].ts_ns == i && !(r.row[i].flags & RN_HTML_ROW_DRAWN));
	rn_html_rows_fini(&r);
}

static void check_texts(const struct rn_html_rows *r)
{
	uint32_t next = 0;
	for (uint32_t i = 0; i < r->n; i++) {
		char text[24];
		snprintf(text, sizeof(text), "args %u", (unsigned)r->row[i].ts_ns);
		cr_assert_str_eq((const char *)rn_intern_get(r->texts, r->row[i].args).p, text);
		cr_assert_leq(r->row[i].args, next, "numbered by first use");
		next = r->row[i].args + 2;
	}
	cr_assert_eq(rn_intern_count(r->texts), r->n + 1, "texts of calls that are gone are gone");
}

Test(html_rows, of_many_the_slowest_the_failed_and_a_fair_choice_stay)
{
	struct rn_html_rows r;
	uint32_t n = 20000, slow = 0, failed = 0, drawn[2] = { 0, 0 };
	feed(&r, n);
	cr_assert_leq(r.n, 2048);
	cr_assert_geq(r.n, 512);
	cr_assert_gt(r.level, 0);
	for (uint32_t i = 0; i < r.n; i++) {
		const struct rn_html_row *row = &r.row[i];
		slow += row->dur_ns >= 1000000;
		failed += (row->flags & RN_HTML_ROW_FAILED) != 0;
		drawn[row->name] += (row->flags & RN_HTML_ROW_DRAWN) != 0;
		cr_assert(i == 0 || row->ts_ns > r.row[i - 1].ts_ns);
	}
	cr_assert_eq(slow, (n + 976) / 977);
	cr_assert_eq(failed, n / 50);
	/* Of each kind that takes turns about as many: 5 sigma of a fair coin. */
	double stands_for = 1u << r.level, least = n / 2 - failed - 128 - slow;
	for (int k = 0; k < 2; k++)
		cr_assert(drawn[k] * stands_for > least * 0.7 && drawn[k] * stands_for < n / 2 * 1.3, "kind %d: %u",
			k, drawn[k]);
	check_texts(&r);
	rn_html_rows_fini(&r);
}

Test(html_rows, errors_without_end_are_drawn_too)
{
	struct rn_html_rows r;
	cr_assert_eq(rn_html_rows_init(&r, 1, NULL), 0);
	for (uint32_t i = 0; i < 100000; i++) {
		struct rn_html_row row = { .ts_ns = i, .dur_ns = 5, .flags = RN_HTML_ROW_FAILED };
		if (!rn_html_rows_wants(&r, row.dur_ns, row.flags, &row.lot))
			continue;
		row.args = row.result = rn_html_rows_text(&r, rn_bytes_str("x"));
		cr_assert_eq(rn_html_rows_add(&r, &row, NULL), 0);
	}
	cr_assert_eq(rn_html_rows_settle(&r, NULL), 0);
	cr_assert_leq(r.n, RN_HTML_ROWS_LEAST);
	cr_assert(r.errors_drawn);
	rn_html_rows_fini(&r);
}
