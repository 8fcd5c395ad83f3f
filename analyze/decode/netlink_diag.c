/* SPDX-License-Identifier: MIT */
/* NETLINK_SOCK_DIAG: which sockets there are. A request says what it asks for, an answer describes one
 * socket; both begin with the address family (<linux/inet_diag.h>, unix_diag.h, netlink_diag.h,
 * packet_diag.h, smc_diag.h). */
#include "analyze/decode/netlink_rows.h"

#include "analyze/decode/sockets.h"

enum { AF_UNIX_ = 1, AF_INET_ = 2, AF_INET6_ = 10, AF_NETLINK_ = 16, AF_PACKET_ = 17, AF_SMC_ = 43 };

/* struct inet_diag_sockid: ports, two addresses of 16 bytes, interface, cookie. */
static void put_socket_id(struct rn_print *p, struct rn_bytes b, unsigned family)
{
	static const struct rn_field rows[] = {
		F("idiag_if", IFINDEX, 36, 4, 0), F("idiag_cookie", UDECS, 40, 8, 2),
	};
	static const struct rn_fields rest = RN_FIELDS_OF(rows);
	rn_print_port(p, "id={idiag_sport=", rn_bytes_part(b, 0, 2));
	rn_print_port(p, ", idiag_dport=", rn_bytes_part(b, 2, 2));
	RN_PUT(p, ", ");
	rn_print_nlmember(p, "idiag_src", rn_bytes_part(b, 4, 16), family);
	RN_PUT(p, ", ");
	rn_print_nlmember(p, "idiag_dst", rn_bytes_part(b, 20, 16), family);
	RN_PUT(p, ", ");
	rn_print_field_rows(p, &rest, 0, rest.n, b);
	rn_put_u8(p->out, '}');
}

static const struct rn_field memory_rows[] = {
	F("idiag_rmem", UDEC, 0, 4, 0), F("idiag_wmem", UDEC, 4, 4, 0), F("idiag_fmem", UDEC, 8, 4, 0),
	F("idiag_tmem", UDEC, 12, 4, 0),
};
FIELDS(memory);
static const struct rn_field vegas_rows[] = {
	F("tcpv_enabled", UDEC, 0, 4, 0), F("tcpv_rttcnt", UDEC, 4, 4, 0), F("tcpv_rtt", UDEC, 8, 4, 0),
	F("tcpv_minrtt", UDEC, 12, 4, 0),
};
FIELDS(vegas);
static const struct rn_field dctcp_rows[] = {
	F("dctcp_enabled", UDEC, 0, 2, 0), F("dctcp_ce_state", UDEC, 2, 2, 0),
	F("dctcp_alpha", UDEC, 4, 4, 0), F("dctcp_ab_ecn", UDEC, 8, 4, 0),
	F("dctcp_ab_tot", UDEC, 12, 4, 0),
};
FIELDS(dctcp);
static const struct rn_field bbr_rows[] = {
	F("bbr_bw_lo", HEX, 0, 4, 0), F("bbr_bw_hi", HEX, 4, 4, 0), F("bbr_min_rtt", UDEC, 8, 4, 0),
	F("bbr_pacing_gain", UDEC, 12, 4, 0), F("bbr_cwnd_gain", UDEC, 16, 4, 0),
};
FIELDS(bbr);
static const struct rn_field file_rows[] = {
	F("udiag_vfs_dev", DEV, 4, 4, 0), F("udiag_vfs_ino", UDEC, 0, 4, 0),
};
FIELDS(file);
static const struct rn_field queue_rows[] = {
	F("udiag_rqueue", UDEC, 0, 4, 0), F("udiag_wqueue", UDEC, 4, 4, 0),
};
FIELDS(queue);
static const struct rn_field ring_rows[] = {
	F("ndr_block_size", UDEC, 0, 4, 0), F("ndr_block_nr", UDEC, 4, 4, 0),
	F("ndr_frame_size", UDEC, 8, 4, 0), F("ndr_frame_nr", UDEC, 12, 4, 0),
};
FIELDS(ring);
static const struct rn_field packet_info_rows[] = {
	F("pdi_index", IFINDEX, 0, 4, 0), F("pdi_version", ENUM, 4, 4, RN_NAMES_packet_version),
	F("pdi_reserve", UDEC, 8, 4, 0), F("pdi_copy_thresh", UDEC, 12, 4, 0),
	F("pdi_tstamp", UDEC, 16, 4, 0), F("pdi_flags", FLAGS, 20, 4, RN_NAMES_packet_info),
};
FIELDS(packet_info);
static const struct rn_field packet_ring_rows[] = {
	F("pdr_block_size", UDEC, 0, 4, 0), F("pdr_block_nr", UDEC, 4, 4, 0),
	F("pdr_frame_size", UDEC, 8, 4, 0), F("pdr_frame_nr", UDEC, 12, 4, 0),
	F("pdr_retire_tmo", UDEC, 16, 4, 0), F("pdr_sizeof_priv", UDEC, 20, 4, 0),
	F("pdr_features", UDEC, 24, 4, 0),
};
FIELDS(packet_ring);
static const struct rn_field direct_rows[] = {
	F("linkid", UDEC, 0, 4, 0), F("peer_gid", HEX, 8, 8, 0), F("my_gid", HEX, 16, 8, 0),
	F("token", HEX, 24, 8, 0), F("peer_token", HEX, 32, 8, 0),
};
FIELDS(direct);
static const struct rn_field fallback_rows[] = {
	F("reason", ENUM_CODE, 0, 4, RN_NAMES_smc_decline),
	F("peer_diagnosis", ENUM_CODE, 4, 4, RN_NAMES_smc_decline),
};
FIELDS(fallback);

