/* SPDX-License-Identifier: MIT */
/**
 * netlink - messages of netlink sockets. Internal to analyze/decode.
 *
 * A buffer holds messages one behind another: a header, a structure by the message's type, then
 * attributes, which may nest. Structures and attributes are tables; one engine prints them. All
 * lengths come from the tracee. What a length promises and what was there to be read are two things:
 * a message is shown as far as it could be read, then comes the address of what is missing.
 * Source: <linux/netlink.h>, rtnetlink.h and the headers of the families; the form is strace's.
 */
#ifndef RN_ANALYZE_DECODE_NETLINK_H
#define RN_ANALYZE_DECODE_NETLINK_H

#include "analyze/decode/fields.h"

#define RN_NETLINK_ROUTE 0
#define RN_NETLINK_SOCK_DIAG 4
#define RN_NETLINK_XFRM 6
#define RN_NETLINK_SELINUX 7
#define RN_NETLINK_AUDIT 9
#define RN_NETLINK_NETFILTER 12
#define RN_NETLINK_KOBJECT_UEVENT 15
#define RN_NETLINK_GENERIC 16
#define RN_NETLINK_CRYPTO 21
#define RN_NETLINK_UNKNOWN (-1)

/** Whether fd is a netlink socket; *family is its protocol or RN_NETLINK_UNKNOWN. */
bool rn_netlink_family(const struct rn_print *p, int64_t fd, int *family);
/** The messages of len bytes at addr in the current phase. */
void rn_print_netlink(struct rn_print *p, uint64_t addr, uint64_t len, int family);
/** A buffer of argument 0's descriptor: messages when that is a netlink socket, else a string. */
void rn_print_socket_buffer(struct rn_print *p, uint64_t addr, uint64_t len);

/** Memory as a message describes it: len bytes at addr, of which b are there, from the first on. */
struct rn_piece {
	uint64_t addr, len;
	struct rn_bytes b; /* b.len <= len */
};

/** From off on, at most len bytes. */
struct rn_piece rn_piece_part(struct rn_piece w, uint64_t off, uint64_t len);
/** Whether its first n bytes are there; prints the address if not. */
bool rn_piece_whole(struct rn_print *p, struct rn_piece w, size_t n);
/** As a string in hexadecimal; the address when what would be shown is not there. */
void rn_piece_hex(struct rn_print *p, struct rn_piece w);
typedef void rn_piece_printer(struct rn_print *p, struct rn_piece w, void *arg);
/** One after the other, each padded to four bytes: a header of head_bytes, the first length_bytes of which say
 *  how long it and what is behind it are. Several stand in brackets, cut like strings unless verbose. */
void rn_pieces_print(struct rn_print *p, struct rn_piece w, unsigned head_bytes, unsigned length_bytes,
	rn_piece_printer *put, void *arg);

/* How the payload of an attribute is shown. One that is too short for its form shows its bytes. */
enum rn_nlattr_form {
	RN_NLA_BYTES, /* as a string in hexadecimal */
	/* One number each, printed as a field: see the table in netlink_attr.c. */
	RN_NLA_U8, RN_NLA_U16, RN_NLA_U32, RN_NLA_U64, RN_NLA_S32,
	RN_NLA_X8, RN_NLA_X16, RN_NLA_X32,
	RN_NLA_BE16, RN_NLA_BE64, RN_NLA_ETHERTYPE,
	RN_NLA_IFINDEX, RN_NLA_FD, RN_NLA_ID, RN_NLA_ADDRESS4, RN_NLA_ADDRESS6,
	RN_NLA_ENUM8, RN_NLA_ENUM16, RN_NLA_ENUM32, /* aux: the table */
	RN_NLA_FLAGS32,
	RN_NLA_LAST_NUMBER = RN_NLA_FLAGS32,
	/* Numbers of at most 8 bytes; size: bytes that count, 0 all of them */
	RN_NLA_ENUM, RN_NLA_FLAGS, RN_NLA_FLAGS_CODE, RN_NLA_TICKS,
	RN_NLA_XINT,     /* of 1, 2, 4 or 8 bytes */
	RN_NLA_STRING,   /* all of it but for the NUL at its end; "..." when none ends it */
	RN_NLA_KIND,     /* up to a NUL; remembered as kind number aux */
	RN_NLA_HARDWARE, /* 00:11:22:33:44:55 */
	RN_NLA_ADDRESS,  /* of the message's address family */
	RN_NLA_FIELDS,   /* more: struct rn_fields */
	RN_NLA_GROWN,    /* fields that ended with row aux once, now with a later one */
	RN_NLA_FIELDS_REST,   /* fields, and what lies behind them as bytes */
	RN_NLA_RECORDS,  /* an array of fields, each of `size` bytes */
	RN_NLA_NESTED,   /* more: struct rn_nlattrs */
	RN_NLA_BY_FAMILY, /* more: struct rn_nlattr_choice, by the message's family */
	RN_NLA_BY_KIND,   /* the same by kind number aux */
	RN_NLA_SPECIAL,  /* more: struct rn_nlattr_special */
	/* Arrays of numbers; aux: names of their places or 0 */
	RN_NLA_U8S, RN_NLA_U16S, RN_NLA_S32S, RN_NLA_U32S, RN_NLA_U64S, RN_NLA_WORDS, /* words are shown in hexadecimal */
};

