/* SPDX-License-Identifier: MIT */
/* Images of code: ELF files and perf maps as they may stand in a trace. Names lie within the image, and
 * lines are found or not, within bounds and without end. */
#include "analyze/symbol/demangle.h"
#include "analyze/symbol/lines.h"
#include "analyze/symbol/symtab.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define check(condition) do { if (!(condition)) abort(); } while (0)

static void check_names(const struct rn_symtab *t, struct rn_bytes file)
{
	struct rn_arena a = RN_ARENA_INIT;
	for (size_t i = 0; i < t->n && i < 256; i++) {
		const struct rn_symtab_entry *e = &t->entry[i];
		check(e->name.p >= file.p && e->name.p + e->name.len <= file.p + file.len);
		check(i == 0 || e[-1].addr < e->addr);
		check(rn_demangle(&a, e->name, true).p != NULL);
		const struct rn_symtab_entry *found = rn_symtab_find(t, e->addr);
		check(!found || found->addr <= e->addr);
	}
	rn_arena_fini(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rn_bytes file = rn_bytes_of(data, size);
	struct rn_line levels[RN_LINES_LEVELS];
	struct rn_elf_view e;
	struct rn_symtab t;
	struct rn_lines *l = NULL;
	check(rn_symtab_init_jit(&t, file, NULL) == 0);
	check_names(&t, file);
	rn_symtab_fini(&t);
	if (rn_elf_view_init(&e, file, NULL) == 0) {
		check(rn_symtab_init(&t, &e, NULL, NULL) == 0);
		check_names(&t, file);
		rn_lines_new(&l, &e, false, NULL);
		for (size_t i = 0; l && i < t.n && i < 64; i++)
			check(rn_lines_of(l, t.entry[i].addr, levels) <= RN_LINES_LEVELS);
		rn_symtab_fini(&t);
	}
	rn_lines_free(l);
	rn_elf_view_fini(&e);
	return 0;
}