/* struct inet_diag_sockopt: bits; with -v those that are not set too. */
static bool put_options(struct rn_print *p, struct rn_piece w, const struct rn_nlattr_walk *walk)
{
	static const char *const names[] = { "recverr", "is_icsk", "freebind", "hdrincl", "mc_loop",
		"transparent", "mc_all", "nodefrag", "bind_address_no_port", "recverr_rfc4884",
		"defer_connect" };
	const char *separator = "{";
	(void)walk;
	if (w.len < 2)
		return false;
	if (!rn_piece_whole(p, w, 2))
		return true;
	uint64_t v = rn_field_u(w.b, 0, 2), unused = v >> RN_COUNT(names);
	for (unsigned i = 0; i < RN_COUNT(names); i++) {
		if (!(v >> i & 1) && !p->style->verbose)
			continue;
		rn_put_format(p->out, "%s%s=%u", separator, names[i], (unsigned)(v >> i & 1));
		separator = ", ";
	}
	if (unused || p->style->verbose) {
		rn_put_format(p->out, "%sunused=", separator);
		rn_put_hex(p->out, unused);
		RN_PUT(p, " /* bits 3..8 */");
		separator = ", ";
	}
	rn_put_text(p->out, separator[0] == '{' ? "{}" : "}");
	bool zero = true;
	for (size_t i = 2; i < w.b.len; i++)
		zero = zero && !w.b.p[i];
	if (w.len > 2 && (!zero || w.b.len < w.len)) {
		rn_put_format(p->out, ", /* bytes 2..%llu */ ", (unsigned long long)w.len - 1);
		rn_piece_hex(p, rn_piece_part(w, 2, w.len));
	}
	return true;
}
static const struct rn_nlattr_special options = { put_options };

/* struct tcp_diag_md5sig */
static void put_key(struct rn_print *p, struct rn_bytes b, size_t i, const void *arg)
{
	static const struct rn_field rows[] = {
		F("tcpm_family", ENUM, 0, 1, RN_NAMES_socket_domain), F("tcpm_prefixlen", UDEC, 1, 1, 0),
		F("tcpm_keylen", UDEC, 2, 2, 0),
	};
	static const struct rn_fields head = RN_FIELDS_OF(rows);
	const size_t most = 80;
	size_t len = (size_t)rn_field_u(b, 2, 2);
	(void)i, (void)arg;
	rn_put_u8(p->out, '{');
	rn_print_field_rows(p, &head, 0, head.n, b);
	RN_PUT(p, ", ");
	rn_print_nlmember(p, "tcpm_addr", rn_bytes_part(b, 4, 16), (unsigned)rn_field_u(b, 0, 1));
	RN_PUT(p, ", tcpm_key=");
	rn_print_quoted_hex(p, rn_bytes_part(b, 20, len < most ? len : most));
	rn_put_u8(p->out, '}');
}
static bool put_keys(struct rn_print *p, struct rn_piece w, const struct rn_nlattr_walk *walk)
{
	(void)walk;
	return rn_print_nlarray(p, w, 100, put_key, NULL);
}
static const struct rn_nlattr_special keys = { put_keys };

