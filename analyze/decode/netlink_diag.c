/* SPDX-License-Identifier: MIT */
/* NETLINK_SOCK_DIAG: which sockets there are. A request says what it asks for, an answer describes one
 * socket; both begin with the address family (<linux/inet_diag.h>, unix_diag.h, netlink_diag.h). */
#include "analyze/decode/netlink.h"

#include "analyze/decode/sockets.h"

enum { AF_UNIX_ = 1, AF_INET_ = 2, AF_INET6_ = 10, AF_NETLINK_ = 16 };

/* Bits shown as shifts: 1<<TCP_LISTEN. The table has the numbers, `less` is taken from each. */
static void put_shifts(struct rn_print *p, enum rn_names_id id, uint32_t v, unsigned less)
{
	uint32_t unknown = 0;
	bool first = true;
	for (uint32_t rest = v; rest; rest &= rest - 1) {
		unsigned bit = (unsigned)__builtin_ctz(rest);
		const char *name = rn_name_of(id, p->abi, bit + less);
		if (!name) {
			unknown |= 1u << bit;
			continue;
		}
		rn_put_text(p->out, first ? less ? "1<<(" : "1<<" : less ? "|1<<(" : "|1<<");
		rn_put_text(p->out, name);
		if (less)
			RN_PUT(p, "-1)");
		first = false;
	}
	if (!unknown && !first)
		return;
	if (!first)
		rn_put_u8(p->out, '|');
	rn_put_hex(p->out, unknown);
}

static void put_label(struct rn_print *p, const char *label, struct rn_bytes b, size_t off, unsigned n)
{
	rn_put_text(p->out, label);
	rn_put_udec(p->out, rn_field_u(b, off, n));
}

static void put_cookie(struct rn_print *p, const char *label, struct rn_bytes b, size_t off)
{
	put_label(p, label, b, off, 4);
	put_label(p, ", ", b, off + 4, 4);
	rn_put_u8(p->out, ']');
}

static void put_address(struct rn_print *p, const char *label, struct rn_bytes b, size_t off,
	unsigned family)
{
	const char *member = off == 4 ? "idiag_src" : "idiag_dst";
	if (family == AF_INET6_) {
		RN_PUT(p, ", ");
		rn_print_inet6(p, b.p + off, member);
	} else {
		rn_put_text(p->out, label);
		rn_print_inet_addr(p, rn_bytes_part(b, off, 4));
	}
}

/* struct inet_diag_sockid: ports, two addresses of 16 bytes, interface, cookie. */
static void put_socket_id(struct rn_print *p, struct rn_bytes b, unsigned family)
{
	RN_PUT(p, "id={idiag_sport=htons(");
	rn_put_udec(p->out, rn_field_be(b, 0, 2));
	RN_PUT(p, "), idiag_dport=htons(");
	rn_put_udec(p->out, rn_field_be(b, 2, 2));
	rn_put_u8(p->out, ')');
	put_address(p, ", idiag_src=", b, 4, family);
	put_address(p, ", idiag_dst=", b, 20, family);
	RN_PUT(p, ", idiag_if=");
	rn_print_ifindex(p, (uint32_t)rn_field_u(b, 36, 4));
	put_cookie(p, ", idiag_cookie=[", b, 40);
	rn_put_u8(p->out, '}');
}

