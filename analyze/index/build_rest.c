/* SPDX-License-Identifier: MIT */
/* What an index says when all blocks have been surveyed. */
#include "analyze/index/build.h"

#include "shared/syscall.h"

#include <stdlib.h>

const char *const rn_index_number_names[RN_INDEX_N_NUMBERS] = {
#define X(name) #name,
	RN_INDEX_NUMBERS(X)
#undef X
};

static struct rn_bytes none(void)
{
	return rn_bytes_of(NULL, 0);
}

static int put_orphans(struct rn_index_making *b, struct rn_error *err)
{
	sqlite3_stmt *s = rn_index_prepare(b->db, "INSERT INTO orphan VALUES(?1, ?2)");
	int rc = 0;
	for (uint32_t i = 0; i < rn_model_n_tasks(b->model) && !rc; i++) {
		uint32_t utid = rn_model_task_at(b->model, i)->utid;
		uint32_t at = rn_idmap_find(&b->orphans.by_utid, utid);
		if (at == RN_IDMAP_NONE)
			continue;
		const int64_t fields[] = { utid, (int64_t)b->orphans.ts_ns[at] };
		b->orphan_crc += rn_index_crc(0, fields, 2, none());
		rc = rn_index_insert(s, fields, 2, none(), -1, err);
	}
	sqlite3_finalize(s);
	return rc;
}

static int step(sqlite3_stmt *s, struct rn_error *err)
{
	int rc = sqlite3_step(s) == SQLITE_DONE ? 0 : rn_index_fail(sqlite3_db_handle(s), err);
	sqlite3_reset(s);
	return rc;
}

