/* SPDX-License-Identifier: MIT */
/*
 * A module's names and lines are looked for when a frame of it is first asked about, each once. Every
 * frame's levels are kept, by (module, address).
 */
#include "analyze/symbol/symbols.h"

#include "analyze/symbol/demangle.h"
#include "analyze/symbol/jit_name.h"
#include "analyze/symbol/lines.h"
#include "analyze/symbol/minidebug.h"
#include "analyze/symbol/symtab.h"
#include "shared/arena.h"
#include "shared/intern.h"

#include <elf.h>
#include <stdlib.h>
#include <sys/auxv.h>

#define REFUSED_MAX 16

/* An ELF file that something is read from. */
struct held {
	struct rn_found found; /* of a trace's image only the view */
	struct rn_buffer unpacked; /* its .gnu_debugdata */
	struct rn_elf_view more;   /* of that */
	struct held *next;
};

struct module {
	bool names_tried, lines_tried;
	enum rn_symbols_from names_from, lines_from;
	struct held *names_in, *lines_in; /* NULL: nowhere */
	struct rn_symtab names;
	struct rn_lines *lines;
	struct held *held;
	struct rn_refused *refused;
	unsigned n_refused;
	struct rn_bytes debug_link;
};

struct levels {
	const struct rn_symbol *level;
	unsigned n;
};

struct rn_symbols {
	struct rn_reader *reader;
	struct rn_modules_table *modules;
	struct rn_symbol_options options;
	const struct rn_transpiler_maps *maps;
	struct module **module;
	uint32_t n_modules;
	struct rn_intern *keys;
	struct levels *levels; /* by the key's number */
	uint32_t cap_levels;
	struct rn_arena text;
	struct held *images;   /* found for unwinding */
};

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

static void free_held(struct held *h)
{
	while (h) {
		struct held *next = h->next;
		rn_found_close(&h->found);
		rn_elf_view_fini(&h->more);
		rn_buffer_fini(&h->unpacked);
		free(h);
		h = next;
	}
}

void rn_symbols_free(struct rn_symbols *s)
{
	if (!s)
		return;
	for (uint32_t i = 0; i < s->n_modules; i++) {
		struct module *m = s->module[i];
		if (!m)
			continue;
		rn_lines_free(m->lines);
		rn_symtab_fini(&m->names);
		free_held(m->held);
		free(m);
	}
	free(s->module);
	free_held(s->images);
	rn_intern_free(s->keys);
	free(s->levels);
	rn_arena_fini(&s->text);
	free(s);
}

static struct module *module_of(struct rn_symbols *s, uint32_t i)
{
	if (i >= s->n_modules) {
		uint32_t n = i + 16;
		struct module **grown = realloc(s->module, n * sizeof(*grown));
		if (!grown)
			return NULL;
		memset(grown + s->n_modules, 0, (n - s->n_modules) * sizeof(*grown));
		s->module = grown;
		s->n_modules = n;
	}
	if (!s->module[i])
		s->module[i] = calloc(1, sizeof(struct module));
	return s->module[i];
}

/* Where what is being looked for may be. */
struct hunt {
	struct rn_symbols *s;
	struct module *m;
	/** Whether this file has it; then it was read. */
	bool (*take)(struct hunt *h, struct held *from, bool in_trace);
	bool (*is_of_use)(const struct rn_elf_view *e);
	struct held **list; /* where what is kept goes */
	int rc;
};

static struct held *hold(struct hunt *h, const struct rn_found *f)
{
	struct held *held = calloc(1, sizeof(*held));
	if (!held) {
		h->rc = RN_E_NOMEM;
		return NULL;
	}
	held->found = *f;
	held->next = *h->list;
	*h->list = held;
	return held;
}

/* What was opened last turned out to be of no use. */
static void let_go(struct hunt *h)
{
	struct held *held = *h->list;
	*h->list = held->next;
	held->next = NULL;
	free_held(held);
}

static bool try_view(struct hunt *h, struct rn_bytes image)
{
	struct rn_found f = { .path = NULL };
	struct rn_error ignored;
	int rc = rn_elf_view_init(&f.elf, image, &ignored);
	if (rc == RN_E_NOMEM)
		h->rc = rc;
	if (rc || h->rc) {
		rn_elf_view_fini(&f.elf);
		return false;
	}
	if (f.elf.debug_link.len && !h->m->debug_link.len)
		h->m->debug_link = f.elf.debug_link;
	if (!h->is_of_use(&f.elf)) {
		rn_elf_view_fini(&f.elf);
		return false;
	}
	struct held *held = hold(h, &f);
	if (!held)
		rn_elf_view_fini(&f.elf);
	else if (h->take(h, held, true))
		return true;
	else
		let_go(h);
	return false;
}

