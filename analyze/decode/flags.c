/* SPDX-License-Identifier: MIT */
/* Values by name. What has no name is printed as a number: alone with the table's marker in a
 * comment (0x99 with MSG_???), behind known flags as one more member of the sum. */
#include "analyze/decode/print.h"

static void put_unknown(struct rn_print *p, const struct rn_names *t, uint64_t v)
{
	rn_put_hex(p->out, v);
	if (t->unknown) {
		RN_PUT(p, " /* ");
		rn_put_text(p->out, t->unknown);
		RN_PUT(p, " */");
	}
}

void rn_print_enum(struct rn_print *p, enum rn_names_id id, uint64_t v)
{
	const char *name = rn_name_of(id, p->abi, v);
	if (name)
		rn_put_text(p->out, name);
	else
		put_unknown(p, rn_names(id, p->abi), v);
}

struct sum {
	struct rn_buffer *out;
	bool first;
};

static void put_member(void *arg, const char *name)
{
	struct sum *sum = (struct sum *)arg;
	if (!sum->first)
		rn_put_u8(sum->out, '|');
	sum->first = false;
	rn_put_text(sum->out, name);
}

uint64_t rn_print_known_flags(struct rn_print *p, enum rn_names_id id, uint64_t v, bool *first)
{
	struct sum sum = { p->out, *first };
	uint64_t rest = rn_names_split(rn_names(id, p->abi), v, put_member, &sum);
	*first = sum.first;
	return rest;
}

static void put_flags(struct rn_print *p, const struct rn_names *t, uint64_t v)
{
	struct sum sum = { p->out, true };
	uint64_t rest = rn_names_split(t, v, put_member, &sum);
	if (sum.first && rest) {
		put_unknown(p, t, rest);
	} else if (rest) {
		rn_put_u8(p->out, '|');
		rn_put_hex(p->out, rest);
	} else if (sum.first) {
		rn_put_u8(p->out, '0');
	}
}

/* The number among the bits stands first, where the table wants it also without a name; the number
 * of the highest bits last, behind what nobody knows. */
void rn_print_flags(struct rn_print *p, enum rn_names_id id, uint64_t v)
{
	struct rn_names t = *rn_names(id, p->abi);
	uint64_t tail = v & t.tail_mask;
	const char *tail_name = tail ? rn_names_find(t.tail, tail) : NULL;
	if (t.field_marked) {
		uint64_t field = v & t.field_mask;
		const char *name = rn_names_find(t.field, field);
		if (name)
			rn_put_text(p->out, name);
		else
			put_unknown(p, t.field, field);
		v &= ~t.field_mask;
		t.field_mask = 0;
		if (!v)
			return;
		rn_put_u8(p->out, '|');
	}
	if (tail_name)
		v &= ~tail;
	t.tail_mask = 0;
	if (v || !tail_name)
		put_flags(p, &t, v);
	if (v && tail_name)
		rn_put_u8(p->out, '|');
	if (tail_name)
		rn_put_text(p->out, tail_name);
}
