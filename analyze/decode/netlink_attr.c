/* SPDX-License-Identifier: MIT */
/* Lists of attributes: length and type in four bytes, then the payload, each padded to four. */
#include "analyze/decode/netlink.h"

#include "analyze/decode/sockets.h"

#define HEADER_BYTES 4u
#define NLA_F_NESTED 0x8000u
#define NLA_F_NET_BYTEORDER 0x4000u
#define MAX_DEPTH 8

enum { AF_INET_ = 2, AF_INET6_ = 10 };

static void put_bytes(struct rn_print *p, struct rn_bytes b)
{
	size_t limit = (size_t)rn_string_limit(p);
	rn_print_quoted_hex(p, rn_bytes_part(b, 0, limit));
	if (b.len > limit)
		RN_PUT(p, "...");
}

/* With the NUL at its end, if there is one. */
static void put_string(struct rn_print *p, struct rn_bytes b)
{
	const uint8_t *nul = memchr(b.p, 0, b.len);
	size_t len = nul ? (size_t)(nul - b.p) : b.len, limit = (size_t)rn_string_limit(p);
	rn_print_quoted(p, rn_bytes_part(b, 0, len < limit ? len : limit));
	if (len > limit || !nul)
		RN_PUT(p, "...");
}

static bool put_address(struct rn_print *p, struct rn_bytes b, unsigned family)
{
	if (family == AF_INET_ && b.len >= 4) {
		rn_print_inet_addr(p, rn_bytes_part(b, 0, 4));
	} else if (family == AF_INET6_ && b.len >= 16) {
		rn_print_inet6(p, b.p, NULL);
	} else {
		return false;
	}
	return true;
}

static void put_hardware(struct rn_print *p, struct rn_bytes b)
{
	for (size_t i = 0; i < b.len; i++) {
		if (i)
			rn_put_u8(p->out, ':');
		rn_put_hex_digits(p->out, b.p[i], 2);
	}
}

static void put_bits(struct rn_print *p, const char *const *names, uint64_t v)
{
	const char *separator = "{";
	for (unsigned i = 0; names[i]; i++) {
		if (!(v >> i & 1))
			continue;
		rn_put_text(p->out, separator);
		rn_put_text(p->out, names[i]);
		RN_PUT(p, "=1");
		separator = ", ";
	}
	rn_put_text(p->out, separator[0] == '{' ? "{}" : "}");
}

static void put_place(struct rn_print *p, enum rn_names_id id, uint64_t i)
{
	const char *name = rn_name_of(id, p->abi, i);
	if (name)
		rn_put_text(p->out, name);
	else
		rn_put_format(p->out, "%llu /* %s */", (unsigned long long)i, rn_names(id, p->abi)->unknown);
}

/* Numbers by their place: [[SK_MEMINFO_RMEM_ALLOC]=0, ..] */
static void put_indexed(struct rn_print *p, const struct rn_nlattr *a, struct rn_bytes b)
{
	unsigned size = a->form == RN_NLA_INDEXED64 ? 8 : 4;
	rn_put_u8(p->out, '[');
	for (size_t i = 0; (i + 1) * size <= b.len; i++) {
		if (i)
			RN_PUT(p, ", ");
		if (a->aux) {
			rn_put_u8(p->out, '[');
			put_place(p, (enum rn_names_id)a->aux, i);
			RN_PUT(p, "]=");
		}
		if (a->form == RN_NLA_INDEXED)
			rn_put_dec(p->out, rn_field_i(b, size * i, size));
		else
			rn_put_udec(p->out, rn_field_u(b, size * i, size));
	}
	rn_put_u8(p->out, ']');
}

static void put_list(struct rn_print *p, const struct rn_nlattrs *list, struct rn_bytes b,
	unsigned family, unsigned depth);

/* A form that needs more bytes than there are shows them as they are. */
static const uint8_t least_bytes[] = {
	[RN_NLA_UNIX_NAME] = 1, [RN_NLA_BITS] = 1, [RN_NLA_U8] = 1, [RN_NLA_U16] = 2, [RN_NLA_U32] = 4, [RN_NLA_U64] = 8, [RN_NLA_S32] = 4,
	[RN_NLA_X32] = 4, [RN_NLA_IFINDEX] = 4, [RN_NLA_BE16] = 2, [RN_NLA_BE64] = 8, [RN_NLA_INDEXED] = 4,
	[RN_NLA_INDEXED_U] = 4, [RN_NLA_INDEXED64] = 8, [RN_NLA_U32S] = 4, [RN_NLA_NESTED] = HEADER_BYTES,
};

