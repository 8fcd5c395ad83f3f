/* SPDX-License-Identifier: MIT */
/* NETLINK_ROUTE: links, addresses, routes, neighbours, rules, queues. A message is a structure that
 * begins with an address family, then attributes; which ones the fours of types say (new, del, get,
 * set). A request may have no more of the structure than the family. */
#include "analyze/decode/netlink.h"

#define F(name, form, off, size, aux) \
	{ name, RN_FORM_##form, RN_FIELD_ALWAYS, off, size, off, size, aux }
#define FAMILY(name) F(name, ENUM, 0, 1, RN_NAMES_socket_domain)

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
static const struct rn_field route_rows[] = {
	FAMILY("rtm_family"),
	F("rtm_dst_len", UDEC, 1, 1, 0),
	F("rtm_src_len", UDEC, 2, 1, 0),
	F("rtm_tos", HEX, 3, 1, 0),
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
	F("tos", HEX, 3, 1, 0),
	F("table", ENUM, 4, 1, RN_NAMES_rt_table),
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
static const struct rn_field table_rows[] = { FAMILY("ndtm_family") };
static const struct rn_field config_rows[] = { FAMILY("ncm_family") };

/* Structures inside attributes. */
#define COUNTS(R, size) \
	R("rx_packets", 0, size) R("tx_packets", 1, size) R("rx_bytes", 2, size) R("tx_bytes", 3, size) \
	R("rx_errors", 4, size) R("tx_errors", 5, size) R("rx_dropped", 6, size) \
	R("tx_dropped", 7, size) R("multicast", 8, size) R("collisions", 9, size) \
	R("rx_length_errors", 10, size) R("rx_over_errors", 11, size) R("rx_crc_errors", 12, size) \
	R("rx_frame_errors", 13, size) R("rx_fifo_errors", 14, size) \
	R("rx_missed_errors", 15, size) R("tx_aborted_errors", 16, size) \
	R("tx_carrier_errors", 17, size) R("tx_fifo_errors", 18, size) \
	R("tx_heartbeat_errors", 19, size) R("tx_window_errors", 20, size) \
	R("rx_compressed", 21, size) R("tx_compressed", 22, size) R("rx_nohandler", 23, size)
#define COUNT(name, i, size) F(name, UDEC, (i) * (size), size, 0),
static const struct rn_field stats_rows[] = { COUNTS(COUNT, 4) };
static const struct rn_field stats64_rows[] = {
	COUNTS(COUNT, 8) COUNT("rx_otherhost_dropped", 24, 8)
};
static const struct rn_field address_cache_rows[] = {
	F("ifa_prefered", UDEC, 0, 4, 0), F("ifa_valid", UDEC, 4, 4, 0),
	F("cstamp", UDEC, 8, 4, 0), F("tstamp", UDEC, 12, 4, 0),
};
static const struct rn_field route_cache_rows[] = {
	F("rta_clntref", UDEC, 0, 4, 0), F("rta_lastuse", UDEC, 4, 4, 0),
	F("rta_expires", DEC, 8, 4, 0), F("rta_error", UDEC, 12, 4, 0),
	F("rta_used", UDEC, 16, 4, 0), F("rta_id", HEX, 20, 4, 0), F("rta_ts", UDEC, 24, 4, 0),
	F("rta_tsage", UDEC, 28, 4, 0),
};
static const struct rn_field neighbour_cache_rows[] = {
	F("ndm_confirmed", UDEC, 0, 4, 0), F("ndm_used", UDEC, 4, 4, 0),
	F("ndm_updated", UDEC, 8, 4, 0), F("ndm_refcnt", UDEC, 12, 4, 0),
};
static const struct rn_field basic_rows[] = {
	F("bytes", UDEC, 0, 8, 0), F("packets", UDEC, 8, 4, 0),
};
static const struct rn_field qdisc_rows[] = {
	F("qlen", UDEC, 0, 4, 0), F("backlog", UDEC, 4, 4, 0), F("drops", UDEC, 8, 4, 0),
	F("requeues", UDEC, 12, 4, 0), F("overlimits", UDEC, 16, 4, 0),
};
static const struct rn_field tc_stats_rows[] = {
	F("bytes", UDEC, 0, 8, 0), F("packets", UDEC, 8, 4, 0), F("drops", UDEC, 12, 4, 0),
	F("overlimits", UDEC, 16, 4, 0), F("bps", UDEC, 20, 4, 0), F("pps", UDEC, 24, 4, 0),
	F("qlen", UDEC, 28, 4, 0), F("backlog", UDEC, 32, 4, 0),
};
static const struct rn_field table_config_rows[] = {
	F("ndtc_key_len", UDEC, 0, 2, 0), F("ndtc_entry_size", UDEC, 2, 2, 0),
	F("ndtc_entries", UDEC, 4, 4, 0), F("ndtc_last_flush", UDEC, 8, 4, 0),
	F("ndtc_last_rand", UDEC, 12, 4, 0), F("ndtc_hash_rnd", UDEC, 16, 4, 0),
	F("ndtc_hash_mask", HEX8, 20, 4, 0), F("ndtc_hash_chain_gc", UDEC, 24, 4, 0),
	F("ndtc_proxy_qlen", UDEC, 28, 4, 0),
};
static const struct rn_field table_stats_rows[] = {
	F("ndts_allocs", UDEC, 0, 8, 0), F("ndts_destroys", UDEC, 8, 8, 0),
	F("ndts_hash_grows", UDEC, 16, 8, 0), F("ndts_res_failed", UDEC, 24, 8, 0),
	F("ndts_lookups", UDEC, 32, 8, 0), F("ndts_hits", UDEC, 40, 8, 0),
	F("ndts_rcv_probes_mcast", UDEC, 48, 8, 0), F("ndts_rcv_probes_ucast", UDEC, 56, 8, 0),
	F("ndts_periodic_gc_runs", UDEC, 64, 8, 0), F("ndts_forced_gc_runs", UDEC, 72, 8, 0),
	F("ndts_table_fulls", UDEC, 80, 8, 0),
};
static const struct rn_field inet6_cache_rows[] = {
	F("max_reasm_len", UDEC, 0, 4, 0), F("tstamp", UDEC, 4, 4, 0),
	F("reachable_time", UDEC, 8, 4, 0), F("retrans_time", UDEC, 12, 4, 0),
};
static const struct rn_field hardware_map_rows[] = {
	F("mem_start", HEX, 0, 8, 0), F("mem_end", HEX, 8, 8, 0), F("base_addr", HEX, 16, 8, 0),
	F("irq", UDEC, 24, 2, 0), F("dma", UDEC, 26, 1, 0), F("port", UDEC, 27, 1, 0),
};
#define FIELDS(name) static const struct rn_fields name = RN_FIELDS_OF(name##_rows)
FIELDS(stats);
FIELDS(stats64);
FIELDS(address_cache);
FIELDS(route_cache);
FIELDS(neighbour_cache);
FIELDS(basic);
FIELDS(qdisc);
FIELDS(tc_stats);
FIELDS(table_config);
FIELDS(table_stats);
FIELDS(inet6_cache);
FIELDS(hardware_map);

#define LIST(list, table) \
	static const struct rn_nlattrs list = { RN_NAMES_##table, list##_attr, \
		sizeof(list##_attr) / sizeof(list##_attr[0]) }
#define A(type, form) { type, RN_NLA_##form, 0, NULL }
#define NAMED(type, form, table) { type, RN_NLA_##form, RN_NAMES_##table, NULL }
#define MORE(type, form, what) { type, RN_NLA_##form, 0, &what }

static const struct rn_nlattr xdp_attr[] = {
	NAMED(2, ENUM, xdp_attached), A(1, S32), A(4, U32), A(5, U32), A(6, U32), A(7, U32),
};
LIST(xdp, ifla_xdp);
static const struct rn_nlattr inet_attr[] = { NAMED(1, INDEXED, ipv4_devconf) };
LIST(inet, ifla_inet);
static const struct rn_nlattr inet6_attr[] = {
	NAMED(1, FLAGS, inet6_if_flags), NAMED(2, INDEXED, ipv6_devconf),
	NAMED(3, INDEXED64, snmp_ip), MORE(5, FIELDS, inet6_cache),
	NAMED(6, INDEXED64, snmp_icmp6), A(7, ADDRESS6), NAMED(8, ENUM, in6_addr_gen_mode),
	A(9, U32),
};
LIST(inet6, ifla_inet6);
static const struct rn_nlattr of_family_attr[] = { MORE(2, NESTED, inet), MORE(10, NESTED, inet6) };
LIST(of_family, socket_domain);
static const struct rn_nlattr link_info_attr[] = { A(1, STRING), A(4, STRING) };
LIST(link_info, ifla_linkinfo);
static const struct rn_nlattr link_attr[] = {
	A(1, HARDWARE), A(2, HARDWARE), A(3, STRING), A(4, U32), A(5, U32), A(6, STRING),
	MORE(7, FIELDS, stats), A(10, U32), A(13, U32), MORE(14, FIELDS, hardware_map), A(15, U32), A(16, U8), A(17, U8),
	MORE(18, NESTED, link_info), A(19, U32), A(20, STRING), A(21, U32),
	MORE(23, FIELDS, stats64), MORE(26, NESTED, of_family), A(27, U32), A(28, U32),
	NAMED(29, FLAGS, rtext_filter), A(30, U32), A(31, U32), A(32, U32), A(33, U8), A(35, U32), A(37, S32),
	A(38, STRING), A(39, U8), A(40, U32), A(41, U32), MORE(43, NESTED, xdp), A(44, U32),
	A(45, S32), A(46, S32), A(47, U32), A(48, U32), A(49, IFINDEX), A(50, U32), A(51, U32),
	A(53, STRING), A(54, HARDWARE), A(56, STRING), A(57, STRING), A(58, U32), A(59, U32), A(60, U32), A(61, U32),
};
LIST(link, ifla);
static const struct rn_nlattr address_attr[] = {
	A(1, ADDRESS), A(2, ADDRESS), A(3, STRING), A(4, ADDRESS), A(5, ADDRESS),
	MORE(6, FIELDS, address_cache), A(7, ADDRESS), NAMED(8, FLAGS, ifa_flags), A(9, U32),
	A(10, S32),
};
LIST(address, ifa_attr);
static const struct rn_nlattr metrics_attr[] = {
	A(1, U32), A(2, U32), A(3, U32), A(4, U32), A(5, U32), A(6, U32), A(7, U32), A(8, U32),
	A(9, U32), A(10, U32), A(11, U32), A(12, U32), A(13, U32), A(14, U32), A(15, U32),
	A(16, STRING),
};
LIST(metrics, rta_metrics);
static const struct rn_nlattr route_attr[] = {
	A(1, ADDRESS), A(2, ADDRESS), A(3, IFINDEX), A(4, IFINDEX), A(5, ADDRESS), A(6, U32),
	A(7, ADDRESS), MORE(8, NESTED, metrics), A(11, U32), MORE(12, FIELDS, route_cache),
	NAMED(15, ENUM, rt_table), A(16, U32), A(20, U8), A(23, U32), A(25, U32), A(26, U8),
	A(27, U8), A(28, U16), A(29, U16), A(30, U32),
};
LIST(route, rta_attr);
static const struct rn_nlattr neighbour_attr[] = {
	A(1, ADDRESS), A(2, HARDWARE), MORE(3, FIELDS, neighbour_cache), A(4, U32), A(5, U16),
	A(6, BE16), A(7, U32), A(8, IFINDEX), A(9, IFINDEX), A(10, S32), A(11, U32), A(12, U8),
};
LIST(neighbour, nda_attr);
static const struct rn_nlattr rule_attr[] = {
	A(1, ADDRESS), A(2, ADDRESS), A(3, STRING), A(4, U32), A(6, U32), A(10, U32), A(11, U32),
	A(12, BE64), A(13, U32), A(14, U32), NAMED(15, ENUM, rt_table), A(16, U32), A(17, STRING),
	A(19, U8), NAMED(21, ENUM, rtprot), NAMED(22, ENUM, protocol_inet),
};
LIST(rule, fra_attr);
static const struct rn_nlattr queue_stats_attr[] = {
	MORE(1, FIELDS, basic), MORE(3, FIELDS, qdisc), MORE(7, FIELDS, basic),
};
LIST(queue_stats, tca_stats);
static const struct rn_nlattr queue_attr[] = {
	A(1, STRING), MORE(3, FIELDS, tc_stats), MORE(7, NESTED, queue_stats), A(11, U32),
	A(12, U8), A(13, U32), A(14, U32),
};
LIST(queue, tca_attr);
static const struct rn_nlattr parameters_attr[] = {
	A(1, IFINDEX), A(2, U32), A(3, U64), A(4, U64), A(5, U64), A(6, U64), A(7, U64), A(8, U32),
	A(9, U32), A(10, U32), A(11, U64), A(12, U64), A(13, U32), A(14, U32), A(15, U64),
	A(17, U32), A(18, U64),
};
LIST(parameters, ndtpa_attr);
static const struct rn_nlattr table_attr[] = {
	A(1, STRING), A(2, U32), A(3, U32), A(4, U32), MORE(5, FIELDS, table_config),
	MORE(6, NESTED, parameters), MORE(7, FIELDS, table_stats), A(8, U64),
};
LIST(table, ndta_attr);
static const struct rn_nlattr config_attr[] = {
	A(1, IFINDEX), A(2, S32), A(3, S32), A(4, S32), A(5, S32), A(6, S32), A(7, S32), A(8, S32),
};
LIST(config, netconfa);

static const struct kind {
	uint16_t first; /* of the four types */
	uint16_t bytes; /* of the structure */
	const struct rn_fields fields;
	const struct rn_nlattrs *attributes;
} kinds[] = {
	{ 16, 16, RN_FIELDS_OF(link_rows), &link },
	{ 20, 8, RN_FIELDS_OF(address_rows), &address },
	{ 24, 12, RN_FIELDS_OF(route_rows), &route },
	{ 28, 12, RN_FIELDS_OF(neighbour_rows), &neighbour },
	{ 32, 12, RN_FIELDS_OF(rule_rows), &rule },
	{ 36, 20, RN_FIELDS_OF(queue_rows), &queue },
	{ 40, 20, RN_FIELDS_OF(queue_rows), &queue },
	{ 44, 20, RN_FIELDS_OF(queue_rows), &queue },
	{ 64, 4, RN_FIELDS_OF(table_rows), &table },
	{ 80, 4, RN_FIELDS_OF(config_rows), &config },
};

bool rn_netlink_route(struct rn_print *p, unsigned type, struct rn_bytes b, bool request)
{
	const struct kind *k = NULL;
	(void)request;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].first == (type & ~3u))
			k = &kinds[i];
	if (!k)
		return false;
	if (b.len < k->bytes) { /* a general request has the family alone */
		rn_put_u8(p->out, '{');
		rn_put_text(p->out, k->fields.row[0].name);
		rn_put_u8(p->out, '=');
		rn_print_enum(p, RN_NAMES_socket_domain, rn_field_u(b, 0, 1));
		rn_put_text(p->out, b.len > 1 && k->bytes > 4 ? ", ...}" : "}");
		return true;
	}
	rn_print_fields(p, &k->fields, rn_bytes_part(b, 0, k->bytes));
	if (b.len > k->bytes) {
		RN_PUT(p, ", ");
		rn_print_nlattrs(p, k->attributes, rn_bytes_part(b, k->bytes, b.len),
			(unsigned)rn_field_u(b, 0, 1));
	}
	return true;
}
