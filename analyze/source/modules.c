/* SPDX-License-Identifier: MIT */
#include "analyze/source/modules.h"

#include <stdlib.h>

struct teller {
	struct rn_source source;
	struct rn_source *inner;
	struct rn_modules_table *modules;
};

static int next(struct rn_source *s, struct rn_batch *out, struct rn_error *err)
{
	struct teller *t = (struct teller *)s;
	int rc = t->inner->next(t->inner, out, err);
	return rc || !out->block ? rc : rn_modules_block(t->modules, out->block, err);
}

static void free_teller(struct rn_source *s)
{
	rn_source_free(((struct teller *)s)->inner);
	free(s);
}

struct rn_source *rn_source_modules(struct rn_source *inner, struct rn_modules_table *modules)
{
	struct teller *t = inner ? calloc(1, sizeof(*t)) : NULL;
	if (!t) {
		rn_source_free(inner);
		return NULL;
	}
	t->source = (struct rn_source){ .next = next, .free = free_teller, .reader = inner->reader,
		.inner = inner };
	t->inner = inner;
	t->modules = modules;
	return &t->source;
}
