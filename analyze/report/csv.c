/* SPDX-License-Identifier: MIT */
/*
 * CSV as in RFC 4180, with line feeds: a line of column names, then rows in base units. A record
 * table is a line "name,value" and a line a fact. Tables are set apart by an empty line; totals and
 * notes are left out, because sums among rows would be summed again.
 *
 * A field is quoted when it holds a comma, a quote, CR or LF, begins or ends with a blank, or begins
 * with = + - @, which a spreadsheet may take for a formula; its text is never changed for that.
 * Bytes that are not UTF-8 and control characters other than tab, CR, LF travel as report/utf8.h says.
 */
#include "analyze/report/cell.h"
#include "analyze/report/csv.h"
#include "analyze/report/json_writer.h"
#include "analyze/report/utf8.h"
#include "analyze/report/writer.h"

static bool needs_quotes(struct rn_bytes s)
{
	if (!s.len)
		return false;
	if (memchr("=+-@ \t", s.p[0], 6) || memchr(" \t", s.p[s.len - 1], 2))
		return true;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\r' || s.p[i] == '\n')
			return true;
	return false;
}

static bool stays(uint32_t code)
{
	return code >= 0x20 || code == '\t' || code == '\r' || code == '\n';
}

void rn_csv_text(struct rn_buffer *out, struct rn_bytes s)
{
	bool quoted = needs_quotes(s);
	if (quoted)
		rn_put_u8(out, '"');
	for (size_t i = 0; i < s.len;) {
		size_t plain = i; /* most text needs nothing, and goes in as a whole */
		while (plain < s.len && s.p[plain] >= 0x20 && s.p[plain] < 0x80 && s.p[plain] != '"')
			plain++;
		rn_put_bytes(out, s.p + i, plain - i);
		i = plain;
		if (i == s.len)
			break;
		uint32_t code;
		uint8_t utf8[4];
		size_t n = rn_utf8_take(rn_bytes_of(s.p + i, s.len - i), &code);
		if (code == '"')
			rn_put_u8(out, '"');
		rn_put_bytes(out, utf8, rn_utf8_put(utf8, stays(code) ? code : RN_UTF8_RAW + code));
		i += n;
	}
	if (quoted)
		rn_put_u8(out, '"');
}

static void put_cell(struct rn_buffer *out, const struct rn_cell *cell)
{
	if (cell->type == RN_T_TEXT)
		rn_csv_text(out, cell->text);
	else
		rn_cell_plain(out, cell);
}

static int table_begin(struct rn_sink *s, const struct rn_table *t, struct rn_error *err)
{
	struct rn_writer_base *w = (struct rn_writer_base *)s;
	w->table = t;
	if (t->flags & RN_TABLE_ABOUT)
		return 0;
	if (w->any)
		rn_put_u8(&w->text, '\n');
	w->any = true;
	bool first = true;
	for (unsigned i = 0; i < t->n_columns && !(t->flags & RN_TABLE_RECORD); i++) {
		if (t->columns[i].hide & RN_HIDE_CSV)
			continue;
		if (!first)
			rn_put_u8(&w->text, ',');
		first = false;
		rn_csv_text(&w->text, rn_bytes_str(t->columns[i].name));
	}
	rn_put_text(&w->text, t->flags & RN_TABLE_RECORD ? "name,value\n" : "\n");
	return rn_writer_base_drain(w, err);
}

static void put_facts(struct rn_writer_base *w, const struct rn_cell *cells)
{
	for (unsigned i = 0; i < w->table->n_columns; i++) {
		if (w->table->columns[i].hide & RN_HIDE_CSV)
			continue;
		rn_csv_text(&w->text, rn_bytes_str(w->table->columns[i].name));
		rn_put_u8(&w->text, ',');
		put_cell(&w->text, &cells[i]);
		rn_put_u8(&w->text, '\n');
	}
}

static void put_row(struct rn_writer_base *w, const struct rn_cell *cells)
{
	bool first = true;
	for (unsigned i = 0; i < w->table->n_columns; i++) {
		if (w->table->columns[i].hide & RN_HIDE_CSV)
			continue;
		if (!first)
			rn_put_u8(&w->text, ',');
		first = false;
		put_cell(&w->text, &cells[i]);
	}
	rn_put_u8(&w->text, '\n');
}

static int row(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	struct rn_writer_base *w = (struct rn_writer_base *)s;
	if (w->table->flags & RN_TABLE_ABOUT)
		return 0;
	if (w->table->flags & RN_TABLE_RECORD)
		put_facts(w, cells);
	else
		put_row(w, cells);
	return rn_writer_base_drain(w, err);
}

static int begin(struct rn_sink **sink, FILE *stream, struct rn_error *err)
{
	static const struct rn_sink csv = { .table_begin = table_begin, .row = row };
	struct rn_writer_base *w = rn_writer_base_new(sizeof(*w), &csv, stream, err);
	if (!w)
		return RN_E_NOMEM;
	*sink = &w->sink;
	return 0;
}

static int end(struct rn_sink *sink, struct rn_error *err)
{
	return rn_writer_base_end((struct rn_writer_base *)sink, 0, err);
}

const struct rn_report rn_report_csv = {
	.name = "csv",
	.suffix = "csv", .bare = true,
	.help = "comma separated values with a line of names, in base units",
	.begin = begin,
	.end = end,
};
