/* SPDX-License-Identifier: MIT */
/* Socket options: the name by the level, the value by name and length. Most are an integer. Of
 * SOL_SOCKET the integers are so whatever the length given; elsewhere the length decides. */
#include "analyze/decode/fields.h"
#include "analyze/decode/kinds.h"
#include "analyze/decode/sockets.h"

#define SOCKADDR_BYTES 128u /* struct sockaddr_storage */

enum { SOL_IP_ = 0, SOL_SOCKET_ = 1, SOL_TCP_ = 6, SOL_IPV6_ = 41, SOL_RAW_ = 255, SOL_PACKET_ = 263,
	SOL_NETLINK_ = 270 };

enum form { NUMBER, ERROR, BY_LENGTH, LINGER, UCRED, FILTER, MREQ, MREQ6, GROUP, ICMP, MEMBERSHIP,
	RING, STATISTICS, TXREHASH };

static const struct special {
	uint16_t level, option;
	uint8_t form;
} specials[] = {
	{ SOL_SOCKET_, 3, BY_LENGTH },  /* SO_TYPE */
	{ SOL_SOCKET_, 4, ERROR },      /* SO_ERROR */
	{ SOL_SOCKET_, 13, LINGER },    /* SO_LINGER */
	{ SOL_SOCKET_, 17, UCRED },     /* SO_PEERCRED */
	{ SOL_SOCKET_, 20, BY_LENGTH }, /* SO_RCVTIMEO_OLD */
	{ SOL_SOCKET_, 21, BY_LENGTH }, /* SO_SNDTIMEO_OLD */
	{ SOL_SOCKET_, 22, BY_LENGTH }, /* SO_SECURITY_* */
	{ SOL_SOCKET_, 23, BY_LENGTH },
	{ SOL_SOCKET_, 24, BY_LENGTH },
	{ SOL_SOCKET_, 25, BY_LENGTH }, /* SO_BINDTODEVICE */
	{ SOL_SOCKET_, 26, FILTER },    /* SO_ATTACH_FILTER */
	{ SOL_SOCKET_, 28, BY_LENGTH }, /* SO_PEERNAME */
	{ SOL_SOCKET_, 31, BY_LENGTH }, /* SO_PEERSEC */
	{ SOL_SOCKET_, 38, BY_LENGTH }, /* SO_PROTOCOL */
	{ SOL_SOCKET_, 39, BY_LENGTH }, /* SO_DOMAIN */
	{ SOL_SOCKET_, 47, BY_LENGTH }, /* SO_MAX_PACING_RATE */
	{ SOL_SOCKET_, 48, BY_LENGTH }, /* SO_BPF_EXTENSIONS */
	{ SOL_SOCKET_, 50, BY_LENGTH }, /* SO_ATTACH_BPF */
	{ SOL_SOCKET_, 51, FILTER },    /* SO_ATTACH_REUSEPORT_CBPF */
	{ SOL_SOCKET_, 52, BY_LENGTH }, /* SO_ATTACH_REUSEPORT_EBPF */
	{ SOL_SOCKET_, 55, BY_LENGTH }, /* SO_MEMINFO */
	{ SOL_SOCKET_, 57, BY_LENGTH }, /* SO_COOKIE */
	{ SOL_SOCKET_, 59, BY_LENGTH }, /* SO_PEERGROUPS */
	{ SOL_SOCKET_, 61, BY_LENGTH }, /* SO_TXTIME */
	{ SOL_SOCKET_, 62, BY_LENGTH }, /* SO_BINDTOIFINDEX */
	{ SOL_SOCKET_, 66, BY_LENGTH }, /* SO_RCVTIMEO_NEW */
	{ SOL_SOCKET_, 67, BY_LENGTH }, /* SO_SNDTIMEO_NEW */
	{ SOL_SOCKET_, 71, BY_LENGTH }, /* SO_NETNS_COOKIE */
	{ SOL_SOCKET_, 72, BY_LENGTH }, /* SO_BUF_LOCK */
	{ SOL_SOCKET_, 74, TXREHASH },  /* SO_TXREHASH */
	{ SOL_IP_, 35, MREQ },          /* IP_ADD_MEMBERSHIP, IP_DROP_MEMBERSHIP */
	{ SOL_IP_, 36, MREQ },
	{ SOL_IPV6_, 20, MREQ6 },       /* IPV6_{ADD,DROP}_MEMBERSHIP, IPV6_{JOIN,LEAVE}_ANYCAST */
	{ SOL_IPV6_, 21, MREQ6 },
	{ SOL_IPV6_, 27, MREQ6 },
	{ SOL_IPV6_, 28, MREQ6 },
	{ SOL_IP_, 42, GROUP },         /* MCAST_JOIN_GROUP, MCAST_LEAVE_GROUP */
	{ SOL_IP_, 45, GROUP },
	{ SOL_IPV6_, 42, GROUP },
	{ SOL_IPV6_, 45, GROUP },
	{ SOL_RAW_, 1, ICMP },          /* ICMP_FILTER */
	{ SOL_PACKET_, 1, MEMBERSHIP }, /* PACKET_ADD_MEMBERSHIP, PACKET_DROP_MEMBERSHIP */
	{ SOL_PACKET_, 2, MEMBERSHIP },
	{ SOL_PACKET_, 5, RING },       /* PACKET_RX_RING, PACKET_TX_RING */
	{ SOL_PACKET_, 6, STATISTICS }, /* PACKET_STATISTICS */
	{ SOL_PACKET_, 13, RING },
};

