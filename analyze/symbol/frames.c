/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/frames.h"

#include "analyze/filters/pattern.h"
#include "analyze/index/stacks.h"
#include "analyze/stack/unwinder.h"
#include "analyze/symbol/show.h"
#include "analyze/symbol/user_code.h"

#include <stdlib.h>

/* What is known of a stack, one each node of the trie. */
struct memo {
	bool user_known, wanted_known;
	bool in, not_in;              /* some level fits such a word */
	uint32_t jit;                 /* node of the innermost user level of code made at run time; 0 none */
	uint32_t lined, any;          /* node of the innermost user level with a line, and of any; 0 none */
	uint16_t lined_level, any_level;
};

/* What is known of a frame. */
struct named {
	const struct rn_symbol *level;
	unsigned n;         /* 0: not looked up yet */
	uint64_t user;      /* bit by level, of the first 64 */
};

struct rn_frames {
	const struct rn_frame_options *o;
	struct rn_transpiler_maps *maps;
	struct rn_user_code *user_code;
	struct rn_patterns *in, *not_in;
	const struct rn_unwinder *unwinder; /* NULL: the usual one */
	struct rn_modules_table *modules;
	struct rn_stacks *stacks;
	struct rn_symbols *symbols;
	struct named *named; /* by number of the frame */
	uint32_t n_named;
	struct memo *memo;
	uint32_t n_memo;
	uint32_t *path; /* scratch: nodes on the way out */
	uint32_t cap_path;
	struct rn_reader *reader;
	struct rn_index **index;  /* NULL: none helps */
	struct rn_index_loan *loan;
	const char *trace;
	struct rn_shown_lines *shown;
};

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for stacks");
}

static int load_maps(struct rn_frames *f, struct rn_error *err)
{
	const struct rn_frame_options *o = f->o;
	f->maps = rn_transpiler_maps_new();
	if (!f->maps)
		return no_memory(err);
	if (!o->maps.n && (o->rewrite || o->rewrite_errors || o->context))
		return rn_fail(err, RN_E_USAGE, "%s needs a map: give --transpiler-map FILE",
			o->rewrite ? "--rewrite-stacktrace" :
			o->rewrite_errors ? "--rewrite-errors" : "--show-transpiler-context");
	for (size_t i = 0; i < o->maps.n; i++) {
		int rc = rn_transpiler_maps_add(f->maps, o->maps.item[i], err);
		if (rc)
			return rc;
	}
	return 0;
}

static int compile(struct rn_patterns **out, const struct rn_strings *words, const char *option,
	struct rn_error *err)
{
	int rc = words->n ? rn_patterns_new(out, words, err) : 0;
	if (rc == RN_E_USAGE)
		rn_error_prefix(err, "%s", option);
	return rc;
}

static int read_words(struct rn_frames *f, struct rn_error *err)
{
	int rc = load_maps(f, err);
	if (!rc && f->o->unwinder)
		rc = rn_unwinder_choose(&f->unwinder, f->o->unwinder, err);
	if (!rc)
		rc = rn_user_code_new(&f->user_code, &f->o->user_code, err);
	if (!rc)
		rc = compile(&f->in, &f->o->in, "--in", err);
	if (!rc)
		rc = compile(&f->not_in, &f->o->not_in, "--not-in", err);
	return rc;
}

int rn_frame_options_check(const struct rn_frame_options *o, struct rn_error *err)
{
	struct rn_frames *f = calloc(1, sizeof(*f));
	if (!f)
		return no_memory(err);
	f->o = o;
	int rc = read_words(f, err);
	rn_frames_free(f);
	return rc;
}

void rn_frame_options_fini(struct rn_frame_options *o)
{
	rn_strings_fini(&o->debug_dirs);
	rn_strings_fini(&o->maps);
	rn_strings_fini(&o->user_code);
	rn_strings_fini(&o->in);
	rn_strings_fini(&o->not_in);
}

static int begin(struct rn_frames *f, struct rn_reader *reader, struct rn_error *err)
{
	const struct rn_symbol_options symbols = { .debug_dirs = f->o->debug_dirs.item,
		.n_debug_dirs = f->o->debug_dirs.n, .sysroot = f->o->sysroot,
		.debuginfod = f->o->debuginfod, .trust_paths = f->o->live, .lines = f->o->source };
	f->modules = rn_modules_new();
	f->stacks = f->modules ? rn_stacks_new(f->modules) : NULL;
	f->symbols = f->stacks ? rn_symbols_new(reader, f->modules, &symbols, f->maps) : NULL;
	if (!f->symbols)
		return no_memory(err);
	const struct rn_image_finder finder = { rn_symbols_find_image, f->symbols };
	rn_modules_set_finder(f->modules, &finder);
	rn_modules_use(f->modules, reader);
	f->reader = reader;
	int rc = f->unwinder ? rn_stacks_use(f->stacks, f->unwinder, err) : 0;
	if (rc || !rn_reader_seekable(reader))
		return rc;
	rc = rn_reader_index(reader, err);
	return rc ? rc : rn_index_scan_modules(f->index ? *f->index : NULL, f->modules, reader, err);
}

static struct rn_stack_parts parts_of(const struct rn_frames *f)
{
	return (struct rn_stack_parts){ f->reader, f->modules, f->stacks, f->symbols };
}