static void put_sockaddr(struct rn_print *p, struct rn_bytes b, size_t i, const void *arg)
{
	(void)i, (void)arg;
	rn_print_sockaddr_bytes(p, b);
}
static bool put_sockaddrs(struct rn_print *p, struct rn_piece w, const struct rn_nlattr_walk *walk)
{
	(void)walk;
	return rn_print_nlarray(p, w, 128, put_sockaddr, NULL);
}
static const struct rn_nlattr_special sockaddrs = { put_sockaddrs };

/* Upper layers */
static const struct rn_nlattr tls_attr[] = {
	SIZED(1, ENUM, 2, tls_version), SIZED(2, ENUM, 2, tls_cipher), SIZED(3, ENUM, 2, tls_config),
	SIZED(4, ENUM, 2, tls_config),
};
LIST(tls, tls_info);
static const struct rn_nlattr mptcp_attr[] = {
	A(1, X32), A(2, X32), A(3, U32), A(4, U64), A(5, U32), A(6, U32), A(7, U16),
	SIZED(8, FLAGS, 4, mptcp_flags), A(9, U8), A(10, U8),
};
LIST(mptcp, mptcp_subflow);
static const struct rn_nlattr upper_attr[] = { A(1, STRING), MORE(2, NESTED, tls), MORE(3, NESTED, mptcp) };
LIST(upper, ulp_info);
static const struct rn_nlattr storage_attr[] = { A(2, U32), A(3, XINT) };
LIST(storage, sk_storage);
static const struct rn_nlattr storages_attr[] = { MORE(1, NESTED, storage) };
LIST(storages, sk_storages);

static const struct rn_nlattr inet_attr[] = {
	MORE(1, FIELDS, memory), MORE(3, FIELDS, vegas), A(4, STRING), A(5, U8), A(6, U8),
	NAMED(7, U32S, sk_meminfo), SIZED(8, FLAGS_CODE, 1, socket_shutdown), MORE(9, FIELDS, dctcp),
	NAMED(10, ENUM, protocol_inet), A(11, U8), MORE(12, SPECIAL, sockaddrs),
	MORE(13, SPECIAL, sockaddrs), A(15, U32), MORE(16, FIELDS, bbr), A(17, U32),
	MORE(18, SPECIAL, keys), MORE(19, NESTED, upper), MORE(20, NESTED, storages), A(21, U64),
	MORE(22, SPECIAL, options),
};
LIST(inet, inet_diag_attr);
static const struct rn_nlattr unix_socket_attr[] = {
	A(0, STRING), MORE(1, FIELDS, file), A(2, U32), A(3, U32S), MORE(4, FIELDS, queue),
	NAMED(5, U32S, sk_meminfo), A(6, U8), A(7, ID),
};
LIST(unix_socket, unix_diag_attr);
static const struct rn_nlattr netlink_attr[] = {
	NAMED(0, U32S, sk_meminfo), A(1, WORDS), MORE(2, FIELDS, ring), MORE(3, FIELDS, ring),
	NAMED(4, FLAGS32, ndiag_flags),
};
LIST(netlink, netlink_diag_attr);

/* What a request for internet sockets may hold: a program that picks them. */
static bool put_condition(struct rn_print *p, struct rn_piece w)
{
	static const struct rn_field rows[] = {
		F("family", ENUM, 0, 1, RN_NAMES_socket_domain), F("prefix_len", UDEC, 1, 1, 0),
		F("port", UDEC, 4, 4, 0),
	};
	static const struct rn_fields condition = RN_FIELDS_OF(rows);
	const size_t size = 8;
	if (w.len < size)
		return false;
	if (!rn_piece_whole(p, w, size))
		return true;
	rn_put_u8(p->out, '{');
	rn_print_field_rows(p, &condition, 0, condition.n, rn_bytes_part(w.b, 0, size));
	if (w.len > size) {
		RN_PUT(p, ", ");
		rn_print_nladdress(p, "addr", rn_piece_part(w, size, w.len), (unsigned)w.b.p[0]);
	}
	rn_put_u8(p->out, '}');
	return true;
}

