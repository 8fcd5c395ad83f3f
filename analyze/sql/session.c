/* SPDX-License-Identifier: MIT */
#include "analyze/sql/session.h"

#include "analyze/source/orphans.h"
#include "analyze/sql/calls_table.h"
#include "analyze/sql/db.h"
#include "analyze/sql/views.h"
#include "shared/suggest.h"

#include <stdlib.h>

struct rn_sql {
	sqlite3 *db;
	struct rn_inquiry *q;
	struct rn_calls_feed feed;
	struct rn_orphans orphans;
	struct rn_views_of views_of;
	struct rn_rows_view *views;
	struct rn_db_deadline deadline;
	bool reads_rowid; /* of the statement under way */
};

static const struct {
	const char *name;
	int (*fill)(void *of, uint64_t n, struct rn_sink *sink, struct rn_error *err);
} views[] = {
#define X(name) { #name, rn_view_##name },
	RN_SQL_VIEWS(X)
#undef X
};
#define N_VIEWS (sizeof(views) / sizeof(views[0]))

static struct rn_source *calls(void *arg, struct rn_error *err)
{
	struct rn_sql *s = arg;
	return rn_inquiry_calls(s->q, &s->orphans, err);
}

static uint64_t count_calls(const struct rn_reader *r)
{
	uint64_t n = 0;
	for (size_t i = 0; i < rn_reader_n_blocks(r); i++)
		n += rn_reader_block_info(r, i)->n_calls;
	return n;
}

static int register_all(struct rn_sql *s, const char *prefix, struct rn_error *err)
{
	char name[64];
	snprintf(name, sizeof(name), "%ssyscalls", prefix);
	if (rn_calls_table_register(s->db, name, &s->feed))
		return rn_db_fail(s->db, RN_E_INTERNAL, name, err);
	s->views = calloc(N_VIEWS, sizeof(*s->views));
	if (!s->views)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; i < N_VIEWS; i++) {
		s->views[i] = (struct rn_rows_view){ views[i].name, views[i].fill, &s->views_of };
		if (rn_rows_table_register(s->db, prefix, &s->views[i]))
			return rn_db_fail(s->db, RN_E_INTERNAL, views[i].name, err);
	}
	return 0;
}

int rn_sql_open(struct rn_sql **out, struct rn_inquiry *q, const char *prefix, struct rn_error *err)
{
	struct rn_sql *s = calloc(1, sizeof(*s));
	*out = s;
	if (!s)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	s->q = q;
	s->views_of.q = q;
	s->views_of.frames = rn_sql_frames_new(q->reader);
	s->feed = (struct rn_calls_feed){ { q->model, s->views_of.frames, q->index }, calls, s, 0, NULL, NULL };
	int rc = s->views_of.frames ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	s->feed.total = count_calls(q->reader);
	if (s->views_of.frames && !q->o->selection.no_index)
		rn_sql_frames_use(s->views_of.frames, &q->index, q->path);
	rn_orphans_find_later(&s->orphans, q->reader);
	if (!rc)
		rc = rn_db_open(&s->db, err);
	if (!rc)
		rc = register_all(s, prefix, err);
	if (!rc && !*prefix) {
		rn_db_lock(s->db, &s->reads_rowid);
		s->feed.reads_rowid = &s->reads_rowid;
	}
	if (rc) {
		rn_sql_close(s);
		*out = NULL;
	}
	return rc;
}

void rn_sql_close(struct rn_sql *s)
{
	if (!s)
		return;
	sqlite3_close(s->db);
	free(s->views);
	rn_sql_frames_free(s->views_of.frames);
	rn_orphans_fini(&s->orphans);
	free(s);
}

sqlite3 *rn_sql_db(struct rn_sql *s)
{
	return s->db;
}

static enum rn_type type_of(sqlite3_stmt *statement, int i)
{
	switch (sqlite3_column_type(statement, i)) {
	case SQLITE_INTEGER:
		return RN_T_I64;
	case SQLITE_FLOAT:
		return RN_T_REAL;
	case SQLITE_NULL:
		return RN_T_NULL;
	default:
		return RN_T_TEXT;
	}
}

static struct rn_cell cell_of(sqlite3_stmt *statement, int i)
{
	switch (sqlite3_column_type(statement, i)) {
	case SQLITE_INTEGER:
		return rn_cell_i64(sqlite3_column_int64(statement, i));
	case SQLITE_FLOAT:
		return rn_cell_real(sqlite3_column_double(statement, i));
	case SQLITE_NULL:
		return rn_cell_null();
	default: {
		const void *p = sqlite3_column_blob(statement, i);
		return rn_cell_bytes(rn_bytes_of(p, (size_t)sqlite3_column_bytes(statement, i)));
	}
	}
}

/* Reals are shown with three digits behind the point: what is exact stands in the other formats. */
static void describe(sqlite3_stmt *statement, bool any, struct rn_column *columns, int n)
{
	for (int i = 0; i < n; i++) {
		const char *declared = sqlite3_column_decltype(statement, i);
		enum rn_type type = any ? type_of(statement, i) : RN_T_NULL;
		if (type == RN_T_NULL && declared)
			type = sqlite3_stricmp(declared, "INTEGER") == 0 ? RN_T_I64 :
				sqlite3_stricmp(declared, "REAL") == 0 ? RN_T_REAL : RN_T_TEXT;
		const char *name = sqlite3_column_name(statement, i);
		columns[i] = (struct rn_column){ .name = name ? name : "", .type = type == RN_T_NULL ?
			RN_T_TEXT : type, .left = type == RN_T_TEXT, .decimals = type == RN_T_REAL ? 3 : 0 };
	}
}

