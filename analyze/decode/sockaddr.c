/* SPDX-License-Identifier: MIT */
/* Socket addresses by family; one too short for its family shows its bytes. */
#include "analyze/decode/kinds.h"
#include "analyze/decode/sockets.h"

#include <arpa/inet.h>

#define SOCKADDR_MAX 128 /* struct sockaddr_storage */

enum {
	AF_UNIX_ = 1, AF_INET_ = 2, AF_IPX_ = 4, AF_X25_ = 9, AF_INET6_ = 10, AF_NETLINK_ = 16, AF_PACKET_ = 17,
	AF_ALG_ = 38, AF_VSOCK_ = 40, AF_QIPCRTR_ = 42
};

void rn_print_ifindex(struct rn_print *p, uint32_t index)
{
	struct rn_bytes name;
	bool known = index && p->env->interface &&
		p->env->interface(p->env->interface_arg, index, &name);
	if (!known || rn_print_numbers(p))
		rn_put_udec(p->out, index);
	if (!known || !rn_print_named(p))
		return;
	RN_PUT(p, "if_nametoindex(");
	rn_print_quoted(p, name);
	rn_put_u8(p->out, ')');
	rn_print_named_end(p);
}

/* Bytes in network order as -X has them in front of their value. False: the value is not wanted. */
static bool put_network_bytes(struct rn_print *p, struct rn_bytes b)
{
	if (rn_print_numbers(p))
		rn_print_quoted_hex(p, b);
	return rn_print_named(p);
}

void rn_print_inet_addr(struct rn_print *p, struct rn_bytes four)
{
	if (!put_network_bytes(p, four))
		return;
	RN_PUT(p, "inet_addr(\"");
	for (size_t i = 0; i < 4; i++) {
		if (i)
			rn_put_u8(p->out, '.');
		rn_put_udec(p->out, rn_field_u(four, i, 1));
	}
	RN_PUT(p, "\")");
	rn_print_named_end(p);
}

void rn_print_port(struct rn_print *p, const char *label, struct rn_bytes two)
{
	rn_put_text(p->out, label);
	if (!put_network_bytes(p, two))
		return;
	RN_PUT(p, "htons(");
	rn_put_udec(p->out, rn_field_be(two, 0, 2));
	rn_put_u8(p->out, ')');
	rn_print_named_end(p);
}

static void put_unix(struct rn_print *p, struct rn_bytes b)
{
	struct rn_bytes path = rn_bytes_part(b, 2, 108);
	RN_PUT(p, ", sun_path=");
	if (path.p[0] == 0) {
		rn_put_u8(p->out, '@');
		rn_print_quoted(p, rn_bytes_part(path, 1, path.len));
		return;
	}
	const uint8_t *nul = memchr(path.p, 0, path.len);
	rn_print_quoted(p, rn_bytes_of(path.p, nul ? (size_t)(nul - path.p) : path.len));
}

static void put_inet(struct rn_print *p, struct rn_bytes b)
{
	rn_print_port(p, ", sin_port=", rn_bytes_part(b, 2, 2));
	RN_PUT(p, ", sin_addr=");
	rn_print_inet_addr(p, rn_bytes_part(b, 4, 4));
}

void rn_print_inet6(struct rn_print *p, const uint8_t *address, const char *member)
{
	char text[INET6_ADDRSTRLEN];
	if (rn_print_numbers(p)) {
		if (member) {
			rn_put_text(p->out, member);
			rn_put_u8(p->out, '=');
		}
		member = NULL;
		rn_print_quoted_hex(p, rn_bytes_of(address, 16));
	}
	if (!rn_print_named(p))
		return;
	RN_PUT(p, "inet_pton(AF_INET6, \"");
	rn_put_text(p->out, inet_ntop(AF_INET6, address, text, sizeof(text)) ? text : "");
	rn_put_u8(p->out, '"');
	if (member) {
		RN_PUT(p, ", &");
		rn_put_text(p->out, member);
	}
	rn_put_u8(p->out, ')');
	rn_print_named_end(p);
}

/* RFC 4291: fe80::/10 and the multicasts of the link need a scope to mean anything. */
static bool is_link_local(const uint8_t *a)
{
	return (a[0] == 0xfe && (a[1] & 0xc0) == 0x80) || (a[0] == 0xff && (a[1] & 0xf) == 2);
}

