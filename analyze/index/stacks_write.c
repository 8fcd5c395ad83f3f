/* SPDX-License-Identifier: MIT */
/*
 * The stacks of all calls, block by block. A page of frames or nodes holds PAGE_ITEMS of them; one of calls is
 * of a block: for each of its events the node, times four, and how the stack ends, in planes of bytes.
 */
#include "analyze/index/build.h"
#include "analyze/index/stacks_private.h"
#include "format/squeeze.h"
#include "shared/diag.h"

#include <stdlib.h>
#include <sys/stat.h>

#define PAGE_ITEMS 65536

const char *const rn_stack_number_names[RN_STACK_NUMBERS + 1] = {
	"stacks_blocks", "stacks_images", "stacks_modules", "stacks_module_crc", "stacks_frames",
	"stacks_frame_pages", "stacks_frame_crc", "stacks_nodes", "stacks_node_pages", "stacks_node_crc",
	"stacks_call_pages", "stacks_call_crc", "stacks_crc"
};

struct writing {
	const struct rn_stack_parts *parts;
	struct rn_stacks *stacks; /* of our own: ids do not depend on what was asked before */
	struct rn_kept_stacks *kept; /* of the beginning of the trace; NULL: none */
	size_t n_kept;            /* blocks */
	struct rn_diag *diag;
	struct ZSTD_CCtx_s *z;
	struct rn_buffer piece[4];
	uint32_t *value, cap;
	int64_t number[RN_STACK_NUMBERS];
};

bool rn_index_is_worth_stacks(const struct rn_reader *r)
{
	uint64_t calls = 0;
	for (size_t i = 0; i < rn_reader_n_blocks(r) && calls < RN_INDEX_WORTH_STACKS; i++) {
		const struct rn_block_info *info = rn_reader_block_info(r, i);
		calls += info->section[RN_SECTION_REGS].raw_bytes ? info->n_calls : 0;
	}
	return calls >= RN_INDEX_WORTH_STACKS;
}

struct rn_file_state rn_file_state_of(const char *path)
{
	struct stat st;
	if (!path || stat(path, &st) < 0)
		return (struct rn_file_state){ -1, -1 };
	return (struct rn_file_state){ st.st_size, (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec };
}

bool rn_stack_numbers_get(sqlite3 *db, int64_t number[RN_STACK_NUMBERS])
{
	const struct rn_index_numbers numbers = { rn_stack_number_names, number, RN_STACK_NUMBERS };
	return rn_index_get_numbers(db, &numbers);
}

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for the index");
}

/* What cannot be read has no stack. */
static int unwind_block(struct writing *w, struct rn_block *b, uint32_t n_events, bool kept, struct rn_error *err)
{
	const struct rn_block_info *info = rn_block_info(b);
	unsigned want = kept ? 0 : RN_WANT(REGS) | RN_WANT(STACK);
	memset(w->value, 0, n_events * sizeof(*w->value));
	for (uint32_t k = 0; k < info->n_calls; k++) {
		struct rn_event ev;
		enum rn_stack_end end;
		uint32_t node;
		int rc = rn_block_call(b, k, want, &ev, err);
		if (rc == RN_E_NOMEM)
			return rc;
		if (rc || ev.seq - info->first_seq >= n_events)
			continue;
		rc = rn_stacks_of(w->stacks, &ev, &node, &end, err);
		if (rc)
			return rc;
		w->value[ev.seq - info->first_seq] = node << 2 | (uint32_t)end;
	}
	return 0;
}

static int put_values(struct writing *w, struct rn_pages_writer *pages, int64_t id, uint32_t n,
	struct rn_error *err)
{
	for (unsigned plane = 0; plane < 4; plane++) {
		rn_buffer_clear(&w->piece[plane]);
		uint8_t *to = rn_buffer_reserve(&w->piece[plane], n);
		uint32_t all = 0;
		for (uint32_t i = 0; to && i < n; i++) {
			to[i] = (uint8_t)(w->value[i] >> 8 * plane);
			all |= to[i];
		}
		/* A plane of zeros is empty. */
		w->piece[plane].len = to && all ? n : 0;
	}
	return rn_pages_put(pages, id, n, w->piece, 4, err);
}

static int make_room(struct writing *w, uint32_t n, struct rn_error *err)
{
	if (n <= w->cap)
		return 0;
	uint32_t *value = realloc(w->value, n * sizeof(*value));
	if (!value)
		return no_memory(err);
	w->value = value;
	w->cap = n;
	return 0;
}

