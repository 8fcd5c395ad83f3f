/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/elf_view.h"

#include "shared/cursor.h"

#include <elf.h>
#include <stdlib.h>

#define DEBUG_MAX_BYTES ((uint64_t)4 << 30)
#define ZLIB_MAX_EXPANSION 1040
/* What a stranger's file can make us do: sections, bytes of notes looked at, a name's length. */
#define SECTIONS_MAX ((uint32_t)1 << 17)
#define NOTES_MAX ((size_t)4 << 20)
#define STRING_MAX 4096

struct heads {
	uint64_t sections_at, segments_at;
	uint32_t n_sections, n_segments, names;
	uint16_t section_bytes, segment_bytes;
};

static struct rn_bytes part(struct rn_bytes file, uint64_t at, uint64_t len)
{
	if (at > file.len || len > file.len - at)
		return rn_bytes_of(NULL, 0);
	return rn_bytes_of(file.p + at, (size_t)len);
}

static struct rn_cursor cursor_at(struct rn_bytes file, uint64_t at)
{
	struct rn_cursor c = at <= file.len ? rn_cursor_of(file.p + at, file.len - (size_t)at) : rn_cursor_of(NULL, 0);
	c.bad = at > file.len;
	return c;
}

static uint64_t take_word(struct rn_cursor *c, bool is64)
{
	return rn_take_le(c, is64 ? 8 : 4);
}

static bool read_head(struct rn_elf_view *e, struct heads *h)
{
	struct rn_cursor c = rn_cursor_of(e->file.p, e->file.len);
	struct rn_bytes ident = rn_take_bytes(&c, EI_NIDENT);
	if (!ident.len || memcmp(ident.p, ELFMAG, SELFMAG) != 0 || ident.p[EI_DATA] != ELFDATA2LSB ||
		(ident.p[EI_CLASS] != ELFCLASS64 && ident.p[EI_CLASS] != ELFCLASS32))
		return false;
	e->is64 = ident.p[EI_CLASS] == ELFCLASS64;
	e->type = rn_take_u16(&c);
	e->machine = rn_take_u16(&c);
	rn_take_u32(&c);
	take_word(&c, e->is64); /* entry */
	h->segments_at = take_word(&c, e->is64);
	h->sections_at = take_word(&c, e->is64);
	rn_take_u32(&c); /* flags */
	rn_take_u16(&c); /* size of this head */
	h->segment_bytes = rn_take_u16(&c);
	h->n_segments = rn_take_u16(&c);
	h->section_bytes = rn_take_u16(&c);
	h->n_sections = rn_take_u16(&c);
	h->names = rn_take_u16(&c);
	return rn_cursor_ok(&c);
}

/* *offset: of its bytes. */
static bool read_section(const struct rn_elf_view *e, const struct heads *h, uint32_t i,
	struct rn_elf_section *s, uint32_t *name, uint64_t *offset)
{
	struct rn_cursor c = cursor_at(e->file, h->sections_at);
	rn_take_bytes(&c, (uint64_t)i * h->section_bytes);
	*name = rn_take_u32(&c);
	s->type = rn_take_u32(&c);
	s->flags = take_word(&c, e->is64);
	s->addr = take_word(&c, e->is64);
	*offset = take_word(&c, e->is64);
	s->size = take_word(&c, e->is64);
	s->link = rn_take_u32(&c);
	rn_take_u32(&c); /* info */
	take_word(&c, e->is64);
	s->entry_bytes = take_word(&c, e->is64);
	if (!rn_cursor_ok(&c))
		return false;
	s->data = s->type == SHT_NOBITS ? rn_bytes_of(NULL, 0) : part(e->file, *offset, s->size);
	return true;
}

static struct rn_bytes string_at(struct rn_bytes table, uint64_t at)
{
	size_t left = at < table.len ? table.len - (size_t)at : 0;
	const uint8_t *end = left ? memchr(table.p + at, 0, left < STRING_MAX ? left : STRING_MAX) : NULL;
	return end ? rn_bytes_of(table.p + at, (size_t)(end - (table.p + at))) : rn_bytes_of(NULL, 0);
}

/* Very many sections: their number and that of the names' section stand in the first one. */
static void read_extended_numbers(const struct rn_elf_view *e, struct heads *h)
{
	struct rn_elf_section first;
	uint32_t name;
	uint64_t offset;
	if (!h->sections_at || !read_section(e, h, 0, &first, &name, &offset))
		return;
	if (!h->n_sections && first.size <= SECTIONS_MAX)
		h->n_sections = (uint32_t)first.size;
	if (h->names == SHN_XINDEX)
		h->names = first.link;
}

static int read_sections(struct rn_elf_view *e, struct heads *h, struct rn_error *err)
{
	uint32_t name;
	uint64_t offset;
	read_extended_numbers(e, h);
	if (!h->sections_at || !h->n_sections || h->section_bytes < (e->is64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr)))
		return 0;
	e->section = calloc(h->n_sections, sizeof(*e->section));
	if (!e->section)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	struct rn_elf_section names = { .size = 0 };
	if (h->names >= h->n_sections || !read_section(e, h, h->names, &names, &name, &offset))
		names.data = rn_bytes_of(NULL, 0);
	for (uint32_t i = 0; i < h->n_sections; i++) {
		struct rn_elf_section *s = &e->section[i];
		if (!read_section(e, h, i, s, &name, &offset))
			break;
		s->name = string_at(names.data, name);
		e->n_sections++;
	}
	return 0;
}

