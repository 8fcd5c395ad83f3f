/* SPDX-License-Identifier: MIT */
/*
 * An index whose database is right and whose rows are a stranger's: numbers and blobs are changed by SQL, then a command
 * answers from it. In a fuzzing build rows have no checksums (rn_index_crc), so that what lies behind them is reached.
 *
 * Input: a byte that chooses the command, then changes: table, row, column, how (a byte each) and what `how` takes.
 */
#include "analyze/command/cli.h"
#include "analyze/stack/modules.h"
#include "format/writer.h"
#include "shared/arch.h"
#include "shared/cursor.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define check(condition) do { if (!(condition)) abort(); } while (0)
#define BASE ((uint64_t)0x10000000)
#define IMAGE_BYTES 4096
#define CALLS 60
#define CHANGES_MAX 8
#define BLOB_MAX (1 << 16)
#define WORDS 8

/* New ones at the end: the corpus names them by number. */
static const char *const lines[][WORDS] = {
	{ "report", "-k" }, { "report", "-c" }, { "report", "-T", "-yy" }, { "report", "-c", "--function-time" },
	{ "slowest" }, { "files" }, { "processes" }, { "errors" }, { "flame" }, { "info" },
	{ "report", "--path", "/x/*", "-c" }, { "report", "-c", "--histogram" },
	{ "sql", "SELECT count(*), max(path), max(fd_path) FROM syscalls WHERE path GLOB '/x*'" },
	{ "sql", "SELECT * FROM frames; SELECT * FROM stacks" },
	{ "sql", "SELECT nr, count(*), sum(dur) FROM syscalls GROUP BY nr; SELECT * FROM processes; SELECT * FROM threads, blocks" },
	{ "index", "-q" }, { "report", "-P", "/x/1", "-e", "status=failed" }, { "report", "-c", "--tid", "7" },
};
#define N_LINES (sizeof(lines) / sizeof(lines[0]))

static char folder[] = "/tmp/renacer-fuzz-XXXXXX", trace[64], index_path[64];
static uint8_t *whole;
static size_t whole_bytes;
static char *tables[32];
static unsigned n_tables;

static void remove_all(void)
{
	unlink(trace);
	unlink(index_path);
	rmdir(folder);
	free(whole);
}

/* A stack of two levels, by frame pointers, in an image whose names the perf map has. */
static void append_call(struct rn_writer *w, unsigned i)
{
	uint64_t regs[RN_REGS_X86_64] = { 0 }, stack[4] = { BASE + 64, BASE + 100 + i % 5, 0, 0 };
	char name[16];
	snprintf(name, sizeof(name), "/x/%u", i % 7);
	struct rn_span span = { .addr = 4096, .string = 1, .len = (uint32_t)strlen(name) + 1,
		.wanted = 4096, .bytes = (const uint8_t *)name };
	struct rn_event ev = { .ts_ns = 100 + i, .utid = 1 + i % 2, .kind = RN_EV_CALL };
	ev.call = (struct rn_call){ .abi = RN_ABI_X86_64, .nr = i % 3 ? 21 : 39, .dur_ns = i, .n_spans = 1,
		.spans = &span, .args = { 4096 }, .regs = regs, .n_regs = RN_REGS_X86_64, .stack_addr = BASE,
		.stack = (const uint8_t *)stack, .stack_len = sizeof(stack) };
	regs[RN_X86_RSP] = regs[RN_X86_RBP] = BASE;
	regs[RN_X86_RIP] = BASE + 10 + i % 5;
	check(rn_writer_append(w, &ev, NULL) == 0);
	check(i % 20 != 19 || rn_writer_flush(w, NULL) == 0);
}

