/* SPDX-License-Identifier: MIT */
/* The programs of CIE and FDE: they build a table of rows, of which we want the one that holds
 * addr. Registers beyond RN_CFI_COLUMNS (vector registers) are not followed. */
#include "analyze/stack/cfi_entry.h"

#include <dwarf.h>

#define MAX_REMEMBERED 32

struct machine {
	const struct rn_cfi_section *s;
	const struct rn_cie *cie;
	struct rn_cfi_row *row;
	struct rn_cfi_row initial; /* what the CIE's program made */
	struct rn_cfi_row remembered[MAX_REMEMBERED];
	unsigned n_remembered;
	uint64_t loc, addr;
};

static void set_rule(struct machine *m, uint64_t column, enum rn_rule_kind kind, int64_t number)
{
	if (column < RN_CFI_COLUMNS)
		m->row->rule[column] = (struct rn_rule){ .kind = (uint8_t)kind,
			.number = (int32_t)number };
}

static void set_expr(struct machine *m, struct rn_cursor *c, enum rn_rule_kind kind)
{
	uint64_t column = rn_cfi_uleb(c);
	struct rn_bytes expr = rn_take_bytes(c, rn_cfi_uleb(c));
	if (column < RN_CFI_COLUMNS)
		m->row->rule[column] = (struct rn_rule){ .kind = (uint8_t)kind, .expr = expr };
}

static void restore(struct machine *m, uint64_t column)
{
	if (column < RN_CFI_COLUMNS)
		m->row->rule[column] = m->initial.rule[column];
}

static void set_cfa(struct machine *m, struct rn_cursor *c, uint64_t column, int64_t offset)
{
	if (column >= RN_CFI_COLUMNS)
		c->bad = true;
	m->row->cfa_is_expr = false;
	m->row->cfa_column = (uint8_t)column;
	m->row->cfa_offset = offset;
}

static int64_t scaled(const struct machine *m, int64_t factor)
{
	return (int64_t)((uint64_t)factor * (uint64_t)m->cie->data_align);
}

static void advance(struct machine *m, uint64_t delta)
{
	m->loc += delta * m->cie->code_align;
}

static void remember(struct machine *m, struct rn_cursor *c)
{
	if (m->n_remembered == MAX_REMEMBERED)
		c->bad = true;
	else
		m->remembered[m->n_remembered++] = *m->row;
}

static void recall(struct machine *m, struct rn_cursor *c)
{
	if (m->n_remembered)
		*m->row = m->remembered[--m->n_remembered];
	else
		c->bad = true;
}

static void set_cfa_expr(struct machine *m, struct rn_cursor *c)
{
	m->row->cfa_is_expr = true;
	m->row->cfa_expr = rn_take_bytes(c, rn_cfi_uleb(c));
}

