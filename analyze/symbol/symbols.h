/* SPDX-License-Identifier: MIT */
/**
 * symbols - what a frame is called and where its source is: functions, files, lines, inlining.
 *
 * Names come, in this order and only with the module's own build-id, from the image
 * in the trace, --debug-dir folders and the system's build-id folders, debuginfod where
 * that was allowed, the file itself (below --sysroot). Lines and inlined calls come from
 * DWARF where it is found. C++ and Rust names are demangled. Transpiler maps are applied
 * here, so that every user of a frame sees the original language. One owner thread.
 */
#ifndef RN_ANALYZE_SYMBOL_SYMBOLS_H
#define RN_ANALYZE_SYMBOL_SYMBOLS_H

#include "analyze/stack/stacks.h"

/* One level of a frame: the function itself, or one inlined there. Strings live as long as the
 * symbols; empty: unknown. */
struct rn_symbol {
	struct rn_bytes function; /* demangled, or translated by a map; empty: no name known */
	struct rn_bytes linkage;  /* as in the symbol table */
	struct rn_bytes file;     /* as the compiler was told, or translated by a map */
	uint32_t line;            /* 0: unknown */
	uint32_t column;
	uint64_t offset;          /* of the address within the function */
	bool inlined;             /* into the next level */
	bool translated;          /* by a transpiler map */
	struct rn_bytes context;  /* of the map: its remark on this line */
};

struct rn_symbol_options {
	const char *const *debug_dirs; /* NULL ends; may be NULL */
	const char *sysroot;           /* NULL: / */
	bool debuginfod;
	bool trace_only;               /* never look beyond the trace */
};

struct rn_symbols;
/** Everything borrowed. NULL: no memory. */
struct rn_symbols *rn_symbols_new(struct rn_reader *reader, struct rn_modules_table *modules,
	const struct rn_symbol_options *options);
void rn_symbols_free(struct rn_symbols *s);

/** The levels of a frame, innermost first; at least one, whose function may be empty. Looked up
 *  once per frame. 0 or RN_E_NOMEM. */
int rn_symbols_of(struct rn_symbols *s, const struct rn_frame *frame,
	const struct rn_symbol **levels, unsigned *n, struct rn_error *err);

#endif
