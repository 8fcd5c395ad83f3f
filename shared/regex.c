/* SPDX-License-Identifier: MIT */
/* PCRE2 with its limits set: names and paths are short, so that a pattern which needs more steps than
 * this is a mistake or an attack. Patterns are bytes, never UTF-8: names are ASCII, paths any bytes. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "shared/regex.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_STEPS = 20000, MAX_DEPTH = 2000, MAX_HEAP_KIB = 1024 };

struct rn_regex {
	pcre2_code *code;
	pcre2_match_data *found;
	pcre2_match_context *limits;
	char pattern[64]; /* its beginning, for messages */
};

static int refuse(struct rn_bytes pattern, int number, size_t offset, struct rn_error *err)
{
	PCRE2_UCHAR text[160];
	if (number == PCRE2_ERROR_NOMEMORY)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	if (pcre2_get_error_message(number, text, sizeof(text)) == PCRE2_ERROR_BADDATA)
		text[0] = 0;
	return rn_fail(err, RN_E_USAGE, "invalid regex \"%.*s\": %s at offset %zu",
		RN_QUOTED(pattern), (const char *)text, offset);
}

static int compile(struct rn_regex *r, struct rn_bytes pattern, struct rn_error *err)
{
	const uint32_t options = PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP;
	int number;
	PCRE2_SIZE offset;
	r->code = pcre2_compile(pattern.p, pattern.len, options, &number, &offset, NULL);
	return r->code ? 0 : refuse(pattern, number, offset, err);
}

int rn_regex_new(struct rn_regex **regex, struct rn_bytes pattern, struct rn_error *err)
{
	int rc = RN_E_NOMEM;
	struct rn_regex *r = calloc(1, sizeof(*r));
	*regex = NULL;
	if (!r)
		goto out;
	size_t n = pattern.len < sizeof(r->pattern) ? pattern.len : sizeof(r->pattern) - 1;
	memcpy(r->pattern, pattern.p, n);
	rc = compile(r, pattern, err);
	if (rc)
		goto out;
	rc = RN_E_NOMEM;
	r->found = pcre2_match_data_create(2, NULL);
	r->limits = pcre2_match_context_create(NULL);
	if (!r->found || !r->limits)
		goto out;
	pcre2_set_match_limit(r->limits, MAX_STEPS);
	pcre2_set_depth_limit(r->limits, MAX_DEPTH);
	pcre2_set_heap_limit(r->limits, MAX_HEAP_KIB);
	*regex = r;
	return 0;
out:
	rn_regex_free(r);
	return rc == RN_E_NOMEM ? rn_fail(err, rc, "out of memory") : rc;
}

void rn_regex_free(struct rn_regex *r)
{
	if (!r)
		return;
	pcre2_match_context_free(r->limits);
	pcre2_match_data_free(r->found);
	pcre2_code_free(r->code);
	free(r);
}

/* Of a search that ended with an error. */
static int give_up(const struct rn_regex *r, int number, struct rn_bytes text, struct rn_error *err)
{
	if (number == PCRE2_ERROR_NOMEMORY)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	PCRE2_UCHAR why[160];
	if (pcre2_get_error_message(number, why, sizeof(why)) == PCRE2_ERROR_BADDATA)
		why[0] = 0;
	return rn_fail(err, RN_E_LIMIT, "regex \"%s\" takes too long on \"%.*s\": %s", r->pattern,
		(int)text.len, (const char *)text.p, (const char *)why);
}

int rn_regex_search(const struct rn_regex *r, struct rn_bytes text, struct rn_error *err)
{
	int n = pcre2_match(r->code, text.p, text.len, 0, 0, r->found, r->limits);
	if (n >= 0)
		return 1;
	return n == PCRE2_ERROR_NOMATCH ? 0 : give_up(r, n, text, err);
}

int rn_regex_find(const struct rn_regex *r, struct rn_bytes text, size_t from, size_t *begin,
	size_t *end, struct rn_error *err)
{
	int n = pcre2_match(r->code, text.p, text.len, from, 0, r->found, r->limits);
	if (n < 0)
		return n == PCRE2_ERROR_NOMATCH ? 0 : give_up(r, n, text, err);
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(r->found);
	/* 0: there are more groups than we have room for; the first is there. */
	const PCRE2_SIZE *of = n != 1 && at[2] != PCRE2_UNSET ? at + 2 : at;
	*begin = of[0];
	*end = of[1];
	return *end < *begin || *end > text.len ? 0 : 1; /* \K may turn them about */
}

int rn_regex_replace(const struct rn_regex *r, struct rn_bytes text, struct rn_bytes replacement,
	struct rn_buffer *out, struct rn_error *err)
{
	PCRE2_SIZE room = text.len + replacement.len + 64;
	for (;;) {
		uint8_t *to = rn_buffer_reserve(out, room);
		PCRE2_SIZE len = room;
		if (!to)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		int n = pcre2_substitute(r->code, text.p ? text.p : (PCRE2_SPTR)"", text.len, 0,
			PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_OVERFLOW_LENGTH, NULL, r->limits,
			replacement.p ? replacement.p : (PCRE2_SPTR)"", replacement.len, to, &len);
		if (n >= 0) {
			out->len += len;
			return 0;
		}
		if (n == PCRE2_ERROR_BADREPLACEMENT || n == PCRE2_ERROR_NOSUBSTRING ||
			n == PCRE2_ERROR_BADREPESCAPE || n == PCRE2_ERROR_BADSUBSTITUTION)
			return rn_fail(err, RN_E_USAGE, "invalid replacement \"%.*s\"", RN_QUOTED(replacement));
		if (n != PCRE2_ERROR_NOMEMORY || len <= room)
			return give_up(r, n, text, err);
		room = len;
	}
}