#define A(type, form) { type, RN_NLA_##form, 0, NULL }
#define NAMED(type, form, table) { type, RN_NLA_##form, RN_NAMES_##table, NULL }
#define MORE(type, form, what) { type, RN_NLA_##form, 0, &what }
#define F(name, form, off, size) \
	{ name, RN_FORM_##form, RN_FIELD_ALWAYS, off, size, off, size, 0 }
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct rn_field memory_rows[] = {
	F("idiag_rmem", UDEC, 0, 4), F("idiag_wmem", UDEC, 4, 4), F("idiag_fmem", UDEC, 8, 4),
	F("idiag_tmem", UDEC, 12, 4),
};
static const struct rn_fields memory = RN_FIELDS_OF(memory_rows);
static const struct rn_field file_rows[] = {
	F("udiag_vfs_ino", UDEC, 0, 4), F("udiag_vfs_dev", DEV, 4, 4),
};
static const struct rn_fields file = RN_FIELDS_OF(file_rows);
static const struct rn_field queue_rows[] = {
	F("udiag_rqueue", UDEC, 0, 4), F("udiag_wqueue", UDEC, 4, 4),
};
static const struct rn_fields queue = RN_FIELDS_OF(queue_rows);

/* struct inet_diag_sockopt */
static const char *const socket_bits[] = { "recverr", "is_icsk", "freebind", "hdrincl", "mc_loop",
	"transparent", "mc_all", "nodefrag", "bind_address_no_port", "recverr_rfc4884",
	"defer_connect", NULL };

static const struct rn_nlattr inet_rows[] = {
	MORE(1, FIELDS, memory), A(4, STRING), A(5, U8), A(6, U8), NAMED(7, INDEXED_U, sk_meminfo),
	A(8, U8), A(11, U8), { 22, RN_NLA_BITS, 0, socket_bits }, A(15, U32), A(17, U32), A(21, U64),
};
static const struct rn_nlattrs inet_attributes = { RN_NAMES_inet_diag_attr, inet_rows,
	COUNT(inet_rows) };
static const struct rn_nlattr unix_rows[] = {
	A(0, UNIX_NAME), MORE(1, FIELDS, file), A(2, U32), A(3, U32S), MORE(4, FIELDS, queue),
	NAMED(5, INDEXED_U, sk_meminfo), A(6, U8), A(7, U32),
};
static const struct rn_nlattrs unix_attributes = { RN_NAMES_unix_diag_attr, unix_rows,
	COUNT(unix_rows) };
static const struct rn_nlattr netlink_rows[] = { NAMED(0, INDEXED_U, sk_meminfo) };
static const struct rn_nlattrs netlink_attributes = { RN_NAMES_netlink_diag_attr, netlink_rows,
	COUNT(netlink_rows) };

static void put_family(struct rn_print *p, const char *label, struct rn_bytes b)
{
	rn_put_text(p->out, label);
	rn_print_enum(p, RN_NAMES_socket_domain, rn_field_u(b, 0, 1));
}

static void put_state(struct rn_print *p, const char *label, struct rn_bytes b, size_t off)
{
	rn_put_text(p->out, label);
	rn_print_enum(p, RN_NAMES_tcp_state, rn_field_u(b, off, 1));
}

static size_t inet_request(struct rn_print *p, struct rn_bytes b)
{
	put_family(p, "{sdiag_family=", b);
	RN_PUT(p, ", sdiag_protocol=");
	rn_print_enum(p, RN_NAMES_protocol_inet, rn_field_u(b, 1, 1));
	RN_PUT(p, ", idiag_ext=");
	put_shifts(p, RN_NAMES_inet_diag_attr, (uint32_t)rn_field_u(b, 2, 1), 1);
	RN_PUT(p, ", idiag_states=");
	put_shifts(p, RN_NAMES_tcp_state, (uint32_t)rn_field_u(b, 4, 4), 0);
	RN_PUT(p, ", ");
	put_socket_id(p, rn_bytes_part(b, 8, 48), (unsigned)rn_field_u(b, 0, 1));
	return 56;
}

static size_t inet_answer(struct rn_print *p, struct rn_bytes b)
{
	put_family(p, "{idiag_family=", b);
	put_state(p, ", idiag_state=", b, 1);
	put_label(p, ", idiag_timer=", b, 2, 1);
	put_label(p, ", idiag_retrans=", b, 3, 1);
	RN_PUT(p, ", ");
	put_socket_id(p, rn_bytes_part(b, 4, 48), (unsigned)rn_field_u(b, 0, 1));
	put_label(p, ", idiag_expires=", b, 52, 4);
	put_label(p, ", idiag_rqueue=", b, 56, 4);
	put_label(p, ", idiag_wqueue=", b, 60, 4);
	put_label(p, ", idiag_uid=", b, 64, 4);
	put_label(p, ", idiag_inode=", b, 68, 4);
	return 72;
}

static size_t unix_request(struct rn_print *p, struct rn_bytes b)
{
	put_family(p, "{sdiag_family=", b);
	put_label(p, ", sdiag_protocol=", b, 1, 1);
	RN_PUT(p, ", udiag_states=");
	put_shifts(p, RN_NAMES_tcp_state, (uint32_t)rn_field_u(b, 4, 4), 0);
	put_label(p, ", udiag_ino=", b, 8, 4);
	RN_PUT(p, ", udiag_show=");
	rn_print_flags(p, RN_NAMES_udiag_show, rn_field_u(b, 12, 4));
	put_cookie(p, ", udiag_cookie=[", b, 16);
	return 24;
}

static size_t unix_answer(struct rn_print *p, struct rn_bytes b)
{
	put_family(p, "{udiag_family=", b);
	RN_PUT(p, ", udiag_type=");
	rn_print_enum(p, RN_NAMES_socket_kind, rn_field_u(b, 1, 1));
	put_state(p, ", udiag_state=", b, 2);
	put_label(p, ", udiag_ino=", b, 4, 4);
	put_cookie(p, ", udiag_cookie=[", b, 8);
	return 16;
}

static size_t netlink_request(struct rn_print *p, struct rn_bytes b)
{
	const uint64_t all = 255;
	put_family(p, "{sdiag_family=", b);
	RN_PUT(p, ", sdiag_protocol=");
	if (rn_field_u(b, 1, 1) == all)
		RN_PUT(p, "NDIAG_PROTO_ALL");
	else
		rn_print_enum(p, RN_NAMES_protocol_netlink, rn_field_u(b, 1, 1));
	put_label(p, ", ndiag_ino=", b, 4, 4);
	RN_PUT(p, ", ndiag_show=");
	rn_print_flags(p, RN_NAMES_ndiag_show, rn_field_u(b, 8, 4));
	put_cookie(p, ", ndiag_cookie=[", b, 12);
	return 20;
}

static size_t netlink_answer(struct rn_print *p, struct rn_bytes b)
{
	put_family(p, "{ndiag_family=", b);
	RN_PUT(p, ", ndiag_type=");
	rn_print_enum(p, RN_NAMES_socket_kind, rn_field_u(b, 1, 1));
	RN_PUT(p, ", ndiag_protocol=");
	rn_print_enum(p, RN_NAMES_protocol_netlink, rn_field_u(b, 2, 1));
	RN_PUT(p, ", ndiag_state=");
	rn_print_enum(p, RN_NAMES_netlink_state, rn_field_u(b, 3, 1));
	put_label(p, ", ndiag_portid=", b, 4, 4);
	put_label(p, ", ndiag_dst_portid=", b, 8, 4);
	put_label(p, ", ndiag_dst_group=", b, 12, 4);
	put_label(p, ", ndiag_ino=", b, 16, 4);
	put_cookie(p, ", ndiag_cookie=[", b, 20);
	return 28;
}

static const struct kind {
	uint8_t family;
	bool request;
	uint8_t bytes;
	size_t (*put)(struct rn_print *p, struct rn_bytes b); /* the bytes shown */
	const struct rn_nlattrs *attributes;
} kinds[] = {
	{ AF_UNIX_, true, 24, unix_request, &unix_attributes },
	{ AF_UNIX_, false, 16, unix_answer, &unix_attributes },
	{ AF_INET_, true, 56, inet_request, &inet_attributes },
	{ AF_INET_, false, 72, inet_answer, &inet_attributes },
	{ AF_INET6_, true, 56, inet_request, &inet_attributes },
	{ AF_INET6_, false, 72, inet_answer, &inet_attributes },
	{ AF_NETLINK_, true, 20, netlink_request, &netlink_attributes },
	{ AF_NETLINK_, false, 28, netlink_answer, &netlink_attributes },
};

bool rn_netlink_diag(struct rn_print *p, unsigned type, struct rn_bytes b, bool request)
{
	const unsigned by_family = 20;
	if (type != by_family)
		return false;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const struct kind *k = &kinds[i];
		if (!b.len || k->family != b.p[0] || k->request != request || b.len < k->bytes)
			continue;
		size_t used = k->put(p, b);
		rn_put_u8(p->out, '}');
		if (b.len > used) {
			RN_PUT(p, ", ");
			rn_print_nlattrs(p, k->attributes, rn_bytes_part(b, used, b.len), k->family);
		}
		return true;
	}
	return false;
}
