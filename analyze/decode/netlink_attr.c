/* SPDX-License-Identifier: MIT */
/* Lists of attributes: length and type in four bytes, then the payload, each padded to four. */
#include "analyze/decode/netlink.h"

#include "analyze/decode/sockets.h"

#define HEADER_BYTES 4u
#define NLA_F_NESTED 0x8000u
#define NLA_F_NET_BYTEORDER 0x4000u
#define MAX_DEPTH 12
#define MAX_HARDWARE 32
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { AF_INET_ = 2, AF_INET6_ = 10 };

size_t rn_fields_bytes(const struct rn_fields *f)
{
	size_t bytes = 0;
	for (unsigned i = 0; i < f->n; i++) {
		size_t end = (size_t)f->row[i].off + f->row[i].size;
		bytes = end > bytes ? end : bytes;
	}
	return bytes;
}

static void put_string(struct rn_print *p, struct rn_piece w)
{
	uint64_t limit = rn_string_limit(p);
	size_t n = (size_t)(w.len < limit ? w.len : limit);
	if (!rn_piece_whole(p, w, n))
		return;
	bool ended = w.len <= limit && n && w.b.p[n - 1] == 0;
	rn_print_quoted(p, rn_bytes_part(w.b, 0, n - ended));
	if (!ended)
		RN_PUT(p, "...");
}

static struct rn_bytes up_to_nul(struct rn_bytes b)
{
	const uint8_t *nul = b.len ? memchr(b.p, 0, b.len) : NULL;
	return rn_bytes_part(b, 0, nul ? (size_t)(nul - b.p) : b.len);
}

/* The kind decides what later attributes of the list mean; one without an end is none. */
static void put_kind(struct rn_print *p, struct rn_piece w, struct rn_bytes *kind)
{
	struct rn_bytes name = up_to_nul(w.b);
	uint64_t limit = rn_string_limit(p);
	*kind = name.len < w.b.len ? name : rn_bytes_of(NULL, 0);
	if (name.len == w.b.len && w.b.len < w.len && w.b.len < limit) {
		rn_print_addr(p, w.addr);
		return;
	}
	rn_print_quoted(p, rn_bytes_part(name, 0, (size_t)limit));
	if (name.len == w.b.len || name.len > limit)
		RN_PUT(p, "...");
}

void rn_print_nladdress(struct rn_print *p, const char *label, struct rn_piece w, unsigned family)
{
	size_t size = family == AF_INET_ ? 4 : family == AF_INET6_ ? 16 : 0;
	if (label && (size == 0 || w.len < size || family == AF_INET_ || w.b.len < size)) {
		rn_put_text(p->out, label);
		rn_put_u8(p->out, '=');
	}
	if (!size || w.len < size)
		rn_piece_hex(p, w);
	else if (!rn_piece_whole(p, w, size))
		return;
	else if (family == AF_INET_)
		rn_print_inet_addr(p, rn_bytes_part(w.b, 0, 4));
	else
		rn_print_inet6(p, w.b.p, label);
}

void rn_print_nlmember(struct rn_print *p, const char *label, struct rn_bytes b, unsigned family)
{
	if (family != AF_INET_) {
		rn_print_nladdress(p, label, (struct rn_piece){ 0, b.len, b }, family);
		return;
	}
	rn_put_text(p->out, label);
	rn_put_u8(p->out, '=');
	rn_print_inet_addr(p, b);
}

bool rn_print_nlarray(struct rn_print *p, struct rn_piece w, size_t size,
	void (*put)(struct rn_print *p, struct rn_bytes b, size_t i, const void *arg), const void *arg)
{
	uint64_t n = w.len / size, limit = p->style->verbose ? UINT64_MAX : rn_string_limit(p);
	if (!n)
		return false;
	if (!rn_piece_whole(p, w, size))
		return true;
	rn_put_u8(p->out, '[');
	for (uint64_t i = 0; i < n; i++) {
		struct rn_piece element = rn_piece_part(w, i * size, size);
		if (i)
			RN_PUT(p, ", ");
		if (i == limit || element.b.len < size) {
			RN_PUT(p, "...");
			if (i < limit) {
				RN_PUT(p, " /* ");
				rn_print_addr(p, element.addr);
				RN_PUT(p, " */");
			}
			break;
		}
		put(p, element.b, (size_t)i, arg);
	}
	rn_put_u8(p->out, ']');
	return true;
}

