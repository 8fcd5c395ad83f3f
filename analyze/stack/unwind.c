/* SPDX-License-Identifier: MIT */
#include "analyze/stack/unwind.h"

#include <elf.h>

/* A stack is rarely larger; what lies further away is not beyond the snapshot but elsewhere. */
#define STACK_REACH_BYTES ((uint64_t)8 << 20)
#define USER_CODE_32 0x23 /* the selector of 32-bit code on x86-64 */

#define NO (-1)

/* psABI for x86-64, figure 3.36: rax rdx rcx rbx rsi rdi rbp rsp r8..r15 RA. */
static const int8_t x86_64_slot[] = {
	RN_X86_RAX, RN_X86_RDX, RN_X86_RCX, RN_X86_RBX, RN_X86_RSI, RN_X86_RDI, RN_X86_RBP,
	RN_X86_RSP, RN_X86_R8, RN_X86_R9, RN_X86_R10, RN_X86_R11, RN_X86_R12, RN_X86_R13,
	RN_X86_R14, RN_X86_R15, RN_X86_RIP,
};
/* psABI for i386, table 2.14: eax ecx edx ebx esp ebp esi edi RA. */
static const int8_t i386_slot[] = {
	RN_X86_RAX, RN_X86_RCX, RN_X86_RDX, RN_X86_RBX, RN_X86_RSP, RN_X86_RBP, RN_X86_RSI,
	RN_X86_RDI, RN_X86_RIP,
};
/* DWARF for the Arm 64-bit architecture: x0..x30, sp, pc. */
static const int8_t aarch64_slot[] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
	25, 26, 27, 28, 29, 30, 31, 32,
};

static const struct rn_columns x86_64 = { EM_X86_64, 8, 17, 7, 6, 16, UINT64_MAX, x86_64_slot };
static const struct rn_columns i386 = { EM_386, 4, 9, 4, 5, 8, UINT32_MAX, i386_slot };
static const struct rn_columns aarch64 = { EM_AARCH64, 8, 33, 31, 29, 32,
	((uint64_t)1 << 48) - 1, aarch64_slot };

const struct rn_columns *rn_columns_of(const struct rn_call *c)
{
	if (!c->regs)
		return NULL;
	if (c->n_regs == RN_REGS_X86_64)
		return c->regs[RN_X86_CS] == USER_CODE_32 ? &i386 : &x86_64;
	return c->n_regs == RN_REGS_AARCH64 ? &aarch64 : NULL;
}

static void take_interrupted(struct rn_unwind *u, const struct rn_call *c)
{
	for (uint32_t i = 0; i < c->n_spans; i++) {
		if (c->spans[i].arg != RN_SPAN_STACK)
			continue;
		u->interrupted_addr = c->spans[i].addr;
		u->interrupted = rn_bytes_of(c->spans[i].bytes, c->spans[i].len);
		return;
	}
}

void rn_unwind_begin(struct rn_unwind *u, const struct rn_columns *columns, const struct rn_call *c)
{
	u->columns = columns;
	u->stack_addr = c->stack_addr;
	u->stack = rn_bytes_of(c->stack, c->stack_len);
	u->interrupted_addr = 0;
	u->interrupted = rn_bytes_of(NULL, 0);
	if (c->flags & RN_CALL_TWO_STACKS)
		take_interrupted(u, c);
	for (unsigned i = 0; i < columns->n; i++)
		u->entry[i] = u->reg[i] = c->regs[columns->slot[i]];
	u->at = 0;
	u->lost = ~(uint64_t)0 << columns->n;
	u->untouched = ~u->lost;
	u->used = 0;
	u->n_reads = 0;
	u->missing = 0;
}

bool rn_unwind_read(struct rn_unwind *u, uint64_t addr, unsigned nbytes, uint64_t *word)
{
	const uint8_t *p = rn_unwind_at(u, addr, nbytes);
	if (!p) {
		u->missing = addr;
		return false;
	}
	*word = 0;
	memcpy(word, p, nbytes);
	if (nbytes != u->columns->word_bytes) /* rare: not worth remembering */
		u->n_reads = RN_UNWIND_MAX_READS + 1;
	if (u->n_reads < RN_UNWIND_MAX_READS)
		u->read[u->n_reads] = (struct rn_read){ addr, *word };
	if (u->n_reads <= RN_UNWIND_MAX_READS)
		u->n_reads++;
	return true;
}

bool rn_unwind_value(struct rn_unwind *u, unsigned column, uint64_t *value)
{
	uint64_t bit = (uint64_t)1 << column;
	if (u->lost & bit)
		return false;
	if (u->at & bit) {
		if (!rn_unwind_read(u, u->reg[column], u->columns->word_bytes, value))
			return false;
		u->reg[column] = *value;
		u->at &= ~bit;
	}
	u->used |= u->untouched & bit;
	*value = u->reg[column];
	return true;
}

/* A word that was needed and is not there: beyond the snapshot's end, or somewhere else entirely. */
static enum rn_step failed(const struct rn_unwind *u)
{
	bool beyond = u->missing - u->stack_addr < STACK_REACH_BYTES ||
		(u->interrupted.len && u->missing - u->interrupted_addr < STACK_REACH_BYTES);
	return u->missing && beyond && u->stack.len ? RN_STEP_CUT : RN_STEP_LOST;
}