static const struct rn_field step_rows[] = {
	F("code", ENUM, 0, 1, RN_NAMES_inet_diag_code), F("yes", UDEC, 1, 1, 0), F("no", UDEC, 2, 2, 0),
};
FIELDS(step);
static const struct rn_field mark_rows[] = { F("mark", UDEC, 0, 4, 0), F("mask", UDEC, 4, 4, 0) };
FIELDS(mark);

static bool put_operand(struct rn_print *p, struct rn_piece w, unsigned code)
{
	enum { S_GE = 2, D_LE = 5, S_COND = 7, D_COND = 8, DEV_COND = 9, MARK_COND = 10 };
	const struct rn_fields *f = code >= S_GE && code <= D_LE ? &step : code == MARK_COND ? &mark : NULL;
	size_t size = f ? rn_fields_bytes(f) : 4;
	if (code == S_COND || code == D_COND)
		return put_condition(p, w);
	if ((!f && code != DEV_COND) || w.len < size)
		return false;
	if (!rn_piece_whole(p, w, size))
		return true;
	if (f)
		rn_print_fields(p, f, rn_bytes_part(w.b, 0, size));
	else
		rn_print_ifindex(p, (uint32_t)rn_field_u(w.b, 0, 4));
	return true;
}

static bool put_program(struct rn_print *p, struct rn_piece w, const struct rn_nlattr_walk *walk)
{
	const size_t size = 4;
	(void)walk;
	if (w.len < size)
		return false;
	if (!rn_piece_whole(p, w, size))
		return true;
	rn_print_fields(p, &step, rn_bytes_part(w.b, 0, size));
	if (w.len > size) {
		struct rn_piece operand = rn_piece_part(w, size, w.len);
		RN_PUT(p, ", ");
		if (!put_operand(p, operand, w.b.p[0]))
			rn_piece_hex(p, operand);
	}
	return true;
}
static const struct rn_nlattr_special program = { put_program };
static const struct rn_nlattr inet_ask_attr[] = {
	MORE(1, SPECIAL, program), NAMED(3, ENUM, protocol_inet),
};
LIST(inet_ask, inet_diag_req);

/* Packet sockets */
static void put_group(struct rn_print *p, struct rn_bytes b, size_t i, const void *arg)
{
	static const struct rn_field rows[] = {
		F("pdmc_index", IFINDEX, 0, 4, 0), F("pdmc_count", UDEC, 4, 4, 0),
		F("pdmc_type", UDEC, 8, 2, 0), F("pdmc_alen", UDEC, 10, 2, 0),
	};
	static const struct rn_fields head = RN_FIELDS_OF(rows);
	size_t len = (size_t)rn_field_u(b, 10, 2);
	(void)i, (void)arg;
	rn_put_u8(p->out, '{');
	rn_print_field_rows(p, &head, 0, head.n, b);
	RN_PUT(p, ", pdmc_addr=");
	rn_print_quoted_hex(p, rn_bytes_part(b, 12, len < 32 ? len : 32));
	rn_put_u8(p->out, '}');
}
static bool put_groups(struct rn_print *p, struct rn_piece w, const struct rn_nlattr_walk *walk)
{
	(void)walk;
	return rn_print_nlarray(p, w, 44, put_group, NULL);
}
static const struct rn_nlattr_special groups = { put_groups };
/* The instructions of a filter: where they are, unless all is to be shown. */
static bool put_filter(struct rn_print *p, struct rn_piece w, const struct rn_nlattr_walk *walk)
{
	const size_t instruction = 8;
	(void)walk;
	if (w.len < instruction)
		return false;
	rn_print_filter_program(p, w.addr, w.len / instruction);
	return true;
}
static const struct rn_nlattr_special filter = { put_filter };
static const struct rn_nlattr packet_attr[] = {
	MORE(0, FIELDS, packet_info), MORE(1, SPECIAL, groups), MORE(2, FIELDS, packet_ring),
	MORE(3, FIELDS, packet_ring), A(4, U32), A(5, ID), NAMED(6, U32S, sk_meminfo), MORE(7, SPECIAL, filter),
};
LIST(packet, packet_diag_attr);

