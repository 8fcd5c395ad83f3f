/* SPDX-License-Identifier: MIT */
#include "analyze/flame/flame.h"

#include "analyze/compare/normal.h"
#include "analyze/symbol/show.h"
#include "shared/intern.h"

#include <stdlib.h>

const struct rn_word rn_weight_words[] = {
#define X(name, unit, word) { #name, RN_WEIGHT_##name, NULL },
	RN_WEIGHTS(X)
#undef X
	{ NULL, 0, NULL },
};

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for a flame graph");
}

static uint64_t weigh(const struct rn_stack_sums *s, enum rn_weight weight)
{
	switch (weight) {
	case RN_WEIGHT_bytes:
		return s->bytes;
	case RN_WEIGHT_calls:
		return s->calls;
	case RN_WEIGHT_errors:
		return s->errors;
	case RN_WEIGHT_time:
		return s->time_ns;
	}
	return 0;
}

uint32_t rn_flame_child(struct rn_flame *f, uint32_t parent, struct rn_bytes name, bool user)
{
	bool is_new;
	uint32_t number = rn_intern(f->names, name, NULL);
	const uint32_t edge[] = { parent, number };
	uint32_t id = number == RN_INTERN_NONE ? RN_INTERN_NONE :
		rn_intern(f->edges, rn_bytes_of(edge, sizeof(edge)), &is_new);
	if (id == RN_INTERN_NONE)
		return 0;
	if (!is_new)
		return id + 1;
	if (f->n == f->cap) {
		uint32_t cap = f->cap * 2;
		struct rn_flame_node *grown = realloc(f->node, cap * sizeof(*grown));
		if (!grown)
			return 0;
		f->node = grown;
		f->cap = cap;
	}
	uint32_t depth = f->node[parent].depth + 1;
	f->node[f->n] = (struct rn_flame_node){ .parent = parent, .name = number, .depth = depth,
		.user = user, .next_sibling = f->node[parent].first_child };
	f->node[parent].first_child = f->n;
	if (depth > f->max_depth)
		f->max_depth = depth;
	return f->n++;
}

/* The levels of a stack from the innermost out. */
struct levels {
	struct rn_level *item;
	uint32_t n, cap;
};

static int gather(struct rn_flame *f, const struct rn_stack_tally *t, uint32_t stack, bool own_only,
	struct levels *l, struct rn_error *err)
{
	struct rn_level_walk walk = rn_level_walk_of(stack);
	struct rn_level level;
	bool lines = rn_frames_options(t->frames)->source;
	bool made = own_only && rn_frames_is_made(t->frames, stack);
	int rc;
	l->n = 0;
	while ((rc = rn_frames_next(t->frames, &walk, &level, err)) == 0) {
		if ((own_only && !rn_level_is_own(&level, made)) || (level.symbol->inlined && !lines))
			continue;
		if (l->n == RN_FLAME_DEPTH) {
			f->too_deep = true;
			continue;
		}
		if (l->n == l->cap) {
			uint32_t cap = l->cap ? l->cap * 2 : 64;
			struct rn_level *grown = realloc(l->item, cap * sizeof(*grown));
			if (!grown)
				return no_memory(err);
			l->item = grown;
			l->cap = cap;
		}
		l->item[l->n++] = level;
	}
	return rc == RN_END ? 0 : rc;
}

static int add_stack(struct rn_flame *f, const struct rn_stack_tally *t, const struct levels *l,
	uint64_t weight)
{
	struct rn_buffer name = RN_BUFFER_INIT, folded = RN_BUFFER_INIT;
	uint32_t at = 0;
	f->node[0].total += weight;
	for (uint32_t i = l->n + !l->n; i-- > 0;) {
		rn_buffer_clear(&name);
		rn_buffer_clear(&folded);
		if (l->n)
			rn_put_level_name(&name, t->frames, &l->item[i]);
		else
			rn_put_text(&name, "[no stack]");
		rn_put_folded_name(&folded, rn_buffer_bytes(&name));
		bool ok = rn_buffer_ok(&name) && rn_buffer_ok(&folded);
		at = ok ? rn_flame_child(f, at, rn_buffer_bytes(&folded), l->n && l->item[i].user) : 0;
		if (!at)
			break;
		f->node[at].total += weight;
	}
	f->node[at].self += at ? weight : 0;
	rn_buffer_fini(&name);
	rn_buffer_fini(&folded);
	return at ? 0 : RN_E_NOMEM;
}

static bool comes_before(const struct rn_flame *f, uint32_t a, uint32_t b)
{
	struct rn_bytes x = rn_intern_get(f->names, f->node[a].name);
	struct rn_bytes y = rn_intern_get(f->names, f->node[b].name);
	int order = memcmp(x.p, y.p, x.len < y.len ? x.len : y.len);
	return order ? order < 0 : x.len < y.len;
}

