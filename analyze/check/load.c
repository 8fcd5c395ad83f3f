/* SPDX-License-Identifier: MIT */
/*
 * From a TOML file to rules. A key is the rule's name or message, a filter, or a limit. Filters are the options of
 * the command line: the same rows read the same words. Everything that can be wrong with the file is found
 * here, before a trace is opened, and told with its line.
 */
#include "analyze/check/check.h"
#include "analyze/filters/moment.h"
#include "analyze/toml/toml.h"
#include "shared/option_value.h"
#include "shared/suggest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct loading {
	struct rn_check *c;
	struct rn_rule *rule;
};

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory");
}

static int wrong_kind(const struct rn_toml *v, const char *wanted, struct rn_error *err)
{
	return rn_fail(err, RN_E_USAGE, "line %u: '%.*s' should be %s, not %s", v->line, RN_QUOTED(v->key),
		wanted, rn_toml_kind_name(v->kind));
}

/* The text of an item as a command line would have it; NULL: it has none. */
static const char *text_of(struct loading *l, const struct rn_toml *v)
{
	char number[32];
	if (v->kind == RN_TOML_STRING)
		return memchr(v->text.p, 0, v->text.len) ? NULL : rn_arena_dup(&l->c->arena, v->text);
	if (v->kind == RN_TOML_DATE)
		return rn_arena_dup(&l->c->arena, v->text);
	if (v->kind != RN_TOML_INTEGER)
		return NULL;
	snprintf(number, sizeof(number), "%lld", (long long)v->integer);
	return rn_arena_dup(&l->c->arena, rn_bytes_str(number));
}

static int add_text(struct rn_strings *s, const char *text, struct rn_error *err)
{
	const char **item = realloc(s->item, (s->n + 1) * sizeof(*item));
	if (!item)
		return no_memory(err);
	s->item = item;
	item[s->n++] = text;
	return 0;
}

/* Each item of an array, or the one value. */
static int each_text(struct loading *l, const struct rn_toml *v, const char *wanted,
	int (*take)(void *arg, const char *text, struct rn_error *err), void *arg, struct rn_error *err)
{
	bool array = v->kind == RN_TOML_ARRAY;
	int rc = 0;
	for (const struct rn_toml *i = array ? v->first : v; i && !rc; i = array ? i->next : NULL) {
		const char *text = text_of(l, i);
		if (!text)
			return wrong_kind(&(struct rn_toml){ .kind = i->kind, .line = i->line, .key = v->key },
				wanted, err);
		rc = take(arg, text, err);
	}
	return rc;
}

static int take_text(void *arg, const char *text, struct rn_error *err)
{
	return add_text(arg, text, err);
}

/* ---- filters: rows of the command line ---- */

/* Options that say how, not which. */
static bool is_filter(const struct rn_option *o)
{
	return o->long_name && o->kind != RN_OPTION_FLAG && strcmp(o->long_name, "unwinder") != 0;
}

static const struct rn_option *row_in(const struct rn_option *rows, const char *name)
{
	for (; rows->kind != RN_OPTION_END; rows++)
		if (is_filter(rows) && !strcmp(rows->long_name, name))
			return rows;
	return NULL;
}

static const struct rn_option *filter_row(const char *name)
{
	const struct rn_option *row = row_in(rn_selection_rows, strcmp(name, "function") ? name : "in");
	if (!row)
		row = row_in(rn_frame_rows, strcmp(name, "function") ? name : "in");
	return row || strcmp(name, "pid") ? row : row_in(rn_question_rows, name);
}

struct storing {
	const struct rn_option *row;
	struct rn_question_options *o;
};

static int store(void *arg, const char *text, struct rn_error *err)
{
	const struct storing *s = arg;
	static const struct { const char *word, *option; } injected[] = { { "hide", "none" }, { "show", "all" } };
	for (size_t i = 0; i < 2 && !strcmp(s->row->long_name, "injected"); i++)
		if (!strcmp(text, injected[i].word))
			text = injected[i].option;
	return rn_option_store(s->row, s->o, text, err);
}

