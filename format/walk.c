/* SPDX-License-Identifier: MIT */
/* The item handed out stays at the input's position until the next call, which first looks whether
 * a frame begins where it ends. If none does, bytes are missing inside it, and the search starts
 * within: so the blocks after a hole are found. Looking only then means that a live reader never
 * waits for more than the item itself. */
#include "format/walk.h"

#include "format/directory.h"
#include "format/limits.h"
#include "format/module.h"

/* Frames this long may be tried in a search, by how much was tried in vain before. */
#define TRY_ANY_UNTIL ((uint64_t)64 << 20)
#define TRY_SMALL_UNTIL ((uint64_t)256 << 20)

void rn_walk_init(struct rn_walk *w, struct rn_input *in, struct rn_damage_log *log,
	uint64_t header_bytes)
{
	*w = (struct rn_walk){ .in = in, .log = log };
	rn_index_frame(&w->seek, header_bytes, 0);
}

void rn_walk_fini(struct rn_walk *w)
{
	rn_index_writer_fini(&w->seek);
}

static void note(struct rn_walk *w, uint64_t offset, uint64_t bytes, int code, const char *text)
{
	rn_damage_add(w->log, offset, bytes, code, "%s", text);
	w->gap = true;
}

/* The whole frame at the position, when it is one of ours and its checksum holds. 0, RN_END when
 * not, or an error. */
static int take_frame(struct rn_walk *w, struct rn_bytes *frame, enum rn_frame_kind *kind,
	struct rn_error *err)
{
	struct rn_bytes head, body;
	int rc = rn_input_peek(w->in, RN_FRAME_HEAD, &head, err);
	if (rc)
		return rc;
	uint64_t bytes;
	*kind = rn_frame_sniff(head, &bytes);
	if (*kind == RN_FRAME_NONE || *kind > RN_FRAME_UNKNOWN || bytes > RN_FRAME_MAX_BYTES)
		return RN_END;
	if (w->in->seekable && bytes > w->in->size - w->in->position)
		return RN_END;
	rc = rn_input_peek(w->in, bytes, frame, err);
	if (rc)
		return rc;
	if (frame->len < bytes || rn_frame_body(*frame, &body, NULL)) {
		w->failed_bytes += frame->len;
		return RN_END;
	}
	return 0;
}

static uint64_t largest_try(const struct rn_walk *w)
{
	return w->failed_bytes < TRY_ANY_UNTIL ? RN_FRAME_MAX_BYTES :
		w->failed_bytes < TRY_SMALL_UNTIL ? 65536 : 4096;
}

/* Moves to the next sound frame of ours at or behind the position, or to the end. */
static int find_frame(struct rn_walk *w, struct rn_error *err)
{
	for (;;) {
		struct rn_bytes view, frame;
		int rc = rn_input_peek(w->in, 65536, &view, err);
		if (rc)
			return rc;
		if (view.len < RN_FRAME_MIN) {
			rn_input_skip(w->in, view.len);
			return 0;
		}
		size_t at = rn_frame_find(view, 0);
		if (at == view.len) {
			rn_input_skip(w->in, view.len - (RN_FRAME_HEAD - 1));
			continue;
		}
		uint64_t bytes;
		rn_frame_sniff(rn_bytes_of(view.p + at, view.len - at), &bytes);
		rn_input_skip(w->in, at);
		enum rn_frame_kind kind;
		rc = bytes <= largest_try(w) ? take_frame(w, &frame, &kind, err) : RN_END;
		if (rc <= 0)
			return rc;
		rn_input_skip(w->in, 1);
	}
}

/* Passes over what cannot be right and says so. */
static int pass_over(struct rn_walk *w, const char *text, struct rn_error *err)
{
	uint64_t from = w->in->position;
	struct rn_bytes one;
	rn_input_skip(w->in, 1);
	int rc = find_frame(w, err);
	if (!rc)
		rc = rn_input_peek(w->in, 1, &one, err);
	if (rc)
		return rc;
	note(w, from, w->in->position - from, one.len ? RN_E_CORRUPT : RN_E_TRUNCATED,
		one.len ? text : "the trace ends early");
	return 0;
}

int rn_walk_resume(struct rn_walk *w, const char *text, struct rn_error *err)
{
	int rc = find_frame(w, err);
	if (!rc)
		note(w, 0, w->in->position, RN_E_CORRUPT, text);
	return rc;
}

