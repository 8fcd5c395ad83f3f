/* SPDX-License-Identifier: MIT */
/**
 * rules - of every module what its code is like, of every address met the rules to unwind from it.
 *
 * Images and their tables are looked at when a frame first lies in them; rows are made once for
 * each address and kept small. Memory: about 200 bytes an address; when a hostile trace names too
 * many, all rows are forgotten (the revision tells) and made again.
 */
#ifndef RN_ANALYZE_STACK_RULES_H
#define RN_ANALYZE_STACK_RULES_H

#include "analyze/model/idmap.h"
#include "analyze/stack/modules.h"
#include "analyze/stack/unwind.h"
#include "shared/arena.h"

struct rn_rules {
	struct rn_modules_table *modules;
	struct rn_rules_image *image; /* by number of the module */
	uint32_t n_images;
	struct rn_arena rows;
	uint32_t n_rows;
	uint32_t revision; /* rows handed out under another one are gone */
};

/* What is known of an address. */
struct rn_spot {
	uint32_t module;    /* RN_NO_MODULE */
	uint64_t addr;      /* the module's own; without a module, the one in memory */
	const struct rn_small_row *row; /* NULL: no rules */
	bool is_start;      /* in the first instructions of a program: nobody called it, unless rules
	                     * lead to code (a library may have its entry point anywhere) */
	enum rn_go_base go_base; /* whatever the rules say */
};

void rn_rules_init(struct rn_rules *r, struct rn_modules_table *modules);
void rn_rules_fini(struct rn_rules *r);
/** 0, or RN_E_NOMEM and what the modules' finder says. */
int rn_rules_spot(struct rn_rules *r, uint32_t utid, uint64_t at_ns, uint64_t addr,
	struct rn_spot *out, struct rn_error *err);

#endif