static int take_filter(struct loading *l, const struct rn_option *row, const struct rn_toml *v,
	struct rn_error *err)
{
	struct storing s = { row, &l->rule->filters };
	bool one = row->kind != RN_OPTION_STRINGS;
	if (one && v->kind == RN_TOML_ARRAY)
		return wrong_kind(v, "a string", err);
	if (v->kind == RN_TOML_BOOLEAN && row->argument_optional)
		return v->boolean ? store(&s, row->absent, err) : 0;
	return each_text(l, v, one ? "a string" : "a string, or an array of strings", store, &s, err);
}

struct expression {
	struct loading *l;
	const char *prefix;
};

static int take_expression(void *arg, const char *text, struct rn_error *err)
{
	const struct expression *e = arg;
	struct rn_buffer b = RN_BUFFER_INIT;
	rn_put_format(&b, "%s=%s", e->prefix, text);
	const char *whole = rn_buffer_ok(&b) ? rn_arena_dup(&e->l->c->arena, rn_buffer_bytes(&b)) : NULL;
	rn_buffer_fini(&b);
	return whole ? add_text(&e->l->rule->filters.expressions, whole, err) : no_memory(err);
}

/* ---- limits ---- */

static int take_number(const struct rn_toml *v, double most, const char *wanted, double *out,
	struct rn_error *err)
{
	if (v->kind != RN_TOML_INTEGER && v->kind != RN_TOML_FLOAT)
		return wrong_kind(v, wanted, err);
	*out = v->kind == RN_TOML_INTEGER ? (double)v->integer : v->real;
	if (!(*out >= 0 && *out <= most))
		return rn_fail(err, RN_E_USAGE, "line %u: '%.*s' should be %s", v->line, RN_QUOTED(v->key), wanted);
	return 0;
}

static int take_time(struct loading *l, const struct rn_toml *v, double *out, struct rn_error *err)
{
	uint64_t ns;
	(void)l;
	if (v->kind != RN_TOML_STRING) {
		int rc = take_number(v, 1e9, "a time, \"10ms\"", out, err);
		*out *= 1e9;
		return rc;
	}
	int rc = rn_duration_parse(v->text, &ns, err);
	*out = (double)ns;
	return rc;
}

static int take_bytes(struct loading *l, const struct rn_toml *v, double *out, struct rn_error *err)
{
	struct one { uint64_t bytes; } one = { 0 };
	static const struct rn_option row = { 0, "size", RN_SIZE(struct one, bytes), .argument = "SIZE" };
	const char *text = text_of(l, v);
	if (!text)
		return wrong_kind(v, "a size, 4096 or \"4M\"", err);
	int rc = rn_option_store(&row, &one, text, err);
	*out = (double)one.bytes;
	return rc;
}

static int take_rate(struct loading *l, const struct rn_toml *v, double *out, struct rn_error *err)
{
	const char *text = v->kind == RN_TOML_STRING ? text_of(l, v) : NULL;
	char *end;
	if (!text)
		return take_number(v, 1, "a share from 0 to 1, or \"2%\"", out, err);
	*out = strtod(text, &end) / 100;
	if (end == text || strcmp(end, "%") || !(*out >= 0 && *out <= 1))
		return rn_fail(err, RN_E_USAGE, "'%.100s' is no share; as 0.02, or \"2%%\"", text);
	return 0;
}

/* What the words of a limit stand for. */
static int take_words(struct loading *l, struct rn_limit *limit, const struct rn_toml *v, struct rn_error *err)
{
	int rc = each_text(l, v, "an array of strings", take_text, &limit->list, err);
	if (rc)
		return rc;
	if (limit->kind->measure == RN_MEASURE_HOSTS)
		return rn_addresses_new(&limit->addresses, &limit->list, &l->c->arena, err);
	if (limit->kind->measure == RN_MEASURE_NAMES) {
		struct rn_strings trace = { 0 };
		struct expression e = { l, "trace" };
		struct rn_strings *into = &l->rule->filters.expressions, kept = *into;
		*into = trace;
		for (size_t i = 0; i < limit->list.n && !rc; i++)
			rc = take_expression(&e, limit->list.item[i], err);
		trace = *into;
		*into = kept;
		if (!rc)
			rc = rn_filter_of(&limit->names, &trace, err);
		rn_strings_fini(&trace);
		return rc;
	}
	rc = rn_patterns_new(&limit->patterns, &limit->list, err);
	if (!rc && limit->kind->measure == RN_MEASURE_PROGRAMS)
		rn_patterns_by_base(limit->patterns);
	return rc;
}

