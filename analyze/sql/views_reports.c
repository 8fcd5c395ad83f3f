/* SPDX-License-Identifier: MIT */
/* The reports of the same names as table-valued functions, computed natively. */
#include "analyze/sql/views.h"

#include "analyze/analysis/asked.h"
#include "analyze/analysis/summary.h"

static int no_calls(struct rn_source *s, struct rn_batch *out, struct rn_error *err)
{
	(void)s, (void)out, (void)err;
	return RN_END;
}

/* An analysis begins its table when all calls are through; to learn the columns there need be none. */
static int report(struct rn_views_of *v, const struct rn_analysis *analysis, const void *options,
	uint64_t n, struct rn_sink *sink, struct rn_error *err)
{
	struct rn_source none = { .next = no_calls, .reader = v->q->reader };
	const struct rn_question question = { analysis, options };
	if (n == RN_ROWS_COLUMNS)
		return rn_analyses_run(&question, 1, &none, sink, err);
	struct rn_source *s = rn_inquiry_source(v->q, err);
	int rc = s ? rn_analyses_run(&question, 1, s, sink, err) : RN_E_NOMEM;
	rn_source_free(s);
	return rc;
}

static int asked(struct rn_views_of *v, const struct rn_analysis *analysis, uint64_t n,
	struct rn_sink *sink, struct rn_error *err)
{
	const struct rn_header *h = rn_reader_header(v->q->reader);
	const struct rn_asked options = { v->q->model, (enum rn_machine)h->machine, h->command_argv,
		n == RN_ROWS_COLUMNS ? 0 : n, v->q->open, v->q->index };
	return report(v, analysis, &options, n, sink, err);
}

#define ASKED(name) \
	int rn_view_report_##name(void *of, uint64_t n, struct rn_sink *sink, struct rn_error *err) \
	{ \
		return asked(of, &rn_analysis_##name, n, sink, err); \
	}
ASKED(errors)
ASKED(files)
ASKED(processes)
ASKED(slowest)

int rn_view_report_summary(void *of, uint64_t n, struct rn_sink *sink, struct rn_error *err)
{
	struct rn_views_of *v = of;
	const struct rn_summary_options options = { .sort = RN_SUMMARY_BY_TIME, .bare = false,
		.machine = (enum rn_machine)rn_reader_header(v->q->reader)->machine,
		.model = v->q->model, .filter = v->q->filter, .by_number = v->q->open };
	return report(v, &rn_analysis_summary, &options, n, sink, err);
}