/* Shared memory communication */
static void put_cursor(struct rn_print *p, const char *label, struct rn_bytes b, size_t off)
{
	static const struct rn_field rows[] = {
		F("reserved", UDEC, 0, 2, 0), F("wrap", UDEC, 2, 2, 0), F("count", UDEC, 4, 4, 0),
	};
	static const struct rn_fields cursor = RN_FIELDS_OF(rows);
	rn_put_text(p->out, label);
	rn_print_fields(p, &cursor, rn_bytes_part(b, off, 8));
}
static bool put_connection(struct rn_print *p, struct rn_piece w, const struct rn_nlattr_walk *walk)
{
	static const struct rn_field rows[] = {
		F("token", UDEC, 0, 4, 0), F("sndbuf_size", UDEC, 4, 4, 0), F("rmbe_size", UDEC, 8, 4, 0),
		F("peer_rmbe_size", UDEC, 12, 4, 0), F("rx_prod_flags", HEX_FULL, 48, 1, 0),
		F("rx_conn_state_flags", HEX_FULL, 49, 1, 0), F("tx_prod_flags", HEX_FULL, 50, 1, 0),
		F("tx_conn_state_flags", HEX_FULL, 51, 1, 0),
	};
	static const struct rn_fields fields = RN_FIELDS_OF(rows);
	const size_t size = 76;
	(void)walk;
	if (w.len < size)
		return false;
	if (!rn_piece_whole(p, w, size))
		return true;
	rn_put_u8(p->out, '{');
	rn_print_field_rows(p, &fields, 0, 4, w.b);
	put_cursor(p, ", rx_prod=", w.b, 16);
	put_cursor(p, ", rx_cons=", w.b, 24);
	put_cursor(p, ", tx_prod=", w.b, 32);
	put_cursor(p, ", tx_cons=", w.b, 40);
	rn_print_field_rows(p, &fields, 4, fields.n, w.b);
	put_cursor(p, ", tx_prep=", w.b, 52);
	put_cursor(p, ", tx_sent=", w.b, 60);
	put_cursor(p, ", tx_fin=", w.b, 68);
	rn_put_u8(p->out, '}');
	return true;
}
static const struct rn_nlattr_special connection = { put_connection };
static bool put_link_group(struct rn_print *p, struct rn_piece w, const struct rn_nlattr_walk *walk)
{
	static const struct rn_field rows[] = {
		F("link_id", UDEC, 0, 1, 0), F("ibname", NAME, 1, 64, 0), F("ibport", UDEC, 65, 1, 0),
		F("gid", NAME, 66, 40, 0), F("peer_gid", NAME, 106, 40, 0),
	};
	static const struct rn_fields link = RN_FIELDS_OF(rows);
	const size_t size = 147;
	(void)walk;
	if (w.len < size)
		return false;
	if (!rn_piece_whole(p, w, size))
		return true;
	RN_PUT(p, "{lnk=[");
	rn_print_fields(p, &link, w.b);
	RN_PUT(p, "], role=");
	rn_print_enum(p, RN_NAMES_smc_role, rn_field_u(w.b, 146, 1));
	rn_put_u8(p->out, '}');
	return true;
}
static const struct rn_nlattr_special link_group = { put_link_group };
static const struct rn_nlattr smc_attr[] = {
	MORE(1, SPECIAL, connection), MORE(2, SPECIAL, link_group), SIZED(3, FLAGS, 1, socket_shutdown),
	MORE(4, FIELDS, direct), MORE(5, FIELDS, fallback),
};
LIST(smc, smc_diag);

