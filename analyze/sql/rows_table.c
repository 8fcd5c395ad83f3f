/* SPDX-License-Identifier: MIT */
#include "analyze/sql/rows_table.h"

#include "analyze/sql/db.h"
#include "shared/arena.h"
#include "shared/buffer.h"

#include <stdio.h>
#include <stdlib.h>

/* Cells of all rows, one after the other; their text is in the arena. */
struct rows {
	struct rn_sink sink; /* first: rows are told of to it */
	bool describe;       /* only columns are wanted */
	unsigned n_columns;  /* those of the table that machines see */
	uint64_t told;       /* a bit for each column of the table: it is one of them */
	struct rn_buffer schema;
	struct rn_cell *cell;
	size_t n, cap;       /* cells */
	struct rn_arena text;
};

struct table {
	sqlite3_vtab base;
	const struct rn_rows_view *view;
	struct rows rows;
	bool filled;
	uint64_t filled_n;
};

struct cursor {
	sqlite3_vtab_cursor base;
	size_t row;
	int n_wanted;
	struct {
		int column;
		sqlite3_value *value;
	} wanted[4];
};

static const char *type_name(enum rn_type type)
{
	switch (type) {
	case RN_T_U64: case RN_T_I64: case RN_T_BOOL:
		return "INTEGER";
	case RN_T_REAL:
		return "REAL";
	default:
		return "TEXT";
	}
}

static int table_begin(struct rn_sink *sink, const struct rn_table *t, struct rn_error *err)
{
	struct rows *r = (struct rows *)sink;
	if (!r->describe)
		return 0;
	rn_buffer_clear(&r->schema);
	rn_put_text(&r->schema, "CREATE TABLE x(");
	for (unsigned i = 0; i < t->n_columns && i < 64; i++) {
		if (t->columns[i].hide & RN_HIDE_JSON)
			continue;
		rn_put_format(&r->schema, "\"%s\" %s, ", t->columns[i].name, type_name(t->columns[i].type));
		r->told |= (uint64_t)1 << i;
		r->n_columns++;
	}
	rn_put_text(&r->schema, "n INTEGER HIDDEN)");
	return rn_buffer_ok(&r->schema) ? RN_END : rn_fail(err, RN_E_NOMEM, "out of memory");
}

static int add_row(struct rn_sink *sink, const struct rn_cell *cells, struct rn_error *err)
{
	struct rows *r = (struct rows *)sink;
	if (r->n + r->n_columns > r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 64 * (size_t)r->n_columns;
		struct rn_cell *cell = realloc(r->cell, cap * sizeof(*cell));
		if (!cell)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		r->cell = cell;
		r->cap = cap;
	}
	for (unsigned i = 0; r->told >> i; i++) {
		struct rn_cell c = cells[i];
		if (!(r->told >> i & 1))
			continue;
		if (c.type == RN_T_TEXT && c.text.len)
			c.text.p = (const uint8_t *)rn_arena_dup(&r->text, c.text);
		if (c.type == RN_T_TEXT && c.text.len && !c.text.p)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		r->cell[r->n++] = c;
	}
	return 0;
}

static void rows_fini(struct rows *r)
{
	rn_buffer_fini(&r->schema);
	rn_arena_fini(&r->text);
	free(r->cell);
}

static int connect_table(sqlite3 *db, void *view, int argc, const char *const *argv, sqlite3_vtab **out,
	char **message)
{
	struct rn_error err = { 0 };
	struct table *t = calloc(1, sizeof(*t));
	(void)argc, (void)argv;
	if (!t)
		return SQLITE_NOMEM;
	t->view = view;
	t->rows.sink = (struct rn_sink){ .table_begin = table_begin, .row = add_row };
	t->rows.describe = true;
	int rc = t->view->fill(t->view->arg, RN_ROWS_COLUMNS, &t->rows.sink, &err);
	t->rows.describe = false;
	rc = rc != RN_END ? SQLITE_ERROR : sqlite3_declare_vtab(db, rn_buffer_cstr(&t->rows.schema));
	if (rc == SQLITE_OK)
		rc = sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
	if (rc != SQLITE_OK) {
		*message = sqlite3_mprintf("%s", err.message[0] ? err.message : sqlite3_errmsg(db));
		rows_fini(&t->rows);
		free(t);
		return rc;
	}
	*out = &t->base;
	return SQLITE_OK;
}

static int disconnect(sqlite3_vtab *table)
{
	struct table *t = (struct table *)table;
	rows_fini(&t->rows);
	free(t);
	return SQLITE_OK;
}

/* A plan is a bit for the argument and the columns that are compared, in the order of argv. */
static int best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
	const struct table *t = (const struct table *)table;
	char plan[64] = "";
	size_t len = 0;
	int n = 0;
	for (int i = 0; i < info->nConstraint && n < 4; i++) {
		int column = info->aConstraint[i].iColumn;
		if (info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ || column < 0)
			continue;
		bool is_argument = (unsigned)column == t->rows.n_columns;
		if (!info->aConstraint[i].usable) {
			if (is_argument)
				return SQLITE_CONSTRAINT;
			continue;
		}
		info->aConstraintUsage[i].argvIndex = ++n;
		info->aConstraintUsage[i].omit = is_argument;
		len += (size_t)snprintf(plan + len, sizeof(plan) - len, "%d,", column);
	}
	info->idxStr = sqlite3_mprintf("%s", plan);
	info->needToFreeIdxStr = 1;
	info->estimatedRows = n ? 10 : 1000;
	info->estimatedCost = n ? 500 : 1000;
	return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
	struct cursor *c = calloc(1, sizeof(*c));
	(void)table;
	*out = &c->base;
	return c ? SQLITE_OK : SQLITE_NOMEM;
}

