/* SPDX-License-Identifier: MIT */
/* An index is read as a stranger's: its schema must be ours, every row's checksum right, every number
 * within bounds. What does not fit is as if it were not there. */
#include "analyze/index/private.h"
#include "analyze/index/schema.h"
#include "format/limits.h"
#include "format/squeeze.h"
#include "shared/cursor.h"

#include <stdlib.h>

#define FACTS_MAX ((int64_t)1 << 28)
#define CHUNK_MAX ((int64_t)64 << 20)

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

static int64_t meta(sqlite3 *db, const char *key)
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
	static const char *const names[] = { "blocks", "files", "agg_crc", "orphan_crc", "damaged", "chunks",
		"lost", "sound" };
	int64_t facts[8];
	for (size_t i = 0; i < 8; i++) {
		facts[i] = meta(x->db, names[i]);
		if (facts[i] < 0)
			return false;
	}
	x->n_blocks = (size_t)facts[0];
	x->damaged = facts[4] != 0;
	x->sound = (size_t)facts[7];
	x->lost_events = (uint64_t)facts[6];
	return has_uuid(x->db, h->uuid) && facts[1] <= FACTS_MAX && meta(x->db, "crc") ==
		rn_index_crc(0, facts, 8, rn_bytes_of(h->uuid, 16));
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
	sqlite3_close(x->db);
	rn_unsqueeze_free(x->z);
	rn_arena_fini(&x->text);
	free(x->facts);
	free(x->files);
	free(x->order);
	free(x->path);
	free(x);
}

const char *rn_index_path(const struct rn_index *x)
{
	return x->path;
}

uint64_t rn_index_lost_events(const struct rn_index *x)
{
	return x->lost_events;
}

size_t rn_index_surveyed(const struct rn_index *x)
{
	return x->surveyed;
}

bool rn_index_unpack(struct rn_index *x, struct rn_bytes packed, void *to, size_t raw_bytes)
{
	if (!x->z)
		x->z = rn_unsqueeze_new();
	if (!raw_bytes)
		return !packed.len;
	return x->z && !rn_unsqueeze_check(packed, raw_bytes, NULL) &&
		!rn_unsqueeze(x->z, to, raw_bytes, packed, NULL);
}

static struct rn_bytes blob_of(sqlite3_stmt *s, int i)
{
	const void *p = sqlite3_column_blob(s, i);
	return rn_bytes_of(p, p ? (size_t)sqlite3_column_bytes(s, i) : 0);
}

/* One chunk: its facts are appended. */
static bool load_chunk(struct rn_index *x, sqlite3_stmt *s, int64_t id, uint32_t most)
{
	int64_t fields[3] = { sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1),
		sqlite3_column_int64(s, 2) };
	struct rn_bytes packed = blob_of(s, 3);
	if (fields[0] != id || fields[1] < 0 || fields[1] > (int64_t)most - x->n_facts || fields[2] < 0 ||
		fields[2] > CHUNK_MAX + RN_MAX_EVENT_BYTES ||
		sqlite3_column_int64(s, 4) != rn_index_crc(0, fields, 3, packed))
		return false;
	uint8_t *raw = rn_arena_alloc(&x->text, (size_t)fields[2] + 1, 1);
	if (!raw || !rn_index_unpack(x, packed, raw, (size_t)fields[2]))
		return false;
	struct rn_cursor c = rn_cursor_of(raw, (size_t)fields[2]);
	for (int64_t i = 0; i < fields[1]; i++) {
		struct rn_bytes key = rn_take_string(&c, (size_t)fields[2]);
		if (!rn_cursor_ok(&c) || !rn_file_facts_unpack(&x->facts[x->n_facts], key, &x->text))
			return false;
		x->n_facts++;
	}
	return true;
}

bool rn_index_load_facts(struct rn_index *x)
{
	if (x->has_facts || x->no_facts)
		return x->has_facts;
	int64_t n = meta(x->db, "files"), chunks = 0;
	sqlite3_stmt *s = rn_index_prepare(x->db, "SELECT id, n, raw_bytes, facts, crc FROM file ORDER BY id");
	/* A liar's number is found out before memory is spent on it. */
	bool ok = s && n >= 0 && n <= FACTS_MAX && is_number(x->db, "SELECT coalesce(sum(n), 0) FROM file", n);
	x->facts = ok ? calloc((size_t)n + 1, sizeof(*x->facts)) : NULL;
	ok = ok && x->facts;
	while (ok && sqlite3_step(s) == SQLITE_ROW)
		ok = load_chunk(x, s, ++chunks, (uint32_t)n);
	sqlite3_finalize(s);
	x->has_facts = ok && x->n_facts == (uint32_t)n && chunks == meta(x->db, "chunks");
	x->no_facts = !x->has_facts;
	return x->has_facts;
}

