/* SPDX-License-Identifier: MIT */
/*
 * The document: lines of headers and pairs, and which table each belongs to. A table that was only passed
 * through on the way to another may still be defined, once; one that a header, a dotted key or an inline
 * value defined may not. Names are found by a hash of table and name, so that many cost no more than few.
 */
#include "analyze/toml/scan.h"
#include "analyze/report/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *rn_toml_kind_name(enum rn_toml_kind kind)
{
	static const char *const name[RN_TOML_KINDS] = { "a string", "an integer", "a float", "a boolean",
		"a date", "an array", "a table" };
	return name[kind];
}

const struct rn_toml *rn_toml_get(const struct rn_toml *table, const char *key)
{
	struct rn_bytes wanted = rn_bytes_str(key);
	for (const struct rn_toml *v = table->first; v; v = v->next)
		if (rn_bytes_equal(v->key, wanted))
			return v;
	return NULL;
}

int rn_toml_fail_at(uint32_t line, struct rn_error *err, const char *fmt, ...)
{
	char text[200];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return rn_fail(err, RN_E_USAGE, "line %u: %s", line, text);
}

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory");
}

void rn_toml_blanks(struct rn_toml_scan *s)
{
	while (rn_toml_at(s, 0) == ' ' || rn_toml_at(s, 0) == '\t')
		s->p++;
}

bool rn_toml_newline(struct rn_toml_scan *s)
{
	unsigned n = rn_toml_at(s, 0) == '\n' ? 1 : rn_toml_at(s, 0) == '\r' && rn_toml_at(s, 1) == '\n' ? 2 : 0;
	s->p += n;
	s->line += n != 0;
	return n;
}

static int skip_comment(struct rn_toml_scan *s, struct rn_error *err)
{
	int c;
	if (rn_toml_at(s, 0) != '#')
		return 0;
	while ((c = rn_toml_at(s, 0)) >= 0 && c != '\n' && !(c == '\r' && rn_toml_at(s, 1) == '\n')) {
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return rn_toml_fail(s, err, "a control character in a comment");
		s->p++;
	}
	return 0;
}

int rn_toml_line_end(struct rn_toml_scan *s, struct rn_error *err)
{
	rn_toml_blanks(s);
	int rc = skip_comment(s, err);
	if (rc || s->p == s->end || rn_toml_newline(s))
		return rc;
	return rn_toml_fail(s, err, "the line should end in front of '%c'", rn_toml_at(s, 0) < 0x20 ? '?' :
		rn_toml_at(s, 0));
}

int rn_toml_skip(struct rn_toml_scan *s, struct rn_error *err)
{
	int rc;
	do {
		rn_toml_blanks(s);
		rc = skip_comment(s, err);
	} while (!rc && rn_toml_newline(s));
	return rc;
}

static size_t hash(const struct rn_toml *table, struct rn_bytes key)
{
	uint64_t h = 0xcbf29ce484222325u ^ (uintptr_t)table;
	for (size_t i = 0; i < key.len; i++)
		h = (h ^ key.p[i]) * 0x100000001b3u;
	return (size_t)(h ^ h >> 29);
}

/* Where a value of that name is, or would go. */
static struct rn_toml_slot *slot_of(const struct rn_toml_scan *s, const struct rn_toml *table,
	struct rn_bytes key)
{
	size_t i = hash(table, key);
	for (;; i++) {
		struct rn_toml_slot *slot = &s->slot[i & (s->n_slots - 1)];
		if (!slot->value || (slot->table == table && rn_bytes_equal(slot->value->key, key)))
			return slot;
	}
}

static int make_room(struct rn_toml_scan *s, struct rn_error *err)
{
	struct rn_toml_scan bigger = *s;
	if (s->n_slots && s->n_used < s->n_slots / 2)
		return 0;
	bigger.n_slots = s->n_slots ? s->n_slots * 2 : 64;
	bigger.slot = calloc(bigger.n_slots, sizeof(*s->slot));
	if (!bigger.slot)
		return no_memory(err);
	for (size_t i = 0; i < s->n_slots; i++)
		if (s->slot[i].value)
			*slot_of(&bigger, s->slot[i].table, s->slot[i].value->key) = s->slot[i];
	free(s->slot);
	*s = bigger;
	return 0;
}