/* Leaves the item handed out last. */
static int leave_pending(struct rn_walk *w, struct rn_error *err)
{
	if (!w->pending)
		return 0;
	uint64_t pending = w->pending, start = w->in->position, bytes;
	struct rn_bytes view;
	w->pending = 0;
	if (w->in->seekable) {
		rn_input_seek(w->in, start + pending);
		int rc = rn_input_peek(w->in, RN_FRAME_HEAD, &view, err);
		if (rc)
			return rc;
	} else {
		int rc = rn_input_peek(w->in, pending + RN_FRAME_HEAD, &view, err);
		if (rc)
			return rc;
		uint64_t skip = view.len < pending ? view.len : pending;
		view = rn_bytes_of(view.p + skip, view.len - skip);
	}
	if (!view.len || rn_frame_sniff(view, &bytes) != RN_FRAME_NONE) {
		if (!w->in->seekable)
			rn_input_skip(w->in, pending);
		return 0;
	}
	if (w->in->seekable)
		rn_input_seek(w->in, start);
	rn_input_skip(w->in, w->pending_head);
	int rc = find_frame(w, err);
	if (rc)
		return rc;
	if (w->in->position < start + pending)
		rn_damage_add(w->log, start, w->in->position - start, RN_E_CORRUPT,
			"block %llu: bytes are missing",
			(unsigned long long)w->pending_number);
	else if (w->in->position > start + pending)
		note(w, start + pending, w->in->position - start - pending, RN_E_CORRUPT,
			"what follows is no frame");
	return 0;
}

static int take_block(struct rn_walk *w, struct rn_walk_item *out)
{
	struct rn_bytes body;
	struct rn_block_info info = { 0 };
	struct rn_error why;
	if (rn_frame_body(out->frame, &body, &why) || rn_directory_decode(&info, body, &why)) {
		note(w, out->offset, out->frame.len, RN_E_CORRUPT, why.message);
		return RN_END;
	}
	out->behind_bytes = info.disk_bytes;
	out->number = info.number;
	if (info.number > w->next_number && !w->gap)
		rn_damage_add(w->log, out->offset, 0, RN_E_CORRUPT,
			"blocks %llu to %llu are missing", (unsigned long long)w->next_number,
			(unsigned long long)info.number - 1);
	w->next_number = info.number + 1;
	w->gap = false;
	rn_index_frame(&w->seek, out->frame.len, 0);
	struct rn_section_size sizes[RN_MAX_BLOCK_SECTIONS];
	unsigned n = rn_directory_sizes(body, sizes);
	for (unsigned i = 0; i < n; i++)
		rn_index_frame(&w->seek, sizes[i].disk_bytes, sizes[i].raw_bytes);
	return 0;
}

static int take_module(struct rn_walk *w, struct rn_walk_item *out)
{
	struct rn_bytes body;
	struct rn_module_desc d;
	struct rn_error why;
	if (rn_frame_body(out->frame, &body, &why) || rn_module_decode(&d, body, &why)) {
		note(w, out->offset, out->frame.len, RN_E_CORRUPT, why.message);
		return RN_END;
	}
	out->behind_bytes = d.disk_bytes;
	rn_index_frame(&w->seek, out->frame.len, 0);
	if (d.disk_bytes)
		rn_index_frame(&w->seek, d.disk_bytes, d.raw_bytes);
	return 0;
}

static void take_index(struct rn_walk *w, struct rn_bytes frame)
{
	struct rn_index_chunk chunk;
	struct rn_error why;
	if (rn_index_chunk(&chunk, frame, &why))
		note(w, w->in->position, frame.len, RN_E_CORRUPT, why.message);
	else if (chunk.last)
		w->last_index = true;
	rn_index_frame(&w->seek, frame.len, 0);
	if (w->last_index)
		w->complete = w->seek.n_frames > RN_SEEK_MAX_FRAMES;
	rn_input_skip(w->in, frame.len);
}

