/* SPDX-License-Identifier: MIT */
/* SQLite says itself which columns a statement reads: it is prepared, never run, over an empty table of the same
 * columns. What cannot be prepared there, for other views or functions, may ask for anything. */
#include "analyze/sql/statement.h"

#include "analyze/sql/row.h"
#include "analyze/sql/session.h"

#include <string.h>

struct notes {
	unsigned wants;
	bool decodes; /* arguments and results in words tell where descriptors lead, which an index does not */
};

static void note_column(struct notes *n, const char *column)
{
	for (unsigned i = 0; i < RN_CALL_COLUMNS; i++)
		if (sqlite3_stricmp(column, rn_call_column_names[i]) == 0) {
			n->decodes |= i == RN_CC_args || i == RN_CC_result;
			n->wants |= rn_call_columns_want((uint64_t)1 << i);
		}
}

static int note(void *arg, int action, const char *table, const char *column, const char *database,
	const char *trigger)
{
	struct notes *n = arg;
	(void)table, (void)database, (void)trigger;
	if (action == SQLITE_READ)
		note_column(n, column);
	return SQLITE_OK;
}

/* False: some statement is not one about syscalls alone. */
static bool prepare_all(sqlite3 *db, const char *text)
{
	while (*text) {
		sqlite3_stmt *s = NULL;
		if (sqlite3_prepare_v2(db, text, -1, &s, &text) != SQLITE_OK)
			return false;
		sqlite3_finalize(s);
	}
	return true;
}

unsigned rn_sql_statement_wants(const char *text)
{
	sqlite3 *db = NULL;
	struct notes n = { 0, false };
	const char *columns = strchr(rn_call_schema, '(');
	char *sql = sqlite3_mprintf("CREATE TABLE syscalls%s", columns);
	bool ok = text && columns && sql && sqlite3_open(":memory:", &db) == SQLITE_OK &&
		sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
	if (ok)
		sqlite3_set_authorizer(db, note, &n);
	ok = ok && prepare_all(db, text);
	sqlite3_free(sql);
	sqlite3_close(db);
	if (!ok || n.decodes)
		return RN_SQL_MODEL;
	return n.wants | (n.wants & (RN_MODEL_FDS | RN_MODEL_CWD) ? RN_INQUIRY_FILES : 0) |
		(RN_SQL_MODEL & ~(unsigned)(RN_MODEL_FDS | RN_MODEL_CWD));
}
