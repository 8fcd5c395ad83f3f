/* SPDX-License-Identifier: MIT */
/**
 * report_fixture - a report writer over memory, for tests of writers and analyses.
 */
#ifndef RN_TESTS_ANALYZE_REPORT_FIXTURE_H
#define RN_TESTS_ANALYZE_REPORT_FIXTURE_H

#include "analyze/analysis/analysis.h"
#include "analyze/report/report.h"

struct rn_test_report {
	const struct rn_report *report;
	struct rn_sink *sink;
	FILE *stream;
	char *text;  /* after _end; freed by the next _begin or _fini */
	size_t len;
};

void rn_test_report_begin(struct rn_test_report *r, const char *format);
/** Ends the document; r->text is what was written. */
void rn_test_report_end(struct rn_test_report *r);
void rn_test_report_fini(struct rn_test_report *r);

/** r->text becomes what the analysis says, in that format, of the trace's settled calls. Closes the reader. */
void rn_test_report_ask(struct rn_test_report *r, const struct rn_analysis *analysis, const void *options,
	struct rn_reader *reader, const char *format);
/** part stands in r->text. */
void rn_test_report_expect(const struct rn_test_report *r, const char *part);

#endif
