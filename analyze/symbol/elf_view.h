/* SPDX-License-Identifier: MIT */
/**
 * elf_view - the parts of an ELF file in memory, taken apart by bounds-checked code.
 *
 * For images out of traces and files off the disk alike: nothing of them is believed.
 * Both classes, little-endian. A section whose bytes are not in the file has none here;
 * what is behind the truth of a header is left out, not an error.
 */
#ifndef RN_ANALYZE_SYMBOL_ELF_VIEW_H
#define RN_ANALYZE_SYMBOL_ELF_VIEW_H

#include "shared/bytes.h"
#include "shared/error.h"

#include <stdbool.h>

struct rn_elf_section {
	struct rn_bytes name; /* borrowed from the file */
	uint32_t type, link;
	uint64_t flags, addr, size, entry_bytes;
	struct rn_bytes data; /* as in the file, maybe compressed; empty: none there */
};

struct rn_elf_view {
	struct rn_bytes file; /* borrowed */
	bool is64;
	uint16_t type, machine;
	struct rn_elf_section *section;
	uint32_t n_sections;
	struct rn_bytes build_id;   /* of the GNU note; empty: none */
	struct rn_bytes debug_link; /* name in .gnu_debuglink; empty: none */
	struct rn_bytes alt_link;   /* .gnu_debugaltlink: path of a file with what this one's DWARF shares with
	                             * others (dwz(1)), from its own folder; empty: none */
	struct rn_bytes alt_build_id; /* and that file's build-id */
};

/** Borrows file as long as the view is used. RN_E_CORRUPT when it is no ELF file of ours, RN_E_NOMEM. */
int rn_elf_view_init(struct rn_elf_view *e, struct rn_bytes file, struct rn_error *err);
void rn_elf_view_fini(struct rn_elf_view *e);

/** NULL: no section of that name. */
const struct rn_elf_section *rn_elf_section(const struct rn_elf_view *e, const char *name);
/** Whether there is DWARF of that kind to read: .NAME, .zNAME; with bytes, and no claim to unpack to
 *  more than zlib can. */
bool rn_elf_has_debug(const struct rn_elf_view *e, const char *name);

#endif