static bool is_same(const struct rn_module *m, const struct rn_module_image *image)
{
	if (m->build_id.len || image->build_id.len)
		return rn_bytes_equal(m->build_id, image->build_id);
	return rn_bytes_equal(m->path, image->name);
}

/* Later images come first: they were added afterwards, because the earlier ones lacked something. */
static bool try_trace(struct hunt *h, const struct rn_module *module)
{
	for (size_t i = rn_reader_n_modules(h->s->reader); i-- > 0 && !h->rc;) {
		struct rn_module_image what;
		rn_reader_module_what(h->s->reader, i, &what);
		if ((what.kind != RN_MODULE_ELF && what.kind != RN_MODULE_DEBUG) ||
			!is_same(module, &what))
			continue;
		int rc = rn_reader_module(h->s->reader, i, &what, NULL);
		if (rc == RN_E_NOMEM)
			h->rc = rc;
		if (!rc && try_view(h, what.image))
			return true;
	}
	return false;
}

/* A kernel gives every process the same vdso: ours, if it has the right build-id. */
static bool try_own_vdso(struct hunt *h, const struct rn_module *module)
{
	const uint8_t *at = (const uint8_t *)getauxval(AT_SYSINFO_EHDR);
	struct rn_elf_view e;
	if (!at || h->s->options.trace_only || !rn_bytes_equal(module->path, rn_bytes_str("[vdso]")))
		return false;
	const Elf64_Ehdr *head = (const Elf64_Ehdr *)at;
	size_t len = sizeof(void *) == 8 ? head->e_shoff + (size_t)head->e_shnum * head->e_shentsize : 0;
	if (!len || len > 65536 || rn_elf_view_init(&e, rn_bytes_of(at, len), NULL))
		return false;
	bool same = e.build_id.len && rn_bytes_equal(e.build_id, module->build_id);
	rn_elf_view_fini(&e);
	return same && try_view(h, rn_bytes_of(at, len));
}

static enum rn_find_answer offered(void *arg, struct rn_found *f)
{
	struct hunt *h = arg;
	if (!h->is_of_use(&f->elf))
		return RN_FIND_GO_ON;
	const char *path = rn_arena_dup(&h->s->text, rn_bytes_str(f->path));
	struct rn_found kept = *f;
	kept.path = path;
	struct held *held = path ? hold(h, &kept) : NULL;
	if (!held) {
		h->rc = RN_E_NOMEM;
		return RN_FIND_GO_ON;
	}
	if (h->take(h, held, false))
		return RN_FIND_TAKEN;
	*h->list = held->next;
	rn_elf_view_fini(&held->more);
	rn_buffer_fini(&held->unpacked);
	free(held); /* the searcher closes the file */
	return RN_FIND_GO_ON;
}

static void refused(void *arg, const char *path, struct rn_bytes build_id)
{
	struct hunt *h = arg;
	struct module *m = h->m;
	for (const struct rn_refused *r = m->refused; r; r = r->next)
		if (strcmp(r->path, path) == 0)
			return;
	if (m->n_refused == REFUSED_MAX)
		return;
	struct rn_refused *r = rn_arena_zalloc(&h->s->text, 1, sizeof(*r));
	char *kept = rn_arena_dup(&h->s->text, rn_bytes_str(path));
	char *id = rn_arena_dup(&h->s->text, build_id);
	if (!r || !kept || !id) {
		h->rc = RN_E_NOMEM;
		return;
	}
	*r = (struct rn_refused){ kept, rn_bytes_of(id, build_id.len), NULL };
	struct rn_refused **end = &m->refused;
	while (*end)
		end = (struct rn_refused **)&(*end)->next;
	*end = r;
	m->n_refused++;
}

static bool hunt_in_trace(struct hunt *h, const struct rn_module *module)
{
	return try_trace(h, module) || try_own_vdso(h, module);
}