static int write_calls(struct writing *w, sqlite3 *db, struct rn_error *err)
{
	struct rn_reader *r = w->parts->reader;
	struct rn_pages_writer pages;
	struct rn_block *b = rn_block_new();
	int rc = rn_pages_writer_init(&pages, db, "call_stack", w->z, err);
	if (!b)
		rc = no_memory(err);
	for (size_t i = 0; i < rn_reader_n_blocks(r) && !rc; i++) {
		const struct rn_block_info *info = rn_reader_block_info(r, i);
		uint32_t n = info->n_calls + info->n_meta;
		rc = make_room(w, n, err);
		if (!rc)
			rc = rn_reader_load(r, i, b, err);
		if (!rc)
			rc = unwind_block(w, b, n, i < w->n_kept, err);
		if (!rc)
			rc = put_values(w, &pages, (int64_t)i, n, err);
		if (w->diag && w->diag->terminal && i % 16 == 0)
			rn_diag_progress(w->diag, "unwinding: %zu %%", i * 100 / rn_reader_n_blocks(r));
	}
	w->number[RN_SN_call_pages] = pages.n;
	w->number[RN_SN_call_crc] = pages.crc;
	rn_pages_writer_fini(&pages);
	rn_block_free(b);
	return rc;
}

static void put_frame(struct writing *w, uint32_t i, uint64_t last[2])
{
	const struct rn_frame *f = rn_stacks_frame(w->stacks, i);
	rn_put_varint(&w->piece[0], f->module == RN_NO_MODULE ? 0 : f->module + 1);
	rn_put_varint(&w->piece[1], f->flags);
	rn_put_svarint(&w->piece[2], (int64_t)(f->addr - last[0]));
	rn_put_svarint(&w->piece[3], (int64_t)(f->pc_addr - f->addr));
	last[0] = f->addr;
}

static void put_node(struct writing *w, uint32_t i, uint64_t last[2])
{
	const struct rn_stack_node *node = rn_stacks_node(w->stacks, i);
	rn_put_varint(&w->piece[0], i - node->parent);
	rn_put_svarint(&w->piece[1], (int64_t)node->frame - (int64_t)last[1]);
	last[1] = node->frame;
}

/* Items from..n of a table, `pieces` pieces a page. */
static int write_items(struct writing *w, sqlite3 *db, const char *table, uint32_t from, uint32_t n, unsigned pieces,
	void (*put)(struct writing *w, uint32_t i, uint64_t last[2]), int64_t *n_pages, int64_t *crc,
	struct rn_error *err)
{
	struct rn_pages_writer pages;
	int rc = rn_pages_writer_init(&pages, db, table, w->z, err);
	for (uint32_t i = from; i < n && !rc;) {
		uint64_t last[2] = { 0, 0 };
		uint32_t end = n - i < PAGE_ITEMS ? n : i + PAGE_ITEMS, first = i;
		for (unsigned p = 0; p < pieces; p++)
			rn_buffer_clear(&w->piece[p]);
		for (; i < end; i++)
			put(w, i, last);
		rc = rn_pages_put(&pages, pages.n + 1, end - first, w->piece, pieces, err);
	}
	*n_pages = pages.n;
	*crc = pages.crc;
	rn_pages_writer_fini(&pages);
	return rc;
}

/* What an image came from is the crucial part of a row. */
static int write_module(struct writing *w, sqlite3_stmt *s, uint32_t i, struct rn_error *err)
{
	const struct rn_module *m = rn_modules_at(w->parts->modules, i);
	enum rn_image_from from = rn_modules_image_from(w->parts->modules, i);
	const char *path = NULL;
	int rc = from == RN_IMAGE_FOUND ? rn_symbols_find_image_path(w->parts->symbols, m, &path, err) : 0;
	if (rc)
		return rc;
	struct rn_file_state state = rn_file_state_of(path);
	struct rn_bytes map;
	if (m->is_jit && from != RN_IMAGE_UNKNOWN && !rn_modules_embedded(w->parts->modules, i, &map, NULL))
		state = rn_jit_state_of(map);
	const int64_t fields[] = { i, from, state.bytes, state.mtime_ns };
	sqlite3_bind_int64(s, 1, i);
	sqlite3_bind_blob64(s, 2, m->path.len ? (const void *)m->path.p : "", m->path.len, SQLITE_STATIC);
	sqlite3_bind_blob64(s, 3, m->build_id.len ? (const void *)m->build_id.p : "", m->build_id.len, SQLITE_STATIC);
	sqlite3_bind_int(s, 4, m->deleted);
	sqlite3_bind_int64(s, 5, m->is_jit ? (int64_t)m->pid : 0);
	sqlite3_bind_int(s, 6, (int)from);
	sqlite3_bind_text(s, 7, path, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 8, state.bytes);
	sqlite3_bind_int64(s, 9, state.mtime_ns);
	w->number[RN_SN_module_crc] = rn_index_crc((uint32_t)w->number[RN_SN_module_crc], fields, 4,
		rn_bytes_of(path, path ? strlen(path) : 0));
	rc = sqlite3_step(s) == SQLITE_DONE ? 0 : rn_index_fail(sqlite3_db_handle(s), err);
	sqlite3_reset(s);
	return rc;
}

