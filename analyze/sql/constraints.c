/* SPDX-License-Identifier: MIT */
/*
 * A plan is text, four characters a constraint in the order of argv: the column (a letter), the operation
 * (= < > [ for <=, ] for >=, 'i' for IN, 'n' NULL, 'N' NOT NULL). Numbers become a range or a sorted
 * list; names and errnos become lists of numbers; threads a list of utids.
 */
#include "analyze/sql/constraints.h"

#include "analyze/source_filter.h"
#include "analyze/sql/row.h"
#include "shared/names.h"
#include "shared/option.h"
#include "shared/syscall.h"

#include <stdlib.h>

#define NR_LIMIT 1024 /* numbers beyond are compared by their names */
#define LIST_MAX 100000

enum what { SEQ, TS, DUR, RET, NR, UTID, ERROR, NAME };

/* What an SQL column is narrowed by. */
static const struct column {
	enum rn_call_column column;
	enum what what;
	bool text;   /* its values are */
	bool exact;  /* what is selected fits: SQLite need not look again */
} columns[] = {
	{ RN_CC_seq, SEQ, false, true }, { RN_CC_ts, TS, false, true }, { RN_CC_dur, DUR, false, true },
	{ RN_CC_ret, RET, false, true }, { RN_CC_nr, NR, false, true }, { RN_CC_utid, UTID, false, true },
	{ RN_CC_error, ERROR, false, true }, { RN_CC_name, NAME, true, true },
	{ RN_CC_errno, ERROR, true, true }, { RN_CC_pid, UTID, false, true },
	{ RN_CC_upid, UTID, false, true }, { RN_CC_tid, UTID, false, false },
	{ RN_CC_comm, UTID, true, false }, { RN_CC_exe, UTID, true, false },
};
#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct names {
	uint64_t bits[RN_ABI_COUNT][NR_LIMIT / 64];
	struct rn_strings beyond; /* syscall_N of greater numbers */
};

struct rn_constraint {
	enum what what;
	bool null, not_null;     /* instead of values: of DUR, RET (unfinished), ERROR (none) */
	int64_t low, high;       /* both included */
	int64_t *list;           /* sorted; NULL: the range counts */
	size_t n;
	struct names *names;     /* of NAME */
};

static const struct column *column_of(int column)
{
	for (size_t i = 0; i < N_COLUMNS; i++)
		if ((int)columns[i].column == column)
			return &columns[i];
	return NULL;
}

static char letter_of(unsigned char op)
{
	switch (op) {
	case SQLITE_INDEX_CONSTRAINT_EQ:
		return '=';
	case SQLITE_INDEX_CONSTRAINT_GT:
		return '>';
	case SQLITE_INDEX_CONSTRAINT_GE:
		return ']';
	case SQLITE_INDEX_CONSTRAINT_LT:
		return '<';
	case SQLITE_INDEX_CONSTRAINT_LE:
		return '[';
	case SQLITE_INDEX_CONSTRAINT_ISNULL:
		return 'n';
	case SQLITE_INDEX_CONSTRAINT_ISNOTNULL:
		return 'N';
	default:
		return 0;
	}
}

/* Threads and names are looked up by equality alone; NULL says something of results alone. */
static bool is_useful(const struct column *c, char op)
{
	bool by_list = c->what == NAME || c->what == UTID || c->text;
	if (op == 'n' || op == 'N')
		return c->what == DUR || c->what == RET || c->what == ERROR;
	return op && (op == '=' || !by_list || (c->column == RN_CC_utid));
}

/* A constant of the column's own type: then nothing is left to SQLite. */
static bool is_own_type(sqlite3_index_info *info, int i, const struct column *c)
{
	sqlite3_value *v;
	if (sqlite3_vtab_rhs_value(info, i, &v) != SQLITE_OK)
		return false;
	return sqlite3_value_type(v) == (c->text ? SQLITE_TEXT : SQLITE_INTEGER);
}

