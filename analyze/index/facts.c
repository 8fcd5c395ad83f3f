/* SPDX-License-Identifier: MIT */
#include "analyze/index/facts.h"

#include "shared/cursor.h"

#include <stdlib.h>

/* Instead of a text's length. */
#define NONE UINT32_MAX
#define SAME_AS_PATH (NONE - 1)
#define SAME_AS_FD_PATH (NONE - 2)
#define PATH_BELOW_FD (NONE - 3)

/* References: one of the four above by its difference to NONE, then: */
#define SPECIALS 4
enum { TEXT_NEW = SPECIALS, TEXT_LAST, TEXT_BACK };

static void put_text(struct rn_buffer *b, bool has, struct rn_bytes s)
{
	rn_put_u32(b, has ? (uint32_t)s.len : NONE);
	if (has)
		rn_put_bytes(b, s.p, s.len);
}

void rn_file_facts_add(struct rn_buffer *out, struct rn_bytes text)
{
	put_text(out, true, text);
}

/* A length, perhaps a special one, and the text behind it. */
static bool take_part(struct rn_bytes *from, uint32_t *len, struct rn_bytes *text)
{
	struct rn_cursor c = rn_cursor_of(from->p, from->len);
	*len = rn_take_u32(&c);
	*text = rn_take_bytes(&c, *len > NONE - SPECIALS ? 0 : *len);
	if (!rn_cursor_ok(&c))
		return false;
	*from = rn_bytes_of(c.p, rn_cursor_left(&c));
	return true;
}

static bool take_text(struct rn_bytes *from, bool *has, struct rn_bytes *out)
{
	uint32_t len;
	bool ok = take_part(from, &len, out);
	*has = ok && len != NONE;
	return ok && (len == NONE || len <= NONE - SPECIALS);
}

static bool is_below(struct rn_bytes whole, struct rn_bytes folder, struct rn_bytes name)
{
	return whole.len == folder.len + 1 + name.len && folder.len && name.len &&
		memcmp(whole.p, folder.p, folder.len) == 0 && whole.p[folder.len] == '/' &&
		memcmp(whole.p + folder.len + 1, name.p, name.len) == 0;
}

void rn_file_facts_pack(struct rn_buffer *out, const struct rn_file_facts *f)
{
	put_text(out, f->has_path, f->path);
	put_text(out, f->has_fd_path, f->fd_path);
	if (f->has_target && f->has_path && rn_bytes_equal(f->target, f->path))
		rn_put_u32(out, SAME_AS_PATH);
	else if (f->has_target && f->has_fd_path && rn_bytes_equal(f->target, f->fd_path))
		rn_put_u32(out, SAME_AS_FD_PATH);
	else if (f->has_target && f->has_path && f->has_fd_path && is_below(f->target, f->fd_path, f->path))
		rn_put_u32(out, PATH_BELOW_FD);
	else
		put_text(out, f->has_target, f->target);
}

static bool join(struct rn_file_facts *f, struct rn_arena *arena)
{
	size_t len = f->fd_path.len + 1 + f->path.len;
	uint8_t *whole = rn_arena_alloc(arena, len, 1);
	if (!whole || !f->fd_path.len || !f->path.len)
		return false;
	memcpy(whole, f->fd_path.p, f->fd_path.len);
	whole[f->fd_path.len] = '/';
	memcpy(whole + f->fd_path.len + 1, f->path.p, f->path.len);
	f->target = rn_bytes_of(whole, len);
	return true;
}

/* What is behind a target's length. */
static bool set_target(struct rn_file_facts *f, uint32_t len, struct rn_bytes text, struct rn_arena *arena)
{
	f->has_target = len != NONE;
	f->target = len == SAME_AS_PATH ? f->path : len == SAME_AS_FD_PATH ? f->fd_path : text;
	return len != PATH_BELOW_FD || join(f, arena);
}

