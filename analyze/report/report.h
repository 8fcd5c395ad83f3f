/* SPDX-License-Identifier: MIT */
/**
 * report - writers of tables: text, json, csv, ..; one const struct each, one registry.
 *
 * A writer is a sink with a beginning and an end; it writes to a stdio stream it
 * does not own. It knows tables and nothing else. Output is the same bytes for
 * the same tables: no clock, no locale. Cells may be any bytes, hostile ones too:
 * text escapes what a terminal must not see, the others follow report/utf8.h.
 * What each format looks like stands at the head of its file.
 */
#ifndef RN_ANALYZE_REPORT_REPORT_H
#define RN_ANALYZE_REPORT_REPORT_H

#include "analyze/table.h"

#include <stdio.h>

struct rn_report {
	const char *name;   /* "csv": the word of --format */
	const char *suffix; /* "csv" */
	const char *help;
	bool bare;          /* it leaves out tables about the report itself (RN_TABLE_ABOUT) */
	/** A writer over `out`; free it with its own `end`. */
	int (*begin)(struct rn_sink **sink, FILE *out, struct rn_error *err);
	/** Finishes the document, flushes, frees the sink (also on error). */
	int (*end)(struct rn_sink *sink, struct rn_error *err);
};

extern const struct rn_report *const rn_reports[]; /* NULL ends it; sorted by name */
const struct rn_report *rn_report_find(const char *name); /* NULL when unknown */
/** The same for a user's word: RN_E_USAGE names the word, what there is and what is nearest. */
int rn_report_choose(const struct rn_report **out, const char *name, struct rn_error *err);

#endif
