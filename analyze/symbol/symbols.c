/* SPDX-License-Identifier: MIT */
/*
 * A module's names and lines are looked for when a frame of it is first asked about, each once. Every
 * frame's levels are kept, by (module, address).
 */
#include "analyze/symbol/demangle.h"
#include "analyze/symbol/jit_name.h"
#include "analyze/symbol/symbols_private.h"
#include "shared/intern.h"

#include <stdlib.h>

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for symbols");
}

struct rn_symbols *rn_symbols_new(struct rn_reader *reader, struct rn_modules_table *modules,
	const struct rn_symbol_options *options, const struct rn_transpiler_maps *maps)
{
	struct rn_symbols *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->reader = reader;
	s->modules = modules;
	if (options)
		s->options = *options;
	s->maps = maps && rn_transpiler_maps_n(maps) ? maps : NULL;
	s->options.lines |= s->maps != NULL;
	rn_arena_init(&s->text);
	s->keys = rn_intern_new();
	if (s->keys)
		return s;
	rn_symbols_free(s);
	return NULL;
}

void rn_symbols_free(struct rn_symbols *s)
{
	if (!s)
		return;
	for (uint32_t i = 0; i < s->n_modules; i++) {
		struct rn_module_symbols *m = s->module[i];
		if (!m)
			continue;
		rn_lines_free(m->lines);
		rn_symtab_fini(&m->names);
		rn_held_free(m->held);
		free(m);
	}
	free(s->module);
	rn_held_free(s->images);
	rn_intern_free(s->keys);
	free(s->levels);
	rn_arena_fini(&s->text);
	free(s);
}

static struct rn_module_symbols *module_of(struct rn_symbols *s, uint32_t i)
{
	if (i >= s->n_modules) {
		uint32_t n = i + 16;
		struct rn_module_symbols **grown = realloc(s->module, n * sizeof(*grown));
		if (!grown)
			return NULL;
		memset(grown + s->n_modules, 0, (n - s->n_modules) * sizeof(*grown));
		s->module = grown;
		s->n_modules = n;
	}
	if (!s->module[i])
		s->module[i] = calloc(1, sizeof(struct rn_module_symbols));
	return s->module[i];
}

/* What the maps know. */

static int apply_maps(struct rn_symbols *s, struct rn_symbol *level)
{
	struct rn_origin o = { .line = 0 };
	struct rn_mapped_function f;
	const struct rn_transpiler_map *map = level->file.len ?
		rn_transpiler_maps_of(s->maps, level->file) : NULL;
	const struct rn_mapping *line = map && level->line ?
		rn_transpiler_map_line(map, level->line) : NULL;
	bool known = rn_transpiler_maps_function(s->maps, level->file, level->function, &f);
	if (!line && !known)
		return 0;
	if (known) {
		o.function = f.source_function;
		o.description = f.description;
		map = f.map;
	}
	if (line) {
		o.line = line->source_line;
		o.context = line->context;
		if (line->source_function.len)
			o.function = line->source_function;
	}
	o.file = map->source_file;
	o.language = map->language;
	struct rn_origin *kept = rn_arena_alloc(&s->text, 1, sizeof(*kept));
	if (!kept)
		return RN_E_NOMEM;
	*kept = o;
	level->origin = kept;
	return 0;
}

static int name_level(struct rn_symbols *s, struct rn_symbol *level, struct rn_bytes linkage,
	const char *plain)
{
	level->linkage = linkage.len ? linkage : rn_bytes_str(plain);
	level->function = rn_demangle(&s->text, level->linkage, false);
	level->signature = rn_demangle(&s->text, level->linkage, true);
	return level->linkage.len && (!level->function.p || !level->signature.p) ? RN_E_NOMEM : 0;
}

