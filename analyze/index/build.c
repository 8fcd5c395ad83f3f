/* SPDX-License-Identifier: MIT */
/*
 * Blocks are surveyed on all CPUs, a few at a time, and entered one after the other, so that numbers do not
 * depend on how many CPUs there are. A bucket is a run of blocks with at least BUCKET_CALLS calls.
 */
#include "analyze/call_files.h"
#include "analyze/index/private.h"
#include "analyze/index/schema.h"
#include "analyze/process_tree.h"
#include "format/crc32c.h"
#include "format/squeeze.h"
#include "shared/diag.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define BUCKET_CALLS 65536
#define WORKERS_MAX 8
#define THREAD_CALLS 4096      /* less is not worth a thread */
#define CHUNK_BYTES ((size_t)1 << 18)
#define PROGRESS_NS 100000000

struct worker {
	struct rn_survey survey;
	pthread_t thread;
	bool started;
	size_t block;
	const struct rn_reader *reader;
	const struct rn_model *model;
	struct rn_orphans *orphans; /* found: only read */
	struct rn_error err;
};

struct build {
	sqlite3 *db;
	struct rn_reader *reader;
	const struct rn_model *model;
	struct rn_orphans orphans;
	struct worker worker[WORKERS_MAX];
	size_t n_workers;
	struct rn_intern *facts;      /* all of them; number - 1 */
	uint32_t written;             /* of them, in the table */
	uint32_t n_chunks;
	uint32_t *numbers, cap;       /* of a block's own */
	struct rn_groups bucket;      /* tallies of the bucket under way */
	uint64_t bucket_calls;
	int64_t n_buckets;
	uint32_t agg_crc;
	bool damaged;
	size_t sound;                 /* blocks before the first of which something could not be read */
	struct rn_buffer raw, packed;
	struct ZSTD_CCtx_s *z;
	sqlite3_stmt *add_block, *add_agg, *add_file;
	struct rn_diag *diag;
	uint64_t told_ns;
};

void rn_index_schema(struct rn_buffer *out, const char *between)
{
	bool first = true;
#define TABLE(name, columns) \
	rn_put_format(out, "%sCREATE TABLE " #name "%s", first ? "" : between, columns); \
	first = false;
	RN_INDEX_TABLES(TABLE)
#undef TABLE
}

uint32_t rn_index_crc(uint32_t before, const int64_t *fields, size_t n, struct rn_bytes blob)
{
	uint32_t parts[3] = { before, rn_crc32c(rn_bytes_of(fields, n * sizeof(*fields))),
		rn_crc32c(blob) };
	return rn_crc32c(rn_bytes_of(parts, sizeof(parts)));
}

sqlite3_stmt *rn_index_prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		return NULL;
	return s;
}

static int fail(const struct build *b, struct rn_error *err)
{
	return rn_fail(err, sqlite3_errcode(b->db) == SQLITE_NOMEM ? RN_E_NOMEM : RN_E_IO, "index: %s",
		sqlite3_errmsg(b->db));
}

/* Binds and steps: fields, then a blob where there is one (p not NULL), then more fields. */
static int insert(const struct build *b, sqlite3_stmt *s, const int64_t *fields, int n,
	struct rn_bytes blob, int64_t crc, struct rn_error *err)
{
	if (!s)
		return fail(b, err);
	for (int i = 0; i < n; i++)
		sqlite3_bind_int64(s, i + 1, fields[i]);
	if (crc >= 0) {
		sqlite3_bind_blob64(s, n + 1, blob.len ? (const void *)blob.p : "", blob.len, SQLITE_STATIC);
		sqlite3_bind_int64(s, n + 2, crc);
	}
	int rc = sqlite3_step(s) == SQLITE_DONE ? 0 : fail(b, err);
	sqlite3_reset(s);
	return rc;
}

static int pack(struct build *b, struct rn_error *err)
{
	rn_buffer_clear(&b->packed);
	if (!rn_buffer_ok(&b->raw))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	return b->raw.len ? rn_squeeze(b->z, &b->packed, rn_buffer_bytes(&b->raw), err) : 0;
}

