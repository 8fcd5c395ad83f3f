/* SPDX-License-Identifier: MIT */
/* What a plan's values select: ranges, and lists of numbers for names, errors and threads. */
#include "analyze/sql/constraints_private.h"

#include "shared/names.h"
#include "shared/syscall.h"

#include <stdio.h>
#include <stdlib.h>

#define LIST_MAX 100000

int rn_constraint_by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static int add_value(struct rn_constraint *c, int64_t v)
{
	int64_t *list = realloc(c->list, (c->n + 1) * sizeof(*list));
	if (!list)
		return SQLITE_NOMEM;
	c->list = list;
	list[c->n++] = v;
	return SQLITE_OK;
}

static int add_name(struct rn_call_names *names, const char *name)
{
	char buf[24];
	bool known = false;
	for (unsigned abi = 0; abi < RN_ABI_COUNT; abi++)
		for (uint32_t nr = 0; nr < RN_NR_LIMIT; nr++)
			if (strcmp(rn_syscall_name((enum rn_abi)abi, nr, buf), name) == 0) {
				names->bits[abi][nr / 64] |= (uint64_t)1 << nr % 64;
				known = true;
			}
	if (known && strncmp(name, "syscall_", 8) != 0)
		return SQLITE_OK;
	const char **item = realloc(names->beyond.item, (names->beyond.n + 1) * sizeof(*item));
	if (!item)
		return SQLITE_NOMEM;
	names->beyond.item = item;
	item[names->beyond.n] = strdup(name);
	return item[names->beyond.n] ? (names->beyond.n++, SQLITE_OK) : SQLITE_NOMEM;
}

static bool text_equal(sqlite3_value *v, struct rn_bytes s)
{
	return rn_bytes_equal(rn_bytes_of(sqlite3_value_text(v), (size_t)sqlite3_value_bytes(v)), s);
}

/* Whether the thread ever had the text or, with a NULL value, the number. */
static bool had(const struct rn_model *m, uint32_t utid, enum rn_model_fact fact, sqlite3_value *text,
	uint64_t number)
{
	struct rn_model_change change;
	for (uint32_t i = 0; rn_model_change(m, utid, fact, i, &change); i++)
		if (text ? text_equal(text, change.text) : change.tid == number)
			return true;
	return false;
}

static bool is_of(const struct rn_model *m, const struct rn_task *t, enum rn_call_column column,
	sqlite3_value *v)
{
	uint64_t number = (uint64_t)sqlite3_value_int64(v);
	switch (column) {
	case RN_CC_pid:
		return t->pid == number;
	case RN_CC_upid:
		return rn_model_process(m, t->utid) == number;
	case RN_CC_tid:
		return t->tid == number || had(m, t->utid, RN_MODEL_FACT_TID, NULL, number);
	case RN_CC_comm:
		return had(m, t->utid, RN_MODEL_FACT_COMM, v, 0);
	case RN_CC_exe:
		return had(m, t->utid, RN_MODEL_FACT_EXE, v, 0);
	default:
		return t->utid == number;
	}
}

static int add_threads(struct rn_constraint *c, const struct rn_model *m, enum rn_call_column column,
	sqlite3_value *v)
{
	int rc = SQLITE_OK;
	for (uint32_t i = 0; i < rn_model_n_tasks(m) && !rc; i++) {
		const struct rn_task *t = rn_model_task_at(m, i);
		if (is_of(m, t, column, v))
			rc = add_value(c, t->utid);
	}
	return rc;
}

static int add_errno(struct rn_constraint *c, sqlite3_value *v)
{
	struct rn_bytes name = rn_bytes_of(sqlite3_value_text(v), (size_t)sqlite3_value_bytes(v));
	int number = rn_errno_number(name);
	/* An error without a name is called by its number, written in one way. */
	char written[16];
	int plain = (int)strtol((const char *)name.p, NULL, 10);
	snprintf(written, sizeof(written), "%d", plain);
	if (number < 0 && rn_bytes_equal(name, rn_bytes_str(written)) && !rn_errno_name(plain))
		number = plain;
	return number < 0 ? SQLITE_OK : add_value(c, number);
}

/* One value of an equality or a list. */
static int add_one(struct rn_constraint *c, const struct rn_model *m, const struct rn_narrowed_column *col,
	sqlite3_value *v, bool *usable)
{
	if (c->what == RN_BY_NAME) {
		const char *name = (const char *)sqlite3_value_text(v);
		/* One with a NUL in it is nobody's. */
		return strlen(name) == (size_t)sqlite3_value_bytes(v) ? add_name(c->names, name) : SQLITE_OK;
	}
	if (c->what == RN_BY_ERROR && col->text)
		return add_errno(c, v);
	if (c->what == RN_BY_FILE)
		return rn_file_test_add(c->test, v, usable);
	if (c->what == RN_BY_UTID && col->column != RN_CC_utid)
		return add_threads(c, m, col->column, v);
	return add_value(c, sqlite3_value_int64(v));
}

