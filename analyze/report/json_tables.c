/* SPDX-License-Identifier: MIT */
#include "analyze/report/json_tables.h"

#include "analyze/report/cell.h"
#include "shared/cursor.h"

#define ROW_DEPTH 4 /* document, tables, table, rows: a row is a line */

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

/* The group before, or the tables without one, are over. */
static void enter(struct rn_json_tables *w, const char *group, bool about)
{
	if (w->group && (!group || strcmp(group, w->group) != 0)) {
		rn_json_object_end(w->json);
		w->group = NULL;
	}
	if ((group || about) && w->in_tables) {
		rn_json_object_end(w->json);
		w->in_tables = false;
	}
	if (group && !w->group) {
		rn_json_key(w->json, group);
		rn_json_object_begin(w->json);
		w->group = group;
	}
}

static bool is_inline(const struct rn_json_tables *w)
{
	return w->table->group && (w->table->flags & RN_TABLE_RECORD) &&
		strcmp(w->table->group, w->table->name) == 0;
}

static int table_begin(struct rn_sink *s, const struct rn_table *t, struct rn_error *err)
{
	struct rn_json_tables *w = (struct rn_json_tables *)s;
	(void)err;
	w->table = t;
	enter(w, t->group, t->flags & RN_TABLE_ABOUT);
	if (is_inline(w))
		return 0;
	rn_json_key(w->json, t->name);
	if (t->flags & RN_TABLE_RECORD)
		return 0;
	if (!t->group) {
		rn_json_object_begin(w->json);
		if (t->title)
			put_text(w->json, "title", t->title);
		put_columns(w->json, t);
		rn_json_key(w->json, "rows");
	}
	rn_json_array_begin(w->json);
	w->in_rows = true;
	return 0;
}

static void put_cells(struct rn_json_tables *w, const struct rn_cell *cells)
{
	const struct rn_table *t = w->table;
	unsigned depth = w->json->break_depth;
	if (!is_inline(w) && t->group)
		w->json->break_depth = depth ? depth - 1 : 0; /* rows stand one level less deep */
	if (!is_inline(w))
		rn_json_object_begin(w->json);
	for (unsigned i = 0; i < t->n_columns; i++) {
		if (t->columns[i].hide & RN_HIDE_JSON)
			continue;
		rn_json_key(w->json, t->columns[i].name);
		rn_cell_json(w->json, &cells[i]);
	}
	if (!is_inline(w))
		rn_json_object_end(w->json);
	w->json->break_depth = depth;
}

static int row(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	(void)err;
	put_cells((struct rn_json_tables *)s, cells);
	return 0;
}

static void end_rows(struct rn_json_tables *w)
{
	if (w->in_rows)
		rn_json_array_end(w->json);
	w->in_rows = false;
}

static int total(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	struct rn_json_tables *w = (struct rn_json_tables *)s;
	unsigned depth = w->json->break_depth;
	(void)err;
	end_rows(w);
	if (w->table->group)
		return 0; /* sums among rows would be summed again */
	rn_json_key(w->json, "total");
	w->json->break_depth = depth ? depth - 1 : 0; /* one line, as the rows one level deeper have */
	put_cells(w, cells);
	w->json->break_depth = depth;
	return 0;
}

static int table_end(struct rn_sink *s, struct rn_error *err)
{
	struct rn_json_tables *w = (struct rn_json_tables *)s;
	(void)err;
	end_rows(w);
	if (!(w->table->flags & RN_TABLE_RECORD) && !w->table->group)
		rn_json_object_end(w->json);
	return 0;
}

static int note(struct rn_sink *s, struct rn_bytes text, struct rn_error *err)
{
	struct rn_json_tables *w = (struct rn_json_tables *)s;
	rn_put_string(&w->notes, text);
	return rn_buffer_ok(&w->notes) ? 0 :
		rn_fail(err, RN_E_NOMEM, "out of memory for a report");
}

void rn_json_tables_init(struct rn_json_tables *t, struct rn_json *json)
{
	memset(t, 0, sizeof(*t));
	t->sink = (struct rn_sink){ table_begin, row, total, table_end, note };
	t->json = json;
	t->before = json->break_depth;
	json->break_depth = ROW_DEPTH;
	rn_json_key(json, "tables");
	rn_json_object_begin(json);
	t->in_tables = true;
}

void rn_json_tables_end(struct rn_json_tables *t)
{
	enter(t, NULL, true);
	rn_json_key(t->json, "notes");
	rn_json_array_begin(t->json);
	struct rn_cursor c = rn_cursor_of(t->notes.p, t->notes.len);
	while (rn_cursor_left(&c))
		rn_json_bytes(t->json, rn_take_string(&c, t->notes.len));
	rn_json_array_end(t->json);
	rn_buffer_fini(&t->notes);
	t->json->break_depth = t->before;
}
