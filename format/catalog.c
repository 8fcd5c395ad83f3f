/* SPDX-License-Identifier: MIT */
/* An index proves right when its frames' checksums hold and its entries, from the header to the
 * index itself, leave no byte of the file unaccounted for. What lies there is checked when it is
 * loaded; a directory damaged since is replaced by the index's copy. */
#include "format/catalog.h"

#include "format/block.h"
#include "format/crc32c.h"
#include "format/directory.h"
#include "format/limits.h"
#include "format/squeeze.h"

#include <stdlib.h>

void rn_catalog_fini(struct rn_catalog *c)
{
	for (size_t i = 0; i < c->n_modules; i++)
		free(c->module[i].image);
	free(c->block);
	free(c->module);
	rn_arena_fini(&c->arena);
	*c = (struct rn_catalog){ .n_blocks = 0 };
}

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory");
}

/* Room for one more in an array of items of that size. */
static bool grow(void **items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return true;
	size_t more = *cap ? *cap * 2 : 64;
	void *p = realloc(*items, more * size);
	if (!p)
		return false;
	*items = p;
	*cap = more;
	return true;
}

static int add_block(struct rn_catalog *c, uint64_t offset, struct rn_bytes frame,
	uint64_t held_bytes, struct rn_error *err)
{
	struct rn_bytes body;
	struct rn_catalog_block t = { .frame = frame, .held_bytes = held_bytes };
	t.info.offset = offset;
	int rc = rn_frame_body(frame, &body, err);
	if (!rc)
		rc = rn_directory_decode(&t.info, body, err);
	if (rc)
		return rc;
	t.info.disk_bytes += frame.len;
	if (!grow((void **)&c->block, c->n_blocks, &c->cap_blocks, sizeof(*c->block)))
		return no_memory(err);
	c->block[c->n_blocks++] = t;
	return 0;
}

static int add_module(struct rn_catalog *c, uint64_t offset, struct rn_bytes frame,
	struct rn_bytes packed, struct rn_error *err)
{
	struct rn_bytes body;
	struct rn_catalog_module t = { .offset = offset + frame.len, .packed = packed };
	int rc = rn_frame_body(frame, &body, err);
	if (!rc)
		rc = rn_module_decode(&t.desc, body, err);
	if (rc)
		return rc;
	if (!grow((void **)&c->module, c->n_modules, &c->cap_modules, sizeof(*c->module)))
		return no_memory(err);
	c->module[c->n_modules++] = t;
	return 0;
}

/* The frame that ends at `end`, by the length it ends with (before its checksum). */
static int read_index_frame(struct rn_catalog *c, const struct rn_input *in, uint64_t offset,
	uint64_t bytes, struct rn_bytes *frame, struct rn_error *err)
{
	uint8_t *to = rn_arena_alloc(&c->arena, bytes, 1);
	if (!to)
		return no_memory(err);
	*frame = rn_bytes_of(to, bytes);
	return rn_input_read_at(in, offset, to, bytes, err);
}

/* Where the last index frame lies: in front of the seek table, or at the very end. */
static int find_last_index(const struct rn_input *in, uint64_t *offset, uint64_t *bytes,
	uint64_t *seek_bytes)
{
	uint8_t end[17];
	*seek_bytes = 0;
	if (in->size < sizeof(end) || rn_input_read_at(in, in->size - 17, end, 17, NULL))
		return RN_E_CORRUPT;
	*seek_bytes = rn_seek_table_bytes(rn_bytes_of(end, sizeof(end)));
	if (*seek_bytes > in->size - 12)
		return RN_E_CORRUPT;
	uint64_t stop = in->size - *seek_bytes;
	if (rn_input_read_at(in, stop - 12, end, 8, NULL))
		return RN_E_CORRUPT;
	struct rn_cursor c = rn_cursor_of(end, 8);
	*bytes = rn_take_u64(&c);
	if (*bytes < RN_FRAME_MIN || *bytes > RN_FRAME_MAX_BYTES || *bytes > stop)
		return RN_E_CORRUPT;
	*offset = stop - *bytes;
	return 0;
}

