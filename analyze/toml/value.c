/* SPDX-License-Identifier: MIT */
/* Values that hold values: arrays, and tables on one line. */
#include "analyze/toml/scan.h"

static int enter(struct rn_toml_scan *s, struct rn_error *err)
{
	s->p++;
	if (++s->depth > RN_TOML_MAX_DEPTH)
		return rn_toml_fail(s, err, "more than %d values within each other", RN_TOML_MAX_DEPTH);
	return 0;
}

static int array(struct rn_toml_scan *s, struct rn_toml *v, struct rn_error *err)
{
	uint32_t line = s->line;
	int rc = enter(s, err);
	v->kind = RN_TOML_ARRAY;
	v->flags = RN_TOML_CLOSED;
	if (!rc)
		rc = rn_toml_skip(s, err);
	while (!rc && rn_toml_at(s, 0) != ']') {
		if (s->p == s->end)
			return rn_toml_fail_at(line, err, "an array without its end");
		struct rn_toml *item = rn_toml_append(s, v, RN_TOML_STRING);
		rc = item ? rn_toml_value(s, item, err) : rn_fail(err, RN_E_NOMEM, "out of memory");
		if (!rc)
			rc = rn_toml_skip(s, err);
		if (rc || rn_toml_at(s, 0) == ']')
			break;
		if (rn_toml_at(s, 0) != ',')
			return rn_toml_fail(s, err, "there should be a comma or ] behind a value of an array");
		s->p++;
		rc = rn_toml_skip(s, err);
	}
	s->p += !rc;
	s->depth--;
	return rc;
}

/* Closes what an inline table holds: nothing is added to it from outside. */
static void close_table(struct rn_toml *v)
{
	v->flags |= RN_TOML_CLOSED;
	for (struct rn_toml *c = v->first; c; c = c->next)
		if (c->kind == RN_TOML_TABLE && !(c->flags & RN_TOML_CLOSED))
			close_table(c); /* as deep as a name has dots */
}

static int table(struct rn_toml_scan *s, struct rn_toml *v, struct rn_error *err)
{
	int rc = enter(s, err);
	v->kind = RN_TOML_TABLE;
	v->flags = 0;
	rn_toml_blanks(s);
	if (!rc && rn_toml_at(s, 0) != '}')
		for (;;) {
			rc = rn_toml_pair(s, v, err);
			rn_toml_blanks(s);
			if (rc || rn_toml_at(s, 0) == '}')
				break;
			if (rn_toml_at(s, 0) != ',')
				return rn_toml_fail(s, err, "there should be a comma or } behind a value of a "
					"table on one line");
			s->p++;
			rn_toml_blanks(s);
		}
	close_table(v);
	s->p += !rc;
	s->depth--;
	return rc;
}

int rn_toml_value(struct rn_toml_scan *s, struct rn_toml *v, struct rn_error *err)
{
	v->line = s->line;
	switch (rn_toml_at(s, 0)) {
	case '"':
	case '\'':
		v->kind = RN_TOML_STRING;
		return rn_toml_string(s, true, &v->text, err);
	case '[':
		return array(s, v, err);
	case '{':
		return table(s, v, err);
	default:
		return rn_toml_word(s, v, err);
	}
}
