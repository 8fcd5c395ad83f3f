/* SPDX-License-Identifier: MIT */
#include "analyze/sql/calls_table.h"

#include "analyze/sql/constraints.h"
#include "analyze/sql/db.h"
#include "analyze/sql/grouping.h"

#include <stdlib.h>

struct table {
	sqlite3_vtab base;
	struct rn_calls_feed *feed;
};

struct cursor {
	sqlite3_vtab_cursor base;
	struct rn_calls_feed *feed;
	struct rn_constraints constraints;
	struct rn_source *source;
	struct rn_batch own;
	const struct rn_batch *batch; /* own, or the feed's */
	uint32_t at;                  /* of its selected */
	struct rn_row row;
	struct rn_grouping *grouping; /* rows come from here; NULL: from the batches */
	bool eof;
};

static int connect_table(sqlite3 *db, void *feed, int argc, const char *const *argv, sqlite3_vtab **out,
	char **message)
{
	(void)argc, (void)argv;
	struct table *t = sqlite3_malloc(sizeof(*t));
	if (!t)
		return SQLITE_NOMEM;
	*t = (struct table){ .feed = feed };
	*out = &t->base;
	int rc = sqlite3_declare_vtab(db, rn_call_schema);
	if (rc == SQLITE_OK)
		rc = sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
	if (rc != SQLITE_OK) {
		*message = sqlite3_mprintf("%s", sqlite3_errmsg(db));
		sqlite3_free(t);
	}
	return rc;
}

static int disconnect(sqlite3_vtab *table)
{
	sqlite3_free(table);
	return SQLITE_OK;
}

static int best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
	const struct rn_calls_feed *feed = ((struct table *)table)->feed;
	const struct rn_plan_of of = { feed->total, feed->source != NULL, feed->reads_rowid && !*feed->reads_rowid };
	return rn_plan_best(info, &of);
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
	struct cursor *c = calloc(1, sizeof(*c));
	if (!c)
		return SQLITE_NOMEM;
	c->feed = ((struct table *)table)->feed;
	rn_batch_init(&c->own);
	rn_row_init(&c->row, &c->feed->row);
	*out = &c->base;
	return SQLITE_OK;
}

static void reset(struct cursor *c)
{
	rn_source_free(c->source);
	rn_constraints_fini(&c->constraints);
	rn_grouping_free(c->grouping);
	c->grouping = NULL;
	c->source = NULL;
	c->batch = NULL;
	c->at = 0;
	c->eof = true;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
	struct cursor *c = (struct cursor *)cursor;
	reset(c);
	rn_batch_fini(&c->own);
	rn_row_fini(&c->row);
	free(c);
	return SQLITE_OK;
}

static int fail(struct cursor *c, int rc, const struct rn_error *err)
{
	c->eof = true;
	if (rc == RN_E_NOMEM)
		return SQLITE_NOMEM;
	sqlite3_free(c->base.pVtab->zErrMsg);
	c->base.pVtab->zErrMsg = sqlite3_mprintf("%s", err->message);
	return SQLITE_ERROR;
}

/* To the next batch with something in it. */
static int advance(struct cursor *c)
{
	struct rn_error err = { 0 };
	while (c->batch ? c->at >= c->batch->n_selected : c->source != NULL) {
		c->batch = NULL;
		c->at = 0;
		if (!c->source)
			break;
		int rc = rn_source_next(c->source, &c->own, &err);
		if (rc == RN_END)
			break;
		if (rc)
			return fail(c, rc, &err);
		c->batch = &c->own;
	}
	c->eof = !c->batch;
	if (!c->eof)
		rn_row_set(&c->row, c->batch->block, c->batch->core, c->batch->selected[c->at]);
	return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *cursor)
{
	struct cursor *c = (struct cursor *)cursor;
	if (c->grouping) {
		c->eof = !rn_grouping_next(c->grouping, &c->row.ev);
		return SQLITE_OK;
	}
	c->at++;
	return advance(c);
}

