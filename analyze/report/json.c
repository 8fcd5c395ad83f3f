/* SPDX-License-Identifier: MIT */
/*
 * One document:
 *   { "version": "0.1.0", "format": "renacer-report-v1",
 *     "tables": {
 *       "summary": { "title": .., "columns": [{"name", "type", "unit", "doc"}, ..],
 *                    "rows": [{"name": .., "calls": .., ..}, ..], "total": {..} },
 *       "trace": { "uuid": .., "calls": .. } },          (a record table is an object of its facts)
 *     "provenance": {..},                                      (records about the report itself)
 *     "notes": ["..", ..] }
 * Every value is in base units; nothing is rounded. Notes are kept until the end.
 */
#include "analyze/report/cell.h"
#include "analyze/report/json_writer.h"
#include "analyze/report/writer.h"
#include "shared/cursor.h"

#define ROW_DEPTH 4 /* document, tables, table, rows */

struct json {
	struct rn_writer_base base;
	struct rn_json json;    /* over base.text */
	struct rn_buffer notes; /* each as rn_put_string */
	bool in_rows;
	bool after_tables; /* the object of tables is closed */
};

static void put_text(struct rn_json *j, const char *key, const char *value)
{
	rn_json_key(j, key);
	rn_json_text(j, value);
}

static void put_columns(struct rn_json *j, const struct rn_table *t)
{
	rn_json_key(j, "columns");
	rn_json_array_begin(j);
	for (unsigned i = 0; i < t->n_columns; i++) {
		const struct rn_column *c = &t->columns[i];
		if (c->hide & RN_HIDE_JSON)
			continue;
		rn_json_object_begin(j);
		put_text(j, "name", c->name);
		put_text(j, "type", rn_type_name(c->type));
		if (c->unit)
			put_text(j, "unit", rn_unit_name(c->unit));
		if (c->doc)
			put_text(j, "doc", c->doc);
		rn_json_object_end(j);
	}
	rn_json_array_end(j);
}

static void end_tables(struct json *w)
{
	if (!w->after_tables)
		rn_json_object_end(&w->json);
	w->after_tables = true;
}

static int table_begin(struct rn_sink *s, const struct rn_table *t, struct rn_error *err)
{
	struct json *w = (struct json *)s;
	w->base.table = t;
	if (t->flags & RN_TABLE_ABOUT)
		end_tables(w);
	rn_json_key(&w->json, t->name);
	if (t->flags & RN_TABLE_RECORD)
		return rn_writer_base_drain(&w->base, err);
	rn_json_object_begin(&w->json);
	if (t->title)
		put_text(&w->json, "title", t->title);
	put_columns(&w->json, t);
	rn_json_key(&w->json, "rows");
	rn_json_array_begin(&w->json);
	w->in_rows = true;
	return rn_writer_base_drain(&w->base, err);
}

static void put_cells(struct json *w, const struct rn_cell *cells)
{
	const struct rn_table *t = w->base.table;
	rn_json_object_begin(&w->json);
	for (unsigned i = 0; i < t->n_columns; i++) {
		if (t->columns[i].hide & RN_HIDE_JSON)
			continue;
		rn_json_key(&w->json, t->columns[i].name);
		rn_cell_json(&w->json, &cells[i]);
	}
	rn_json_object_end(&w->json);
}

static int row(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	struct json *w = (struct json *)s;
	put_cells(w, cells);
	return rn_writer_base_drain(&w->base, err);
}

static void end_rows(struct json *w)
{
	if (w->in_rows)
		rn_json_array_end(&w->json);
	w->in_rows = false;
}

static int total(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	struct json *w = (struct json *)s;
	end_rows(w);
	rn_json_key(&w->json, "total");
	w->json.break_depth = ROW_DEPTH - 1; /* one line, as the rows one level deeper have */
	put_cells(w, cells);
	w->json.break_depth = ROW_DEPTH;
	return rn_writer_base_drain(&w->base, err);
}

static int table_end(struct rn_sink *s, struct rn_error *err)
{
	struct json *w = (struct json *)s;
	end_rows(w);
	if (!(w->base.table->flags & RN_TABLE_RECORD))
		rn_json_object_end(&w->json);
	return rn_writer_base_drain(&w->base, err);
}

static int note(struct rn_sink *s, struct rn_bytes text, struct rn_error *err)
{
	struct json *w = (struct json *)s;
	rn_put_string(&w->notes, text);
	return rn_buffer_ok(&w->notes) ? 0 :
		rn_fail(err, RN_E_NOMEM, "out of memory for a report");
}

static int begin(struct rn_sink **sink, FILE *stream, struct rn_error *err)
{
	static const struct rn_sink json = { table_begin, row, total, table_end, note };
	struct json *w = rn_writer_base_new(sizeof(*w), &json, stream, err);
	if (!w)
		return RN_E_NOMEM;
	rn_json_init(&w->json, &w->base.text, ROW_DEPTH);
	rn_json_object_begin(&w->json);
	put_text(&w->json, "version", RN_VERSION);
	put_text(&w->json, "format", "renacer-report-v1");
	rn_json_key(&w->json, "tables");
	rn_json_object_begin(&w->json);
	*sink = &w->base.sink;
	return 0;
}

static int end(struct rn_sink *sink, struct rn_error *err)
{
	struct json *w = (struct json *)sink;
	end_tables(w);
	rn_json_key(&w->json, "notes");
	rn_json_array_begin(&w->json);
	struct rn_cursor c = rn_cursor_of(w->notes.p, w->notes.len);
	while (rn_cursor_left(&c))
		rn_json_bytes(&w->json, rn_take_string(&c, w->notes.len));
	rn_json_array_end(&w->json);
	rn_json_object_end(&w->json);
	rn_put_u8(&w->base.text, '\n');
	rn_buffer_fini(&w->notes);
	return rn_writer_base_end(&w->base, 0, err);
}

const struct rn_report rn_report_json = {
	.name = "json",
	.suffix = "json",
	.help = "one JSON document with named tables, units and notes",
	.begin = begin,
	.end = end,
};