/* One chunk of facts, from the first that is not written. */
static int write_chunk(struct build *b, struct rn_error *err)
{
	int64_t first = b->written;
	rn_buffer_clear(&b->raw);
	while (b->written < rn_intern_count(b->facts) && b->raw.len < CHUNK_BYTES)
		rn_put_string(&b->raw, rn_intern_get(b->facts, b->written++));
	int rc = pack(b, err);
	const int64_t fields[] = { ++b->n_chunks, b->written - first, (int64_t)b->raw.len };
	struct rn_bytes blob = rn_buffer_bytes(&b->packed);
	return rc ? rc : insert(b, b->add_file, fields, 3, blob, rn_index_crc(0, fields, 3, blob), err);
}

static int by_key(const void *a, const void *b, void *arg)
{
	const struct rn_groups *g = arg;
	const struct rn_survey_key *x = (const void *)rn_groups_key(g, *(const uint32_t *)a).p;
	const struct rn_survey_key *y = (const void *)rn_groups_key(g, *(const uint32_t *)b).p;
	if (x->utid != y->utid)
		return x->utid < y->utid ? -1 : 1;
	if (x->abi != y->abi)
		return x->abi < y->abi ? -1 : 1;
	return (x->nr > y->nr) - (x->nr < y->nr);
}

static int end_bucket(struct build *b, struct rn_error *err)
{
	uint32_t *order;
	int rc = rn_groups_sort(&b->bucket, by_key, &b->bucket, &order, err);
	for (uint32_t i = 0; i < rn_groups_n(&b->bucket) && !rc; i++) {
		struct rn_survey_key key;
		const struct rn_tally *t = rn_groups_at(&b->bucket, order[i]);
		memcpy(&key, rn_groups_key(&b->bucket, order[i]).p, sizeof(key));
		const int64_t fields[RN_AGG_FIELDS] = { b->n_buckets, key.utid, key.abi, key.nr,
			(int64_t)t->calls, (int64_t)t->errors, (int64_t)t->unfinished,
			(int64_t)(t->total_ns >> 64), (int64_t)t->total_ns, (int64_t)t->min_ns,
			(int64_t)t->max_ns };
		b->agg_crc = rn_index_crc(b->agg_crc, fields, RN_AGG_FIELDS, rn_bytes_of(NULL, 0));
		rc = insert(b, b->add_agg, fields, RN_AGG_FIELDS, rn_bytes_of(NULL, 0), -1, err);
	}
	free(order);
	rn_intern_clear(b->bucket.keys);
	b->bucket_calls = 0;
	b->n_buckets++;
	return rc;
}

static int add_tallies(struct build *b, const struct rn_groups *from, struct rn_error *err)
{
	const struct rn_tally nothing = RN_TALLY_INIT;
	for (uint32_t i = 0; i < rn_groups_n(from); i++) {
		struct rn_tally *t = rn_groups_row(&b->bucket, rn_groups_key(from, i), err);
		if (!t)
			return RN_E_NOMEM;
		if (!t->calls)
			*t = nothing;
		rn_tally_merge(t, rn_groups_at(from, i));
	}
	return 0;
}

/* The block's own numbers become those of the index. */
static int number_facts(struct build *b, const struct rn_survey *s, struct rn_error *err)
{
	uint32_t n = rn_intern_count(s->keys);
	if (n > b->cap) {
		uint32_t *numbers = realloc(b->numbers, n * sizeof(*numbers));
		if (!numbers)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		b->numbers = numbers;
		b->cap = n;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t id = rn_intern(b->facts, rn_intern_get(s->keys, i), NULL);
		if (id == RN_INTERN_NONE)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		b->numbers[i] = id + 1;
	}
	return 0;
}

static int insert_block(struct build *b, size_t i, int64_t raw_bytes, struct rn_bytes files,
	struct rn_error *err)
{
	const struct rn_block_info *info = rn_reader_block_info(b->reader, i);
	const int64_t fields[] = { (int64_t)i, b->n_buckets, (int64_t)info->offset, (int64_t)info->disk_bytes,
		info->n_calls, info->n_errors, (int64_t)info->first_ns, (int64_t)info->last_ns,
		(int64_t)info->max_dur_ns, raw_bytes };
	return insert(b, b->add_block, fields, 10, files, rn_index_crc(0, fields, 10, files), err);
}

