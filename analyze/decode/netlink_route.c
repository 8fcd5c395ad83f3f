/* SPDX-License-Identifier: MIT */
/* NETLINK_ROUTE: links, addresses, routes, neighbours, rules, queues. A message is a structure that
 * begins with an address family, then attributes; which ones the fours of types say (new, del, get,
 * set). A request may have no more of the structure than the family. */
#include "analyze/decode/netlink_rows.h"

#include "analyze/decode/sockets.h"

enum { AF_BRIDGE_ = 7, RTNL_FAMILY_IPMR_ = 128, RTNL_FAMILY_IP6MR_ = 129 };

static const struct rn_field link_rows[] = {
	FAMILY("ifi_family"),
	F("ifi_type", ENUM, 2, 2, RN_NAMES_arphrd),
	F("ifi_index", IFINDEX, 4, 4, 0),
	F("ifi_flags", FLAGS, 8, 4, RN_NAMES_interface_flags),
	F("ifi_change", HEX, 12, 4, 0),
};
static const struct rn_field address_rows[] = {
	FAMILY("ifa_family"),
	F("ifa_prefixlen", UDEC, 1, 1, 0),
	F("ifa_flags", FLAGS, 2, 1, RN_NAMES_ifa_flags),
	F("ifa_scope", ENUM, 3, 1, RN_NAMES_rt_scope),
	F("ifa_index", IFINDEX, 4, 4, 0),
};
static const struct rn_field label_rows[] = {
	FAMILY("ifal_family"),
	F("ifal_prefixlen", UDEC, 2, 1, 0),
	F("ifal_flags", UDEC, 3, 1, 0),
	F("ifal_index", IFINDEX, 4, 4, 0),
	F("ifal_seq", UDEC, 8, 4, 0),
};
static const struct rn_field route_rows[] = {
	FAMILY("rtm_family"),
	F("rtm_dst_len", UDEC, 1, 1, 0),
	F("rtm_src_len", UDEC, 2, 1, 0),
	F("rtm_tos", FLAGS, 3, 1, RN_NAMES_iptos),
	F("rtm_table", ENUM, 4, 1, RN_NAMES_rt_table),
	F("rtm_protocol", ENUM, 5, 1, RN_NAMES_rtprot),
	F("rtm_scope", ENUM, 6, 1, RN_NAMES_rt_scope),
	F("rtm_type", ENUM, 7, 1, RN_NAMES_rtn_type),
	F("rtm_flags", FLAGS, 8, 4, RN_NAMES_rtm_flags),
};
static const struct rn_field neighbour_rows[] = {
	FAMILY("ndm_family"),
	F("ndm_ifindex", IFINDEX, 4, 4, 0),
	F("ndm_state", FLAGS, 8, 2, RN_NAMES_nud_state),
	F("ndm_flags", FLAGS, 10, 1, RN_NAMES_ntf_flags),
	F("ndm_type", ENUM, 11, 1, RN_NAMES_rtn_type),
};
static const struct rn_field rule_rows[] = {
	FAMILY("family"),
	F("dst_len", UDEC, 1, 1, 0),
	F("src_len", UDEC, 2, 1, 0),
	F("tos", FLAGS, 3, 1, RN_NAMES_iptos),
	F("table", ENUM, 4, 1, RN_NAMES_rule_table),
	F("action", ENUM, 7, 1, RN_NAMES_fr_act),
	F("flags", FLAGS, 8, 4, RN_NAMES_fib_rule_flags),
};
static const struct rn_field queue_rows[] = {
	FAMILY("tcm_family"),
	F("tcm_ifindex", IFINDEX, 4, 4, 0),
	F("tcm_handle", UDEC, 8, 4, 0),
	F("tcm_parent", UDEC, 12, 4, 0),
	F("tcm_info", UDEC, 16, 4, 0),
};
static const struct rn_field hop_rows[] = {
	FAMILY("nh_family"),
	F("nh_scope", ENUM, 1, 1, RN_NAMES_rt_scope),
	F("nh_protocol", ENUM, 2, 1, RN_NAMES_rtprot),
	F_NONZERO("resvd", HEX, 3, 1, 0),
	F("nh_flags", FLAGS, 4, 4, RN_NAMES_nexthop_flags),
};
static const struct rn_field stats_rows[] = {
	FAMILY("family"),
	F_NONZERO("pad1", HEX, 1, 1, 0),
	F_NONZERO("pad2", HEX, 2, 2, 0),
	F("ifindex", IFINDEX, 4, 4, 0),
	F("filter_mask", FLAGS, 8, 4, RN_NAMES_ifla_stats_filter),
};
static const struct rn_field groups_rows[] = { FAMILY("family"), F("ifindex", IFINDEX, 4, 4, 0) };
static const struct rn_field dcb_rows[] = {
	FAMILY("dcb_family"), F("cmd", ENUM, 1, 1, RN_NAMES_dcb_command),
};
static const struct rn_field table_rows[] = { FAMILY("ndtm_family") };
static const struct rn_field config_rows[] = { FAMILY("ncm_family") };
static const struct rn_field action_rows[] = { FAMILY("tca_family") };
static const struct rn_field general_rows[] = { FAMILY("rtgen_family") };

