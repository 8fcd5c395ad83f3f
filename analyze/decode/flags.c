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

bool rn_print_named(struct rn_print *p)
{
	if (p->style->constants == RN_CONSTANTS_BOTH)
		RN_PUT(p, " /* ");
	return p->style->constants != RN_CONSTANTS_RAW;
}

void rn_print_named_end(struct rn_print *p)
{
	if (p->style->constants == RN_CONSTANTS_BOTH)
		RN_PUT(p, " */");
}

const struct rn_decode_style *rn_print_names_only(struct rn_print *p)
{
	const struct rn_decode_style *before = p->style;
	if (rn_print_numbers(p)) {
		p->named_style = *before;
		p->named_style.constants = RN_CONSTANTS_NAMED;
		p->style = &p->named_style;
	}
	return before;
}

/* The number, then what is known of it. */
static void put_number_and_name(struct rn_print *p, uint64_t v, const char *name)
{
	rn_put_hex(p->out, v);
	if (!name || !rn_print_named(p))
		return;
	rn_put_text(p->out, name);
	rn_print_named_end(p);
}

void rn_print_enum(struct rn_print *p, enum rn_names_id id, uint64_t v)
{
	const char *name = rn_name_of(id, p->abi, v);
	if (rn_print_numbers(p))
		put_number_and_name(p, v, name ? name : rn_names(id, p->abi)->unknown);
	else if (name)
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

/* The number, then the names of its bits. */
static void put_number_and_flags(struct rn_print *p, const struct rn_names *t, uint64_t v)
{
	struct sum sum = { p->out, true };
	rn_put_hex(p->out, v);
	size_t mark = p->out->len;
	if (!rn_print_named(p))
		return;
	struct rn_names bits = *t;
	if (t->field_marked && !rn_names_find(t->field, v & t->field_mask)) {
		put_number_and_name(p, v & t->field_mask, t->field->unknown);
		v &= ~t->field_mask;
		sum.first = false;
		bits.field_mask = 0;
		bits.field = NULL;
	}
	uint64_t rest = rn_names_split(&bits, v, put_member, &sum);
	if (sum.first && (!rest || !t->unknown)) {
		p->out->len = mark; /* there is no name to tell */
		return;
	}
	if (sum.first)
		rn_put_text(p->out, t->unknown);
	else if (rest)
		rn_put_format(p->out, "|%#llx", (unsigned long long)rest);
	rn_print_named_end(p);
}

/* With -X: a number among the bits that is marked as such stands apart, but for that of mmap; so do
 * the type of a socket and the magic number of mount. */
static void put_numbers(struct rn_print *p, enum rn_names_id id, uint64_t v)
{
	struct rn_names t = *rn_names(id, p->abi);
	bool apart = t.field_marked ? id != RN_NAMES_mmap : id == RN_NAMES_socket_type;
	const char *name = t.field ? rn_names_find(t.field, v & t.field_mask) : NULL;
	if (apart || (name && id == RN_NAMES_mount)) {
		put_number_and_name(p, v & t.field_mask, name ? name : t.field->unknown);
		v &= ~t.field_mask;
		t.field_mask = 0;
		if (!v)
			return;
		rn_put_u8(p->out, '|');
	}
	put_number_and_flags(p, &t, v);
}

/* The number among the bits stands first, where the table wants it also without a name; the number
 * of the highest bits last, behind what nobody knows. */
void rn_print_flags(struct rn_print *p, enum rn_names_id id, uint64_t v)
{
	struct rn_names t = *rn_names(id, p->abi);
	if (id == RN_NAMES_personality && v == UINT32_MAX) { /* it only asks */
		rn_put_hex(p->out, v);
		return;
	}
	if (rn_print_numbers(p)) {
		put_numbers(p, id, v);
		return;
	}
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
