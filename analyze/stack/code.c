/* SPDX-License-Identifier: MIT */
#include "analyze/stack/code.h"

#include "shared/elf_layout.h"

#include <elf.h>
#include <stdlib.h>
#include <zlib.h>

#define PAGE_BYTES 4096u
#define MAX_UNPACKED_BYTES ((uint64_t)64 << 20)
#define MAX_ZLIB_RATIO 1100u
#define MAX_SECTIONS 65536u

static struct rn_bytes part(struct rn_bytes elf, uint64_t at, uint64_t len)
{
	if (at > elf.len || len > elf.len - at)
		return rn_bytes_of(NULL, 0);
	return rn_bytes_of(elf.p + at, (size_t)len);
}

static void take_segments(struct rn_code *c, struct rn_bytes elf, const struct rn_elf_layout *l)
{
	uint64_t at = rn_elf_number(elf, l->phoff, l->word_bytes);
	uint64_t size = rn_elf_number(elf, l->phentsize, 2), n = rn_elf_number(elf, l->phnum, 2);
	unsigned w = l->word_bytes;
	for (uint64_t i = 0; i < n && size >= l->phdr_bytes && c->n_segments < RN_CODE_MAX_SEGMENTS; i++) {
		uint64_t p = at + i * size;
		if (rn_elf_number(elf, p, 4) != PT_LOAD)
			continue;
		c->segment[c->n_segments].offset = rn_elf_number(elf, p + l->p_offset, w);
		c->segment[c->n_segments].len = rn_elf_number(elf, p + l->p_filesz, w);
		c->segment[c->n_segments].addr = rn_elf_number(elf, p + l->p_vaddr, w);
		c->segment[c->n_segments++].code = rn_elf_number(elf, p + l->p_flags, 4) & PF_X;
	}
}

/* What a compressed section holds: behind a header (type, size and alignment, each a word but for the
 * type, which is followed by nothing or 4 bytes) one stream. Empty when it makes no sense. */
static struct rn_bytes unpacked(struct rn_code *c, struct rn_bytes packed, unsigned w)
{
	struct rn_bytes none = { NULL, 0 };
	size_t header = w == 8 ? sizeof(Elf64_Chdr) : sizeof(Elf32_Chdr);
	uint64_t size = rn_elf_number(packed, w, w);
	if (packed.len < header || rn_elf_number(packed, 0, 4) != ELFCOMPRESS_ZLIB || c->unpacked ||
		!size || size > MAX_UNPACKED_BYTES || size / MAX_ZLIB_RATIO > packed.len)
		return none;
	uLongf got = (uLongf)size;
	c->unpacked = malloc((size_t)size);
	if (!c->unpacked || uncompress(c->unpacked, &got, packed.p + header,
		(uLong)(packed.len - header)) != Z_OK)
		return none;
	return rn_bytes_of(c->unpacked, got);
}

static void take_section(struct rn_code *c, struct rn_bytes elf, const struct rn_elf_layout *l,
	struct rn_bytes names, uint64_t s)
{
	uint64_t name = rn_elf_number(elf, s, 4);
	struct rn_code_section *to = rn_elf_is_named(names, name, ".eh_frame") ? &c->eh_frame :
		rn_elf_is_named(names, name, ".eh_frame_hdr") ? &c->eh_frame_hdr :
		rn_elf_is_named(names, name, ".debug_frame") ? &c->debug_frame : NULL;
	unsigned w = l->word_bytes;
	if (!to || rn_elf_number(elf, s + 4, 4) == SHT_NOBITS)
		return;
	to->addr = rn_elf_number(elf, s + l->sh_addr, w);
	to->bytes = part(elf, rn_elf_number(elf, s + l->sh_offset, w), rn_elf_number(elf, s + l->sh_size, w));
	if (rn_elf_number(elf, s + l->sh_flags, w) & SHF_COMPRESSED)
		to->bytes = to == &c->debug_frame ? unpacked(c, to->bytes, w) :
			rn_bytes_of(NULL, 0);
}