static int take_statuses(struct loading *l, struct rn_limit *limit, const struct rn_toml *v, struct rn_error *err)
{
	bool array = v->kind == RN_TOML_ARRAY;
	for (const struct rn_toml *i = array ? v->first : v; i; i = array ? i->next : NULL)
		if (i->kind != RN_TOML_INTEGER || i->integer < 0 || i->integer > 255)
			return rn_fail(err, RN_E_USAGE, "line %u: '%.*s' should be a number from 0 to 255 (128 and the "
				"signal, when one killed it), or several", v->line, RN_QUOTED(v->key));
	return each_text(l, v, "a number", take_text, &limit->list, err);
}

static int take_value(struct loading *l, struct rn_limit *limit, const struct rn_toml *v, struct rn_error *err)
{
	switch (limit->kind->quantity) {
	case RN_Q_COUNT:
		return take_number(v, 1e18, "a number, not below 0", &limit->value, err);
	case RN_Q_TIME:
		return take_time(l, v, &limit->value, err);
	case RN_Q_BYTES:
		return take_bytes(l, v, &limit->value, err);
	case RN_Q_RATE:
		return take_rate(l, v, &limit->value, err);
	case RN_Q_STATUS:
		return take_statuses(l, limit, v, err);
	default:
		return take_words(l, limit, v, err);
	}
}

static const char *show_value(struct loading *l, const struct rn_limit *limit)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	for (size_t i = 0; i < limit->list.n; i++)
		rn_put_format(&b, "%s%s", i ? ", " : "", limit->list.item[i]);
	if (limit->kind->quantity != RN_Q_WORDS && limit->kind->quantity != RN_Q_STATUS)
		rn_check_put_value(&b, limit->kind->quantity, limit->value);
	const char *text = rn_buffer_ok(&b) ? rn_arena_dup(&l->c->arena, rn_buffer_bytes(&b)) : NULL;
	rn_buffer_fini(&b);
	return text;
}

static int take_limit(struct loading *l, const struct rn_limit_kind *kind, const char *key, double percent,
	const struct rn_toml *v, struct rn_error *err)
{
	struct rn_rule *rule = l->rule;
	struct rn_limit *limit = &rule->limit[rule->n_limits++];
	*limit = (struct rn_limit){ .kind = kind, .key = key, .line = v->line, .percent = percent };
	int rc = take_value(l, limit, v, err);
	if (!rc && !(limit->words = show_value(l, limit)))
		rc = no_memory(err);
	return rc;
}

/* ---- the file ---- */

static int unknown(const struct rn_toml *v, const char *key, struct rn_error *err)
{
	struct rn_suggest near = rn_suggest_for(rn_bytes_str(key));
	static const char *const others[] = { "name", "message", "trace", "status", "function", "pid", NULL };
	const struct rn_option *const rows[] = { rn_selection_rows, rn_frame_rows };
	for (size_t i = 0; others[i]; i++)
		rn_suggest_try(&near, others[i]);
	for (const struct rn_limit_kind *k = rn_limit_kinds; k->key; k++)
		rn_suggest_try(&near, k->measure == RN_MEASURE_PERCENTILE ? "max-p99" : k->key);
	for (size_t i = 0; i < 2; i++)
		for (const struct rn_option *o = rows[i]; o->kind != RN_OPTION_END; o++)
			if (is_filter(o))
				rn_suggest_try(&near, o->long_name);
	return rn_fail(err, RN_E_USAGE, "line %u: a rule knows no key '%.*s'%s%s%s", v->line, RN_QUOTED(v->key),
		near.best ? "; did you mean '" : "", near.best ? near.best : "", near.best ? "'?" : "");
}

/* - and _ are alike. */
static char *plain_key(struct loading *l, const struct rn_toml *v)
{
	char *key = rn_arena_dup(&l->c->arena, v->key);
	for (char *k = key; k && *k; k++)
		if (*k == '_')
			*k = '-';
	return key;
}

