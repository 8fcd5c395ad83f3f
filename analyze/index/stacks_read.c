/* SPDX-License-Identifier: MIT */
#include "analyze/index/stacks_private.h"

#include "shared/cursor.h"

#include <stdlib.h>

/* Of a trace that has grown the last blocks are unwound again: events of later blocks may tell of what was mapped. */
#define AGAIN 2

struct rn_kept_stacks {
	struct rn_index *x;
	size_t blocks;
	struct rn_frame *frame;
	struct rn_stack_node *node;
	struct rn_known_stacks known;
	struct rn_pages calls;
	size_t block;              /* whose calls are in value; SIZE_MAX: none */
	uint64_t first_seq;
	uint32_t *value, n, cap;
};

void rn_kept_stacks_free(struct rn_kept_stacks *k)
{
	if (!k)
		return;
	rn_pages_fini(&k->calls);
	free(k->frame);
	free(k->node);
	free(k->value);
	free(k);
}

/* Whether an image would come from the same place again; the row says from where it came. */
static bool is_same_image(const struct rn_stack_parts *parts, const struct rn_module *m, enum rn_image_from from,
	const char *path, struct rn_file_state state)
{
	const char *now = NULL;
	if (from == RN_IMAGE_UNKNOWN || from == RN_IMAGE_TRACE || m->is_jit)
		return true;
	if (rn_symbols_find_image_path(parts->symbols, m, &now, NULL))
		return false;
	struct rn_file_state is = rn_file_state_of(now);
	return from == RN_IMAGE_FOUND ? now && path && strcmp(now, path) == 0 && state.bytes >= 0 &&
		rn_same_file_state(is, state) : !now;
}

/* The same of a trace that has grown, whose images come when they come. What was unwound by a file is the same by an image of that file. */
static bool is_same_image_still(const struct rn_stack_parts *parts, uint32_t i, enum rn_image_from from,
	const char *path, struct rn_file_state state)
{
	const struct rn_module *m = rn_modules_at(parts->modules, i);
	struct rn_bytes image;
	if (from == RN_IMAGE_UNKNOWN) /* to ask would make it known */
		return true;
	if (rn_modules_embedded(parts->modules, i, &image, NULL))
		return false;
	if (m->is_jit)
		return rn_same_file_state(state, rn_jit_state_of(image));
	if (from == RN_IMAGE_FOUND && image.len && m->build_id.len)
		return true;
	return (from != RN_IMAGE_NONE || !image.len) && is_same_image(parts, m, from, path, state);
}

static struct rn_bytes blob_of(sqlite3_stmt *s, int i)
{
	const void *p = sqlite3_column_blob(s, i);
	return rn_bytes_of(p, p ? (size_t)sqlite3_column_bytes(s, i) : 0);
}

static bool is_same_module(const struct rn_stack_parts *parts, sqlite3_stmt *s, uint32_t i, bool grown, uint32_t *crc)
{
	const struct rn_module *m = rn_modules_at(parts->modules, i);
	const char *path = (const char *)sqlite3_column_text(s, 6);
	int64_t fields[] = { sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 5), sqlite3_column_int64(s, 7),
		sqlite3_column_int64(s, 8) };
	const struct rn_file_state state = { fields[2], fields[3] };
	*crc = rn_index_crc(*crc, fields, 4, rn_bytes_of(path, path ? strlen(path) : 0));
	return fields[0] == i && fields[1] >= 0 && fields[1] <= RN_IMAGE_NONE &&
		rn_bytes_equal(blob_of(s, 1), m->path) && rn_bytes_equal(blob_of(s, 2), m->build_id) &&
		sqlite3_column_int(s, 3) == m->deleted &&
		sqlite3_column_int64(s, 4) == (m->is_jit ? (int64_t)m->pid : 0) &&
		(grown ? is_same_image_still(parts, i, (enum rn_image_from)fields[1], path, state) :
			is_same_image(parts, m, (enum rn_image_from)fields[1], path, state));
}

/* grown: the trace may have more of them since. */
static bool has_modules(struct rn_index *x, const struct rn_stack_parts *parts, const int64_t *number, bool grown)
{
	sqlite3_stmt *s = rn_index_prepare(x->db, "SELECT id, path, build_id, deleted, pid, image, image_path, "
		"image_bytes, image_mtime_ns FROM module ORDER BY id");
	uint32_t n = 0, crc = 0, all = rn_modules_n(parts->modules);
	int step = SQLITE_ERROR;
	bool ok = s && (grown ? number[RN_SN_modules] <= all : number[RN_SN_modules] == all);
	while (ok && (step = sqlite3_step(s)) == SQLITE_ROW) {
		ok = n < all && is_same_module(parts, s, n, grown, &crc);
		n++;
	}
	sqlite3_finalize(s);
	return ok && step == SQLITE_DONE && n == number[RN_SN_modules] && crc == number[RN_SN_module_crc];
}

