/* SPDX-License-Identifier: MIT */
/* Which conditions of a statement a plan takes over from SQLite, and how much that leaves. */
#include "analyze/sql/constraints_private.h"
#include "analyze/sql/grouping.h"

static const struct rn_narrowed_column columns[] = {
	{ RN_CC_seq, RN_BY_SEQ, false, true },
	{ RN_CC_ts, RN_BY_TS, false, true },
	{ RN_CC_dur, RN_BY_DUR, false, true },
	{ RN_CC_ret, RN_BY_RET, false, true },
	{ RN_CC_nr, RN_BY_NR, false, true },
	{ RN_CC_utid, RN_BY_UTID, false, true },
	{ RN_CC_error, RN_BY_ERROR, false, true },
	{ RN_CC_name, RN_BY_NAME, true, true },
	{ RN_CC_errno, RN_BY_ERROR, true, true },
	{ RN_CC_pid, RN_BY_UTID, false, true },
	{ RN_CC_upid, RN_BY_UTID, false, true },
	{ RN_CC_tid, RN_BY_UTID, false, false },
	{ RN_CC_comm, RN_BY_UTID, true, false },
	{ RN_CC_exe, RN_BY_UTID, true, false },
	{ RN_CC_path, RN_BY_FILE, true, false },
	{ RN_CC_fd_path, RN_BY_FILE, true, false },
	{ RN_CC_target, RN_BY_FILE, true, false },
};

const struct rn_narrowed_column *rn_narrowed_column(int column)
{
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
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
	case SQLITE_INDEX_CONSTRAINT_GLOB:
		return 'g';
	case SQLITE_INDEX_CONSTRAINT_LIKE:
		return 'l';
	case SQLITE_INDEX_CONSTRAINT_REGEXP:
		return 'r';
	default:
		return 0;
	}
}

/* Threads and names are looked up by equality alone; NULL says something of results alone. */
static bool is_useful(const struct rn_narrowed_column *c, char op)
{
	bool by_list = c->what == RN_BY_NAME || c->what == RN_BY_UTID || c->text;
	bool by_pattern = op == 'g' || op == 'l' || op == 'r';
	if (c->what == RN_BY_FILE || by_pattern)
		return c->what == RN_BY_FILE && op && strchr("=nNglr", op);
	if (op == 'n' || op == 'N')
		return c->what == RN_BY_DUR || c->what == RN_BY_RET || c->what == RN_BY_ERROR;
	return op && (op == '=' || !by_list || (c->column == RN_CC_utid));
}

/* A constant of the column's own type: then nothing is left to SQLite. */
static bool is_own_type(sqlite3_index_info *info, int i, const struct rn_narrowed_column *c)
{
	sqlite3_value *v;
	if (sqlite3_vtab_rhs_value(info, i, &v) != SQLITE_OK)
		return false;
	return sqlite3_value_type(v) == (c->text ? SQLITE_TEXT : SQLITE_INTEGER);
}

static double share_of(const struct rn_narrowed_column *c, char op)
{
	if (op == '=')
		return c->what == RN_BY_SEQ || c->what == RN_BY_TS ? 1e-7 : c->what == RN_BY_UTID ? 0.2 : 0.05;
	if (op == 'g' || op == 'l' || op == 'r')
		return 0.05;
	if (c->what == RN_BY_FILE && op != '=')
		return 0.9; /* many calls are of no file: one side of an OR is not worth a walk of its own */
	return op == 'n' ? 0.01 : op == 'N' ? 0.5 : 0.25;
}

/* idxNum: what is kept of a call, and these. */
enum { IN_GROUPS = 1 << 8,
	ONCE = 1 << 9,
	SORTED = 1 << 10 };

static bool takes_order(sqlite3_index_info *info, struct rn_grouping_order *order)
{
	order->n = 0;
	for (int i = 0; i < info->nOrderBy && i < RN_GROUPING_COLUMNS; i++) {
		if (info->aOrderBy[i].iColumn < 0)
			return false;
		order->by[order->n].column = (enum rn_call_column)info->aOrderBy[i].iColumn;
		order->by[order->n++].falling = info->aOrderBy[i].desc;
	}
	return info->nOrderBy <= RN_GROUPING_COLUMNS;
}

