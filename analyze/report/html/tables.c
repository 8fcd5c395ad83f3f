/* SPDX-License-Identifier: MIT */
#include "analyze/report/html/tables.h"

#include "analyze/report/cell.h"
#include "analyze/report/html/text.h"
#include "analyze/report/json_writer.h"

#include <string.h>

static bool is_shown(const struct rn_column *c)
{
	return !(c->hide & RN_HIDE_TEXT);
}

static const char *heading(const struct rn_column *c)
{
	return c->title ? c->title : c->name;
}

static void put_attribute(struct rn_buffer *out, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	rn_put_format(out, " %s=\"", name);
	rn_html_text(out, rn_bytes_str(value));
	rn_put_u8(out, '"');
}

/* ---- Sections ---- */

/* "=== Report ===" and "--- Part --- (of it)" are underlined already. */
static void put_plain_title(struct rn_buffer *out, struct rn_bytes title)
{
	size_t i = 0;
	while (i < title.len && memchr("=- ", title.p[i], 3))
		i++;
	for (size_t from = i; i < title.len; from = i) {
		while (i < title.len && !(title.len - i >= 4 && (memcmp(title.p + i, " ---", 4) == 0 ||
			memcmp(title.p + i, " ===", 4) == 0)))
			i++;
		rn_html_text(out, rn_bytes_of(title.p + from, i - from));
		i += i < title.len ? 4 : 0;
	}
}

/* What stands below the title, where text repeats that. */
static struct rn_bytes empty_text(const struct rn_table *table)
{
	const char *text = table->empty ? table->empty : "Nothing.";
	const char *line = strrchr(text, '\n');
	return rn_bytes_str(line ? line + 1 : text);
}

/* The one that -c is about has had its name since the original. */
static void put_title(struct rn_html_tables *t, const struct rn_table *table)
{
	bool summary = strcmp(table->name, "summary") == 0;
	rn_put_text(&t->body, "<h2>");
	put_plain_title(&t->body, rn_bytes_str(summary ? "Statistics Summary" :
		table->title ? table->title : table->name));
	rn_put_text(&t->body, "</h2>\n");
	if (!summary || !table->title)
		return;
	rn_put_text(&t->body, "<p class=\"about\">");
	rn_html_text(&t->body, rn_bytes_str(table->title));
	rn_put_text(&t->body, "</p>\n");
}

static void put_heads(struct rn_html_tables *t, const struct rn_table *table)
{
	for (unsigned i = 0; i < table->n_columns; i++) {
		const struct rn_column *c = &table->columns[i];
		if (!is_shown(c))
			continue;
		rn_put_text(&t->body, "<th scope=\"col\"");
		put_attribute(&t->body, "class", c->left ? "" : "n");
		put_attribute(&t->body, "data-name", c->name);
		put_attribute(&t->body, "data-type", rn_type_name(c->type));
		put_attribute(&t->body, "data-unit", rn_unit_name(c->unit));
		put_attribute(&t->body, "title", c->doc);
		rn_put_u8(&t->body, '>');
		rn_html_text(&t->body, rn_bytes_str(heading(c)));
		rn_put_text(&t->body, "</th>");
	}
}

static bool is_about(const struct rn_table *t)
{
	return t->flags & RN_TABLE_ABOUT;
}

static bool is_record(const struct rn_table *t)
{
	return t->flags & RN_TABLE_RECORD;
}

static int table_begin(struct rn_sink *s, const struct rn_table *table, struct rn_error *err)
{
	struct rn_html_tables *t = (struct rn_html_tables *)s;
	(void)err;
	t->table = table;
	t->n_rows = 0;
	t->in_total = false;
	t->sums.known |= strcmp(table->name, "summary") == 0;
	if (is_about(table))
		return 0;
	rn_put_text(&t->body, "<section class=\"part\"");
	put_attribute(&t->body, "data-table", table->name);
	put_attribute(&t->body, "data-group", table->group);
	rn_put_text(&t->body, ">\n");
	put_title(t, table);
	if (is_record(table)) {
		rn_put_text(&t->body, "<dl class=\"facts\">\n");
		return 0;
	}
	rn_put_text(&t->body, "<div class=\"scroll\" tabindex=\"0\" role=\"region\"");
	put_attribute(&t->body, "aria-label", table->title ? table->title : table->name);
	rn_put_text(&t->body, "><table>\n<thead><tr>");
	put_heads(t, table);
	rn_put_text(&t->body, "</tr></thead>\n<tbody>\n");
	return 0;
}