struct rn_toml *rn_toml_append(struct rn_toml_scan *s, struct rn_toml *to, enum rn_toml_kind kind)
{
	struct rn_toml *v = rn_arena_zalloc(s->arena, 1, sizeof(*v));
	if (!v)
		return NULL;
	v->kind = kind;
	v->line = s->line;
	if (to->last)
		to->last->next = v;
	else
		to->first = v;
	to->last = v;
	to->n++;
	return v;
}

/* The value of that name in a table, made as a table where there is none. */
static int child(struct rn_toml_scan *s, struct rn_toml *table, struct rn_bytes key, struct rn_toml **out,
	bool *made, struct rn_error *err)
{
	int rc = make_room(s, err);
	if (rc)
		return rc;
	struct rn_toml_slot *slot = slot_of(s, table, key);
	*made = !slot->value;
	if (*made) {
		struct rn_toml *v = rn_toml_append(s, table, RN_TOML_TABLE);
		if (!v)
			return no_memory(err);
		v->key = key;
		*slot = (struct rn_toml_slot){ table, v };
		s->n_used++;
	}
	*out = slot->value;
	return 0;
}

static int twice(struct rn_toml_scan *s, const struct rn_toml *v, struct rn_error *err)
{
	return rn_toml_fail(s, err, "'%.*s' is defined already, in line %u", RN_QUOTED(v->key), v->line);
}

int rn_toml_pair(struct rn_toml_scan *s, struct rn_toml *table, struct rn_error *err)
{
	struct rn_bytes name;
	struct rn_toml *v = NULL;
	unsigned depth = 0;
	for (;;) {
		bool made;
		int rc = rn_toml_name(s, &name, err);
		if (!rc)
			rc = child(s, table, name, &v, &made, err);
		if (rc)
			return rc;
		rn_toml_blanks(s);
		if (rn_toml_at(s, 0) != '.') {
			if (!made)
				return twice(s, v, err);
			break;
		}
		if (v->kind != RN_TOML_TABLE || v->flags & (RN_TOML_HEADER | RN_TOML_CLOSED))
			return twice(s, v, err);
		if (++depth > RN_TOML_MAX_DEPTH)
			return rn_toml_fail(s, err, "a name of more than %d parts", RN_TOML_MAX_DEPTH);
		v->flags |= RN_TOML_DOTTED;
		table = v;
		s->p++;
		rn_toml_blanks(s);
	}
	if (rn_toml_at(s, 0) != '=')
		return rn_toml_fail(s, err, "there should be a = behind '%.*s'", RN_QUOTED(name));
	s->p++;
	rn_toml_blanks(s);
	return rn_toml_value(s, v, err);
}

/* A table on the way to the one that a header names. */
static int pass(struct rn_toml_scan *s, struct rn_toml **v, struct rn_error *err)
{
	if ((*v)->kind == RN_TOML_ARRAY && !((*v)->flags & RN_TOML_CLOSED))
		*v = (*v)->last;
	if ((*v)->kind != RN_TOML_TABLE || (*v)->flags & RN_TOML_CLOSED)
		return rn_toml_fail(s, err, "'%.*s' is no table that could be added to (line %u)",
			RN_QUOTED((*v)->key), (*v)->line);
	return 0;
}

/* The last name of a header: [x] defines it, [[x]] adds to it. */
static int define(struct rn_toml_scan *s, struct rn_toml **v, bool made, bool array, struct rn_error *err)
{
	struct rn_toml *t = *v;
	if (!array) {
		if (!made && (t->kind != RN_TOML_TABLE || t->flags))
			return twice(s, t, err);
		t->line = s->line;
	} else {
		if (made)
			t->kind = RN_TOML_ARRAY;
		if (t->kind != RN_TOML_ARRAY || t->flags & RN_TOML_CLOSED)
			return twice(s, t, err);
		*v = rn_toml_append(s, t, RN_TOML_TABLE);
		if (!*v)
			return no_memory(err);
		(*v)->key = t->key;
	}
	(*v)->flags |= RN_TOML_HEADER;
	return 0;
}

