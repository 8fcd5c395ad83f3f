/* SPDX-License-Identifier: MIT */
/*
 * A comment on a change: a line with the verdict; records and the first rows of the first table; everything else
 * folded (<details>), as far as it fits. What does not fit is counted. The verdict is that of a record with such a
 * column, else what the first table's total says; with what is known to be missing, which comes last, so that the
 * document is held back until it is whole.
 *
 * Tables have a line of heads, a line of rules that align numbers to the right, a line a row, the total in bold;
 * a record table has a line a fact. Numbers look as in text. Every character that could mean something to
 * Markdown or HTML is escaped, names of people (@) and addresses that would become links as well, control
 * characters as in text: cells come from traced programs. Long cells are cut.
 */
#include "analyze/report/markdown.h"

#include "analyze/report/cell.h"
#include "analyze/report/writer.h"

#include <stdlib.h>

#define SHOWN_ROWS 10          /* of the first table; 5 more do not make a fold */
#define CELL_BYTES 300
#define TAIL_BYTES 1500        /* kept for what has to be said at the end, and for folds to be closed */
#define RECORDS_SHOWN 3

struct markdown {
	struct rn_writer_base base; /* base.text: the verdict and the document, at the end */
	struct rn_buffer body, cell, row, shown, folded, total, heads;
	struct rn_buffer verdict, about;
	size_t most;
	uint64_t n_rows, n_left_out;
	bool any_table;             /* one with rows that are not a record's */
	unsigned n_records;
	bool has_verdict, any_row;
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
		uint8_t c = s.p[i];
		bool link = (c == ':' && s.len - i > 2 && s.p[i + 1] == '/' && s.p[i + 2] == '/') ||
			(c == '.' && i > 2 && !memcmp(s.p + i - 3, "www", 3));
		if (memchr("\\`*_[]<>|~&#$", c, 13) || link)
			rn_put_u8(out, '\\');
		rn_put_u8(out, c);
		if (c == '@')
			rn_put_text(out, "<!-- -->");
	}
}

/* Within tags, where Markdown is not read. */
static void put_html(struct rn_buffer *out, const char *s)
{
	for (; *s; s++)
		if (strchr("<>&\"'", *s))
			rn_put_format(out, "&#%d;", *s);
		else
			rn_put_u8(out, (uint8_t)*s);
}

static const char *title_of(const struct rn_column *c)
{
	return c->title ? c->title : c->name;
}

/* The cell as people read it, without markup, cut. */
static void show(struct markdown *w, const struct rn_cell *cell, const struct rn_column *c)
{
	rn_buffer_clear(&w->cell);
	if (c->blank_zero && cell->type == RN_T_U64 && !cell->u64)
		return;
	rn_cell_shown(&w->cell, cell, c);
	if (w->cell.len <= CELL_BYTES)
		return;
	size_t whole = w->cell.len, n = CELL_BYTES;
	while (n && (w->cell.p[n] & 0xc0) == 0x80)
		n--;
	w->cell.len = n;
	rn_put_format(&w->cell, "... (%zu more bytes)", whole - n);
}

static size_t room(const struct markdown *w)
{
	size_t used = w->body.len + w->shown.len + w->folded.len + w->total.len + 2 * w->heads.len + TAIL_BYTES;
	return used < w->most ? w->most - used : 0;
}

/* ---- tables ---- */

static void put_heads(struct markdown *w)
{
	const struct rn_table *t = w->base.table;
	rn_buffer_clear(&w->heads);
	if (t->flags & RN_TABLE_RECORD) {
		rn_put_text(&w->heads, "| | |\n|---|---|\n");
		return;
	}
	for (unsigned pass = 0; pass < 2; pass++) {
		rn_put_u8(&w->heads, '|');
		for (unsigned i = 0; i < t->n_columns; i++) {
			const struct rn_column *c = &t->columns[i];
			if (!is_shown(c))
				continue;
			if (pass) {
				rn_put_text(&w->heads, c->left ? "---|" : "---:|");
				continue;
			}
			rn_put_u8(&w->heads, ' ');
			put_escaped(&w->heads, rn_bytes_str(title_of(c)));
			rn_put_text(&w->heads, " |");
		}
		rn_put_u8(&w->heads, '\n');
	}
}

