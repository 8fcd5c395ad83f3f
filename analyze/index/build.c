/* SPDX-License-Identifier: MIT */
/*
 * Blocks are surveyed on all CPUs, a few at a time, and entered one after the other, so that numbers do not
 * depend on how many CPUs there are. A bucket is a run of blocks with at least BUCKET_CALLS calls.
 */
#include "analyze/index/build.h"

#include "analyze/index/schema.h"
#include "format/squeeze.h"
#include "shared/diag.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define BUCKET_CALLS 65536
#define WORKERS_MAX 8
#define THREAD_CALLS 4096      /* less is not worth a thread */
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

struct crew {
	struct worker worker[WORKERS_MAX];
	size_t n;
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

sqlite3_stmt *rn_index_prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		return NULL;
	return s;
}

int rn_index_fail(sqlite3 *db, struct rn_error *err)
{
	return rn_fail(err, sqlite3_errcode(db) == SQLITE_NOMEM ? RN_E_NOMEM : RN_E_IO, "index: %s",
		sqlite3_errmsg(db));
}

int rn_index_insert(sqlite3_stmt *s, const int64_t *fields, int n, struct rn_bytes blob, int64_t crc,
	struct rn_error *err)
{
	if (!s)
		return rn_fail(err, RN_E_IO, "index: no such table");
	for (int i = 0; i < n; i++)
		sqlite3_bind_int64(s, i + 1, fields[i]);
	if (crc >= 0) {
		sqlite3_bind_blob64(s, n + 1, blob.len ? (const void *)blob.p : "", blob.len, SQLITE_STATIC);
		sqlite3_bind_int64(s, n + 2, crc);
	}
	int rc = sqlite3_step(s) == SQLITE_DONE ? 0 : rn_index_fail(sqlite3_db_handle(s), err);
	sqlite3_reset(s);
	return rc;
}

static int by_key(const void *a, const void *b, void *arg)
{
	const struct rn_groups *g = arg;
	const struct rn_survey_key *x = (const void *)rn_groups_key(g, *(const uint32_t *)a).p;
	const struct rn_survey_key *y = (const void *)rn_groups_key(g, *(const uint32_t *)b).p;
	if (x->abi != y->abi)
		return x->abi < y->abi ? -1 : 1;
	if (x->nr != y->nr)
		return x->nr < y->nr ? -1 : 1;
	return (x->utid > y->utid) - (x->utid < y->utid);
}

static int end_bucket(struct rn_index_making *b, struct rn_error *err)
{
	uint32_t *order;
	int rc = rn_groups_sort(&b->bucket, by_key, &b->bucket, &order, err);
	for (uint32_t i = 0; i < rn_groups_n(&b->bucket) && !rc; i++) {
		struct rn_survey_key key;
		const struct rn_tally *t = rn_groups_at(&b->bucket, order[i]);
		memcpy(&key, rn_groups_key(&b->bucket, order[i]).p, sizeof(key));
		int64_t fields[RN_AGG_FIELDS] = { b->n_buckets, key.utid, key.abi, key.nr, (int64_t)t->errors };
		rn_counts_of_tally(fields + RN_AGG_COUNTS, t);
		rc = rn_columns_put(&b->agg, fields, err);
	}
	free(order);
	rn_intern_clear(b->bucket.keys);
	b->bucket_calls = 0;
	b->n_buckets++;
	return rc;
}

static int add_tallies(struct rn_index_making *b, const struct rn_groups *from, struct rn_error *err)
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

int rn_making_block(struct rn_index_making *b, size_t i, int64_t raw_bytes, struct rn_bytes files,
	struct rn_error *err)
{
	const struct rn_block_info *info = rn_reader_block_info(b->reader, i);
	const int64_t fields[] = { (int64_t)i, b->n_buckets, (int64_t)info->offset, (int64_t)info->disk_bytes,
		info->n_calls, info->n_errors, (int64_t)info->first_ns, (int64_t)info->last_ns,
		(int64_t)info->max_dur_ns, raw_bytes };
	return rn_index_insert(b->add_block, fields, 10, files, rn_index_crc(0, fields, 10, files), err);
}

