/* SPDX-License-Identifier: MIT */
/* Names and strings. What was read is put together in one buffer and copied into the arena at its end. */
#include "analyze/toml/scan.h"
#include "analyze/report/utf8.h"

static bool is_bare(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static int finish(struct rn_toml_scan *s, struct rn_bytes *out, struct rn_error *err)
{
	const char *copy = rn_buffer_ok(&s->text) ? rn_arena_dup(s->arena, rn_buffer_bytes(&s->text)) : NULL;
	*out = rn_bytes_of(copy, s->text.len);
	return copy ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

int rn_toml_name(struct rn_toml_scan *s, struct rn_bytes *out, struct rn_error *err)
{
	const uint8_t *from = s->p;
	if (rn_toml_at(s, 0) == '"' || rn_toml_at(s, 0) == '\'')
		return rn_toml_string(s, false, out, err);
	while (is_bare(rn_toml_at(s, 0)))
		s->p++;
	*out = rn_bytes_of(from, (size_t)(s->p - from));
	if (!out->len)
		return rn_toml_fail(s, err, "there should be a name here");
	rn_buffer_clear(&s->text);
	rn_put_bytes(&s->text, out->p, out->len);
	return finish(s, out, err);
}

static int hex_digit(int c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
		c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int code_point(struct rn_toml_scan *s, unsigned digits, struct rn_error *err)
{
	uint32_t code = 0;
	uint8_t bytes[4];
	for (unsigned i = 0; i < digits; i++) {
		int digit = hex_digit(rn_toml_at(s, i));
		if (digit < 0)
			return rn_toml_fail(s, err, "\\%c takes %u hexadecimal digits", digits == 4 ? 'u' : 'U',
				digits);
		code = code << 4 | (uint32_t)digit;
	}
	if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return rn_toml_fail(s, err, "U+%04X is no character", code);
	s->p += digits;
	rn_put_bytes(&s->text, bytes, rn_utf8_put(bytes, code));
	return 0;
}

/* A backslash at the end of a line, and the white space up to what follows. False: it is none. */
static bool continuation(struct rn_toml_scan *s)
{
	const uint8_t *from = s->p;
	rn_toml_blanks(s);
	if (!rn_toml_newline(s)) {
		s->p = from;
		return false;
	}
	do
		rn_toml_blanks(s);
	while (rn_toml_newline(s));
	return true;
}

static int escape(struct rn_toml_scan *s, bool multi, struct rn_error *err)
{
	static const char name[] = "btnfr\"\\", means[] = "\b\t\n\f\r\"\\";
	s->p++;
	if (multi && continuation(s))
		return 0;
	int c = rn_toml_at(s, 0);
	const char *known = c > 0 ? strchr(name, c) : NULL;
	s->p += c >= 0;
	if (known)
		rn_put_u8(&s->text, (uint8_t)means[known - name]);
	else if (c == 'u' || c == 'U')
		return code_point(s, c == 'u' ? 4 : 8, err);
	else
		return rn_toml_fail(s, err, "there is no such escape; a backslash itself is \\\\");
	return 0;
}

/* The quotes at the end of a string of several lines, of which up to two are its own. */
static bool closes(struct rn_toml_scan *s, int quote, bool multi)
{
	unsigned n = 0;
	if (rn_toml_at(s, 0) != quote)
		return false;
	if (!multi)
		return s->p++, true;
	while (n < 5 && rn_toml_at(s, n) == quote)
		n++;
	for (unsigned i = n < 3 ? 0 : 3; i < n; i++)
		rn_put_u8(&s->text, (uint8_t)quote);
	s->p += n;
	return n >= 3;
}

static int inside(struct rn_toml_scan *s, int quote, bool multi, struct rn_error *err)
{
	int c = rn_toml_at(s, 0);
	if (c == '\\' && quote == '"')
		return escape(s, multi, err);
	if (multi && rn_toml_newline(s)) {
		rn_put_u8(&s->text, '\n');
		return 0;
	}
	if (c == '\n' || c == '\r')
		return rn_toml_fail(s, err, "a string ends on its line, unless it began with three quotes");
	if ((c < 0x20 && c != '\t') || c == 0x7f)
		return rn_toml_fail(s, err, "a control character in a string");
	rn_put_u8(&s->text, (uint8_t)c);
	s->p++;
	return 0;
}

int rn_toml_string(struct rn_toml_scan *s, bool multi, struct rn_bytes *out, struct rn_error *err)
{
	int quote = rn_toml_at(s, 0);
	uint32_t line = s->line;
	rn_buffer_clear(&s->text);
	multi = multi && rn_toml_at(s, 1) == quote && rn_toml_at(s, 2) == quote;
	s->p += multi ? 3 : 1;
	if (multi)
		rn_toml_newline(s);
	while (!closes(s, quote, multi)) {
		if (s->p == s->end)
			return rn_toml_fail_at(line, err, "a string without its end");
		int rc = inside(s, quote, multi, err);
		if (rc)
			return rc;
	}
	return finish(s, out, err);
}
