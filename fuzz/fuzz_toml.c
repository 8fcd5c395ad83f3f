/* SPDX-License-Identifier: MIT */
/* TOML documents: refused with a line, or a tree whose parts know where they are. */
#include "analyze/toml/toml.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define check(condition) do { if (!(condition)) abort(); } while (0)

static void walk(const struct rn_toml *v, unsigned depth)
{
	uint32_t n = 0;
	check(v->kind < RN_TOML_KINDS && v->line && depth < 300);
	if (v->kind == RN_TOML_STRING || v->kind == RN_TOML_DATE)
		check(v->text.p && !v->text.p[v->text.len]);
	if (v->kind != RN_TOML_ARRAY && v->kind != RN_TOML_TABLE)
		return;
	for (const struct rn_toml *c = v->first; c; c = c->next, n++) {
		check(v->kind == RN_TOML_ARRAY || c->key.p);
		walk(c, depth + 1);
	}
	check(n == v->n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rn_arena arena = RN_ARENA_INIT;
	struct rn_error err = { 0 };
	const struct rn_toml *root;
	int rc = rn_toml_parse(&root, rn_bytes_of(data, size), &arena, &err);
	check(rc == 0 || err.message[0]);
	if (!rc)
		walk(root, 0);
	rn_arena_fini(&arena);
	return 0;
}