static bool put_value(struct rn_print *p, const struct rn_nlattr *a, struct rn_bytes b,
	unsigned family, unsigned depth)
{
	unsigned size = b.len > 8 ? 8 : (unsigned)b.len;
	if (a->form < sizeof(least_bytes) && b.len < least_bytes[a->form])
		return false;
	switch ((enum rn_nlattr_form)a->form) {
	case RN_NLA_BYTES:
		return false;
	case RN_NLA_STRING:
		put_string(p, b);
		break;
	case RN_NLA_UNIX_NAME:
		rn_print_quoted(p, rn_bytes_part(b, 0, b.len - (b.p[b.len - 1] == 0)));
		if (b.p[b.len - 1])
			RN_PUT(p, "...");
		break;
	case RN_NLA_BITS:
		put_bits(p, a->more, rn_field_u(b, 0, size));
		break;
	case RN_NLA_U8:
	case RN_NLA_U16:
	case RN_NLA_U32:
	case RN_NLA_U64:
		rn_put_udec(p->out, rn_field_u(b, 0, least_bytes[a->form]));
		break;
	case RN_NLA_S32:
		rn_put_dec(p->out, rn_field_i(b, 0, 4));
		break;
	case RN_NLA_X32:
		rn_put_hex(p->out, rn_field_u(b, 0, 4));
		break;
	case RN_NLA_IFINDEX:
		rn_print_ifindex(p, (uint32_t)rn_field_u(b, 0, 4));
		break;
	case RN_NLA_BE16:
		RN_PUT(p, "htons(");
		rn_put_udec(p->out, rn_field_be(b, 0, 2));
		rn_put_u8(p->out, ')');
		break;
	case RN_NLA_BE64:
		RN_PUT(p, "htobe64(");
		rn_put_udec(p->out, rn_field_be(b, 0, 8));
		rn_put_u8(p->out, ')');
		break;
	case RN_NLA_ADDRESS:
		return put_address(p, b, family);
	case RN_NLA_ADDRESS6:
		return put_address(p, b, AF_INET6_);
	case RN_NLA_HARDWARE:
		put_hardware(p, b);
		break;
	case RN_NLA_ENUM:
		rn_print_enum(p, (enum rn_names_id)a->aux, rn_field_u(b, 0, size));
		break;
	case RN_NLA_FLAGS:
		rn_print_flags(p, (enum rn_names_id)a->aux, rn_field_u(b, 0, size));
		break;
	case RN_NLA_FIELDS:
		rn_print_fields(p, a->more, b);
		break;
	case RN_NLA_NESTED:
		if (depth >= MAX_DEPTH)
			return false;
		put_list(p, a->more, b, family, depth + 1);
		break;
	case RN_NLA_U32S:
	case RN_NLA_INDEXED:
	case RN_NLA_INDEXED_U:
	case RN_NLA_INDEXED64:
		put_indexed(p, a, b);
		break;
	}
	return true;
}

static const struct rn_nlattr *find(const struct rn_nlattrs *list, unsigned type)
{
	for (unsigned i = 0; i < list->n; i++)
		if (list->row[i].type == type)
			return &list->row[i];
	return NULL;
}

static void put_attribute(struct rn_print *p, const struct rn_nlattrs *list, struct rn_bytes b,
	unsigned family, unsigned depth)
{
	uint64_t said = rn_field_u(b, 0, 2), type = rn_field_u(b, 2, 2);
	size_t len = said < b.len ? (size_t)said : b.len;
	unsigned number = (unsigned)type & ~(NLA_F_NESTED | NLA_F_NET_BYTEORDER);
	bool payload = len > HEADER_BYTES;
	rn_put_text(p->out, payload ? "[{nla_len=" : "{nla_len=");
	rn_put_udec(p->out, said);
	RN_PUT(p, ", nla_type=");
	if (type & NLA_F_NESTED)
		RN_PUT(p, "NLA_F_NESTED|");
	if (type & NLA_F_NET_BYTEORDER)
		RN_PUT(p, "NLA_F_NET_BYTEORDER|");
	rn_print_enum(p, (enum rn_names_id)list->names, number);
	rn_put_u8(p->out, '}');
	if (!payload)
		return;
	RN_PUT(p, ", ");
	struct rn_bytes value = rn_bytes_part(b, HEADER_BYTES, len - HEADER_BYTES);
	const struct rn_nlattr *a = find(list, number);
	if (!a || !put_value(p, a, value, family, depth))
		put_bytes(p, value);
	rn_put_u8(p->out, ']');
}

static size_t next_attribute(struct rn_bytes b)
{
	size_t len = (size_t)rn_field_u(b, 0, 2);
	if (len < HEADER_BYTES || len > b.len)
		return 0;
	len = (len + 3) & ~(size_t)3;
	return len + HEADER_BYTES <= b.len ? len : 0;
}

static void put_list(struct rn_print *p, const struct rn_nlattrs *list, struct rn_bytes b,
	unsigned family, unsigned depth)
{
	uint64_t limit = p->style->verbose ? UINT64_MAX : rn_string_limit(p), n = 0;
	size_t next;
	if (b.len < HEADER_BYTES) {
		put_bytes(p, b);
		return;
	}
	bool several = next_attribute(b) != 0;
	if (several)
		rn_put_u8(p->out, '[');
	do {
		if (n)
			RN_PUT(p, ", ");
		if (n++ == limit) {
			RN_PUT(p, "...");
			break;
		}
		put_attribute(p, list, b, family, depth);
		next = next_attribute(b);
		b = rn_bytes_part(b, next, b.len);
	} while (next);
	if (several)
		rn_put_u8(p->out, ']');
}

void rn_print_nlattrs(struct rn_print *p, const struct rn_nlattrs *list, struct rn_bytes b,
	unsigned family)
{
	if (b.len)
		put_list(p, list, b, family, 0);
}
