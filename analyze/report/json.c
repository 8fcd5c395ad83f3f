/* SPDX-License-Identifier: MIT */
/*
 * One document:
 *   { "version": "0.1.0", "format": "renacer-report-v1",
 *     "tables": {..}, .., "notes": [..] }                    (report/json_tables.h)
 * Every value is in base units; nothing is rounded.
 */
#include "analyze/report/json_tables.h"
#include "analyze/report/json_writer.h"
#include "analyze/report/writer.h"

#define ROW_DEPTH 4 /* document, tables, table, rows */

struct json {
	struct rn_writer_base base;
	struct rn_json json; /* over base.text */
	struct rn_json_tables tables;
};

#define TABLES(s) (&((struct json *)(s))->tables.sink)

static int drained(struct rn_sink *s, int rc, struct rn_error *err)
{
	return rc ? rc : rn_writer_base_drain(&((struct json *)s)->base, err);
}

static int table_begin(struct rn_sink *s, const struct rn_table *t, struct rn_error *err)
{
	return drained(s, rn_sink_begin(TABLES(s), t, err), err);
}

static int row(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	return drained(s, rn_sink_row(TABLES(s), cells, err), err);
}

static int total(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	return drained(s, rn_sink_total(TABLES(s), cells, err), err);
}

static int table_end(struct rn_sink *s, struct rn_error *err)
{
	return drained(s, rn_sink_end(TABLES(s), err), err);
}

static int note(struct rn_sink *s, struct rn_bytes text, struct rn_error *err)
{
	return rn_sink_note(TABLES(s), text, err);
}

static int begin(struct rn_sink **sink, FILE *stream, struct rn_error *err)
{
	static const struct rn_sink json = { table_begin, row, total, table_end, note };
	struct json *w = rn_writer_base_new(sizeof(*w), &json, stream, err);
	if (!w)
		return RN_E_NOMEM;
	rn_json_init(&w->json, &w->base.text, ROW_DEPTH);
	rn_json_object_begin(&w->json);
	rn_json_key(&w->json, "version");
	rn_json_text(&w->json, RN_VERSION);
	rn_json_key(&w->json, "format");
	rn_json_text(&w->json, "renacer-report-v1");
	rn_json_tables_init(&w->tables, &w->json);
	*sink = &w->base.sink;
	return 0;
}

static int end(struct rn_sink *sink, struct rn_error *err)
{
	struct json *w = (struct json *)sink;
	rn_json_tables_end(&w->tables);
	rn_json_object_end(&w->json);
	rn_put_u8(&w->base.text, '\n');
	return rn_writer_base_end(&w->base, 0, err);
}

const struct rn_report rn_report_json = {
	.name = "json",
	.suffix = "json",
	.help = "one JSON document with named tables, units and notes",
	.begin = begin,
	.end = end,
};
