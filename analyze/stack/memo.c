/* SPDX-License-Identifier: MIT */
#include "analyze/stack/memo.h"

#include <stdlib.h>

#define N_SETS 1024
#define N_WAYS 4

struct entry {
	uint64_t epoch, pc, sp;
	const struct rn_columns *columns; /* NULL: free */
	uint64_t used;                    /* columns whose values are in reg */
	uint64_t reg[RN_CFI_COLUMNS];
	uint64_t missing;                 /* a word that was not there, 0: none */
	struct rn_read *read;
	uint32_t n_reads, cap_reads;
	uint32_t id;
	enum rn_stack_end end;
};

struct rn_memo {
	struct entry entry[N_SETS][N_WAYS]; /* of a set, the last one used first */
};

struct rn_memo *rn_memo_new(void)
{
	return calloc(1, sizeof(struct rn_memo));
}

void rn_memo_free(struct rn_memo *m)
{
	if (!m)
		return;
	for (unsigned i = 0; i < N_SETS; i++)
		for (unsigned k = 0; k < N_WAYS; k++)
			free(m->entry[i][k].read);
	free(m);
}

void rn_memo_clear(struct rn_memo *m)
{
	for (unsigned i = 0; i < N_SETS; i++)
		for (unsigned k = 0; k < N_WAYS; k++)
			m->entry[i][k].columns = NULL;
}

static struct entry *set_of(struct rn_memo *m, uint64_t epoch, uint64_t pc, uint64_t sp)
{
	uint64_t h = (epoch * 0x9e3779b97f4a7c15u) ^ pc;
	h = (h ^ h >> 31) * 0xbf58476d1ce4e5b9u ^ sp;
	h = (h ^ h >> 30) * 0x94d049bb133111ebu;
	return m->entry[h >> 32 & (N_SETS - 1)];
}

static bool agrees(const struct entry *e, const struct rn_unwind *u)
{
	for (uint64_t left = e->used; left; left &= left - 1) {
		unsigned i = (unsigned)__builtin_ctzll(left);
		if (e->reg[i] != u->entry[i])
			return false;
	}
	for (uint32_t i = 0; i < e->n_reads; i++) {
		unsigned n = u->columns->word_bytes;
		const uint8_t *p = rn_unwind_at(u, e->read[i].addr, n);
		uint64_t word = 0;
		if (!p)
			return false;
		memcpy(&word, p, n);
		if (word != e->read[i].word)
			return false;
	}
	return !e->missing || !rn_unwind_at(u, e->missing, u->columns->word_bytes);
}

/* The entry becomes the first of its set. */
static struct entry *to_front(struct entry *set, unsigned way)
{
	struct entry e = set[way];
	memmove(&set[1], &set[0], way * sizeof(e));
	set[0] = e;
	return set;
}

bool rn_memo_find(struct rn_memo *m, uint64_t epoch, const struct rn_unwind *u, uint32_t *id,
	enum rn_stack_end *end)
{
	uint64_t pc = u->entry[u->columns->pc], sp = u->entry[u->columns->sp];
	struct entry *set = set_of(m, epoch, pc, sp);
	for (unsigned i = 0; i < N_WAYS; i++) {
		struct entry *e = &set[i];
		if (e->columns != u->columns || e->pc != pc || e->sp != sp || e->epoch != epoch ||
			!agrees(e, u))
			continue;
		*id = e->id;
		*end = e->end;
		if (i)
			to_front(set, i);
		return true;
	}
	return false;
}

void rn_memo_put(struct rn_memo *m, uint64_t epoch, const struct rn_unwind *u, uint32_t id,
	enum rn_stack_end end)
{
	uint64_t pc = u->entry[u->columns->pc], sp = u->entry[u->columns->sp];
	if (u->n_reads > RN_UNWIND_MAX_READS)
		return;
	struct entry *e = to_front(set_of(m, epoch, pc, sp), N_WAYS - 1);
	if (u->n_reads > e->cap_reads) {
		struct rn_read *more = realloc(e->read, u->n_reads * sizeof(*more));
		if (!more)
			return;
		e->read = more;
		e->cap_reads = u->n_reads;
	}
	if (u->n_reads)
		memcpy(e->read, u->read, u->n_reads * sizeof(*e->read));
	memcpy(e->reg, u->entry, sizeof(e->reg));
	e->epoch = epoch;
	e->pc = pc;
	e->sp = sp;
	e->columns = u->columns;
	e->used = u->used;
	e->missing = u->missing;
	e->n_reads = u->n_reads;
	e->id = id;
	e->end = end;
}