bool rn_file_facts_unpack(struct rn_file_facts *f, struct rn_bytes key, struct rn_arena *arena)
{
	uint32_t len;
	struct rn_bytes text;
	bool ok = take_text(&key, &f->has_path, &f->path) && take_text(&key, &f->has_fd_path, &f->fd_path) &&
		take_part(&key, &len, &text) && set_target(f, len, text, arena);
	f->more = key;
	return ok;
}

bool rn_file_facts_next(struct rn_bytes *more, struct rn_bytes *text)
{
	bool has;
	return take_text(more, &has, text) && has;
}

/* Writing. */

bool rn_facts_writer_init(struct rn_facts_writer *w)
{
	*w = (struct rn_facts_writer){ .texts = rn_intern_new() };
	return w->texts != NULL;
}

void rn_facts_writer_fini(struct rn_facts_writer *w)
{
	rn_intern_free(w->texts);
	for (unsigned i = 0; i < RN_FACTS_PIECES; i++)
		rn_buffer_fini(&w->piece[i]);
	w->texts = NULL;
}

void rn_facts_writer_clear(struct rn_facts_writer *w)
{
	for (unsigned i = 0; i < RN_FACTS_PIECES; i++)
		rn_buffer_clear(&w->piece[i]);
}

static void put_escaped(struct rn_buffer *out, struct rn_bytes s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] <= 1)
			rn_put_u8(out, 1);
		rn_put_u8(out, s.p[i] <= 1 ? (uint8_t)(s.p[i] + 1) : s.p[i]);
	}
	rn_put_u8(out, 0);
}

static bool put_reference(struct rn_facts_writer *w, struct rn_buffer *out, uint32_t len, struct rn_bytes text,
	uint32_t *last)
{
	bool is_new;
	if (len > NONE - SPECIALS) {
		rn_put_varint(out, NONE - len);
		return true;
	}
	uint32_t id = rn_intern(w->texts, text, &is_new);
	if (id == RN_INTERN_NONE)
		return false;
	if (is_new) {
		rn_put_varint(out, TEXT_NEW);
		put_escaped(&w->piece[RN_FACTS_TEXTS], text);
	} else if (id + 1 == *last) {
		rn_put_varint(out, TEXT_LAST);
	} else {
		rn_put_varint(out, TEXT_BACK + rn_intern_count(w->texts) - 1 - id);
	}
	*last = id + 1;
	return true;
}

bool rn_facts_writer_add(struct rn_facts_writer *w, struct rn_bytes key)
{
	struct rn_buffer *more = &w->piece[RN_FACTS_MORE];
	struct rn_bytes text, rest;
	uint32_t len, n = 0;
	for (unsigned i = 0; i < 3; i++)
		if (!take_part(&key, &len, &text) ||
			!put_reference(w, &w->piece[RN_FACTS_PATHS + i], len, text, &w->last[i]))
			return false;
	for (rest = key; rn_file_facts_next(&rest, &text);)
		n++;
	rn_put_varint(more, n);
	while (rn_file_facts_next(&key, &text))
		if (!put_reference(w, more, (uint32_t)text.len, text, &w->last[2]))
			return false;
	for (unsigned i = 0; i < RN_FACTS_PIECES; i++)
		if (!rn_buffer_ok(&w->piece[i]))
			return false;
	return true;
}

/* Reading. */

void rn_facts_reader_fini(struct rn_facts_reader *r)
{
	free(r->text);
	r->text = NULL;
}

static bool add_text(struct rn_facts_reader *r, struct rn_bytes text)
{
	if (r->n == r->cap) {
		uint32_t cap = r->cap ? r->cap * 2 : 256;
		struct rn_bytes *more = realloc(r->text, cap * sizeof(*more));
		if (!more)
			return false;
		r->text = more;
		r->cap = cap;
	}
	r->text[r->n++] = text;
	return true;
}