/* Structures inside attributes. */
static const struct rn_field address_cache_rows[] = {
	F("ifa_prefered", UDEC, 0, 4, 0), F("ifa_valid", UDEC, 4, 4, 0),
	F("cstamp", UDEC, 8, 4, 0), F("tstamp", UDEC, 12, 4, 0),
};
FIELDS(address_cache);
static const struct rn_field route_cache_rows[] = {
	F("rta_clntref", UDEC, 0, 4, 0), F("rta_lastuse", UDEC, 4, 4, 0),
	F("rta_expires", UDEC, 8, 4, 0), F("rta_error", UDEC, 12, 4, 0),
	F("rta_used", UDEC, 16, 4, 0), F("rta_id", HEX, 20, 4, 0), F("rta_ts", UDEC, 24, 4, 0),
	F("rta_tsage", UDEC, 28, 4, 0),
};
FIELDS(route_cache);
static const struct rn_field forwarded_rows[] = {
	F("mfcs_packets", UDEC, 0, 8, 0), F("mfcs_bytes", UDEC, 8, 8, 0),
	F("mfcs_wrong_if", UDEC, 16, 8, 0),
};
FIELDS(forwarded);
static const struct rn_field neighbour_cache_rows[] = {
	F("ndm_confirmed", UDEC, 0, 4, 0), F("ndm_used", UDEC, 4, 4, 0),
	F("ndm_updated", UDEC, 8, 4, 0), F("ndm_refcnt", UDEC, 12, 4, 0),
};
FIELDS(neighbour_cache);
static const struct rn_field range32_rows[] = { F("start", UDEC, 0, 4, 0), F("end", UDEC, 4, 4, 0) };
FIELDS(range32);
static const struct rn_field range16_rows[] = { F("start", UDEC, 0, 2, 0), F("end", UDEC, 2, 2, 0) };
FIELDS(range16);
static const struct rn_field table_config_rows[] = {
	F("ndtc_key_len", UDEC, 0, 2, 0), F("ndtc_entry_size", UDEC, 2, 2, 0),
	F("ndtc_entries", UDEC, 4, 4, 0), F("ndtc_last_flush", UDEC, 8, 4, 0),
	F("ndtc_last_rand", UDEC, 12, 4, 0), F("ndtc_hash_rnd", UDEC, 16, 4, 0),
	F("ndtc_hash_mask", HEX8, 20, 4, 0), F("ndtc_hash_chain_gc", UDEC, 24, 4, 0),
	F("ndtc_proxy_qlen", UDEC, 28, 4, 0),
};
FIELDS(table_config);
static const struct rn_field table_stats_rows[] = {
	F("ndts_allocs", UDEC, 0, 8, 0), F("ndts_destroys", UDEC, 8, 8, 0),
	F("ndts_hash_grows", UDEC, 16, 8, 0), F("ndts_res_failed", UDEC, 24, 8, 0),
	F("ndts_lookups", UDEC, 32, 8, 0), F("ndts_hits", UDEC, 40, 8, 0),
	F("ndts_rcv_probes_mcast", UDEC, 48, 8, 0), F("ndts_rcv_probes_ucast", UDEC, 56, 8, 0),
	F("ndts_periodic_gc_runs", UDEC, 64, 8, 0), F("ndts_forced_gc_runs", UDEC, 72, 8, 0),
	F("ndts_table_fulls", UDEC, 80, 8, 0),
};
FIELDS(table_stats);
static const struct rn_field member_rows[] = {
	F("id", UDEC, 0, 4, 0), F("weight", UDEC, 4, 1, 0), F_NONZERO("resvd1", HEX, 5, 1, 0),
	F_NONZERO("resvd2", HEX, 6, 2, 0),
};
FIELDS(member);

