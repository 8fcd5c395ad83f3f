/* SPDX-License-Identifier: MIT */
/* Attributes of links (<linux/if_link.h>): interfaces, their kinds, virtual functions, families. */
#include "analyze/decode/netlink_rows.h"

enum { AF_INET_ = 2, AF_BRIDGE_ = 7, AF_INET6_ = 10, AF_MCTP_ = 45 };

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
#define COUNTER(name, i, size) F(name, UDEC, (i) * (size), size, 0),
static const struct rn_field counts_rows[] = { COUNTS(COUNTER, 4) };
FIELDS(counts);
static const struct rn_field counts64_rows[] = {
	COUNTS(COUNTER, 8) COUNTER("rx_otherhost_dropped", 24, 8)
};
const struct rn_fields rn_nl_link_counts64 = RN_FIELDS_OF(counts64_rows);

static const struct rn_field inet6_cache_rows[] = {
	F("max_reasm_len", UDEC, 0, 4, 0), F("tstamp", UDEC, 4, 4, 0),
	F("reachable_time", UDEC, 8, 4, 0), F("retrans_time", UDEC, 12, 4, 0),
};
FIELDS(inet6_cache);
static const struct rn_field hardware_map_rows[] = {
	F("mem_start", HEX, 0, 8, 0), F("mem_end", HEX, 8, 8, 0), F("base_addr", HEX, 16, 8, 0),
	F("irq", UDEC, 24, 2, 0), F("dma", UDEC, 26, 1, 0), F("port", UDEC, 27, 1, 0),
};
FIELDS(hardware_map);

/* By family */
static const struct rn_nlattr inet_attr[] = { NAMED(1, S32S, ipv4_devconf) };
LIST(inet, ifla_inet);
static const struct rn_nlattr inet6_attr[] = {
	SIZED(1, FLAGS, 4, inet6_if_flags), NAMED(2, S32S, ipv6_devconf), NAMED(3, U64S, snmp_ip),
	MORE(5, FIELDS, inet6_cache), NAMED(6, U64S, snmp_icmp6), A(7, ADDRESS6),
	SIZED(8, ENUM, 1, in6_addr_gen_mode), A(9, U32),
};
LIST(inet6, ifla_inet6);
static const struct rn_nlattr mctp_attr[] = { A(1, U32) };
LIST(mctp, ifla_mctp);
static const struct rn_nlattr_choice families[] = {
	{ NULL, AF_INET_, MORE(0, NESTED, inet) }, { NULL, AF_INET6_, MORE(0, NESTED, inet6) },
	{ NULL, AF_MCTP_, MORE(0, NESTED, mctp) }, { NULL, 0, A(0, BYTES) },
};
static const struct rn_nlattr of_family_attr[] = { { 0, RN_NLA_BY_FAMILY, 0, families, 0 } };
UNIFORM(of_family, socket_domain);

/* Bridges and their ports */
static const struct rn_field bridge_id_rows[] = { F("prio", UDECS, 0, 2, 2), F("addr", MAC, 2, 6, 0) };
FIELDS(bridge_id);
static const struct rn_nlattr port_attr[] = {
	A(1, U8), A(2, U16), A(3, U32), A(4, U8), A(5, U8), A(6, U8), A(7, U8), A(8, U8), A(9, U8),
	A(10, U8), A(11, U8), A(12, U8), MORE(13, FIELDS, bridge_id), MORE(14, FIELDS, bridge_id),
	A(15, U16), A(16, U16), A(17, U16), A(18, U16), A(19, U8), A(20, U8), A(21, TICKS),
	A(22, TICKS), A(23, TICKS), A(25, U8), A(27, U8), A(28, U8), A(29, U8), A(30, U8), A(31, X16),
	A(32, U8), A(33, U8), A(34, IFINDEX), A(35, U8), A(36, U8), A(37, U32), A(38, U32), A(39, U8),
};
LIST(port, ifla_brport);
static const struct rn_field options_rows[] = {
	F("optval", FLAGS, 0, 4, RN_NAMES_br_boolopt), F("optmask", FLAGS, 4, 4, RN_NAMES_br_boolopt),
};
FIELDS(options);
static const struct rn_nlattr querier_attr[] = {
	A(1, ADDRESS4), A(2, IFINDEX), A(3, TICKS), A(5, ADDRESS6), A(6, IFINDEX), A(7, TICKS),
};
LIST(querier, br_querier);
static const struct rn_nlattr bridge_attr[] = {
	A(1, TICKS), A(2, TICKS), A(3, TICKS), A(4, TICKS), A(5, U32), A(6, U16), A(7, U8),
	A(8, ETHERTYPE), A(9, X16), MORE(10, FIELDS, bridge_id), MORE(11, FIELDS, bridge_id),
	A(12, U16), A(13, U32), A(14, U8), A(15, U8), A(16, TICKS), A(17, TICKS), A(18, TICKS),
	A(19, TICKS), A(20, HARDWARE), A(22, U8), A(23, U8), A(24, U8), A(25, U8), A(26, U32),
	A(27, U32), A(28, U32), A(29, U32), A(30, TICKS), A(31, TICKS), A(32, TICKS), A(33, TICKS),
	A(34, TICKS), A(35, TICKS), A(36, U8), A(37, U8), A(38, U8), A(39, U16), A(41, U8), A(42, U8),
	A(43, U8), A(44, U8), A(45, U8), MORE(46, FIELDS, options), MORE(47, NESTED, querier),
};
LIST(bridge, ifla_br);
static const struct rn_field vlan_rows[] = {
	F("flags", FLAGS, 0, 2, RN_NAMES_bridge_vlan_flags), F("vid", UDEC, 2, 2, 0),
};
FIELDS(vlan);
static const struct rn_nlattr vlan_tunnel_attr[] = {
	A(1, U32), A(2, U16), SIZED(3, FLAGS, 2, bridge_vlan_flags),
};
LIST(vlan_tunnel, bridge_vlan_tunnel);
static const struct rn_nlattr of_bridge_attr[] = {
	SIZED(0, FLAGS, 2, bridge_flags), SIZED(1, ENUM, 2, bridge_mode), MORE(2, FIELDS_REST, vlan),
	MORE(3, NESTED, vlan_tunnel),
};
LIST(of_bridge, ifla_bridge);
static const struct rn_nlattr_choice specifics[] = {
	{ NULL, AF_BRIDGE_, MORE(0, NESTED, of_bridge) }, { NULL, 0, MORE(0, NESTED, of_family) },
};
static const struct rn_nlattr_choice protocols[] = {
	{ NULL, AF_BRIDGE_, MORE(0, NESTED, port) }, { NULL, AF_INET6_, MORE(0, NESTED, inet6) },
	{ NULL, 0, A(0, BYTES) },
};