static int hunt_outside(struct hunt *h, const struct rn_module *module, struct rn_error *err)
{
	const struct rn_find_receiver to = { h, offered, refused };
	struct rn_find_wanted wanted = { module->path, module->build_id, h->m->debug_link };
	int rc = h->rc ? 0 : rn_find(&h->s->options, &wanted, &to, err);
	return rc || h->rc ? no_memory(err) : 0;
}

static int hunt(struct hunt *h, const struct rn_module *module, struct rn_error *err)
{
	return hunt_in_trace(h, module) ? 0 : hunt_outside(h, module, err);
}

static bool has_data(const struct rn_elf_view *e, const char *name)
{
	const struct rn_elf_section *s = rn_elf_section(e, name);
	return s && s->data.len;
}

static bool has_names(const struct rn_elf_view *e)
{
	return has_data(e, ".symtab") || has_data(e, ".dynsym") || has_data(e, ".gnu_debugdata");
}

/* What is damaged of .gnu_debugdata is not there. */
static int unpack_more(struct held *from)
{
	const struct rn_elf_section *s = rn_elf_section(&from->found.elf, ".gnu_debugdata");
	if (has_data(&from->found.elf, ".symtab") || !s || !s->data.len || from->unpacked.p)
		return 0;
	if (!rn_minidebug_unpack(&from->unpacked, s->data))
		return rn_buffer_ok(&from->unpacked) ? 0 : RN_E_NOMEM;
	int rc = rn_elf_view_init(&from->more, rn_buffer_bytes(&from->unpacked), NULL);
	return rc == RN_E_NOMEM ? rc : 0;
}

static bool take_names(struct hunt *h, struct held *from, bool in_trace)
{
	struct module *m = h->m;
	int rc = unpack_more(from);
	if (!rc)
		rc = rn_symtab_init(&m->names, &from->found.elf, from->more.file.len ? &from->more : NULL,
			NULL);
	if (rc)
		h->rc = rc;
	if (rc || !m->names.n) {
		rn_symtab_fini(&m->names);
		return false;
	}
	m->names_from = in_trace ? RN_FROM_TRACE : RN_FROM_FILE;
	m->names_in = from;
	return true;
}

static int find_jit_names(struct rn_symbols *s, struct module *m, uint32_t i, struct rn_error *err)
{
	struct rn_bytes text;
	int rc = rn_modules_embedded(s->modules, i, &text, err);
	if (!rc && text.len)
		rc = rn_symtab_init_jit(&m->names, text, err);
	if (!rc && m->names.n)
		m->names_from = RN_FROM_TRACE;
	return rc;
}

static bool has_symtab(const struct rn_elf_view *e)
{
	return has_data(e, ".symtab") || has_data(e, ".gnu_debugdata");
}

/* All functions are better than the exported ones. But what the trace knows is put aside only for a place
 * that was named: the names of a trace are the same wherever it is read. */
static int find_names(struct rn_symbols *s, struct module *m, uint32_t i, struct rn_error *err)
{
	const struct rn_module module = *rn_modules_at(s->modules, i);
	struct hunt all = { s, m, take_names, has_symtab, &m->held, 0 };
	struct hunt some = { s, m, take_names, has_names, &m->held, 0 };
	bool named = s->options.all_names || s->options.n_debug_dirs || s->options.debuginfod || s->options.sysroot;
	if (m->names_tried)
		return 0;
	m->names_tried = true;
	if (module.is_jit)
		return find_jit_names(s, m, i, err);
	if (hunt_in_trace(&all, &module) || (!named && !all.rc && hunt_in_trace(&some, &module)))
		return 0;
	int rc = all.rc || some.rc ? no_memory(err) : hunt_outside(&all, &module, err);
	return rc || m->names.n ? rc : hunt(&some, &module, err);
}

static bool has_lines(const struct rn_elf_view *e)
{
	return rn_elf_has_debug(e, "debug_info");
}

static bool take_lines(struct hunt *h, struct held *from, bool in_trace)
{
	int rc = rn_lines_new(&h->m->lines, &from->found.elf, NULL);
	if (rc)
		h->rc = rc;
	if (!h->m->lines)
		return false;
	h->m->lines_from = in_trace ? RN_FROM_TRACE : RN_FROM_FILE;
	h->m->lines_in = from;
	return true;
}

