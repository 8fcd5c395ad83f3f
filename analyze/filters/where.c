/* SPDX-License-Identifier: MIT */
#include "analyze/filters/where.h"

#include "analyze/source/filter.h"
#include "analyze/source/orphans.h"
#include "analyze/sql/calls_table.h"
#include "analyze/sql/db.h"
#include "shared/suggest.h"

#include <stdlib.h>

#define BATCH_TABLE "calls_of_batch"

struct rn_where {
	sqlite3 *db;
	sqlite3_stmt *statement;      /* the indices of the calls of feed.batch that fit */
	struct rn_calls_feed feed;    /* the batch under way */
	struct rn_calls_feed all;     /* the whole trace */
	struct rn_reader *reader;
	bool whole;
	struct rn_orphans orphans;
	uint64_t columns;             /* that are read, 1 << enum rn_call_column */
};

/* Notes which columns a statement reads, and allows nothing but questions. */
static int authorize(void *arg, int action, const char *table, const char *column, const char *database,
	const char *trigger)
{
	struct rn_where *w = arg;
	(void)database, (void)trigger, (void)table;
	if (action == SQLITE_READ && column)
		for (unsigned i = 0; i < RN_CALL_COLUMNS; i++)
			if (strcmp(column, rn_call_column_names[i]) == 0)
				w->columns |= (uint64_t)1 << i;
	if (action == SQLITE_FUNCTION)
		return rn_db_may_call(column) ? SQLITE_OK : SQLITE_DENY;
	return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_RECURSIVE ? SQLITE_OK :
		SQLITE_DENY;
}

static struct rn_source *all_calls(void *arg, struct rn_error *err)
{
	struct rn_where *w = arg;
	if (!w->whole) {
		rn_fail(err, RN_E_UNSUPPORTED, "--where: only the call at hand can be asked about on this input");
		return NULL;
	}
	struct rn_source *s = rn_source_trace(w->reader, NULL);
	s = s ? rn_source_calls(s, &w->orphans) : NULL;
	if (!s)
		rn_fail(err, RN_E_NOMEM, "out of memory");
	return s;
}

static int refuse(struct rn_where *w, const char *expression, struct rn_error *err)
{
	static const char unknown[] = "no such column: ";
	const char *why = sqlite3_errmsg(w->db), *best = NULL;
	if (strncmp(why, unknown, sizeof(unknown) - 1) == 0) {
		struct rn_suggest near = rn_suggest_for(rn_bytes_str(why + sizeof(unknown) - 1));
		for (unsigned i = 0; i < RN_CALL_COLUMNS; i++)
			rn_suggest_try(&near, rn_call_column_names[i]);
		best = near.best;
	}
	return rn_fail(err, RN_E_USAGE, "--where '%s': %s%s%s%s", expression, why,
		best ? "; did you mean '" : "", best ? best : "", best ? "'?" : "");
}

/* A statement that is good for nothing but to see that the words are one expression: what is not, such as
 * "1) or (2", fits one of the two places at most. */
static int check(struct rn_where *w, const char *expression, struct rn_error *err)
{
	struct rn_buffer sql = RN_BUFFER_INIT;
	sqlite3_stmt *statement = NULL;
	rn_put_format(&sql, "SELECT (%s\n), CASE WHEN %s\n THEN 1 END FROM " BATCH_TABLE " AS syscalls",
		expression, expression);
	int rc = sqlite3_prepare_v2(w->db, rn_buffer_cstr(&sql), -1, &statement, NULL);
	if (rc == SQLITE_OK && sqlite3_column_count(statement) != 2)
		rc = rn_fail(err, RN_E_USAGE, "--where '%s': that is more than one expression", expression);
	else if (rc != SQLITE_OK)
		rc = refuse(w, expression, err);
	sqlite3_finalize(statement);
	rn_buffer_fini(&sql);
	return rc;
}

static int prepare(struct rn_where *w, const struct rn_strings *expressions, struct rn_error *err)
{
	struct rn_buffer sql = RN_BUFFER_INIT;
	int rc = 0;
	rn_put_text(&sql, "SELECT k FROM " BATCH_TABLE " AS syscalls WHERE ");
	for (size_t i = 0; i < expressions->n && !rc; i++) {
		rc = check(w, expressions->item[i], err);
		rn_put_format(&sql, "%s(%s\n)", i ? " AND " : "", expressions->item[i]);
	}
	const char *tail = "";
	if (!rc && sqlite3_prepare_v3(w->db, rn_buffer_cstr(&sql), -1, SQLITE_PREPARE_PERSISTENT,
			&w->statement, &tail) != SQLITE_OK)
		rc = rn_db_fail(w->db, RN_E_USAGE, "--where", err);
	if (!rc && *tail)
		rc = rn_fail(err, RN_E_USAGE, "--where: that is more than an expression");
	rn_buffer_fini(&sql);
	return rc;
}

