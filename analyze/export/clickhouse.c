/* SPDX-License-Identifier: MIT */
#include "analyze/export/clickhouse_private.h"

#include <stdlib.h>

#define REFUSAL_SHOWN 300

static bool is_name(const char *s)
{
	size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	return len && !s[len] && (*s < '0' || *s > '9');
}

int rn_clickhouse_open(struct rn_clickhouse **out, const char *server, const char *database,
	uint64_t lot_rows, struct rn_error *err)
{
	*out = NULL;
	if (!is_name(database))
		return rn_fail(err, RN_E_USAGE, "'%s' is no name of a database: letters, digits and _", database);
	struct rn_clickhouse *c = calloc(1, sizeof(*c));
	if (!c)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	c->database = database;
	c->lot_rows = lot_rows;
	*out = c;
	return rn_http_open(&c->http, server, err);
}

void rn_clickhouse_close(struct rn_clickhouse *c)
{
	if (!c)
		return;
	rn_http_close(c->http);
	rn_buffer_fini(&c->answer);
	free(c);
}

/* A table, or a column of one that an earlier version made. */
static bool is_missing(const char *said)
{
	return strstr(said, "doesn't exist") || strstr(said, "No such column");
}

/* The server's words are somebody else's: one line, nothing a terminal would obey. */
static int refused(struct rn_clickhouse *c, long status, struct rn_error *err)
{
	char line[REFUSAL_SHOWN + 1];
	size_t n = 0;
	for (size_t i = 0; i < c->answer.len && n < REFUSAL_SHOWN && c->answer.p[i] != '\n'; i++)
		line[n++] = c->answer.p[i] < 0x20 || c->answer.p[i] >= 0x7f ? ' ' : (char)c->answer.p[i];
	line[n] = 0;
	return rn_fail(err, RN_E_IO, "%s refuses (HTTP status %ld)%s%s%s", rn_http_server(c->http), status,
		n ? ": " : "", line, is_missing(line) ? "; --create makes it" : "");
}

int rn_clickhouse_ask(struct rn_clickhouse *c, const char *statement, struct rn_bytes data,
	struct rn_error *err)
{
	struct rn_buffer query = RN_BUFFER_INIT;
	long status = 0;
	/* What has no data is the body itself, which may be longer than a URL. */
	if (data.p) {
		rn_put_text(&query, "query=");
		rn_put_url_escaped(&query, rn_bytes_str(statement));
	} else {
		data = rn_bytes_str(statement);
	}
	const char *text = rn_buffer_cstr(&query);
	int rc = rn_buffer_ok(&query) ? rn_http_post(c->http, text, data, &status, &c->answer, err) :
		rn_fail(err, RN_E_NOMEM, "out of memory");
	rn_buffer_fini(&query);
	return rc ? rc : status == 200 ? 0 : refused(c, status, err);
}

static int ask_buffer(struct rn_clickhouse *c, struct rn_buffer *statement, struct rn_error *err)
{
	const char *text = rn_buffer_cstr(statement);
	return rn_buffer_ok(statement) ? rn_clickhouse_ask(c, text, rn_bytes_of(NULL, 0), err) :
		rn_fail(err, RN_E_NOMEM, "out of memory");
}

int rn_clickhouse_insert(struct rn_clickhouse *c, const char *table, const char *columns,
	struct rn_bytes rows, struct rn_error *err)
{
	struct rn_buffer sql = RN_BUFFER_INIT;
	rn_put_format(&sql, "INSERT INTO %s.%s (%s) FORMAT RowBinary", c->database, table, columns);
	const char *text = rn_buffer_cstr(&sql);
	int rc = rn_buffer_ok(&sql) ? rn_clickhouse_ask(c, text, rows, err) :
		rn_fail(err, RN_E_NOMEM, "out of memory");
	rn_buffer_fini(&sql);
	return rc;
}

void rn_put_row_binary_text(struct rn_buffer *out, struct rn_bytes text)
{
	rn_put_varint(out, text.len);
	rn_put_bytes(out, text.p, text.len);
}

void rn_put_sql_string(struct rn_buffer *out, struct rn_bytes text)
{
	rn_put_u8(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '\'' || text.p[i] == '\\')
			rn_put_u8(out, '\\');
		rn_put_u8(out, text.p[i]);
	}
	rn_put_u8(out, '\'');
}

/* What later versions have added: tables of earlier ones get it, their rows have what is true of them. */
static const struct addition {
	const char *table, *column, *type;
} additions[] = {
	{ "events", "weight", "Float64 DEFAULT 1" },
	{ "traces", "sampling", "String" },
};

/* A trace's rows are in one partition, by the day it began: so a lot goes in as one part. */
static const char events[] = "CREATE TABLE IF NOT EXISTS %s.events (day Date"
#define C(name, type, clickhouse) ", " #name " " clickhouse
#include "analyze/export/rows.def"
#undef C
	") ENGINE = MergeTree PARTITION BY toYYYYMM(day) ORDER BY (trace, seq)";

static const char traces[] = "CREATE TABLE IF NOT EXISTS %s.traces (day Date, trace String, host String, "
	"start_ns UInt64, command String, machine String, kernel String, backend String, recorder String, "
	"recorder_filter String, chaos String, analyzer String, filter String, complete UInt8, damages UInt64, "
	"lost_events UInt64, events UInt64, finished UInt8, version UInt64, sampling String) "
	"ENGINE = ReplacingMergeTree(version) PARTITION BY toYYYYMM(day) ORDER BY trace";

/* ADD COLUMN IF NOT EXISTS is younger than the oldest server that will do. */
static int add_column(struct rn_clickhouse *c, const struct addition *a, struct rn_error *err)
{
	struct rn_buffer sql = RN_BUFFER_INIT;
	rn_put_format(&sql, "SELECT count() FROM system.columns WHERE database = '%s' AND table = '%s' AND name = '%s'",
		c->database, a->table, a->column);
	int rc = ask_buffer(c, &sql, err);
	if (!rc && rn_bytes_equal(rn_buffer_bytes(&c->answer), rn_bytes_str("0\n"))) {
		rn_buffer_clear(&sql);
		rn_put_format(&sql, "ALTER TABLE %s.%s ADD COLUMN %s %s", c->database, a->table, a->column, a->type);
		rc = ask_buffer(c, &sql, err);
	}
	rn_buffer_fini(&sql);
	return rc;
}

int rn_clickhouse_create(struct rn_clickhouse *c, struct rn_error *err)
{
	static const char *const statements[] = { "CREATE DATABASE IF NOT EXISTS %s", events, traces };
	struct rn_buffer sql = RN_BUFFER_INIT;
	int rc = 0;
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]) && !rc; i++) {
		const char *at = strstr(statements[i], "%s");
		rn_buffer_clear(&sql);
		rn_put_bytes(&sql, statements[i], (size_t)(at - statements[i]));
		rn_put_text(&sql, c->database);
		rn_put_text(&sql, at + 2);
		rc = ask_buffer(c, &sql, err);
	}
	rn_buffer_fini(&sql);
	for (size_t i = 0; i < sizeof(additions) / sizeof(additions[0]) && !rc; i++)
		rc = add_column(c, &additions[i], err);
	return rc;
}