static int put_rows(struct rn_sql *s, sqlite3_stmt *statement, struct rn_sink *sink, struct rn_error *err)
{
	int n = sqlite3_column_count(statement), step = sqlite3_step(statement);
	struct rn_column *columns = calloc((size_t)n, sizeof(*columns));
	struct rn_cell *cells = calloc((size_t)n, sizeof(*cells));
	int rc = columns && cells ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!rc && step != SQLITE_ROW && step != SQLITE_DONE)
		rc = rn_db_fail(s->db, RN_E_USAGE, "SQL", err);
	if (!rc) {
		describe(statement, step == SQLITE_ROW, columns, n);
		const struct rn_table table = { .name = "result", .empty = "No rows.",
			.flags = RN_TABLE_RULED, .columns = columns, .n_columns = (unsigned)n };
		rc = rn_sink_begin(sink, &table, err);
		while (!rc && step == SQLITE_ROW) {
			for (int i = 0; i < n; i++)
				cells[i] = cell_of(statement, i);
			rc = rn_sink_row(sink, cells, err);
			if (!rc)
				step = sqlite3_step(statement);
		}
		if (!rc && step != SQLITE_DONE)
			rc = rn_db_fail(s->db, RN_E_USAGE, "SQL", err);
		int end = rn_sink_end(sink, rc ? NULL : err);
		rc = rc ? rc : end;
	}
	free(columns);
	free(cells);
	return rc;
}

/* One statement without columns does nothing: only questions are allowed. */
static int run_one(struct rn_sql *s, sqlite3_stmt *statement, struct rn_sink *sink, struct rn_error *err)
{
	if (sqlite3_column_count(statement))
		return put_rows(s, statement, sink, err);
	int step = sqlite3_step(statement);
	return step == SQLITE_DONE || step == SQLITE_ROW ? 0 : rn_db_fail(s->db, RN_E_USAGE, "SQL", err);
}

/* Of a name that SQLite does not know the nearest there is; NULL: it knows all, or none is near. */
static const char *nearest(const char *why)
{
	static const char *const unknown[] = { "no such table: ", "no such column: ", "no such function: " };
	const char *name = NULL;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]) && !name; i++)
		if (strncmp(why, unknown[i], strlen(unknown[i])) == 0)
			name = why + strlen(unknown[i]);
	if (!name)
		return NULL;
	const char *dot = strrchr(name, '.');
	name = dot ? dot + 1 : name;
	struct rn_suggest near = rn_suggest_for(rn_bytes_str(name));
	for (size_t k = 0; rn_sql_word(k); k++)
		rn_suggest_try(&near, rn_sql_word(k));
	/* A name that another view has is no slip. */
	return near.best && strcmp(near.best, name) != 0 ? near.best : NULL;
}

static int refuse(struct rn_sql *s, struct rn_error *err)
{
	const char *best = nearest(sqlite3_errmsg(s->db));
	if (!best)
		return rn_db_fail(s->db, RN_E_USAGE, "SQL", err);
	return rn_fail(err, RN_E_USAGE, "SQL: %s; did you mean '%s'?", sqlite3_errmsg(s->db), best);
}

int rn_sql_run(struct rn_sql *s, const char *text, uint64_t limit_ns, struct rn_sink *sink,
	struct rn_error *err)
{
	int rc = 0;
	rn_db_set_deadline(s->db, &s->deadline, limit_ns);
	while (!rc && *text) {
		sqlite3_stmt *statement = NULL;
		s->reads_rowid = false;
		if (sqlite3_prepare_v2(s->db, text, -1, &statement, &text) != SQLITE_OK)
			rc = refuse(s, err);
		else if (statement)
			rc = run_one(s, statement, sink, err);
		sqlite3_finalize(statement);
	}
	if (rc == RN_E_LIMIT && s->deadline.end_ns)
		rn_error_prefix(err, "time limit, or");
	return rc;
}

const char *rn_sql_view_name(size_t i)
{
	return i == 0 ? "syscalls" : i <= N_VIEWS ? views[i - 1].name : NULL;
}

const char *rn_sql_word(size_t i)
{
	static const char *const words[] = { "SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "HAVING",
		"LIMIT", "DESC", "DISTINCT", "JOIN", "LEFT JOIN", "USING", "AND", "OR", "NOT", "NULL",
		"BETWEEN", "LIKE", "GLOB", "REGEXP", "CASE", "WHEN", "THEN", "ELSE", "END", "UNION", "WITH",
		"OVER", "PARTITION BY", "count(", "sum(", "avg(", "min(", "max(", "total(", "coalesce(",
		"percentile(", "median(", "stddev(", "histogram(", "group_concat(", "printf(" };
	if (i <= N_VIEWS)
		return rn_sql_view_name(i);
	i -= N_VIEWS + 1;
	if (i < RN_CALL_COLUMNS)
		return rn_call_column_names[i];
	i -= RN_CALL_COLUMNS;
	return i < sizeof(words) / sizeof(words[0]) ? words[i] : NULL;
}
