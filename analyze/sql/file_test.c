/* SPDX-License-Identifier: MIT */
#include "analyze/sql/file_test.h"

#include "analyze/sql/db.h"
#include "shared/regex.h"

#include <stdlib.h>

struct rn_file_test {
	enum rn_call_column column;
	char op;
	bool sorted;
	char **text;       /* each with a NUL behind it */
	size_t n;
	struct rn_regex *regex;
	uint8_t *known;    /* by number of the index: 0 not asked, 1 does not fit, 2 fits */
	struct rn_buffer scratch;
};

struct rn_file_test *rn_file_test_new(enum rn_call_column column, char op)
{
	struct rn_file_test *t = calloc(1, sizeof(*t));
	if (t) {
		t->column = column;
		t->op = op;
	}
	return t;
}

void rn_file_test_free(struct rn_file_test *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		free(t->text[i]);
	free(t->text);
	rn_regex_free(t->regex);
	free(t->known);
	rn_buffer_fini(&t->scratch);
	free(t);
}

int rn_file_test_add(struct rn_file_test *t, sqlite3_value *v, bool *usable)
{
	const char *text = (const char *)sqlite3_value_text(v);
	size_t len = text ? strlen(text) : 0;
	*usable = text && sqlite3_value_type(v) == SQLITE_TEXT && len == (size_t)sqlite3_value_bytes(v) &&
		(t->op == '=' || len <= RN_DB_PATTERN_BYTES);
	if (!*usable)
		return SQLITE_OK;
	if (t->op == 'r') {
		*usable = !t->regex && rn_regex_new(&t->regex, rn_bytes_of(text, len), NULL) == 0;
		return SQLITE_OK;
	}
	char **more = realloc(t->text, (t->n + 1) * sizeof(*more));
	if (!more)
		return SQLITE_NOMEM;
	t->text = more;
	more[t->n] = strdup(text);
	return more[t->n] ? (t->n++, SQLITE_OK) : SQLITE_NOMEM;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_one_of(const struct rn_file_test *t, const char *s)
{
	return t->n && bsearch(&s, t->text, t->n, sizeof(*t->text), by_text);
}

/* What a regular expression cannot decide SQLite reports. */
static bool text_fits(struct rn_file_test *t, struct rn_bytes s)
{
	rn_buffer_clear(&t->scratch);
	rn_put_bytes(&t->scratch, s.p, s.len);
	const char *text = rn_buffer_cstr(&t->scratch);
	if (!rn_buffer_ok(&t->scratch) || strlen(text) != s.len)
		return true;
	switch (t->op) {
	case '=':
		return is_one_of(t, text);
	case 'g':
		return t->n && sqlite3_strglob(t->text[0], text) == 0;
	case 'l':
		return t->n && sqlite3_strlike(t->text[0], text, 0) == 0;
	case 'r':
		return !t->regex || rn_regex_search(t->regex, s, NULL) != 0;
	default:
		return t->op == 'N';
	}
}

/* 0: the call is about no file. */
static bool fits(struct rn_file_test *t, const struct rn_index *index, uint32_t number)
{
	static const struct rn_file_facts none;
	const struct rn_file_facts *f = number ? rn_index_facts(index, number) : &none;
	bool has = t->column == RN_CC_path ? f->has_path : t->column == RN_CC_fd_path ? f->has_fd_path : f->has_target;
	if (!has)
		return t->op == 'n';
	return text_fits(t, t->column == RN_CC_path ? f->path : t->column == RN_CC_fd_path ? f->fd_path : f->target);
}

static inline bool look_up(struct rn_file_test *t, const struct rn_index *index, uint32_t number)
{
	if (!t->known[number])
		t->known[number] = (uint8_t)(1 + fits(t, index, number));
	return t->known[number] == 2;
}

/* Numbers are of the index, which stays the same as long as the test. */
static bool begin(struct rn_file_test *t, struct rn_index *index)
{
	if (!t->sorted && t->n)
		qsort(t->text, t->n, sizeof(*t->text), by_text);
	t->sorted = true;
	if (!t->known)
		t->known = calloc((size_t)rn_index_n_facts(index) + 1, 1);
	return t->known;
}

uint32_t rn_file_test_narrow(struct rn_file_test *t, struct rn_index *index, struct rn_block *block,
	const struct rn_core *core, uint32_t *selected, uint32_t n)
{
	const uint32_t *files = n && index ? rn_index_files(index, block, core) : NULL;
	uint32_t kept = 0;
	if (!files || !begin(t, index))
		return n;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = selected[i];
		selected[kept] = k;
		kept += look_up(t, index, files[k]);
	}
	return kept;
}