static int write_modules(struct writing *w, sqlite3 *db, struct rn_error *err)
{
	sqlite3_stmt *s = rn_index_prepare(db, "INSERT INTO module VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
	int rc = s ? 0 : rn_index_fail(db, err);
	for (uint32_t i = 0; i < rn_modules_n(w->parts->modules) && !rc; i++)
		rc = write_module(w, s, i, err);
	sqlite3_finalize(s);
	return rc;
}

static int write_all(void *arg, sqlite3 *db, struct rn_error *err)
{
	struct writing *w = arg;
	const struct rn_index_numbers numbers = { rn_stack_number_names, w->number, RN_STACK_NUMBERS };
	if (sqlite3_exec(db, "DELETE FROM module; DELETE FROM frame; DELETE FROM stack; DELETE FROM call_stack", NULL,
			NULL, NULL) != SQLITE_OK)
		return rn_index_fail(db, err);
	int rc = write_calls(w, db, err);
	uint32_t frames = rn_stacks_n_frames(w->stacks), nodes = rn_stacks_n_nodes(w->stacks);
	if (!rc)
		rc = write_items(w, db, "frame", 0, frames, 4, put_frame, &w->number[RN_SN_frame_pages],
			&w->number[RN_SN_frame_crc], err);
	if (!rc)
		rc = write_items(w, db, "stack", 1, nodes, 2, put_node, &w->number[RN_SN_node_pages],
			&w->number[RN_SN_node_crc], err);
	if (!rc)
		rc = write_modules(w, db, err);
	/* The index that they lie in is closed when the new one is in its place. */
	rn_kept_stacks_free(w->kept);
	w->kept = NULL;
	w->number[RN_SN_blocks] = (int64_t)rn_reader_n_blocks(w->parts->reader);
	w->number[RN_SN_images] = (int64_t)rn_reader_n_modules(w->parts->reader);
	w->number[RN_SN_modules] = rn_modules_n(w->parts->modules);
	w->number[RN_SN_frames] = frames;
	w->number[RN_SN_nodes] = nodes;
	/* Where the trie was full, stacks were left off that another question could have. */
	if (!rc && (nodes >= RN_STACKS_MAX_NODES || frames >= RN_STACKS_MAX_NODES))
		rc = RN_END;
	return rc ? rc : rn_index_put_numbers(db, &numbers, err);
}

/* What was unwound by images is kept with them, whether it is unwound again or not. */
static int ask_for_images(const struct writing *w, struct rn_error *err)
{
	const struct rn_known_stacks *known = rn_kept_stacks_known(w->kept);
	int rc = 0;
	for (uint32_t i = 0; i < known->n_frames && !rc; i++) {
		struct rn_bytes image;
		if (known->frame[i].module != RN_NO_MODULE)
			rc = rn_modules_image(w->parts->modules, known->frame[i].module, &image, err);
	}
	return rc;
}

/* Stacks of the beginning of a trace that has grown are not unwound again. */
static int begin(struct writing *w, struct rn_index *x, struct rn_error *err)
{
	w->stacks = rn_stacks_new(w->parts->modules);
	w->z = rn_squeeze_new(3);
	if (!w->stacks || !w->z)
		return no_memory(err);
	w->kept = rn_kept_stacks_of_beginning(x, w->parts);
	if (!w->kept)
		return 0;
	w->n_kept = rn_kept_stacks_blocks(w->kept);
	if (rn_stacks_know(w->stacks, rn_kept_stacks_known(w->kept)))
		return no_memory(err);
	return ask_for_images(w, err);
}

int rn_index_add_stacks(struct rn_index **x, const char *path, const struct rn_stack_parts *parts,
	struct rn_diag *diag, struct rn_error *err)
{
	struct writing w = { .parts = parts, .diag = diag };
	if (!rn_index_is_complete(*x) || !(*x)->path)
		return 0;
	const struct rn_index *before = *x;
	int rc = begin(&w, *x, err);
	if (!rc)
		rc = rn_index_extend(x, path, write_all, &w, err);
	if (*x != before)
		(*x)->unwound = rn_reader_n_blocks(parts->reader) - w.n_kept;
	rn_kept_stacks_free(w.kept);
	rn_stacks_free(w.stacks);
	rn_squeeze_free(w.z);
	for (unsigned i = 0; i < 4; i++)
		rn_buffer_fini(&w.piece[i]);
	free(w.value);
	return rc;
}
