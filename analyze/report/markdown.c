/* SPDX-License-Identifier: MIT */
/*
 * Tables as GitHub and others show them: a title as a heading of the third level, a line of heads, a
 * line of rules that align numbers to the right, a line a row, the total in bold. A record table has a
 * line a fact. Numbers look as in text. Every character that could mean something to Markdown or HTML
 * is escaped, control characters as in text: cells come from traced programs. Tables about the report
 * itself are left out.
 */
#include "analyze/report/cell.h"
#include "analyze/report/writer.h"

struct markdown {
	struct rn_writer_base base;
	struct rn_buffer cell;
	bool any_row;
};

static bool is_shown(const struct rn_column *c)
{
	return !(c->hide & RN_HIDE_TEXT);
}

static bool is_about(const struct rn_table *t)
{
	return t->flags & RN_TABLE_ABOUT;
}

static void put_escaped(struct rn_buffer *out, struct rn_bytes s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (memchr("\\`*_[]<>|~&#$", s.p[i], 13))
			rn_put_u8(out, '\\');
		rn_put_u8(out, s.p[i]);
	}
}

static void put_title(struct rn_buffer *out, const struct rn_column *c)
{
	put_escaped(out, rn_bytes_str(c->title ? c->title : c->name));
}

static int table_begin(struct rn_sink *s, const struct rn_table *t, struct rn_error *err)
{
	struct markdown *w = (struct markdown *)s;
	struct rn_buffer *out = &w->base.text;
	w->base.table = t;
	w->any_row = false;
	if (is_about(t))
		return 0;
	if (w->base.any)
		rn_put_u8(out, '\n');
	w->base.any = true;
	if (t->title) {
		rn_put_text(out, "### ");
		put_escaped(out, rn_bytes_str(t->title));
		rn_put_text(out, "\n\n");
	}
	if (t->flags & RN_TABLE_RECORD) {
		rn_put_text(out, "| | |\n|---|---|\n");
		return rn_writer_base_drain(&w->base, err);
	}
	for (unsigned pass = 0; pass < 2; pass++) {
		rn_put_u8(out, '|');
		for (unsigned i = 0; i < t->n_columns; i++) {
			const struct rn_column *c = &t->columns[i];
			if (!is_shown(c))
				continue;
			if (pass) {
				rn_put_text(out, c->left ? "---|" : "---:|");
				continue;
			}
			rn_put_u8(out, ' ');
			put_title(out, c);
			rn_put_text(out, " |");
		}
		rn_put_u8(out, '\n');
	}
	return rn_writer_base_drain(&w->base, err);
}

static void put_cell(struct markdown *w, const struct rn_cell *cell, const struct rn_column *c,
	const char *mark)
{
	rn_buffer_clear(&w->cell);
	if (!(c->blank_zero && cell->type == RN_T_U64 && !cell->u64))
		rn_cell_shown(&w->cell, cell, c);
	rn_put_text(&w->base.text, w->cell.len ? mark : "");
	put_escaped(&w->base.text, rn_buffer_bytes(&w->cell));
	rn_put_text(&w->base.text, w->cell.len ? mark : "");
}

static int put_row(struct markdown *w, const struct rn_cell *cells, const char *mark,
	struct rn_error *err)
{
	const struct rn_table *t = w->base.table;
	struct rn_buffer *out = &w->base.text;
	bool record = t->flags & RN_TABLE_RECORD;
	if (is_about(t))
		return 0;
	if (!record)
		rn_put_u8(out, '|');
	for (unsigned i = 0; i < t->n_columns; i++) {
		if (!is_shown(&t->columns[i]) || (record && cells[i].type == RN_T_NULL))
			continue;
		if (record) {
			rn_put_text(out, "| ");
			put_title(out, &t->columns[i]);
			rn_put_text(out, " |");
		}
		rn_put_u8(out, ' ');
		put_cell(w, &cells[i], &t->columns[i], mark);
		rn_put_text(out, record ? " |\n" : " |");
	}
	if (!record)
		rn_put_u8(out, '\n');
	w->any_row = true;
	if (!rn_buffer_ok(&w->cell))
		return rn_fail(err, RN_E_NOMEM, "out of memory for a report");
	return rn_writer_base_drain(&w->base, err);
}

static int row(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	return put_row((struct markdown *)s, cells, "", err);
}

static int total(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	return put_row((struct markdown *)s, cells, "**", err);
}

static int table_end(struct rn_sink *s, struct rn_error *err)
{
	struct markdown *w = (struct markdown *)s;
	const struct rn_table *t = w->base.table;
	if (w->any_row || is_about(t) || !t->empty)
		return 0;
	rn_put_u8(&w->base.text, '\n');
	put_escaped(&w->base.text, rn_bytes_str(t->empty));
	rn_put_u8(&w->base.text, '\n');
	return rn_writer_base_drain(&w->base, err);
}

static int note(struct rn_sink *s, struct rn_bytes text, struct rn_error *err)
{
	struct markdown *w = (struct markdown *)s;
	rn_put_text(&w->base.text, w->base.any ? "\nnote: " : "note: ");
	rn_buffer_clear(&w->cell);
	rn_put_shown(&w->cell, text);
	put_escaped(&w->base.text, rn_buffer_bytes(&w->cell));
	rn_put_u8(&w->base.text, '\n');
	w->base.any = true;
	return rn_writer_base_drain(&w->base, err);
}

static int begin(struct rn_sink **sink, FILE *stream, struct rn_error *err)
{
	static const struct rn_sink markdown = { .table_begin = table_begin, .row = row, .total = total,
		.table_end = table_end, .note = note };
	struct markdown *w = rn_writer_base_new(sizeof(*w), &markdown, stream, err);
	if (!w)
		return RN_E_NOMEM;
	*sink = &w->base.sink;
	return 0;
}

static int end(struct rn_sink *sink, struct rn_error *err)
{
	rn_buffer_fini(&((struct markdown *)sink)->cell);
	return rn_writer_base_end((struct rn_writer_base *)sink, 0, err);
}

const struct rn_report rn_report_markdown = {
	.name = "markdown",
	.suffix = "md",
	.help = "tables of Markdown, as in comments on a change",
	.begin = begin,
	.end = end,
};
