/* SPDX-License-Identifier: MIT */
#include "analyze/stack/code.h"

#include "shared/cursor.h"

#include <elf.h>
#include <stdlib.h>

#define PAGE_BYTES 4096u
#define MAX_SECTIONS 65536u

/* Fields of either class, by their offsets in the structs of elf(5). */
struct layout {
	unsigned word_bytes;
	unsigned entry, phoff, shoff, phentsize, phnum, shentsize, shnum, shstrndx; /* ELF header */
	unsigned p_flags, p_offset, p_vaddr, p_filesz, p_size;                      /* segment */
	unsigned sh_flags, sh_addr, sh_offset, sh_size, sh_info, s_size;            /* section */
};

#define LAYOUT(bits) { \
	.word_bytes = (bits) / 8, \
	.entry = offsetof(Elf##bits##_Ehdr, e_entry), .phoff = offsetof(Elf##bits##_Ehdr, e_phoff), \
	.shoff = offsetof(Elf##bits##_Ehdr, e_shoff), \
	.phentsize = offsetof(Elf##bits##_Ehdr, e_phentsize), \
	.phnum = offsetof(Elf##bits##_Ehdr, e_phnum), \
	.shentsize = offsetof(Elf##bits##_Ehdr, e_shentsize), \
	.shnum = offsetof(Elf##bits##_Ehdr, e_shnum), \
	.shstrndx = offsetof(Elf##bits##_Ehdr, e_shstrndx), \
	.p_flags = offsetof(Elf##bits##_Phdr, p_flags), \
	.p_offset = offsetof(Elf##bits##_Phdr, p_offset), \
	.p_vaddr = offsetof(Elf##bits##_Phdr, p_vaddr), \
	.p_filesz = offsetof(Elf##bits##_Phdr, p_filesz), .p_size = sizeof(Elf##bits##_Phdr), \
	.sh_flags = offsetof(Elf##bits##_Shdr, sh_flags), \
	.sh_addr = offsetof(Elf##bits##_Shdr, sh_addr), \
	.sh_offset = offsetof(Elf##bits##_Shdr, sh_offset), \
	.sh_size = offsetof(Elf##bits##_Shdr, sh_size), \
	.sh_info = offsetof(Elf##bits##_Shdr, sh_info), .s_size = sizeof(Elf##bits##_Shdr), \
}

static const struct layout layout64 = LAYOUT(64), layout32 = LAYOUT(32);

/* Little-endian number of an image; 0 beyond its end. */
static uint64_t number(struct rn_bytes elf, uint64_t at, unsigned nbytes)
{
	if (at > elf.len || nbytes > elf.len - at)
		return 0;
	struct rn_cursor c = rn_cursor_of(elf.p + at, nbytes);
	return rn_take_le(&c, nbytes);
}

static struct rn_bytes part(struct rn_bytes elf, uint64_t at, uint64_t len)
{
	if (at > elf.len || len > elf.len - at)
		return rn_bytes_of(NULL, 0);
	return rn_bytes_of(elf.p + at, (size_t)len);
}

static void take_segments(struct rn_code *c, struct rn_bytes elf, const struct layout *l)
{
	uint64_t at = number(elf, l->phoff, l->word_bytes);
	uint64_t size = number(elf, l->phentsize, 2), n = number(elf, l->phnum, 2);
	unsigned w = l->word_bytes;
	for (uint64_t i = 0; i < n && size >= l->p_size && c->n_segments < RN_CODE_MAX_SEGMENTS; i++) {
		uint64_t p = at + i * size;
		if (number(elf, p, 4) != PT_LOAD)
			continue;
		c->segment[c->n_segments].offset = number(elf, p + l->p_offset, w);
		c->segment[c->n_segments].len = number(elf, p + l->p_filesz, w);
		c->segment[c->n_segments].addr = number(elf, p + l->p_vaddr, w);
		c->segment[c->n_segments++].code = number(elf, p + l->p_flags, 4) & PF_X;
	}
}

static bool is_named(struct rn_bytes names, uint64_t at, const char *name)
{
	size_t len = strlen(name) + 1;
	return at < names.len && len <= names.len - at && memcmp(names.p + at, name, len) == 0;
}

static void take_section(struct rn_code *c, struct rn_bytes elf, const struct layout *l,
	struct rn_bytes names, uint64_t s)
{
	uint64_t name = number(elf, s, 4);
	struct rn_code_section *to = is_named(names, name, ".eh_frame") ? &c->eh_frame :
		is_named(names, name, ".eh_frame_hdr") ? &c->eh_frame_hdr :
		is_named(names, name, ".debug_frame") ? &c->debug_frame : NULL;
	unsigned w = l->word_bytes;
	if (!to || number(elf, s + 4, 4) == SHT_NOBITS ||
		number(elf, s + l->sh_flags, w) & SHF_COMPRESSED)
		return;
	to->addr = number(elf, s + l->sh_addr, w);
	to->bytes = part(elf, number(elf, s + l->sh_offset, w), number(elf, s + l->sh_size, w));
}

static void take_sections(struct rn_code *c, struct rn_bytes elf, const struct layout *l)
{
	uint64_t at = number(elf, l->shoff, l->word_bytes);
	uint64_t size = number(elf, l->shentsize, 2), n = number(elf, l->shnum, 2);
	if (!at || size < l->s_size)
		return;
	if (!n) /* too many for the header: the first section tells */
		n = number(elf, at + l->sh_size, l->word_bytes);
	uint64_t strings = number(elf, l->shstrndx, 2);
	if (strings == SHN_XINDEX)
		strings = number(elf, at + l->sh_info - 4, 4);
	if (n > MAX_SECTIONS || strings >= n)
		return;
	uint64_t s = at + strings * size;
	struct rn_bytes names = part(elf, number(elf, s + l->sh_offset, l->word_bytes),
		number(elf, s + l->sh_size, l->word_bytes));
	for (uint64_t i = 1; i < n; i++)
		take_section(c, elf, l, names, at + i * size);
}

bool rn_code_open(struct rn_code *c, struct rn_bytes elf)
{
	*c = (struct rn_code){ 0 };
	if (elf.len < sizeof(Elf32_Ehdr) || memcmp(elf.p, ELFMAG, SELFMAG) != 0 ||
		elf.p[EI_DATA] != ELFDATA2LSB)
		return false;
	const struct layout *l = elf.p[EI_CLASS] == ELFCLASS64 ? &layout64 :
		elf.p[EI_CLASS] == ELFCLASS32 ? &layout32 : NULL;
	if (!l)
		return false;
	c->word_bytes = (uint8_t)l->word_bytes;
	c->position_independent = number(elf, offsetof(Elf64_Ehdr, e_type), 2) == ET_DYN;
	c->machine = (uint16_t)number(elf, offsetof(Elf64_Ehdr, e_machine), 2);
	c->entry = number(elf, l->entry, l->word_bytes);
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
