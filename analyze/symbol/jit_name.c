/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/jit_name.h"

#include <stdbool.h>

static struct rn_bytes part(struct rn_bytes s, size_t from, size_t to)
{
	return rn_bytes_of(s.p + from, to - from);
}

static bool begins_with(struct rn_bytes s, const char *start)
{
	size_t n = strlen(start);
	return s.len >= n && memcmp(s.p, start, n) == 0;
}

/* Takes ":123" off the end. */
static bool take_number(struct rn_bytes *s, uint32_t *v)
{
	size_t at = s->len;
	uint32_t number = 0;
	while (at && s->p[at - 1] >= '0' && s->p[at - 1] <= '9' && s->len - at < 9)
		at--;
	if (at == s->len || !at || s->p[at - 1] != ':')
		return false;
	for (size_t i = at; i < s->len; i++)
		number = number * 10 + (s->p[i] - '0');
	*v = number;
	s->len = at - 1;
	return true;
}

/* "JS:*", "JS:~", "LazyCompile:^": letters, a colon, the tier. */
static size_t kind_bytes(struct rn_bytes s)
{
	size_t n = 0;
	while (n < s.len && ((s.p[n] | 32) >= 'a' && (s.p[n] | 32) <= 'z'))
		n++;
	if (!n || n == s.len || s.p[n] != ':')
		return 0;
	n++;
	return n < s.len && strchr("*~^+'", s.p[n]) ? n + 1 : n;
}

static struct rn_jit_name name_of_v8(struct rn_bytes name)
{
	struct rn_jit_name plain = { .function = name }, n = { .function = name };
	size_t kind = kind_bytes(name);
	if (!kind || !take_number(&name, &n.line))
		return plain;
	uint32_t column = n.line;
	if (take_number(&name, &n.line))
		n.column = column;
	const uint8_t *blank = kind < name.len ? memchr(name.p + kind, ' ', name.len - kind) : NULL;
	if (!blank)
		return plain;
	size_t at = (size_t)(blank - name.p);
	n.function = at > kind ? part(name, kind, at) : rn_bytes_str("(anonymous)");
	n.file = part(name, at + 1, name.len);
	return n.file.len ? n : plain;
}

struct rn_jit_name rn_jit_name(struct rn_bytes name)
{
	if (begins_with(name, "py::")) {
		const uint8_t *colon = memchr(name.p + 4, ':', name.len - 4);
		size_t at = colon ? (size_t)(colon - name.p) : name.len;
		return (struct rn_jit_name){ .function = part(name, 4, at),
			.file = colon ? part(name, at + 1, name.len) : rn_bytes_of(NULL, 0) };
	}
	return name_of_v8(name);
}