static int header(struct rn_toml_scan *s, struct rn_toml *root, struct rn_toml **table, struct rn_error *err)
{
	bool array = rn_toml_at(s, 1) == '[', made;
	struct rn_toml *v = root;
	s->p += 1 + array;
	for (unsigned depth = 0;; depth++) {
		struct rn_bytes name;
		rn_toml_blanks(s);
		int rc = rn_toml_name(s, &name, err);
		if (!rc)
			rc = child(s, v, name, &v, &made, err);
		rn_toml_blanks(s);
		if (!rc && rn_toml_at(s, 0) == '.')
			rc = pass(s, &v, err);
		else if (!rc)
			break;
		if (!rc && depth == RN_TOML_MAX_DEPTH)
			rc = rn_toml_fail(s, err, "a name of more than %d parts", RN_TOML_MAX_DEPTH);
		if (rc)
			return rc;
		s->p++;
	}
	if (rn_toml_at(s, 0) != ']' || (array && rn_toml_at(s, 1) != ']'))
		return rn_toml_fail(s, err, "a header should end with %s", array ? "]]" : "]");
	s->p += 1 + array;
	*table = v;
	return define(s, table, made, array, err);
}

static int parse(struct rn_toml_scan *s, struct rn_toml *root, struct rn_error *err)
{
	struct rn_toml *table = root;
	int rc;
	while ((rc = rn_toml_skip(s, err)) == 0 && s->p < s->end) {
		rc = rn_toml_at(s, 0) == '[' ? header(s, root, &table, err) : rn_toml_pair(s, table, err);
		if (!rc)
			rc = rn_toml_line_end(s, err);
		if (rc)
			break;
	}
	return rc;
}

/* The length of the code point in front; 0: it is none. What report/utf8.h keeps for itself is one here. */
static size_t code_point(struct rn_bytes s)
{
	uint32_t code;
	size_t n = rn_utf8_take(s, &code);
	if (n > 1 || code < RN_UTF8_RAW || code > RN_UTF8_RAW + 0xff)
		return n;
	return s.len > 2 && s.p[0] == 0xee && s.p[1] >= 0xbc && s.p[1] <= 0xbf && (s.p[2] & 0xc0) == 0x80 ? 3 : 0;
}

static int check_utf8(struct rn_bytes text, struct rn_error *err)
{
	uint32_t line = 1;
	for (size_t i = 0; i < text.len;) {
		size_t n = code_point(rn_bytes_of(text.p + i, text.len - i));
		if (!n)
			return rn_fail(err, RN_E_USAGE, "line %u: bytes that are no UTF-8", line);
		line += text.p[i] == '\n';
		i += n;
	}
	return 0;
}

int rn_toml_parse(const struct rn_toml **root, struct rn_bytes text, struct rn_arena *arena,
	struct rn_error *err)
{
	struct rn_toml_scan s = { text.p, text.p + text.len, 1, 0, arena, RN_BUFFER_INIT, NULL, 0, 0 };
	struct rn_toml *top = rn_arena_zalloc(arena, 1, sizeof(*top));
	*root = top;
	if (!top)
		return no_memory(err);
	if (text.len > RN_TOML_MAX_BYTES)
		return rn_fail(err, RN_E_LIMIT, "more than %zu bytes", RN_TOML_MAX_BYTES);
	top->kind = RN_TOML_TABLE;
	top->line = 1;
	int rc = check_utf8(text, err);
	if (text.len >= 3 && !memcmp(text.p, "\xef\xbb\xbf", 3))
		s.p += 3;
	if (!rc)
		rc = parse(&s, top, err);
	rn_buffer_fini(&s.text);
	free(s.slot);
	return rc;
}
