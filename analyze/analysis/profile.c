/* SPDX-License-Identifier: MIT */
/*
 * Each stack of the tally is walked once, from the innermost level out: it finds the function that is
 * charged, everyone's sums with callees (a recursive function counts once), and the path into the graph.
 */
#include "analyze/analysis/functions.h"

#include "analyze/symbol/show.h"
#include "shared/intern.h"

#include <stdlib.h>

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for a profile");
}

/* What one stack came to. */
struct way {
	uint32_t *function; /* the user's own, from the innermost out */
	uint32_t n, cap;
};

static int number_function(struct rn_profile *p, const struct rn_level *level, bool by_module,
	uint32_t *out)
{
	struct rn_buffer key = RN_BUFFER_INIT;
	const struct rn_symbol *s = level->symbol;
	struct rn_bytes module = level->module ? level->module->path : rn_bytes_of(NULL, 0);
	bool is_new = false;
	struct rn_symbol nameless = { .line = 0 };
	const struct rn_level shown = { level->frame, level->module, by_module ? &nameless : s, false };
	rn_put_level_name(&key, p->frames, &shown);
	size_t name_len = key.len;
	rn_put_u8(&key, 0);
	rn_put_bytes(&key, module.p, module.len);
	uint32_t id = rn_buffer_ok(&key) ? rn_intern(p->keys, rn_buffer_bytes(&key), &is_new) :
		RN_INTERN_NONE;
	rn_buffer_fini(&key);
	if (id == RN_INTERN_NONE)
		return RN_E_NOMEM;
	*out = id;
	if (!is_new)
		return 0;
	if (id >= p->cap) {
		uint32_t cap = p->cap ? p->cap * 2 : 64;
		struct rn_function *grown = realloc(p->function, cap * sizeof(*grown));
		if (!grown)
			return RN_E_NOMEM;
		p->function = grown;
		p->cap = cap;
	}
	struct rn_bytes kept = rn_intern_get(p->keys, id);
	p->function[id] = (struct rn_function){ .name = rn_bytes_of(kept.p, name_len),
		.module = rn_bytes_of(kept.p + name_len + 1, kept.len - name_len - 1),
		.is_user = level->user && s->function.len };
	if (!by_module && s->origin)
		p->function[id].description = s->origin->description;
	p->n = id + 1;
	return 0;
}

static int push(struct way *w, uint32_t function)
{
	if (w->n == w->cap) {
		uint32_t cap = w->cap ? w->cap * 2 : 64;
		uint32_t *grown = realloc(w->function, cap * sizeof(*grown));
		if (!grown)
			return RN_E_NOMEM;
		w->function = grown;
		w->cap = cap;
	}
	w->function[w->n++] = function;
	return 0;
}

/* The user's levels of a stack; where there are none, the innermost module stands for all. */
static int walk_stack(struct rn_profile *p, struct way *w, uint32_t stack, struct rn_error *err)
{
	struct rn_level_walk walk = rn_level_walk_of(stack);
	struct rn_level level, innermost;
	uint32_t function;
	bool any = false, made = rn_frames_is_made(p->frames, stack);
	int rc;
	w->n = 0;
	while ((rc = rn_frames_next(p->frames, &walk, &level, err)) == 0) {
		if (!any)
			innermost = level;
		any = true;
		if (!rn_level_is_own(&level, made))
			continue;
		rc = number_function(p, &level, false, &function);
		if (!rc)
			rc = push(w, function);
		if (rc)
			return no_memory(err);
	}
	if (rc != RN_END)
		return rc;
	if (any && !w->n) {
		rc = number_function(p, &innermost, true, &function);
		if (rc || push(w, function))
			return no_memory(err);
	}
	return 0;
}

static uint32_t child_of(struct rn_profile *p, uint32_t parent, uint32_t function)
{
	const uint32_t edge[] = { parent, function };
	bool is_new;
	uint32_t id = rn_intern(p->edges, rn_bytes_of(edge, sizeof(edge)), &is_new);
	if (id == RN_INTERN_NONE || !is_new)
		return id == RN_INTERN_NONE ? 0 : id + 1;
	if (p->n_nodes == p->cap_nodes) {
		uint32_t cap = p->cap_nodes * 2;
		struct rn_graph_node *grown = realloc(p->node, cap * sizeof(*grown));
		if (!grown)
			return 0;
		p->node = grown;
		p->cap_nodes = cap;
	}
	p->node[p->n_nodes] = (struct rn_graph_node){ .parent = parent, .function = function,
		.next_sibling = p->node[parent].first_child };
	p->node[parent].first_child = p->n_nodes;
	return p->n_nodes++;
}

