/* SPDX-License-Identifier: MIT */
/* Expressions as they occur in call frame information (DWARF 5, 2.5): a stack machine whose only
 * inputs are registers, words of the stack and its own constants. */
#include "analyze/stack/cfi_entry.h"
#include "analyze/stack/unwind.h"

#include <dwarf.h>

#define MAX_DEPTH 64
#define MAX_STEPS 256

struct machine {
	struct rn_unwind *u;
	struct rn_bytes expr;
	struct rn_cursor c;
	uint64_t stack[MAX_DEPTH];
	unsigned depth;
};

static void push(struct machine *m, uint64_t v)
{
	if (m->depth == MAX_DEPTH)
		m->c.bad = true;
	else
		m->stack[m->depth++] = m->u->columns->word_bytes == 4 ? (uint32_t)v : v;
}

static uint64_t pop(struct machine *m)
{
	if (m->depth)
		return m->stack[--m->depth];
	m->c.bad = true;
	return 0;
}

static void pick(struct machine *m, unsigned below)
{
	if (below >= m->depth)
		m->c.bad = true;
	else
		push(m, m->stack[m->depth - 1 - below]);
}

static void push_register(struct machine *m, uint64_t column, int64_t offset)
{
	uint64_t v;
	if (column >= m->u->columns->n || !rn_unwind_value(m->u, (unsigned)column, &v))
		m->c.bad = true;
	else
		push(m, v + (uint64_t)offset);
}

static void dereference(struct machine *m, unsigned nbytes)
{
	uint64_t v;
	if (nbytes == 0 || nbytes > 8 || !rn_unwind_read(m->u, pop(m), nbytes, &v))
		m->c.bad = true;
	else
		push(m, v);
}

static void jump(struct machine *m, bool taken)
{
	int16_t by = (int16_t)rn_take_u16(&m->c);
	ptrdiff_t to = m->c.p - m->expr.p + by;
	if (!taken)
		return;
	if (to < 0 || (size_t)to > m->expr.len)
		m->c.bad = true;
	else
		m->c.p = m->expr.p + to;
}

static int64_t as_signed(const struct machine *m, uint64_t v)
{
	return m->u->columns->word_bytes == 4 ? (int32_t)v : (int64_t)v;
}

static uint64_t shifted(uint64_t v, uint64_t by, bool left)
{
	return by >= 64 ? 0 : left ? v << by : v >> by;
}

static void calculate(struct machine *m, uint8_t op)
{
	uint64_t b = pop(m), a = pop(m);
	int64_t sa = as_signed(m, a), sb = as_signed(m, b);
	bool can_divide = b && !(sa == INT64_MIN && sb == -1);
	switch (op) {
	case DW_OP_and: push(m, a & b); break;
	case DW_OP_or: push(m, a | b); break;
	case DW_OP_xor: push(m, a ^ b); break;
	case DW_OP_plus: push(m, a + b); break;
	case DW_OP_minus: push(m, a - b); break;
	case DW_OP_mul: push(m, a * b); break;
	case DW_OP_div: can_divide ? push(m, (uint64_t)(sa / sb)) : (void)(m->c.bad = true); break;
	case DW_OP_mod: b ? push(m, a % b) : (void)(m->c.bad = true); break;
	case DW_OP_shl: push(m, shifted(a, b, true)); break;
	case DW_OP_shr: push(m, shifted(a, b, false)); break;
	case DW_OP_shra: push(m, (uint64_t)(sa >> (b > 63 ? 63 : b))); break;
	case DW_OP_eq: push(m, sa == sb); break;
	case DW_OP_ne: push(m, sa != sb); break;
	case DW_OP_lt: push(m, sa < sb); break;
	case DW_OP_le: push(m, sa <= sb); break;
	case DW_OP_gt: push(m, sa > sb); break;
	case DW_OP_ge: push(m, sa >= sb); break;
	default: m->c.bad = true;
	}
}

static bool is_calculation(uint8_t op)
{
	return op == DW_OP_and || op == DW_OP_or || op == DW_OP_xor || op == DW_OP_plus ||
		op == DW_OP_minus || op == DW_OP_mul || op == DW_OP_div || op == DW_OP_mod ||
		op == DW_OP_shl || op == DW_OP_shr || op == DW_OP_shra ||
		(op >= DW_OP_eq && op <= DW_OP_ne);
}