static uint32_t number_of(const struct build *b, const struct rn_survey *s, uint32_t i)
{
	uint32_t own = s->files[s->order[i]];
	return own ? b->numbers[own - 1] : 0;
}

static void put_files(struct build *b, const struct rn_survey *s)
{
	uint32_t most = 0;
	rn_buffer_clear(&b->raw);
	for (uint32_t i = 0; i < s->n_order; i++)
		most |= number_of(b, s, i);
	unsigned width = most >> 24 ? 4 : most >> 16 ? 3 : most >> 8 ? 2 : 1;
	for (unsigned plane = 0; plane < width; plane++)
		for (uint32_t i = 0; i < s->n_order; i++)
			rn_put_u8(&b->raw, (uint8_t)(number_of(b, s, i) >> 8 * plane));
}

static int enter(struct build *b, const struct worker *w, struct rn_error *err)
{
	const struct rn_survey *s = &w->survey;
	b->damaged |= s->damaged;
	if (s->damaged && w->block < b->sound)
		b->sound = w->block;
	int rc = number_facts(b, s, err);
	if (!rc)
		put_files(b, s);
	if (!rc)
		rc = pack(b, err);
	if (!rc)
		rc = insert_block(b, w->block, (int64_t)b->raw.len, rn_buffer_bytes(&b->packed), err);
	if (!rc)
		rc = add_tallies(b, &s->tallies, err);
	b->bucket_calls += s->n_calls;
	return !rc && b->bucket_calls >= BUCKET_CALLS ? end_bucket(b, err) : rc;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	w->survey.rc = rn_survey_block(&w->survey, w->reader, w->block, w->model, w->orphans, &w->err);
	return NULL;
}

/* Surveys blocks from..from + n on as many threads, this one among them. */
static int survey(struct build *b, size_t from, size_t n, struct rn_error *err)
{
	for (size_t i = 0; i < n; i++) {
		struct worker *w = &b->worker[i];
		w->block = from + i;
		w->started = i && rn_reader_block_info(b->reader, w->block)->n_calls >= THREAD_CALLS &&
			pthread_create(&w->thread, NULL, work, w) == 0;
	}
	for (size_t i = 0; i < n; i++)
		if (!b->worker[i].started)
			work(&b->worker[i]);
	int rc = 0;
	for (size_t i = 0; i < n; i++) {
		if (b->worker[i].started)
			pthread_join(b->worker[i].thread, NULL);
		if (!rc && b->worker[i].survey.rc) {
			rc = b->worker[i].survey.rc;
			*err = b->worker[i].err;
		}
	}
	return rc;
}

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void tell(struct build *b, size_t done, size_t all)
{
	uint64_t now = b->diag && b->diag->terminal ? now_ns() : 0;
	if (now < b->told_ns + PROGRESS_NS)
		return;
	b->told_ns = now;
	rn_diag_progress(b->diag, "indexing: %zu %%", all ? done * 100 / all : 100);
}

static int enter_all(struct build *b, size_t first, struct rn_error *err)
{
	size_t all = rn_reader_n_blocks(b->reader);
	int rc = 0;
	for (size_t i = first; i < all && !rc;) {
		size_t n = all - i < b->n_workers ? all - i : b->n_workers;
		tell(b, i, all);
		rc = survey(b, i, n, err);
		for (size_t k = 0; k < n && !rc; k++)
			rc = enter(b, &b->worker[k], err);
		while (!rc && rn_intern_count(b->facts) - b->written >= 4096)
			rc = write_chunk(b, err);
		i += n;
	}
	if (!rc && b->bucket_calls)
		rc = end_bucket(b, err);
	while (!rc && b->written < rn_intern_count(b->facts))
		rc = write_chunk(b, err);
	return rc;
}