struct rn_nlattr {
	uint16_t type;
	uint8_t form;
	uint16_t aux;
	const void *more;
	uint8_t size;
};

/** The attributes of one list: names of their types, and rows for those that are not plain bytes. */
struct rn_nlattrs {
	uint16_t names; /* enum rn_names_id */
	const struct rn_nlattr *row;
	unsigned n;
	/* Each attribute is shown in the form of row[0], whatever its type; that becomes the family
	 * within: a list of lists by family. */
	bool uniform;
};

/** Forms to choose from; the last has neither name nor family and is what is left. */
struct rn_nlattr_choice {
	const char *kind;
	uint8_t family;
	struct rn_nlattr row;
};

/** What is known while a list is walked. */
struct rn_nlattr_walk {
	unsigned family, depth;
	struct rn_bytes kind[2];
};

/** A form of its own. False: print the bytes. */
struct rn_nlattr_special {
	bool (*put)(struct rn_print *p, struct rn_piece w, const struct rn_nlattr_walk *walk);
};

/** A list of attributes; family: of the addresses in it. Nothing for no bytes. */
void rn_print_nlattrs(struct rn_print *p, const struct rn_nlattrs *list, struct rn_piece w,
	unsigned family);
/** The same within a list. */
void rn_print_nlattrs_in(struct rn_print *p, const struct rn_nlattrs *list, struct rn_piece w,
	const struct rn_nlattr_walk *walk);
/** An array of elements of `size` bytes. False: there is not one. */
bool rn_print_nlarray(struct rn_print *p, struct rn_piece w, size_t size,
	void (*put)(struct rn_print *p, struct rn_bytes b, size_t i, const void *arg), const void *arg);
/** An address of a family; as bytes when that has none. label: its name or NULL. */
void rn_print_nladdress(struct rn_print *p, const char *label, struct rn_piece w, unsigned family);
/** The same for a member of 16 bytes: its numbers are all of them, whatever the family. */
void rn_print_nlmember(struct rn_print *p, const char *label, struct rn_bytes b, unsigned family);
/** Bytes that all rows of a structure need. */
size_t rn_fields_bytes(const struct rn_fields *f);

/** A message: a structure that begins with an address family, then attributes. */
struct rn_nlmessage {
	uint16_t bytes; /* of the structure; 1: only the family is shown, the rest is padding */
	struct rn_fields fields; /* the family first */
	/* Prints what follows the family, a comma first, instead of the rows; NULL: the rows do. */
	void (*put)(struct rn_print *p, struct rn_bytes b);
	const struct rn_nlattrs *attributes;
};
void rn_print_nlmessage(struct rn_print *p, const struct rn_nlmessage *m, struct rn_piece w);
/** {family=AF_X, data="\x01"}: a message nobody knows. */
void rn_print_nlfamily(struct rn_print *p, struct rn_piece w);

/** What follows the header, for one message. False: nobody knows it. */
typedef bool rn_netlink_payload(struct rn_print *p, unsigned type, struct rn_piece w, bool request);
rn_netlink_payload rn_netlink_route, rn_netlink_diag, rn_netlink_netfilter, rn_netlink_selinux;

/** The type of a netfilter message: subsystem and what it asks; the name of the latter or NULL. */
const char *rn_print_netfilter_type(struct rn_print *p, unsigned type);
/** What udev sends on a kobject_uevent socket, or a string. */
void rn_print_uevent(struct rn_print *p, uint64_t addr, uint64_t len);

#endif
