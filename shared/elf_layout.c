/* SPDX-License-Identifier: MIT */
#include "shared/elf_layout.h"

#include "shared/cursor.h"

#include <elf.h>

#define LAYOUT(bits) { \
	.word_bytes = (bits) / 8, .ehdr_bytes = sizeof(Elf##bits##_Ehdr), \
	.entry = offsetof(Elf##bits##_Ehdr, e_entry), \
	.phoff = offsetof(Elf##bits##_Ehdr, e_phoff), \
	.shoff = offsetof(Elf##bits##_Ehdr, e_shoff), \
	.phentsize = offsetof(Elf##bits##_Ehdr, e_phentsize), \
	.phnum = offsetof(Elf##bits##_Ehdr, e_phnum), \
	.shentsize = offsetof(Elf##bits##_Ehdr, e_shentsize), \
	.shnum = offsetof(Elf##bits##_Ehdr, e_shnum), \
	.shstrndx = offsetof(Elf##bits##_Ehdr, e_shstrndx), \
	.phdr_bytes = sizeof(Elf##bits##_Phdr), \
	.p_flags = offsetof(Elf##bits##_Phdr, p_flags), \
	.p_offset = offsetof(Elf##bits##_Phdr, p_offset), \
	.p_vaddr = offsetof(Elf##bits##_Phdr, p_vaddr), \
	.p_filesz = offsetof(Elf##bits##_Phdr, p_filesz), \
	.shdr_bytes = sizeof(Elf##bits##_Shdr), \
	.sh_flags = offsetof(Elf##bits##_Shdr, sh_flags), \
	.sh_addr = offsetof(Elf##bits##_Shdr, sh_addr), \
	.sh_offset = offsetof(Elf##bits##_Shdr, sh_offset), \
	.sh_size = offsetof(Elf##bits##_Shdr, sh_size), \
	.sh_link = offsetof(Elf##bits##_Shdr, sh_link), \
	.sh_info = offsetof(Elf##bits##_Shdr, sh_info), \
	.sh_addralign = offsetof(Elf##bits##_Shdr, sh_addralign), \
}

const struct rn_elf_layout *rn_elf_layout(struct rn_bytes head)
{
	static const struct rn_elf_layout wide = LAYOUT(64), narrow = LAYOUT(32);
	if (head.len < narrow.ehdr_bytes || memcmp(head.p, ELFMAG, SELFMAG) != 0 ||
		head.p[EI_DATA] != ELFDATA2LSB)
		return NULL;
	if (head.p[EI_CLASS] == ELFCLASS32)
		return &narrow;
	return head.p[EI_CLASS] == ELFCLASS64 && head.len >= wide.ehdr_bytes ? &wide : NULL;
}

uint64_t rn_elf_number(struct rn_bytes b, uint64_t at, unsigned nbytes)
{
	if (at > b.len || nbytes > b.len - at)
		return 0;
	struct rn_cursor c = rn_cursor_of(b.p + at, nbytes);
	return rn_take_le(&c, nbytes);
}

void rn_elf_set_number(uint8_t *p, size_t len, uint64_t at, unsigned nbytes, uint64_t v)
{
	if (at > len || nbytes > len - at)
		return;
	for (unsigned i = 0; i < nbytes; i++)
		p[at + i] = (uint8_t)(v >> 8 * i);
}

bool rn_elf_is_named(struct rn_bytes strings, uint64_t at, const char *name)
{
	size_t len = strlen(name) + 1;
	return at < strings.len && len <= strings.len - at && memcmp(strings.p + at, name, len) == 0;
}