static int take_string(struct loading *l, const struct rn_toml *v, const char **out, struct rn_error *err)
{
	*out = v->kind == RN_TOML_STRING ? text_of(l, v) : NULL;
	return *out ? 0 : wrong_kind(v, "a string", err);
}

/* To TOML max-p99.9 is the key 9 of a table max-p99: the two are put together again. */
static const struct rn_toml *whole_key(struct loading *l, const struct rn_toml *v, const char **key)
{
	double percent;
	struct rn_buffer b = RN_BUFFER_INIT;
	if (!*key || v->kind != RN_TOML_TABLE || v->n != 1 || !rn_limit_kind_of(rn_bytes_str(*key), &percent))
		return v;
	rn_put_format(&b, "%s.%.*s", *key, RN_QUOTED(v->first->key));
	*key = rn_arena_dup(&l->c->arena, rn_buffer_bytes(&b));
	rn_buffer_fini(&b);
	return v->first;
}

static int take_key(struct loading *l, const struct rn_toml *v, struct rn_error *err)
{
	const char *key = plain_key(l, v);
	double percent = 0;
	v = whole_key(l, v, &key);
	if (!key)
		return no_memory(err);
	if (!strcmp(key, "name") || !strcmp(key, "message"))
		return take_string(l, v, *key == 'n' ? &l->rule->name : &l->rule->message, err);
	if (!strcmp(key, "trace") || !strcmp(key, "status")) {
		struct expression e = { l, key };
		return each_text(l, v, "a string, or an array of strings", take_expression, &e, err);
	}
	const struct rn_option *row = filter_row(key);
	if (row)
		return take_filter(l, row, v, err);
	const struct rn_limit_kind *kind = rn_limit_kind_of(rn_bytes_str(key), &percent);
	return kind ? take_limit(l, kind, key, percent, v, err) : unknown(v, key, err);
}

/* Puts the line in front of what a value's own parser said. */
static int take_key_told(struct loading *l, const struct rn_toml *v, struct rn_error *err)
{
	int rc = take_key(l, v, err);
	if (rc == RN_E_USAGE && err && strncmp(err->message, "line ", 5) != 0)
		rn_error_prefix(err, "line %u: %.*s", v->line, RN_QUOTED(v->key));
	return rc;
}

static int set_initial(struct rn_question_options *o, const struct rn_option *rows, struct rn_error *err)
{
	int rc = 0;
	for (; rows->kind != RN_OPTION_END && !rc; rows++)
		if (rows->initial)
			rc = rn_option_store(rows, o, rows->initial, err);
	return rc;
}

static bool has(const struct rn_toml *rule, const struct rn_toml *key)
{
	for (const struct rn_toml *v = rule->first; v; v = v->next)
		if (rn_bytes_equal(v->key, key->key))
			return true;
	return false;
}

/* The words of the filters make sense. */
static int try_filters(const struct rn_rule *rule, struct rn_error *err)
{
	struct rn_inquiry q;
	int rc = rn_inquiry_init(&q, &rule->filters, err);
	rn_inquiry_fini(&q);
	if (rc == RN_E_USAGE)
		rn_error_prefix(err, "line %u: rule '%.60s'", rule->line, rule->name);
	return rc;
}

static int judge_rule(const struct loading *l, struct rn_error *err)
{
	const struct rn_rule *rule = l->rule;
	if (!rule->name)
		return rn_fail(err, RN_E_USAGE, "line %u: a rule needs a name", rule->line);
	for (const struct rn_rule *other = l->c->rule; other < rule; other++)
		if (!strcmp(other->name, rule->name))
			return rn_fail(err, RN_E_USAGE, "line %u: rule '%.60s' is there already, in line %u",
				rule->line, rule->name, other->line);
	int rc = try_filters(rule, err);
	if (!rc && !rule->n_limits)
		rc = rn_fail(err, RN_E_USAGE, "line %u: rule '%.60s' limits nothing (max-calls, forbidden-paths, ..)",
			rule->line, rule->name);
	return rc;
}

