/* SPDX-License-Identifier: MIT */
/* Whether a database is an index of this trace: one is read as a stranger's, its schema must be ours, every
 * row's checksum right, every number within bounds. What does not fit is as if it were not there. */
#include "analyze/index/private.h"

#include "analyze/index/schema.h"
#include "format/squeeze.h"

#include <stdlib.h>

#define FACTS_MAX ((int64_t)1 << 28)

static bool is_number(sqlite3 *db, const char *sql, int64_t wanted)
{
	sqlite3_stmt *s = rn_index_prepare(db, sql);
	bool is = s && sqlite3_step(s) == SQLITE_ROW && sqlite3_column_int64(s, 0) == wanted;
	sqlite3_finalize(s);
	return is;
}

static int authorize(void *arg, int action, const char *a, const char *b, const char *database,
	const char *trigger)
{
	(void)arg, (void)a, (void)b, (void)database, (void)trigger;
	return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION ? SQLITE_OK :
		SQLITE_DENY;
}

/* No views, no triggers, nothing that a statement of ours could set off. */
static bool has_our_schema(sqlite3 *db)
{
	struct rn_buffer wanted = RN_BUFFER_INIT, found = RN_BUFFER_INIT;
	sqlite3_stmt *s = rn_index_prepare(db,
		"SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name");
	rn_index_schema(&wanted, "\n");
	while (s && sqlite3_step(s) == SQLITE_ROW && found.len < 65536)
		rn_put_format(&found, "%s%s", found.len ? "\n" : "", (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	bool is = rn_buffer_ok(&wanted) && rn_buffer_ok(&found) &&
		rn_bytes_equal(rn_buffer_bytes(&wanted), rn_buffer_bytes(&found));
	rn_buffer_fini(&wanted);
	rn_buffer_fini(&found);
	return is;
}

static void harden(sqlite3 *db)
{
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 1 << 30);
	sqlite3_exec(db, "PRAGMA cell_size_check = ON", NULL, NULL, NULL);
}

int64_t rn_index_meta(sqlite3 *db, const char *key)
{
	sqlite3_stmt *s = rn_index_prepare(db, "SELECT value FROM meta WHERE key = ?1");
	int64_t value = -1;
	if (s)
		sqlite3_bind_text(s, 1, key, -1, SQLITE_STATIC);
	if (s && sqlite3_step(s) == SQLITE_ROW)
		value = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return value;
}

static bool has_uuid(sqlite3 *db, const uint8_t uuid[16])
{
	sqlite3_stmt *s = rn_index_prepare(db, "SELECT value FROM meta WHERE key = 'uuid'");
	bool has = s && sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 0) == 16 &&
		memcmp(sqlite3_column_blob(s, 0), uuid, 16) == 0;
	sqlite3_finalize(s);
	return has;
}

static bool has_meta(struct rn_index *x, const struct rn_header *h)
{
	for (size_t i = 0; i < RN_INDEX_N_NUMBERS; i++) {
		x->number[i] = rn_index_meta(x->db, rn_index_number_names[i]);
		if (x->number[i] < 0)
			return false;
	}
	x->n_blocks = (size_t)x->number[RN_IX_blocks];
	return has_uuid(x->db, h->uuid) && x->number[RN_IX_files] <= FACTS_MAX && rn_index_meta(x->db, "crc") ==
		rn_index_crc(0, x->number, RN_INDEX_N_NUMBERS, rn_bytes_of(h->uuid, 16));
}

/* Its blocks are the first of the trace. */
static bool has_blocks(const struct rn_index *x, const struct rn_reader *r)
{
	sqlite3_stmt *s = rn_index_prepare(x->db, "SELECT id, bucket, offset, bytes, calls, errors, first_ns, "
		"last_ns, max_dur_ns, raw_bytes FROM block ORDER BY id");
	size_t n = 0;
	bool fits = s && x->n_blocks <= rn_reader_n_blocks(r);
	while (fits && sqlite3_step(s) == SQLITE_ROW) {
		const struct rn_block_info *info = n < x->n_blocks ? rn_reader_block_info(r, n) : NULL;
		fits = info && sqlite3_column_int64(s, 0) == (int64_t)n++ &&
			sqlite3_column_int64(s, 2) == (int64_t)info->offset &&
			sqlite3_column_int64(s, 3) == (int64_t)info->disk_bytes &&
			sqlite3_column_int64(s, 4) == info->n_calls &&
			sqlite3_column_int64(s, 6) == (int64_t)info->first_ns &&
			sqlite3_column_int64(s, 7) == (int64_t)info->last_ns;
	}
	sqlite3_finalize(s);
	return fits && n == x->n_blocks;
}

bool rn_index_adopt(struct rn_index *x, sqlite3 *db, struct rn_reader *r, bool *grown)
{
	x->db = db;
	x->reader = r;
	x->at = SIZE_MAX;
	harden(db);
	if (!is_number(db, "PRAGMA application_id", RN_INDEX_APPLICATION) ||
		!is_number(db, "PRAGMA user_version", RN_INDEX_VERSION))
		return false;
	sqlite3_set_authorizer(db, authorize, NULL);
	if (!has_our_schema(db) || !has_meta(x, rn_reader_header(r)) || !has_blocks(x, r))
		return false;
	*grown = x->n_blocks < rn_reader_n_blocks(r);
	return true;
}

void rn_index_close(struct rn_index *x)
{
	if (!x)
		return;
	sqlite3_finalize(x->block);
	sqlite3_close(x->db);
	rn_unsqueeze_free(x->z);
	rn_file_coder_fini(&x->coder);
	rn_buffer_fini(&x->room);
	rn_arena_fini(&x->text);
	free(x->facts);
	free(x->files);
	free(x->path);
	free(x);
}

const char *rn_index_path(const struct rn_index *x)
{
	return x->path;
}

uint64_t rn_index_lost_events(const struct rn_index *x)
{
	return (uint64_t)x->number[RN_IX_lost];
}

size_t rn_index_unwound(const struct rn_index *x)
{
	return x->unwound;
}

size_t rn_index_surveyed(const struct rn_index *x)
{
	return x->surveyed;
}

bool rn_index_is_complete(const struct rn_index *x)
{
	return !x->number[RN_IX_damaged] && x->n_blocks == rn_reader_n_blocks(x->reader);
}