/* By kind */
static const struct rn_nlattr tun_attr[] = {
	A(1, ID), A(2, ID), SIZED(3, ENUM, 1, tun_type), A(4, U8), A(5, U8), A(6, U8), A(7, U8),
	A(8, U32), A(9, U32),
};
LIST(tun, ifla_tun);
static const struct rn_field can_rows[] = {
	F("bus_error", UDEC, 0, 4, 0), F("error_warning", UDEC, 4, 4, 0),
	F("error_passive", UDEC, 8, 4, 0), F("bus_off", UDEC, 12, 4, 0),
	F("arbitration_lost", UDEC, 16, 4, 0), F("restarts", UDEC, 20, 4, 0),
};
FIELDS(can);
static const struct rn_nlattr_choice data[] = {
	{ "bridge", 0, MORE(0, NESTED, bridge) }, { "tun", 0, MORE(0, NESTED, tun) },
	{ NULL, 0, A(0, BYTES) },
};
static const struct rn_nlattr_choice statistics[] = {
	{ "can", 0, MORE(0, FIELDS, can) }, { NULL, 0, A(0, BYTES) },
};
static const struct rn_nlattr_choice slave_data[] = {
	{ "bridge", 0, MORE(0, NESTED, port) }, { NULL, 0, A(0, BYTES) },
};
static const struct rn_nlattr info_attr[] = {
	{ 1, RN_NLA_KIND, 0, NULL, 0 }, { 2, RN_NLA_BY_KIND, 0, data, 0 },
	{ 3, RN_NLA_BY_KIND, 0, statistics, 0 }, { 4, RN_NLA_KIND, 1, NULL, 0 },
	{ 5, RN_NLA_BY_KIND, 1, slave_data, 0 },
};
LIST(info, ifla_linkinfo);

/* Virtual functions */
#define VF F("vf", UDEC, 0, 4, 0)
static const struct rn_field vf_mac_rows[] = { VF, F("mac", MAC, 4, 32, 0) };
FIELDS(vf_mac);
static const struct rn_field vf_vlan_rows[] = { VF, F("vlan", UDEC, 4, 4, 0), F("qos", UDEC, 8, 4, 0) };
FIELDS(vf_vlan);
static const struct rn_field vf_tx_rate_rows[] = { VF, F("rate", UDEC, 4, 4, 0) };
FIELDS(vf_tx_rate);
static const struct rn_field vf_setting_rows[] = { VF, F("setting", UDEC, 4, 4, 0) };
FIELDS(vf_setting);
static const struct rn_field vf_state_rows[] = {
	VF, F("link_state", ENUM, 4, 4, RN_NAMES_ifla_vf_state),
};
FIELDS(vf_state);
static const struct rn_field vf_rate_rows[] = {
	VF, F("min_tx_rate", UDEC, 4, 4, 0), F("max_tx_rate", UDEC, 8, 4, 0),
};
FIELDS(vf_rate);
static const struct rn_field vf_guid_rows[] = { VF, F("guid", HEX, 8, 8, 0) };
FIELDS(vf_guid);
static const struct rn_field vf_guid32_rows[] = { VF, F("guid", HEX, 4, 8, 0) };
FIELDS(vf_guid32);
static const struct rn_field vf_broadcast_rows[] = { F("broadcast", MAC, 0, 32, 0) };
FIELDS(vf_broadcast);
static const struct rn_field vf_vlan_info_rows[] = {
	VF, F("vlan", UDEC, 4, 4, 0), F("qos", UDEC, 8, 4, 0), F("vlan_proto", ETHERTYPE, 12, 2, 0),
};
FIELDS(vf_vlan_info);

