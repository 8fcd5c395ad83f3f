/* SPDX-License-Identifier: MIT */
/*
 * Aligned columns for people, with the head, rules and total row of strace -c where a table asks for
 * them. Widths are known when the table ends, so its cells are kept as text until then. A record
 * table shows one fact a line. Tables are set apart by an empty line, notes begin with "note: ".
 */
#include "analyze/report/cell.h"
#include "analyze/report/writer.h"

#include <stdlib.h>

enum { LAST_RULE = 40 }; /* characters at most under the head of a last column of text */

struct text {
	struct rn_writer_base base;
	struct rn_buffer cells; /* each a length of 4 bytes and its text, row after row */
	uint32_t *widths;       /* per column */
	uint32_t n_rows;        /* the total among them */
	bool has_total;
};

static struct rn_bytes title(const struct rn_column *c)
{
	return rn_bytes_str(c->title ? c->title : c->name);
}

static bool is_shown(const struct rn_column *c)
{
	return !(c->hide & RN_HIDE_TEXT);
}

static int table_begin(struct rn_sink *s, const struct rn_table *t, struct rn_error *err)
{
	struct text *w = (struct text *)s;
	w->base.table = t;
	w->n_rows = 0;
	w->has_total = false;
	rn_buffer_clear(&w->cells);
	uint32_t *widths = realloc(w->widths, (t->n_columns + 1) * sizeof(*widths));
	if (!widths)
		return rn_fail(err, RN_E_NOMEM, "out of memory for a report");
	w->widths = widths;
	for (unsigned i = 0; i < t->n_columns; i++) {
		size_t width = rn_shown_width(title(&t->columns[i]));
		widths[i] = width > t->columns[i].min_width ? (uint32_t)width :
			t->columns[i].min_width;
	}
	return 0;
}

static int row(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	struct text *w = (struct text *)s;
	const struct rn_table *t = w->base.table;
	for (unsigned i = 0; i < t->n_columns; i++) {
		size_t at = w->cells.len;
		rn_put_u32(&w->cells, 0);
		if (is_shown(&t->columns[i]))
			rn_cell_shown(&w->cells, &cells[i], &t->columns[i]);
		if (!rn_buffer_ok(&w->cells))
			return rn_fail(err, RN_E_NOMEM, "out of memory for a report");
		uint32_t len = (uint32_t)(w->cells.len - at - sizeof(len));
		memcpy(w->cells.p + at, &len, sizeof(len));
		size_t width = rn_shown_width(rn_bytes_of(w->cells.p + at + sizeof(len), len));
		if (width > w->widths[i])
			w->widths[i] = (uint32_t)width;
	}
	w->n_rows++;
	return 0;
}

static int total(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	((struct text *)s)->has_total = true;
	return row(s, cells, err);
}

static void put_n(struct rn_buffer *out, char c, size_t n)
{
	while (n--)
		rn_put_u8(out, (uint8_t)c);
}

/* A line of fields is built here and loses its trailing blanks at the end. */
static void put_field(struct text *w, unsigned i, bool first, struct rn_bytes field)
{
	struct rn_buffer *out = &w->base.text;
	size_t pad = w->widths[i] - rn_shown_width(field);
	if (!first)
		rn_put_u8(out, ' ');
	if (!w->base.table->columns[i].left)
		put_n(out, ' ', pad);
	rn_put_bytes(out, field.p, field.len);
	if (w->base.table->columns[i].left)
		put_n(out, ' ', pad);
}

static void end_line(struct rn_buffer *out)
{
	while (out->len && out->p[out->len - 1] == ' ')
		out->len--;
	rn_put_u8(out, '\n');
}

static void put_heads(struct text *w)
{
	const struct rn_table *t = w->base.table;
	bool first = true;
	for (unsigned i = 0; i < t->n_columns; i++) {
		if (!is_shown(&t->columns[i]))
			continue;
		put_field(w, i, first, title(&t->columns[i]));
		first = false;
	}
	end_line(&w->base.text);
}

/* Nothing stands behind the last column: one line that is long makes no rule of screens of dashes. */
static uint32_t rule_width(const struct text *w, unsigned i, unsigned last)
{
	bool open = i == last && w->base.table->columns[i].left;
	return open && w->widths[i] > LAST_RULE ? LAST_RULE : w->widths[i];
}

static void put_rule(struct text *w)
{
	const struct rn_table *t = w->base.table;
	unsigned last = t->n_columns;
	while (last && !is_shown(&t->columns[--last]))
		;
	bool first = true;
	for (unsigned i = 0; i < t->n_columns; i++) {
		if (!is_shown(&t->columns[i]))
			continue;
		if (!first)
			rn_put_u8(&w->base.text, ' ');
		put_n(&w->base.text, '-', rule_width(w, i, last));
		first = false;
	}
	rn_put_u8(&w->base.text, '\n');
}

