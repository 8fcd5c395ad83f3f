/* SPDX-License-Identifier: MIT */
/**
 * symbols_keep - how names of frames are written down: a page for names alone, one for those with lines.
 *
 * Pieces: of each module that has names which files gave them (words that are compared, not read); of each
 * frame module, addresses and how many levels; of each level what it is; texts, each once, of which the first is
 * empty.
 */
#ifndef RN_ANALYZE_INDEX_SYMBOLS_KEEP_H
#define RN_ANALYZE_INDEX_SYMBOLS_KEEP_H

#include "analyze/index/stacks_private.h"

enum rn_symbol_piece {
	RN_SYMBOLS_MODULES, RN_SYMBOLS_FRAMES, RN_SYMBOLS_LEVELS, RN_SYMBOLS_LENGTHS, RN_SYMBOLS_TEXTS,
	RN_SYMBOL_PIECES
};

/** Page of the table symbol. */
static inline int64_t rn_symbols_page(const struct rn_symbols *s)
{
	return rn_symbols_wants_lines(s) ? 2 : 1;
}

/** Appends which files give a module its names and, where they are wanted, lines. RN_E_NOMEM. */
int rn_symbols_put_sources(struct rn_buffer *out, struct rn_symbols *s, struct rn_modules_table *modules,
	uint32_t module);

#endif