/* Numbers, by their place where places have names: [[SK_MEMINFO_RMEM_ALLOC]=0, ..] */
static void put_number(struct rn_print *p, struct rn_bytes b, size_t i, const void *arg)
{
	const struct rn_nlattr *a = arg;
	if (a->aux)
		rn_print_place(p, (enum rn_names_id)a->aux, i);
	if (a->form == RN_NLA_S32S)
		rn_put_dec(p->out, rn_field_i(b, 0, 4));
	else if (a->form == RN_NLA_WORDS)
		rn_put_hex(p->out, rn_field_u(b, 0, (unsigned)b.len));
	else
		rn_put_udec(p->out, rn_field_u(b, 0, (unsigned)b.len));
}

static void put_record(struct rn_print *p, struct rn_bytes b, size_t i, const void *arg)
{
	(void)i;
	rn_print_fields(p, arg, b);
}

static const struct {
	uint8_t form, size;
} numbers[] = {
	[RN_NLA_U8] = { RN_FORM_UDEC, 1 },
	[RN_NLA_U16] = { RN_FORM_UDEC, 2 },
	[RN_NLA_U32] = { RN_FORM_UDEC, 4 },
	[RN_NLA_U64] = { RN_FORM_UDEC, 8 },
	[RN_NLA_S32] = { RN_FORM_DEC, 4 },
	[RN_NLA_X8] = { RN_FORM_HEX, 1 },
	[RN_NLA_X16] = { RN_FORM_HEX, 2 },
	[RN_NLA_X32] = { RN_FORM_HEX, 4 },
	[RN_NLA_BE16] = { RN_FORM_HTONS, 2 },
	[RN_NLA_BE64] = { RN_FORM_HTOBE64, 8 },
	[RN_NLA_ETHERTYPE] = { RN_FORM_ETHERTYPE, 2 },
	[RN_NLA_IFINDEX] = { RN_FORM_IFINDEX, 4 },
	[RN_NLA_FD] = { RN_FORM_FD, 4 },
	[RN_NLA_ID] = { RN_FORM_ID, 4 },
	[RN_NLA_ADDRESS4] = { RN_FORM_INET, 4 },
	[RN_NLA_ADDRESS6] = { RN_FORM_INET6, 16 },
	[RN_NLA_ENUM8] = { RN_FORM_ENUM, 1 },
	[RN_NLA_ENUM16] = { RN_FORM_ENUM, 2 },
	[RN_NLA_ENUM32] = { RN_FORM_ENUM, 4 },
	[RN_NLA_FLAGS32] = { RN_FORM_FLAGS, 4 },
};

static bool put_one_number(struct rn_print *p, const struct rn_nlattr *a, struct rn_piece w)
{
	size_t size = numbers[a->form].size;
	if (w.len < size)
		return false;
	if (rn_piece_whole(p, w, size))
		rn_print_form(p, (enum rn_field_form)numbers[a->form].form, a->aux,
			rn_bytes_part(w.b, 0, size));
	return true;
}

