/* SPDX-License-Identifier: MIT */
#include "record/capture/privacy_stack.h"

#include "shared/arch.h"

#include <stdlib.h>
#include <string.h>

#define NEAR_BYTES ((uint64_t)8 << 20)
#define MAX_RANGES 65536u

struct range {
	uint64_t low, high;
};

struct rn_scrub {
	struct range *range; /* by address, disjoint */
	uint32_t n, cap;
};

struct rn_scrub *rn_scrub_new(void)
{
	return calloc(1, sizeof(struct rn_scrub));
}

void rn_scrub_free(struct rn_scrub *s)
{
	if (s)
		free(s->range);
	free(s);
}

/* The first range that ends behind addr. */
static uint32_t place(const struct rn_scrub *s, uint64_t addr)
{
	uint32_t low = 0, high = s->n;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (s->range[mid].high <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_code(const struct rn_scrub *s, uint64_t addr)
{
	uint32_t i = place(s, addr);
	return i < s->n && s->range[i].low <= addr;
}

/* Joins what it touches. Where there is no room, words that point there are zeroed: no harm. */
static void learn(struct rn_scrub *s, uint64_t low, uint64_t high)
{
	uint32_t i = place(s, low ? low - 1 : 0), j = i;
	for (; j < s->n && s->range[j].low <= high; j++) {
		low = s->range[j].low < low ? s->range[j].low : low;
		high = s->range[j].high > high ? s->range[j].high : high;
	}
	if (i == j) {
		if (s->n == s->cap) {
			uint32_t cap = s->cap ? s->cap * 2 : 64;
			struct range *more = cap <= MAX_RANGES ? realloc(s->range, cap * sizeof(*more)) : NULL;
			if (!more)
				return;
			s->range = more;
			s->cap = cap;
		}
		memmove(s->range + i + 1, s->range + i, (s->n - i) * sizeof(struct range));
		s->n++;
		j = i + 1;
	}
	s->range[i] = (struct range){ low, high };
	memmove(s->range + i + 1, s->range + j, (s->n - j) * sizeof(struct range));
	s->n -= j - i - 1;
}

static bool may_stay(const struct rn_scrub *s, uint64_t word, uint64_t sp)
{
	return word - sp < NEAR_BYTES || sp - word < 4096 || is_code(s, word);
}

static void scrub_stack(const struct rn_scrub *s, struct rn_call *c)
{
	uint8_t *at = (uint8_t *)c->stack;
	for (uint32_t i = 0; i + 8 <= c->stack_len; i += 8) {
		uint64_t word;
		memcpy(&word, at + i, 8);
		if (word && !may_stay(s, word, c->stack_addr))
			memset(at + i, 0, 8);
	}
}

/* Data moves through these; the others are flags, selectors and addresses of the machine's own. */
static bool is_general(uint32_t n_regs, uint32_t slot)
{
	if (n_regs == RN_REGS_X86_64)
		return slot <= RN_X86_RDI && slot != RN_X86_RAX;
	return slot <= 30;
}

/* What a call is made of stands in its arguments anyway. */
static bool is_of_call(const struct rn_call *c, uint64_t word)
{
	if (word == c->nr || (c->n_regs == RN_REGS_X86_64 && word == c->regs[RN_X86_EFLAGS]))
		return true;
	for (unsigned i = 0; i < 6; i++)
		if (word == c->args[i])
			return true;
	return false;
}

static void scrub_regs(const struct rn_scrub *s, struct rn_call *c)
{
	uint64_t *r = (uint64_t *)c->regs;
	for (uint32_t i = 0; i < c->n_regs; i++)
		if (is_general(c->n_regs, i) && !is_of_call(c, r[i]) && !may_stay(s, r[i], c->stack_addr))
			r[i] = 0;
}

void rn_scrub(struct rn_scrub *s, struct rn_event *ev)
{
	if (ev->kind == RN_EV_MAP && ev->MAP.addr + ev->MAP.len > ev->MAP.addr)
		learn(s, ev->MAP.addr, ev->MAP.addr + ev->MAP.len);
	if (ev->kind != RN_EV_CALL)
		return;
	if (ev->call.stack_len)
		scrub_stack(s, &ev->call);
	if (ev->call.regs)
		scrub_regs(s, &ev->call);
}