/* Takes over the blocks of whole buckets, and all facts. *first: the block to go on with. */
static int take_over(struct build *b, struct rn_index *keep, size_t *first, struct rn_error *err)
{
	static const char buckets[] = "SELECT coalesce(min(bucket), (SELECT max(bucket) FROM block)) FROM block "
		"WHERE id >= ?1";
	static const char kept[] = "SELECT id, raw_bytes, files FROM block WHERE bucket < ?1 ORDER BY id";
	static const char aggs[] = "SELECT bucket, utid, abi, nr, calls, errors, unfinished, total_high, "
		"total_low, min_ns, max_ns FROM agg WHERE bucket = ?1 ORDER BY bucket, utid, abi, nr";
	*first = 0;
	if (!keep || !rn_index_load_facts(keep))
		return 0;
	sqlite3_stmt *s = rn_index_prepare(keep->db, buckets);
	if (s)
		/* What the last calls of a block made of descriptors, the next block may tell. */
		sqlite3_bind_int64(s, 1, (int64_t)keep->sound - 1);
	int64_t last = s && sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;
	sqlite3_finalize(s);
	int rc = 0;
	for (uint32_t i = 1; i <= keep->n_facts && !rc; i++) {
		const struct rn_file_facts *f = &keep->facts[i - 1];
		rn_buffer_clear(&b->raw);
		rn_file_facts_pack(&b->raw, f);
		rn_put_bytes(&b->raw, f->more.p, f->more.len);
		if (!rn_buffer_ok(&b->raw) || rn_intern(b->facts, rn_buffer_bytes(&b->raw), NULL) != i - 1)
			rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	}
	for (int64_t bucket = 0; bucket < last && !rc; bucket++) {
		s = rn_index_prepare(keep->db, aggs);
		sqlite3_bind_int64(s, 1, bucket);
		while (!rc && s && sqlite3_step(s) == SQLITE_ROW) {
			int64_t fields[RN_AGG_FIELDS];
			for (int i = 0; i < RN_AGG_FIELDS; i++)
				fields[i] = sqlite3_column_int64(s, i);
			b->agg_crc = rn_index_crc(b->agg_crc, fields, RN_AGG_FIELDS, rn_bytes_of(NULL, 0));
			rc = insert(b, b->add_agg, fields, RN_AGG_FIELDS, rn_bytes_of(NULL, 0), -1, err);
		}
		sqlite3_finalize(s);
	}
	s = rc ? NULL : rn_index_prepare(keep->db, kept);
	sqlite3_stmt *bucket_of = rn_index_prepare(keep->db, "SELECT bucket FROM block WHERE id = ?1");
	if (s)
		sqlite3_bind_int64(s, 1, last);
	while (!rc && s && bucket_of && sqlite3_step(s) == SQLITE_ROW) {
		sqlite3_bind_int64(bucket_of, 1, sqlite3_column_int64(s, 0));
		if (sqlite3_step(bucket_of) == SQLITE_ROW)
			b->n_buckets = sqlite3_column_int64(bucket_of, 0);
		sqlite3_reset(bucket_of);
		rc = insert_block(b, *first, sqlite3_column_int64(s, 1), rn_bytes_of(sqlite3_column_blob(s, 2),
			(size_t)sqlite3_column_bytes(s, 2)), err);
		*first += 1;
	}
	sqlite3_finalize(s);
	sqlite3_finalize(bucket_of);
	b->n_buckets = last;
	return rc;
}

static int put_meta(struct build *b, const char *key, int64_t number, struct rn_bytes blob,
	struct rn_error *err)
{
	sqlite3_stmt *s = rn_index_prepare(b->db, "INSERT INTO meta VALUES(?1, ?2)");
	if (!s)
		return fail(b, err);
	sqlite3_bind_text(s, 1, key, -1, SQLITE_STATIC);
	if (blob.p)
		sqlite3_bind_blob64(s, 2, blob.p, blob.len, SQLITE_STATIC);
	else
		sqlite3_bind_int64(s, 2, number);
	int rc = sqlite3_step(s) == SQLITE_DONE ? 0 : fail(b, err);
	sqlite3_finalize(s);
	return rc;
}