/* The batch is somebody else's: what is narrowed is a copy of its selection. */
static int take_batch(struct cursor *c)
{
	const struct rn_batch *from = c->feed->batch;
	uint32_t n = from ? from->n_selected : 0;
	if (n > c->own.own_cap) {
		uint32_t *selected = realloc(c->own.selected, n * sizeof(*selected));
		if (!selected)
			return SQLITE_NOMEM;
		c->own.selected = selected;
		c->own.own_cap = n;
	}
	if (!n)
		return SQLITE_OK;
	memcpy(c->own.selected, from->selected, n * sizeof(*from->selected));
	c->own.block = from->block;
	c->own.core = from->core;
	n = rn_constraints_narrow(&c->constraints, from->core, c->own.selected, n);
	c->own.n_selected = rn_constraints_narrow_files(&c->constraints, from->block, from->core, c->own.selected, n);
	c->batch = &c->own;
	return advance(c);
}

/* All rows are read before the first is handed out. */
static int take_groups(struct cursor *c, struct rn_grouping *g)
{
	struct rn_error err = { 0 };
	struct rn_event ev = { 0 };
	c->grouping = g;
	int rc = g ? rn_grouping_fill(c->grouping, c->source, &err) : RN_E_NOMEM;
	if (rc)
		return fail(c, rc, &err);
	rn_source_free(c->source);
	c->source = NULL;
	rn_row_set_event(&c->row, &ev);
	c->eof = !rn_grouping_next(c->grouping, &c->row.ev);
	return SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *cursor, int number, const char *plan, int argc,
	sqlite3_value **argv)
{
	struct cursor *c = (struct cursor *)cursor;
	struct rn_error err = { 0 };
	struct rn_grouping_order order;
	unsigned needs;
	bool once, sorted;
	plan = plan ? plan : "";
	reset(c);
	int rc = rn_constraints_take(&c->constraints, c->feed->row.model, c->feed->row.index, plan, argc, argv);
	if (rc)
		return rc;
	if (!c->feed->source)
		return take_batch(c);
	c->source = c->feed->source(c->feed->arg, &err);
	if (!c->source)
		return fail(c, err.code ? err.code : RN_E_NOMEM, &err);
	if (c->constraints.n || c->constraints.none)
		c->source = rn_source_constraints(c->source, &c->constraints);
	if (!c->source)
		return SQLITE_NOMEM;
	rn_source_skip(c->source);
	if (rn_plan_grouping(number, plan, &order, &needs, &once, &sorted))
		return take_groups(c, rn_grouping_new(&order, needs, once, sorted, c->feed->row.model));
	return advance(c);
}

static int is_eof(sqlite3_vtab_cursor *cursor)
{
	return ((struct cursor *)cursor)->eof;
}

static int column(sqlite3_vtab_cursor *cursor, sqlite3_context *out, int i)
{
	struct cursor *c = (struct cursor *)cursor;
	if (i == RN_CC_k) {
		sqlite3_result_int64(out, c->row.k);
		return SQLITE_OK;
	}
	if (i == RN_CC_weight) {
		sqlite3_result_double(out, rn_row_weight(&c->row));
		return SQLITE_OK;
	}
	return rn_row_result(&c->row, (enum rn_call_column)i, out);
}

static int rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out)
{
	*out = rn_row_seq(&((struct cursor *)cursor)->row);
	return SQLITE_OK;
}

int rn_calls_table_register(sqlite3 *db, const char *name, struct rn_calls_feed *feed)
{
	static const sqlite3_module module = {
		.iVersion = 2, .xConnect = connect_table, .xBestIndex = best_index,
		.xDisconnect = disconnect, .xOpen = open_cursor, .xClose = close_cursor,
		.xFilter = filter, .xNext = next, .xEof = is_eof, .xColumn = column, .xRowid = rowid,
	};
	int rc = sqlite3_create_module(db, name, &module, feed);
	return rc == SQLITE_OK ? rn_db_connect(db, name) : rc;
}