/* The function itself goes by its name in the symbol table: names do not depend on DWARF. */
static int name_function(struct rn_symbols *s, struct rn_symbol *level, const struct rn_module_symbols *m,
	const struct rn_frame *f, const struct rn_line *line)
{
	const struct rn_symtab_entry *e = rn_symtab_find(&m->names, f->addr);
	if (e) {
		level->offset = f->pc_addr - e->addr;
		return name_level(s, level, e->name, NULL);
	}
	if (!line)
		return 0;
	level->offset = f->pc_addr - line->entry;
	return name_level(s, level, rn_bytes_str(line->linkage), line->function);
}

static int make_jit_level(struct rn_symbols *s, const struct rn_frame *f, const struct rn_module_symbols *m,
	struct rn_levels *out)
{
	struct rn_symbol *level = rn_arena_zalloc(&s->text, 1, sizeof(*level));
	const struct rn_symtab_entry *e = rn_symtab_find(&m->names, f->addr);
	if (!level)
		return RN_E_NOMEM;
	*out = (struct rn_levels){ level, 1 };
	if (!e)
		return 0;
	struct rn_jit_name n = rn_jit_name(e->name);
	*level = (struct rn_symbol){ .function = n.function, .signature = n.function,
		.linkage = e->name, .file = n.file, .line = n.line, .column = n.column,
		.offset = f->pc_addr - e->addr };
	return s->maps ? apply_maps(s, level) : 0;
}

/* Those of another run, with what the maps of this one know. */
static int take_known(struct rn_symbols *s, const struct rn_symbol *known, unsigned n, struct rn_levels *out,
	struct rn_error *err)
{
	struct rn_symbol *level = rn_arena_alloc(&s->text, n, sizeof(*level));
	int rc = level ? 0 : RN_E_NOMEM;
	if (level)
		memcpy(level, known, n * sizeof(*level));
	for (unsigned i = 0; i < n && !rc && s->maps; i++)
		rc = apply_maps(s, &level[i]);
	*out = (struct rn_levels){ level, n };
	return rc ? no_memory(err) : 0;
}

static int make_levels(struct rn_symbols *s, const struct rn_frame *f, struct rn_levels *out,
	struct rn_error *err)
{
	const struct rn_symbol *known;
	unsigned n_known;
	if (s->known && s->known->of(s->known->arg, s, f, &known, &n_known))
		return take_known(s, known, n_known, out, err);
	s->n_new++;
	struct rn_line lines[RN_LINES_LEVELS];
	struct rn_module_symbols *m = module_of(s, f->module);
	int rc = m ? rn_symbols_find_names(s, m, f->module, err) : no_memory(err);
	if (!rc && rn_modules_at(s->modules, f->module)->is_jit)
		return make_jit_level(s, f, m, out) ? no_memory(err) : 0;
	if (!rc && s->options.lines)
		rc = rn_symbols_find_lines(s, m, f->module, err);
	if (rc)
		return rc;
	unsigned n_lines = m->lines && s->options.lines ? rn_lines_of(m->lines, f->addr, lines) : 0;
	unsigned n = n_lines ? n_lines : 1;
	struct rn_symbol *level = rn_arena_zalloc(&s->text, n, sizeof(*level));
	if (!level)
		return no_memory(err);
	for (unsigned i = 0; i < n && !rc; i++) {
		struct rn_symbol *l = &level[i];
		if (n_lines) {
			l->file = lines[i].file;
			l->line = lines[i].line;
			l->column = lines[i].column;
			l->inlined = lines[i].inlined;
		}
		if (i + 1 == n) {
			rc = name_function(s, l, m, f, n_lines ? &lines[i] : NULL);
		} else {
			rc = name_level(s, l, rn_bytes_str(lines[i].linkage), lines[i].function);
			l->offset = f->pc_addr - lines[i].entry;
		}
		if (!rc && s->maps)
			rc = apply_maps(s, l);
	}
	*out = (struct rn_levels){ level, n };
	return rc ? no_memory(err) : 0;
}

