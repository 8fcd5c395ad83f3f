/* SPDX-License-Identifier: MIT */
/**
 * netlink - messages of netlink sockets. Internal to analyze/decode.
 *
 * A buffer holds messages one behind another: a header, a structure by the message's type, then
 * attributes, which may nest. Structures and attributes are tables; one engine prints them. All
 * lengths come from the tracee and are cut to what was captured.
 * Source: <linux/netlink.h>, rtnetlink.h and the headers of the families; the form is strace's.
 */
#ifndef RN_ANALYZE_DECODE_NETLINK_H
#define RN_ANALYZE_DECODE_NETLINK_H

#include "analyze/decode/fields.h"

#define RN_NETLINK_ROUTE 0
#define RN_NETLINK_SOCK_DIAG 4
#define RN_NETLINK_GENERIC 16
#define RN_NETLINK_UNKNOWN (-1)

/** Whether fd is a netlink socket; *family is its protocol or RN_NETLINK_UNKNOWN. */
bool rn_netlink_family(const struct rn_print *p, int64_t fd, int *family);
/** The messages of len bytes at addr in the current phase; as a string when not all of it is there. */
void rn_print_netlink(struct rn_print *p, uint64_t addr, uint64_t len, int family);
/** A buffer of argument 0's descriptor: messages when that is a netlink socket, else a string. */
void rn_print_socket_buffer(struct rn_print *p, uint64_t addr, uint64_t len);

/* How the payload of an attribute is shown. */
enum rn_nlattr_form {
	RN_NLA_BYTES, /* as a string in hexadecimal */
	RN_NLA_STRING,
	RN_NLA_UNIX_NAME, /* as a string, NULs in it and all; "..." when none ends it */
	RN_NLA_U8, RN_NLA_U16, RN_NLA_U32, RN_NLA_U64, RN_NLA_S32,
	RN_NLA_X32,
	RN_NLA_BE16, RN_NLA_BE64,
	RN_NLA_U32S,     /* [1, 2] */
	RN_NLA_BITS,     /* {name=1} for those set; more: names, NULL behind them */
	RN_NLA_IFINDEX,
	RN_NLA_ADDRESS,  /* of the message's address family */
	RN_NLA_ADDRESS6,
	RN_NLA_HARDWARE, /* 00:11:22:33:44:55 */
	RN_NLA_ENUM,     /* of its own length; aux: the table */
	RN_NLA_FLAGS,
	RN_NLA_FIELDS,   /* more: struct rn_fields */
	RN_NLA_NESTED,   /* more: struct rn_nlattrs */
	/* Arrays of 4-byte, 4-byte unsigned and 8-byte numbers; aux: names of the places */
	RN_NLA_INDEXED, RN_NLA_INDEXED_U, RN_NLA_INDEXED64,
};

struct rn_nlattr {
	uint16_t type;
	uint8_t form;
	uint16_t aux;
	const void *more;
};

/** The attributes of one list: names of their types, and rows for those that are not plain bytes. */
struct rn_nlattrs {
	uint16_t names; /* enum rn_names_id */
	const struct rn_nlattr *row;
	unsigned n;
};

/** A list of attributes; family: of the addresses in it. Nothing for no bytes. */
void rn_print_nlattrs(struct rn_print *p, const struct rn_nlattrs *list, struct rn_bytes b,
	unsigned family);

/** What follows the header, for one message. False: nobody knows it. */
typedef bool rn_netlink_payload(struct rn_print *p, unsigned type, struct rn_bytes b, bool request);
rn_netlink_payload rn_netlink_route, rn_netlink_diag;

#endif