/* What is shown is rounded or left out where it is 0; data-v is what it stands for. */
static void put_value(struct rn_html_tables *t, const struct rn_cell *cell, const struct rn_column *c)
{
	if (cell->type == RN_T_TEXT || cell->type == RN_T_BOOL || cell->type == RN_T_NULL)
		return;
	if (cell->type != RN_T_REAL && !c->shift && !c->decimals && !c->blank_zero)
		return;
	rn_put_text(&t->body, " data-v=\"");
	rn_cell_plain(&t->body, cell);
	rn_put_u8(&t->body, '"');
}

static void put_shown(struct rn_html_tables *t, struct rn_buffer *out, const struct rn_cell *cell,
	const struct rn_column *c)
{
	rn_buffer_clear(&t->cell);
	rn_cell_shown(&t->cell, cell, c);
	rn_html_text(out, rn_buffer_bytes(&t->cell));
}

static void put_fact(struct rn_html_tables *t, struct rn_buffer *out, const struct rn_cell *cell,
	const struct rn_column *c)
{
	rn_put_text(out, "<div><dt");
	put_attribute(out, "title", c->doc);
	rn_put_u8(out, '>');
	rn_html_text(out, rn_bytes_str(heading(c)));
	rn_put_text(out, "</dt><dd>");
	put_shown(t, out, cell, c);
	rn_put_text(out, "</dd></div>\n");
}

static void put_row(struct rn_html_tables *t, const struct rn_cell *cells)
{
	rn_put_text(&t->body, "<tr>");
	for (unsigned i = 0; i < t->table->n_columns; i++) {
		const struct rn_column *c = &t->table->columns[i];
		if (!is_shown(c))
			continue;
		rn_put_text(&t->body, c->left ? "<td" : "<td class=\"n\"");
		put_value(t, &cells[i], c);
		rn_put_u8(&t->body, '>');
		put_shown(t, &t->body, &cells[i], c);
		rn_put_text(&t->body, "</td>");
	}
	rn_put_text(&t->body, "</tr>\n");
}

/* ---- The head ---- */

static const struct rn_cell *cell_of(const struct rn_table *table, const struct rn_cell *cells,
	const char *name)
{
	for (unsigned i = 0; i < table->n_columns; i++)
		if (strcmp(table->columns[i].name, name) == 0 && cells[i].type != RN_T_NULL)
			return &cells[i];
	return NULL;
}

static uint64_t count_of(const struct rn_table *table, const struct rn_cell *cells, const char *name)
{
	const struct rn_cell *c = cell_of(table, cells, name);
	return c && c->type == RN_T_U64 ? c->u64 : 0;
}

static void sum_up(struct rn_html_tables *t, const struct rn_cell *cells)
{
	struct rn_html_sums *s = &t->sums;
	const struct rn_cell *name = cell_of(t->table, cells, "name");
	uint64_t total_ns = count_of(t->table, cells, "total_ns");
	s->calls += count_of(t->table, cells, "calls");
	s->errors += count_of(t->table, cells, "errors");
	s->total_ns += total_ns;
	if (!name || name->type != RN_T_TEXT || total_ns <= s->top_ns)
		return;
	s->top_ns = total_ns;
	rn_buffer_clear(&s->top);
	rn_put_shown(&s->top, name->text);
}

static void take_about(struct rn_html_tables *t, const struct rn_cell *cells)
{
	const struct rn_table *table = t->table;
	const struct rn_cell *command = cell_of(table, cells, "command");
	const struct rn_cell *complete = cell_of(table, cells, "complete");
	const struct rn_cell *duration = cell_of(table, cells, "duration_ns");
	if (command && command->type == RN_T_TEXT)
		rn_put_bytes(&t->command, command->text.p, command->text.len);
	t->sums.complete = !complete || complete->boolean;
	t->sums.damages = count_of(table, cells, "damages");
	t->sums.lost = count_of(table, cells, "lost_events");
	t->sums.has_duration = duration != NULL;
	t->sums.duration_ns = count_of(table, cells, "duration_ns");
	for (unsigned i = 0; i < table->n_columns; i++)
		if (cells[i].type != RN_T_NULL && strcmp(table->columns[i].name, "command") != 0)
			put_fact(t, &t->facts, &cells[i], &table->columns[i]);
}

