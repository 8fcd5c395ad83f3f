/* SPDX-License-Identifier: MIT */
/* Attributes of traffic control and of the statistics of links (<linux/rtnetlink.h>, gen_stats.h,
 * pkt_sched.h, if_bridge.h). */
#include "analyze/decode/netlink_rows.h"

enum { AF_MPLS_ = 28 };

static const struct rn_field basic_rows[] = { F("bytes", UDEC, 0, 8, 0), F("packets", UDEC, 8, 4, 0) };
FIELDS(basic);
static const struct rn_field rate_rows[] = { F("bps", UDEC, 0, 4, 0), F("pps", UDEC, 4, 4, 0) };
FIELDS(rate);
static const struct rn_field rate64_rows[] = { F("bps", UDEC, 0, 8, 0), F("pps", UDEC, 8, 8, 0) };
FIELDS(rate64);
static const struct rn_field queue_rows[] = {
	F("qlen", UDEC, 0, 4, 0), F("backlog", UDEC, 4, 4, 0), F("drops", UDEC, 8, 4, 0),
	F("requeues", UDEC, 12, 4, 0), F("overlimits", UDEC, 16, 4, 0),
};
FIELDS(queue);
static const struct rn_field totals_rows[] = {
	F("bytes", UDEC, 0, 8, 0), F("packets", UDEC, 8, 4, 0), F("drops", UDEC, 12, 4, 0),
	F("overlimits", UDEC, 16, 4, 0), F("bps", UDEC, 20, 4, 0), F("pps", UDEC, 24, 4, 0),
	F("qlen", UDEC, 28, 4, 0), F("backlog", UDEC, 32, 4, 0),
};
FIELDS(totals);
static const struct rn_field estimator_rows[] = {
	F("interval", DEC, 0, 1, 0), F("ewma_log", UDEC, 1, 1, 0),
};
FIELDS(estimator);
static const struct rn_field sizes_rows[] = {
	F("cell_log", UDEC, 0, 1, 0), F("size_log", UDEC, 1, 1, 0), F("cell_align", DEC, 2, 2, 0),
	F("overhead", DEC, 4, 4, 0), F("linklayer", UDEC, 8, 4, 0), F("mpu", UDEC, 12, 4, 0),
	F("mtu", UDEC, 16, 4, 0), F("tsize", UDEC, 20, 4, 0),
};
FIELDS(sizes);
static const struct rn_nlattr counted_attr[] = {
	MORE(1, FIELDS, basic), MORE(2, FIELDS, rate), MORE(3, FIELDS, queue), MORE(5, FIELDS, rate64),
	MORE(7, FIELDS, basic), A(8, U64),
};
LIST(counted, tca_stats);
static const struct rn_nlattr table_attr[] = { MORE(1, FIELDS, sizes), A(2, U16S) };
LIST(table, tca_stab);
static const struct rn_nlattr traffic_attr[] = {
	A(1, STRING), MORE(3, FIELDS, totals), MORE(5, FIELDS, estimator), A(6, U32),
	MORE(7, NESTED, counted), MORE(8, NESTED, table), A(11, U32), A(12, U8), A(13, U32), A(14, U32),
	A(15, U32),
};
const struct rn_nlattrs rn_nl_traffic = { RN_NAMES_tca_attr, traffic_attr, RN_COUNT(traffic_attr), false };
static const struct rn_nlattr action_attr[] = {
	A(1, STRING), A(3, U32), MORE(4, NESTED, counted), SIZED(7, FLAGS, 4, tca_act_flags),
	SIZED(8, FLAGS, 4, tca_hw_stats), SIZED(9, FLAGS, 4, tca_hw_stats), A(10, U32),
};
const struct rn_nlattrs rn_nl_action = { RN_NAMES_tca_act, action_attr, RN_COUNT(action_attr), false };