static void set(struct rn_unwind *u, unsigned column, uint64_t value, bool at)
{
	uint64_t bit = (uint64_t)1 << column;
	u->reg[column] = u->columns->word_bytes == 4 ? (uint32_t)value : value;
	u->at = at ? u->at | bit : u->at & ~bit;
	u->lost &= ~bit;
	u->untouched &= ~bit;
}

static void lose(struct rn_unwind *u, unsigned column)
{
	u->lost |= (uint64_t)1 << column;
	u->untouched &= ~((uint64_t)1 << column);
}

/* What a rule made of a register, before any of them is changed. */
struct outcome {
	uint64_t value;
	bool at, lost;
};

static bool is_copying(const struct rn_rule *r)
{
	return r->kind == RN_RULE_REGISTER || r->kind == RN_RULE_AT_EXPR || r->kind == RN_RULE_IS_EXPR;
}

static struct outcome outcome_of(struct rn_unwind *u, const struct rn_rule *r, uint64_t cfa)
{
	struct outcome o = { .lost = true };
	if (r->kind != RN_RULE_REGISTER) {
		o.lost = !rn_expression(u, r->expr, true, cfa, &o.value);
		o.at = r->kind == RN_RULE_AT_EXPR;
	} else if (r->number >= 0 && r->number < u->columns->n) {
		uint64_t bit = (uint64_t)1 << r->number;
		u->used |= u->untouched & bit;
		o = (struct outcome){ u->reg[r->number], u->at & bit, u->lost & bit };
	}
	return o;
}

static void apply(struct rn_unwind *u, const struct rn_small_row *row, uint64_t cfa)
{
	struct outcome copied[RN_CFI_COLUMNS];
	for (unsigned i = 0; row->copies && i < row->n_rules; i++)
		if (is_copying(&row->rule[i].rule))
			copied[i] = outcome_of(u, &row->rule[i].rule, cfa);
	set(u, u->columns->sp, cfa, false);
	for (unsigned i = 0; i < row->n_rules; i++) {
		const struct rn_rule *r = &row->rule[i].rule;
		unsigned column = row->rule[i].column;
		if (r->kind == RN_RULE_AT || r->kind == RN_RULE_IS)
			set(u, column, cfa + (uint64_t)(int64_t)r->number, r->kind == RN_RULE_AT);
		else if (r->kind == RN_RULE_UNDEFINED || copied[i].lost)
			lose(u, column);
		else
			set(u, column, copied[i].value, copied[i].at);
	}
}

static const struct rn_rule *rule_of(const struct rn_small_row *row, unsigned column)
{
	for (unsigned i = 0; i < row->n_rules; i++)
		if (row->rule[i].column == column)
			return &row->rule[i].rule;
	return NULL;
}

/* The caller's pc is what the frame returns to. */
static enum rn_step arrive(struct rn_unwind *u, unsigned ra_column)
{
	uint64_t pc;
	if (!rn_unwind_value(u, ra_column, &pc))
		return failed(u);
	pc &= u->columns->pc_mask;
	set(u, u->columns->pc, pc, false);
	return pc ? RN_STEP_CALLER : RN_STEP_OUTERMOST;
}

bool rn_unwind_is_outermost(const struct rn_small_row *row)
{
	const struct rn_rule *ra = rule_of(row, row->ra_column);
	return ra && ra->kind == RN_RULE_UNDEFINED;
}

enum rn_step rn_unwind_step(struct rn_unwind *u, const struct rn_small_row *row)
{
	const struct rn_columns *columns = u->columns;
	uint64_t cfa, sp, pc = u->reg[columns->pc], new_sp;
	u->missing = 0;
	if (rn_unwind_is_outermost(row))
		return RN_STEP_OUTERMOST;
	const struct rn_rule *ra = rule_of(row, row->ra_column);
	if (row->ra_column >= columns->n || (!ra && row->ra_column == columns->pc))
		return RN_STEP_LOST;
	if (!rn_unwind_value(u, columns->sp, &sp))
		return failed(u);
	if (row->cfa_is_expr ? !rn_expression(u, row->cfa_expr, false, 0, &cfa) :
		row->cfa_column >= columns->n || !rn_unwind_value(u, row->cfa_column, &cfa))
		return failed(u);
	if (!row->cfa_is_expr)
		cfa += (uint64_t)row->cfa_offset;
	apply(u, row, cfa);
	enum rn_step step = arrive(u, row->ra_column);
	if (step != RN_STEP_CALLER || row->signal_frame)
		return step;
	/* Callers are further up the stack; only a leaf that has pushed nothing is not. */
	if (!rn_unwind_value(u, columns->sp, &new_sp))
		return failed(u);
	return new_sp > sp || (new_sp == sp && u->reg[columns->pc] != pc) ? step : RN_STEP_LOST;
}

enum rn_step rn_unwind_step_fp(struct rn_unwind *u)
{
	const struct rn_columns *columns = u->columns;
	unsigned w = columns->word_bytes;
	uint64_t fp, sp, next;
	u->missing = 0;
	if (!rn_unwind_value(u, columns->fp, &fp) || !rn_unwind_value(u, columns->sp, &sp))
		return failed(u);
	if (fp == 0) /* the psABIs: marks the outermost frame */
		return RN_STEP_OUTERMOST;
	if (fp < sp || fp % w)
		return RN_STEP_LOST;
	if (!rn_unwind_read(u, fp, w, &next))
		return failed(u);
	set(u, columns->pc, fp + w, true);
	set(u, columns->fp, next, false);
	set(u, columns->sp, fp + 2 * w, false);
	return arrive(u, columns->pc);
}
