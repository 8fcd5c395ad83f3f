/* SPDX-License-Identifier: MIT */
/* The files of calls. */
#include "analyze/index/private.h"

#include "format/squeeze.h"

#include <stdlib.h>

#define BLOCK_FIELDS 10
#define BLOCK_COLUMNS "SELECT id, bucket, offset, bytes, calls, errors, first_ns, last_ns, max_dur_ns, " \
	"raw_bytes, files, crc FROM block "

/* A liar's numbers are found out before memory is spent on them. */
static bool has_so_many(struct rn_index *x)
{
	sqlite3_stmt *s = rn_index_prepare(x->db, "SELECT coalesce(sum(n), 0), count(*) FROM file");
	bool has = s && sqlite3_step(s) == SQLITE_ROW && sqlite3_column_int64(s, 0) == x->number[RN_IX_files] &&
		sqlite3_column_int64(s, 1) == x->number[RN_IX_file_pages];
	sqlite3_finalize(s);
	return has;
}

static bool read_facts(struct rn_index *x, struct rn_pages *pages)
{
	struct rn_facts_reader r = { .arena = &x->text };
	struct rn_page page;
	int64_t n = 0, n_pages = 0;
	bool ok = true;
	while (ok && rn_pages_next(pages, &page, RN_FACTS_PIECES)) {
		/* An answer takes at least a byte in each of four columns. */
		ok = page.n <= x->number[RN_IX_files] - n && (size_t)page.n <= page.piece[RN_FACTS_PATHS].len;
		ok = ok && rn_facts_read(&r, page.piece, (uint32_t)page.n, x->facts + n);
		n += page.n;
		n_pages++;
	}
	rn_facts_reader_fini(&r);
	x->n_facts = (uint32_t)n;
	return ok && !pages->bad && n == x->number[RN_IX_files] && n_pages == x->number[RN_IX_file_pages] &&
		pages->crc == x->number[RN_IX_file_crc];
}

bool rn_index_load_facts(struct rn_index *x)
{
	struct rn_pages pages;
	if (x->has_facts || x->no_facts)
		return x->has_facts;
	bool ok = rn_pages_init(&pages, x->db, "file") && has_so_many(x);
	x->facts = ok ? calloc((size_t)x->number[RN_IX_files] + 1, sizeof(*x->facts)) : NULL;
	x->has_facts = x->facts && read_facts(x, &pages);
	x->no_facts = !x->has_facts;
	rn_pages_fini(&pages);
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

static struct rn_bytes blob_of(sqlite3_stmt *s, int i)
{
	const void *p = sqlite3_column_blob(s, i);
	return rn_bytes_of(p, p ? (size_t)sqlite3_column_bytes(s, i) : 0);
}

/* Whether the row that the statement stands on has the right checksum; *raw_bytes: of its files. */
static bool is_right(sqlite3_stmt *s, int64_t *raw_bytes)
{
	int64_t fields[BLOCK_FIELDS];
	for (int k = 0; k < BLOCK_FIELDS; k++)
		fields[k] = sqlite3_column_int64(s, k);
	*raw_bytes = fields[BLOCK_FIELDS - 1];
	return sqlite3_column_int64(s, BLOCK_FIELDS + 1) ==
		rn_index_crc(0, fields, BLOCK_FIELDS, blob_of(s, BLOCK_FIELDS));
}

static bool make_room(struct rn_index *x, uint32_t n)
{
	if (n <= x->files_cap)
		return true;
	uint32_t *files = realloc(x->files, n * sizeof(*files));
	x->files = files ? files : x->files;
	x->files_cap = files ? n : x->files_cap;
	return files != NULL;
}

/* No call needs more than its code, its number and its rank. */
static bool load_files(struct rn_index *x, size_t i, struct rn_block *block, const struct rn_core *core)
{
	const uint64_t (*args)[6];
	struct rn_bytes piece[RN_FILE_PIECES];
	int64_t raw_bytes;
	if (!x->block)
		x->block = rn_index_prepare(x->db, BLOCK_COLUMNS "WHERE id = ?1");
	if (!x->z)
		x->z = rn_unsqueeze_new();
	if (!x->block || !x->z || !make_room(x, core->n) ||
		(rn_block_args(block, &args, NULL) && rn_block_info(block)->section[RN_SECTION_ARGS].disk_bytes))
		return false;
	bool ok = sqlite3_bind_int64(x->block, 1, (int64_t)i) == SQLITE_OK &&
		sqlite3_step(x->block) == SQLITE_ROW && is_right(x->block, &raw_bytes) &&
		raw_bytes >= 0 && raw_bytes <= (int64_t)core->n * 20 + 64 &&
		rn_page_unpack(x->z, blob_of(x->block, BLOCK_FIELDS), raw_bytes, &x->room, piece,
			RN_FILE_PIECES) &&
		rn_files_decode(&x->coder, core, args, piece, x->facts, x->n_facts, x->files);
	sqlite3_reset(x->block);
	return ok;
}

const uint32_t *rn_index_files(struct rn_index *x, struct rn_block *block, const struct rn_core *core)
{
	const struct rn_block_info *info = rn_block_info(block);
	size_t i = block_at(x, info->offset);
	if (i == SIZE_MAX || core->n != info->n_calls || !core->n || !rn_index_load_facts(x))
		return NULL;
	if (i == x->at)
		return x->files;
	x->at = load_files(x, i, block, core) ? i : SIZE_MAX;
	return x->at == i ? x->files : NULL;
}

bool rn_index_blocks_are_right(struct rn_index *x)
{
	sqlite3_stmt *s = rn_index_prepare(x->db, BLOCK_COLUMNS "ORDER BY id");
	bool ok = s != NULL;
	int step = SQLITE_ERROR;
	int64_t raw_bytes;
	while (ok && (step = sqlite3_step(s)) == SQLITE_ROW)
		ok = is_right(s, &raw_bytes);
	sqlite3_finalize(s);
	return ok && step == SQLITE_DONE;
}

bool rn_index_is_whole(struct rn_index *x)
{
	return rn_index_is_complete(x) && rn_index_load_facts(x) && rn_index_blocks_are_right(x);
}