/* A descriptor of a run of notes: type NT_GNU_BUILD_ID of "GNU". Takes what it looks at off the budget: sections may
 * overlap, and each be the whole file. */
static struct rn_bytes find_build_id(struct rn_bytes notes, size_t *budget)
{
	size_t len_max = notes.len < *budget ? notes.len : *budget;
	struct rn_cursor c = rn_cursor_of(notes.p, len_max);
	*budget -= len_max;
	while (rn_cursor_left(&c) >= 12) {
		uint32_t name_len = rn_take_u32(&c), len = rn_take_u32(&c), type = rn_take_u32(&c);
		struct rn_bytes name = rn_take_bytes(&c, ((uint64_t)name_len + 3) & ~(uint64_t)3);
		struct rn_bytes desc = rn_take_bytes(&c, ((uint64_t)len + 3) & ~(uint64_t)3);
		if (!rn_cursor_ok(&c))
			break;
		if (type == NT_GNU_BUILD_ID && name_len == 4 && memcmp(name.p, "GNU", 4) == 0 &&
			len && len <= 64)
			return rn_bytes_of(desc.p, len);
	}
	return rn_bytes_of(NULL, 0);
}

static struct rn_bytes build_id_by_sections(const struct rn_elf_view *e)
{
	struct rn_bytes id = rn_bytes_of(NULL, 0);
	size_t budget = NOTES_MAX;
	for (uint32_t i = 0; i < e->n_sections && !id.len; i++)
		if (e->section[i].type == SHT_NOTE)
			id = find_build_id(e->section[i].data, &budget);
	return id;
}

static struct rn_bytes build_id_by_segments(const struct rn_elf_view *e, const struct heads *h)
{
	struct rn_bytes id = rn_bytes_of(NULL, 0);
	size_t budget = NOTES_MAX;
	for (uint32_t i = 0; i < h->n_segments && !id.len; i++) {
		struct rn_cursor c = cursor_at(e->file, h->segments_at);
		rn_take_bytes(&c, (uint64_t)i * h->segment_bytes);
		uint32_t type = rn_take_u32(&c);
		if (e->is64)
			rn_take_u32(&c); /* flags */
		uint64_t offset = take_word(&c, e->is64);
		take_word(&c, e->is64);
		take_word(&c, e->is64);
		uint64_t size = take_word(&c, e->is64);
		if (rn_cursor_ok(&c) && type == PT_NOTE)
			id = find_build_id(part(e->file, offset, size), &budget);
	}
	return id;
}

int rn_elf_view_init(struct rn_elf_view *e, struct rn_bytes file, struct rn_error *err)
{
	struct heads h;
	*e = (struct rn_elf_view){ .file = file };
	if (!read_head(e, &h))
		return rn_fail(err, RN_E_CORRUPT, "not an ELF file");
	int rc = read_sections(e, &h, err);
	if (rc)
		return rc;
	e->build_id = build_id_by_sections(e);
	if (!e->build_id.len)
		e->build_id = build_id_by_segments(e, &h);
	const struct rn_elf_section *link = rn_elf_section(e, ".gnu_debuglink");
	if (link)
		e->debug_link = string_at(link->data, 0);
	link = rn_elf_section(e, ".gnu_debugaltlink"); /* a path, NUL, a build-id */
	if (link)
		e->alt_link = string_at(link->data, 0);
	if (link && e->alt_link.len < link->data.len)
		e->alt_build_id = rn_bytes_of(link->data.p + e->alt_link.len + 1,
			link->data.len - e->alt_link.len - 1);
	return 0;
}

void rn_elf_view_fini(struct rn_elf_view *e)
{
	free(e->section);
	e->section = NULL;
	e->n_sections = 0;
}

const struct rn_elf_section *rn_elf_section(const struct rn_elf_view *e, const char *name)
{
	struct rn_bytes wanted = rn_bytes_str(name);
	for (uint32_t i = 0; i < e->n_sections; i++)
		if (rn_bytes_equal(e->section[i].name, wanted))
			return &e->section[i];
	return NULL;
}

static bool can_be_unpacked(const struct rn_elf_view *e, const struct rn_elf_section *s)
{
	uint64_t claim = 0;
	if (s->flags & SHF_COMPRESSED) {
		struct rn_cursor c = rn_cursor_of(s->data.p, s->data.len);
		rn_take_u32(&c);
		if (e->is64)
			rn_take_u32(&c);
		claim = take_word(&c, e->is64);
	} else if (s->name.len > 2 && s->name.p[1] == 'z' && s->data.len > 12) {
		for (unsigned i = 4; i < 12; i++) /* "ZLIB", then big-endian */
			claim = claim << 8 | s->data.p[i];
	}
	return claim <= DEBUG_MAX_BYTES && claim / ZLIB_MAX_EXPANSION <= s->data.len;
}

bool rn_elf_has_debug(const struct rn_elf_view *e, const char *name)
{
	bool found = false;
	for (uint32_t i = 0; i < e->n_sections; i++) {
		const struct rn_elf_section *s = &e->section[i];
		struct rn_bytes rest = s->name;
		if (rest.len > 2 && rest.p[0] == '.') {
			size_t skip = rest.p[1] == 'z' ? 2 : 1;
			rest = rn_bytes_of(rest.p + skip, rest.len - skip);
		}
		if (rest.len < 6 || memcmp(rest.p, "debug_", 6) != 0)
			continue;
		if (!can_be_unpacked(e, s)) /* one rotten section spoils them all: libdw reads any */
			return false;
		found |= s->data.len && rn_bytes_equal(rest, rn_bytes_str(name));
	}
	return found;
}