static enum form form_of(const struct rn_print *p, uint64_t level, uint64_t option, bool get)
{
	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
		if (specials[i].level == level && specials[i].option == option)
			return (enum form)specials[i].form;
	if (level == SOL_NETLINK_ && !get)
		return NUMBER;
	bool known = rn_name_of(RN_NAMES_sockopt_socket, p->abi, option) != NULL;
	return level == SOL_SOCKET_ && known ? NUMBER : BY_LENGTH;
}

static void put_linger(struct rn_print *p, struct rn_bytes b)
{
	RN_PUT(p, "{l_onoff=");
	if (b.len < 4)
		rn_print_quoted_hex(p, b);
	else
		rn_put_dec(p->out, rn_field_i(b, 0, 4));
	if (b.len > 4) {
		RN_PUT(p, ", l_linger=");
		if (b.len < 8)
			rn_print_quoted_hex(p, rn_bytes_part(b, 4, 4));
		else
			rn_put_dec(p->out, rn_field_i(b, 4, 4));
	}
	rn_put_u8(p->out, '}');
}

/* As many members as were taken; of a part of one its bytes. */
static void put_ucred(struct rn_print *p, struct rn_bytes b)
{
	static const char *const labels[] = { "{pid=", ", uid=", ", gid=" };
	for (unsigned i = 0; i < 3 && 4 * i < b.len; i++) {
		struct rn_bytes member = rn_bytes_part(b, 4 * i, 4);
		rn_put_text(p->out, labels[i]);
		if (member.len < 4)
			rn_print_quoted_hex(p, member);
		else if (i == 0)
			rn_print_pid(p, rn_field_i(member, 0, 4));
		else
			rn_print_id(p, (uint32_t)rn_field_u(member, 0, 4));
	}
	rn_put_u8(p->out, '}');
}

static void put_mreq(struct rn_print *p, struct rn_bytes b)
{
	RN_PUT(p, "{imr_multiaddr=");
	rn_print_inet_addr(p, rn_bytes_part(b, 0, 4));
	RN_PUT(p, ", imr_interface=");
	rn_print_inet_addr(p, rn_bytes_part(b, 4, 4));
	rn_put_u8(p->out, '}');
}

static void put_mreq6(struct rn_print *p, struct rn_bytes b)
{
	rn_put_u8(p->out, '{');
	rn_print_inet6(p, b.p, "ipv6mr_multiaddr");
	RN_PUT(p, ", ipv6mr_interface=");
	rn_print_ifindex(p, (uint32_t)rn_field_u(b, 16, 4));
	rn_put_u8(p->out, '}');
}

/* struct group_req: an interface, an address behind padding. */
static void put_group(struct rn_print *p, struct rn_bytes b)
{
	RN_PUT(p, "{gr_interface=");
	rn_print_ifindex(p, (uint32_t)rn_field_u(b, 0, 4));
	RN_PUT(p, ", gr_group=");
	rn_print_sockaddr_bytes(p, rn_bytes_part(b, b.len - SOCKADDR_BYTES, SOCKADDR_BYTES));
	rn_put_u8(p->out, '}');
}

