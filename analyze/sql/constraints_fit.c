/* SPDX-License-Identifier: MIT */
/* Which blocks and calls constraints leave. */
#include "analyze/sql/constraints_private.h"

#include "analyze/source/filter.h"
#include "shared/syscall.h"

#include <stdlib.h>

static bool has_value(const struct rn_constraint *c, int64_t v)
{
	if (!c->list)
		return v >= c->low && v <= c->high;
	return bsearch(&v, c->list, c->n, sizeof(v), rn_constraint_by_value) != NULL;
}

static bool has_name(const struct rn_call_names *names, unsigned abi, uint32_t nr)
{
	char buf[24];
	if (abi < RN_ABI_COUNT && nr < RN_NR_LIMIT)
		return names->bits[abi][nr / 64] >> nr % 64 & 1;
	const char *name = names->beyond.n ? rn_syscall_name((enum rn_abi)abi, nr, buf) : "";
	for (size_t i = 0; i < names->beyond.n; i++)
		if (strcmp(names->beyond.item[i], name) == 0)
			return true;
	return false;
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

static bool any_name(const struct rn_call_names *names, const struct rn_block_info *info)
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
	case RN_BY_SEQ:
		return overlaps(c, info->first_seq, info->first_seq + info->n_calls + info->n_meta);
	case RN_BY_TS:
		return overlaps(c, info->first_ns, info->last_ns);
	case RN_BY_DUR:
		return c->null || c->not_null || overlaps(c, 0, info->max_dur_ns);
	case RN_BY_ERROR:
		return c->null || info->n_errors;
	case RN_BY_NR:
		return any_number(c, rn_block_info_nrs(info));
	case RN_BY_UTID:
		return any_number(c, rn_block_info_utids(info));
	case RN_BY_NAME:
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
	case RN_BY_TS:
		NARROW(has_value(c, (int64_t)core->ts_ns[k]));
	case RN_BY_DUR:
		NARROW(fits(c, (struct value){ (int64_t)core->dur_ns[k],
			core->flags[k] & RN_CALL_UNFINISHED }));
	case RN_BY_RET:
		NARROW(fits(c, (struct value){ core->ret[k], core->flags[k] & RN_CALL_UNFINISHED }));
	case RN_BY_ERROR:
		NARROW(fits(c, (struct value){ -core->ret[k], !(core->flags[k] & RN_CALL_ERROR) }));
	case RN_BY_NR:
		NARROW(has_value(c, core->nr[k]));
	case RN_BY_UTID:
		NARROW(has_value(c, core->utid[k]));
	case RN_BY_NAME:
		NARROW(has_name(c->names, core->abi[k], core->nr[k]));
	case RN_BY_SEQ:
	case RN_BY_FILE:
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

uint32_t rn_constraints_narrow_files(const struct rn_constraints *c, struct rn_block *block,
	const struct rn_core *core, uint32_t *selected, uint32_t n)
{
	for (unsigned i = 0; i < c->n && n; i++)
		if (c->item[i].what == RN_BY_FILE)
			n = rn_file_test_narrow(c->item[i].test, c->index, block, core, selected, n);
	return n;
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
		if (c->item[i].what == RN_BY_SEQ && !has_value(&c->item[i], (int64_t)ev->seq))
			return 0;
	return 1;
}

static int judge_files(struct rn_source_filter *f, struct rn_batch *b, struct rn_error *err)
{
	b->n_selected = rn_constraints_narrow_files(((const struct constraints *)f)->c, b->block, b->core,
		b->selected, b->n_selected);
	return f->judge ? rn_source_filter_judge(f, b, err) : 0;
}

struct rn_source *rn_source_constraints(struct rn_source *inner, const struct rn_constraints *c)
{
	struct constraints *s = rn_source_filter_new(sizeof(*s), inner);
	if (!s)
		return NULL;
	s->base.may_have = may_have;
	s->base.narrow = narrow;
	for (unsigned i = 0; i < c->n; i++) {
		if (c->item[i].what == RN_BY_SEQ)
			s->base.judge = judge_seq;
		if (c->item[i].what == RN_BY_FILE && c->index) {
			s->base.judge_batch = judge_files;
			s->base.source.wants = RN_WANT(ARGS); /* as rn_index_files does */
		}
	}
	s->c = c;
	return &s->base.source;
}