uint32_t rn_index_n_facts(struct rn_index *x)
{
	return rn_index_load_facts(x) ? x->n_facts : 0;
}

const struct rn_file_facts *rn_index_facts(const struct rn_index *x, uint32_t number)
{
	return &x->facts[number - 1];
}

/* The number of a block of the trace by where it is; SIZE_MAX: the index has none there. */
static size_t block_at(const struct rn_index *x, uint64_t offset)
{
	size_t low = 0, high = x->n_blocks;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		uint64_t at = rn_reader_block_info(x->reader, mid)->offset;
		if (at == offset)
			return mid;
		if (at < offset)
			low = mid + 1;
		else
			high = mid;
	}
	return SIZE_MAX;
}

static bool unpack_files(struct rn_index *x, struct rn_bytes packed, size_t raw_bytes,
	const struct rn_core *core)
{
	uint32_t n = rn_survey_order(core, x->order);
	size_t width = n ? raw_bytes / n : 1;
	uint8_t *raw = malloc(raw_bytes + 1);
	bool ok = raw && width >= 1 && width <= 4 && width * n == raw_bytes &&
		rn_index_unpack(x, packed, raw, raw_bytes);
	memset(x->files, 0, core->n * sizeof(*x->files));
	for (uint32_t i = 0; i < n && ok; i++) {
		uint32_t number = 0;
		for (size_t plane = 0; plane < width; plane++)
			number |= (uint32_t)raw[plane * n + i] << 8 * plane;
		ok = number <= x->n_facts;
		x->files[x->order[i]] = number;
	}
	free(raw);
	return ok;
}

static bool make_room(struct rn_index *x, uint32_t n)
{
	if (n <= x->files_cap)
		return true;
	uint32_t *files = realloc(x->files, n * sizeof(*files));
	x->files = files ? files : x->files;
	uint32_t *order = realloc(x->order, n * sizeof(*order));
	x->order = order ? order : x->order;
	if (files && order)
		x->files_cap = n;
	return files && order;
}

static bool load_files(struct rn_index *x, size_t i, const struct rn_core *core)
{
	sqlite3_stmt *s = rn_index_prepare(x->db, "SELECT id, bucket, offset, bytes, calls, errors, first_ns, "
		"last_ns, max_dur_ns, raw_bytes, files, crc FROM block WHERE id = ?1");
	int64_t fields[10];
	bool ok = s && sqlite3_bind_int64(s, 1, (int64_t)i) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW;
	for (int k = 0; k < 10 && ok; k++)
		fields[k] = sqlite3_column_int64(s, k);
	ok = ok && fields[9] >= 0 && fields[9] <= (int64_t)core->n * 4 &&
		sqlite3_column_int64(s, 11) == rn_index_crc(0, fields, 10, blob_of(s, 10)) &&
		make_room(x, core->n) && unpack_files(x, blob_of(s, 10), (size_t)fields[9], core);
	sqlite3_finalize(s);
	return ok;
}

const uint32_t *rn_index_files(struct rn_index *x, const struct rn_block_info *info,
	const struct rn_core *core)
{
	size_t i = block_at(x, info->offset);
	if (i == SIZE_MAX || core->n != info->n_calls || !core->n || !rn_index_load_facts(x))
		return NULL;
	if (i == x->at)
		return x->files;
	x->at = load_files(x, i, core) ? i : SIZE_MAX;
	return x->at == i ? x->files : NULL;
}

