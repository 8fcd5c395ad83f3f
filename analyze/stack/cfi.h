/* SPDX-License-Identifier: MIT */
/**
 * cfi - call frame information: how to find a function's caller at each of its instructions.
 *
 * Reads .eh_frame and .debug_frame of an image, which are hostile: entries that make no
 * sense are passed over, work is bounded. The entries are listed once, by address (a few ms for
 * cc1's 60,000); a row is then made by running the entry's program up to the address. Rows are
 * cached by whoever asks (stacks.c). Sources: DWARF 5 section 6.4, LSB "Exception Frames",
 * System V psABI of each machine.
 */
#ifndef RN_ANALYZE_STACK_CFI_H
#define RN_ANALYZE_STACK_CFI_H

#include "analyze/stack/code.h"

/* DWARF numbers of registers that are followed, the greatest of any machine + 1. */
#define RN_CFI_COLUMNS 34

enum rn_rule_kind {
	RN_RULE_SAME,       /* not changed (or never mentioned) */
	RN_RULE_UNDEFINED,
	RN_RULE_AT,         /* saved at CFA + number */
	RN_RULE_IS,         /* it is CFA + number */
	RN_RULE_REGISTER,   /* in register `number` */
	RN_RULE_AT_EXPR,    /* saved where the expression says, which is given the CFA */
	RN_RULE_IS_EXPR,    /* it is what the expression says */
};

struct rn_rule {
	uint8_t kind;
	int32_t number;
	struct rn_bytes expr; /* borrowed from the image */
};

/* The rules at one address. */
struct rn_cfi_row {
	uint64_t begin;     /* of the function (of the entry that describes it) */
	bool cfa_is_expr;
	uint8_t cfa_column;
	int64_t cfa_offset;
	struct rn_bytes cfa_expr;
	uint8_t ra_column;  /* the one that holds the address to return to */
	bool signal_frame;  /* the caller was interrupted, not calling */
	struct rn_rule rule[RN_CFI_COLUMNS];
};

struct rn_cfi;

/** Borrows the code. NULL: no memory. */
struct rn_cfi *rn_cfi_new(const struct rn_code *code);
void rn_cfi_free(struct rn_cfi *c);
/** The rules at an address of the image; of the system call instruction right behind an entry, those
 *  at the entry's end. False: no entry covers it, or it makes no sense. */
bool rn_cfi_row(struct rn_cfi *c, uint64_t addr, struct rn_cfi_row *row);
/** How many functions are described. */
size_t rn_cfi_n_entries(const struct rn_cfi *c);

#endif
