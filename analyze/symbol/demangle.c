/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/demangle.h"

#include <libiberty/demangle.h>
#include <stdlib.h>

#define NAME_MAX_BYTES 16384 /* longer ones stay as they are: the work may grow with the square */

static bool is_mangled(const char *s)
{
	if (s[0] == '_' && (s[1] == 'Z' || s[1] == 'R'))
		return true;
	return strncmp(s, "__Z", 3) == 0 || strncmp(s, "__R", 3) == 0;
}

struct rn_bytes rn_demangle(struct rn_arena *a, struct rn_bytes name, bool parameters)
{
	if (!name.len || name.len > NAME_MAX_BYTES || name.p[0] != '_')
		return name;
	char *copy = rn_arena_dup(a, name);
	if (!copy)
		return rn_bytes_of(NULL, 0);
	char *plain = is_mangled(copy) ?
		cplus_demangle(copy, DMGL_AUTO | (parameters ? DMGL_PARAMS : 0)) : NULL;
	if (!plain)
		return name;
	char *kept = rn_arena_dup(a, rn_bytes_str(plain));
	free(plain);
	return rn_bytes_str(kept);
}
