/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/analysis.h"
#include "trace_fixture.h"

#include <criterion/criterion.h>

struct counted {
	unsigned batches;
};

static int count(void *st, const struct rn_batch *b, struct rn_error *err)
{
	struct counted *c = st;
	(void)b;
	return ++c->batches == 2 ? rn_fail(err, RN_E_LIMIT, "two is too many") : 0;
}

static int emit(void *st, struct rn_sink *sink, struct rn_error *err)
{
	(void)st;
	(void)sink;
	(void)err;
	cr_assert_fail("a failed analysis must not emit");
	return 0;
}

Test(run, the_first_error_of_an_analysis_ends_the_walk)
{
	static const struct rn_analysis counting = { .name = "counting",
		.state_size = sizeof(struct counted), .batch = count, .emit = emit };
	const struct rn_question question = { &counting, NULL };
	struct rn_sink sink = { 0 };
	struct rn_error err = { 0 };
	struct fixture f;
	fixture_begin(&f);
	for (uint64_t i = 0; i < 4; i++) {
		fixture_call(&f, 1, 10 * i, 1, 39, 1, 0);
		fixture_block(&f);
	}
	struct rn_reader *r = fixture_open(&f);
	struct rn_source *s = rn_source_settled(rn_source_trace(r, NULL));
	cr_expect_eq(rn_analyses_run(&question, 1, s, &sink, &err), RN_E_LIMIT);
	cr_expect_str_eq(err.message, "two is too many");
	rn_source_free(s);
	rn_reader_close(r);
}
