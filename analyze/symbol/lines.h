/* SPDX-License-Identifier: MIT */
/**
 * lines - from an address of an ELF file to source files, lines and inlined calls, by its DWARF.
 *
 * Compilation units are found by a table of their address ranges, made once; a unit's
 * functions and lines are read when an address of it is first asked for. libdw reads the
 * format; whatever a hostile file makes of its trees is walked forward only and within limits.
 */
#ifndef RN_ANALYZE_SYMBOL_LINES_H
#define RN_ANALYZE_SYMBOL_LINES_H

#include "analyze/symbol/elf_view.h"

#define RN_LINES_LEVELS 64

struct rn_line {
	const char *function; /* DW_AT_name; NULL: unknown */
	const char *linkage;  /* mangled; NULL: unknown */
	struct rn_bytes file; /* as the compiler was told; empty: unknown */
	uint32_t line, column;
	uint64_t entry;       /* where the function, or its inlined copy, begins */
	bool inlined;
};

struct rn_lines;

/** e is borrowed. *out NULL: no DWARF in it. beside: DWARF that the compiler left in files beside (.dwo) is
 *  looked for where it says. 0 or RN_E_NOMEM. */
int rn_lines_new(struct rn_lines **out, const struct rn_elf_view *e, bool beside, struct rn_error *err);
/** The file that .gnu_debugaltlink names; borrowed. Before the first address is asked for. */
int rn_lines_use_alt(struct rn_lines *l, const struct rn_elf_view *alt, struct rn_error *err);
void rn_lines_free(struct rn_lines *l);
/** The levels of an address, innermost first; how many, 0: nothing known. Their text lives as long as
 *  the lines. */
unsigned rn_lines_of(struct rn_lines *l, uint64_t addr, struct rn_line levels[RN_LINES_LEVELS]);

#endif