static void put_inet6(struct rn_print *p, struct rn_bytes b)
{
	const uint8_t *address = b.p + 8;
	rn_print_port(p, ", sin6_port=", rn_bytes_part(b, 2, 2));
	RN_PUT(p, ", sin6_flowinfo=");
	if (put_network_bytes(p, rn_bytes_part(b, 4, 4))) {
		RN_PUT(p, "htonl(");
		rn_put_udec(p->out, rn_field_be(b, 4, 4));
		rn_put_u8(p->out, ')');
		rn_print_named_end(p);
	}
	RN_PUT(p, ", ");
	rn_print_inet6(p, address, "sin6_addr");
	if (b.len < 28)
		return;
	RN_PUT(p, ", sin6_scope_id=");
	if (is_link_local(address))
		rn_print_ifindex(p, (uint32_t)rn_field_u(b, 24, 4));
	else
		rn_put_udec(p->out, rn_field_u(b, 24, 4));
}

/* struct sockaddr_ipx: port, network, node of six bytes, type. */
static void put_ipx(struct rn_print *p, struct rn_bytes b)
{
	rn_print_port(p, ", sipx_port=", rn_bytes_part(b, 2, 2));
	RN_PUT(p, ", sipx_network=htonl(");
	if (rn_field_be(b, 4, 4))
		rn_put_hex_padded(p->out, rn_field_be(b, 4, 4), 8);
	else
		rn_put_u8(p->out, '0');
	RN_PUT(p, "), sipx_node=[");
	for (size_t i = 0; i < 6; i++) {
		if (i)
			RN_PUT(p, ", ");
		rn_put_hex_padded(p->out, rn_field_u(b, 8 + i, 1), 2);
	}
	RN_PUT(p, "], sipx_type=");
	rn_put_hex_padded(p->out, rn_field_u(b, 14, 1), 2);
	if (rn_field_u(b, 15, 1)) {
		RN_PUT(p, ", sipx_zero=");
		rn_put_hex_padded(p->out, rn_field_u(b, 15, 1), 2);
	}
}

/* Digits; there is room for a NUL behind them. */
static void put_x25(struct rn_print *p, struct rn_bytes b)
{
	struct rn_bytes digits = rn_bytes_part(b, 2, 16);
	RN_PUT(p, ", sx25_addr={x25_addr=");
	if (memchr(digits.p, 0, digits.len)) {
		rn_print_quoted_name(p, digits);
	} else {
		rn_print_quoted(p, rn_bytes_part(digits, 0, digits.len - 1));
		RN_PUT(p, "...");
	}
	rn_put_u8(p->out, '}');
}

static void put_netlink(struct rn_print *p, struct rn_bytes b)
{
	if (rn_field_u(b, 2, 2)) {
		RN_PUT(p, ", nl_pad=");
		rn_put_hex(p->out, rn_field_u(b, 2, 2));
	}
	RN_PUT(p, ", nl_pid=");
	rn_put_dec(p->out, rn_field_i(b, 4, 4));
	RN_PUT(p, ", nl_groups=");
	rn_put_hex_padded(p->out, rn_field_u(b, 8, 4), 8);
}

static void put_bytes_list(struct rn_print *p, struct rn_bytes b, bool more)
{
	rn_put_u8(p->out, '[');
	for (size_t i = 0; i < b.len; i++) {
		if (i)
			RN_PUT(p, ", ");
		rn_put_hex(p->out, b.p[i]);
	}
	if (more)
		RN_PUT(p, ", ...");
	rn_put_u8(p->out, ']');
}

static void put_packet(struct rn_print *p, struct rn_bytes b)
{
	uint64_t halen = rn_field_u(b, 11, 1);
	RN_PUT(p, ", sll_protocol=");
	if (put_network_bytes(p, rn_bytes_part(b, 2, 2))) {
		const struct rn_decode_style *before = rn_print_names_only(p);
		RN_PUT(p, "htons(");
		rn_print_enum(p, RN_NAMES_ethertype, rn_field_be(b, 2, 2));
		rn_put_u8(p->out, ')');
		p->style = before;
		rn_print_named_end(p);
	}
	RN_PUT(p, ", sll_ifindex=");
	rn_print_ifindex(p, (uint32_t)rn_field_u(b, 4, 4));
	RN_PUT(p, ", sll_hatype=");
	rn_print_enum(p, RN_NAMES_arphrd, rn_field_u(b, 8, 2));
	RN_PUT(p, ", sll_pkttype=");
	rn_print_enum(p, RN_NAMES_packet_type, rn_field_u(b, 10, 1));
	RN_PUT(p, ", sll_halen=");
	rn_put_udec(p->out, halen);
	if (halen) {
		RN_PUT(p, ", sll_addr=");
		put_bytes_list(p, rn_bytes_part(b, 12, halen < 8 ? (size_t)halen : 8), halen > 8);
	}
}

