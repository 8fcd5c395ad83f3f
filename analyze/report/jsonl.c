/* SPDX-License-Identifier: MIT */
/*
 * One JSON object a line: {"table": "summary", "name": "read", ..} for a row, with "total": true for
 * the sums, and {"note": ".."}. Lines can be cut, joined and streamed.
 */
#include "analyze/report/cell.h"
#include "analyze/report/json_writer.h"
#include "analyze/report/writer.h"

static int put_line(struct rn_writer_base *w, const struct rn_cell *cells, bool is_total,
	struct rn_error *err)
{
	struct rn_json j;
	rn_json_init(&j, &w->text, 0);
	rn_json_object_begin(&j);
	rn_json_key(&j, "table");
	rn_json_text(&j, w->table->name);
	if (is_total) {
		rn_json_key(&j, "total");
		rn_json_bool(&j, true);
	}
	for (unsigned i = 0; i < w->table->n_columns; i++) {
		if (w->table->columns[i].hide & RN_HIDE_JSON)
			continue;
		rn_json_key(&j, w->table->columns[i].name);
		rn_cell_json(&j, &cells[i]);
	}
	rn_json_object_end(&j);
	rn_put_u8(&w->text, '\n');
	return rn_writer_base_drain(w, err);
}

static int table_begin(struct rn_sink *s, const struct rn_table *t, struct rn_error *err)
{
	(void)err;
	((struct rn_writer_base *)s)->table = t;
	return 0;
}

static int row(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	return put_line((struct rn_writer_base *)s, cells, false, err);
}

static int total(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	return put_line((struct rn_writer_base *)s, cells, true, err);
}

static int note(struct rn_sink *s, struct rn_bytes text, struct rn_error *err)
{
	struct rn_writer_base *w = (struct rn_writer_base *)s;
	struct rn_json j;
	rn_json_init(&j, &w->text, 0);
	rn_json_object_begin(&j);
	rn_json_key(&j, "note");
	rn_json_bytes(&j, text);
	rn_json_object_end(&j);
	rn_put_u8(&w->text, '\n');
	return rn_writer_base_drain(w, err);
}

static int begin(struct rn_sink **sink, FILE *stream, struct rn_error *err)
{
	static const struct rn_sink jsonl = {
		.table_begin = table_begin, .row = row, .total = total, .note = note,
	};
	struct rn_writer_base *w = rn_writer_base_new(sizeof(*w), &jsonl, stream, err);
	if (!w)
		return RN_E_NOMEM;
	*sink = &w->sink;
	return 0;
}

static int end(struct rn_sink *sink, struct rn_error *err)
{
	return rn_writer_base_end((struct rn_writer_base *)sink, 0, err);
}

const struct rn_report rn_report_jsonl = {
	.name = "jsonl",
	.suffix = "jsonl",
	.help = "one JSON object a line",
	.begin = begin,
	.end = end,
};
