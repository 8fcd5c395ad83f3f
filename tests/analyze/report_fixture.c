/* SPDX-License-Identifier: MIT */
#include "tests/analyze/report_fixture.h"

#include "analyze/source/source.h"

#include <criterion/criterion.h>
#include <stdlib.h>

void rn_test_report_begin(struct rn_test_report *r, const char *format)
{
	rn_test_report_fini(r);
	r->report = rn_report_find(format);
	cr_assert_not_null(r->report, "no report writer %s", format);
	r->stream = open_memstream(&r->text, &r->len);
	cr_assert_not_null(r->stream);
	cr_assert_eq(r->report->begin(&r->sink, r->stream, NULL), 0);
}

void rn_test_report_end(struct rn_test_report *r)
{
	cr_assert_eq(r->report->end(r->sink, NULL), 0);
	fclose(r->stream);
	r->stream = NULL;
}

void rn_test_report_fini(struct rn_test_report *r)
{
	free(r->text);
	*r = (struct rn_test_report){ NULL, NULL, NULL, NULL, 0 };
}

void rn_test_report_ask(struct rn_test_report *r, const struct rn_analysis *analysis, const void *options,
	struct rn_reader *reader, const char *format)
{
	const struct rn_question question = { analysis, options };
	struct rn_source *source = rn_source_settled(rn_source_trace(reader, NULL));
	struct rn_error err;
	rn_test_report_begin(r, format);
	cr_assert_eq(rn_analyses_run(&question, 1, source, r->sink, &err), 0, "%s", err.message);
	rn_test_report_end(r);
	rn_source_free(source);
	rn_reader_close(reader);
}

void rn_test_report_expect(const struct rn_test_report *r, const char *part)
{
	cr_assert_not_null(strstr(r->text, part), "no\n%s\nin\n%s", part, r->text);
}
