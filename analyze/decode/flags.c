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

static void put_member(struct rn_print *p, const char *name, bool *first)
{
	if (!*first)
		rn_put_u8(p->out, '|');
	*first = false;
	rn_put_text(p->out, name);
}

static const char *name_in(const struct rn_names *t, uint64_t v)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (t->entry[i].value == v)
			return t->entry[i].name;
	return NULL;
}

uint64_t rn_print_known_flags(struct rn_print *p, enum rn_names_id id, uint64_t v, bool *first)
{
	const struct rn_names *t = rn_names(id, p->abi);
	const char *field = t->field_mask ? name_in(t->field, v & t->field_mask) : NULL;
	if (field) {
		put_member(p, field, first);
		v &= ~t->field_mask;
	}
	for (uint32_t i = 0; i < t->n && v; i++) {
		uint64_t bits = t->entry[i].value;
		if (!bits || (v & bits) != bits)
			continue;
		put_member(p, t->entry[i].name, first);
		v &= ~bits;
	}
	return v;
}

void rn_print_flags(struct rn_print *p, enum rn_names_id id, uint64_t v)
{
	const struct rn_names *t = rn_names(id, p->abi);
	bool first = true;
	const char *zero = v ? NULL : name_in(t, 0);
	if (zero) {
		rn_put_text(p->out, zero);
		return;
	}
	uint64_t rest = rn_print_known_flags(p, id, v, &first);
	if (first && rest) {
		put_unknown(p, t, rest);
	} else if (rest) {
		rn_put_u8(p->out, '|');
		rn_put_hex(p->out, rest);
	} else if (first) {
		rn_put_u8(p->out, '0');
	}
}