/* A set of message types; what is not in it when that is shorter. */
static void put_icmp(struct rn_print *p, struct rn_bytes b)
{
	uint32_t set = (uint32_t)rn_field_u(b, 0, 4);
	bool first = true;
	if (__builtin_popcount(set) > 16) {
		rn_put_u8(p->out, '~');
		set = ~set;
	}
	rn_put_u8(p->out, '[');
	for (; set; set &= set - 1) {
		if (!first)
			rn_put_u8(p->out, ' ');
		rn_print_enum(p, RN_NAMES_icmp_type, (uint64_t)__builtin_ctz(set));
		first = false;
	}
	rn_put_u8(p->out, ']');
}

static void put_membership(struct rn_print *p, struct rn_bytes b)
{
	static const struct rn_field rows[] = {
		{ "mr_ifindex", RN_FORM_IFINDEX, RN_FIELD_ALWAYS, 0, 4, 0, 4, 0 },
		{ "mr_type", RN_FORM_ENUM, RN_FIELD_ALWAYS, 4, 2, 4, 2, RN_NAMES_packet_membership },
		{ "mr_alen", RN_FORM_UDEC, RN_FIELD_ALWAYS, 6, 2, 6, 2, 0 },
	};
	static const struct rn_fields fields = RN_FIELDS_OF(rows);
	size_t len = (size_t)rn_field_u(b, 6, 2);
	rn_put_u8(p->out, '{');
	rn_print_field_rows(p, &fields, 0, fields.n, b);
	RN_PUT(p, ", mr_address=");
	rn_print_form(p, RN_FORM_MAC, 0, rn_bytes_part(b, 8, len < 8 ? len : 8));
	rn_put_u8(p->out, '}');
}

static void put_ring(struct rn_print *p, struct rn_bytes b)
{
	static const struct rn_field rows[] = {
		{ "tp_block_size", RN_FORM_UDEC, RN_FIELD_ALWAYS, 0, 4, 0, 4, 0 },
		{ "tp_block_nr", RN_FORM_UDEC, RN_FIELD_ALWAYS, 4, 4, 4, 4, 0 },
		{ "tp_frame_size", RN_FORM_UDEC, RN_FIELD_ALWAYS, 8, 4, 8, 4, 0 },
		{ "tp_frame_nr", RN_FORM_UDEC, RN_FIELD_ALWAYS, 12, 4, 12, 4, 0 },
	};
	static const struct rn_fields fields = RN_FIELDS_OF(rows);
	rn_print_fields(p, &fields, b);
}

/* As many members as were taken; of a part of one its bytes. */
static void put_statistics(struct rn_print *p, struct rn_bytes b)
{
	static const char *const labels[] = { "{tp_packets=", ", tp_drops=", ", tp_freeze_q_cnt=" };
	for (unsigned i = 0; i < 3 && 4 * i < b.len; i++) {
		struct rn_bytes member = rn_bytes_part(b, 4 * i, 4);
		rn_put_text(p->out, labels[i]);
		if (member.len < 4)
			rn_print_quoted_hex(p, member);
		else
			rn_put_udec(p->out, rn_field_u(member, 0, 4));
	}
	rn_put_u8(p->out, '}');
}

static void put_number(struct rn_print *p, struct rn_bytes b)
{
	rn_put_u8(p->out, '[');
	rn_put_dec(p->out, rn_field_i(b, 0, 4));
	rn_put_u8(p->out, ']');
}

/* A number in decimal that has a name. */
static void put_txrehash(struct rn_print *p, struct rn_bytes b)
{
	int64_t v = rn_field_i(b, 0, 4);
	const char *name = rn_name_of(RN_NAMES_txrehash, p->abi, (uint64_t)v);
	bool numbers = rn_print_numbers(p);
	rn_put_u8(p->out, '[');
	if (numbers || !name)
		rn_put_dec(p->out, v);
	if (!numbers && !name) {
		RN_PUT(p, " /* SOCK_TXREHASH_??? */");
	} else if (rn_print_named(p)) {
		rn_put_text(p->out, name ? name : "SOCK_TXREHASH_???");
		rn_print_named_end(p);
	}
	rn_put_u8(p->out, ']');
}