static int room_for(struct rn_symbols *s, uint32_t id, struct rn_error *err)
{
	if (id < s->cap_levels)
		return 0;
	uint32_t cap = s->cap_levels ? s->cap_levels * 2 : 1024;
	struct rn_levels *grown = realloc(s->levels, cap * sizeof(*grown));
	if (!grown)
		return no_memory(err);
	memset(grown + s->cap_levels, 0, (cap - s->cap_levels) * sizeof(*grown));
	s->levels = grown;
	s->cap_levels = cap;
	return 0;
}

int rn_symbols_of(struct rn_symbols *s, const struct rn_frame *f, const struct rn_symbol **levels,
	unsigned *n, struct rn_error *err)
{
	static const struct rn_symbol unknown;
	const uint64_t key[] = { f->module, f->addr, f->pc_addr };
	*levels = &unknown;
	*n = 1;
	if (f->module == RN_NO_MODULE || f->module >= rn_modules_n(s->modules))
		return 0;
	uint32_t id = rn_intern(s->keys, rn_bytes_of(key, sizeof(key)), NULL);
	int rc = id == RN_INTERN_NONE ? no_memory(err) : room_for(s, id, err);
	if (!rc && !s->levels[id].n)
		rc = make_levels(s, f, &s->levels[id], err);
	if (!rc) {
		*levels = s->levels[id].level;
		*n = s->levels[id].n;
	}
	return rc;
}

bool rn_symbols_has_lines(const struct rn_symbols *s, uint32_t i)
{
	return s->options.lines && i < s->n_modules && s->module[i] && s->module[i]->lines;
}

static int find_sources(struct rn_symbols *s, uint32_t i, bool lines, struct rn_symbols_facts *out,
	struct rn_error *err)
{
	struct rn_module_symbols *m = module_of(s, i);
	int rc = m ? rn_symbols_find_names(s, m, i, err) : no_memory(err);
	if (!rc && lines)
		rc = rn_symbols_find_lines(s, m, i, err);
	if (rc)
		return rc;
	*out = (struct rn_symbols_facts){ .names_from = m->names_from, .lines_from = m->lines_from,
		.n_names = m->names.n, .exported_only = m->names.is_dynamic && m->names.n,
		.refused = m->refused, .debug_link = m->debug_link };
	out->names_path = m->names_in ? m->names_in->found.path : NULL;
	out->lines_path = m->lines_in ? m->lines_in->found.path : NULL;
	out->alt_path = m->alt_in ? m->alt_in->found.path : NULL;
	if (m->lines_in)
		out->alt_build_id = m->lines_in->found.elf.alt_build_id;
	out->alt_missing = out->alt_build_id.len && !m->alt_in;
	return 0;
}

int rn_symbols_facts(struct rn_symbols *s, uint32_t i, struct rn_symbols_facts *out,
	struct rn_error *err)
{
	return find_sources(s, i, true, out, err);
}

int rn_symbols_sources(struct rn_symbols *s, uint32_t i, struct rn_symbols_facts *out,
	struct rn_error *err)
{
	return find_sources(s, i, s->options.lines, out, err);
}

void rn_symbols_know(struct rn_symbols *s, const struct rn_known_symbols *known)
{
	s->known = known;
}

uint32_t rn_symbols_n_new(const struct rn_symbols *s)
{
	return s->n_new;
}

uint32_t rn_symbols_n(const struct rn_symbols *s)
{
	return rn_intern_count(s->keys);
}

void rn_symbols_at(const struct rn_symbols *s, uint32_t i, struct rn_frame *frame, const struct rn_symbol **levels,
	unsigned *n)
{
	uint64_t key[3];
	memcpy(key, rn_intern_get(s->keys, i).p, sizeof(key));
	*frame = (struct rn_frame){ .module = (uint32_t)key[0], .addr = key[1], .pc_addr = key[2] };
	*levels = i < s->cap_levels ? s->levels[i].level : NULL;
	*n = i < s->cap_levels ? s->levels[i].n : 0;
}

bool rn_symbols_wants_lines(const struct rn_symbols *s)
{
	return s->options.lines;
}