/* The chain of index frames, collected from the last to the first. */
struct chain {
	struct link {
		struct rn_index_chunk chunk;
		uint64_t offset, bytes;
	} *link;
	size_t n, cap;
};

static int read_chain(struct rn_catalog *c, struct chain *chain, const struct rn_input *in,
	uint64_t offset, uint64_t bytes, struct rn_error *err)
{
	for (;;) {
		struct link l = { .offset = offset, .bytes = bytes };
		struct rn_bytes frame;
		int rc = read_index_frame(c, in, offset, bytes, &frame, err);
		if (!rc)
			rc = rn_index_chunk(&l.chunk, frame, err);
		if (rc)
			return rc == RN_E_NOMEM ? rc : RN_E_CORRUPT;
		if (l.chunk.last != (chain->n == 0) || l.chunk.first_offset > offset)
			return RN_E_CORRUPT;
		if (!grow((void **)&chain->link, chain->n, &chain->cap, sizeof(*chain->link)))
			return no_memory(err);
		chain->link[chain->n++] = l;
		if (!l.chunk.previous)
			return 0;
		/* the frame before ends where this one's entries begin */
		if (l.chunk.previous >= l.chunk.first_offset)
			return RN_E_CORRUPT;
		offset = l.chunk.previous;
		bytes = l.chunk.first_offset - offset;
		if (bytes > RN_FRAME_MAX_BYTES)
			return RN_E_CORRUPT;
	}
}

static int add_entry(struct rn_catalog *c, const struct rn_index_entry *e,
	struct rn_index_writer *seek, struct rn_error *err)
{
	uint64_t behind = e->bytes - e->frame.len;
	rn_index_frame(seek, e->frame.len, 0);
	if (e->kind == RN_FRAME_MODULE) {
		int rc = add_module(c, e->offset, e->frame, (struct rn_bytes){ 0 }, err);
		if (rc)
			return rc;
		const struct rn_module_desc *d = &c->module[c->n_modules - 1].desc;
		if (d->disk_bytes)
			rn_index_frame(seek, d->disk_bytes, d->raw_bytes);
		return d->disk_bytes == behind ? 0 : RN_E_CORRUPT;
	}
	int rc = add_block(c, e->offset, e->frame, behind, err);
	if (rc)
		return rc;
	const struct rn_block_info *info = &c->block[c->n_blocks - 1].info;
	struct rn_section_size sizes[RN_MAX_BLOCK_SECTIONS];
	struct rn_bytes body = rn_bytes_of(e->frame.p + RN_FRAME_HEAD, e->frame.len - RN_FRAME_MIN);
	unsigned n = rn_directory_sizes(body, sizes);
	for (unsigned i = 0; i < n; i++)
		rn_index_frame(seek, sizes[i].disk_bytes, sizes[i].raw_bytes);
	return info->disk_bytes == e->bytes && info->number == c->n_blocks - 1 ? 0 : RN_E_CORRUPT;
}

/* All entries in file order; every byte from the header to the last index must be spoken for. */
static int add_entries(struct rn_catalog *c, struct chain *chain, struct rn_index_writer *seek,
	struct rn_error *err)
{
	uint64_t at = chain->link[0].chunk.header.len;
	rn_index_frame(seek, at, 0);
	for (size_t i = chain->n; i-- > 0;) {
		struct link *l = &chain->link[i];
		struct rn_index_entry e;
		int rc;
		if (l->chunk.first_offset != at)
			return RN_E_CORRUPT;
		while ((rc = rn_index_next(&l->chunk, &e)) == 0) {
			if (e.offset != at)
				return RN_E_CORRUPT;
			rc = add_entry(c, &e, seek, err);
			if (rc)
				return rc;
			at += e.bytes;
		}
		if (rc < 0 || l->offset != at)
			return RN_E_CORRUPT;
		rn_index_frame(seek, l->bytes, 0);
		at += l->bytes;
	}
	return 0;
}