static int find_lines(struct rn_symbols *s, struct module *m, uint32_t i, struct rn_error *err)
{
	const struct rn_module module = *rn_modules_at(s->modules, i);
	struct hunt h = { s, m, take_lines, has_lines, &m->held, 0 };
	if (m->lines_tried || module.is_jit)
		return 0;
	m->lines_tried = true;
	return hunt(&h, &module, err);
}

/* Code to unwind by: a debug file has none, its sections are empty. */
static bool has_code(const struct rn_elf_view *e)
{
	return has_data(e, ".eh_frame") || has_data(e, ".text");
}

static bool take_image(struct hunt *h, struct held *from, bool in_trace)
{
	(void)h, (void)from;
	return !in_trace;
}

static int find_image(struct rn_symbols *s, const struct rn_module *module, const struct held **found,
	struct rn_error *err)
{
	struct module nobody = { .names_tried = true };
	struct hunt h = { s, &nobody, take_image, has_code, &s->images, 0 };
	const struct rn_find_receiver to = { &h, offered, NULL };
	struct rn_find_wanted wanted = { module->path, module->build_id, { NULL, 0 } };
	struct held *before = s->images;
	int rc = rn_find(&s->options, &wanted, &to, err);
	if (!rc && h.rc)
		rc = no_memory(err);
	*found = !rc && s->images != before ? s->images : NULL;
	return rc;
}

int rn_symbols_find_image(void *symbols, const struct rn_module *module, struct rn_bytes *elf,
	struct rn_error *err)
{
	const struct held *found;
	int rc = find_image(symbols, module, &found, err);
	if (found)
		*elf = found->found.file.bytes;
	return rc;
}

int rn_symbols_find_image_path(struct rn_symbols *s, const struct rn_module *module, const char **path,
	struct rn_error *err)
{
	const struct held *found;
	int rc = find_image(s, module, &found, err);
	*path = found ? found->found.path : NULL;
	return rc;
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
static int name_function(struct rn_symbols *s, struct rn_symbol *level, const struct module *m,
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

static int make_jit_level(struct rn_symbols *s, const struct rn_frame *f, const struct module *m,
	struct levels *out)
{
	struct rn_symbol *level = rn_arena_zalloc(&s->text, 1, sizeof(*level));
	const struct rn_symtab_entry *e = rn_symtab_find(&m->names, f->addr);
	if (!level)
		return RN_E_NOMEM;
	*out = (struct levels){ level, 1 };
	if (!e)
		return 0;
	struct rn_jit_name n = rn_jit_name(e->name);
	*level = (struct rn_symbol){ .function = n.function, .signature = n.function,
		.linkage = e->name, .file = n.file, .line = n.line, .column = n.column,
		.offset = f->pc_addr - e->addr };
	return s->maps ? apply_maps(s, level) : 0;
}

static int make_levels(struct rn_symbols *s, const struct rn_frame *f, struct levels *out,
	struct rn_error *err)
{
	struct rn_line lines[RN_LINES_LEVELS];
	struct module *m = module_of(s, f->module);
	int rc = m ? find_names(s, m, f->module, err) : no_memory(err);
	if (!rc && rn_modules_at(s->modules, f->module)->is_jit)
		return make_jit_level(s, f, m, out) ? no_memory(err) : 0;
	if (!rc && s->options.lines)
		rc = find_lines(s, m, f->module, err);
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
	*out = (struct levels){ level, n };
	return rc ? no_memory(err) : 0;
}

static int room_for(struct rn_symbols *s, uint32_t id, struct rn_error *err)
{
	if (id < s->cap_levels)
		return 0;
	uint32_t cap = s->cap_levels ? s->cap_levels * 2 : 1024;
	struct levels *grown = realloc(s->levels, cap * sizeof(*grown));
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

int rn_symbols_facts(struct rn_symbols *s, uint32_t i, struct rn_symbols_facts *out,
	struct rn_error *err)
{
	struct module *m = module_of(s, i);
	int rc = m ? find_names(s, m, i, err) : no_memory(err);
	if (!rc)
		rc = find_lines(s, m, i, err);
	if (rc)
		return rc;
	*out = (struct rn_symbols_facts){ .names_from = m->names_from, .lines_from = m->lines_from,
		.n_names = m->names.n, .exported_only = m->names.is_dynamic && m->names.n,
		.refused = m->refused, .debug_link = m->debug_link };
	out->names_path = m->names_in ? m->names_in->found.path : NULL;
	out->lines_path = m->lines_in ? m->lines_in->found.path : NULL;
	return 0;
}
