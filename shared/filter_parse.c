/* SPDX-License-Identifier: MIT */
/* Splits an expression at the commas outside of regexes; one part at a time goes to the sink. */
#include "shared/filter_part.h"

#include "shared/filter.h"
#include "shared/suggest.h"

typedef int list_fn(const struct rn_part_sink *sink, struct rn_bytes list, struct rn_error *err);

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct rn_bytes *s)
{
	while (s->len && is_blank(s->p[0])) {
		s->p++;
		s->len--;
	}
}

static void trim_end(struct rn_bytes *s)
{
	while (s->len && is_blank(s->p[s->len - 1]))
		s->len--;
}

static bool take(struct rn_bytes *s, char c)
{
	if (!s->len || s->p[0] != (uint8_t)c)
		return false;
	s->p++;
	s->len--;
	return true;
}

/* Whether only blanks stand between here and a comma or the end. */
static bool ends_part(struct rn_bytes s)
{
	skip_blanks(&s);
	return !s.len || s.p[0] == ',';
}

/* s begins behind the opening slash; moved behind the closing one. */
static int take_regex(struct rn_bytes *s, struct rn_bytes *pattern, struct rn_error *err)
{
	for (size_t i = 0; i < s->len; i++) {
		if (s->p[i] == '\\') {
			i++;
			continue;
		}
		struct rn_bytes rest = rn_bytes_of(s->p + i + 1, s->len - i - 1);
		if (s->p[i] == '/' && ends_part(rest)) {
			*pattern = rn_bytes_of(s->p, i);
			*s = rest;
			return 0;
		}
	}
	return rn_fail(err, RN_E_USAGE,
		"invalid regex \"/%.*s\": no / ends it before a comma or the end", RN_QUOTED(*s));
}

static int read_regex(const struct rn_part_sink *sink, struct rn_part *part, struct rn_bytes *s,
	struct rn_error *err)
{
	struct rn_bytes pattern;
	struct rn_bytes whole = rn_bytes_of(s->p - 1, 0);
	int rc = take_regex(s, &pattern, err);
	if (rc)
		return rc;
	whole.len = pattern.len + 2;
	part->kind = RN_PART_REGEX;
	part->abis = RN_ABIS_ALL;
	part->text = rn_arena_dup(sink->arena, whole);
	if (!part->text)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	return rn_regex_new(&part->regex, pattern, err);
}

static int read_word(const struct rn_part_sink *sink, struct rn_part *part, struct rn_bytes *s,
	struct rn_error *err)
{
	const uint8_t *comma = s->len ? memchr(s->p, ',', s->len) : NULL;
	struct rn_bytes word = rn_bytes_of(s->p, comma ? (size_t)(comma - s->p) : s->len);
	s->p += word.len;
	s->len -= word.len;
	trim_end(&word);
	if (!word.len && part->exclude)
		return rn_fail(err, RN_E_USAGE, "nothing stands behind \"!\"");
	if (!word.len)
		return rn_fail(err, RN_E_USAGE, "a part is empty");
	if (word.p[0] == '!' || word.p[0] == '?')
		return rn_fail(err, RN_E_USAGE,
			"\"!\" and \"?\" stand once, in this order, before a word");
	struct rn_error why;
	int rc = rn_part_word(part, sink->arena, word, &why);
	if (rc == RN_E_NOT_FOUND && (part->exclude || part->tolerant)) {
		part->kind = RN_PART_NONE;
		part->text = "none";
		if (part->tolerant)
			return 0;
		rn_error_prefix(&why, "\"!%.*s\" leaves out nothing",
			RN_QUOTED(word));
		return sink->warn(sink->arg, why.message, err);
	}
	return rc ? rn_fail(err, rc == RN_E_NOT_FOUND ? RN_E_USAGE : rc, "%s", why.message) : 0;
}

static int read_part(const struct rn_part_sink *sink, struct rn_bytes *s, struct rn_error *err)
{
	struct rn_part part = { 0 };
	skip_blanks(s);
	part.exclude = take(s, '!');
	skip_blanks(s);
	part.tolerant = take(s, '?');
	skip_blanks(s);
	int rc = take(s, '/') ? read_regex(sink, &part, s, err) : read_word(sink, &part, s, err);
	if (rc)
		return rc;
	return sink->take(sink->arg, &part, err);
}

/* The list behind "trace=". */
static int read_trace(const struct rn_part_sink *sink, struct rn_bytes list, struct rn_error *err)
{
	skip_blanks(&list);
	if (!list.len) {
		struct rn_part nothing = { .kind = RN_PART_NONE, .text = "none" };
		return sink->take(sink->arg, &nothing, err);
	}
	for (;;) {
		int rc = read_part(sink, &list, err);
		if (rc)
			return rc;
		skip_blanks(&list);
		if (!take(&list, ','))
			return 0;
	}
}

static const struct {
	const char *word;
	list_fn *read;
} qualifiers[] = {
	{ "trace", read_trace },
	{ "t", read_trace },
};

static int find_qualifier(struct rn_bytes word, list_fn **read, struct rn_error *err)
{
	struct rn_suggest near = rn_suggest_for(word);
	for (size_t i = 0; i < sizeof(qualifiers) / sizeof(qualifiers[0]); i++) {
		if (rn_bytes_equal(word, rn_bytes_str(qualifiers[i].word))) {
			*read = qualifiers[i].read;
			return 0;
		}
		rn_suggest_try(&near, qualifiers[i].word);
	}
	return rn_fail(err, RN_E_USAGE, "unknown qualifier \"%.*s=\"; %s \"%s=\"%s",
		RN_QUOTED(word), near.best ? "did you mean" : "known is", near.best ? near.best : "trace",
		near.best ? "?" : "");
}

/* The letters before "="; nothing when the expression does not begin so. */
static struct rn_bytes qualifier_of(struct rn_bytes s)
{
	size_t n = 0;
	while (n < s.len && ((s.p[n] >= 'a' && s.p[n] <= 'z') || s.p[n] == '-' || s.p[n] == '_' ||
		(s.p[n] >= 'A' && s.p[n] <= 'Z')))
		n++;
	return rn_bytes_of(s.p, n < s.len && s.p[n] == '=' ? n : 0);
}

static int read_expression(const struct rn_part_sink *sink, struct rn_bytes s,
	struct rn_error *err)
{
	struct rn_bytes word = qualifier_of(s);
	if (!word.len)
		return rn_fail(err, RN_E_USAGE,
			"the qualifier is missing, say \"trace=%.*s\"", RN_QUOTED(s));
	list_fn *read = NULL;
	int rc = find_qualifier(word, &read, err);
	if (rc)
		return rc;
	return read(sink, rn_bytes_of(s.p + word.len + 1, s.len - word.len - 1), err);
}

int rn_parts_parse(const struct rn_part_sink *sink, const char *expression, struct rn_error *err)
{
	struct rn_bytes s = rn_bytes_str(expression);
	if (s.len > RN_FILTER_MAX_BYTES)
		return rn_fail(err, RN_E_LIMIT, "filter of %zu bytes, the limit is %d", s.len,
			RN_FILTER_MAX_BYTES);
	int rc = read_expression(sink, s, err);
	if (rc)
		rn_error_prefix(err, "filter \"%.100s%s\"", expression, s.len > 100 ? ".." : "");
	return rc;
}