/* Exactly the table the frames before it call for, and nothing behind it. */
static int take_seek_table(struct rn_walk *w, uint64_t bytes, struct rn_error *err)
{
	struct rn_bytes view;
	struct rn_buffer expected = RN_BUFFER_INIT;
	rn_index_seek_table(&w->seek, &expected);
	uint64_t most = bytes < expected.len ? bytes : expected.len;
	int rc = rn_input_peek(w->in, most, &view, err);
	if (!rc && bytes == expected.len && rn_bytes_equal(view, rn_buffer_bytes(&expected)))
		w->complete = w->last_index;
	else if (!rc && !w->gap && !w->log->n)
		note(w, w->in->position, bytes, RN_E_CORRUPT, "the seek table is wrong");
	rn_buffer_fini(&expected);
	return rc;
}

/* A skippable frame that is not ours (or zstd's table): over it, when it is all there. */
static int skip_frame(struct rn_walk *w, uint64_t bytes, struct rn_error *err)
{
	if (w->in->seekable) {
		if (bytes > w->in->size - w->in->position)
			return pass_over(w, "a frame of a wrong length", err);
		rn_input_seek(w->in, w->in->position + bytes);
		return 0;
	}
	while (bytes) {
		struct rn_bytes view;
		int rc = rn_input_peek(w->in, bytes < 65536 ? bytes : 65536, &view, err);
		if (rc)
			return rc;
		if (!view.len) {
			note(w, w->in->position, 0, RN_E_TRUNCATED, "the trace ends early");
			return 0;
		}
		rn_input_skip(w->in, view.len);
		bytes -= view.len;
	}
	return 0;
}

static int hand_out(struct rn_walk *w, struct rn_walk_item *out, struct rn_bytes frame,
	enum rn_frame_kind kind)
{
	*out = (struct rn_walk_item){ .kind = kind, .offset = w->in->position, .frame = frame };
	int rc = kind == RN_FRAME_BLOCK ? take_block(w, out) : take_module(w, out);
	if (rc) {
		rn_input_skip(w->in, frame.len);
		return rc;
	}
	w->pending = frame.len + out->behind_bytes;
	w->pending_head = frame.len;
	w->pending_number = out->number;
	return 0;
}

/* One step: 0 with an item, 1 without one, RN_END + 1 at the end. */
enum { STEP_ITEM, STEP_AGAIN, STEP_END };

static int step(struct rn_walk *w, struct rn_walk_item *out, struct rn_error *err)
{
	struct rn_bytes head, frame;
	int rc = rn_input_peek(w->in, RN_FRAME_HEAD, &head, err);
	if (rc)
		return rc;
	if (!head.len)
		return STEP_END;
	uint64_t bytes;
	enum rn_frame_kind kind = rn_frame_sniff(head, &bytes);
	bool after_end = w->complete || (w->last_index && kind != RN_FRAME_SEEK);
	if (after_end || kind == RN_FRAME_HEADER) {
		w->complete = false;
		rc = pass_over(w, "bytes behind the end of the trace", err);
		return rc ? rc : STEP_AGAIN;
	}
	if (kind == RN_FRAME_SEEK || kind == RN_FRAME_FOREIGN) {
		rc = kind == RN_FRAME_SEEK ? take_seek_table(w, bytes, err) : 0;
		if (!rc)
			rc = skip_frame(w, bytes, err);
		return rc ? rc : STEP_AGAIN;
	}
	rc = take_frame(w, &frame, &kind, err);
	if (rc < 0)
		return rc;
	if (rc == RN_END) {
		rc = pass_over(w, kind == RN_FRAME_ZSTD ? "a section without its block" :
			"a frame is damaged", err);
		return rc ? rc : STEP_AGAIN;
	}
	if (kind == RN_FRAME_BLOCK || kind == RN_FRAME_MODULE)
		return hand_out(w, out, frame, kind) ? STEP_AGAIN : STEP_ITEM;
	if (kind == RN_FRAME_INDEX) {
		take_index(w, frame);
	} else {
		rn_index_frame(&w->seek, frame.len, 0);
		rn_input_skip(w->in, frame.len);
	}
	return STEP_AGAIN;
}

int rn_walk_next(struct rn_walk *w, struct rn_walk_item *out, struct rn_error *err)
{
	int rc = leave_pending(w, err);
	if (rc)
		return rc;
	do
		rc = step(w, out, err);
	while (rc == STEP_AGAIN);
	return rc == STEP_ITEM ? 0 : rc == STEP_END ? RN_END : rc;
}