static void put_vsock_cid(struct rn_print *p, uint32_t cid)
{
	static const char *const names[] = { "VMADDR_CID_HYPERVISOR", "VMADDR_CID_LOCAL",
		"VMADDR_CID_HOST" };
	if (cid == UINT32_MAX)
		RN_PUT(p, "VMADDR_CID_ANY");
	else if (cid < sizeof(names) / sizeof(names[0]))
		rn_put_text(p->out, names[cid]);
	else
		rn_put_hex(p->out, cid);
}

static void put_vsock(struct rn_print *p, struct rn_bytes b)
{
	RN_PUT(p, ", svm_cid=");
	put_vsock_cid(p, (uint32_t)rn_field_u(b, 8, 4));
	RN_PUT(p, ", svm_port=");
	rn_put_hex(p->out, rn_field_u(b, 4, 4));
	RN_PUT(p, ", svm_flags=");
	rn_put_hex(p->out, rn_field_u(b, 12, 1));
}

static void put_qipcrtr(struct rn_print *p, struct rn_bytes b)
{
	RN_PUT(p, ", sq_node=");
	rn_put_hex(p->out, rn_field_u(b, 4, 4));
	RN_PUT(p, ", sq_port=");
	rn_put_hex(p->out, rn_field_u(b, 8, 4));
}

static void put_alg(struct rn_print *p, struct rn_bytes b)
{
	RN_PUT(p, ", salg_type=");
	rn_print_quoted_name(p, rn_bytes_part(b, 2, 14));
	RN_PUT(p, ", salg_feat=");
	rn_put_hex(p->out, rn_field_u(b, 16, 4));
	RN_PUT(p, ", salg_mask=");
	rn_put_hex(p->out, rn_field_u(b, 20, 4));
	RN_PUT(p, ", salg_name=");
	rn_print_quoted_name(p, rn_bytes_part(b, 24, b.len));
}

static const struct family {
	uint16_t number, min_bytes;
	void (*put)(struct rn_print *p, struct rn_bytes b);
} families[] = {
	{ AF_UNIX_, 3, put_unix },
	{ AF_INET_, 16, put_inet },
	{ AF_IPX_, 16, put_ipx },
	{ AF_X25_, 18, put_x25 },
	{ AF_INET6_, 24, put_inet6 },
	{ AF_NETLINK_, 12, put_netlink },
	{ AF_PACKET_, 20, put_packet },
	{ AF_ALG_, 64, put_alg },
	{ AF_VSOCK_, 16, put_vsock },
	{ AF_QIPCRTR_, 12, put_qipcrtr },
};

void rn_print_sockaddr_bytes(struct rn_print *p, struct rn_bytes b)
{
	uint64_t number = rn_field_u(b, 0, 2);
	const struct family *f = NULL;
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (families[i].number == number && b.len >= families[i].min_bytes)
			f = &families[i];
	RN_PUT(p, "{sa_family=");
	rn_print_enum(p, RN_NAMES_socket_domain, number);
	if (f) {
		f->put(p, b);
	} else if (b.len > 2) {
		RN_PUT(p, ", sa_data=");
		rn_print_quoted(p, rn_bytes_part(b, 2, b.len));
	}
	rn_put_u8(p->out, '}');
}

void rn_print_sockaddr(struct rn_print *p, uint64_t addr, uint64_t len)
{
	uint8_t bytes[SOCKADDR_MAX];
	int32_t said = (int32_t)len; /* an int for the kernel */
	if (said > (int32_t)sizeof(bytes))
		said = sizeof(bytes);
	len = said < 2 ? 0 : (uint64_t)said;
	if (!len || !rn_print_read(p, addr, bytes, (size_t)len))
		rn_print_addr(p, addr);
	else
		rn_print_sockaddr_bytes(p, rn_bytes_of(bytes, (size_t)len));
}

bool rn_kind_addr(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	if (!rn_arg_phase(p, a))
		rn_print_addr(p, p->args[i]);
	else
		rn_print_sockaddr(p, p->args[i], (uint32_t)rn_arg_length(p, a));
	return true;
}

bool rn_kind_sockproto(struct rn_print *p, unsigned i)
{
	uint64_t v = p->args[i], domain = p->args[0];
	enum rn_names_id id = rn_names_of_protocol(domain);
	if (domain == AF_PACKET_) {
		RN_PUT(p, "htons(");
		rn_print_enum(p, RN_NAMES_ethertype, (v & 0xff) << 8 | (v >> 8 & 0xff));
		rn_put_u8(p->out, ')');
	} else if (id != RN_NAMES_none) {
		rn_print_enum(p, id, (uint32_t)v);
	} else {
		rn_put_udec(p->out, v);
	}
	return true;
}