/* defaults: a table of keys for rules that lack them; NULL: none. */
static int take_rule(struct loading *l, const struct rn_toml *v, const struct rn_toml *defaults,
	struct rn_error *err)
{
	if (v->kind != RN_TOML_TABLE)
		return wrong_kind(v, "a table, [[rule]]", err);
	l->rule = &l->c->rule[l->c->n_rules++];
	l->rule->line = v->line;
	size_t n = v->n + (defaults ? defaults->n : 0);
	l->rule->limit = rn_arena_zalloc(&l->c->arena, n + 1, sizeof(*l->rule->limit));
	int rc = l->rule->limit ? set_initial(&l->rule->filters, rn_selection_rows, err) : no_memory(err);
	if (!rc)
		rc = set_initial(&l->rule->filters, rn_frame_rows, err);
	for (const struct rn_toml *k = v->first; k && !rc; k = k->next)
		rc = take_key_told(l, k, err);
	for (const struct rn_toml *k = defaults ? defaults->first : NULL; k && !rc; k = k->next)
		if (!has(v, k))
			rc = take_key_told(l, k, err);
	return rc ? rc : judge_rule(l, err);
}

static int take_document(struct rn_check *c, const struct rn_toml *root, struct rn_error *err)
{
	struct loading l = { .c = c };
	const struct rn_toml *rules = rn_toml_get(root, "rule"), *defaults = rn_toml_get(root, "defaults");
	int rc = 0;
	for (const struct rn_toml *v = root->first; v; v = v->next)
		if (v != rules && v != defaults)
			return rn_fail(err, RN_E_USAGE, "line %u: '%.*s' should be 'rule' or 'defaults'", v->line,
				RN_QUOTED(v->key));
	if (defaults && defaults->kind != RN_TOML_TABLE)
		return wrong_kind(defaults, "a table, [defaults]", err);
	if (!rules)
		return rn_fail(err, RN_E_USAGE, "there is no rule; one begins with [[rule]]");
	if (rules->kind != RN_TOML_ARRAY)
		return wrong_kind(rules, "an array of tables, [[rule]]", err);
	c->rule = rn_arena_zalloc(&c->arena, rules->n + 1, sizeof(*c->rule));
	if (!c->rule)
		return no_memory(err);
	for (const struct rn_toml *v = rules->first; v && !rc; v = v->next)
		rc = take_rule(&l, v, defaults, err);
	return rc ? rc : c->n_rules ? 0 : rn_fail(err, RN_E_USAGE, "there is no rule; one begins with [[rule]]");
}

static int read_file(struct rn_buffer *text, const char *path, struct rn_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n = 1;
	if (fd < 0)
		return rn_fail_errno(err, rn_error_of_errno(errno), errno, "cannot read '%s'", path);
	while (n > 0 && text->len <= RN_TOML_MAX_BYTES) {
		uint8_t *to = rn_buffer_reserve(text, 65536);
		n = to ? read(fd, to, 65536) : 0;
		text->len += n > 0 ? (size_t)n : 0;
	}
	int errnum = errno;
	close(fd);
	if (n < 0)
		return rn_fail_errno(err, rn_error_of_errno(errnum), errnum, "cannot read '%s'", path);
	return rn_buffer_ok(text) ? 0 : no_memory(err);
}

int rn_check_load(struct rn_check *c, const char *path, struct rn_error *err)
{
	struct rn_buffer text = RN_BUFFER_INIT;
	const struct rn_toml *root;
	*c = (struct rn_check){ .path = path };
	rn_arena_init(&c->arena);
	int rc = read_file(&text, path, err);
	if (!rc) {
		rc = rn_toml_parse(&root, rn_buffer_bytes(&text), &c->arena, err);
		if (!rc)
			rc = take_document(c, root, err);
		if (rc)
			rn_error_prefix(err, "%s", path);
	}
	rn_buffer_fini(&text);
	return rc;
}

static void limit_fini(struct rn_limit *l)
{
	rn_strings_fini(&l->list);
	rn_patterns_free(l->patterns);
	rn_filter_free(l->names);
	for (unsigned i = 0; i < l->n_examples; i++)
		free(l->example[i].text);
}

void rn_check_fini(struct rn_check *c)
{
	for (size_t i = 0; i < c->n_rules; i++) {
		for (size_t k = 0; k < c->rule[i].n_limits; k++)
			limit_fini(&c->rule[i].limit[k]);
		rn_question_options_fini(&c->rule[i].filters);
	}
	rn_arena_fini(&c->arena);
}