int rn_where_new(struct rn_where **out, const struct rn_strings *expressions, struct rn_error *err)
{
	struct rn_where *w = calloc(1, sizeof(*w));
	*out = NULL;
	if (!w)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	w->all = (struct rn_calls_feed){ .source = all_calls, .arg = w, .total = 1 << 20 };
	w->feed.total = 1 << 12;
	int rc = rn_db_open(&w->db, err);
	if (!rc && (rn_calls_table_register(w->db, BATCH_TABLE, &w->feed) ||
			rn_calls_table_register(w->db, "syscalls", &w->all)))
		rc = rn_db_fail(w->db, RN_E_INTERNAL, "--where", err);
	if (!rc) {
		sqlite3_set_authorizer(w->db, authorize, w);
		rc = prepare(w, expressions, err);
	}
	if (rc)
		rn_where_free(w);
	else
		*out = w;
	return rc;
}

void rn_where_free(struct rn_where *w)
{
	if (!w)
		return;
	sqlite3_finalize(w->statement);
	sqlite3_close(w->db);
	rn_orphans_fini(&w->orphans);
	rn_sql_frames_free(w->feed.row.frames);
	free(w);
}

#define BIT(column) ((uint64_t)1 << RN_CC_##column)
#define OF_FILES (BIT(path) | BIT(fd_path) | BIT(target))

unsigned rn_where_wants(const struct rn_where *w, bool indexed)
{
	return rn_call_columns_want(indexed ? w->columns & ~OF_FILES : w->columns);
}

bool rn_where_asks_model(const struct rn_where *w, bool indexed)
{
	const uint64_t of_model = BIT(pid) | BIT(tid) | BIT(upid) | BIT(comm) | BIT(exe) | BIT(args) | BIT(result) |
		(indexed ? 0 : BIT(fd_path) | BIT(target));
	return w->columns & of_model;
}

int rn_where_begin(struct rn_where *w, struct rn_reader *reader, const struct rn_model *model,
	struct rn_error *err)
{
	w->reader = reader;
	w->whole = rn_reader_seekable(reader);
	w->feed.row.model = w->all.row.model = model;
	if (!w->whole)
		return 0;
	w->feed.row.frames = rn_sql_frames_new(reader);
	w->all.row.frames = w->feed.row.frames;
	if (!w->feed.row.frames)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	rn_orphans_find_later(&w->orphans, reader);
	return 0;
}

void rn_where_use_index(struct rn_where *w, struct rn_index *index)
{
	w->feed.row.index = w->all.row.index = index;
}

struct where {
	struct rn_source_filter base;
	struct rn_where *w;
};

static bool is_call(struct rn_where *w, const struct rn_core *core, uint32_t k)
{
	return !(core->flags[k] & RN_CALL_PENDING) ||
		rn_orphans_has(&w->orphans, core->utid[k], core->ts_ns[k]);
}

/* A preview of a call that completes later is judged by the call. */
static uint32_t narrow(const struct rn_source_filter *f, const struct rn_core *core,
	uint32_t *selected, uint32_t n)
{
	struct rn_where *w = ((const struct where *)f)->w;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = selected[i];
		selected[kept] = k;
		kept += is_call(w, core, k);
	}
	return kept;
}

/* Of an OR SQLite may take one side after the other: what fits is noted, by the call's index. */
static int judge_batch(struct rn_source_filter *f, struct rn_batch *b, struct rn_error *err)
{
	struct rn_where *w = ((struct where *)f)->w;
	uint32_t kept = 0;
	uint8_t *fits = calloc(b->core->n, 1);
	int rc;
	if (!fits)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	w->feed.batch = b;
	while ((rc = sqlite3_step(w->statement)) == SQLITE_ROW) {
		int64_t k = sqlite3_column_int64(w->statement, 0);
		if (k >= 0 && (uint64_t)k < b->core->n)
			fits[k] = 1;
	}
	rc = rc == SQLITE_DONE ? 0 : rn_db_fail(w->db, RN_E_USAGE, "--where", err);
	sqlite3_reset(w->statement);
	w->feed.batch = NULL;
	for (uint32_t i = 0; i < b->n_selected; i++) {
		b->selected[kept] = b->selected[i];
		kept += fits[b->selected[i]];
	}
	b->n_selected = kept;
	free(fits);
	return rc;
}

struct rn_source *rn_source_where(struct rn_source *inner, struct rn_where *w)
{
	struct where *s = rn_source_filter_new(sizeof(*s), inner);
	if (!s)
		return NULL;
	s->base.narrow = narrow;
	s->base.judge_batch = judge_batch;
	s->base.source.wants = w->feed.row.index && w->columns & OF_FILES ? RN_WANT(ARGS) : 0; /* as rn_index_files does */
	s->w = w;
	return &s->base.source;
}