/* Messages */
static const struct rn_field inet_request_rows[] = {
	FAMILY("sdiag_family"), F("sdiag_protocol", ENUM, 1, 1, RN_NAMES_protocol_inet),
	F("idiag_ext", FLAGS, 2, 1, RN_NAMES_inet_diag_ext), F("idiag_states", FLAGS, 4, 4, RN_NAMES_tcp_states),
};
static void put_inet_request(struct rn_print *p, struct rn_bytes b)
{
	static const struct rn_fields fields = RN_FIELDS_OF(inet_request_rows);
	rn_print_field_rows(p, &fields, 1, fields.n, b);
	RN_PUT(p, ", ");
	put_socket_id(p, rn_bytes_part(b, 8, 48), b.p[0]);
}
static const struct rn_field old_request_rows[] = {
	FAMILY("idiag_family"), F("idiag_src_len", UDEC, 1, 1, 0), F("idiag_dst_len", UDEC, 2, 1, 0),
	F("idiag_ext", FLAGS, 3, 1, RN_NAMES_inet_diag_ext),
	F("idiag_states", FLAGS, 52, 4, RN_NAMES_tcp_states), F("idiag_dbs", UDEC, 56, 4, 0),
};
static void put_old_request(struct rn_print *p, struct rn_bytes b)
{
	static const struct rn_fields fields = RN_FIELDS_OF(old_request_rows);
	rn_print_field_rows(p, &fields, 1, 4, b);
	RN_PUT(p, ", ");
	put_socket_id(p, rn_bytes_part(b, 4, 48), b.p[0]);
	rn_print_field_rows(p, &fields, 4, fields.n, b);
}
static const struct rn_field inet_answer_rows[] = {
	FAMILY("idiag_family"), F("idiag_state", ENUM, 1, 1, RN_NAMES_tcp_state),
	F("idiag_timer", UDEC, 2, 1, 0), F("idiag_retrans", UDEC, 3, 1, 0),
	F("idiag_expires", UDEC, 52, 4, 0), F("idiag_rqueue", UDEC, 56, 4, 0),
	F("idiag_wqueue", UDEC, 60, 4, 0), F("idiag_uid", UDEC, 64, 4, 0),
	F("idiag_inode", UDEC, 68, 4, 0),
};
static void put_inet_answer(struct rn_print *p, struct rn_bytes b)
{
	static const struct rn_fields fields = RN_FIELDS_OF(inet_answer_rows);
	rn_print_field_rows(p, &fields, 1, 4, b);
	RN_PUT(p, ", ");
	put_socket_id(p, rn_bytes_part(b, 4, 48), b.p[0]);
	rn_print_field_rows(p, &fields, 4, fields.n, b);
}
static const struct rn_field unix_request_rows[] = {
	FAMILY("sdiag_family"), F("sdiag_protocol", UDEC, 1, 1, 0),
	F("udiag_states", FLAGS, 4, 4, RN_NAMES_tcp_states), F("udiag_ino", UDEC, 8, 4, 0),
	F("udiag_show", FLAGS, 12, 4, RN_NAMES_udiag_show), F("udiag_cookie", UDECS, 16, 8, 2),
};
static const struct rn_field unix_answer_rows[] = {
	FAMILY("udiag_family"), F("udiag_type", ENUM, 1, 1, RN_NAMES_socket_kind),
	F("udiag_state", ENUM, 2, 1, RN_NAMES_tcp_state), F("udiag_ino", UDEC, 4, 4, 0),
	F("udiag_cookie", UDECS, 8, 8, 2),
};
static const struct rn_field netlink_request_rows[] = {
	FAMILY("sdiag_family"), F("ndiag_ino", UDEC, 4, 4, 0),
	F("ndiag_show", FLAGS, 8, 4, RN_NAMES_ndiag_show), F("ndiag_cookie", UDECS, 12, 8, 2),
};
static void put_netlink_request(struct rn_print *p, struct rn_bytes b)
{
	static const struct rn_fields fields = RN_FIELDS_OF(netlink_request_rows);
	const uint8_t all = 255;
	RN_PUT(p, ", sdiag_protocol=");
	if (b.p[1] == all)
		RN_PUT(p, "NDIAG_PROTO_ALL");
	else
		rn_print_enum(p, RN_NAMES_protocol_netlink, b.p[1]);
	rn_print_field_rows(p, &fields, 1, fields.n, b);
}
static const struct rn_field netlink_answer_rows[] = {
	FAMILY("ndiag_family"), F("ndiag_type", ENUM, 1, 1, RN_NAMES_socket_kind),
	F("ndiag_protocol", ENUM, 2, 1, RN_NAMES_protocol_netlink),
	F("ndiag_state", ENUM, 3, 1, RN_NAMES_netlink_state), F("ndiag_portid", UDEC, 4, 4, 0),
	F("ndiag_dst_portid", UDEC, 8, 4, 0), F("ndiag_dst_group", UDEC, 12, 4, 0),
	F("ndiag_ino", UDEC, 16, 4, 0), F("ndiag_cookie", UDECS, 20, 8, 2),
};
static const struct rn_field packet_request_rows[] = {
	FAMILY("sdiag_family"), F("sdiag_protocol", HEX, 1, 1, 0), F("pdiag_ino", UDEC, 4, 4, 0),
	F("pdiag_show", FLAGS, 8, 4, RN_NAMES_pdiag_show), F("pdiag_cookie", UDECS, 12, 8, 2),
};
static const struct rn_field packet_answer_rows[] = {
	FAMILY("pdiag_family"), F("pdiag_type", ENUM, 1, 1, RN_NAMES_socket_kind),
	F("pdiag_num", ENUM, 2, 2, RN_NAMES_ethertype), F("pdiag_ino", UDEC, 4, 4, 0),
	F("pdiag_cookie", UDECS, 8, 8, 2),
};
static const struct rn_field smc_request_rows[] = {
	FAMILY("diag_family"), F("diag_ext", FLAGS, 3, 1, RN_NAMES_smc_diag_ext),
};
static void put_smc_request(struct rn_print *p, struct rn_bytes b)
{
	static const struct rn_fields fields = RN_FIELDS_OF(smc_request_rows);
	rn_print_field_rows(p, &fields, 1, fields.n, b);
	RN_PUT(p, ", ");
	put_socket_id(p, rn_bytes_part(b, 4, 48), AF_INET_);
}
static const struct rn_field smc_answer_rows[] = {
	FAMILY("diag_family"), F("diag_state", ENUM, 1, 1, RN_NAMES_smc_state),
	F("diag_fallback", ENUM, 2, 1, RN_NAMES_smc_mode), F("diag_shutdown", UDEC, 3, 1, 0),
	F("diag_uid", UDEC, 52, 4, 0), F("diag_inode", UDEC, 56, 8, 0),
};
static void put_smc_answer(struct rn_print *p, struct rn_bytes b)
{
	static const struct rn_fields fields = RN_FIELDS_OF(smc_answer_rows);
	rn_print_field_rows(p, &fields, 1, 4, b);
	RN_PUT(p, ", ");
	put_socket_id(p, rn_bytes_part(b, 4, 48), AF_INET_);
	rn_print_field_rows(p, &fields, 4, fields.n, b);
}