bool rn_index_is_whole(struct rn_index *x)
{
	if (x->damaged || x->n_blocks != rn_reader_n_blocks(x->reader) || !rn_index_load_facts(x))
		return false;
	sqlite3_stmt *s = rn_index_prepare(x->db, "SELECT id, bucket, offset, bytes, calls, errors, first_ns, "
		"last_ns, max_dur_ns, raw_bytes, files, crc FROM block ORDER BY id");
	bool ok = s != NULL;
	int step = SQLITE_ERROR;
	while (ok && (step = sqlite3_step(s)) == SQLITE_ROW) {
		int64_t fields[10];
		for (int k = 0; k < 10; k++)
			fields[k] = sqlite3_column_int64(s, k);
		ok = sqlite3_column_int64(s, 11) == rn_index_crc(0, fields, 10, blob_of(s, 10));
	}
	sqlite3_finalize(s);
	return ok && step == SQLITE_DONE;
}

static bool take_tally(struct rn_survey_key *key, struct rn_tally *t, const int64_t *f)
{
	*key = (struct rn_survey_key){ (uint32_t)f[1], (uint32_t)f[2], (uint32_t)f[3] };
	*t = (struct rn_tally){ (uint64_t)f[4], (uint64_t)f[5], (uint64_t)f[6], (uint64_t)f[9],
		(uint64_t)f[10], (rn_u128)(uint64_t)f[7] << 64 | (uint64_t)f[8] };
	return true;
}

/* Read twice: what is counted must be known to be right before it is. */
static int each_tally(struct rn_index *x, const struct rn_filter *filter, struct rn_tally_set *set,
	struct rn_error *err)
{
	uint32_t crc = 0;
	sqlite3_stmt *s = rn_index_prepare(x->db, "SELECT bucket, utid, abi, nr, calls, errors, unfinished, "
		"total_high, total_low, min_ns, max_ns FROM agg ORDER BY bucket, utid, abi, nr");
	int step = SQLITE_ERROR, rc = 0;
	while (s && !rc && (step = sqlite3_step(s)) == SQLITE_ROW) {
		int64_t fields[RN_AGG_FIELDS];
		struct rn_survey_key key;
		struct rn_tally t;
		for (int i = 0; i < RN_AGG_FIELDS; i++)
			fields[i] = sqlite3_column_int64(s, i);
		crc = rn_index_crc(crc, fields, RN_AGG_FIELDS, rn_bytes_of(NULL, 0));
		take_tally(&key, &t, fields);
		if (set && (!filter || rn_filter_match(filter, (enum rn_abi)key.abi, key.nr)))
			rc = rn_tally_set_add_tally(set, (enum rn_abi)key.abi, key.nr, &t, err);
	}
	sqlite3_finalize(s);
	if (rc)
		return rc;
	return step == SQLITE_DONE && crc == meta(x->db, "agg_crc") ? 0 : RN_END;
}

int rn_index_tally(struct rn_index *x, const struct rn_filter *filter, struct rn_tally_set *set,
	struct rn_error *err)
{
	if (x->damaged || x->n_blocks != rn_reader_n_blocks(x->reader))
		return RN_END;
	int rc = each_tally(x, NULL, NULL, err);
	return rc ? rc : each_tally(x, filter, set, err);
}

int rn_index_orphans(struct rn_index *x, struct rn_orphans *o, struct rn_error *err)
{
	uint32_t crc = 0;
	*o = (struct rn_orphans){ RN_IDMAP_INIT, NULL, 0, NULL };
	sqlite3_stmt *s = x->damaged || x->n_blocks != rn_reader_n_blocks(x->reader) ? NULL :
		rn_index_prepare(x->db, "SELECT utid, ts_ns FROM orphan ORDER BY utid");
	int step = SQLITE_ERROR, rc = 0;
	while (s && !rc && (step = sqlite3_step(s)) == SQLITE_ROW) {
		const int64_t fields[] = { sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1) };
		uint64_t *ts_ns = realloc(o->ts_ns, (o->n + 1) * sizeof(*ts_ns));
		o->ts_ns = ts_ns ? ts_ns : o->ts_ns;
		if (!ts_ns || rn_idmap_put(&o->by_utid, (uint32_t)fields[0], o->n)) {
			rc = rn_fail(err, RN_E_NOMEM, "out of memory");
			break;
		}
		ts_ns[o->n++] = (uint64_t)fields[1];
		crc += rn_index_crc(0, fields, 2, rn_bytes_of(NULL, 0));
	}
	sqlite3_finalize(s);
	if (!rc && (step != SQLITE_DONE || crc != meta(x->db, "orphan_crc")))
		rc = RN_END;
	if (rc)
		rn_orphans_fini(o);
	return rc;
}