static void take_go_bases(struct rn_code *c, struct rn_bytes elf, const struct rn_elf_layout *l,
	uint64_t symtab, uint64_t strtab)
{
	if (l->word_bytes == 8)
		rn_go_bases_find(&c->go, part(elf, rn_elf_number(elf, symtab + l->sh_offset, 8),
				rn_elf_number(elf, symtab + l->sh_size, 8)),
			part(elf, rn_elf_number(elf, strtab + l->sh_offset, 8),
				rn_elf_number(elf, strtab + l->sh_size, 8)));
}

static void take_sections(struct rn_code *c, struct rn_bytes elf, const struct rn_elf_layout *l)
{
	uint64_t at = rn_elf_number(elf, l->shoff, l->word_bytes);
	uint64_t size = rn_elf_number(elf, l->shentsize, 2), n = rn_elf_number(elf, l->shnum, 2);
	if (!at || size < l->shdr_bytes)
		return;
	if (!n) /* too many for the header: the first section tells */
		n = rn_elf_number(elf, at + l->sh_size, l->word_bytes);
	uint64_t strings = rn_elf_number(elf, l->shstrndx, 2);
	if (strings == SHN_XINDEX)
		strings = rn_elf_number(elf, at + l->sh_link, 4);
	if (n > MAX_SECTIONS || strings >= n)
		return;
	uint64_t s = at + strings * size;
	struct rn_bytes names = part(elf, rn_elf_number(elf, s + l->sh_offset, l->word_bytes),
		rn_elf_number(elf, s + l->sh_size, l->word_bytes));
	uint64_t symtab = 0;
	bool is_go = false; /* it says so by a note of its own */
	for (uint64_t i = 1; i < n; i++) {
		uint64_t header = at + i * size;
		take_section(c, elf, l, names, header);
		is_go |= rn_elf_is_named(names, rn_elf_number(elf, header, 4), ".note.go.buildid");
		if (rn_elf_number(elf, header + 4, 4) == SHT_SYMTAB)
			symtab = header;
	}
	uint64_t link = rn_elf_number(elf, symtab + l->sh_link, 4);
	if (is_go && symtab && link < n)
		take_go_bases(c, elf, l, symtab, at + link * size);
}

bool rn_code_open(struct rn_code *c, struct rn_bytes elf)
{
	*c = (struct rn_code){ 0 };
	const struct rn_elf_layout *l = rn_elf_layout(elf);
	if (!l)
		return false;
	c->word_bytes = (uint8_t)l->word_bytes;
	c->position_independent = rn_elf_number(elf, offsetof(Elf64_Ehdr, e_type), 2) == ET_DYN;
	c->machine = (uint16_t)rn_elf_number(elf, offsetof(Elf64_Ehdr, e_machine), 2);
	c->entry = rn_elf_number(elf, l->entry, l->word_bytes);
	take_segments(c, elf, l);
	take_sections(c, elf, l);
	return true;
}

void rn_code_close(struct rn_code *c)
{
	free(c->unpacked);
	*c = (struct rn_code){ 0 };
}

/* Segments are mapped in whole pages: what shares a page with one is mapped with it, but belongs to
 * another when that one has it in its own bytes. */
bool rn_code_addr(const struct rn_code *c, uint64_t file_offset, uint64_t *addr)
{
	for (unsigned slack = 0; slack <= PAGE_BYTES; slack += PAGE_BYTES) {
		for (unsigned i = 0; i < c->n_segments; i++) {
			uint64_t low = c->segment[i].offset, len = c->segment[i].len;
			uint64_t before = slack ? low % PAGE_BYTES : 0;
			if (!c->segment[i].code || file_offset < low - before ||
				file_offset - (low - before) >= len + before + slack)
				continue;
			*addr = c->segment[i].addr + (file_offset - low);
			return true;
		}
	}
	return false;
}