static int table_begin(struct rn_sink *s, const struct rn_table *t, struct rn_error *err)
{
	struct markdown *w = (struct markdown *)s;
	(void)err;
	w->base.table = t;
	w->any_row = false;
	w->n_rows = w->n_left_out = 0;
	rn_buffer_clear(&w->shown);
	rn_buffer_clear(&w->folded);
	rn_buffer_clear(&w->total);
	put_heads(w);
	return 0;
}

/* A line of a table; of a record, one for each fact. */
static void put_row(struct markdown *w, struct rn_buffer *out, const struct rn_cell *cells, const char *mark)
{
	const struct rn_table *t = w->base.table;
	bool record = t->flags & RN_TABLE_RECORD;
	rn_put_text(out, record ? "" : "|");
	for (unsigned i = 0; i < t->n_columns; i++) {
		if (!is_shown(&t->columns[i]) || (record && cells[i].type == RN_T_NULL))
			continue;
		if (record) {
			rn_put_text(out, "| ");
			put_escaped(out, rn_bytes_str(title_of(&t->columns[i])));
			rn_put_text(out, " |");
		}
		show(w, &cells[i], &t->columns[i]);
		rn_put_u8(out, ' ');
		rn_put_text(out, w->cell.len ? mark : "");
		put_escaped(out, rn_buffer_bytes(&w->cell));
		rn_put_text(out, w->cell.len ? mark : "");
		rn_put_text(out, record ? " |\n" : " |");
	}
	rn_put_text(out, record ? "" : "\n");
}

static const struct rn_cell *cell_of(const struct rn_table *t, const struct rn_cell *cells, const char *name)
{
	for (unsigned i = 0; i < t->n_columns; i++)
		if (!strcmp(t->columns[i].name, name) && cells[i].type != RN_T_NULL)
			return &cells[i];
	return NULL;
}

static void put_text_of(struct markdown *w, struct rn_buffer *out, const struct rn_cell *cell)
{
	static const struct rn_column plain = { .type = RN_T_TEXT };
	show(w, cell, &plain);
	put_escaped(out, rn_buffer_bytes(&w->cell));
}

static void take_verdict(struct markdown *w, const struct rn_cell *cells)
{
	const struct rn_cell *verdict = cell_of(w->base.table, cells, "verdict");
	const struct rn_cell *summary = cell_of(w->base.table, cells, "summary");
	const struct rn_cell *limits = cell_of(w->base.table, cells, "limits");
	const struct rn_cell *broken = cell_of(w->base.table, cells, "broken");
	if (w->has_verdict || !verdict || verdict->type != RN_T_TEXT)
		return;
	w->has_verdict = true;
	rn_put_text(&w->verdict, "**");
	put_text_of(w, &w->verdict, verdict);
	rn_put_text(&w->verdict, "**");
	if (summary) {
		rn_put_text(&w->verdict, ": ");
		put_text_of(w, &w->verdict, summary);
	} else if (limits && broken && limits->type == RN_T_U64 && broken->type == RN_T_U64) {
		rn_put_format(&w->verdict, ": %llu of %llu limits not kept", (unsigned long long)broken->u64,
			(unsigned long long)limits->u64);
	}
}

/* What the sums of the first table come to. */
static void take_total(struct markdown *w, const struct rn_cell *cells)
{
	const struct rn_cell *calls = cell_of(w->base.table, cells, "calls");
	const struct rn_cell *errors = cell_of(w->base.table, cells, "errors");
	if (w->has_verdict || w->any_table || !calls || calls->type != RN_T_U64)
		return;
	w->has_verdict = true;
	rn_put_format(&w->verdict, "**%llu calls", (unsigned long long)calls->u64);
	if (errors && errors->type == RN_T_U64)
		rn_put_format(&w->verdict, ", %llu errors", (unsigned long long)errors->u64);
	rn_put_text(&w->verdict, "**");
}