static int row(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	struct rn_html_tables *t = (struct rn_html_tables *)s;
	(void)err;
	if (is_about(t->table)) {
		take_about(t, cells);
		return 0;
	}
	if (strcmp(t->table->name, "summary") == 0)
		sum_up(t, cells);
	for (unsigned i = 0; i < t->table->n_columns && is_record(t->table); i++)
		if (is_shown(&t->table->columns[i]) && cells[i].type != RN_T_NULL)
			put_fact(t, &t->body, &cells[i], &t->table->columns[i]);
	if (!is_record(t->table) && t->n_rows < RN_HTML_ROWS_SHOWN)
		put_row(t, cells);
	t->n_rows++;
	return 0;
}

static int total(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	struct rn_html_tables *t = (struct rn_html_tables *)s;
	(void)err;
	if (is_about(t->table) || is_record(t->table))
		return 0;
	rn_put_text(&t->body, "</tbody>\n<tfoot>\n");
	t->in_total = true;
	put_row(t, cells);
	return 0;
}

static int table_end(struct rn_sink *s, struct rn_error *err)
{
	struct rn_html_tables *t = (struct rn_html_tables *)s;
	(void)err;
	if (is_about(t->table))
		return 0;
	if (is_record(t->table)) {
		rn_put_text(&t->body, "</dl>\n</section>\n");
		return 0;
	}
	rn_put_text(&t->body, t->in_total ? "</tfoot>\n</table></div>\n" : "</tbody>\n</table></div>\n");
	if (!t->n_rows) {
		rn_put_text(&t->body, "<p class=\"empty\">");
		rn_html_text(&t->body, empty_text(t->table));
		rn_put_text(&t->body, "</p>\n");
	}
	if (t->n_rows > RN_HTML_ROWS_SHOWN)
		rn_put_format(&t->body, "<p class=\"about\">The first %d of %llu rows; other formats have "
			"them all.</p>\n", RN_HTML_ROWS_SHOWN, (unsigned long long)t->n_rows);
	rn_put_text(&t->body, "</section>\n");
	return 0;
}

static int note(struct rn_sink *s, struct rn_bytes text, struct rn_error *err)
{
	struct rn_html_tables *t = (struct rn_html_tables *)s;
	(void)err;
	rn_put_text(&t->notes, "<li>");
	rn_html_text(&t->notes, text);
	rn_put_text(&t->notes, "</li>\n");
	return 0;
}

void rn_html_tables_init(struct rn_html_tables *t)
{
	*t = (struct rn_html_tables){ .sink = { table_begin, row, total, table_end, note },
		.sums.complete = true };
}

void rn_html_tables_fini(struct rn_html_tables *t)
{
	rn_buffer_fini(&t->body);
	rn_buffer_fini(&t->facts);
	rn_buffer_fini(&t->notes);
	rn_buffer_fini(&t->command);
	rn_buffer_fini(&t->cell);
	rn_buffer_fini(&t->sums.outcome);
	rn_buffer_fini(&t->sums.top);
}

int rn_html_tables_check(const struct rn_html_tables *t, struct rn_error *err)
{
	bool ok = rn_buffer_ok(&t->body) && rn_buffer_ok(&t->facts) && rn_buffer_ok(&t->notes) &&
		rn_buffer_ok(&t->command) && rn_buffer_ok(&t->cell) && rn_buffer_ok(&t->sums.top);
	return ok ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for a report");
}

void rn_html_put_sections(struct rn_buffer *out, const struct rn_html_tables *t)
{
	rn_put_bytes(out, t->body.p, t->body.len);
	if (!t->notes.len)
		return;
	rn_put_text(out, "<section class=\"part\" data-part=\"notes\">\n<h2>Notes</h2>\n<ul class=\"notes\">\n");
	rn_put_bytes(out, t->notes.p, t->notes.len);
	rn_put_text(out, "</ul>\n</section>\n");
}