static uint32_t merge(struct rn_flame *f, uint32_t a, uint32_t b)
{
	uint32_t first = 0, last = 0;
	while (a || b) {
		bool take_a = a && (!b || comes_before(f, a, b));
		uint32_t one = take_a ? a : b;
		if (take_a)
			a = f->node[a].next_sibling;
		else
			b = f->node[b].next_sibling;
		if (last)
			f->node[last].next_sibling = one;
		else
			first = one;
		last = one;
	}
	if (last)
		f->node[last].next_sibling = 0;
	return first;
}

static uint32_t sort_siblings(struct rn_flame *f, uint32_t first)
{
	uint32_t slow = first, fast = first;
	if (!first || !f->node[first].next_sibling)
		return first;
	while ((fast = f->node[fast].next_sibling) && (fast = f->node[fast].next_sibling))
		slow = f->node[slow].next_sibling;
	uint32_t second = f->node[slow].next_sibling;
	f->node[slow].next_sibling = 0;
	return merge(f, sort_siblings(f, first), sort_siblings(f, second));
}

int rn_flame_begin(struct rn_flame *f, enum rn_weight weight, struct rn_error *err)
{
	*f = (struct rn_flame){ .weight = weight, .names = rn_intern_new(), .edges = rn_intern_new(),
		.n = 1, .cap = 256 };
	f->node = calloc(f->cap, sizeof(*f->node));
	return f->names && f->edges && f->node ? 0 : no_memory(err);
}

void rn_flame_sort(struct rn_flame *f)
{
	for (uint32_t i = 0; i < f->n; i++)
		f->node[i].first_child = sort_siblings(f, f->node[i].first_child);
}

int rn_flame_init(struct rn_flame *f, const struct rn_stack_tally *t, enum rn_weight weight,
	bool own_only, struct rn_error *err)
{
	struct levels l = { 0 };
	int rc = rn_flame_begin(f, weight, err);
	if (rc)
		return rc;
	for (uint32_t stack = 0; stack < t->n && !rc; stack++) {
		uint64_t w = weigh(&t->sums[stack], weight);
		if (w)
			rc = gather(f, t, stack, own_only, &l, err);
		if (!rc && w && (l.n || !own_only) && add_stack(f, t, &l, w))
			rc = no_memory(err);
	}
	free(l.item);
	rn_flame_sort(f);
	return rc;
}

void rn_flame_fini(struct rn_flame *f)
{
	rn_intern_free(f->names);
	rn_intern_free(f->edges);
	free(f->node);
	free(f->sides);
}

int rn_flame_difference_init(struct rn_flame *f, enum rn_weight weight, struct rn_error *err)
{
	int rc = rn_flame_begin(f, weight, err);
	if (rc)
		return rc;
	f->cap_sides = f->cap;
	f->sides = calloc(f->cap_sides, sizeof(*f->sides));
	return f->sides ? 0 : no_memory(err);
}

static int reach_sides(struct rn_flame *f)
{
	if (f->n <= f->cap_sides)
		return 0;
	struct rn_flame_sides *grown = realloc(f->sides, f->cap * sizeof(*grown));
	if (!grown)
		return RN_E_NOMEM;
	memset(grown + f->cap_sides, 0, (f->cap - f->cap_sides) * sizeof(*grown));
	f->sides = grown;
	f->cap_sides = f->cap;
	return 0;
}

/* Parents stand in front of their children. */
int rn_flame_difference_add(struct rn_flame *f, const struct rn_flame *run, unsigned side, struct rn_error *err)
{
	uint32_t *to = calloc(run->n, sizeof(*to));
	int rc = to ? 0 : no_memory(err);
	for (uint32_t i = 1; i < run->n && !rc; i++) {
		const struct rn_flame_node *n = &run->node[i];
		struct rn_bytes name = rn_normal_function(rn_intern_get(run->names, n->name));
		to[i] = rn_flame_child(f, to[n->parent], name, n->user);
		if (!to[i] || reach_sides(f))
			rc = no_memory(err);
		else
			f->sides[to[i]].self[side] += n->self;
	}
	free(to);
	return rc;
}

void rn_flame_difference_finish(struct rn_flame *f, const size_t n_runs[2])
{
	for (uint32_t i = f->n; i-- > 0;) {
		struct rn_flame_node *n = &f->node[i];
		struct rn_flame_sides *s = &f->sides[i];
		for (unsigned side = 0; side < 2; side++) {
			s->self[side] = n_runs[side] ? (s->self[side] + n_runs[side] / 2) / n_runs[side] : 0;
			s->total[side] += s->self[side];
			if (i)
				f->sides[n->parent].total[side] += s->total[side];
		}
		n->self = s->self[0] + s->self[1];
		n->total = s->total[0] + s->total[1];
	}
	rn_flame_sort(f);
}
