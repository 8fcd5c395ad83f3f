/* SPDX-License-Identifier: MIT */
/* What there is to say of a stack: its levels with their names, whose code they are, whether a filter wants it. */
#include "analyze/symbol/frames_private.h"

#include <stdlib.h>

static void fill(struct rn_frames *f, const struct rn_frame *frame, const struct rn_symbol *symbol,
	struct rn_level *out)
{
	bool has_module = frame->module != RN_NO_MODULE;
	out->frame = frame;
	out->module = has_module ? rn_modules_at(f->modules, frame->module) : NULL;
	out->symbol = symbol;
	out->user = rn_user_code_is(f->user_code, out->module, symbol,
		has_module && rn_symbols_has_lines(f->symbols, frame->module));
}

/* The frame's levels, looked up once. 0 or RN_E_NOMEM. */
static int name(struct rn_frames *f, uint32_t frame, struct rn_frames_named **out, struct rn_error *err)
{
	if (frame >= f->n_named) {
		uint32_t cap = frame + frame / 2 + 256;
		struct rn_frames_named *grown = realloc(f->named, cap * sizeof(*grown));
		if (!grown)
			return rn_frames_no_memory(err);
		memset(grown + f->n_named, 0, (cap - f->n_named) * sizeof(*grown));
		f->named = grown;
		f->n_named = cap;
	}
	struct rn_frames_named *k = *out = &f->named[frame];
	if (k->n)
		return 0;
	const struct rn_frame *fr = rn_stacks_frame(f->stacks, frame);
	struct rn_level level;
	unsigned n;
	int rc = rn_symbols_of(f->symbols, fr, &k->level, &n, err);
	for (unsigned i = 0; !rc && i < n && i < 64; i++) {
		fill(f, fr, &k->level[i], &level);
		k->user |= (uint64_t)level.user << i;
	}
	k->n = rc ? 0 : n;
	return rc;
}

int rn_frames_next(struct rn_frames *f, struct rn_level_walk *w, struct rn_level *out,
	struct rn_error *err)
{
	struct rn_frames_named *k = NULL;
	if (!w->stack)
		return RN_END;
	const struct rn_stack_node *node = rn_stacks_node(f->stacks, w->stack);
	int rc = name(f, node->frame, &k, err);
	if (rc)
		return rc;
	const struct rn_frame *frame = rn_stacks_frame(f->stacks, node->frame);
	if (w->level < 64)
		*out = (struct rn_level){ frame, frame->module == RN_NO_MODULE ? NULL :
			rn_modules_at(f->modules, frame->module), &k->level[w->level],
			k->user >> w->level & 1 };
	else
		fill(f, frame, &k->level[w->level], out);
	if (++w->level >= k->n) {
		w->stack = node->parent;
		w->level = 0;
	}
	return 0;
}

/* The nodes from `stack` out to the first that `known` says is known; how many, or -1: no memory. */
static int64_t way_out(struct rn_frames *f, uint32_t stack, size_t known)
{
	uint32_t n_nodes = rn_stacks_n_nodes(f->stacks), n = 0;
	if (n_nodes > f->n_memo) {
		uint32_t cap = n_nodes + n_nodes / 2 + 64;
		struct rn_frames_memo *grown = realloc(f->memo, cap * sizeof(*grown));
		if (!grown)
			return -1;
		memset(grown + f->n_memo, 0, (cap - f->n_memo) * sizeof(*grown));
		f->memo = grown;
		f->n_memo = cap;
	}
	for (; stack && !((const bool *)&f->memo[stack])[known];
		stack = rn_stacks_node(f->stacks, stack)->parent) {
		if (n == f->cap_path) {
			uint32_t cap = f->cap_path ? f->cap_path * 2 : 256;
			uint32_t *grown = realloc(f->path, cap * sizeof(*grown));
			if (!grown)
				return -1;
			f->path = grown;
			f->cap_path = cap;
		}
		f->path[n++] = stack;
	}
	return n;
}

static int levels_of(struct rn_frames *f, uint32_t stack, const struct rn_frame **frame,
	const struct rn_symbol **levels, unsigned *n, struct rn_error *err)
{
	*frame = rn_stacks_frame(f->stacks, rn_stacks_node(f->stacks, stack)->frame);
	return rn_symbols_of(f->symbols, *frame, levels, n, err);
}

static int learn_user(struct rn_frames *f, uint32_t stack, struct rn_error *err)
{
	const struct rn_frame *frame;
	const struct rn_symbol *levels;
	unsigned n;
	struct rn_level level;
	struct rn_frames_memo *m = &f->memo[stack];
	const struct rn_frames_memo *out = &f->memo[rn_stacks_node(f->stacks, stack)->parent];
	int rc = levels_of(f, stack, &frame, &levels, &n, err);
	if (rc)
		return rc;
	m->jit = out->jit;
	m->lined = out->lined;
	m->lined_level = out->lined_level;
	m->any = out->any;
	m->any_level = out->any_level;
	for (unsigned i = n; i-- > 0;) {
		fill(f, frame, &levels[i], &level);
		if (!level.user)
			continue;
		m->any = stack;
		m->any_level = (uint16_t)i;
		if (level.module && level.module->is_jit && !f->o->user_code.n)
			m->jit = stack;
		if (levels[i].line) {
			m->lined = stack;
			m->lined_level = (uint16_t)i;
		}
	}
	m->user_known = true;
	return 0;
}

