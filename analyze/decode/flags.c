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

void rn_print_flags(struct rn_print *p, enum rn_names_id id, uint64_t v)
{
	bool first = true;
	uint64_t rest = rn_print_known_flags(p, id, v, &first);
	if (first && rest) {
		put_unknown(p, rn_names(id, p->abi), rest);
	} else if (rest) {
		rn_put_u8(p->out, '|');
		rn_put_hex(p->out, rest);
	} else if (first) {
		rn_put_u8(p->out, '0');
	}
}