/* SQLite would sort all rows. A DISTINCT takes one of equal ones, and needs no order. */
static bool group(sqlite3_index_info *info, uint64_t total, const char *plan)
{
	struct rn_grouping_order order;
	sqlite3_str *text;
	unsigned needs;
	if (!takes_order(info, &order) || !rn_grouping_plan(&order, info->colUsed, total, &needs))
		return false;
	info->orderByConsumed = 1;
	int asked = sqlite3_vtab_distinct(info);
	info->idxNum = (int)needs | IN_GROUPS | (!needs && asked >= 2 ? ONCE : 0) | (asked == 2 ? 0 : SORTED);
	text = sqlite3_str_new(NULL);
	sqlite3_str_appendf(text, "%s|", plan);
	for (unsigned i = 0; i < order.n; i++)
		sqlite3_str_appendf(text, "%c%c", RN_PLAN_FIRST + (int)order.by[i].column, order.by[i].falling ? 'd' : 'a');
	info->idxStr = sqlite3_str_finish(text);
	return true;
}

bool rn_plan_grouping(int number, const char *plan, struct rn_grouping_order *order, unsigned *needs, bool *once,
	bool *sorted)
{
	const char *at = number & IN_GROUPS ? strchr(plan, '|') : NULL;
	order->n = 0;
	for (at = at ? at + 1 : ""; at[0] && at[1] && order->n < RN_GROUPING_COLUMNS; at += 2) {
		order->by[order->n].column = (enum rn_call_column)(at[0] - RN_PLAN_FIRST);
		order->by[order->n++].falling = at[1] == 'd';
	}
	*needs = (unsigned)number & (IN_GROUPS - 1);
	*once = number & ONCE;
	*sorted = number & SORTED;
	return order->n;
}

static bool is_file_order(const sqlite3_index_info *info)
{
	return info->nOrderBy == 1 && !info->aOrderBy[0].desc &&
		(info->aOrderBy[0].iColumn < 0 || info->aOrderBy[0].iColumn == RN_CC_seq);
}

int rn_plan_best(sqlite3_index_info *info, const struct rn_plan_of *of)
{
	char plan[RN_PLAN_CHARS * RN_CONSTRAINTS_MAX + 1];
	double rows = (double)of->total + 1;
	int n = 0;
	for (int i = 0; i < info->nConstraint && n < RN_CONSTRAINTS_MAX; i++) {
		int column = info->aConstraint[i].iColumn;
		const struct rn_narrowed_column *c = rn_narrowed_column(column < 0 ? (int)RN_CC_seq : column);
		char op = letter_of(info->aConstraint[i].op);
		if (!info->aConstraint[i].usable || !c || !is_useful(c, op) ||
			(c->what == RN_BY_SEQ && !of->by_seq) ||
			(c->text && op == '=' && strcmp(sqlite3_vtab_collation(info, i), "BINARY") != 0))
			continue;
		if (op == '=' && sqlite3_vtab_in(info, i, 1))
			op = 'i';
		plan[RN_PLAN_CHARS * n] = (char)(RN_PLAN_FIRST + c->column);
		plan[RN_PLAN_CHARS * n + 1] = op;
		plan[RN_PLAN_CHARS * n + 2] = ';';
		info->aConstraintUsage[i].argvIndex = ++n;
		info->aConstraintUsage[i].omit = c->exact && (op == 'n' || op == 'N' ||
			(op != 'i' && is_own_type(info, i, c)));
		rows *= share_of(c, op == 'i' ? '=' : op);
	}
	plan[RN_PLAN_CHARS * n] = 0;
	info->orderByConsumed = is_file_order(info);
	if (info->orderByConsumed || !of->may_group || !info->nOrderBy || !group(info, of->total, plan))
		info->idxStr = sqlite3_mprintf("%s", plan);
	info->needToFreeIdxStr = 1;
	info->estimatedRows = (sqlite3_int64)rows + 1;
	info->estimatedCost = (double)of->total * 0.2 + rows * 2 + 100; /* blocks are unpacked whatever is left of them */
	return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