static void write_trace(void)
{
	const struct rn_header h = { .uuid = "fuzzed", .machine = RN_MACHINE_X86_64, .page_bytes = 4096 };
	const void *vdso = (const void *)getauxval(AT_SYSINFO_EHDR); /* an image that is at hand everywhere */
	const struct rn_module_image m = { .build_id = rn_bytes_str("0123456789abcdef"),
		.name = rn_bytes_str("/image"), .image = rn_bytes_of(vdso, vdso ? IMAGE_BYTES : 0) };
	struct rn_writer *w;
	check(rn_writer_open(&w, open(trace, O_WRONLY | O_CREAT, 0600), &h, NULL, NULL) == 0);
	check(!vdso || rn_writer_module(w, &m, NULL) == 0);
	for (uint32_t utid = 1; utid <= 2; utid++) {
		struct rn_event ev = { .ts_ns = utid, .utid = utid, .kind = RN_EV_MAP };
		ev.MAP = (struct rn_ev_MAP){ .addr = BASE, .len = 1 << 20, .path = rn_bytes_str("/image"),
			.build_id = m.build_id };
		check(rn_writer_append(w, &ev, NULL) == 0);
	}
	for (unsigned i = 0; i < CALLS; i++)
		append_call(w, i);
	check(rn_writer_close(w, NULL, NULL) == 0);
}

static void run(const char *const *line)
{
	char name[64], word[WORDS + 2][256], *argv[WORDS + 3];
	int argc = 0;
	for (; argc < WORDS && line[argc]; argc++)
		snprintf(word[argc], sizeof(word[argc]), "%s", line[argc]);
	if (strcmp(line[0], "sql") == 0) { /* the trace comes before the question */
		snprintf(word[2], sizeof(word[2]), "%s", line[1]);
		snprintf(word[1], sizeof(word[1]), "%s", trace);
	} else {
		snprintf(word[argc], sizeof(word[argc]), "%s", trace);
	}
	snprintf(word[++argc], sizeof(word[argc]), "--sandbox=off");
	argc++;
	for (int i = 0; i < argc; i++)
		argv[i] = word[i];
	argv[argc] = NULL;
	snprintf(name, sizeof(name), "renacer-analyze %s", line[0]);
	int status = rn_command_main(rn_command_find(line[0]), name, "renacer-analyze", argc, argv);
	check(status == RN_EXIT_FINE || status == RN_EXIT_FINDINGS);
}

static int note_table(void *arg, int n, char **value, char **column)
{
	(void)arg, (void)n, (void)column;
	if (n_tables < sizeof(tables) / sizeof(tables[0]))
		tables[n_tables++] = strdup(value[0]);
	return 0;
}

