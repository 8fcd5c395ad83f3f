/* SPDX-License-Identifier: MIT */
/*
 * Where a module's names, lines and code are: first in the trace, then outside. Each hunt offers one ELF
 * file after the other to whoever asked, until one is taken.
 */
#include "analyze/symbol/minidebug.h"
#include "analyze/symbol/symbols_private.h"

#include <elf.h>
#include <stdlib.h>
#include <sys/auxv.h>

#define REFUSED_MAX 16

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for symbols");
}

void rn_held_free(struct rn_held *h)
{
	while (h) {
		struct rn_held *next = h->next;
		rn_found_close(&h->found);
		rn_elf_view_fini(&h->more);
		rn_buffer_fini(&h->unpacked);
		free(h);
		h = next;
	}
}

/* Where what is being looked for may be. */
struct hunt {
	struct rn_symbols *s;
	struct rn_module_symbols *m;
	/** Whether this file has it; then it was read. */
	bool (*take)(struct hunt *h, struct rn_held *from, bool in_trace);
	bool (*is_of_use)(const struct rn_elf_view *e);
	struct rn_held **list; /* where what is kept goes */
	int rc;
};

static struct rn_held *hold(struct hunt *h, const struct rn_found *f)
{
	struct rn_held *held = calloc(1, sizeof(*held));
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
	struct rn_held *held = *h->list;
	*h->list = held->next;
	held->next = NULL;
	rn_held_free(held);
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
	struct rn_held *held = hold(h, &f);
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
	struct rn_held *held = path ? hold(h, &kept) : NULL;
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
	struct rn_module_symbols *m = h->m;
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
static int unpack_more(struct rn_held *from)
{
	const struct rn_elf_section *s = rn_elf_section(&from->found.elf, ".gnu_debugdata");
	if (has_data(&from->found.elf, ".symtab") || !s || !s->data.len || from->unpacked.p)
		return 0;
	if (!rn_minidebug_unpack(&from->unpacked, s->data))
		return rn_buffer_ok(&from->unpacked) ? 0 : RN_E_NOMEM;
	int rc = rn_elf_view_init(&from->more, rn_buffer_bytes(&from->unpacked), NULL);
	return rc == RN_E_NOMEM ? rc : 0;
}

static bool take_names(struct hunt *h, struct rn_held *from, bool in_trace)
{
	struct rn_module_symbols *m = h->m;
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

static int find_jit_names(struct rn_symbols *s, struct rn_module_symbols *m, uint32_t i, struct rn_error *err)
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
int rn_symbols_find_names(struct rn_symbols *s, struct rn_module_symbols *m, uint32_t i, struct rn_error *err)
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

static bool take_lines(struct hunt *h, struct rn_held *from, bool in_trace)
{
	int rc = rn_lines_new(&h->m->lines, &from->found.elf, !in_trace, NULL);
	if (rc)
		h->rc = rc;
	if (!h->m->lines)
		return false;
	h->m->lines_from = in_trace ? RN_FROM_TRACE : RN_FROM_FILE;
	h->m->lines_in = from;
	return true;
}

static bool has_shared_debug(const struct rn_elf_view *e)
{
	return has_lines(e) || rn_elf_has_debug(e, "debug_str");
}

static bool take_alt(struct hunt *h, struct rn_held *from, bool in_trace)
{
	if (rn_lines_use_alt(h->m->lines, &from->found.elf, NULL)) {
		h->rc = RN_E_NOMEM;
		return false;
	}
	h->m->alt_from = in_trace ? RN_FROM_TRACE : RN_FROM_FILE;
	h->m->alt_in = from;
	return true;
}

/* Where .gnu_debugaltlink leads to: from the folder of the file it stands in, below the sysroot. */
static void put_alt_path(struct rn_buffer *path, const struct rn_symbols *s, const struct rn_held *from)
{
	struct rn_bytes link = from->found.elf.alt_link;
	const char *file = from->found.path;
	size_t root = s->options.sysroot ? strlen(s->options.sysroot) : 0;
	if (link.len && link.p[0] != '/' && file) {
		if (root && strncmp(file, s->options.sysroot, root) == 0)
			file += root;
		rn_put_bytes(path, file, (size_t)(strrchr(file, '/') ? strrchr(file, '/') + 1 - file : 0));
	}
	rn_put_bytes(path, link.p, link.len);
}

/* What the lines' file shares with others has the names of its inlined calls, as a rule. */
static int find_alt(struct rn_symbols *s, struct rn_module_symbols *m, struct rn_error *err)
{
	struct hunt h = { s, m, take_alt, has_shared_debug, &m->held, 0 };
	struct rn_buffer path = RN_BUFFER_INIT;
	if (!m->lines || !m->lines_in->found.elf.alt_build_id.len)
		return 0;
	put_alt_path(&path, s, m->lines_in);
	const struct rn_module alt = { .path = rn_buffer_bytes(&path),
		.build_id = m->lines_in->found.elf.alt_build_id };
	int rc = rn_buffer_ok(&path) ? hunt(&h, &alt, err) : no_memory(err);
	rn_buffer_fini(&path);
	return rc;
}

int rn_symbols_find_lines(struct rn_symbols *s, struct rn_module_symbols *m, uint32_t i, struct rn_error *err)
{
	const struct rn_module module = *rn_modules_at(s->modules, i);
	struct hunt h = { s, m, take_lines, has_lines, &m->held, 0 };
	if (m->lines_tried || module.is_jit)
		return 0;
	m->lines_tried = true;
	int rc = hunt(&h, &module, err);
	return rc ? rc : find_alt(s, m, err);
}

/* Code to unwind by: a debug file has none, its sections are empty. */
static bool has_code(const struct rn_elf_view *e)
{
	return has_data(e, ".eh_frame") || has_data(e, ".text");
}

static bool take_image(struct hunt *h, struct rn_held *from, bool in_trace)
{
	(void)h, (void)from;
	return !in_trace;
}

static int find_image(struct rn_symbols *s, const struct rn_module *module, const struct rn_held **found,
	struct rn_error *err)
{
	struct rn_module_symbols nobody = { .names_tried = true };
	struct hunt h = { s, &nobody, take_image, has_code, &s->images, 0 };
	const struct rn_find_receiver to = { &h, offered, NULL };
	struct rn_find_wanted wanted = { module->path, module->build_id, { NULL, 0 } };
	struct rn_held *before = s->images;
	int rc = rn_find(&s->options, &wanted, &to, err);
	if (!rc && h.rc)
		rc = no_memory(err);
	*found = !rc && s->images != before ? s->images : NULL;
	return rc;
}

int rn_symbols_find_image(void *symbols, const struct rn_module *module, struct rn_bytes *elf,
	struct rn_error *err)
{
	const struct rn_held *found;
	int rc = find_image(symbols, module, &found, err);
	if (found)
		*elf = found->found.file.bytes;
	return rc;
}

int rn_symbols_find_image_path(struct rn_symbols *s, const struct rn_module *module, const char **path,
	struct rn_error *err)
{
	const struct rn_held *found;
	int rc = find_image(s, module, &found, err);
	*path = found ? found->found.path : NULL;
	return rc;
}