/* How many blocks from the first on are whole: what was found out of those stays true when the trace grows. */
static size_t count_sound(const struct build *b)
{
	const struct rn_reader *r = b->reader;
	size_t n = b->sound < rn_reader_n_blocks(r) ? b->sound : rn_reader_n_blocks(r);
	for (size_t i = 0; i < rn_reader_n_damage(r) && n; i++) {
		const struct rn_damage *d = rn_reader_damage(r, i);
		while (n && (!d || d->offset < rn_reader_block_info(r, n - 1)->offset +
				rn_reader_block_info(r, n - 1)->disk_bytes))
			n--;
	}
	return n;
}

static int put_metas(struct build *b, uint32_t orphan_crc, struct rn_error *err)
{
	const struct rn_header *h = rn_reader_header(b->reader);
	struct rn_bytes none = { NULL, 0 };
	struct rn_model_end end;
	rn_model_end(b->model, &end);
	const int64_t facts[] = { (int64_t)rn_reader_n_blocks(b->reader), rn_intern_count(b->facts), b->agg_crc,
		orphan_crc, b->damaged || rn_reader_n_damage(b->reader), b->n_chunks,
		(int64_t)end.lost_events, (int64_t)count_sound(b) };
	static const char *const names[] = { "blocks", "files", "agg_crc", "orphan_crc", "damaged", "chunks",
		"lost", "sound" };
	int rc = put_meta(b, "uuid", 0, rn_bytes_of(h->uuid, sizeof(h->uuid)), err);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !rc; i++)
		rc = put_meta(b, names[i], facts[i], none, err);
	if (!rc)
		rc = put_meta(b, "crc", rn_index_crc(0, facts, sizeof(names) / sizeof(names[0]),
			rn_bytes_of(h->uuid, sizeof(h->uuid))), none, err);
	if (!rc)
		rc = put_meta(b, "analyzer", 0, rn_bytes_str("renacer " RN_VERSION), err);
	return rc;
}

static int put_orphans(struct build *b, uint32_t *crc, struct rn_error *err)
{
	sqlite3_stmt *s = rn_index_prepare(b->db, "INSERT INTO orphan VALUES(?1, ?2)");
	int rc = 0;
	*crc = 0;
	for (uint32_t i = 0; i < rn_model_n_tasks(b->model) && !rc; i++) {
		uint32_t utid = rn_model_task_at(b->model, i)->utid;
		uint32_t at = rn_idmap_find(&b->orphans.by_utid, utid);
		if (at == RN_IDMAP_NONE)
			continue;
		const int64_t fields[] = { utid, (int64_t)b->orphans.ts_ns[at] };
		*crc += rn_index_crc(0, fields, 2, rn_bytes_of(NULL, 0));
		rc = insert(b, s, fields, 2, rn_bytes_of(NULL, 0), -1, err);
	}
	sqlite3_finalize(s);
	return rc;
}