/* The seek table must be exactly what the list calls for. */
static bool has_right_seek_table(const struct rn_input *in, uint64_t seek_bytes,
	struct rn_index_writer *seek)
{
	struct rn_buffer expected = RN_BUFFER_INIT;
	rn_index_seek_table(seek, &expected);
	bool right = rn_buffer_ok(&expected) && expected.len == seek_bytes;
	if (right && seek_bytes) {
		uint8_t *found = malloc(seek_bytes);
		right = found && !rn_input_read_at(in, in->size - seek_bytes, found, seek_bytes,
			NULL) && memcmp(found, expected.p, seek_bytes) == 0;
		free(found);
	}
	rn_buffer_fini(&expected);
	return right;
}

int rn_catalog_from_index(struct rn_catalog *c, struct rn_input *in, struct rn_bytes *header,
	struct rn_damage_log *log, bool *complete, struct rn_error *err)
{
	struct chain chain = { 0 };
	struct rn_index_writer seek = { .n_frames = 0 };
	uint64_t offset, bytes, seek_bytes;
	*complete = false;
	int rc = find_last_index(in, &offset, &bytes, &seek_bytes);
	if (!rc)
		rc = read_chain(c, &chain, in, offset, bytes, err);
	if (!rc)
		rc = add_entries(c, &chain, &seek, err);
	if (rc) {
		rn_catalog_fini(c);
	} else {
		*header = chain.link[0].chunk.header;
		*complete = has_right_seek_table(in, seek_bytes, &seek);
		if (!*complete)
			rn_damage_add(log, in->size - seek_bytes, seek_bytes, RN_E_CORRUPT,
				"the seek table is wrong");
	}
	free(chain.link);
	rn_index_writer_fini(&seek);
	return rc == RN_E_NOMEM || rc == 0 ? rc : RN_E_CORRUPT;
}

static int keep(struct rn_catalog *c, struct rn_bytes b, struct rn_bytes *copy,
	struct rn_error *err)
{
	char *p = rn_arena_dup(&c->arena, b);
	*copy = rn_bytes_of(p, b.len);
	return p ? 0 : no_memory(err);
}

static int add_item(struct rn_catalog *c, const struct rn_walk_item *item,
	const struct rn_input *in, struct rn_damage_log *log, struct rn_error *err)
{
	struct rn_bytes frame;
	int rc = keep(c, item->frame, &frame, err);
	if (rc)
		return rc;
	if (item->kind == RN_FRAME_MODULE)
		return add_module(c, item->offset, frame, (struct rn_bytes){ 0 }, err);
	uint64_t held = in->size - item->offset - frame.len;
	if (held > item->behind_bytes)
		held = item->behind_bytes;
	if (held < item->behind_bytes)
		rn_damage_add(log, item->offset, frame.len + held, RN_E_TRUNCATED,
			"block %llu is cut off", (unsigned long long)item->number);
	return add_block(c, item->offset, frame, held, err);
}

int rn_catalog_from_walk(struct rn_catalog *c, struct rn_walk *w, struct rn_error *err)
{
	struct rn_walk_item item;
	int rc;
	while ((rc = rn_walk_next(w, &item, err)) == 0) {
		rc = add_item(c, &item, w->in, w->log, err);
		if (rc)
			return rc;
	}
	return rc == RN_END ? 0 : rc;
}

/* Of the sections, what is needed: up to the end of core and of what is wanted. */
static uint64_t needed_bytes(const struct rn_catalog_block *e, unsigned want)
{
	uint64_t end = 0;
	for (unsigned s = 0; s < RN_SECTIONS; s++) {
		uint64_t stop = e->info.section[s].at + e->info.section[s].disk_bytes;
		if ((want | RN_WANT(CORE)) >> s & 1)
			end = stop > end ? stop : end;
	}
	return end < e->held_bytes ? end : e->held_bytes;
}

