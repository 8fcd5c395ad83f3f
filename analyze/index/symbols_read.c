/* SPDX-License-Identifier: MIT */
#include "analyze/index/symbols_keep.h"

#include "shared/cursor.h"
#include "shared/intern.h"

#include <stdlib.h>

/* A module's names as they were kept, and whether they would be the same now. */
struct kept_module {
	struct rn_bytes sources;
	enum { NONE, UNTRIED, SAME, OTHER } state;
};

struct levels {
	const struct rn_symbol *level;
	unsigned n;
};

struct rn_kept_symbols {
	const struct rn_stack_parts parts;
	struct rn_known_symbols known;
	struct rn_arena text;
	struct kept_module *module;
	struct rn_intern *keys; /* frames */
	struct levels *levels;  /* by number of the key */
	struct rn_bytes *texts;
	uint64_t n_texts;
};

void rn_kept_symbols_free(struct rn_kept_symbols *k)
{
	if (!k)
		return;
	rn_arena_fini(&k->text);
	rn_intern_free(k->keys);
	free(k->module);
	free(k->levels);
	free(k->texts);
	free(k);
}

static bool take_modules(struct rn_kept_symbols *k, struct rn_bytes piece)
{
	struct rn_cursor c = rn_cursor_of(piece.p, piece.len);
	uint32_t n = rn_modules_n(k->parts.modules);
	k->module = calloc(n + 1, sizeof(*k->module));
	while (k->module && rn_cursor_left(&c)) {
		uint64_t i = rn_take_varint(&c);
		struct rn_bytes sources = rn_take_string(&c, piece.len);
		char *kept = rn_arena_dup(&k->text, sources);
		if (!rn_cursor_ok(&c) || i >= n || !kept)
			return false;
		k->module[i] = (struct kept_module){ rn_bytes_of(kept, sources.len), UNTRIED };
	}
	return k->module && rn_cursor_ok(&c);
}

static bool take_texts(struct rn_kept_symbols *k, struct rn_bytes lengths, struct rn_bytes texts)
{
	struct rn_cursor c = rn_cursor_of(lengths.p, lengths.len), t;
	uint8_t *copy = rn_arena_alloc(&k->text, texts.len + 1, 1);
	k->texts = malloc((lengths.len + 1) * sizeof(*k->texts)); /* each takes a byte at least */
	if (!copy || !k->texts)
		return false;
	memcpy(copy, texts.p ? (const void *)texts.p : "", texts.len);
	t = rn_cursor_of(copy, texts.len);
	while (rn_cursor_left(&c))
		k->texts[k->n_texts++] = rn_take_bytes(&t, rn_take_varint(&c));
	return rn_cursor_ok(&c) && rn_cursor_ok(&t);
}

static struct rn_bytes take_text(const struct rn_kept_symbols *k, struct rn_cursor *c)
{
	uint64_t i = rn_take_varint(c);
	if (i < k->n_texts)
		return k->texts[i];
	c->bad = true;
	return rn_bytes_of(NULL, 0);
}

static void take_level(const struct rn_kept_symbols *k, struct rn_cursor *c, struct rn_symbol *l)
{
	*l = (struct rn_symbol){ 0 };
	l->function = take_text(k, c);
	l->signature = take_text(k, c);
	l->linkage = take_text(k, c);
	l->file = take_text(k, c);
	l->line = (uint32_t)rn_take_varint(c);
	l->column = (uint32_t)rn_take_varint(c);
	l->offset = rn_take_varint(c);
	l->inlined = rn_take_u8(c) != 0;
}

