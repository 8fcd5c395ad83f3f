/* SPDX-License-Identifier: MIT */
/**
 * elf_layout - where the fields of ELF headers stand, for both classes, so that one code reads both.
 *
 * Little-endian files only; that is every machine we know. Source: elf(5), System V gABI.
 */
#ifndef RN_SHARED_ELF_LAYOUT_H
#define RN_SHARED_ELF_LAYOUT_H

#include "shared/bytes.h"

#include <stdbool.h>

/* Offsets in the structs of elf(5); a word is an address, an offset or a size. */
struct rn_elf_layout {
	unsigned word_bytes;
	/* ELF header */
	unsigned ehdr_bytes, entry, phoff, shoff, phentsize, phnum, shentsize, shnum, shstrndx;
	/* program header; p_type is its first 4 bytes */
	unsigned phdr_bytes, p_flags, p_offset, p_vaddr, p_filesz;
	/* section header; sh_name and sh_type are its first 8 bytes */
	unsigned shdr_bytes, sh_flags, sh_addr, sh_offset, sh_size, sh_link, sh_info, sh_addralign;
};

/** By the first bytes of a file; NULL: it is no ELF file, or one of another kind. */
const struct rn_elf_layout *rn_elf_layout(struct rn_bytes head);

/** Little-endian number at an offset; 0 where it does not lie in b. */
uint64_t rn_elf_number(struct rn_bytes b, uint64_t at, unsigned nbytes);
/** Overwrites one; nothing where it does not lie in p[len]. */
void rn_elf_set_number(uint8_t *p, size_t len, uint64_t at, unsigned nbytes, uint64_t v);
/** Whether the NUL-terminated string at an offset is this one. */
bool rn_elf_is_named(struct rn_bytes strings, uint64_t at, const char *name);

#endif
