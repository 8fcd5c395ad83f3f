/* SPDX-License-Identifier: MIT */
#include "format/index.h"

#define SEEKABLE_MAGIC 0x8F92EAB1u
#define SEEK_FOOTER 9
#define SEEK_ENTRY 8
#define FLAG_LAST 1

void rn_index_writer_fini(struct rn_index_writer *x)
{
	rn_buffer_fini(&x->entries);
	rn_buffer_fini(&x->seek);
}

void rn_index_rewind(struct rn_index_writer *x, const struct rn_index_writer *mark)
{
	const struct rn_buffer entries = x->entries, seek = x->seek;
	*x = *mark;
	x->entries.p = entries.p, x->entries.cap = entries.cap;
	x->seek.p = seek.p, x->seek.cap = seek.cap;
}

void rn_index_frame(struct rn_index_writer *x, uint64_t disk_bytes, uint64_t raw_bytes)
{
	x->n_frames++;
	if (x->n_frames > RN_SEEK_MAX_FRAMES) {
		rn_buffer_fini(&x->seek);
		return;
	}
	rn_put_u32(&x->seek, (uint32_t)disk_bytes);
	rn_put_u32(&x->seek, (uint32_t)raw_bytes);
}

static void put_entry(struct rn_index_writer *x, enum rn_frame_kind kind, uint64_t offset,
	struct rn_bytes frame, uint64_t behind_bytes)
{
	if (!x->n_entries)
		x->entry_end = offset;
	rn_put_varint(&x->entries, kind);
	rn_put_varint(&x->entries, offset - x->entry_end);
	rn_put_string(&x->entries, frame);
	rn_put_varint(&x->entries, behind_bytes);
	if (!x->n_entries)
		x->first_offset = offset;
	x->n_entries++;
	x->entry_end = offset + frame.len + behind_bytes;
}

void rn_index_block(struct rn_index_writer *x, uint64_t offset, struct rn_bytes directory,
	uint64_t sections_bytes)
{
	put_entry(x, RN_FRAME_BLOCK, offset, directory, sections_bytes);
}

void rn_index_module(struct rn_index_writer *x, uint64_t offset, struct rn_bytes descriptor,
	uint64_t image_bytes)
{
	put_entry(x, RN_FRAME_MODULE, offset, descriptor, image_bytes);
}

void rn_index_flush(struct rn_index_writer *x, struct rn_buffer *out, uint64_t offset, bool last)
{
	if (!last && x->entries.len < RN_INDEX_CHUNK_BYTES)
		return;
	size_t at = rn_frame_begin(out, RN_FRAME_INDEX);
	rn_put_varint(out, last ? FLAG_LAST : 0);
	rn_put_varint(out, x->previous);
	rn_put_string(out, last ? x->header : (struct rn_bytes){ 0 });
	rn_put_varint(out, x->n_entries ? x->first_offset : offset);
	rn_put_varint(out, x->n_entries);
	rn_put_bytes(out, x->entries.p, x->entries.len);
	rn_put_u64(out, out->len - at + 8 + 4);
	rn_frame_end(out, at);
	if (!rn_buffer_ok(&x->entries))
		out->failed = true;
	rn_buffer_clear(&x->entries);
	x->n_entries = 0;
	x->previous = offset;
}

void rn_index_seek_table(struct rn_index_writer *x, struct rn_buffer *out)
{
	if (x->n_frames > RN_SEEK_MAX_FRAMES)
		return;
	rn_put_u32(out, RN_FRAME_MAGIC_SEEK);
	rn_put_u32(out, (uint32_t)x->seek.len + SEEK_FOOTER);
	rn_put_bytes(out, x->seek.p, x->seek.len);
	rn_put_u32(out, (uint32_t)x->n_frames);
	rn_put_u8(out, 0); /* no checksums here: every zstd frame has its own */
	rn_put_u32(out, SEEKABLE_MAGIC);
	if (!rn_buffer_ok(&x->seek))
		out->failed = true;
}

int rn_index_chunk(struct rn_index_chunk *out, struct rn_bytes frame, struct rn_error *err)
{
	struct rn_bytes body;
	uint64_t bytes;
	int rc = rn_frame_body(frame, &body, err);
	if (rc)
		return rc;
	if (rn_frame_sniff(frame, &bytes) != RN_FRAME_INDEX || body.len < 8)
		return rn_fail(err, RN_E_CORRUPT, "not an index");
	struct rn_cursor c = rn_cursor_of(body.p, body.len - 8);
	struct rn_index_chunk t = { 0 };
	t.last = rn_take_varint(&c) & FLAG_LAST;
	t.previous = rn_take_varint(&c);
	t.header = rn_take_string(&c, rn_cursor_left(&c));
	t.first_offset = rn_take_varint(&c);
	uint64_t n = rn_take_varint(&c);
	if (!rn_cursor_ok(&c) || n > rn_cursor_left(&c) / 4)
		return rn_fail(err, RN_E_CORRUPT, "the index makes no sense");
	t.n_entries = (uint32_t)n;
	t.entries = c;
	t.at = t.first_offset;
	*out = t;
	return 0;
}

int rn_index_next(struct rn_index_chunk *c, struct rn_index_entry *out)
{
	if (c->taken == c->n_entries)
		return RN_END;
	uint64_t kind = rn_take_varint(&c->entries);
	uint64_t gap = rn_take_varint(&c->entries);
	struct rn_bytes frame = rn_take_string(&c->entries, rn_cursor_left(&c->entries));
	uint64_t behind = rn_take_varint(&c->entries);
	if (!rn_cursor_ok(&c->entries) || gap > INT64_MAX || behind > INT64_MAX ||
		c->at + gap > INT64_MAX / 2 || (kind != RN_FRAME_BLOCK && kind != RN_FRAME_MODULE))
		return RN_E_CORRUPT;
	*out = (struct rn_index_entry){ (enum rn_frame_kind)kind, c->at + gap, frame.len + behind,
		frame };
	c->at = out->offset + out->bytes;
	c->taken++;
	return 0;
}

uint64_t rn_seek_table_bytes(struct rn_bytes tail)
{
	if (tail.len < 8 + SEEK_FOOTER)
		return 0;
	struct rn_cursor c = rn_cursor_of(tail.p + tail.len - SEEK_FOOTER, SEEK_FOOTER);
	uint64_t n = rn_take_u32(&c);
	rn_take_u8(&c);
	if (rn_take_u32(&c) != SEEKABLE_MAGIC || n > RN_SEEK_MAX_FRAMES)
		return 0;
	return 8 + n * SEEK_ENTRY + SEEK_FOOTER;
}

int rn_seek_table_check(struct rn_bytes frame, uint64_t *n_frames, uint64_t *disk_bytes)
{
	uint64_t bytes;
	if (rn_frame_sniff(frame, &bytes) != RN_FRAME_SEEK || bytes != frame.len ||
		rn_seek_table_bytes(frame) != frame.len || frame.p[frame.len - 5] & 0x7c)
		return RN_E_CORRUPT;
	struct rn_cursor c = rn_cursor_of(frame.p + 8, frame.len - 8 - SEEK_FOOTER);
	*n_frames = *disk_bytes = 0;
	while (rn_cursor_left(&c)) {
		*disk_bytes += rn_take_u32(&c);
		rn_take_u32(&c);
		++*n_frames;
	}
	return 0;
}