static bool take_frame(struct rn_kept_symbols *k, struct rn_cursor *f, struct rn_cursor *l, uint64_t *last)
{
	uint64_t key[3];
	bool is_new;
	key[0] = rn_take_varint(f);
	key[1] = *last += (uint64_t)rn_take_svarint(f);
	key[2] = key[1] + (uint64_t)rn_take_svarint(f);
	uint64_t n = rn_take_varint(f);
	/* A level takes eight bytes at least. */
	if (!rn_cursor_ok(f) || key[0] >= rn_modules_n(k->parts.modules) || !n || n > rn_cursor_left(l) / 8)
		return false;
	struct rn_symbol *level = rn_arena_alloc(&k->text, n, sizeof(*level));
	uint32_t id = rn_intern(k->keys, rn_bytes_of(key, sizeof(key)), &is_new);
	if (!level || !is_new)
		return false;
	for (uint64_t i = 0; i < n; i++)
		take_level(k, l, &level[i]);
	k->levels[id] = (struct levels){ level, (unsigned)n };
	return rn_cursor_ok(l);
}

static bool take_page(struct rn_kept_symbols *k, const struct rn_page *page)
{
	struct rn_bytes frames = page->piece[RN_SYMBOLS_FRAMES], levels = page->piece[RN_SYMBOLS_LEVELS];
	struct rn_cursor f = rn_cursor_of(frames.p, frames.len), l = rn_cursor_of(levels.p, levels.len);
	uint64_t last = 0;
	k->keys = rn_intern_new();
	if (!k->keys || (size_t)page->n > frames.len / 4 || !take_modules(k, page->piece[RN_SYMBOLS_MODULES]) ||
		!take_texts(k, page->piece[RN_SYMBOLS_LENGTHS], page->piece[RN_SYMBOLS_TEXTS]))
		return false;
	k->levels = calloc((size_t)page->n + 1, sizeof(*k->levels));
	for (int64_t i = 0; k->levels && i < page->n; i++)
		if (!take_frame(k, &f, &l, &last))
			return false;
	return k->levels && !rn_cursor_left(&f) && !rn_cursor_left(&l);
}

static bool is_same(struct rn_kept_symbols *k, struct rn_symbols *s, uint32_t module)
{
	struct kept_module *m = &k->module[module];
	struct rn_buffer now = RN_BUFFER_INIT;
	if (m->state == UNTRIED) {
		bool same = !rn_symbols_put_sources(&now, s, k->parts.modules, module) &&
			rn_bytes_equal(rn_buffer_bytes(&now), m->sources);
		m->state = same ? SAME : OTHER;
		rn_buffer_fini(&now);
	}
	return m->state == SAME;
}

static bool find(void *arg, struct rn_symbols *s, const struct rn_frame *frame, const struct rn_symbol **levels,
	unsigned *n)
{
	struct rn_kept_symbols *k = arg;
	const uint64_t key[] = { frame->module, frame->addr, frame->pc_addr };
	uint32_t id = rn_intern_find(k->keys, rn_bytes_of(key, sizeof(key)));
	if (id == RN_INTERN_NONE || !is_same(k, s, frame->module))
		return false;
	*levels = k->levels[id].level;
	*n = k->levels[id].n;
	return true;
}

struct rn_kept_symbols *rn_kept_symbols_new(struct rn_index *x, const struct rn_stack_parts *parts)
{
	struct rn_pages pages;
	struct rn_page page;
	struct rn_kept_symbols fresh = { .parts = *parts }, *k = NULL;
	bool ok = rn_index_is_complete(x) && rn_pages_init(&pages, x->db, "symbol");
	if (!ok)
		return NULL;
	if (rn_pages_get(&pages, rn_symbols_page(parts->symbols), &page, RN_SYMBOL_PIECES))
		k = malloc(sizeof(*k));
	if (k) {
		memcpy(k, &fresh, sizeof(fresh));
		k->known = (struct rn_known_symbols){ find, k };
	}
	if (k && !take_page(k, &page)) {
		rn_kept_symbols_free(k);
		k = NULL;
	}
	rn_pages_fini(&pages);
	return k;
}

const struct rn_known_symbols *rn_kept_symbols_known(const struct rn_kept_symbols *k)
{
	return &k->known;
}