static const struct rn_nlattr address_attr[] = {
	A(1, ADDRESS), A(2, ADDRESS), A(3, STRING), A(4, ADDRESS), A(5, ADDRESS),
	MORE(6, FIELDS, address_cache), A(7, ADDRESS), NAMED(8, FLAGS32, ifa_flags), A(9, U32),
	A(10, S32),
};
LIST(address, ifa_attr);
static const struct rn_nlattr label_attr[] = { A(1, ADDRESS), A(2, U32) };
LIST(label, ifal);
static const struct rn_nlattr metrics_attr[] = {
	A(1, U32), A(2, U32), A(3, U32), A(4, U32), A(5, U32), A(6, U32), A(7, U32), A(8, U32),
	A(9, U32), A(10, U32), A(11, U32), A(12, U32), A(13, U32), A(14, U32), A(15, U32),
	A(16, STRING),
};
LIST(metrics, rta_metrics);

/* struct rtvia: a family, its address. */
static bool put_via(struct rn_print *p, struct rn_piece w, const struct rn_nlattr_walk *walk)
{
	(void)walk;
	if (w.len < 2)
		return false;
	if (!rn_piece_whole(p, w, 2))
		return true;
	RN_PUT(p, "{rtvia_family=");
	rn_print_enum(p, RN_NAMES_socket_domain, rn_field_u(w.b, 0, 2));
	if (w.len > 2) {
		RN_PUT(p, ", ");
		rn_print_nladdress(p, "rtvia_addr", rn_piece_part(w, 2, w.len),
			(unsigned)rn_field_u(w.b, 0, 2));
	}
	rn_put_u8(p->out, '}');
	return true;
}
static const struct rn_nlattr_special via = { put_via };

static bool put_hops(struct rn_print *p, struct rn_piece w, const struct rn_nlattr_walk *walk);
static const struct rn_nlattr_special hops = { put_hops };

static const struct rn_nlattr route_attr[] = {
	A(1, ADDRESS), A(2, ADDRESS), A(3, IFINDEX), A(4, IFINDEX), A(5, ADDRESS), A(6, U32),
	A(7, ADDRESS), MORE(8, NESTED, metrics), MORE(9, SPECIAL, hops), A(10, U32), A(11, U32),
	MORE(12, FIELDS, route_cache), A(14, U32), NAMED(15, ENUM32, rt_table), A(16, U32),
	MORE(17, FIELDS, forwarded), MORE(18, SPECIAL, via), A(19, ADDRESS), A(20, U8),
	NAMED(21, ENUM16, lwtunnel), A(23, U64), A(25, U32), A(26, U8), A(27, U8), A(28, U16),
	A(29, U16),
};
LIST(route, rta_attr);