static bool take_frame(struct rn_kept_stacks *k, uint32_t i, struct rn_cursor *c, uint64_t last[2],
	uint32_t n_modules)
{
	uint64_t module = rn_take_varint(&c[0]), flags = rn_take_varint(&c[1]);
	last[0] += (uint64_t)rn_take_svarint(&c[2]);
	k->frame[i] = (struct rn_frame){ module ? (uint32_t)module - 1 : RN_NO_MODULE, (uint32_t)flags, last[0],
		last[0] + (uint64_t)rn_take_svarint(&c[3]) };
	return rn_cursor_ok(&c[0]) && rn_cursor_ok(&c[1]) && rn_cursor_ok(&c[2]) && rn_cursor_ok(&c[3]) &&
		module <= n_modules && flags <= UINT8_MAX;
}

/* Callers come before those they call. */
static bool take_node(struct rn_kept_stacks *k, uint32_t i, struct rn_cursor *c, uint64_t last[2],
	uint32_t n_modules)
{
	uint64_t back = rn_take_varint(&c[0]);
	(void)n_modules;
	last[1] += (uint64_t)rn_take_svarint(&c[1]);
	if (!rn_cursor_ok(&c[0]) || !rn_cursor_ok(&c[1]) || !back || back > i || last[1] >= k->known.n_frames)
		return false;
	uint32_t parent = i - (uint32_t)back;
	k->node[i] = (struct rn_stack_node){ parent, (uint32_t)last[1], k->node[parent].depth + 1 };
	return k->node[i].depth <= RN_STACK_MAX_FRAMES;
}

/* Items from..n of a table. */
static bool read_items(struct rn_kept_stacks *k, const char *table, uint32_t from, uint32_t n, unsigned pieces,
	bool (*take)(struct rn_kept_stacks *, uint32_t, struct rn_cursor *, uint64_t *, uint32_t), uint32_t n_modules,
	int64_t n_pages, int64_t crc)
{
	struct rn_pages pages;
	struct rn_page page;
	struct rn_cursor c[4];
	uint32_t i = from;
	bool ok = rn_pages_init(&pages, k->x->db, table);
	while (ok && rn_pages_next(&pages, &page, pieces)) {
		uint64_t last[2] = { 0, 0 };
		ok = page.n <= (int64_t)(n - i);
		for (unsigned p = 0; p < pieces; p++)
			c[p] = rn_cursor_of(page.piece[p].p, page.piece[p].len);
		for (int64_t end = i + page.n; ok && i < end; i++)
			ok = take(k, i, c, last, n_modules);
		n_pages--;
	}
	ok = ok && !pages.bad && i == n && !n_pages && pages.crc == crc;
	rn_pages_fini(&pages);
	return ok;
}

/* The block that has the event with that number. */
static size_t block_of(const struct rn_reader *r, uint64_t seq)
{
	size_t low = 0, high = rn_reader_n_blocks(r);
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (rn_reader_block_info(r, mid)->first_seq <= seq)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? low - 1 : SIZE_MAX;
}

/* What cannot be read has no stack: the checksums were right, so that is a liar's. */
static bool load(struct rn_kept_stacks *k, size_t i)
{
	const struct rn_block_info *info = rn_reader_block_info(k->x->reader, i);
	uint32_t n = info->n_calls + info->n_meta;
	struct rn_page page;
	k->block = i;
	k->n = 0;
	k->first_seq = info->first_seq;
	if (n > k->cap) {
		uint32_t *value = realloc(k->value, n * sizeof(*value));
		if (!value)
			return false;
		k->value = value;
		k->cap = n;
	}
	if (!rn_pages_get(&k->calls, (int64_t)i, &page, 4) || page.n != n)
		return false;
	memset(k->value, 0, n * sizeof(*k->value));
	for (unsigned plane = 0; plane < 4; plane++) {
		struct rn_bytes p = page.piece[plane];
		if (p.len && p.len != n)
			return false;
		for (uint32_t e = 0; e < p.len; e++)
			k->value[e] |= (uint32_t)p.p[e] << 8 * plane;
	}
	k->n = n;
	return true;
}

