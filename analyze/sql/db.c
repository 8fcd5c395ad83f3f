/* SPDX-License-Identifier: MIT */
#include "analyze/sql/db.h"

#include <string.h>
#include <time.h>

#define STEPS_BETWEEN_LOOKS 2000

static const struct {
	int id, value;
} limits[] = {
	{ SQLITE_LIMIT_LENGTH, 64 << 20 }, { SQLITE_LIMIT_SQL_LENGTH, 1 << 20 },
	{ SQLITE_LIMIT_COLUMN, 500 }, { SQLITE_LIMIT_EXPR_DEPTH, 200 },
	{ SQLITE_LIMIT_COMPOUND_SELECT, 50 }, { SQLITE_LIMIT_VDBE_OP, 250000 },
	{ SQLITE_LIMIT_FUNCTION_ARG, 32 }, { SQLITE_LIMIT_ATTACHED, 0 },
	{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, RN_DB_PATTERN_BYTES }, { SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
	{ SQLITE_LIMIT_WORKER_THREADS, 0 },
};

int rn_db_open(sqlite3 **db, struct rn_error *err)
{
	*db = NULL;
	int rc = sqlite3_open_v2(":memory:", db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
		SQLITE_OPEN_NOMUTEX, NULL);
	for (size_t i = 0; rc == SQLITE_OK && i < sizeof(limits) / sizeof(limits[0]); i++)
		sqlite3_limit(*db, limits[i].id, limits[i].value);
	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(*db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	if (rc == SQLITE_OK)
		rc = rn_functions_register(*db);
	if (rc == SQLITE_OK)
		return 0;
	rc = rn_fail(err, RN_E_INTERNAL, "SQLite: %s", *db ? sqlite3_errmsg(*db) : "out of memory");
	sqlite3_close(*db);
	*db = NULL;
	return rc;
}

int rn_db_connect(sqlite3 *db, const char *table)
{
	sqlite3_stmt *statement = NULL;
	char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", table);
	int rc = sql ? sqlite3_prepare_v2(db, sql, -1, &statement, NULL) : SQLITE_NOMEM;
	sqlite3_finalize(statement);
	sqlite3_free(sql);
	return rc;
}

bool rn_db_may_call(const char *function)
{
	/* Which tell of this program's own memory, or bring code into it. */
	static const char *const no[] = { "fts3_tokenizer", "load_extension", "sqlite_log" };
	for (size_t i = 0; function && i < sizeof(no) / sizeof(no[0]); i++)
		if (sqlite3_stricmp(function, no[i]) == 0)
			return false;
	return true;
}

static int authorize(void *arg, int action, const char *a, const char *b, const char *database,
	const char *trigger)
{
	static const char *const pragmas[] = { "table_info", "table_xinfo", "table_list", "function_list",
		"module_list", "collation_list", "pragma_list" };
	(void)database, (void)trigger;
	if (action == SQLITE_READ && b && sqlite3_stricmp(b, "ROWID") == 0)
		*(bool *)arg = true;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return rn_db_may_call(b) ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_PRAGMA:
		for (size_t i = 0; i < sizeof(pragmas) / sizeof(pragmas[0]); i++)
			if (a && sqlite3_stricmp(a, pragmas[i]) == 0)
				return SQLITE_OK;
		return SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

void rn_db_lock(sqlite3 *db, bool *reads_rowid)
{
	/* Tables of SQLite's own, which tell what there is or take JSON apart. */
	static const char *const own[] = { "pragma_table_info", "pragma_table_xinfo", "pragma_table_list",
		"pragma_function_list", "pragma_module_list", "json_each", "json_tree" };
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		rn_db_connect(db, own[i]);
	sqlite3_set_authorizer(db, authorize, reads_rowid);
}

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int is_late(void *arg)
{
	const struct rn_db_deadline *d = arg;
	return d->end_ns && now_ns() > d->end_ns;
}

void rn_db_set_deadline(sqlite3 *db, struct rn_db_deadline *d, uint64_t limit_ns)
{
	d->end_ns = limit_ns ? now_ns() + limit_ns : 0;
	sqlite3_progress_handler(db, limit_ns ? STEPS_BETWEEN_LOOKS : 0, is_late, d);
}

int rn_db_fail(sqlite3 *db, int code, const char *what, struct rn_error *err)
{
	int rc = sqlite3_errcode(db);
	if (rc == SQLITE_NOMEM)
		return rn_fail(err, RN_E_NOMEM, "%s: out of memory", what);
	if (rc == SQLITE_INTERRUPT)
		return rn_fail(err, RN_E_LIMIT, "%s: interrupted", what);
	if (rc == SQLITE_AUTH)
		return rn_fail(err, code, "%s: only questions are allowed: SELECT and what helps it", what);
	return rn_fail(err, code, "%s: %s", what, sqlite3_errmsg(db));
}
