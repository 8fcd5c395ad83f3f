/* SPDX-License-Identifier: MIT */
/**
 * json_tables - tables as members of a JSON object that is already open.
 *
 *   "tables": { "summary": { "title": .., "columns": [{"name", "type", "unit", "doc"}, ..],
 *                            "rows": [{"name": .., "calls": .., ..}, ..], "total": {..} },
 *               "trace": { "uuid": .., "calls": .. } },    (a record table is an object of its facts)
 *   "ml_analysis": {..},                                           (a group: analyze/table.h)
 *   "provenance": {..},                                (records about the report itself)
 *   "notes": ["..", ..]
 *
 * The document of --format json is made of these, and a listing as JSON carries them behind its
 * calls. Notes are kept until the end.
 */
#ifndef RN_ANALYZE_REPORT_JSON_TABLES_H
#define RN_ANALYZE_REPORT_JSON_TABLES_H

#include "analyze/report/json_writer.h"
#include "analyze/table.h"

struct rn_json_tables {
	struct rn_sink sink;        /* first: tables go here */
	struct rn_json *json;       /* borrowed */
	/* Private. */
	const struct rn_table *table;
	struct rn_buffer notes;     /* each as rn_put_string */
	unsigned before; /* json's break_depth */
	bool in_rows, in_tables;
	const char *group;          /* open */
};

/** Opens "tables" in the object that is open in json. */
void rn_json_tables_init(struct rn_json_tables *t, struct rn_json *json);
/** Ends what is open, writes the notes, frees them. The object itself is the caller's to end. */
void rn_json_tables_end(struct rn_json_tables *t);

#endif