static int by_rank(const void *a, const void *b)
{
	const struct rn_slow_one *x = a, *y = b;
	if (x->dur_ns != y->dur_ns)
		return x->dur_ns > y->dur_ns ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static int put_slowest(struct rn_index_making *b, struct rn_error *err)
{
	sqlite3_stmt *s = rn_index_prepare(b->db, "INSERT INTO slowest VALUES(?1, ?2, ?3, ?4)");
	int rc = 0;
	qsort(b->slowest, b->n_slowest, sizeof(*b->slowest), by_rank);
	for (uint32_t i = 0; i < b->n_slowest && !rc; i++) {
		const struct rn_slow_one *x = &b->slowest[i];
		const int64_t fields[] = { i + 1, (int64_t)x->dur_ns, x->block, x->k };
		b->slowest_crc = rn_index_crc(b->slowest_crc, fields, 4, none());
		rc = rn_index_insert(s, fields, 4, none(), -1, err);
	}
	sqlite3_finalize(s);
	return rc;
}

static int by_call(const void *a, const void *b, void *arg)
{
	const struct rn_groups *g = arg;
	uint32_t x[2], y[2];
	memcpy(x, rn_groups_key(g, *(const uint32_t *)a).p, sizeof(x));
	memcpy(y, rn_groups_key(g, *(const uint32_t *)b).p, sizeof(y));
	if (x[0] != y[0])
		return x[0] < y[0] ? -1 : 1;
	return (x[1] > y[1]) - (x[1] < y[1]);
}

static int put_bin(struct rn_index_making *b, sqlite3_stmt *s, const uint32_t key[2], unsigned bin, unsigned tail,
	uint64_t calls, struct rn_error *err)
{
	char buf[24];
	int64_t low = bin ? (int64_t)((uint64_t)1 << (bin - 1)) : 0;
	const int64_t fields[] = { key[0], key[1], low, tail };
	const int64_t checked[] = { key[0], key[1], low, tail, (int64_t)calls };
	b->histogram_crc += rn_index_crc(0, checked, 5, none());
	sqlite3_bind_text(s, 5, rn_syscall_name((enum rn_abi)key[0], key[1], buf), -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(s, 6, (int64_t)calls);
	return rn_index_insert(s, fields, 4, none(), -1, err);
}

static int put_histograms(struct rn_index_making *b, sqlite3_stmt *s, const struct rn_groups *g, unsigned tail,
	struct rn_error *err)
{
	uint32_t *order, key[2];
	int rc = rn_groups_sort(g, by_call, (void *)(uintptr_t)g, &order, err);
	for (uint32_t i = 0; i < rn_groups_n(g) && !rc; i++) {
		const struct rn_histogram *h = rn_groups_at(g, order[i]);
		memcpy(key, rn_groups_key(g, order[i]).p, sizeof(key));
		for (unsigned bin = 0; bin < RN_HISTOGRAM_BINS && !rc; bin++)
			if (h->calls[bin])
				rc = put_bin(b, s, key, bin, tail, h->calls[bin], err);
	}
	free(order);
	return rc;
}

static int put_all_histograms(struct rn_index_making *b, struct rn_error *err)
{
	sqlite3_stmt *s = rn_index_prepare(b->db, "INSERT INTO histogram VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
	int rc = s ? put_histograms(b, s, &b->histograms, 0, err) : rn_index_fail(b->db, err);
	for (unsigned i = 0; i < 2 && !rc; i++)
		rc = put_histograms(b, s, &b->tail[i], 1 + i, err);
	sqlite3_finalize(s);
	return rc;
}

/* How many blocks from the first on are whole: what was found out of those stays true when the trace grows. */
static size_t count_sound(const struct rn_index_making *b)
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

static int put_meta(struct rn_index_making *b, const char *key, int64_t number, struct rn_bytes blob,
	struct rn_error *err)
{
	sqlite3_stmt *s = rn_index_prepare(b->db, "INSERT INTO meta VALUES(?1, ?2)");
	if (!s)
		return rn_index_fail(b->db, err);
	sqlite3_bind_text(s, 1, key, -1, SQLITE_STATIC);
	if (blob.p)
		sqlite3_bind_blob64(s, 2, blob.p, blob.len, SQLITE_STATIC);
	else
		sqlite3_bind_int64(s, 2, number);
	int rc = step(s, err);
	sqlite3_finalize(s);
	return rc;
}

static int put_metas(struct rn_index_making *b, uint64_t lost, struct rn_error *err)
{
	const struct rn_header *h = rn_reader_header(b->reader);
	const struct rn_bytes uuid = rn_bytes_of(h->uuid, sizeof(h->uuid));
	const int64_t facts[RN_INDEX_N_NUMBERS] = {
		[RN_IX_blocks] = (int64_t)rn_reader_n_blocks(b->reader),
		[RN_IX_files] = rn_intern_count(b->facts), [RN_IX_file_pages] = b->files.n,
		[RN_IX_file_crc] = b->files.crc, [RN_IX_agg_pages] = b->agg.pages.n, [RN_IX_agg_crc] = b->agg.pages.crc,
		[RN_IX_orphan_crc] = b->orphan_crc, [RN_IX_histogram_crc] = b->histogram_crc,
		[RN_IX_use_pages] = b->uses.pages, [RN_IX_use_crc] = b->uses.crc,
		[RN_IX_has_uses] = !b->uses.none,
		[RN_IX_slowest] = b->n_slowest, [RN_IX_slowest_crc] = b->slowest_crc,
		[RN_IX_event_pages] = b->events.n, [RN_IX_event_crc] = b->events.crc,
		[RN_IX_has_events] = !b->no_events,
		[RN_IX_has_maps] = b->stacks,
		[RN_IX_damaged] = b->damaged || rn_reader_n_damage(b->reader),
		[RN_IX_lost] = (int64_t)lost, [RN_IX_sound] = (int64_t)count_sound(b),
	};
	int rc = put_meta(b, "uuid", 0, uuid, err);
	for (size_t i = 0; i < RN_INDEX_N_NUMBERS && !rc; i++)
		rc = put_meta(b, rn_index_number_names[i], facts[i], none(), err);
	if (!rc)
		rc = put_meta(b, "crc", rn_index_crc(0, facts, RN_INDEX_N_NUMBERS, uuid), none(), err);
	return rc ? rc : put_meta(b, "analyzer", 0, rn_bytes_str("renacer " RN_VERSION), err);
}

int rn_making_put_rest(struct rn_index_making *b, struct rn_error *err)
{
	struct rn_model_end end;
	rn_model_end(b->model, &end);
	int rc = put_orphans(b, err);
	if (!rc)
		rc = put_slowest(b, err);
	if (!rc)
		rc = put_all_histograms(b, err);
	if (!rc)
		rc = rn_making_put_uses(b, err);
	return rc ? rc : put_metas(b, end.lost_events, err);
}