#define MESSAGE(name, size, put, attributes) { size, RN_FIELDS_OF(name##_rows), put, attributes }
static const struct kind {
	uint8_t family;
	struct rn_nlmessage request, answer;
} kinds[] = {
	{ AF_UNIX_, MESSAGE(unix_request, 24, NULL, NULL), MESSAGE(unix_answer, 16, NULL, &unix_socket) },
	{ AF_INET_, MESSAGE(inet_request, 56, put_inet_request, &inet_ask),
		MESSAGE(inet_answer, 72, put_inet_answer, &inet) },
	{ AF_INET6_, MESSAGE(inet_request, 56, put_inet_request, &inet_ask),
		MESSAGE(inet_answer, 72, put_inet_answer, &inet) },
	{ AF_NETLINK_, MESSAGE(netlink_request, 20, put_netlink_request, NULL),
		MESSAGE(netlink_answer, 28, NULL, &netlink) },
	{ AF_PACKET_, MESSAGE(packet_request, 20, NULL, NULL), MESSAGE(packet_answer, 16, NULL, &packet) },
	{ AF_SMC_, MESSAGE(smc_request, 52, put_smc_request, NULL),
		MESSAGE(smc_answer, 64, put_smc_answer, &smc) },
};

bool rn_netlink_diag(struct rn_print *p, unsigned type, struct rn_piece w, bool request)
{
	static const struct rn_nlmessage old =
		MESSAGE(old_request, 60, put_old_request, &inet_ask);
	const unsigned get_tcp = 18, get_dccp = 19;
	if (!rn_piece_whole(p, w, 1))
		return true;
	unsigned family = w.b.p[0];
	bool by_protocol = type == get_tcp || type == get_dccp;
	for (size_t i = 0; i < RN_COUNT(kinds) && w.len > 1; i++) {
		const struct kind *k = &kinds[i];
		if (k->family != family)
			continue;
		bool inet_family = family == AF_INET_ || family == AF_INET6_;
		rn_print_nlmessage(p, !request ? &k->answer : by_protocol && inet_family ? &old :
			&k->request, w);
		return true;
	}
	rn_print_nlfamily(p, w);
	return true;
}
