/* SPDX-License-Identifier: MIT */
/*
 * Every ABI we know numbers its calls below 1024, so those have a slot each in one dense array, found
 * without a search. Numbers beyond (x32 bits, programs that probe, hostile traces) are appended to a
 * list that is sorted and merged when it is full: O(log n) a call, whatever the numbers, where a hash
 * table could be made slow on purpose.
 */
#include "analyze/analysis/tally.h"

#include <stdlib.h>

#define NR_BITS 10
#define N_DENSE (RN_ABI_COUNT << NR_BITS)

struct rn_tally_set {
	struct rn_tally dense[N_DENSE];
	struct rn_tally_entry *strays; /* several may have the same number */
	size_t n_strays, cap;
};

static const struct rn_tally nothing = RN_TALLY_INIT;

void rn_tally_merge(struct rn_tally *into, const struct rn_tally *from)
{
	into->calls += from->calls;
	into->errors += from->errors;
	into->unfinished += from->unfinished;
	into->total_ns += from->total_ns;
	if (from->min_ns < into->min_ns)
		into->min_ns = from->min_ns;
	if (from->max_ns > into->max_ns)
		into->max_ns = from->max_ns;
}

uint64_t rn_tally_mean_ns(const struct rn_tally *t)
{
	uint64_t returned = t->calls - t->unfinished;
	return returned ? (uint64_t)(t->total_ns / returned) : 0;
}

/* Without branches: an unfinished call adds no time and never is the shortest. */
static inline void count(struct rn_tally *t, uint16_t flags, uint64_t dur_ns)
{
	uint64_t unfinished = flags & RN_CALL_UNFINISHED;
	uint64_t mask = unfinished - 1;
	uint64_t dur = dur_ns & mask, least = dur_ns | ~mask;
	t->calls++;
	t->errors += (flags & RN_CALL_ERROR) / RN_CALL_ERROR;
	t->unfinished += unfinished;
	t->total_ns += dur;
	t->min_ns = least < t->min_ns ? least : t->min_ns;
	t->max_ns = dur > t->max_ns ? dur : t->max_ns;
}

struct rn_tally_set *rn_tally_set_new(void)
{
	struct rn_tally_set *set = malloc(sizeof(*set));
	if (!set)
		return NULL;
	for (size_t i = 0; i < N_DENSE; i++)
		set->dense[i] = nothing;
	set->strays = NULL;
	set->n_strays = set->cap = 0;
	return set;
}

void rn_tally_set_free(struct rn_tally_set *set)
{
	if (set)
		free(set->strays);
	free(set);
}

static int by_number(const void *a, const void *b)
{
	const struct rn_tally_entry *x = a, *y = b;
	if (x->abi != y->abi)
		return x->abi < y->abi ? -1 : 1;
	return (x->nr > y->nr) - (x->nr < y->nr);
}

/* Sorts, and makes one of equal numbers. */
static void compact(struct rn_tally_set *set)
{
	size_t n = 0;
	if (set->n_strays)
		qsort(set->strays, set->n_strays, sizeof(*set->strays), by_number);
	for (size_t i = 0; i < set->n_strays; i++) {
		if (n && !by_number(&set->strays[n - 1], &set->strays[i]))
			rn_tally_merge(&set->strays[n - 1].tally, &set->strays[i].tally);
		else
			set->strays[n++] = set->strays[i];
	}
	set->n_strays = n;
}

static int make_room(struct rn_tally_set *set, struct rn_error *err)
{
	compact(set);
	if (set->n_strays < set->cap / 2)
		return 0;
	size_t cap = set->cap ? set->cap * 2 : 256;
	struct rn_tally_entry *strays = realloc(set->strays, cap * sizeof(*strays));
	if (!strays)
		return rn_fail(err, RN_E_NOMEM, "out of memory counting calls");
	set->strays = strays;
	set->cap = cap;
	return 0;
}

/* A fresh tally for the number; NULL: no memory. */
static struct rn_tally *stray(struct rn_tally_set *set, uint8_t abi, uint32_t nr,
	struct rn_error *err)
{
	if (set->n_strays == set->cap && make_room(set, err))
		return NULL;
	struct rn_tally_entry *e = &set->strays[set->n_strays++];
	*e = (struct rn_tally_entry){ (enum rn_abi)abi, nr, nothing };
	return &e->tally;
}

static inline struct rn_tally *slot(struct rn_tally_set *set, uint8_t abi, uint32_t nr,
	struct rn_error *err)
{
	if (__builtin_expect(nr >> NR_BITS == 0 && abi < RN_ABI_COUNT, 1))
		return &set->dense[(uint32_t)abi << NR_BITS | nr];
	return stray(set, abi, nr, err);
}

int rn_tally_set_add(struct rn_tally_set *set, const struct rn_core *core,
	const uint32_t *selected, uint32_t n, struct rn_error *err)
{
	for (uint32_t k = 0; k < n; k++) {
		uint32_t i = selected[k];
		struct rn_tally *t = slot(set, core->abi[i], core->nr[i], err);
		if (!t)
			return RN_E_NOMEM;
		count(t, core->flags[i], core->dur_ns[i]);
	}
	return 0;
}

int rn_tally_set_add_call(struct rn_tally_set *set, const struct rn_call *call,
	struct rn_error *err)
{
	struct rn_tally *t = slot(set, call->abi, call->nr, err);
	if (!t)
		return RN_E_NOMEM;
	count(t, call->flags, call->dur_ns);
	return 0;
}

int rn_tally_set_add_tally(struct rn_tally_set *set, enum rn_abi abi, uint32_t nr,
	const struct rn_tally *tally, struct rn_error *err)
{
	struct rn_tally *t = slot(set, (uint8_t)abi, nr, err);
	if (!t)
		return RN_E_NOMEM;
	rn_tally_merge(t, tally);
	return 0;
}

int rn_tally_set_merge(struct rn_tally_set *into, const struct rn_tally_set *from,
	struct rn_error *err)
{
	for (size_t i = 0; i < N_DENSE; i++)
		rn_tally_merge(&into->dense[i], &from->dense[i]);
	for (size_t i = 0; i < from->n_strays; i++) {
		const struct rn_tally_entry *e = &from->strays[i];
		struct rn_tally *t = stray(into, (uint8_t)e->abi, e->nr, err);
		if (!t)
			return RN_E_NOMEM;
		rn_tally_merge(t, &e->tally);
	}
	return 0;
}

int rn_tally_set_take(struct rn_tally_set *set, struct rn_tally_entry **out, size_t *n,
	struct rn_error *err)
{
	compact(set);
	size_t max = set->n_strays, at = 0;
	*out = NULL;
	*n = 0;
	for (size_t i = 0; i < N_DENSE; i++)
		max += set->dense[i].calls != 0;
	if (!max)
		return 0;
	struct rn_tally_entry *all = calloc(max, sizeof(*all));
	if (!all)
		return rn_fail(err, RN_E_NOMEM, "out of memory counting calls");
	for (uint32_t i = 0; i < N_DENSE; i++)
		if (set->dense[i].calls)
			all[at++] = (struct rn_tally_entry){ (enum rn_abi)(i >> NR_BITS),
				i & ((1u << NR_BITS) - 1), set->dense[i] };
	for (size_t i = 0; i < set->n_strays; i++)
		all[at++] = set->strays[i];
	qsort(all, at, sizeof(*all), by_number);
	*out = all;
	*n = at;
	return 0;
}