/* struct rtnexthop, one behind another, each with attributes. */
static bool put_hops(struct rn_print *p, struct rn_piece w, const struct rn_nlattr_walk *walk)
{
	static const struct rn_field rows[] = {
		F("rtnh_len", UDEC, 0, 2, 0), F("rtnh_flags", FLAGS, 2, 1, RN_NAMES_nexthop_flags),
		F("rtnh_hops", UDEC, 3, 1, 0), F("rtnh_ifindex", IFINDEX, 4, 4, 0),
	};
	static const struct rn_fields hop = RN_FIELDS_OF(rows);
	const size_t size = 8;
	if (w.len < size)
		return false;
	if (!rn_piece_whole(p, w, size))
		return true;
	bool several = rn_field_u(w.b, 0, 2) < w.len;
	if (several)
		rn_put_u8(p->out, '[');
	for (;;) {
		uint64_t said = rn_field_u(w.b, 0, 2), len = said < w.len ? said : w.len;
		bool more = len > size;
		if (more)
			rn_put_u8(p->out, '[');
		rn_print_fields(p, &hop, rn_bytes_part(w.b, 0, size));
		if (more) {
			RN_PUT(p, ", ");
			rn_print_nlattrs_in(p, &route, rn_piece_part(w, size, len - size), walk);
			rn_put_u8(p->out, ']');
		}
		said = (said + 3) & ~(uint64_t)3;
		if (said < size || said >= w.len || w.len - said < size)
			break;
		w = rn_piece_part(w, said, w.len);
		RN_PUT(p, ", ");
		if (!rn_piece_whole(p, w, size))
			break;
	}
	if (several)
		rn_put_u8(p->out, ']');
	return true;
}

static const struct rn_nlattr activity_attr[] = { SIZED(1, FLAGS, 1, fdb_notify) };
LIST(activity, nfea);
static const struct rn_nlattr neighbour_attr[] = {
	A(1, ADDRESS), A(2, HARDWARE), MORE(3, FIELDS, neighbour_cache), A(4, U32), A(5, U16),
	A(6, BE16), A(7, U32), A(8, IFINDEX), A(9, IFINDEX), A(10, U32), A(11, U32),
	NAMED(12, ENUM, protocol_inet), A(13, U32), MORE(14, NESTED, activity),
	SIZED(15, FLAGS, 4, ntf_ext), SIZED(16, FLAGS, 2, nud_state), SIZED(17, FLAGS, 1, ntf_flags),
};
LIST(neighbour, nda_attr);
static const struct rn_nlattr rule_attr[] = {
	A(1, ADDRESS), A(2, ADDRESS), A(3, STRING), A(4, U32), A(6, U32), A(10, U32), A(11, U32),
	A(12, BE64), A(13, U32), A(14, U32), NAMED(15, ENUM32, rt_table), A(16, U32), A(17, STRING),
	A(19, U8), MORE(20, FIELDS, range32), NAMED(21, ENUM8, rtprot), NAMED(22, ENUM, protocol_inet),
	MORE(23, FIELDS, range16), MORE(24, FIELDS, range16),
};
LIST(rule, fra_attr);
static const struct rn_nlattr parameters_attr[] = {
	A(1, IFINDEX), A(2, U32), A(3, U64), A(4, U64), A(5, U64), A(6, U64), A(7, U64), A(8, U32),
	A(9, U32), A(10, U32), A(11, U32), A(12, U64), A(13, U64), A(14, U32), A(15, U64),
	A(16, U32), A(17, U32), A(19, U64),
};
LIST(parameters, ndtpa_attr);
static const struct rn_nlattr table_attr[] = {
	A(1, STRING), A(2, U32), A(3, U32), A(4, U32), MORE(5, FIELDS, table_config),
	MORE(6, NESTED, parameters), GROWN(7, table_stats, 9), A(8, U64),
};
LIST(table, ndta_attr);
static const struct rn_nlattr config_attr[] = {
	A(1, IFINDEX), A(2, S32), A(3, S32), A(4, S32), A(5, S32), A(6, S32), A(7, S32), A(8, S32),
};
LIST(config, netconfa);
static const struct rn_nlattr namespace_attr[] = { A(1, S32), A(2, U32), A(3, FD), A(4, S32), A(5, S32) };
LIST(namespace, netnsa);
static const struct rn_nlattr none_attr[] = { A(0, BYTES) };
LIST(none, dcb_attr);
static const struct rn_nlattr hop_group_attr[] = { A(1, U16), A(2, TICKS), A(3, TICKS), A(4, TICKS) };
LIST(hop_group, nha_res_group);
static const struct rn_nlattr hop_bucket_attr[] = { A(1, U16), A(2, TICKS), A(3, U32) };
LIST(hop_bucket, nha_res_bucket);
static const struct rn_nlattr hop_attr[] = {
	A(1, U32), RECORDS(2, member, 8), SIZED(3, ENUM, 2, nexthop_group), A(4, U32), A(5, IFINDEX),
	A(6, ADDRESS), NAMED(7, ENUM16, lwtunnel), A(9, U32), A(10, IFINDEX), A(11, U32),
	MORE(12, NESTED, hop_group), MORE(13, NESTED, hop_bucket),
};
LIST(hop, nha);