/* A number of as many bytes as there are. */
static bool put_sized(struct rn_print *p, const struct rn_nlattr *a, struct rn_piece w)
{
	static const uint8_t forms[] = { [RN_NLA_ENUM - RN_NLA_ENUM] = RN_FORM_ENUM,
		[RN_NLA_FLAGS - RN_NLA_ENUM] = RN_FORM_FLAGS,
		[RN_NLA_FLAGS_CODE - RN_NLA_ENUM] = RN_FORM_FLAGS_CODE,
		[RN_NLA_TICKS - RN_NLA_ENUM] = RN_FORM_TICKS,
		[RN_NLA_XINT - RN_NLA_ENUM] = RN_FORM_HEX };
	if (w.len > 8 || w.len < a->size || (a->form == RN_NLA_XINT && (w.len & (w.len - 1))))
		return false;
	size_t size = a->size ? a->size : (size_t)w.len;
	if (rn_piece_whole(p, w, size))
		rn_print_form(p, (enum rn_field_form)forms[a->form - RN_NLA_ENUM], a->aux,
			rn_bytes_part(w.b, 0, size));
	return true;
}

static bool put_fields(struct rn_print *p, const struct rn_nlattr *a, struct rn_piece w)
{
	const struct rn_fields *f = a->more;
	size_t size = rn_fields_bytes(f);
	if (a->form == RN_NLA_GROWN && w.len < size) { /* as long as one of its former lengths */
		size = SIZE_MAX;
		for (unsigned i = a->aux; i < f->n; i++)
			if (w.len == (uint64_t)f->row[i].off + f->row[i].size)
				size = (size_t)w.len;
	}
	if (a->size)
		size = a->size;
	if (w.len < size)
		return false;
	if (!rn_piece_whole(p, w, size))
		return true;
	rn_print_fields(p, f, rn_bytes_part(w.b, 0, size));
	if (a->form == RN_NLA_FIELDS_REST && w.len > size) {
		RN_PUT(p, ", ");
		rn_piece_hex(p, rn_piece_part(w, size, w.len));
	}
	return true;
}

static bool put_value(struct rn_print *p, const struct rn_nlattr *a, struct rn_piece w,
	struct rn_nlattr_walk *walk);

static bool put_choice(struct rn_print *p, const struct rn_nlattr *a, struct rn_piece w,
	struct rn_nlattr_walk *walk)
{
	const struct rn_nlattr_choice *c = a->more;
	for (; c->kind || c->family; c++)
		if (a->form == RN_NLA_BY_FAMILY ? c->family == walk->family :
				rn_bytes_equal(walk->kind[a->aux], rn_bytes_str(c->kind)))
			break;
	return put_value(p, &c->row, w, walk);
}

static bool put_value(struct rn_print *p, const struct rn_nlattr *a, struct rn_piece w,
	struct rn_nlattr_walk *walk)
{
	static const uint8_t element[] = { [RN_NLA_U8S] = 1, [RN_NLA_U16S] = 2, [RN_NLA_S32S] = 4, [RN_NLA_U32S] = 4,
		[RN_NLA_U64S] = 8 };
	const struct rn_nlattr_special *special;
	if (a->form != RN_NLA_BYTES && a->form <= RN_NLA_LAST_NUMBER)
		return put_one_number(p, a, w);
	switch ((enum rn_nlattr_form)a->form) {
	case RN_NLA_ENUM:
	case RN_NLA_FLAGS:
	case RN_NLA_FLAGS_CODE:
	case RN_NLA_TICKS:
	case RN_NLA_XINT:
		return put_sized(p, a, w);
	case RN_NLA_STRING:
		put_string(p, w);
		return true;
	case RN_NLA_KIND:
		put_kind(p, w, &walk->kind[a->aux]);
		return true;
	case RN_NLA_HARDWARE:
		if (w.len > MAX_HARDWARE)
			return false;
		if (rn_piece_whole(p, w, (size_t)w.len))
			rn_print_form(p, RN_FORM_MAC, 0, w.b);
		return true;
	case RN_NLA_ADDRESS:
		rn_print_nladdress(p, NULL, w, walk->family);
		return true;
	case RN_NLA_FIELDS:
	case RN_NLA_GROWN:
	case RN_NLA_FIELDS_REST:
		return put_fields(p, a, w);
	case RN_NLA_RECORDS:
		return rn_print_nlarray(p, w, a->size, put_record, a->more);
	case RN_NLA_NESTED:
		rn_print_nlattrs_in(p, a->more, w, walk);
		return true;
	case RN_NLA_BY_FAMILY:
	case RN_NLA_BY_KIND:
		return put_choice(p, a, w, walk);
	case RN_NLA_SPECIAL:
		special = a->more;
		return special->put(p, w, walk);
	case RN_NLA_U8S:
	case RN_NLA_U16S:
	case RN_NLA_S32S:
	case RN_NLA_U32S:
	case RN_NLA_U64S:
		return rn_print_nlarray(p, w, element[a->form], put_number, a);
	case RN_NLA_WORDS:
		return rn_print_nlarray(p, w, p->word, put_number, a);
	default:
		return false;
	}
}

