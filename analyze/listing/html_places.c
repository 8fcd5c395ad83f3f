/* SPDX-License-Identifier: MIT */
#include "analyze/listing/html_places.h"

#include "analyze/report/html/text.h"
#include "analyze/symbol/show.h"

#include <stdlib.h>
#include <string.h>

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for a report");
}

int rn_html_places_init(struct rn_html_places *p, struct rn_error *err)
{
	*p = (struct rn_html_places){ .texts = rn_intern_new(), .edges = rn_intern_new(),
		.pairs = rn_intern_new() };
	bool ok = p->texts && p->edges && p->pairs &&
		rn_intern(p->texts, rn_bytes_of("", 0), NULL) == 0; /* what nodes and places without a text have */
	return ok ? 0 : no_memory(err);
}

void rn_html_places_fini(struct rn_html_places *p)
{
	rn_intern_free(p->texts);
	rn_intern_free(p->edges);
	rn_intern_free(p->pairs);
	rn_idmap_fini(&p->by_stack);
	free(p->level);
	rn_buffer_fini(&p->name);
	rn_buffer_fini(&p->clean);
}

/* What is in p->name, cleaned. */
static uint32_t text_of(struct rn_html_places *p)
{
	rn_buffer_clear(&p->clean);
	rn_html_plain(&p->clean, rn_buffer_bytes(&p->name));
	return rn_buffer_ok(&p->clean) && rn_buffer_ok(&p->name) ?
		rn_intern(p->texts, rn_buffer_bytes(&p->clean), NULL) : RN_INTERN_NONE;
}

static void put_place(struct rn_buffer *out, struct rn_bytes file, uint32_t line)
{
	if (!file.len)
		return;
	rn_put_bytes(out, file.p, file.len);
	if (line)
		rn_put_format(out, ":%u", line);
}

/* "FILE:LINE"; where a map tells of the original, that first. */
static uint32_t where_of(struct rn_html_places *p, const struct rn_symbol *s)
{
	rn_buffer_clear(&p->name);
	if (s->origin && s->origin->line) {
		put_place(&p->name, s->origin->file, s->origin->line);
		rn_put_text(&p->name, s->file.len ? " (" : "");
		put_place(&p->name, s->file, s->line);
		rn_put_text(&p->name, s->file.len ? ")" : "");
	} else {
		put_place(&p->name, s->file, s->line);
	}
	return text_of(p);
}

static int node_of(struct rn_html_places *p, const struct rn_frames *f, uint32_t parent,
	const struct rn_level *level, uint32_t *node, struct rn_error *err)
{
	rn_buffer_clear(&p->name);
	rn_put_level_name(&p->name, f, level);
	struct rn_html_node n = { parent, text_of(p), 0, level->user };
	n.where = where_of(p, level->symbol);
	uint32_t id = n.name == RN_INTERN_NONE || n.where == RN_INTERN_NONE ? RN_INTERN_NONE :
		rn_intern(p->edges, rn_bytes_of(&n, sizeof(n)), NULL);
	*node = id + 1;
	return id == RN_INTERN_NONE ? no_memory(err) : 0;
}

/* The levels from the innermost out into p->level; *n of them. */
static int gather(struct rn_html_places *p, struct rn_frames *f, uint32_t stack, uint32_t *n,
	struct rn_error *err)
{
	struct rn_level_walk walk = rn_level_walk_of(stack);
	struct rn_level level;
	bool lines = rn_frames_options(f)->source;
	int rc;
	*n = 0;
	while ((rc = rn_frames_next(f, &walk, &level, err)) == 0) {
		if (level.symbol->inlined && !lines)
			continue;
		if (*n == p->cap) {
			uint32_t cap = p->cap ? p->cap * 2 : 64;
			struct rn_level *grown = realloc(p->level, cap * sizeof(*grown));
			if (!grown)
				return no_memory(err);
			p->level = grown;
			p->cap = cap;
		}
		p->level[(*n)++] = level;
	}
	return rc == RN_END ? 0 : rc;
}

static int make_place(struct rn_html_places *p, struct rn_frames *f, uint32_t stack, bool lines,
	uint32_t *place, struct rn_error *err)
{
	uint32_t n, node = 0;
	int rc = gather(p, f, stack, &n, err);
	uint32_t least = n > RN_HTML_DEPTH ? n - RN_HTML_DEPTH : 0;
	while (!rc && n-- > least)
		rc = node_of(p, f, node, &p->level[n], &node, err);
	if (rc)
		return rc;
	rn_buffer_clear(&p->name);
	if (lines)
		rn_show_source(&p->name, f, stack);
	const struct rn_html_place pair = { node, text_of(p) };
	uint32_t id = pair.source == RN_INTERN_NONE ? RN_INTERN_NONE :
		rn_intern(p->pairs, rn_bytes_of(&pair, sizeof(pair)), NULL);
	*place = id + 1;
	return id == RN_INTERN_NONE ? no_memory(err) : 0;
}

int rn_html_places_of(struct rn_html_places *p, struct rn_frames *f, uint32_t stack, bool lines,
	uint32_t *place, struct rn_error *err)
{
	*place = 0;
	if (!stack)
		return 0;
	*place = rn_idmap_find(&p->by_stack, stack);
	if (*place != RN_IDMAP_NONE)
		return 0;
	int rc = make_place(p, f, stack, lines, place, err);
	return rc || rn_idmap_put(&p->by_stack, stack, *place) == 0 ? rc : no_memory(err);
}

uint32_t rn_html_places_n_nodes(const struct rn_html_places *p)
{
	return rn_intern_count(p->edges) + 1;
}

struct rn_html_node rn_html_places_node(const struct rn_html_places *p, uint32_t i)
{
	struct rn_html_node n = { 0, 0, 0, 0 };
	if (i)
		memcpy(&n, rn_intern_get(p->edges, i - 1).p, sizeof(n));
	return n;
}

uint32_t rn_html_places_n(const struct rn_html_places *p)
{
	return rn_intern_count(p->pairs) + 1;
}

struct rn_html_place rn_html_places_at(const struct rn_html_places *p, uint32_t i)
{
	struct rn_html_place at = { 0, 0 };
	if (i)
		memcpy(&at, rn_intern_get(p->pairs, i - 1).p, sizeof(at));
	return at;
}