/* The next kept cell; *at moves behind it. */
static struct rn_bytes next_cell(const struct text *w, size_t *at)
{
	uint32_t len;
	memcpy(&len, w->cells.p + *at, sizeof(len));
	struct rn_bytes cell = { w->cells.p + *at + sizeof(len), len };
	*at += sizeof(len) + len;
	return cell;
}

static void put_rows(struct text *w)
{
	const struct rn_table *t = w->base.table;
	size_t at = 0;
	for (uint32_t r = 0; r < w->n_rows; r++) {
		bool first = true;
		if (w->has_total && r == w->n_rows - 1)
			put_rule(w);
		for (unsigned i = 0; i < t->n_columns; i++) {
			struct rn_bytes cell = next_cell(w, &at);
			if (!is_shown(&t->columns[i]))
				continue;
			put_field(w, i, first, cell);
			first = false;
		}
		end_line(&w->base.text);
	}
}

/* What stands behind a fact's number, whose unit no head tells. */
static const char *suffix(const struct rn_column *c)
{
	static const char *const seconds[10] = { [0] = " ns", [3] = " us", [6] = " ms", [9] = " s" };
	if (c->unit == RN_U_NS)
		return c->shift < 10 && seconds[c->shift] ? seconds[c->shift] : "";
	return c->unit == RN_U_BYTES ? " bytes" : c->unit == RN_U_PERCENT ? " %" : "";
}

/* A fact that is not known leaves no line. */
static void put_facts(struct text *w)
{
	const struct rn_table *t = w->base.table;
	size_t at = 0, widest = 0;
	for (unsigned i = 0; i < t->n_columns; i++)
		if (is_shown(&t->columns[i]) && rn_shown_width(title(&t->columns[i])) > widest)
			widest = rn_shown_width(title(&t->columns[i]));
	for (unsigned i = 0; w->n_rows && i < t->n_columns; i++) {
		struct rn_bytes cell = next_cell(w, &at), name = title(&t->columns[i]);
		if (!is_shown(&t->columns[i]) || !cell.len)
			continue;
		rn_put_bytes(&w->base.text, name.p, name.len);
		rn_put_u8(&w->base.text, ':');
		put_n(&w->base.text, ' ', widest - rn_shown_width(name) + 2);
		rn_put_bytes(&w->base.text, cell.p, cell.len);
		rn_put_text(&w->base.text, suffix(&t->columns[i]));
		rn_put_u8(&w->base.text, '\n');
	}
}

static int table_end(struct rn_sink *s, struct rn_error *err)
{
	struct text *w = (struct text *)s;
	const struct rn_table *t = w->base.table;
	if (t->flags & RN_TABLE_ABOUT)
		return 0;
	if (w->base.any)
		rn_put_u8(&w->base.text, '\n');
	w->base.any = true;
	if (t->empty && w->n_rows == w->has_total) {
		rn_put_format(&w->base.text, "%s\n", t->empty);
		return rn_writer_base_drain(&w->base, err);
	}
	if (t->title)
		rn_put_format(&w->base.text, "%s\n", t->title);
	if (t->title && t->flags & RN_TABLE_RECORD && t->flags & RN_TABLE_RULED) {
		put_n(&w->base.text, '=', rn_shown_width(rn_bytes_str(t->title)));
		rn_put_u8(&w->base.text, '\n');
	}
	if (t->flags & RN_TABLE_RECORD) {
		put_facts(w);
	} else {
		put_heads(w);
		if (t->flags & RN_TABLE_RULED)
			put_rule(w);
		put_rows(w);
	}
	return rn_writer_base_drain(&w->base, err);
}

static int note(struct rn_sink *s, struct rn_bytes text, struct rn_error *err)
{
	struct text *w = (struct text *)s;
	w->base.any = true;
	rn_put_text(&w->base.text, "note: ");
	rn_put_shown(&w->base.text, text);
	rn_put_u8(&w->base.text, '\n');
	return rn_writer_base_drain(&w->base, err);
}

static int begin(struct rn_sink **sink, FILE *stream, struct rn_error *err)
{
	static const struct rn_sink text = { table_begin, row, total, table_end, note };
	struct text *w = rn_writer_base_new(sizeof(*w), &text, stream, err);
	if (!w)
		return RN_E_NOMEM;
	*sink = &w->base.sink;
	return 0;
}

static int end(struct rn_sink *sink, struct rn_error *err)
{
	struct text *w = (struct text *)sink;
	rn_buffer_fini(&w->cells);
	free(w->widths);
	return rn_writer_base_end(&w->base, 0, err);
}

const struct rn_report rn_report_text = {
	.name = "text",
	.suffix = "txt", .bare = true,
	.help = "aligned columns for people",
	.begin = begin,
	.end = end,
};