/* Statistics of links */
static const struct rn_field vlan_rows[] = {
	F("rx_bytes", UDEC, 0, 8, 0), F("rx_packets", UDEC, 8, 8, 0), F("tx_bytes", UDEC, 16, 8, 0),
	F("tx_packets", UDEC, 24, 8, 0), F("vid", UDEC, 32, 2, 0),
	F("flags", FLAGS, 34, 2, RN_NAMES_bridge_vlan_flags), F_NONZERO("pad2", HEX, 36, 4, 0),
};
FIELDS(vlan);
#define PAIR(name, off) F(name, PLACES, off, 16, RN_NAMES_mcast_dir)
static const struct rn_field multicast_rows[] = {
	PAIR("igmp_v1queries", 0), PAIR("igmp_v2queries", 16), PAIR("igmp_v3queries", 32),
	PAIR("igmp_leaves", 48), PAIR("igmp_v1reports", 64), PAIR("igmp_v2reports", 80),
	PAIR("igmp_v3reports", 96), F("igmp_parse_errors", UDEC, 112, 8, 0),
	PAIR("mld_v1queries", 120), PAIR("mld_v2queries", 136), PAIR("mld_leaves", 152),
	PAIR("mld_v1reports", 168), PAIR("mld_v2reports", 184), F("mld_parse_errors", UDEC, 200, 8, 0),
	PAIR("mcast_bytes", 208), PAIR("mcast_packets", 224),
};
FIELDS(multicast);
static const struct rn_field spanning_tree_rows[] = {
	F("transition_blk", UDEC, 0, 8, 0), F("transition_fwd", UDEC, 8, 8, 0),
	F("rx_bpdu", UDEC, 16, 8, 0), F("tx_bpdu", UDEC, 24, 8, 0), F("rx_tcn", UDEC, 32, 8, 0),
	F("tx_tcn", UDEC, 40, 8, 0),
};
FIELDS(spanning_tree);
static const struct rn_nlattr bridge_attr[] = {
	MORE(1, FIELDS_REST, vlan), MORE(2, FIELDS_REST, multicast), MORE(4, FIELDS_REST, spanning_tree),
};
LIST(bridge, bridge_xstats);
static const struct rn_nlattr lacp_attr[] = {
	A(0, U64), A(1, U64), A(2, U64), A(3, U64), A(4, U64), A(5, U64), A(6, U64), A(7, U64), A(8, U64),
};
LIST(lacp, bond_3ad);
static const struct rn_nlattr bond_attr[] = { MORE(1, NESTED, lacp) };
LIST(bond, bond_xstats);
static const struct rn_nlattr extended_attr[] = { MORE(1, NESTED, bridge), MORE(2, NESTED, bond) };
LIST(extended, xstats_type);
static const struct rn_nlattr offload_attr[] = { GROWN(1, rn_nl_link_counts64, 22) };
LIST(offload, offload_xstats);
static const struct rn_field mpls_link_rows[] = {
	F("rx_packets", UDEC, 0, 8, 0), F("tx_packets", UDEC, 8, 8, 0), F("rx_bytes", UDEC, 16, 8, 0),
	F("tx_bytes", UDEC, 24, 8, 0), F("rx_errors", UDEC, 32, 8, 0), F("tx_errors", UDEC, 40, 8, 0),
	F("rx_dropped", UDEC, 48, 8, 0), F("tx_dropped", UDEC, 56, 8, 0),
	F("rx_noroute", UDEC, 64, 8, 0),
};
FIELDS(mpls_link);
static const struct rn_nlattr mpls_attr[] = { MORE(1, FIELDS_REST, mpls_link) };
LIST(mpls, mpls_stats);
static const struct rn_nlattr_choice families[] = {
	{ NULL, AF_MPLS_, MORE(0, NESTED, mpls) }, { NULL, 0, A(0, BYTES) },
};
static const struct rn_nlattr of_family_attr[] = { { 0, RN_NLA_BY_FAMILY, 0, families, 0 } };
UNIFORM(of_family, socket_domain);
static const struct rn_nlattr stats_attr[] = {
	GROWN(1, rn_nl_link_counts64, 22), MORE(2, NESTED, extended), MORE(3, NESTED, extended),
	MORE(4, NESTED, offload), MORE(5, NESTED, of_family),
};
const struct rn_nlattrs rn_nl_stats = { RN_NAMES_ifla_stats, stats_attr, RN_COUNT(stats_attr), false };