static const struct rn_nlattr *find(const struct rn_nlattrs *list, unsigned type)
{
	for (unsigned i = 0; i < list->n; i++)
		if (list->row[i].type == type)
			return &list->row[i];
	return NULL;
}

static void put_payload(struct rn_print *p, const struct rn_nlattrs *list, unsigned type,
	struct rn_piece w, struct rn_nlattr_walk *walk)
{
	const struct rn_nlattr *a = list->uniform ? &list->row[0] : find(list, type);
	struct rn_nlattr_walk inner = *walk;
	if (list->uniform) {
		inner.family = type;
		walk = &inner;
	}
	if (!a || !put_value(p, a, w, walk))
		rn_piece_hex(p, w);
}

static void put_attribute(struct rn_print *p, const struct rn_nlattrs *list, struct rn_piece w,
	struct rn_nlattr_walk *walk)
{
	uint64_t said = rn_field_u(w.b, 0, 2), type = rn_field_u(w.b, 2, 2);
	uint64_t len = said < w.len ? said : w.len;
	unsigned number = (unsigned)type & ~(NLA_F_NESTED | NLA_F_NET_BYTEORDER);
	bool payload = len > HEADER_BYTES;
	rn_put_text(p->out, payload ? "[{nla_len=" : "{nla_len=");
	rn_put_udec(p->out, said);
	RN_PUT(p, ", nla_type=");
	if (type & NLA_F_NESTED)
		RN_PUT(p, "NLA_F_NESTED|");
	if (type & NLA_F_NET_BYTEORDER)
		RN_PUT(p, "NLA_F_NET_BYTEORDER|");
	if (list->names)
		rn_print_enum(p, (enum rn_names_id)list->names, number);
	else
		rn_put_hex(p->out, number);
	rn_put_u8(p->out, '}');
	if (!payload)
		return;
	RN_PUT(p, ", ");
	put_payload(p, list, number, rn_piece_part(w, HEADER_BYTES, len - HEADER_BYTES), walk);
	rn_put_u8(p->out, ']');
}

struct attributes {
	const struct rn_nlattrs *list;
	struct rn_nlattr_walk walk;
};

static void put_next(struct rn_print *p, struct rn_piece w, void *arg)
{
	struct attributes *all = arg;
	put_attribute(p, all->list, w, &all->walk);
}

void rn_print_nlattrs_in(struct rn_print *p, const struct rn_nlattrs *list, struct rn_piece w,
	const struct rn_nlattr_walk *outer)
{
	struct attributes all = { list, { .family = outer->family, .depth = outer->depth + 1 } };
	if (all.walk.depth > MAX_DEPTH)
		rn_piece_hex(p, w);
	else
		rn_pieces_print(p, w, HEADER_BYTES, 2, put_next, &all);
}

void rn_print_nlattrs(struct rn_print *p, const struct rn_nlattrs *list, struct rn_piece w,
	unsigned family)
{
	struct rn_nlattr_walk walk = { .family = family };
	if (w.len)
		rn_print_nlattrs_in(p, list, w, &walk);
}
