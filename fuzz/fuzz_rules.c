/* SPDX-License-Identifier: MIT */
/* Files of rules for `check`: as TOML, whose tree is sound, and as rules; refused with a message, or fit to be judged. */
#include "analyze/check/check.h"
#include "analyze/toml/toml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define check(condition) do { if (!(condition)) abort(); } while (0)

/* Every text is looked at, every list is as long as it says. */
static size_t walk(const struct rn_toml *v, unsigned depth)
{
	size_t sum = v->key.len ? v->key.p[v->key.len - 1] : 0;
	uint32_t n = 0;
	check(depth <= 2 * RN_TOML_MAX_DEPTH + 2 && v->kind < RN_TOML_KINDS && rn_toml_kind_name(v->kind));
	if (v->kind == RN_TOML_STRING || v->kind == RN_TOML_DATE)
		for (size_t i = 0; i < v->text.len; i++)
			sum += v->text.p[i];
	if (v->kind == RN_TOML_ARRAY || v->kind == RN_TOML_TABLE) {
		for (const struct rn_toml *c = v->first; c; c = c->next, n++)
			sum += walk(c, depth + 1);
		check(n == v->n);
	}
	return sum;
}

static void load(const uint8_t *data, size_t size)
{
	struct rn_error err = { 0 };
	struct rn_check c;
	char path[32];
	int fd = memfd_create("rules", 0);
	check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int rc = rn_check_load(&c, path, &err);
	check(rc == 0 || err.message[0]);
	for (size_t i = 0; !rc && i < c.n_rules; i++)
		check(c.rule[i].name && c.rule[i].n_limits > 0);
	rn_check_fini(&c);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rn_arena arena = RN_ARENA_INIT;
	struct rn_error err = { 0 };
	const struct rn_toml *root = NULL;
	int rc = rn_toml_parse(&root, rn_bytes_of(data, size), &arena, &err);
	check(rc == 0 ? root && root->kind == RN_TOML_TABLE : err.message[0] != 0);
	if (!rc)
		walk(root, 0);
	rn_arena_fini(&arena);
	load(data, size);
	return 0;
}