/* NULL: no stack, or no memory. */
static const struct rn_frames_memo *learn(struct rn_frames *f, uint32_t stack)
{
	int64_t way = stack ? way_out(f, stack, offsetof(struct rn_frames_memo, user_known)) : -1;
	while (way > 0)
		if (learn_user(f, f->path[--way], NULL))
			way = -1;
	return way < 0 ? NULL : &f->memo[stack];
}

bool rn_frames_is_made(struct rn_frames *f, uint32_t stack)
{
	const struct rn_frames_memo *m = learn(f, stack);
	return m && m->jit;
}

bool rn_frames_user(struct rn_frames *f, uint32_t stack, struct rn_level *out)
{
	const struct rn_frame *frame;
	const struct rn_symbol *levels;
	unsigned n;
	const struct rn_frames_memo *m = learn(f, stack);
	if (!m)
		return false;
	uint32_t node = m->jit ? m->jit : m->lined ? m->lined : m->any;
	unsigned level = m->jit ? 0 : m->lined ? m->lined_level : m->any_level;
	if (!node || levels_of(f, node, &frame, &levels, &n, NULL) || level >= n)
		return false;
	fill(f, frame, &levels[level], out);
	return true;
}

static struct rn_bytes last_part(struct rn_bytes name)
{
	for (size_t i = name.len; i > 2; i--)
		if (name.p[i - 1] == ':' && name.p[i - 2] == ':')
			return rn_bytes_of(name.p + i, name.len - i);
	return name;
}

/* As it is, or by a word of the patterns; *fits stays when nothing does. */
static int try_name(struct rn_patterns *p, const struct rn_strings *words, struct rn_bytes name,
	bool *fits, struct rn_error *err)
{
	for (size_t i = 0; name.len && i < words->n && !*fits; i++)
		*fits = rn_bytes_equal(name, rn_bytes_str(words->item[i]));
	if (*fits || !name.len)
		return 0;
	int rc = rn_patterns_match(p, name, err);
	*fits = rc == 1;
	return rc < 0 ? rc : 0;
}

static int try_level(struct rn_patterns *p, const struct rn_strings *words, const struct rn_symbol *s,
	bool *fits, struct rn_error *err)
{
	if (!p)
		return 0;
	int rc = try_name(p, words, s->function, fits, err);
	if (!rc)
		rc = try_name(p, words, last_part(s->function), fits, err);
	if (!rc)
		rc = try_name(p, words, s->signature, fits, err);
	if (!rc)
		rc = try_name(p, words, s->linkage, fits, err);
	if (!rc && s->origin)
		rc = try_name(p, words, s->origin->function, fits, err);
	return rc;
}

static int learn_wanted(struct rn_frames *f, uint32_t stack, struct rn_error *err)
{
	const struct rn_frame *frame;
	const struct rn_symbol *levels;
	unsigned n;
	struct rn_frames_memo *m = &f->memo[stack];
	const struct rn_frames_memo *out = &f->memo[rn_stacks_node(f->stacks, stack)->parent];
	int rc = levels_of(f, stack, &frame, &levels, &n, err);
	m->in = out->in;
	m->not_in = out->not_in;
	for (unsigned i = 0; i < n && !rc; i++) {
		rc = try_level(f->in, &f->o->in, &levels[i], &m->in, err);
		if (!rc)
			rc = try_level(f->not_in, &f->o->not_in, &levels[i], &m->not_in, err);
	}
	m->wanted_known = !rc;
	return rc;
}

int rn_frames_wanted(struct rn_frames *f, uint32_t stack, bool *wanted, struct rn_error *err)
{
	int rc = 0;
	*wanted = !f->in;
	if (!stack)
		return 0;
	int64_t way = way_out(f, stack, offsetof(struct rn_frames_memo, wanted_known));
	if (way < 0)
		return rn_frames_no_memory(err);
	while (way > 0 && !rc)
		rc = learn_wanted(f, f->path[--way], err);
	*wanted = !rc && (!f->in || f->memo[stack].in) && !f->memo[stack].not_in;
	return rc;
}

struct rn_place_shown rn_frames_shown(const struct rn_frames *f, const struct rn_symbol *s)
{
	struct rn_place_shown p = { s->function, s->file, s->line };
	if (!f->o->rewrite || !s->origin)
		return p;
	if (s->origin->function.len)
		p.function = s->origin->function;
	if (s->origin->line) {
		p.file = s->origin->file;
		p.line = s->origin->line;
	}
	return p;
}