/* Who walks the stacks in another way wants to see them walked. */
static int borrow(struct rn_frames *f, bool make, struct rn_diag *diag, struct rn_error *err)
{
	const struct rn_stack_parts parts = parts_of(f);
	if (f->unwinder || !f->index || !*f->index || f->o->live)
		return 0;
	if (make && !rn_index_has_stacks(*f->index, &parts)) {
		int rc = rn_index_add_stacks(f->index, f->trace, &parts, diag, err);
		if (rc)
			return rc;
	}
	return rn_index_lend(&f->loan, *f->index, &parts, err);
}

int rn_frames_new_indexed(struct rn_frames **out, const struct rn_frame_options *o, struct rn_reader *reader,
	struct rn_index **x, const char *path, bool make, struct rn_diag *diag, struct rn_error *err)
{
	struct rn_frames *f = calloc(1, sizeof(*f));
	*out = NULL;
	if (!f)
		return no_memory(err);
	f->o = o;
	f->index = x;
	f->trace = path;
	int rc = read_words(f, err);
	if (!rc)
		rc = begin(f, reader, err);
	if (!rc)
		rc = borrow(f, make, diag, err);
	if (rc)
		rn_frames_free(f);
	else
		*out = f;
	return rc;
}

int rn_frames_new(struct rn_frames **out, const struct rn_frame_options *o, struct rn_reader *reader,
	struct rn_error *err)
{
	return rn_frames_new_indexed(out, o, reader, NULL, NULL, false, NULL, err);
}

/* What was looked up is there the next time; where it cannot be kept it is looked up again. */
static void give_back(struct rn_frames *f)
{
	const struct rn_stack_parts parts = parts_of(f);
	rn_index_loan_end_stacks(f->loan);
	if (f->index && *f->index && f->symbols && !f->unwinder)
		rn_index_add_symbols(f->index, f->trace, &parts, NULL);
}

void rn_frames_free(struct rn_frames *f)
{
	if (!f)
		return;
	give_back(f);
	rn_symbols_free(f->symbols);
	rn_stacks_free(f->stacks);
	rn_modules_free(f->modules);
	rn_index_loan_free(f->loan);
	rn_shown_lines_free(f->shown);
	rn_patterns_free(f->in);
	rn_patterns_free(f->not_in);
	rn_user_code_free(f->user_code);
	rn_transpiler_maps_free(f->maps);
	free(f->named);
	free(f->memo);
	free(f->path);
	free(f);
}

struct rn_shown_lines **rn_frames_shown_lines(struct rn_frames *f)
{
	return &f->shown;
}

const struct rn_frame_options *rn_frames_options(const struct rn_frames *f)
{
	return f->o;
}

struct rn_modules_table *rn_frames_modules(struct rn_frames *f)
{
	return f->modules;
}

struct rn_symbols *rn_frames_symbols(struct rn_frames *f)
{
	return f->symbols;
}

const struct rn_transpiler_maps *rn_frames_maps(const struct rn_frames *f)
{
	return f->maps;
}

const struct rn_stacks *rn_frames_stacks(const struct rn_frames *f)
{
	return f->stacks;
}

int rn_frames_name_all(struct rn_frames *f, struct rn_error *err)
{
	const struct rn_known_stacks *known = rn_index_loan_stacks(f->loan);
	const struct rn_symbol *levels;
	unsigned n;
	int rc = 0;
	for (uint32_t i = 0; known && i < known->n_frames && !rc; i++)
		rc = rn_symbols_of(f->symbols, &known->frame[i], &levels, &n, err);
	return rc;
}

unsigned rn_frames_want(const struct rn_frames *f)
{
	return rn_stacks_want(f->stacks);
}

int rn_frames_of(struct rn_frames *f, const struct rn_event *ev, uint32_t *stack,
	enum rn_stack_end *end, struct rn_error *err)
{
	return rn_stacks_of(f->stacks, ev, stack, end, err);
}

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
static int name(struct rn_frames *f, uint32_t frame, struct named **out, struct rn_error *err)
{
	if (frame >= f->n_named) {
		uint32_t cap = frame + frame / 2 + 256;
		struct named *grown = realloc(f->named, cap * sizeof(*grown));
		if (!grown)
			return no_memory(err);
		memset(grown + f->n_named, 0, (cap - f->n_named) * sizeof(*grown));
		f->named = grown;
		f->n_named = cap;
	}
	struct named *k = *out = &f->named[frame];
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
	struct named *k = NULL;
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
		struct memo *grown = realloc(f->memo, cap * sizeof(*grown));
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
	struct memo *m = &f->memo[stack];
	const struct memo *out = &f->memo[rn_stacks_node(f->stacks, stack)->parent];
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
static const struct memo *learn(struct rn_frames *f, uint32_t stack)
{
	int64_t way = stack ? way_out(f, stack, offsetof(struct memo, user_known)) : -1;
	while (way > 0)
		if (learn_user(f, f->path[--way], NULL))
			way = -1;
	return way < 0 ? NULL : &f->memo[stack];
}

bool rn_frames_is_made(struct rn_frames *f, uint32_t stack)
{
	const struct memo *m = learn(f, stack);
	return m && m->jit;
}

bool rn_frames_user(struct rn_frames *f, uint32_t stack, struct rn_level *out)
{
	const struct rn_frame *frame;
	const struct rn_symbol *levels;
	unsigned n;
	const struct memo *m = learn(f, stack);
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
	struct memo *m = &f->memo[stack];
	const struct memo *out = &f->memo[rn_stacks_node(f->stacks, stack)->parent];
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
	int64_t way = way_out(f, stack, offsetof(struct memo, wanted_known));
	if (way < 0)
		return no_memory(err);
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