static bool push_constant(struct machine *m, uint8_t op)
{
	switch (op) {
	case DW_OP_addr: push(m, rn_take_le(&m->c, m->u->columns->word_bytes)); return true;
	case DW_OP_const1u: push(m, rn_take_u8(&m->c)); return true;
	case DW_OP_const1s: push(m, (uint64_t)(int8_t)rn_take_u8(&m->c)); return true;
	case DW_OP_const2u: push(m, rn_take_u16(&m->c)); return true;
	case DW_OP_const2s: push(m, (uint64_t)(int16_t)rn_take_u16(&m->c)); return true;
	case DW_OP_const4u: push(m, rn_take_u32(&m->c)); return true;
	case DW_OP_const4s: push(m, (uint64_t)(int32_t)rn_take_u32(&m->c)); return true;
	case DW_OP_const8u:
	case DW_OP_const8s: push(m, rn_take_u64(&m->c)); return true;
	case DW_OP_constu: push(m, rn_cfi_uleb(&m->c)); return true;
	case DW_OP_consts: push(m, (uint64_t)rn_cfi_sleb(&m->c)); return true;
	default: return false;
	}
}

static void rearrange(struct machine *m, uint8_t op)
{
	uint64_t a, b, c;
	switch (op) {
	case DW_OP_dup: pick(m, 0); break;
	case DW_OP_over: pick(m, 1); break;
	case DW_OP_pick: pick(m, rn_take_u8(&m->c)); break;
	case DW_OP_drop: pop(m); break;
	case DW_OP_swap: b = pop(m), a = pop(m), push(m, b), push(m, a); break;
	case DW_OP_rot:
		c = pop(m), b = pop(m), a = pop(m);
		push(m, c), push(m, a), push(m, b);
		break;
	case DW_OP_abs: a = pop(m), push(m, as_signed(m, a) < 0 ? 0 - a : a); break;
	case DW_OP_neg: push(m, 0 - pop(m)); break;
	case DW_OP_not: push(m, ~pop(m)); break;
	case DW_OP_plus_uconst: a = pop(m), push(m, a + rn_cfi_uleb(&m->c)); break;
	case DW_OP_nop: break;
	default: m->c.bad = true;
	}
}

static void step(struct machine *m)
{
	uint8_t op = rn_take_u8(&m->c);
	if (op >= DW_OP_lit0 && op <= DW_OP_lit31)
		push(m, op - DW_OP_lit0);
	else if (op >= DW_OP_breg0 && op <= DW_OP_breg31)
		push_register(m, op - DW_OP_breg0, rn_cfi_sleb(&m->c));
	else if (op >= DW_OP_reg0 && op <= DW_OP_reg31) /* not by the book; old compilers wrote it */
		push_register(m, op - DW_OP_reg0, 0);
	else if (push_constant(m, op))
		return;
	else if (is_calculation(op))
		calculate(m, op);
	else if (op == DW_OP_bregx) {
		uint64_t column = rn_cfi_uleb(&m->c);
		push_register(m, column, rn_cfi_sleb(&m->c));
	} else if (op == DW_OP_deref)
		dereference(m, m->u->columns->word_bytes);
	else if (op == DW_OP_deref_size)
		dereference(m, rn_take_u8(&m->c));
	else if (op == DW_OP_skip)
		jump(m, true);
	else if (op == DW_OP_bra)
		jump(m, pop(m) != 0);
	else
		rearrange(m, op);
}

bool rn_expression(struct rn_unwind *u, struct rn_bytes expr, bool push_cfa, uint64_t cfa,
	uint64_t *result)
{
	struct machine m;
	m.u = u;
	m.expr = expr;
	m.c = rn_cursor_of(expr.p, expr.len);
	m.depth = 0;
	if (push_cfa)
		push(&m, cfa);
	for (unsigned i = 0; rn_cursor_left(&m.c) && i < MAX_STEPS; i++)
		step(&m);
	if (!rn_cursor_ok(&m.c) || m.c.p != m.c.end || !m.depth)
		return false;
	*result = pop(&m);
	return true;
}