int rn_catalog_load(const struct rn_catalog *c, size_t i, const struct rn_input *in, unsigned want,
	struct rn_damage_log *log, struct rn_block *b, struct rn_error *err)
{
	const struct rn_catalog_block *e = &c->block[i];
	size_t head = e->frame.len, n = head + needed_bytes(e, want);
	rn_buffer_clear(&b->frame);
	rn_buffer_clear(&b->disk);
	uint8_t *to = rn_buffer_reserve(&b->disk, n);
	if (!to)
		return no_memory(err);
	b->in = in;
	b->held_bytes = e->held_bytes;
	int rc = rn_input_read_at(in, e->info.offset, to, n, err);
	if (rc == RN_E_TRUNCATED) {
		rn_damage_add(log, e->info.offset, n, rc, "block %llu is not there any more",
			(unsigned long long)e->info.number);
		return RN_E_CORRUPT;
	}
	if (rc)
		return rc;
	if (memcmp(to, e->frame.p, head) != 0)
		rn_damage_add(log, e->info.offset, head, RN_E_CORRUPT,
			"block %llu: its directory is damaged, the index has a copy",
			(unsigned long long)e->info.number);
	rn_put_bytes(&b->frame, e->frame.p, head);
	memmove(to, to + head, n - head);
	b->disk.len = n - head;
	if (!rn_buffer_ok(&b->frame))
		return no_memory(err);
	return rn_block_begin(b, e->info.offset, want, log, err);
}

int rn_catalog_add_module(struct rn_catalog *c, const struct rn_walk_item *item,
	struct rn_input *in, struct rn_damage_log *log, struct rn_error *err)
{
	struct rn_bytes view, frame, packed;
	size_t head = item->frame.len;
	int rc = rn_input_peek(in, head + item->behind_bytes, &view, err);
	if (rc)
		return rc;
	if (view.len < head + item->behind_bytes) {
		rn_damage_add(log, item->offset, view.len, RN_E_TRUNCATED, "a module is cut off");
		return 0;
	}
	rc = keep(c, rn_bytes_of(view.p, head), &frame, err);
	if (!rc)
		rc = keep(c, rn_bytes_of(view.p + head, view.len - head), &packed, err);
	return rc ? rc : add_module(c, item->offset, frame, packed, err);
}

static int unpack_image(struct rn_catalog_module *m, struct rn_bytes packed, struct rn_error *err)
{
	if (m->desc.has_disk_crc && rn_crc32c(packed) != m->desc.disk_crc)
		return rn_fail(err, RN_E_CORRUPT, "checksum of the bytes on disk differs");
	int rc = rn_unsqueeze_check(packed, m->desc.raw_bytes, err);
	if (rc)
		return rc;
	struct ZSTD_DCtx_s *z = rn_unsqueeze_new();
	uint8_t *image = malloc(m->desc.raw_bytes + 1);
	rc = z && image ? rn_unsqueeze(z, image, m->desc.raw_bytes, packed, err) : no_memory(err);
	rn_unsqueeze_free(z);
	if (rc)
		free(image);
	else
		m->image = image;
	return rc;
}

static int load_image(struct rn_catalog_module *m, const struct rn_input *in, struct rn_error *err)
{
	if (m->packed.p)
		return unpack_image(m, m->packed, err);
	if (m->offset > in->size || m->desc.disk_bytes > in->size - m->offset)
		return rn_fail(err, RN_E_TRUNCATED, "it is cut off");
	uint8_t *packed = malloc(m->desc.disk_bytes + 1);
	if (!packed)
		return no_memory(err);
	int rc = rn_input_read_at(in, m->offset, packed, m->desc.disk_bytes, err);
	if (!rc)
		rc = unpack_image(m, rn_bytes_of(packed, m->desc.disk_bytes), err);
	free(packed);
	return rc;
}

int rn_catalog_module(struct rn_catalog *c, size_t i, const struct rn_input *in,
	struct rn_damage_log *log, struct rn_module_image *m, struct rn_error *err)
{
	struct rn_catalog_module *e = &c->module[i];
	*m = e->desc.what;
	if (!e->image && e->desc.disk_bytes) {
		struct rn_error why;
		int rc = load_image(e, in, &why);
		if (rc == RN_E_CORRUPT || rc == RN_E_TRUNCATED) {
			rn_damage_add(log, e->offset, e->desc.disk_bytes, rc, "module %.*s: %s",
				(int)(e->desc.what.name.len < 80 ? e->desc.what.name.len : 80),
				(const char *)e->desc.what.name.p, why.message);
			return rn_fail(err, RN_E_CORRUPT, "a module image is damaged: %s",
				why.message);
		}
		if (rc)
			return rn_fail(err, rc, "%s", why.message);
	}
	m->image = rn_bytes_of(e->image, e->image ? e->desc.raw_bytes : 0);
	return 0;
}