static void forget(struct cursor *c)
{
	for (int i = 0; i < c->n_wanted; i++)
		sqlite3_value_free(c->wanted[i].value);
	c->n_wanted = 0;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
	forget((struct cursor *)cursor);
	free(cursor);
	return SQLITE_OK;
}

static int fill(struct table *t, uint64_t n)
{
	struct rn_error err = { 0 };
	if (t->filled && t->filled_n == n)
		return SQLITE_OK;
	t->rows.n = 0;
	t->filled = false;
	rn_arena_clear(&t->rows.text);
	int rc = t->view->fill(t->view->arg, n, &t->rows.sink, &err);
	if (rc == 0) {
		t->filled = true;
		t->filled_n = n;
		return SQLITE_OK;
	}
	sqlite3_free(t->base.zErrMsg);
	t->base.zErrMsg = sqlite3_mprintf("%s", err.message);
	return rc == RN_E_NOMEM ? SQLITE_NOMEM : SQLITE_ERROR;
}

static const struct rn_cell *cell_at(const struct cursor *c, int column)
{
	const struct table *t = (const struct table *)c->base.pVtab;
	return &t->rows.cell[c->row * t->rows.n_columns + (unsigned)column];
}

/* Numbers against numbers and text against text; whatever else is for SQLite to compare. */
static bool may_be_equal(const struct rn_cell *cell, sqlite3_value *v)
{
	int type = sqlite3_value_type(v);
	if (cell->type == RN_T_NULL || type == SQLITE_NULL)
		return false;
	if (cell->type == RN_T_TEXT && type == SQLITE_TEXT)
		return rn_bytes_equal(cell->text, rn_bytes_of(sqlite3_value_text(v),
			(size_t)sqlite3_value_bytes(v)));
	if ((cell->type == RN_T_U64 || cell->type == RN_T_I64) && type == SQLITE_INTEGER)
		return cell->i64 == sqlite3_value_int64(v);
	return true;
}

static bool is_end(const struct cursor *c)
{
	const struct table *t = (const struct table *)c->base.pVtab;
	return c->row * t->rows.n_columns >= t->rows.n;
}

static void settle(struct cursor *c)
{
	for (; !is_end(c); c->row++) {
		bool fits = true;
		for (int i = 0; i < c->n_wanted && fits; i++)
			fits = may_be_equal(cell_at(c, c->wanted[i].column), c->wanted[i].value);
		if (fits)
			return;
	}
}

static int filter(sqlite3_vtab_cursor *cursor, int number, const char *plan, int argc,
	sqlite3_value **argv)
{
	struct cursor *c = (struct cursor *)cursor;
	struct table *t = (struct table *)cursor->pVtab;
	uint64_t n = 0;
	(void)number;
	forget(c);
	c->row = 0;
	for (int i = 0; i < argc; i++) {
		char *end;
		int column = (int)strtol(plan, &end, 10);
		plan = end + 1;
		if ((unsigned)column == t->rows.n_columns) {
			int64_t value = sqlite3_value_int64(argv[i]);
			n = value > 0 ? (uint64_t)value : 0;
			continue;
		}
		c->wanted[c->n_wanted].column = column;
		c->wanted[c->n_wanted].value = sqlite3_value_dup(argv[i]);
		if (!c->wanted[c->n_wanted++].value)
			return SQLITE_NOMEM;
	}
	int rc = fill(t, n);
	if (rc == SQLITE_OK)
		settle(c);
	return rc;
}

static int next(sqlite3_vtab_cursor *cursor)
{
	struct cursor *c = (struct cursor *)cursor;
	c->row++;
	settle(c);
	return SQLITE_OK;
}

static int is_eof(sqlite3_vtab_cursor *cursor)
{
	return is_end((const struct cursor *)cursor);
}

static int column(sqlite3_vtab_cursor *cursor, sqlite3_context *out, int i)
{
	const struct cursor *c = (const struct cursor *)cursor;
	const struct table *t = (const struct table *)cursor->pVtab;
	if ((unsigned)i >= t->rows.n_columns)
		return SQLITE_OK;
	const struct rn_cell *cell = cell_at(c, i);
	switch (cell->type) {
	case RN_T_TEXT:
		sqlite3_result_text64(out, cell->text.len ? (const char *)cell->text.p : "", cell->text.len,
			SQLITE_TRANSIENT, SQLITE_UTF8);
		break;
	case RN_T_U64: case RN_T_I64:
		sqlite3_result_int64(out, cell->i64);
		break;
	case RN_T_BOOL:
		sqlite3_result_int(out, cell->boolean);
		break;
	case RN_T_REAL:
		sqlite3_result_double(out, cell->real);
		break;
	case RN_T_NULL:
		break;
	}
	return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)((const struct cursor *)cursor)->row + 1;
	return SQLITE_OK;
}

int rn_rows_table_register(sqlite3 *db, const char *prefix, const struct rn_rows_view *view)
{
	static const sqlite3_module module = {
		.iVersion = 2, .xConnect = connect_table, .xBestIndex = best_index,
		.xDisconnect = disconnect, .xOpen = open_cursor, .xClose = close_cursor,
		.xFilter = filter, .xNext = next, .xEof = is_eof, .xColumn = column, .xRowid = rowid,
	};
	char name[64];
	snprintf(name, sizeof(name), "%s%s", prefix, view->name);
	int rc = sqlite3_create_module(db, name, &module, (void *)view);
	return rc == SQLITE_OK ? rn_db_connect(db, name) : rc;
}
