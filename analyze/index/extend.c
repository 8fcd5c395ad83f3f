/* SPDX-License-Identifier: MIT */
#include "analyze/index/extend.h"

#include "analyze/index/build.h"

/* A page for page copy of a database whose schema is ours: nothing in it can be set off. */
static bool copy(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	bool ok = b && sqlite3_backup_step(b, -1) == SQLITE_DONE;
	return sqlite3_backup_finish(b) == SQLITE_OK && ok;
}

struct extension {
	struct rn_index *from;
	rn_index_change *change;
	void *arg;
};

static bool execute(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static int fill(void *arg, sqlite3 *db, struct rn_error *err)
{
	const struct extension *e = arg;
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (!copy(e->from->db, db) || !execute(db, "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; BEGIN"))
		return rn_index_fail(db, err);
	int rc = e->change(e->arg, db, err);
	if (!rc && !execute(db, "COMMIT"))
		rc = rn_index_fail(db, err);
	return rc;
}

int rn_index_extend(struct rn_index **x, const char *path, rn_index_change *change, void *arg,
	struct rn_error *err)
{
	struct extension e = { *x, change, arg };
	struct rn_index *made = NULL;
	int rc = (*x)->path ? rn_index_replace(&made, (*x)->path, path, (*x)->reader, fill, &e, err) : RN_END;
	if (made) {
		made->surveyed = (*x)->surveyed;
		made->unwound = (*x)->unwound;
		rn_index_close(*x);
		*x = made;
	}
	return rc == RN_E_NOMEM ? rc : 0;
}

static uint32_t crc_of(const struct rn_index_numbers *numbers)
{
	return rn_index_crc(0, numbers->value, numbers->n, rn_bytes_of(NULL, 0));
}

static int put(sqlite3 *db, const char *name, int64_t value, struct rn_error *err)
{
	sqlite3_stmt *s = rn_index_prepare(db, "INSERT OR REPLACE INTO meta VALUES(?1, ?2)");
	if (s) {
		sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
		sqlite3_bind_int64(s, 2, value);
	}
	int rc = s && sqlite3_step(s) == SQLITE_DONE ? 0 : rn_index_fail(db, err);
	sqlite3_finalize(s);
	return rc;
}

int rn_index_put_numbers(sqlite3 *db, const struct rn_index_numbers *numbers, struct rn_error *err)
{
	int rc = put(db, numbers->name[numbers->n], crc_of(numbers), err);
	for (unsigned i = 0; i < numbers->n && !rc; i++)
		rc = put(db, numbers->name[i], numbers->value[i], err);
	return rc;
}

bool rn_index_get_numbers(sqlite3 *db, const struct rn_index_numbers *numbers)
{
	for (unsigned i = 0; i < numbers->n; i++) {
		numbers->value[i] = rn_index_meta(db, numbers->name[i]);
		if (numbers->value[i] < 0)
			return false;
	}
	return rn_index_meta(db, numbers->name[numbers->n]) == crc_of(numbers);
}
