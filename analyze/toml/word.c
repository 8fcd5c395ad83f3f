/* SPDX-License-Identifier: MIT */
/* Values without quotes: what each may look like is a pattern of characters, read from left to right. */
#include "analyze/toml/scan.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define WORD_MAX 400

/* A word without the underscores between its digits. */
struct word {
	char text[WORD_MAX + 1];
	size_t len;
};

static bool is_word(int c)
{
	return c > ' ' && c < 0x7f && !strchr(",]}#=[{\"'", c);
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

/* n digits, as a number; -1: they are not there. */
static int digits(const char **at, unsigned n)
{
	int v = 0;
	for (unsigned i = 0; i < n; i++, (*at)++) {
		if (!is_digit(**at))
			return -1;
		v = v * 10 + (**at - '0');
	}
	return v;
}

static bool take(const char **at, const char *set)
{
	bool there = **at && strchr(set, **at);
	*at += there;
	return there;
}

static bool is_day(const char **at)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year = digits(at, 4), month = take(at, "-") ? digits(at, 2) : -1, day = take(at, "-") ? digits(at, 2) : -1;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= length[month - 1] + (month == 2 && leap);
}

static bool is_time(const char **at)
{
	int hour = digits(at, 2), minute = take(at, ":") ? digits(at, 2) : -1,
		second = take(at, ":") ? digits(at, 2) : -1;
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
		return false;
	if (!take(at, "."))
		return true;
	if (!is_digit(**at))
		return false;
	while (is_digit(**at))
		(*at)++;
	return true;
}

static bool is_offset(const char **at)
{
	if (take(at, "Zz"))
		return true;
	if (!take(at, "+-"))
		return false;
	int hour = digits(at, 2), minute = take(at, ":") ? digits(at, 2) : -1;
	return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59;
}

/* A date, a time of day, or both with or without an offset. */
static bool is_date(const char *text)
{
	const char *at = text;
	if (is_time(&at) && !*at)
		return true;
	at = text;
	if (!is_day(&at))
		return false;
	if (!*at)
		return true;
	return take(&at, "Tt ") && is_time(&at) && (!*at || (is_offset(&at) && !*at));
}

/* What follows may be the time of a date that was written with a blank. */
static bool time_follows(const struct rn_toml_scan *s, const struct word *w)
{
	const char *at = w->text;
	return rn_toml_at(s, 0) == ' ' && is_digit(rn_toml_at(s, 1)) && is_digit(rn_toml_at(s, 2)) &&
		rn_toml_at(s, 3) == ':' && is_day(&at) && !*at;
}

static bool put(struct word *w, int c)
{
	if (w->len == WORD_MAX)
		return false;
	w->text[w->len++] = (char)c;
	w->text[w->len] = 0;
	return true;
}

static bool read_word(struct rn_toml_scan *s, struct word *w)
{
	w->len = 0;
	w->text[0] = 0;
	do {
		if (!put(w, rn_toml_at(s, 0)))
			return false;
		s->p++;
	} while (is_word(rn_toml_at(s, 0)) || time_follows(s, w));
	return true;
}

/* Digits with single underscores between them, which go; the number of digits, 0: none or wrong. */
static size_t clean_digits(const char **at, struct word *out, bool (*is)(int))
{
	size_t n = 0;
	while (is((unsigned char)**at) || (**at == '_' && n && is((unsigned char)(*at)[1]))) {
		if (**at != '_') {
			put(out, **at);
			n++;
		}
		(*at)++;
	}
	return n;
}

static bool is_hex(int c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_octal(int c)
{
	return c >= '0' && c <= '7';
}

static bool is_binary(int c)
{
	return c == '0' || c == '1';
}

/* *fits false: it has the form, and is too great. */
static bool based(const char *text, struct rn_toml *v, bool *fits)
{
	static const struct { char letter; int base; bool (*is)(int); } bases[] = {
		{ 'x', 16, is_hex }, { 'o', 8, is_octal }, { 'b', 2, is_binary } };
	struct word w = { "", 0 };
	for (size_t i = 0; text[0] == '0' && i < 3; i++) {
		const char *at = text + 2;
		if (text[1] != bases[i].letter || !clean_digits(&at, &w, bases[i].is) || *at)
			continue;
		errno = 0;
		v->kind = RN_TOML_INTEGER;
		v->integer = strtoll(w.text, NULL, bases[i].base);
		*fits = !errno;
		return true;
	}
	return false;
}

static bool decimal(const char *text, struct rn_toml *v, bool *fits)
{
	struct word w = { "", 0 };
	const char *at = text;
	bool whole = true;
	if (*at == '+' || *at == '-')
		put(&w, *at++);
	bool zero = *at == '0';
	size_t n = clean_digits(&at, &w, is_digit);
	if (!n || (zero && n > 1))
		return false;
	if (*at == '.') {
		whole = false;
		put(&w, *at++);
		if (!clean_digits(&at, &w, is_digit))
			return false;
	}
	if (*at == 'e' || *at == 'E') {
		whole = false;
		put(&w, *at++);
		if (*at == '+' || *at == '-')
			put(&w, *at++);
		if (!clean_digits(&at, &w, is_digit))
			return false;
	}
	if (*at)
		return false;
	errno = 0;
	v->kind = whole ? RN_TOML_INTEGER : RN_TOML_FLOAT;
	if (whole)
		v->integer = strtoll(w.text, NULL, 10);
	else
		v->real = strtod(w.text, NULL);
	*fits = !whole || !errno;
	return true;
}

static bool named(const char *text, struct rn_toml *v)
{
	static const struct { const char *name; double value; } reals[] = { { "inf", INFINITY }, { "nan", NAN } };
	bool minus = *text == '-';
	const char *name = text + (minus || *text == '+');
	if (!strcmp(text, "true") || !strcmp(text, "false")) {
		v->kind = RN_TOML_BOOLEAN;
		v->boolean = *text == 't';
		return true;
	}
	for (size_t i = 0; i < 2; i++)
		if (!strcmp(name, reals[i].name)) {
			v->kind = RN_TOML_FLOAT;
			v->real = minus ? -reals[i].value : reals[i].value;
			return true;
		}
	return false;
}

int rn_toml_word(struct rn_toml_scan *s, struct rn_toml *v, struct rn_error *err)
{
	struct word w;
	bool fits = true;
	if (!is_word(rn_toml_at(s, 0)))
		return rn_toml_fail(s, err, "there should be a value here");
	if (!read_word(s, &w))
		return rn_toml_fail(s, err, "a value of more than %d bytes without quotes", WORD_MAX);
	if (named(w.text, v) || based(w.text, v, &fits) || decimal(w.text, v, &fits))
		return fits ? 0 : rn_toml_fail(s, err, "'%.100s' is out of range", w.text);
	if (!is_date(w.text))
		return rn_toml_fail(s, err, "'%.100s' is no value; text has quotes around it", w.text);
	v->kind = RN_TOML_DATE;
	v->text = rn_bytes_of(rn_arena_dup(s->arena, rn_bytes_of(w.text, w.len)), w.len);
	return v->text.p ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}