/* The head in front of what the survey has packed. */
static int enter_files(struct rn_index_making *b, const struct worker *w, struct rn_error *err)
{
	const struct rn_survey *s = &w->survey;
	int rc = rn_making_facts(b, s, err);
	if (rc)
		return rc;
	rn_files_put_head(&b->head, b->numbers, rn_intern_count(s->keys), s->widths);
	rn_buffer_clear(&b->blob);
	rc = rn_page_pack(b->z, &b->blob, &b->head, 1, err);
	if (rc)
		return rc;
	rn_put_bytes(&b->blob, s->packed.p, s->packed.len);
	if (!rn_buffer_ok(&b->blob))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	return rn_making_block(b, w->block, s->files_raw_bytes + (int64_t)b->head.len, rn_buffer_bytes(&b->blob),
		err);
}

static int enter(struct rn_index_making *b, const struct worker *w, struct rn_error *err)
{
	const struct rn_survey *s = &w->survey;
	b->damaged |= s->damaged;
	if (s->damaged && w->block < b->sound)
		b->sound = w->block;
	int rc = enter_files(b, w, err);
	if (!rc)
		rc = rn_making_write_facts(b, false, err);
	if (!rc)
		rc = add_tallies(b, &s->tallies, err);
	if (!rc)
		rc = rn_making_histograms(b, s, err);
	if (!rc)
		rc = rn_making_uses(b, s, err);
	if (!rc)
		rc = rn_making_events(b, s, w->block, err);
	rn_making_slowest(b, s, w->block);
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
static int survey(struct crew *crew, const struct rn_reader *r, size_t from, size_t n, struct rn_error *err)
{
	for (size_t i = 0; i < n; i++) {
		struct worker *w = &crew->worker[i];
		w->block = from + i;
		w->started = i && rn_reader_block_info(r, w->block)->n_calls >= THREAD_CALLS &&
			pthread_create(&w->thread, NULL, work, w) == 0;
	}
	for (size_t i = 0; i < n; i++)
		if (!crew->worker[i].started)
			work(&crew->worker[i]);
	int rc = 0;
	for (size_t i = 0; i < n; i++) {
		if (crew->worker[i].started)
			pthread_join(crew->worker[i].thread, NULL);
		if (!rc && crew->worker[i].survey.rc) {
			rc = crew->worker[i].survey.rc;
			*err = crew->worker[i].err;
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

static void tell(struct crew *crew, struct rn_diag *diag, size_t done, size_t all)
{
	uint64_t now = diag && diag->terminal ? now_ns() : 0;
	if (now < crew->told_ns + PROGRESS_NS)
		return;
	crew->told_ns = now;
	rn_diag_progress(diag, "indexing: %zu %%", all ? done * 100 / all : 100);
}

static int enter_all(struct rn_index_making *b, struct crew *crew, size_t first, struct rn_error *err)
{
	size_t all = rn_reader_n_blocks(b->reader);
	int rc = 0;
	for (size_t i = first; i < all && !rc;) {
		size_t n = all - i < crew->n ? all - i : crew->n;
		tell(crew, b->diag, i, all);
		rc = survey(crew, b->reader, i, n, err);
		for (size_t k = 0; k < n && !rc; k++)
			rc = enter(b, &crew->worker[k], err);
		i += n;
	}
	if (!rc && b->bucket_calls)
		rc = end_bucket(b, err);
	if (!rc)
		rc = rn_columns_end(&b->agg, err);
	if (!rc)
		rc = rn_making_write_facts(b, true, err);
	return rc ? rc : rn_making_flush_events(b, all, err);
}

static int create(struct rn_index_making *b, struct rn_error *err)
{
	struct rn_buffer sql = RN_BUFFER_INIT;
	rn_put_format(&sql, "PRAGMA page_size = 1024; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; "
		"PRAGMA locking_mode = EXCLUSIVE; PRAGMA application_id = %d; PRAGMA user_version = %d; "
		"BEGIN; ", RN_INDEX_APPLICATION, RN_INDEX_VERSION);
	rn_index_schema(&sql, "; ");
	int rc = sqlite3_exec(b->db, rn_buffer_cstr(&sql), NULL, NULL, NULL) == SQLITE_OK ? 0 :
		rn_index_fail(b->db, err);
	rn_buffer_fini(&sql);
	b->add_block = rn_index_prepare(b->db, "INSERT INTO block VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
		"?10, ?11, ?12)");
	if (!rc)
		rc = rn_columns_writer_init(&b->agg, &rn_index_agg, b->db, b->z, err);
	if (!rc)
		rc = rn_pages_writer_init(&b->files, b->db, "file", b->z, err);
	return rc ? rc : rn_pages_writer_init(&b->events, b->db, "event", b->z, err);
}

static int begin(struct rn_index_making *b, struct crew *crew, struct rn_error *err)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t wanted = cpus < 1 ? 1 : cpus > WORKERS_MAX ? WORKERS_MAX : (size_t)cpus;
	b->facts = rn_intern_new();
	b->z = rn_squeeze_new(6);
	rn_meta_encoder_clear(&b->pending);
	int rc = rn_facts_writer_init(&b->facts_writer) && b->facts && b->z ? 0 :
		rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!rc)
		rc = rn_groups_init(&b->bucket, sizeof(struct rn_tally), err);
	if (!rc)
		rc = rn_groups_init(&b->histograms, sizeof(struct rn_histogram), err);
	for (unsigned i = 0; i < 2 && !rc; i++)
		rc = rn_groups_init(&b->tail[i], sizeof(struct rn_histogram), err);
	if (!rc)
		rc = rn_making_uses_init(&b->uses, err);
	for (; crew->n < wanted && !rc; crew->n++) {
		struct worker *w = &crew->worker[crew->n];
		w->reader = b->reader;
		w->model = b->model;
		w->orphans = &b->orphans;
		rc = rn_survey_init(&w->survey, err);
		w->survey.stacks = b->stacks;
	}
	return rc ? rc : rn_orphans_find(&b->orphans, b->reader, err);
}

static void end(struct rn_index_making *b, struct crew *crew)
{
	for (size_t i = 0; i < crew->n; i++)
		rn_survey_fini(&crew->worker[i].survey);
	sqlite3_finalize(b->add_block);
	rn_columns_writer_fini(&b->agg);
	rn_pages_writer_fini(&b->files);
	rn_pages_writer_fini(&b->events);
	rn_facts_writer_fini(&b->facts_writer);
	rn_orphans_fini(&b->orphans);
	rn_intern_free(b->facts);
	rn_groups_fini(&b->bucket);
	rn_making_uses_fini(&b->uses);
	rn_groups_fini(&b->histograms);
	rn_groups_fini(&b->tail[0]);
	rn_groups_fini(&b->tail[1]);
	rn_meta_encoder_fini(&b->pending);
	rn_idmap_fini(&b->known);
	rn_squeeze_free(b->z);
	rn_buffer_fini(&b->head);
	rn_buffer_fini(&b->blob);
	free(b->numbers);
	free(crew);
	free(b);
}

int rn_index_build(sqlite3 *db, struct rn_reader *r, const struct rn_model *model, struct rn_index *keep,
	struct rn_diag *diag, size_t *surveyed, struct rn_error *err)
{
	struct rn_index_making *b = calloc(1, sizeof(*b));
	struct crew *crew = calloc(1, sizeof(*crew));
	size_t first = 0;
	if (!b || !crew) {
		free(b);
		free(crew);
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	}
	*b = (struct rn_index_making){ .db = db, .reader = r, .model = model, .diag = diag, .sound = SIZE_MAX };
	b->stacks = rn_trace_has_stacks(r);
	int rc = begin(b, crew, err);
	if (!rc)
		rc = create(b, err);
	if (!rc)
		rc = rn_making_take_over(b, keep, &first, err);
	if (!rc)
		rc = enter_all(b, crew, first, err);
	if (!rc)
		rc = rn_making_put_rest(b, err);
	if (!rc && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		rc = rn_index_fail(db, err);
	*surveyed = rn_reader_n_blocks(r) - first;
	end(b, crew);
	return rc;
}