/* struct br_mdb_entry: an address whose family is at its end, then attributes. */
static void put_entry_address(struct rn_print *p, struct rn_bytes b)
{
	unsigned family = (unsigned)rn_field_be(b, 24, 2);
	RN_PUT(p, ", addr={");
	rn_print_nlmember(p, "u", rn_bytes_part(b, 8, 16), family);
	RN_PUT(p, ", proto=htons(");
	rn_print_enum(p, RN_NAMES_socket_domain, family);
	RN_PUT(p, ")}}");
}
static const struct rn_nlattr entry_extra_attr[] = { A(1, TICKS) };
LIST(entry_extra, mdba_eattr);
static bool put_entry(struct rn_print *p, struct rn_piece w, const struct rn_nlattr_walk *walk)
{
	static const struct rn_field rows[] = {
		F("ifindex", IFINDEX, 0, 4, 0), F("state", ENUM, 4, 1, RN_NAMES_mdb_state),
		F("flags", FLAGS, 5, 1, RN_NAMES_mdb_flags), F("vid", UDEC, 6, 2, 0),
	};
	static const struct rn_fields entry = RN_FIELDS_OF(rows);
	const size_t size = 28;
	if (w.len < size)
		return false;
	if (!rn_piece_whole(p, w, size))
		return true;
	rn_put_u8(p->out, '{');
	rn_print_field_rows(p, &entry, 0, entry.n, w.b);
	struct rn_bytes b = rn_bytes_part(w.b, 0, size);
	put_entry_address(p, b);
	if (w.len > size) {
		RN_PUT(p, ", ");
		rn_print_nlattrs_in(p, &entry_extra, rn_piece_part(w, size, w.len), walk);
	}
	return true;
}
static const struct rn_nlattr_special entry = { put_entry };
static const struct rn_nlattr entries_attr[] = { MORE(1, SPECIAL, entry) };
LIST(entries, mdba_entry);
static const struct rn_nlattr group_entries_attr[] = { MORE(1, NESTED, entries) };
LIST(group_entries, mdba_mdb);
static const struct rn_nlattr router_port_attr[] = {
	A(1, TICKS), NAMED(2, ENUM8, mdb_router_type), A(3, TICKS), A(4, TICKS),
};
LIST(router_port, mdba_pattr);
static bool put_router(struct rn_print *p, struct rn_piece w, const struct rn_nlattr_walk *walk)
{
	if (w.len < 4)
		return false;
	if (!rn_piece_whole(p, w, 4))
		return true;
	rn_print_ifindex(p, (uint32_t)rn_field_u(w.b, 0, 4));
	if (w.len > 4) {
		RN_PUT(p, ", ");
		rn_print_nlattrs_in(p, &router_port, rn_piece_part(w, 4, w.len), walk);
	}
	return true;
}
static const struct rn_nlattr_special router = { put_router };
static const struct rn_nlattr routers_attr[] = { MORE(1, SPECIAL, router) };
LIST(routers, mdba_router);
static const struct rn_nlattr groups_attr[] = { MORE(1, NESTED, group_entries), MORE(2, NESTED, routers) };
LIST(groups, mdba);