static void read_index(void)
{
	sqlite3 *db;
	int fd = open(index_path, O_RDONLY);
	check(fd >= 0);
	whole_bytes = (size_t)lseek(fd, 0, SEEK_END);
	whole = malloc(whole_bytes);
	check(whole && pread(fd, whole, whole_bytes, 0) == (ssize_t)whole_bytes);
	close(fd);
	check(sqlite3_open(index_path, &db) == SQLITE_OK);
	sqlite3_exec(db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", note_table, NULL, NULL);
	sqlite3_close(db);
	check(n_tables > 10);
}

static void prepare(void)
{
	static const char *const make[] = { "index", "-q", NULL }, *const stacks[] = { "report", "-k", NULL };
	check(mkdtemp(folder) != NULL);
	atexit(remove_all);
	snprintf(trace, sizeof(trace), "%s/t.rnt", folder);
	snprintf(index_path, sizeof(index_path), "%s/t.rnx", folder);
	setenv("XDG_CACHE_HOME", folder, 1);
	unsetenv("DEBUGINFOD_URLS");
	if (!getenv("RN_FUZZ_SHOW")) {
		stdout = fopen("/dev/null", "w");
		stderr = fopen("/dev/null", "w");
	}
	write_trace();
	run(make);
	run(stacks); /* which are kept */
	read_index();
}

enum how { NUMBER, SMALL_NUMBER, BYTE, BLOB, INSERT, CUT, DROP_ROW, ADD_ROW, HOWS };

/* The blob that is there, with some of it changed. */
static void change_blob(sqlite3_stmt *s, struct rn_cursor *c, enum how how, struct rn_buffer *out)
{
	const uint8_t *was = sqlite3_column_blob(s, 1);
	size_t len = was ? (size_t)sqlite3_column_bytes(s, 1) : 0, at = rn_take_u16(c);
	uint8_t n = rn_take_u8(c);
	at = len ? at % len : 0;
	struct rn_bytes more = rn_take_bytes(c, n < rn_cursor_left(c) ? n : rn_cursor_left(c));
	rn_buffer_clear(out);
	if (how == BYTE) {
		rn_put_bytes(out, was, len);
		if (len)
			out->p[at] = n;
	} else if (how == CUT) {
		rn_put_bytes(out, was, at);
	} else if (how == INSERT) {
		rn_put_bytes(out, was, at);
		rn_put_bytes(out, more.p, more.len);
		rn_put_bytes(out, len ? was + at : NULL, len - at);
	} else {
		rn_put_bytes(out, more.p, more.len);
	}
	check(out->len <= BLOB_MAX * 4);
}

/* What s found: column 0 is the first one, by which the row is known, column 1 what is to be changed. */
static void change_value(sqlite3 *db, sqlite3_stmt *s, const char *table, struct rn_cursor *c, enum how how,
	struct rn_buffer *blob)
{
	char sql[256];
	sqlite3_stmt *update;
	snprintf(sql, sizeof(sql), "UPDATE \"%s\" SET \"%s\" = ?1 WHERE \"%s\" IS ?2", table, sqlite3_column_name(s, 1),
		sqlite3_column_name(s, 0));
	if (sqlite3_prepare_v2(db, sql, -1, &update, NULL) != SQLITE_OK)
		return;
	if (how == NUMBER) {
		sqlite3_bind_int64(update, 1, (int64_t)rn_take_u64(c));
	} else if (how == SMALL_NUMBER) {
		sqlite3_bind_int64(update, 1, (int8_t)rn_take_u8(c));
	} else {
		change_blob(s, c, how, blob);
		sqlite3_bind_blob(update, 1, blob->p ? (const void *)blob->p : "", (int)blob->len, SQLITE_STATIC);
	}
	sqlite3_bind_value(update, 2, sqlite3_column_value(s, 0));
	sqlite3_step(update);
	sqlite3_finalize(update);
}

static void change_row(sqlite3 *db, const char *table, const char *key, unsigned row, enum how how)
{
	char sql[256];
	if (how == DROP_ROW)
		snprintf(sql, sizeof(sql), "DELETE FROM \"%s\" WHERE \"%s\" IS (SELECT \"%s\" FROM \"%s\" LIMIT 1 OFFSET %u)",
			table, key, key, table, row);
	else
		snprintf(sql, sizeof(sql), "INSERT OR IGNORE INTO \"%s\" (\"%s\") VALUES (%u)", table, key, row);
	sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static void change(sqlite3 *db, struct rn_cursor *c, struct rn_buffer *blob)
{
	char sql[256], key[64], column[64];
	const char *table = tables[rn_take_u8(c) % n_tables];
	unsigned row = rn_take_u8(c) % 8, nr = rn_take_u8(c);
	enum how how = (enum how)(rn_take_u8(c) % HOWS);
	sqlite3_stmt *s;
	snprintf(sql, sizeof(sql), "SELECT * FROM \"%s\"", table);
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		return;
	snprintf(key, sizeof(key), "%s", sqlite3_column_name(s, 0));
	snprintf(column, sizeof(column), "%s", sqlite3_column_name(s, (int)(nr % (unsigned)sqlite3_column_count(s))));
	sqlite3_finalize(s);
	if (how >= DROP_ROW) {
		change_row(db, table, key, row, how);
		return;
	}
	snprintf(sql, sizeof(sql), "SELECT \"%s\", \"%s\" FROM \"%s\" LIMIT 1 OFFSET %u", key, column, table, row);
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		return;
	if (sqlite3_step(s) == SQLITE_ROW)
		change_value(db, s, table, c, how, blob);
	sqlite3_finalize(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rn_cursor c = rn_cursor_of(data, size);
	struct rn_buffer blob = RN_BUFFER_INIT;
	sqlite3 *db;
	if (!whole)
		prepare();
	int fd = open(index_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	check(fd >= 0 && write(fd, whole, whole_bytes) == (ssize_t)whole_bytes);
	close(fd);
	const char *const *line = lines[rn_take_u8(&c) % N_LINES];
	check(sqlite3_open(index_path, &db) == SQLITE_OK);
	sqlite3_exec(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL, NULL, NULL);
	for (unsigned i = 0; i < CHANGES_MAX && rn_cursor_left(&c) >= 4; i++)
		change(db, &c, &blob);
	sqlite3_close(db);
	rn_buffer_fini(&blob);
	run(line);
	return 0;
}