/* The operations without an operand in their own byte. */
static void step(struct machine *m, struct rn_cursor *c, uint8_t op)
{
	uint64_t column;
	switch (op) {
	case DW_CFA_nop:
	case DW_CFA_GNU_window_save: /* on aarch64: the return address is signed from here on */
		break;
	case DW_CFA_set_loc:
		m->loc = rn_cfi_address(m->s, c, m->cie->encoding);
		break;
	case DW_CFA_advance_loc1:
		advance(m, rn_take_u8(c));
		break;
	case DW_CFA_advance_loc2:
		advance(m, rn_take_u16(c));
		break;
	case DW_CFA_advance_loc4:
		advance(m, rn_take_u32(c));
		break;
	case DW_CFA_offset_extended:
		column = rn_cfi_uleb(c);
		set_rule(m, column, RN_RULE_AT, scaled(m, (int64_t)rn_cfi_uleb(c)));
		break;
	case DW_CFA_offset_extended_sf:
		column = rn_cfi_uleb(c);
		set_rule(m, column, RN_RULE_AT, scaled(m, rn_cfi_sleb(c)));
		break;
	case DW_CFA_GNU_negative_offset_extended:
		column = rn_cfi_uleb(c);
		set_rule(m, column, RN_RULE_AT, scaled(m, -(int64_t)rn_cfi_uleb(c)));
		break;
	case DW_CFA_val_offset:
		column = rn_cfi_uleb(c);
		set_rule(m, column, RN_RULE_IS, scaled(m, (int64_t)rn_cfi_uleb(c)));
		break;
	case DW_CFA_val_offset_sf:
		column = rn_cfi_uleb(c);
		set_rule(m, column, RN_RULE_IS, scaled(m, rn_cfi_sleb(c)));
		break;
	case DW_CFA_restore_extended:
		restore(m, rn_cfi_uleb(c));
		break;
	case DW_CFA_undefined:
		set_rule(m, rn_cfi_uleb(c), RN_RULE_UNDEFINED, 0);
		break;
	case DW_CFA_same_value:
		set_rule(m, rn_cfi_uleb(c), RN_RULE_SAME, 0);
		break;
	case DW_CFA_register:
		column = rn_cfi_uleb(c);
		set_rule(m, column, RN_RULE_REGISTER, (int64_t)rn_cfi_uleb(c));
		break;
	case DW_CFA_remember_state:
		remember(m, c);
		break;
	case DW_CFA_restore_state:
		recall(m, c);
		break;
	case DW_CFA_def_cfa:
		column = rn_cfi_uleb(c);
		set_cfa(m, c, column, (int64_t)rn_cfi_uleb(c));
		break;
	case DW_CFA_def_cfa_sf:
		column = rn_cfi_uleb(c);
		set_cfa(m, c, column, scaled(m, rn_cfi_sleb(c)));
		break;
	case DW_CFA_def_cfa_register:
		set_cfa(m, c, rn_cfi_uleb(c), m->row->cfa_offset);
		break;
	case DW_CFA_def_cfa_offset:
		set_cfa(m, c, m->row->cfa_column, (int64_t)rn_cfi_uleb(c));
		break;
	case DW_CFA_def_cfa_offset_sf:
		set_cfa(m, c, m->row->cfa_column, scaled(m, rn_cfi_sleb(c)));
		break;
	case DW_CFA_def_cfa_expression:
		set_cfa_expr(m, c);
		break;
	case DW_CFA_expression:
		set_expr(m, c, RN_RULE_AT_EXPR);
		break;
	case DW_CFA_val_expression:
		set_expr(m, c, RN_RULE_IS_EXPR);
		break;
	case DW_CFA_GNU_args_size:
		rn_cfi_uleb(c);
		break;
	default:
		c->bad = true;
	}
}

static bool run(struct machine *m, struct rn_bytes program)
{
	struct rn_cursor c = rn_cursor_of(program.p, program.len);
	while (rn_cursor_left(&c) && m->loc <= m->addr) {
		uint8_t op = rn_take_u8(&c), low = op & 0x3f;
		if ((op & 0xc0) == DW_CFA_advance_loc)
			advance(m, low);
		else if ((op & 0xc0) == DW_CFA_offset)
			set_rule(m, low, RN_RULE_AT, scaled(m, (int64_t)rn_cfi_uleb(&c)));
		else if ((op & 0xc0) == DW_CFA_restore)
			restore(m, low);
		else
			step(m, &c, op);
	}
	return rn_cursor_ok(&c);
}

bool rn_cfi_run(const struct rn_cfi_section *s, const struct rn_fde *f, uint64_t addr,
	struct rn_cfi_row *row)
{
	struct machine m;
	m.s = s;
	m.cie = &f->cie;
	m.row = row;
	m.n_remembered = 0;
	m.loc = f->begin;
	m.addr = addr;
	memset(row, 0, sizeof(*row));
	memset(&m.initial, 0, sizeof(m.initial));
	row->begin = f->begin;
	row->ra_column = f->cie.ra_column;
	row->signal_frame = f->cie.signal_frame;
	row->cfa_column = UINT8_MAX;
	if (!run(&m, f->cie.program))
		return false;
	m.initial = *row;
	m.loc = f->begin;
	return run(&m, f->program) && (row->cfa_is_expr || row->cfa_column < RN_CFI_COLUMNS);
}