/* Where it comes from, and what is missing. */
static void take_about(struct markdown *w, const struct rn_cell *cells)
{
	const struct rn_table *t = w->base.table;
	const struct rn_cell *command = cell_of(t, cells, "command"), *host = cell_of(t, cells, "host");
	const struct rn_cell *time = cell_of(t, cells, "duration_ns"), *whole = cell_of(t, cells, "complete");
	const struct rn_cell *lost = cell_of(t, cells, "lost_events"), *damages = cell_of(t, cells, "damages");
	const struct rn_cell *filter = cell_of(t, cells, "filter");
	if (command) {
		rn_put_text(&w->about, " of ");
		put_text_of(w, &w->about, command);
	}
	if (host) {
		rn_put_text(&w->about, " on ");
		put_text_of(w, &w->about, host);
	}
	if (time && time->type == RN_T_U64)
		rn_put_format(&w->about, ", %.3f s", (double)time->u64 / 1e9);
	if (filter && filter->type == RN_T_TEXT) {
		rn_put_text(&w->about, ", filter ");
		put_text_of(w, &w->about, filter);
	}
	const struct rn_cell *cpu = cell_of(t, cells, "recorder_cpu_ns"), *added = cell_of(t, cells, "added_ns"),
		*how = cell_of(t, cells, "added_is");
	if (cpu && cpu->type == RN_T_U64)
		rn_put_format(&w->about, "; recording took %.3f s of CPU time", (double)cpu->u64 / 1e9);
	if (added && added->type == RN_T_U64)
		rn_put_format(&w->about, ", added %s %.3f s", how && how->type == RN_T_TEXT && how->text.len &&
			how->text.p[0] == 'a' ? "at least" : "an estimated", (double)added->u64 / 1e9);
	if (whole && whole->type == RN_T_BOOL && !whole->boolean)
		rn_put_text(&w->about, "; **the trace is not complete**");
	if (damages && damages->type == RN_T_U64 && damages->u64)
		rn_put_format(&w->about, "; **damaged in %llu places**", (unsigned long long)damages->u64);
	if (lost && lost->type == RN_T_U64 && lost->u64)
		rn_put_format(&w->about, "; **%llu events lost**", (unsigned long long)lost->u64);
}

static int row(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	struct markdown *w = (struct markdown *)s;
	const struct rn_table *t = w->base.table;
	(void)err;
	if (is_about(t)) {
		take_about(w, cells);
		return 0;
	}
	if (t->flags & RN_TABLE_RECORD)
		take_verdict(w, cells);
	w->any_row = true;
	w->n_rows++;
	rn_buffer_clear(&w->row);
	if (!w->n_left_out)
		put_row(w, &w->row, cells, "");
	if (w->n_left_out || w->row.len > room(w)) {
		w->n_left_out++;
		return 0;
	}
	struct rn_buffer *to = w->n_rows > SHOWN_ROWS ? &w->folded : &w->shown;
	rn_put_bytes(to, w->row.p, w->row.len);
	return 0;
}

static int total(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	struct markdown *w = (struct markdown *)s;
	(void)err;
	if (is_about(w->base.table))
		return 0;
	take_total(w, cells);
	w->any_row = true;
	rn_buffer_clear(&w->row);
	put_row(w, &w->row, cells, "**");
	if (w->row.len <= room(w) + TAIL_BYTES / 2)
		rn_put_bytes(&w->total, w->row.p, w->row.len);
	return 0;
}

static void put_fold(struct markdown *w, const char *title, uint64_t rows, const char *what)
{
	rn_put_text(&w->body, "\n<details><summary>");
	put_html(&w->body, title);
	rn_put_format(&w->body, "%s%llu %s</summary>\n\n", *title ? ": " : "", (unsigned long long)rows, what);
}

static void put_left_out(struct markdown *w)
{
	if (w->n_left_out)
		rn_put_format(&w->body, "\n%llu more rows are left out: they do not fit a comment.\n",
			(unsigned long long)w->n_left_out);
}

static void put_buffer(struct rn_buffer *out, const struct rn_buffer *b)
{
	rn_put_bytes(out, b->p, b->len);
}

/* The first table: its first rows in sight, the rest folded. */
static void put_open_table(struct markdown *w)
{
	const struct rn_table *t = w->base.table;
	bool fold = w->n_rows > SHOWN_ROWS + 5;
	if (t->title) {
		rn_put_text(&w->body, w->body.len ? "\n### " : "### ");
		put_escaped(&w->body, rn_bytes_str(t->title));
		rn_put_text(&w->body, "\n");
	}
	rn_put_text(&w->body, w->body.len ? "\n" : "");
	put_buffer(&w->body, &w->heads);
	put_buffer(&w->body, &w->shown);
	if (!fold)
		put_buffer(&w->body, &w->folded);
	put_buffer(&w->body, &w->total);
	if (fold && w->folded.len) {
		put_fold(w, "", w->n_rows - SHOWN_ROWS, "more rows");
		put_buffer(&w->body, &w->heads);
		put_buffer(&w->body, &w->folded);
		put_left_out(w);
		rn_put_text(&w->body, "\n</details>\n");
	} else {
		put_left_out(w);
	}
}