/* It is of 12 bytes where 8 of them need no alignment. */
static bool put_guid(struct rn_print *p, struct rn_piece w, const struct rn_nlattr_walk *walk)
{
	(void)walk;
	if (w.len != 12 && w.len != 16)
		return false;
	if (rn_piece_whole(p, w, (size_t)w.len))
		rn_print_fields(p, w.len == 12 ? &vf_guid32 : &vf_guid, w.b);
	return true;
}
static const struct rn_nlattr_special guid = { put_guid };

static const struct rn_nlattr vf_stats_attr[] = {
	A(0, U64), A(1, U64), A(2, U64), A(3, U64), A(4, U64), A(5, U64), A(7, U64), A(8, U64),
};
LIST(vf_stats, ifla_vf_stats);
static const struct rn_nlattr vf_vlans_attr[] = { { 1, RN_NLA_FIELDS, 0, &vf_vlan_info, 16 } };
LIST(vf_vlans, ifla_vf_vlan);
static const struct rn_nlattr vf_attr[] = {
	MORE(1, FIELDS, vf_mac), MORE(2, FIELDS, vf_vlan), MORE(3, FIELDS, vf_tx_rate),
	MORE(4, FIELDS, vf_setting), MORE(5, FIELDS, vf_state), MORE(6, FIELDS, vf_rate),
	MORE(7, FIELDS, vf_setting), MORE(8, NESTED, vf_stats), MORE(9, FIELDS, vf_setting),
	MORE(10, SPECIAL, guid), MORE(11, SPECIAL, guid), MORE(12, NESTED, vf_vlans),
	MORE(13, FIELDS, vf_broadcast),
};
LIST(vf, ifla_vf);
static const struct rn_nlattr vf_list_attr[] = { MORE(1, NESTED, vf) };
LIST(vf_list, ifla_vf_list);
static const struct rn_field vsi_rows[] = {
	F("vsi_mgr_id", UDEC, 0, 1, 0), F("vsi_type_id", BYTES, 1, 3, 0),
	F("vsi_type_version", UDEC, 4, 1, 0), F_NONZERO("pad", BYTES, 5, 3, 0),
};
FIELDS(vsi);
static const struct rn_nlattr vf_port_attr[] = {
	A(1, U32), A(2, STRING), MORE(3, FIELDS, vsi), A(6, U8), A(7, U16),
};
LIST(vf_port, ifla_port);
static const struct rn_nlattr vf_ports_attr[] = { MORE(1, NESTED, vf_port) };
LIST(vf_ports, ifla_vf_ports);

static const struct rn_nlattr xdp_attr[] = {
	A(1, FD), SIZED(2, ENUM, 1, xdp_attached), NAMED(3, FLAGS32, xdp_flags), A(4, U32), A(5, U32),
	A(6, U32), A(7, U32), A(8, FD),
};
LIST(xdp, ifla_xdp);
static const struct rn_nlattr reason_attr[] = { A(1, X32), A(2, X32) };
LIST(reason, ifla_down_reason);
static const struct rn_nlattr properties_attr[] = { A(53, STRING) };
LIST(properties, ifla);

static const struct rn_nlattr link_attr[] = {
	A(1, HARDWARE), A(2, HARDWARE), A(3, STRING), A(4, U32), A(5, U32), A(6, STRING),
	GROWN(7, counts, 22), A(10, U32), { 12, RN_NLA_BY_FAMILY, 0, protocols, 0 }, A(13, U32),
	MORE(14, FIELDS, hardware_map), A(15, U32), A(16, U8), A(17, U8), MORE(18, NESTED, info),
	A(19, U32), A(20, STRING), A(21, U32), MORE(22, NESTED, vf_list),
	GROWN(23, rn_nl_link_counts64, 22), MORE(24, NESTED, vf_ports), MORE(25, NESTED, vf_port),
	{ 26, RN_NLA_BY_FAMILY, 0, specifics, 0 }, A(27, U32), A(28, FD), SIZED(29, FLAGS, 4, rtext_filter),
	A(30, U32), A(31, U32), A(32, U32), A(33, U8), A(35, U32), A(37, S32), A(38, STRING), A(39, U8),
	A(40, U32), A(41, U32), MORE(43, NESTED, xdp), NAMED(44, ENUM32, ifla_event), A(45, S32),
	A(46, S32), A(47, U32), A(48, U32), A(49, IFINDEX), A(50, U32), A(51, U32),
	MORE(52, NESTED, properties), A(53, STRING), A(54, HARDWARE), MORE(55, NESTED, reason),
	A(56, STRING), A(57, STRING), A(58, U32), A(59, U32), A(60, U32), A(61, U32),
};
const struct rn_nlattrs rn_nl_link = { RN_NAMES_ifla, link_attr, RN_COUNT(link_attr), false };
