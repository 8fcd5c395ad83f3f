/* SPDX-License-Identifier: MIT */
/**
 * symbols_private - what finding files (symbols_find.c) and naming frames (symbols.c) share.
 */
#ifndef RN_ANALYZE_SYMBOL_SYMBOLS_PRIVATE_H
#define RN_ANALYZE_SYMBOL_SYMBOLS_PRIVATE_H

#include "analyze/symbol/lines.h"
#include "analyze/symbol/symbols.h"
#include "analyze/symbol/symtab.h"
#include "shared/arena.h"
#include "shared/buffer.h"

/* An ELF file that something is read from. */
struct rn_held {
	struct rn_found found; /* of a trace's image only the view */
	struct rn_buffer unpacked; /* its .gnu_debugdata */
	struct rn_elf_view more;   /* of that */
	struct rn_held *next;
};

struct rn_module_symbols {
	bool names_tried, lines_tried;
	enum rn_symbols_from names_from, lines_from, alt_from;
	struct rn_held *names_in, *lines_in, *alt_in; /* NULL: nowhere */
	struct rn_symtab names;
	struct rn_lines *lines;
	struct rn_held *held;
	struct rn_refused *refused;
	unsigned n_refused;
	struct rn_bytes debug_link;
};

struct rn_levels {
	const struct rn_symbol *level;
	unsigned n;
};

struct rn_symbols {
	struct rn_reader *reader;
	struct rn_modules_table *modules;
	struct rn_symbol_options options;
	const struct rn_transpiler_maps *maps;
	struct rn_module_symbols **module;
	uint32_t n_modules;
	struct rn_intern *keys;
	struct rn_levels *levels; /* by the key's number */
	uint32_t cap_levels;
	struct rn_arena text;
	struct rn_held *images;   /* found for unwinding */
	const struct rn_known_symbols *known; /* NULL: none are */
	uint32_t n_new;           /* levels made that were not known */
};

void rn_held_free(struct rn_held *h); /* and those behind it */

/* Each looked for once; what is not found is no error. RN_E_NOMEM. */
int rn_symbols_find_names(struct rn_symbols *s, struct rn_module_symbols *m, uint32_t i, struct rn_error *err);
int rn_symbols_find_lines(struct rn_symbols *s, struct rn_module_symbols *m, uint32_t i, struct rn_error *err);

#endif
