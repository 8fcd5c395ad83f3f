/* SPDX-License-Identifier: MIT */
/**
 * unwind - from a frame to its caller, over a snapshot of registers and stack.
 *
 * A register is a value, or lies at an address that is read only when somebody needs it, or is
 * lost. What a walk really needed - registers of the call, words of the stack - is kept on
 * record, so that a later snapshot that agrees in these needs no walk (memo.h).
 * Registers go by DWARF numbers of the machine; the program counter has a column of its own.
 */
#ifndef RN_ANALYZE_STACK_UNWIND_H
#define RN_ANALYZE_STACK_UNWIND_H

#include "analyze/stack/cfi.h"
#include "format/event.h"

/* What unwinding must know of a machine's registers. */
struct rn_columns {
	uint16_t elf_machine;
	uint8_t word_bytes;
	uint8_t n;            /* columns */
	uint8_t sp, fp, pc;   /* columns */
	uint64_t pc_mask;     /* bits that are address: others sign a return address */
	const int8_t *slot;   /* of the trace's registers, by column */
};

/** By the registers of a call; NULL: they are of no machine known here. 32-bit code on a 64-bit
 *  machine has columns of its own. */
const struct rn_columns *rn_columns_of(const struct rn_call *c);

struct rn_read {
	uint64_t addr, word;
};
/* Longer walks are not remembered. */
#define RN_UNWIND_MAX_READS 1024

/* A walk under way. */
struct rn_unwind {
	const struct rn_columns *columns;
	uint64_t stack_addr;
	struct rn_bytes stack;
	uint64_t interrupted_addr; /* of the stack that a signal interrupted, where its handler has its own */
	struct rn_bytes interrupted;
	uint64_t reg[RN_CFI_COLUMNS];
	uint64_t at;        /* bit by column: reg is where the value lies */
	uint64_t lost;      /* .. has no value */
	uint64_t untouched; /* .. has the value it had in the call */

	uint64_t entry[RN_CFI_COLUMNS]; /* registers of the call */
	uint64_t used;      /* columns whose value in the call mattered */
	uint32_t n_reads;   /* of read; RN_UNWIND_MAX_READS + 1: there were more */
	struct rn_read read[RN_UNWIND_MAX_READS];
	uint64_t missing;   /* the address that could not be read; 0: none */
};

void rn_unwind_begin(struct rn_unwind *u, const struct rn_columns *columns, const struct rn_call *c);

/* What a step came to. */
enum rn_step {
	RN_STEP_CALLER,   /* u is the caller's frame now */
	RN_STEP_OUTERMOST, /* there is no caller */
	RN_STEP_CUT,      /* a word beyond the snapshot was needed (u->missing) */
	RN_STEP_LOST,     /* nonsense */
};

/* A row made small: only what changes, in order of column. */
struct rn_small_row {
	uint64_t begin;
	bool cfa_is_expr, signal_frame, copies; /* copies: a rule reads registers of the frame itself */
	uint8_t cfa_column, ra_column;
	uint8_t n_rules;
	int64_t cfa_offset;
	struct rn_bytes cfa_expr;
	const struct rn_column_rule {
		uint8_t column;
		struct rn_rule rule;
	} *rule;
};

/** Whether the rules say that there is no caller. */
bool rn_unwind_is_outermost(const struct rn_small_row *row);
/** By the rules of unwind tables. */
enum rn_step rn_unwind_step(struct rn_unwind *u, const struct rn_small_row *row);
/** By the chain of frame pointers, where there are no tables. The caller's pc is then in u and has
 *  still to prove itself. */
enum rn_step rn_unwind_step_fp(struct rn_unwind *u);

/** The column's value; false: it is lost or unreadable. */
bool rn_unwind_value(struct rn_unwind *u, unsigned column, uint64_t *value);
static inline const uint8_t *rn_unwind_within(struct rn_bytes piece, uint64_t begin, uint64_t addr,
	unsigned nbytes)
{
	uint64_t at = addr - begin;
	return at < piece.len && nbytes <= piece.len - at ? piece.p + at : NULL;
}

/** Where the bytes at an address are; NULL: not all of them are in the snapshot. */
static inline const uint8_t *rn_unwind_at(const struct rn_unwind *u, uint64_t addr, unsigned nbytes)
{
	const uint8_t *p = rn_unwind_within(u->stack, u->stack_addr, addr, nbytes);
	return p || !u->interrupted.len ? p :
		rn_unwind_within(u->interrupted, u->interrupted_addr, addr, nbytes);
}

/** A word of the snapshot. */
bool rn_unwind_read(struct rn_unwind *u, uint64_t addr, unsigned nbytes, uint64_t *word);

/** Runs a DWARF expression over the frame; push_cfa: its stack begins with cfa. False: it makes no
 *  sense or needs what is not there. */
bool rn_expression(struct rn_unwind *u, struct rn_bytes expr, bool push_cfa, uint64_t cfa,
	uint64_t *result);

#endif
