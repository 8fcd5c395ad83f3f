/* SPDX-License-Identifier: MIT */
/* A plain SQLite database: its tables are named and made like the views of `sql`, loaded by SQLite itself from
 * the virtual tables, indexes last. */
#include "analyze/export/export.h"
#include "analyze/sql/db.h"
#include "analyze/sql/session.h"
#include "shared/diag.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "trace_"

static const char *const tables[] = { "syscalls", "processes", "threads", "fds", "modules", "signals",
	"blocks", "stacks", "frames" };

static const char beginning[] =
	"PRAGMA file.page_size = 16384; PRAGMA file.journal_mode = OFF; PRAGMA file.synchronous = OFF;"
	"BEGIN";
static const char ending[] =
	"CREATE INDEX file.syscalls_name_dur ON syscalls(name, dur);"
	"CREATE INDEX file.syscalls_tid_ts ON syscalls(tid, ts);"
	"CREATE INDEX file.syscalls_errno ON syscalls(errno) WHERE errno IS NOT NULL;"
	"COMMIT; ANALYZE file";

static int execute(sqlite3 *db, const char *sql, struct rn_error *err)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 :
		rn_db_fail(db, RN_E_IO, "writing the database", err);
}

/* weighed: with what each call stands for, which SELECT * has not. */
static int copy(sqlite3 *db, const char *table, bool weighed, struct rn_error *err)
{
	const char *is_calls = strcmp(table, "syscalls") == 0 ? table : NULL;
	struct rn_buffer sql = RN_BUFFER_INIT;
	sqlite3_stmt *info = NULL;
	rn_put_format(&sql, "SELECT name, type FROM pragma_table_info('" PREFIX "%s')", table);
	int rc = sqlite3_prepare_v2(db, rn_buffer_cstr(&sql), -1, &info, NULL);
	rn_buffer_clear(&sql);
	rn_put_format(&sql, "CREATE TABLE file.%s(", table);
	for (int i = 0; rc == SQLITE_OK && sqlite3_step(info) == SQLITE_ROW; i++)
		rn_put_format(&sql, "%s\"%s\" %s%s", i ? ", " : "", sqlite3_column_text(info, 0),
			sqlite3_column_text(info, 1),
			is_calls && i == 0 ? " PRIMARY KEY" : "");
	sqlite3_finalize(info);
	weighed = weighed && is_calls;
	rn_put_format(&sql, "%s); INSERT INTO file.%s SELECT *%s FROM " PREFIX "%s", weighed ? ", weight REAL" : "", table,
		weighed ? ", weight" : "", table);
	rc = execute(db, rn_buffer_cstr(&sql), err);
	rn_buffer_fini(&sql);
	return rc;
}

static int add_meta(sqlite3 *db, const struct rn_inquiry *q, struct rn_error *err)
{
	const struct rn_header *h = rn_reader_header(q->reader);
	char *sql = sqlite3_mprintf("CREATE TABLE file.meta(key TEXT PRIMARY KEY, value); INSERT INTO "
		"file.meta VALUES('exported_by', 'renacer " RN_VERSION "'), ('trace', %.*Q), ('host', %.*Q), "
		"('start_realtime_ns', %lld), ('complete', %d)", (int)strlen(q->path), q->path,
		(int)h->hostname.len, h->hostname.len ? (const char *)h->hostname.p : "", (long long)h->start_realtime_ns,
		rn_reader_complete(q->reader));
	int rc = sql ? execute(db, sql, err) : rn_fail(err, RN_E_NOMEM, "out of memory");
	sqlite3_free(sql);
	return rc;
}

/* What else is known of where it comes from; the trace's path has the name that its uuid has elsewhere. */
static int add_fact(void *db, const char *name, struct rn_bytes value)
{
	char *sql = sqlite3_mprintf("INSERT OR IGNORE INTO file.meta VALUES(%Q, %.*Q)",
		strcmp(name, "trace") == 0 ? "uuid" : name, (int)value.len,
		value.len ? (const char *)value.p : ""); /* %.*Q of nothing at NULL writes nothing */
	int rc = sql ? execute(db, sql, NULL) : RN_E_NOMEM;
	sqlite3_free(sql);
	return rc;
}

static int fill(sqlite3 *db, const char *path, struct rn_inquiry *q, struct rn_diag *diag,
	struct rn_error *err)
{
	struct rn_export_job about = { .q = q };
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 1);
	char *attach = sqlite3_mprintf("ATTACH %Q AS file", path);
	int rc = attach ? execute(db, attach, err) : rn_fail(err, RN_E_NOMEM, "out of memory");
	sqlite3_free(attach);
	if (!rc)
		rc = execute(db, beginning, err);
	if (!rc)
		rc = add_meta(db, q, err);
	if (!rc)
		rc = rn_export_about(&about, add_fact, db, err);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) && !rc; i++) {
		rn_diag_progress(diag, "writing %s", tables[i]);
		rc = copy(db, tables[i], rn_reader_header(q->reader)->sampling.len, err);
	}
	if (!rc)
		rn_diag_progress(diag, "writing indexes");
	return rc ? rc : execute(db, ending, err);
}

/* Under another name until it is whole, so that nobody finds half of it. */
static int write_database(struct rn_inquiry *q, const char *path, struct rn_diag *diag, struct rn_error *err)
{
	struct rn_buffer temporary = RN_BUFFER_INIT;
	struct rn_sql *sql = NULL;
	struct stat a, b;
	rn_put_format(&temporary, "%s.%d.tmp", path, (int)getpid());
	const char *name = rn_buffer_cstr(&temporary);
	int rc = 0;
	if (stat(path, &a) == 0 && stat(q->path, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
		rc = rn_fail(err, RN_E_USAGE, "'%s' is the trace itself: it would be overwritten", path);
	if (!rc && !q->whole)
		rc = rn_fail(err, RN_E_USAGE, "a database needs the trace as a file, not a pipe");
	if (!rc)
		rc = rn_sql_open(&sql, q, PREFIX, err);
	bool begun = rc == 0;
	mode_t mask = umask(0077);
	if (!rc)
		rc = fill(rn_sql_db(sql), name, q, diag, err);
	umask(mask);
	rn_sql_close(sql);
	if (!rc && rename(name, path))
		rc = rn_fail_errno(err, rn_error_of_errno(errno), errno, "cannot write '%s'", path);
	if (rc && begun)
		unlink(name);
	rn_buffer_fini(&temporary);
	return rc;
}

const struct rn_export rn_export_sqlite = {
	.name = "sqlite",
	.help = "a plain database, which any SQLite tool opens: the views of `sql` as tables",
	.traits = RN_EXPORT_BINARY,
	.write = write_database,
};