static const struct rn_nlattr report4_attr[] = {
	SIZED(1, ENUM, 1, igmp_message), A(2, U32), A(3, ADDRESS4), A(4, ADDRESS4), A(6, U32),
};
LIST(report4, ipmra_report);
static const struct rn_nlattr report6_attr[] = {
	SIZED(1, ENUM, 1, mrt6_message), A(2, U32), A(3, ADDRESS6), A(4, ADDRESS6),
};
LIST(report6, ip6mra_report);

#define MESSAGE(rows, size, attributes) { size, RN_FIELDS_OF(rows##_rows), NULL, attributes }
static const struct kind {
	uint16_t first; /* of the four types */
	uint8_t verbs;  /* which of them there are, by bit */
	struct rn_nlmessage message;
} kinds[] = {
	{ 16, 15, MESSAGE(link, 16, &rn_nl_link) },
	{ 20, 7, MESSAGE(address, 8, &address) },
	{ 24, 7, MESSAGE(route, 12, &route) },
	{ 28, 7, MESSAGE(neighbour, 12, &neighbour) },
	{ 32, 7, MESSAGE(rule, 12, &rule) },
	{ 36, 7, MESSAGE(queue, 20, &rn_nl_traffic) },
	{ 40, 7, MESSAGE(queue, 20, &rn_nl_traffic) },
	{ 44, 7, MESSAGE(queue, 20, &rn_nl_traffic) },
	{ 48, 7, MESSAGE(action, 1, &rn_nl_action) },
	{ 56, 4, MESSAGE(address, 8, &address) }, /* multicast addresses */
	{ 60, 4, MESSAGE(address, 8, &address) }, /* anycast addresses */
	{ 64, 13, MESSAGE(table, 1, &table) },
	{ 72, 7, MESSAGE(label, 12, &label) },
	{ 76, 12, MESSAGE(dcb, 4, &none) },
	{ 80, 7, MESSAGE(config, 1, &config) },
	{ 84, 7, MESSAGE(groups, 8, &groups) },
	{ 88, 7, MESSAGE(general, 1, &namespace) },
	{ 92, 5, MESSAGE(stats, 12, &rn_nl_stats) },
	{ 100, 7, MESSAGE(queue, 20, &rn_nl_traffic) },
	{ 104, 7, MESSAGE(hop, 8, &hop) },
};

/* A report of a cache miss: its families are those of multicast routing. */
static void put_report(struct rn_print *p, struct rn_piece w)
{
	if (!rn_piece_whole(p, w, 1))
		return;
	unsigned family = w.b.p[0];
	const struct rn_nlattrs *list = family == RTNL_FAMILY_IPMR_ ? &report4 :
		family == RTNL_FAMILY_IP6MR_ ? &report6 : NULL;
	RN_PUT(p, "{rtgen_family=");
	rn_print_enum(p, rn_name_of(RN_NAMES_socket_domain, p->abi, family) ? RN_NAMES_socket_domain :
		RN_NAMES_rtnl_family, family);
	rn_put_u8(p->out, '}');
	if (w.len <= 4)
		return;
	RN_PUT(p, ", ");
	w = rn_piece_part(w, 4, w.len);
	if (list)
		rn_print_nlattrs(p, list, w, family);
	else
		rn_piece_hex(p, w);
}

bool rn_netlink_route(struct rn_print *p, unsigned type, struct rn_piece w, bool request)
{
	static const struct rn_nlmessage bridge_ports = MESSAGE(link, 16, &rn_nl_link);
	const unsigned get_neighbours = 30, new_report = 96;
	const struct rn_nlmessage *m = NULL;
	(void)request;
	for (size_t i = 0; i < RN_COUNT(kinds); i++)
		if (kinds[i].first == (type & ~3u) && kinds[i].verbs >> (type & 3) & 1)
			m = &kinds[i].message;
	if (type == get_neighbours && w.b.len && w.b.p[0] == AF_BRIDGE_)
		m = &bridge_ports; /* asks by link */
	if (type == new_report)
		put_report(p, w);
	else if (m)
		rn_print_nlmessage(p, m, w);
	else
		rn_print_nlfamily(p, w);
	return true;
}