static double share_of(const struct column *c, char op)
{
	if (op == '=')
		return c->what == SEQ || c->what == TS ? 1e-7 : c->what == UTID ? 0.2 : 0.05;
	return op == 'n' ? 0.01 : op == 'N' ? 0.5 : 0.25;
}

int rn_plan_best(sqlite3_index_info *info, uint64_t total, bool by_seq)
{
	char plan[3 * RN_CONSTRAINTS_MAX + 1];
	double rows = (double)total + 1;
	int n = 0;
	for (int i = 0; i < info->nConstraint && n < RN_CONSTRAINTS_MAX; i++) {
		int column = info->aConstraint[i].iColumn;
		const struct column *c = column_of(column < 0 ? (int)RN_CC_seq : column);
		char op = letter_of(info->aConstraint[i].op);
		if (!info->aConstraint[i].usable || !c || !is_useful(c, op) ||
			(c->what == SEQ && !by_seq) ||
			(c->text && op == '=' && strcmp(sqlite3_vtab_collation(info, i), "BINARY") != 0))
			continue;
		if (op == '=' && sqlite3_vtab_in(info, i, 1))
			op = 'i';
		plan[3 * n] = (char)('A' + c->column);
		plan[3 * n + 1] = op;
		plan[3 * n + 2] = ';';
		info->aConstraintUsage[i].argvIndex = ++n;
		info->aConstraintUsage[i].omit = c->exact && (op == 'n' || op == 'N' ||
			(op != 'i' && is_own_type(info, i, c)));
		rows *= share_of(c, op == 'i' ? '=' : op);
	}
	plan[3 * n] = 0;
	info->idxStr = sqlite3_mprintf("%s", plan);
	info->needToFreeIdxStr = 1;
	info->estimatedRows = (sqlite3_int64)rows + 1;
	info->estimatedCost = rows * 2 + 100;
	info->orderByConsumed = info->nOrderBy == 1 && !info->aOrderBy[0].desc &&
		(info->aOrderBy[0].iColumn < 0 || info->aOrderBy[0].iColumn == RN_CC_seq);
	return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static bool has_value(const struct rn_constraint *c, int64_t v)
{
	if (!c->list)
		return v >= c->low && v <= c->high;
	return bsearch(&v, c->list, c->n, sizeof(v), by_value) != NULL;
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

static int add_name(struct names *names, const char *name)
{
	char buf[24];
	bool known = false;
	for (unsigned abi = 0; abi < RN_ABI_COUNT; abi++)
		for (uint32_t nr = 0; nr < NR_LIMIT; nr++)
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

static bool has_name(const struct names *names, unsigned abi, uint32_t nr)
{
	char buf[24];
	if (abi < RN_ABI_COUNT && nr < NR_LIMIT)
		return names->bits[abi][nr / 64] >> nr % 64 & 1;
	const char *name = names->beyond.n ? rn_syscall_name((enum rn_abi)abi, nr, buf) : "";
	for (size_t i = 0; i < names->beyond.n; i++)
		if (strcmp(names->beyond.item[i], name) == 0)
			return true;
	return false;
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
	/* An error without a name is called by its number. */
	char *end;
	long plain = strtol((const char *)name.p, &end, 10);
	if (number < 0 && name.len && !*end && !rn_errno_name((int)plain))
		number = (int)plain;
	return number < 0 ? SQLITE_OK : add_value(c, number);
}

/* One value of an equality or a list. */
static int add_one(struct rn_constraint *c, const struct rn_model *m, const struct column *col,
	sqlite3_value *v)
{
	if (c->what == NAME)
		return add_name(c->names, (const char *)sqlite3_value_text(v));
	if (c->what == ERROR && col->text)
		return add_errno(c, v);
	if (c->what == UTID && col->column != RN_CC_utid)
		return add_threads(c, m, col->column, v);
	return add_value(c, sqlite3_value_int64(v));
}

static bool is_list_type(const struct column *col, sqlite3_value *v)
{
	return sqlite3_value_type(v) == (col->text ? SQLITE_TEXT : SQLITE_INTEGER);
}

/* *usable false: left to SQLite. A list whose values are not all of one type is. */
static int take_list(struct rn_constraint *c, const struct rn_model *m, const struct column *col,
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
			rc = add_one(c, m, col, one);
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

static int take_one(struct rn_constraints *all, const char *plan, sqlite3_value *v)
{
	const struct column *col = column_of(plan[0] - 'A');
	if (!col)
		return SQLITE_OK;
	struct rn_constraint *c = &all->item[all->n];
	char op = plan[1];
	bool usable = true;
	int rc = SQLITE_OK;
	*c = (struct rn_constraint){ .what = col->what, .low = INT64_MIN, .high = INT64_MAX };
	if (c->what == NAME)
		c->names = calloc(1, sizeof(*c->names));
	all->n++;
	if (c->what == NAME && !c->names)
		return SQLITE_NOMEM;
	if (op == 'n' || op == 'N')
		*(op == 'n' ? &c->null : &c->not_null) = true;
	else if (op == '=' || op == 'i')
		rc = take_list(c, all->model, col, op, v, &usable);
	else
		rc = take_range(c, op, v, &usable);
	if (rc || !usable) {
		free(c->list);
		c->list = NULL;
		if (c->names)
			for (size_t i = 0; i < c->names->beyond.n; i++)
				free((char *)c->names->beyond.item[i]);
		if (c->names)
			rn_strings_fini(&c->names->beyond);
		free(c->names);
		all->n--;
		return rc;
	}
	if (c->n)
		qsort(c->list, c->n, sizeof(*c->list), by_value);
	/* NULL is equal to nothing. */
	if ((op == '=' || op == 'i') && c->what != NAME && !c->n)
		all->none = true;
	return SQLITE_OK;
}

int rn_constraints_take(struct rn_constraints *c, const struct rn_model *model, const char *plan,
	int argc, sqlite3_value **argv)
{
	int rc = SQLITE_OK;
	*c = (struct rn_constraints){ .model = model };
	if (!argc)
		return SQLITE_OK;
	c->item = calloc((size_t)argc, sizeof(*c->item));
	if (!c->item)
		return SQLITE_NOMEM;
	for (int i = 0; i < argc && !rc; i++)
		rc = take_one(c, plan + 3 * (size_t)i, argv[i]);
	return rc;
}

void rn_constraints_fini(struct rn_constraints *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		struct names *names = c->item[i].names;
		for (size_t k = 0; names && k < names->beyond.n; k++)
			free((char *)names->beyond.item[k]);
		if (names)
			rn_strings_fini(&names->beyond);
		free(names);
		free(c->item[i].list);
	}
	free(c->item);
	*c = (struct rn_constraints){ 0 };
}

/* Numbers above INT64_MAX, which only a hostile trace has, are negative to SQL: no claim is made. */
static bool overlaps(const struct rn_constraint *c, uint64_t low, uint64_t high)
{
	if (high > INT64_MAX)
		return true;
	if (c->list)
		return c->list[0] <= (int64_t)high && c->list[c->n - 1] >= (int64_t)low;
	return c->low <= (int64_t)high && c->high >= (int64_t)low;
}

static bool any_name(const struct names *names, const struct rn_block_info *info)
{
	struct rn_set_walk walk = rn_block_info_nrs(info);
	uint64_t key;
	while (rn_set_walk_next(&walk, &key))
		if (has_name(names, (unsigned)(key >> 32), (uint32_t)key))
			return true;
	return false;
}

static bool any_number(const struct rn_constraint *c, struct rn_set_walk walk)
{
	uint64_t member;
	while (rn_set_walk_next(&walk, &member))
		if (has_value(c, (uint32_t)member))
			return true;
	return false;
}

static bool block_may_fit(const struct rn_constraint *c, const struct rn_block_info *info)
{
	switch (c->what) {
	case SEQ:
		return overlaps(c, info->first_seq, info->first_seq + info->n_calls + info->n_meta);
	case TS:
		return overlaps(c, info->first_ns, info->last_ns);
	case DUR:
		return c->null || c->not_null || overlaps(c, 0, info->max_dur_ns);
	case ERROR:
		return c->null || info->n_errors;
	case NR:
		return any_number(c, rn_block_info_nrs(info));
	case UTID:
		return any_number(c, rn_block_info_utids(info));
	case NAME:
		return any_name(c->names, info);
	default:
		return true;
	}
}

bool rn_constraints_may_have(const struct rn_constraints *c, const struct rn_block_info *info)
{
	for (unsigned i = 0; i < c->n; i++)
		if (!block_may_fit(&c->item[i], info))
			return false;
	return !c->none && info->n_calls;
}

/* The value of a call, or that it has none. */
struct value {
	int64_t v;
	bool null;
};

static inline bool fits(const struct rn_constraint *c, struct value x)
{
	if (c->null || c->not_null)
		return x.null == c->null;
	return !x.null && has_value(c, x.v);
}

#define NARROW(expression) \
	for (uint32_t i = 0; i < n; i++) { \
		uint32_t k = selected[i]; \
		selected[kept] = k; \
		kept += (expression); \
	} \
	break

static uint32_t narrow_one(const struct rn_constraint *c, const struct rn_core *core, uint32_t *selected,
	uint32_t n)
{
	uint32_t kept = 0;
	switch (c->what) {
	case TS:
		NARROW(has_value(c, (int64_t)core->ts_ns[k]));
	case DUR:
		NARROW(fits(c, (struct value){ (int64_t)core->dur_ns[k],
			core->flags[k] & RN_CALL_UNFINISHED }));
	case RET:
		NARROW(fits(c, (struct value){ core->ret[k], core->flags[k] & RN_CALL_UNFINISHED }));
	case ERROR:
		NARROW(fits(c, (struct value){ -core->ret[k], !(core->flags[k] & RN_CALL_ERROR) }));
	case NR:
		NARROW(has_value(c, core->nr[k]));
	case UTID:
		NARROW(has_value(c, core->utid[k]));
	case NAME:
		NARROW(has_name(c->names, core->abi[k], core->nr[k]));
	case SEQ:
		return n;
	}
	return kept;
}

uint32_t rn_constraints_narrow(const struct rn_constraints *c, const struct rn_core *core,
	uint32_t *selected, uint32_t n)
{
	for (unsigned i = 0; i < c->n && n; i++)
		n = narrow_one(&c->item[i], core, selected, n);
	return c->none ? 0 : n;
}

struct constraints {
	struct rn_source_filter base;
	const struct rn_constraints *c;
};

static bool may_have(const struct rn_source_filter *f, const struct rn_block_info *info)
{
	return rn_constraints_may_have(((const struct constraints *)f)->c, info);
}

static uint32_t narrow(const struct rn_source_filter *f, const struct rn_core *core,
	uint32_t *selected, uint32_t n)
{
	return rn_constraints_narrow(((const struct constraints *)f)->c, core, selected, n);
}

/* Numbers of events are known when an event is made. */
static int judge_seq(struct rn_source_filter *f, const struct rn_event *ev, struct rn_error *err)
{
	const struct rn_constraints *c = ((const struct constraints *)f)->c;
	(void)err;
	for (unsigned i = 0; i < c->n; i++)
		if (c->item[i].what == SEQ && !has_value(&c->item[i], (int64_t)ev->seq))
			return 0;
	return 1;
}

struct rn_source *rn_source_constraints(struct rn_source *inner, const struct rn_constraints *c)
{
	struct constraints *s = rn_source_filter_new(sizeof(*s), inner);
	if (!s)
		return NULL;
	s->base.may_have = may_have;
	s->base.narrow = narrow;
	for (unsigned i = 0; i < c->n; i++)
		if (c->item[i].what == SEQ)
			s->base.judge = judge_seq;
	s->c = c;
	return &s->base.source;
}
