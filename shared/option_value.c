/* SPDX-License-Identifier: MIT */
/* One function per kind of row, in an array indexed by the kind. */
#include "shared/option_value.h"

#include "shared/suggest.h"

#include <stdlib.h>

bool rn_option_step(struct rn_option_walk *w)
{
	for (; w->set < w->cli->n_sets; w->set++, w->next = NULL) {
		const struct rn_option_set *s = &w->cli->sets[w->set];
		const struct rn_option *o = w->next ? w->next : s->rows;
		while (o->kind == RN_OPTION_HEADING)
			o++;
		if (o->kind == RN_OPTION_END)
			continue;
		w->row = o;
		w->target = s->target;
		w->next = o + 1;
		return true;
	}
	return false;
}

bool rn_option_step_told(struct rn_option_walk *w)
{
	while (rn_option_step(w))
		if (!w->row->hidden)
			return true;
	return false;
}

typedef int store_fn(const struct rn_option *o, void *field, const char *value,
	struct rn_error *err);

static int store_true(const struct rn_option *o, void *field, const char *value,
	struct rn_error *err)
{
	(void)o, (void)value, (void)err;
	*(bool *)field = true;
	return 0;
}

static int store_false(const struct rn_option *o, void *field, const char *value,
	struct rn_error *err)
{
	(void)o, (void)value, (void)err;
	*(bool *)field = false;
	return 0;
}

static int count_one(const struct rn_option *o, void *field, const char *value,
	struct rn_error *err)
{
	(void)o, (void)value, (void)err;
	++*(unsigned *)field;
	return 0;
}

static int store_string(const struct rn_option *o, void *field, const char *value,
	struct rn_error *err)
{
	(void)o, (void)err;
	*(const char **)field = value;
	return 0;
}

static int add_string(const struct rn_option *o, void *field, const char *value,
	struct rn_error *err)
{
	(void)o;
	struct rn_strings *s = field;
	const char **item = realloc(s->item, (s->n + 1) * sizeof(*item));
	if (!item)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	item[s->n++] = value;
	s->item = item;
	return 0;
}

void rn_strings_fini(struct rn_strings *s)
{
	free(s->item);
	*s = (struct rn_strings){ NULL, 0 };
}

/* People write time_max and time-max. */
static bool is_same_word(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !((*a == '-' || *a == '_') && (*b == '-' || *b == '_')))
			return false;
	return *a == *b;
}

static const struct rn_word *find_word(const struct rn_option *o, const char *value)
{
	for (const struct rn_word *w = o->words; w && w->word; w++)
		if (is_same_word(w->word, value))
			return w;
	return NULL;
}

static int store_word(const struct rn_option *o, void *field, const char *value,
	struct rn_error *err)
{
	const struct rn_word *w = find_word(o, value);
	if (w) {
		*(int *)field = (int)w->value;
		return 0;
	}
	struct rn_suggest near = rn_suggest_for(rn_bytes_str(value));
	struct rn_buffer all = RN_BUFFER_INIT;
	for (w = o->words; w->word; w++) {
		rn_suggest_try(&near, w->word);
		rn_put_format(&all, "%s%s", w == o->words ? "" : ", ", w->word);
	}
	int rc = rn_fail(err, RN_E_USAGE, "\"%.100s\" is none of %s%s%s%s", value,
		rn_buffer_cstr(&all), near.best ? "; did you mean \"" : "",
		near.best ? near.best : "", near.best ? "\"?" : "");
	rn_buffer_fini(&all);
	return rc;
}

/* 0, or RN_E_ARG: no digits; RN_E_LIMIT: above 64 bits. *end is behind the digits. */
static int parse_digits(const char *s, uint64_t *v, const char **end)
{
	if (*s < '0' || *s > '9')
		return RN_E_ARG;
	int rc = 0;
	for (*v = 0; *s >= '0' && *s <= '9'; s++)
		if (__builtin_mul_overflow(*v, 10, v) ||
			__builtin_add_overflow(*v, (uint64_t)(*s - '0'), v))
			rc = RN_E_LIMIT;
	*end = s;
	return rc;
}

/* What a suffix multiplies by: "", K, M, G, each also as KB, KiB and in small letters; 0: none. */
static uint64_t suffix_factor(const char *s)
{
	static const char letters[] = "KMG";
	if (!*s)
		return 1;
	const char *at = strchr(letters, *s >= 'a' ? *s - 32 : *s);
	if (!at || (s[1] && strcmp(s + 1, "B") && strcmp(s + 1, "iB")))
		return 0;
	return (uint64_t)1 << (10 * (at - letters + 1));
}