static bool is_list_type(const struct rn_narrowed_column *col, sqlite3_value *v)
{
	return sqlite3_value_type(v) == (col->text ? SQLITE_TEXT : SQLITE_INTEGER);
}

/* *usable false: left to SQLite. A list whose values are not all of one type is. */
static int take_list(struct rn_constraint *c, const struct rn_model *m, const struct rn_narrowed_column *col,
	char op, sqlite3_value *v, bool *usable)
{
	sqlite3_value *one = v;
	int rc = SQLITE_OK;
	size_t seen = 0;
	if (op == 'i')
		rc = sqlite3_vtab_in_first(v, &one);
	for (; rc == SQLITE_OK && one && *usable; seen++) {
		*usable = (is_list_type(col, one) && seen < LIST_MAX) ||
			sqlite3_value_type(one) == SQLITE_NULL;
		if (*usable && sqlite3_value_type(one) != SQLITE_NULL)
			rc = add_one(c, m, col, one, usable);
		if (op != 'i')
			return rc;
		if (rc == SQLITE_OK)
			rc = sqlite3_vtab_in_next(v, &one);
	}
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int take_range(struct rn_constraint *c, char op, sqlite3_value *v, bool *usable)
{
	int64_t x = sqlite3_value_int64(v);
	*usable = sqlite3_value_type(v) == SQLITE_INTEGER;
	if (op == '>' || op == ']')
		c->low = op == '>' && x < INT64_MAX ? x + 1 : x;
	else
		c->high = op == '<' && x > INT64_MIN ? x - 1 : x;
	if ((op == '>' && x == INT64_MAX) || (op == '<' && x == INT64_MIN)) {
		c->low = 1;
		c->high = 0;
	}
	return SQLITE_OK;
}

static void one_fini(struct rn_constraint *c)
{
	for (size_t i = 0; c->names && i < c->names->beyond.n; i++)
		free((char *)c->names->beyond.item[i]);
	if (c->names)
		rn_strings_fini(&c->names->beyond);
	free(c->names);
	rn_file_test_free(c->test);
	free(c->list);
}

static int take_one(struct rn_constraints *all, const char *plan, sqlite3_value *v)
{
	const struct rn_narrowed_column *col = rn_narrowed_column(plan[0] - RN_PLAN_FIRST);
	if (!col)
		return SQLITE_OK;
	struct rn_constraint *c = &all->item[all->n];
	char op = plan[1];
	bool usable = true;
	int rc = SQLITE_OK;
	*c = (struct rn_constraint){ .what = col->what, .low = INT64_MIN, .high = INT64_MAX };
	if (c->what == RN_BY_NAME)
		c->names = calloc(1, sizeof(*c->names));
	all->n++;
	if (c->what == RN_BY_FILE)
		c->test = rn_file_test_new(col->column, op == 'i' ? '=' : op);
	if ((c->what == RN_BY_NAME && !c->names) || (c->what == RN_BY_FILE && !c->test))
		return SQLITE_NOMEM;
	if (op == 'n' || op == 'N')
		*(op == 'n' ? &c->null : &c->not_null) = true;
	else if (op == '=' || op == 'i')
		rc = take_list(c, all->model, col, op, v, &usable);
	else if (c->what == RN_BY_FILE)
		rc = rn_file_test_add(c->test, v, &usable);
	else
		rc = take_range(c, op, v, &usable);
	if (rc || !usable) {
		one_fini(c);
		all->n--;
		return rc;
	}
	if (c->n)
		qsort(c->list, c->n, sizeof(*c->list), rn_constraint_by_value);
	/* NULL is equal to nothing. */
	if ((op == '=' || op == 'i') && c->what != RN_BY_NAME && c->what != RN_BY_FILE && !c->n)
		all->none = true;
	return SQLITE_OK;
}

int rn_constraints_take(struct rn_constraints *c, const struct rn_model *model, struct rn_index *index,
	const char *plan, int argc, sqlite3_value **argv)
{
	int rc = SQLITE_OK;
	*c = (struct rn_constraints){ .model = model, .index = index };
	if (!argc)
		return SQLITE_OK;
	c->item = calloc((size_t)argc, sizeof(*c->item));
	if (!c->item)
		return SQLITE_NOMEM;
	for (int i = 0; i < argc && !rc; i++)
		rc = take_one(c, plan + RN_PLAN_CHARS * (size_t)i, argv[i]);
	return rc;
}

void rn_constraints_fini(struct rn_constraints *c)
{
	for (unsigned i = 0; i < c->n; i++)
		one_fini(&c->item[i]);
	free(c->item);
	*c = (struct rn_constraints){ 0 };
}

