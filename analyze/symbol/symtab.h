/* SPDX-License-Identifier: MIT */
/**
 * symtab - the functions of an ELF file by address, from its .symtab, or .dynsym where that is all.
 *
 * Of several names of one address the global one stands before the weak one before the local one, and
 * of equals the first in the file's table. A symbol without a size (assembly) reaches to the next one.
 * O(log n) a question. The table borrows its names from the file.
 */
#ifndef RN_ANALYZE_SYMBOL_SYMTAB_H
#define RN_ANALYZE_SYMBOL_SYMTAB_H

#include "analyze/symbol/elf_view.h"

struct rn_symtab_entry {
	uint64_t addr, size;
	struct rn_bytes name;
	uint8_t rank;      /* of names of one address the greatest counts */
	uint32_t order;    /* in the file */
};

struct rn_symtab {
	struct rn_symtab_entry *entry; /* by address */
	size_t n, cap;
	uint64_t max_size; /* of any */
	bool is_dynamic;   /* from .dynsym: only what other files may call has a name */
};

/** An empty table (n 0) when the file has no functions. more: a file with those that are missing in e
 *  (.gnu_debugdata), which lives as long; or NULL. RN_E_NOMEM. */
int rn_symtab_init(struct rn_symtab *t, const struct rn_elf_view *e, const struct rn_elf_view *more,
	struct rn_error *err);
void rn_symtab_fini(struct rn_symtab *t);
/** The function around an address of the file, borrowed; NULL: none. */
const struct rn_symtab_entry *rn_symtab_find(const struct rn_symtab *t, uint64_t addr);

/** Makes the table of lines "START SIZE name" in hexadecimal (/tmp/perf-PID.map). Other lines are passed
 *  over. Of lines with one start the last counts. RN_E_NOMEM. */
int rn_symtab_init_jit(struct rn_symtab *t, struct rn_bytes map, struct rn_error *err);

#endif