static int add_to_graph(struct rn_profile *p, const struct way *w, const struct rn_stack_sums *sums)
{
	uint32_t at = 0;
	rn_stack_sums_add(&p->node[0].sums, sums);
	for (uint32_t i = w->n; i-- > 0;) {
		at = child_of(p, at, w->function[i]);
		if (!at)
			return RN_E_NOMEM;
		rn_stack_sums_add(&p->node[at].sums, sums);
	}
	return 0;
}

/* Stamped by the stack that was added last, so that recursion counts once. */
struct stamps {
	uint32_t *by_function, n;
};

static int add_to_functions(struct rn_profile *p, const struct way *w, struct stamps *st, uint32_t stack,
	const struct rn_stack_sums *sums)
{
	if (p->n > st->n) {
		uint32_t *grown = realloc(st->by_function, p->cap * sizeof(*grown));
		if (!grown)
			return RN_E_NOMEM;
		memset(grown + st->n, 0, (p->cap - st->n) * sizeof(*grown));
		st->by_function = grown;
		st->n = p->cap;
	}
	rn_stack_sums_add(&p->function[w->function[0]].own, sums);
	for (uint32_t i = 0; i < w->n; i++) {
		uint32_t f = w->function[i];
		if (st->by_function[f] != stack)
			rn_stack_sums_add(&p->function[f].with_callees, sums);
		st->by_function[f] = stack;
	}
	return 0;
}

static bool comes_before(const struct rn_profile *p, uint32_t a, uint32_t b)
{
	const struct rn_graph_node *x = &p->node[a], *y = &p->node[b];
	if (x->sums.time_ns != y->sums.time_ns)
		return x->sums.time_ns > y->sums.time_ns;
	if (x->sums.calls != y->sums.calls)
		return x->sums.calls > y->sums.calls;
	return x->function < y->function;
}

/* Merges two sorted lists of siblings. */
static uint32_t merge(struct rn_profile *p, uint32_t a, uint32_t b)
{
	uint32_t first = 0, last = 0;
	while (a || b) {
		bool take_a = a && (!b || !comes_before(p, b, a));
		uint32_t one = take_a ? a : b;
		if (take_a)
			a = p->node[a].next_sibling;
		else
			b = p->node[b].next_sibling;
		if (last)
			p->node[last].next_sibling = one;
		else
			first = one;
		last = one;
	}
	if (last)
		p->node[last].next_sibling = 0;
	return first;
}

static uint32_t sort_siblings(struct rn_profile *p, uint32_t first)
{
	uint32_t slow = first, fast = first;
	if (!first || !p->node[first].next_sibling)
		return first;
	while ((fast = p->node[fast].next_sibling) && (fast = p->node[fast].next_sibling))
		slow = p->node[slow].next_sibling;
	uint32_t second = p->node[slow].next_sibling;
	p->node[slow].next_sibling = 0;
	return merge(p, sort_siblings(p, first), sort_siblings(p, second));
}

int rn_profile_init(struct rn_profile *p, const struct rn_stack_tally *t, struct rn_error *err)
{
	struct way w = { 0 };
	struct stamps st = { 0 };
	int rc = 0;
	*p = (struct rn_profile){ .frames = t->frames, .keys = rn_intern_new(),
		.edges = rn_intern_new(), .cap_nodes = 256, .n_nodes = 1 };
	p->node = calloc(p->cap_nodes, sizeof(*p->node));
	if (!p->keys || !p->edges || !p->node)
		return no_memory(err);
	if (t->n)
		p->without_stack = t->sums[0].calls;
	for (uint32_t stack = 1; stack < t->n && !rc; stack++) {
		const struct rn_stack_sums *sums = &t->sums[stack];
		if (!sums->calls)
			continue;
		rn_stack_sums_add(&p->total, sums);
		rc = walk_stack(p, &w, stack, err);
		if (!rc && w.n && (add_to_functions(p, &w, &st, stack, sums) || add_to_graph(p, &w, sums)))
			rc = no_memory(err);
	}
	for (uint32_t i = 0; i < p->n_nodes; i++)
		p->node[i].first_child = sort_siblings(p, p->node[i].first_child);
	free(w.function);
	free(st.by_function);
	return rc;
}

void rn_profile_fini(struct rn_profile *p)
{
	rn_intern_free(p->keys);
	rn_intern_free(p->edges);
	free(p->function);
	free(p->node);
}