static void bind_bytes(sqlite3_stmt *s, int i, struct rn_bytes text)
{
	sqlite3_bind_text64(s, i, text.len ? (const char *)text.p : "", text.len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static int put_tasks(struct build *b, struct rn_error *err)
{
	sqlite3_stmt *p = rn_index_prepare(b->db, "INSERT INTO process VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
	sqlite3_stmt *t = rn_index_prepare(b->db, "INSERT INTO thread VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
	int rc = p && t ? 0 : fail(b, err);
	for (uint32_t i = 0; i < rn_model_n_tasks(b->model) && !rc; i++) {
		const struct rn_task *k = rn_model_task_at(b->model, i);
		uint32_t upid = rn_model_process(b->model, k->utid);
		sqlite3_bind_int64(t, 1, k->utid);
		sqlite3_bind_int64(t, 2, (int64_t)k->tid);
		sqlite3_bind_int64(t, 3, upid);
		bind_bytes(t, 4, rn_model_comm(b->model, k->utid, UINT64_MAX));
		sqlite3_bind_int64(t, 5, (int64_t)k->start_ns);
		sqlite3_bind_int64(t, 6, (int64_t)k->end_ns);
		if (sqlite3_step(t) != SQLITE_DONE)
			rc = fail(b, err);
		sqlite3_reset(t);
		if (rc || upid != k->utid)
			continue;
		rn_buffer_clear(&b->raw);
		rn_put_command(&b->raw, b->model, k, rn_reader_header(b->reader)->command_argv);
		sqlite3_bind_int64(p, 1, k->utid);
		sqlite3_bind_int64(p, 2, (int64_t)k->pid);
		sqlite3_bind_int64(p, 3, k->parent ? rn_model_process(b->model, k->parent) : 0);
		sqlite3_bind_int64(p, 4, (int64_t)k->start_ns);
		sqlite3_bind_int64(p, 5, (int64_t)k->end_ns);
		bind_bytes(p, 6, k->exe);
		bind_bytes(p, 7, rn_buffer_bytes(&b->raw));
		if (sqlite3_step(p) != SQLITE_DONE)
			rc = fail(b, err);
		sqlite3_reset(p);
	}
	sqlite3_finalize(p);
	sqlite3_finalize(t);
	return rc;
}

static int execute(const struct build *b, const char *sql, struct rn_error *err)
{
	return sqlite3_exec(b->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(b, err);
}

static int create(struct build *b, struct rn_error *err)
{
	struct rn_buffer sql = RN_BUFFER_INIT;
	rn_put_format(&sql, "PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; "
		"PRAGMA locking_mode = EXCLUSIVE; PRAGMA application_id = %d; PRAGMA user_version = %d; "
		"BEGIN; ", RN_INDEX_APPLICATION, RN_INDEX_VERSION);
	rn_index_schema(&sql, "; ");
	int rc = execute(b, rn_buffer_cstr(&sql), err);
	rn_buffer_fini(&sql);
	b->add_block = rn_index_prepare(b->db, "INSERT INTO block VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
		"?10, ?11, ?12)");
	b->add_agg = rn_index_prepare(b->db, "INSERT INTO agg VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
		"?11)");
	b->add_file = rn_index_prepare(b->db, "INSERT INTO file VALUES(?1, ?2, ?3, ?4, ?5)");
	return rc;
}

static int begin(struct build *b, struct rn_error *err)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t wanted = cpus < 1 ? 1 : cpus > WORKERS_MAX ? WORKERS_MAX : (size_t)cpus;
	b->facts = rn_intern_new();
	b->z = rn_squeeze_new(3);
	int rc = b->facts && b->z ? rn_groups_init(&b->bucket, sizeof(struct rn_tally), err) :
		rn_fail(err, RN_E_NOMEM, "out of memory");
	for (; b->n_workers < wanted && !rc; b->n_workers++) {
		struct worker *w = &b->worker[b->n_workers];
		w->reader = b->reader;
		w->model = b->model;
		w->orphans = &b->orphans;
		rc = rn_survey_init(&w->survey, err);
	}
	return rc ? rc : rn_orphans_find(&b->orphans, b->reader, err);
}

static void end(struct build *b)
{
	for (size_t i = 0; i < b->n_workers; i++)
		rn_survey_fini(&b->worker[i].survey);
	sqlite3_finalize(b->add_block);
	sqlite3_finalize(b->add_agg);
	sqlite3_finalize(b->add_file);
	rn_orphans_fini(&b->orphans);
	rn_intern_free(b->facts);
	rn_groups_fini(&b->bucket);
	rn_squeeze_free(b->z);
	rn_buffer_fini(&b->raw);
	rn_buffer_fini(&b->packed);
	free(b->numbers);
}

int rn_index_build(sqlite3 *db, struct rn_reader *r, const struct rn_model *model, struct rn_index *keep,
	struct rn_diag *diag, size_t *surveyed, struct rn_error *err)
{
	struct build b = { .db = db, .reader = r, .model = model, .diag = diag, .sound = SIZE_MAX };
	size_t first = 0;
	uint32_t orphan_crc;
	int rc = begin(&b, err);
	if (!rc)
		rc = create(&b, err);
	if (!rc)
		rc = take_over(&b, keep, &first, err);
	if (!rc)
		rc = enter_all(&b, first, err);
	if (!rc)
		rc = put_tasks(&b, err);
	if (!rc)
		rc = put_orphans(&b, &orphan_crc, err);
	if (!rc)
		rc = put_metas(&b, orphan_crc, err);
	if (!rc)
		rc = execute(&b, "COMMIT", err);
	*surveyed = rn_reader_n_blocks(r) - first;
	end(&b);
	return rc;
}