/* An errno by its name. */
static void put_error(struct rn_print *p, struct rn_bytes b)
{
	int64_t v = rn_field_i(b, 0, 4);
	const char *name = v > 0 && v < 4096 ? rn_errno_name((int)v) : NULL;
	rn_put_u8(p->out, '[');
	if (name)
		rn_put_text(p->out, name);
	else
		rn_put_dec(p->out, v);
	rn_put_u8(p->out, ']');
}

static const struct {
	uint8_t least; /* bytes it needs */
	void (*put)(struct rn_print *p, struct rn_bytes b);
} shapes[] = {
	[NUMBER] = { 4, put_number },
	[ERROR] = { 4, put_error },
	[LINGER] = { 8, put_linger },
	[UCRED] = { 12, put_ucred },
	[FILTER] = { 16, rn_record_sock_fprog },
	[MREQ] = { 8, put_mreq },
	[MREQ6] = { 20, put_mreq6 },
	[GROUP] = { 8 + SOCKADDR_BYTES, put_group },
	[ICMP] = { 4, put_icmp },
	[MEMBERSHIP] = { 16, put_membership },
	[RING] = { 16, put_ring },
	[STATISTICS] = { 12, put_statistics },
	[TXREHASH] = { 4, put_txrehash },
};

static void put_value(struct rn_print *p, enum form form, uint64_t addr, uint64_t len, bool get)
{
	uint8_t bytes[8 + SOCKADDR_BYTES];
	if (get && !len) {
		rn_print_addr(p, addr);
		return;
	}
	if (form == BY_LENGTH && len == 4)
		form = NUMBER;
	if (form == BY_LENGTH) {
		rn_print_buffer(p, addr, len);
		return;
	}
	uint64_t least = form == FILTER ? 2 * p->word : form == GROUP ? p->word + SOCKADDR_BYTES :
		shapes[form].least;
	if (get && (form == LINGER || form == UCRED || form == STATISTICS) && len)
		least = len < least ? len : least;
	if (get && (form == NUMBER || form == ERROR || form == TXREHASH) && len && len < 4 &&
	    rn_print_read(p, addr, bytes, (size_t)len)) {
		rn_print_quoted_hex(p, rn_bytes_of(bytes, (size_t)len));
		return;
	}
	bool exact = form == FILTER || form == MEMBERSHIP || form == RING;
	if (len < least || (exact && len != least) ||
	    !rn_print_read(p, addr, bytes, (size_t)least))
		rn_print_addr(p, addr);
	else
		shapes[form].put(p, rn_bytes_of(bytes, (size_t)least));
}

bool rn_kind_sockopt_name(struct rn_print *p, unsigned i)
{
	bool get = p->desc->arg[3].dir & RN_OUT;
	uint64_t level = i > 0 ? p->args[i - 1] : 0;
	const char *name = rn_sockopt_name(level, p->args[i], get);
	enum rn_names_id table = rn_names_of_sockopt(level);
	if (name && rn_print_numbers(p))
		rn_put_hex(p->out, (uint32_t)p->args[i]);
	if (name && rn_print_named(p)) {
		rn_put_text(p->out, name);
		rn_print_named_end(p);
	}
	if (name)
		return true;
	if (table != RN_NAMES_none)
		rn_print_enum(p, table, (uint32_t)p->args[i]);
	else
		rn_put_udec(p->out, (uint32_t)p->args[i]);
	return true;
}

bool rn_kind_sockopt_val(struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	bool get = a->dir & RN_OUT;
	if (i < 2 || !rn_arg_phase(p, a)) {
		rn_print_addr(p, p->args[i]);
		return true;
	}
	int32_t len = (int32_t)rn_arg_length(p, a);
	enum form form = form_of(p, p->args[i - 2], p->args[i - 1], get);
	if (len < 0 && (get || form != BY_LENGTH))
		rn_print_addr(p, p->args[i]);
	else
		put_value(p, form, p->args[i], (uint32_t)len, get);
	return true;
}