static uint32_t stack_of(void *arg, uint64_t seq, enum rn_stack_end *end)
{
	struct rn_kept_stacks *k = arg;
	*end = RN_STACK_LOST;
	if (k->block == SIZE_MAX || seq - k->first_seq >= k->n) {
		size_t i = block_of(k->x->reader, seq);
		if (i == SIZE_MAX || (i != k->block && !load(k, i)))
			return 0;
	}
	if (seq - k->first_seq >= k->n)
		return 0;
	uint32_t value = k->value[seq - k->first_seq];
	*end = (enum rn_stack_end)(value & 3);
	return value >> 2 < k->known.n_nodes ? value >> 2 : 0;
}

/* Numbers of events name one block each. */
static bool rises(const struct rn_reader *r)
{
	uint64_t next = 0;
	for (size_t i = 0; i < rn_reader_n_blocks(r); i++) {
		const struct rn_block_info *info = rn_reader_block_info(r, i);
		if (info->first_seq < next)
			return false;
		next = info->first_seq + info->n_calls + info->n_meta;
	}
	return true;
}

/* Whether they are of this trace, or of its beginning. */
static bool fit(struct rn_kept_stacks *k, const struct rn_stack_parts *parts, const int64_t *number, bool grown)
{
	int64_t blocks = (int64_t)rn_reader_n_blocks(parts->reader), images = (int64_t)rn_reader_n_modules(parts->reader);
	if (number[RN_SN_frames] > RN_STACKS_MAX_NODES || number[RN_SN_nodes] > RN_STACKS_MAX_NODES ||
		number[RN_SN_nodes] < 1 || number[RN_SN_call_pages] != number[RN_SN_blocks] || !rises(parts->reader))
		return false;
	if (grown ? number[RN_SN_blocks] <= AGAIN || number[RN_SN_blocks] > blocks || number[RN_SN_images] > images :
			number[RN_SN_blocks] != blocks || number[RN_SN_images] != images)
		return false;
	k->blocks = (size_t)(grown ? number[RN_SN_blocks] - AGAIN : number[RN_SN_blocks]);
	return has_modules(k->x, parts, number, grown);
}

static bool read_all(struct rn_kept_stacks *k, const struct rn_stack_parts *parts, bool grown)
{
	int64_t number[RN_STACK_NUMBERS];
	if (!rn_stack_numbers_get(k->x->db, number) || !fit(k, parts, number, grown))
		return false;
	k->known = (struct rn_known_stacks){ .n_frames = (uint32_t)number[RN_SN_frames],
		.n_nodes = (uint32_t)number[RN_SN_nodes], .of = stack_of, .arg = k,
		.before = grown ? rn_reader_block_info(parts->reader, k->blocks)->first_seq : UINT64_MAX };
	k->known.frame = k->frame = calloc(k->known.n_frames + 1, sizeof(*k->frame));
	k->known.node = k->node = calloc(k->known.n_nodes, sizeof(*k->node));
	return k->frame && k->node &&
		read_items(k, "frame", 0, k->known.n_frames, 4, take_frame, rn_modules_n(parts->modules),
			number[RN_SN_frame_pages], number[RN_SN_frame_crc]) &&
		read_items(k, "stack", 1, k->known.n_nodes, 2, take_node, 0, number[RN_SN_node_pages],
			number[RN_SN_node_crc]) &&
		rn_pages_check(k->x->db, "call_stack", number[RN_SN_call_pages], (uint32_t)number[RN_SN_call_crc]) &&
		rn_pages_init(&k->calls, k->x->db, "call_stack");
}

static struct rn_kept_stacks *keep(struct rn_index *x, const struct rn_stack_parts *parts, bool grown)
{
	struct rn_kept_stacks *k = rn_index_is_complete(x) ? calloc(1, sizeof(*k)) : NULL;
	if (!k)
		return NULL;
	k->x = x;
	k->block = SIZE_MAX;
	if (read_all(k, parts, grown))
		return k;
	rn_kept_stacks_free(k);
	return NULL;
}

struct rn_kept_stacks *rn_kept_stacks_new(struct rn_index *x, const struct rn_stack_parts *parts)
{
	return keep(x, parts, false);
}

struct rn_kept_stacks *rn_kept_stacks_of_beginning(struct rn_index *x, const struct rn_stack_parts *parts)
{
	return keep(x, parts, true);
}

size_t rn_kept_stacks_blocks(const struct rn_kept_stacks *k)
{
	return k->blocks;
}

const struct rn_known_stacks *rn_kept_stacks_known(const struct rn_kept_stacks *k)
{
	return &k->known;
}
