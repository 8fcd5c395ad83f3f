/* SPDX-License-Identifier: MIT */
/* The arguments of futex behind its command: which there are, and what they mean. */
#include "analyze/decode/kinds.h"
#include "analyze/decode/processes.h"

#define COMMAND 0x7f /* without PRIVATE and CLOCK_REALTIME */

/* How arguments 2 to 5 are shown. */
enum form { END, COUNT, TIME, WORD, ADDRESS, NUMBER, BITS, OPERATION };

static const uint8_t forms[][4] = {
	[0] = { COUNT, TIME },                     /* WAIT */
	[1] = { COUNT },                           /* WAKE */
	[2] = { COUNT },                           /* FD */
	[3] = { COUNT, NUMBER, ADDRESS },          /* REQUEUE */
	[4] = { COUNT, NUMBER, ADDRESS, NUMBER },  /* CMP_REQUEUE */
	[5] = { COUNT, NUMBER, ADDRESS, OPERATION }, /* WAKE_OP */
	[6] = { END, TIME },                       /* LOCK_PI */
	[7] = { END },                             /* UNLOCK_PI */
	[8] = { END },                             /* TRYLOCK_PI */
	[9] = { COUNT, TIME, END, BITS },          /* WAIT_BITSET */
	[10] = { COUNT, END, END, BITS },          /* WAKE_BITSET */
	[11] = { COUNT, TIME, ADDRESS },           /* WAIT_REQUEUE_PI */
	[12] = { COUNT, NUMBER, ADDRESS, NUMBER }, /* CMP_REQUEUE_PI */
	[13] = { END, TIME },                      /* LOCK_PI2 */
};

/* FUTEX_OP(op, oparg, cmp, cmparg): 4, 12, 4 and 12 bits; the highest says oparg is a shift. */
static void put_operation(struct rn_print *p, uint32_t v)
{
	if (v >> 31)
		RN_PUT(p, "FUTEX_OP_OPARG_SHIFT<<28|");
	uint32_t op = v >> 28 & 7, cmp = v >> 24 & 15;
	const char *name = rn_name_of(RN_NAMES_futex_wake_op, p->abi, op);
	if (name)
		rn_put_text(p->out, name), RN_PUT(p, "<<28|");
	else
		rn_put_hex(p->out, op), RN_PUT(p, "<<28 /* FUTEX_OP_??? */|");
	rn_put_hex(p->out, v >> 12 & 0xfff);
	RN_PUT(p, "<<12|");
	name = rn_name_of(RN_NAMES_futex_wake_cmp, p->abi, cmp);
	if (name)
		rn_put_text(p->out, name), RN_PUT(p, "<<24|");
	else
		rn_put_hex(p->out, cmp), RN_PUT(p, "<<24 /* FUTEX_OP_CMP_??? */|");
	rn_put_hex(p->out, v & 0xfff);
}

bool rn_kind_futex_arg(struct rn_print *p, unsigned i)
{
	uint64_t v = p->args[i];
	uint64_t command = (uint32_t)p->args[1] & COMMAND;
	enum form form = i == 2 ? COUNT : i == 5 ? WORD : ADDRESS;
	if (i < 2)
		return false;
	if (command < sizeof(forms) / sizeof(forms[0]))
		form = (enum form)forms[command][i - 2];
	switch (form) {
	case END:
		return false;
	case COUNT:
		rn_put_udec(p->out, (uint32_t)v);
		break;
	case TIME:
		p->phase = RN_PHASE_ENTRY;
		rn_print_record_at(p, (enum rn_record_id)p->desc->arg[i].aux, v);
		break;
	case WORD:
		rn_put_hex(p->out, i == 3 || i == 4 ? v : (uint32_t)v);
		break;
	case ADDRESS:
		rn_print_addr(p, v);
		break;
	case NUMBER:
		rn_put_udec(p->out, (uint32_t)v);
		break;
	case BITS:
		if ((uint32_t)v == UINT32_MAX)
			RN_PUT(p, "FUTEX_BITSET_MATCH_ANY");
		else
			rn_put_hex(p->out, (uint32_t)v);
		break;
	case OPERATION:
		put_operation(p, (uint32_t)v);
		break;
	}
	return true;
}

/* futex_waitv's {val, uaddr, flags}. */
void rn_record_futex_waitv(struct rn_print *p, struct rn_bytes b)
{
	RN_PUT(p, "{val=");
	rn_put_hex(p->out, rn_field_u(b, 0, 8));
	RN_PUT(p, ", uaddr=");
	rn_print_addr(p, rn_field_u(b, 8, 8));
	RN_PUT(p, ", flags=");
	rn_print_flags(p, RN_NAMES_futex_waitv, rn_field_u(b, 16, 4));
	if (rn_field_u(b, 20, 4)) {
		RN_PUT(p, ", __reserved=");
		rn_put_hex(p->out, rn_field_u(b, 20, 4));
	}
	rn_put_u8(p->out, '}');
}
