/* SPDX-License-Identifier: MIT */
/** netlink_rows - how rows of the tables of messages are written. Internal to analyze/decode/netlink_*.c. */
#ifndef RN_ANALYZE_DECODE_NETLINK_ROWS_H
#define RN_ANALYZE_DECODE_NETLINK_ROWS_H

#include "analyze/decode/netlink.h"

#define RN_COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A member of a structure, the same in all ABIs. */
#define F(name, form, off, size, aux) \
	{ name, RN_FORM_##form, RN_FIELD_ALWAYS, off, size, off, size, aux }
#define F_NONZERO(name, form, off, size, aux) \
	{ name, RN_FORM_##form, RN_FIELD_NONZERO, off, size, off, size, aux }
#define FAMILY(name) F(name, ENUM, 0, 1, RN_NAMES_socket_domain)
#define FIELDS(name) static const struct rn_fields name = RN_FIELDS_OF(name##_rows)

/* An attribute: plain, with names, with names and a size, with a table behind it. */
#define A(type, form) { type, RN_NLA_##form, 0, NULL, 0 }
#define NAMED(type, form, table) { type, RN_NLA_##form, RN_NAMES_##table, NULL, 0 }
#define SIZED(type, form, size, table) { type, RN_NLA_##form, RN_NAMES_##table, NULL, size }
#define MORE(type, form, what) { type, RN_NLA_##form, 0, &what, 0 }
#define GROWN(type, what, row) { type, RN_NLA_GROWN, row, &what, 0 }
#define RECORDS(type, what, size) { type, RN_NLA_RECORDS, 0, &what, size }
/* A list of name_attr; a list in which all are alike. */
#define LIST(name, table) \
	static const struct rn_nlattrs name = { RN_NAMES_##table, name##_attr, RN_COUNT(name##_attr), false }
#define UNIFORM(name, table) \
	static const struct rn_nlattrs name = { RN_NAMES_##table, name##_attr, 1, true }

/* Tables shared between files. */
extern const struct rn_nlattrs rn_nl_link, rn_nl_traffic, rn_nl_action, rn_nl_stats;
extern const struct rn_fields rn_nl_link_counts64;

#endif