/* All texts of a page at once, without their escapes. */
static bool take_texts(struct rn_facts_reader *r, struct rn_bytes raw)
{
	uint8_t *to = rn_arena_alloc(r->arena, raw.len + 1, 1), *begin = to;
	for (size_t i = 0; to && i < raw.len; i++) {
		if (raw.p[i] > 1) {
			*to++ = raw.p[i];
		} else if (raw.p[i] == 0) {
			if (!add_text(r, rn_bytes_of(begin, (size_t)(to - begin))))
				return false;
			begin = to;
		} else if (++i == raw.len || raw.p[i] < 1 || raw.p[i] > 2) {
			return false;
		} else {
			*to++ = (uint8_t)(raw.p[i] - 1);
		}
	}
	return to && to == begin;
}

/* *len: as in packed facts. used: new texts of the page by now. */
static bool take_reference(struct rn_facts_reader *r, struct rn_cursor *c, uint32_t *last, uint32_t *used,
	uint32_t *len, struct rn_bytes *text)
{
	uint64_t code = rn_take_varint(c), number;
	*text = rn_bytes_of(NULL, 0);
	*len = NONE - (uint32_t)(code & 3);
	if (!rn_cursor_ok(c) || code < SPECIALS)
		return rn_cursor_ok(c);
	/* Texts that the page tells of later are not there yet. */
	if (code == TEXT_NEW)
		number = ++*used;
	else
		number = code == TEXT_LAST ? *last : *used - (code - TEXT_BACK);
	if (number < 1 || number > *used || number > r->n)
		return false;
	*last = (uint32_t)number;
	*text = r->text[number - 1];
	*len = (uint32_t)text->len;
	return true;
}

static bool take_more(struct rn_facts_reader *r, struct rn_cursor *c, uint32_t *used, struct rn_bytes *out)
{
	struct rn_buffer packed = RN_BUFFER_INIT;
	uint64_t n = rn_take_varint(c);
	uint32_t len;
	struct rn_bytes text;
	*out = rn_bytes_of(NULL, 0);
	bool ok = rn_cursor_ok(c) && n <= rn_cursor_left(c);
	for (uint64_t i = 0; i < n && ok; i++) {
		ok = take_reference(r, c, &r->last[2], used, &len, &text) && len <= NONE - SPECIALS;
		if (ok)
			rn_file_facts_add(&packed, text);
	}
	if (ok && packed.len) {
		char *kept = rn_arena_dup(r->arena, rn_buffer_bytes(&packed));
		*out = rn_bytes_of(kept, packed.len);
		ok = kept && rn_buffer_ok(&packed);
	}
	rn_buffer_fini(&packed);
	return ok;
}

static bool take_one(struct rn_facts_reader *r, struct rn_cursor *c, uint32_t *used, struct rn_file_facts *f)
{
	uint32_t len[3];
	struct rn_bytes text[3];
	for (unsigned i = 0; i < 3; i++)
		if (!take_reference(r, &c[RN_FACTS_PATHS + i], &r->last[i], used, &len[i], &text[i]))
			return false;
	f->has_path = len[0] != NONE;
	f->has_fd_path = len[1] != NONE;
	f->path = text[0];
	f->fd_path = text[1];
	return (len[0] == NONE || len[0] <= NONE - SPECIALS) && (len[1] == NONE || len[1] <= NONE - SPECIALS) &&
		set_target(f, len[2], text[2], r->arena) && take_more(r, &c[RN_FACTS_MORE], used, &f->more);
}

bool rn_facts_read(struct rn_facts_reader *r, const struct rn_bytes piece[RN_FACTS_PIECES], uint32_t n,
	struct rn_file_facts *out)
{
	struct rn_cursor c[RN_FACTS_PIECES];
	uint32_t used = r->n;
	for (unsigned i = 0; i < RN_FACTS_PIECES; i++)
		c[i] = rn_cursor_of(piece[i].p, piece[i].len);
	if (!take_texts(r, piece[RN_FACTS_TEXTS]))
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!take_one(r, c, &used, &out[i]))
			return false;
	for (unsigned i = RN_FACTS_PATHS; i < RN_FACTS_PIECES; i++)
		if (rn_cursor_left(&c[i]))
			return false;
	return used == r->n;
}
