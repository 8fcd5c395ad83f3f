/* SPDX-License-Identifier: MIT */
#include "analyze/filters/limits.h"

#include "analyze/source/filter.h"

void rn_limits_init(struct rn_limits *l)
{
	memset(l, 0, sizeof(*l));
	l->to_ns = UINT64_MAX;
	l->max_dur_ns = UINT64_MAX;
}

bool rn_limits_are_open(const struct rn_limits *l)
{
	return !l->from_ns && l->to_ns == UINT64_MAX && !l->has_dur && !l->errors_only &&
		l->injected == RN_INJECTED_ALL;
}

bool rn_limits_may_have(const struct rn_limits *l, const struct rn_block_info *info)
{
	return info->last_ns >= l->from_ns && info->first_ns < l->to_ns &&
		(!l->has_dur || info->max_dur_ns >= l->min_dur_ns) &&
		(!l->errors_only || info->n_errors);
}

static uint32_t narrow_time(const struct rn_limits *l, const struct rn_core *core, uint32_t *selected,
	uint32_t n)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = selected[i];
		selected[kept] = k;
		kept += core->ts_ns[k] >= l->from_ns && core->ts_ns[k] < l->to_ns;
	}
	return kept;
}

static uint32_t narrow_dur(const struct rn_limits *l, const struct rn_core *core, uint32_t *selected,
	uint32_t n)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = selected[i];
		uint64_t dur = core->dur_ns[k];
		selected[kept] = k;
		kept += dur >= l->min_dur_ns && dur <= l->max_dur_ns &&
			!(core->flags[k] & RN_CALL_UNFINISHED);
	}
	return kept;
}

static uint32_t narrow_injected(const struct rn_limits *l, const struct rn_core *core,
	uint32_t *selected, uint32_t n)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = selected[i];
		selected[kept] = k;
		kept += !(core->flags[k] & RN_CALL_TAMPERED) == (l->injected == RN_INJECTED_NONE);
	}
	return kept;
}

static bool is_wanted_error(const struct rn_limits *l, const struct rn_core *core, uint32_t k)
{
	uint64_t number = (uint64_t)-core->ret[k];
	return core->flags[k] & RN_CALL_ERROR && number < RN_ERRNO_LIMIT &&
		l->errnos[number / 64] >> number % 64 & 1;
}

static uint32_t narrow_errors(const struct rn_limits *l, const struct rn_core *core,
	uint32_t *selected, uint32_t n)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = selected[i];
		selected[kept] = k;
		kept += is_wanted_error(l, core, k);
	}
	return kept;
}

uint32_t rn_limits_narrow(const struct rn_limits *l, const struct rn_core *core, uint32_t *selected,
	uint32_t n)
{
	if (l->from_ns || l->to_ns != UINT64_MAX)
		n = narrow_time(l, core, selected, n);
	if (l->injected != RN_INJECTED_ALL)
		n = narrow_injected(l, core, selected, n);
	if (l->has_dur)
		n = narrow_dur(l, core, selected, n);
	return l->errors_only ? narrow_errors(l, core, selected, n) : n;
}

struct limits {
	struct rn_source_filter base;
	const struct rn_limits *l;
};

static bool may_have(const struct rn_source_filter *f, const struct rn_block_info *info)
{
	return rn_limits_may_have(((const struct limits *)f)->l, info);
}

static uint32_t narrow(const struct rn_source_filter *f, const struct rn_core *core,
	uint32_t *selected, uint32_t n)
{
	return rn_limits_narrow(((const struct limits *)f)->l, core, selected, n);
}

struct rn_source *rn_source_limits(struct rn_source *inner, const struct rn_limits *l)
{
	struct limits *s = rn_source_filter_new(sizeof(*s), inner);
	if (!s)
		return NULL;
	s->base.may_have = may_have;
	s->base.narrow = narrow;
	s->l = l;
	return &s->base.source;
}