static int refuse_number(const struct rn_option *o, const char *value, const char *what,
	struct rn_error *err)
{
	struct rn_buffer words = RN_BUFFER_INIT;
	for (const struct rn_word *w = o->words; w && w->word; w++)
		rn_put_format(&words, " or \"%s\"", w->word);
	int rc = rn_fail(err, RN_E_USAGE, "\"%.100s\" is not %s%s", value, what,
		rn_buffer_cstr(&words));
	rn_buffer_fini(&words);
	return rc;
}

/* As a user would write it: 8M. */
static void put_size(char out[32], uint64_t bytes)
{
	static const char *const units[] = { "", "K", "M", "G" };
	unsigned unit = 0;
	while (bytes && bytes % 1024 == 0 && unit < 3) {
		bytes /= 1024;
		unit++;
	}
	snprintf(out, 32, "%llu%s", (unsigned long long)bytes, units[unit]);
}

static int check_range(const struct rn_option *o, const char *value, uint64_t v, bool overflow,
	struct rn_error *err)
{
	uint64_t max = o->max ? o->max : UINT64_MAX;
	if (!overflow && v >= o->min && v <= max)
		return 0;
	char range[64], least[32];
	if (o->kind == RN_OPTION_SIZE && max == UINT64_MAX && !overflow) {
		put_size(least, o->min);
		snprintf(range, sizeof(range), "%s or more", least);
		return refuse_number(o, value, range, err);
	}
	snprintf(range, sizeof(range), "between %llu and %llu", (unsigned long long)o->min,
		(unsigned long long)max);
	return refuse_number(o, value, range, err);
}

static int store_number(const struct rn_option *o, void *field, const char *value, bool suffixes,
	struct rn_error *err)
{
	const struct rn_word *w = find_word(o, value);
	if (w) {
		*(uint64_t *)field = (uint64_t)w->value;
		return 0;
	}
	uint64_t v, factor;
	const char *end;
	int rc = parse_digits(value, &v, &end);
	if (rc == RN_E_ARG || (!suffixes && *end))
		return refuse_number(o, value, suffixes ? "a size (as 4096, 64K, 1M)" : "a number",
			err);
	factor = suffix_factor(end);
	if (!factor)
		return refuse_number(o, value, "a size (as 4096, 64K, 1M)", err);
	bool overflow = rc == RN_E_LIMIT || __builtin_mul_overflow(v, factor, &v);
	rc = check_range(o, value, v, overflow, err);
	if (!rc)
		*(uint64_t *)field = v;
	return rc;
}

static int store_uint(const struct rn_option *o, void *field, const char *value,
	struct rn_error *err)
{
	return store_number(o, field, value, false, err);
}

static int store_size(const struct rn_option *o, void *field, const char *value,
	struct rn_error *err)
{
	return store_number(o, field, value, true, err);
}

static int store_custom(const struct rn_option *o, void *field, const char *value,
	struct rn_error *err)
{
	return o->store(field, value, err);
}

static const struct {
	bool takes;
	store_fn *store;
} kinds[] = {
	[RN_OPTION_END] = { false, NULL },
	[RN_OPTION_HEADING] = { false, NULL },
	[RN_OPTION_FLAG] = { false, store_true },
	[RN_OPTION_CLEAR] = { false, store_false },
	[RN_OPTION_COUNTER] = { false, count_one },
	[RN_OPTION_STRING] = { true, store_string },
	[RN_OPTION_STRINGS] = { true, add_string },
	[RN_OPTION_UINT] = { true, store_uint },
	[RN_OPTION_SIZE] = { true, store_size },
	[RN_OPTION_WORD] = { true, store_word },
	[RN_OPTION_CUSTOM] = { true, store_custom },
};
_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == RN_OPTION_KINDS, "a kind has no row");

enum rn_takes rn_option_takes(const struct rn_option *o)
{
	if (!kinds[o->kind].takes || (o->kind == RN_OPTION_CUSTOM && !o->argument && !o->words))
		return RN_TAKES_NOTHING;
	return o->argument_optional ? RN_TAKES_PERHAPS : RN_TAKES_ONE;
}

int rn_option_store(const struct rn_option *o, void *target, const char *value,
	struct rn_error *err)
{
	return kinds[o->kind].store(o, (char *)target + o->offset, value, err);
}

void rn_option_argument(struct rn_buffer *out, const struct rn_option *o)
{
	if (rn_option_takes(o) == RN_TAKES_NOTHING)
		return;
	if (o->argument) {
		rn_put_text(out, o->argument);
		return;
	}
	for (const struct rn_word *w = o->words; w && w->word; w++)
		rn_put_format(out, "%s%s", w == o->words ? "" : "|", w->word);
}