static void put_folded_table(struct markdown *w)
{
	const struct rn_table *t = w->base.table;
	put_fold(w, t->title ? t->title : t->name, w->n_rows, w->n_rows == 1 ? "row" : "rows");
	if (w->shown.len || w->total.len) {
		put_buffer(&w->body, &w->heads);
		put_buffer(&w->body, &w->shown);
		put_buffer(&w->body, &w->folded);
		put_buffer(&w->body, &w->total);
	}
	put_left_out(w);
	rn_put_text(&w->body, "\n</details>\n");
}

static int table_end(struct rn_sink *s, struct rn_error *err)
{
	struct markdown *w = (struct markdown *)s;
	const struct rn_table *t = w->base.table;
	bool record = t->flags & RN_TABLE_RECORD;
	(void)err;
	if (is_about(t))
		return 0;
	bool open = record ? w->n_records < RECORDS_SHOWN : !w->any_table;
	if (w->any_row && open)
		put_open_table(w);
	else if (w->any_row && room(w) > 2 * w->heads.len)
		put_folded_table(w);
	else if (w->any_row)
		w->n_left_out = w->n_rows;
	if (!w->any_row && room(w) > w->heads.len + 200) {
		rn_put_text(&w->body, w->body.len ? "\n" : "");
		if (t->title && !t->empty) {
			rn_put_text(&w->body, "### ");
			put_escaped(&w->body, rn_bytes_str(t->title));
			rn_put_text(&w->body, "\n\n");
		}
		if (t->empty) {
			put_escaped(&w->body, rn_bytes_str(t->empty));
			rn_put_u8(&w->body, '\n');
		} else {
			put_buffer(&w->body, &w->heads);
		}
	}
	w->n_records += record;
	w->any_table |= !record && w->any_row;
	return 0;
}

static int note(struct rn_sink *s, struct rn_bytes text, struct rn_error *err)
{
	struct markdown *w = (struct markdown *)s;
	const struct rn_cell cell = rn_cell_bytes(text);
	(void)err;
	rn_buffer_clear(&w->row);
	rn_put_text(&w->row, w->body.len ? "\nnote: " : "note: ");
	put_text_of(w, &w->row, &cell);
	rn_put_u8(&w->row, '\n');
	w->shown.len = w->folded.len = w->total.len = w->heads.len = 0; /* that table is in the body */
	if (w->row.len <= room(w))
		rn_put_bytes(&w->body, w->row.p, w->row.len);
	return 0;
}

/* ---- the document ---- */

int rn_markdown_begin(struct rn_sink **sink, FILE *stream, size_t most, struct rn_error *err)
{
	static const struct rn_sink markdown = { .table_begin = table_begin, .row = row, .total = total,
		.table_end = table_end, .note = note };
	struct markdown *w = rn_writer_base_new(sizeof(*w), &markdown, stream, err);
	if (!w)
		return RN_E_NOMEM;
	w->most = most;
	*sink = &w->base.sink;
	return 0;
}

static int begin(struct rn_sink **sink, FILE *stream, struct rn_error *err)
{
	return rn_markdown_begin(sink, stream, RN_MARKDOWN_MOST_BYTES, err);
}

static int end(struct rn_sink *sink, struct rn_error *err)
{
	struct markdown *w = (struct markdown *)sink;
	struct rn_buffer *const all[] = { &w->body, &w->cell, &w->row, &w->shown, &w->folded, &w->total, &w->heads,
		&w->verdict, &w->about };
	int code = 0;
	if (w->about.len && !w->has_verdict)
		rn_put_text(&w->verdict, "A trace");
	put_buffer(&w->base.text, &w->verdict);
	put_buffer(&w->base.text, &w->about);
	rn_put_text(&w->base.text, w->base.text.len ? "\n\n" : "");
	put_buffer(&w->base.text, &w->body);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (!rn_buffer_ok(all[i]))
			code = rn_fail(err, RN_E_NOMEM, "out of memory for a report");
		rn_buffer_fini(all[i]);
	}
	return rn_writer_base_end(&w->base, code, err);
}

const struct rn_report rn_report_markdown = {
	.name = "markdown",
	.suffix = "md",
	.help = "Markdown that fits a comment on a change",
	.begin = begin,
	.end = end,
};
