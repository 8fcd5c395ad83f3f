/* SPDX-License-Identifier: MIT */
/**
 * fields - structures of the kernel described as rows instead of code.
 *
 * A row gives a member's name, where it lies in the 64-bit and in the 32-bit
 * layout (explicit offsets, never a host struct), and the form it is shown in.
 * Internal to analyze/decode.
 */
#ifndef RN_ANALYZE_DECODE_FIELDS_H
#define RN_ANALYZE_DECODE_FIELDS_H

#include "analyze/decode/print.h"

enum rn_field_form {
	RN_FORM_DEC,
	RN_FORM_UDEC,
	RN_FORM_HEX,      /* 0 is "0" */
	RN_FORM_OCT,
	RN_FORM_PTR,
	RN_FORM_FD,
	RN_FORM_ID,       /* user or group: -1 for none */
	RN_FORM_ID16,     /* of 16 bits */
	RN_FORM_MODE,
	RN_FORM_FILE_MODE,
	RN_FORM_DEV,
	RN_FORM_SIG,
	RN_FORM_ENUM,     /* aux: the table */
	RN_FORM_FLAGS,
	RN_FORM_NAME,     /* characters up to a NUL */
	RN_FORM_RECORD,   /* aux: the record */
	RN_FORM_UDECS,    /* [1, 2]: aux elements, size bytes together */
	RN_FORM_HEXES,
	RN_FORM_TIME,     /* seconds, and the date in a comment */
	RN_FORM_TICKS,    /* hundredths of a second, and seconds in a comment */
	RN_FORM_FSID,     /* {val=[0x1, 0x2]} */
	RN_FORM_IFINDEX,
	RN_FORM_HTONS,
	RN_FORM_HEX8,     /* at least eight characters: 0x00000f */
	RN_FORM_RANGE,    /* two u64: {start=0x1000, len=0x1000} */
	RN_FORM_KEY,      /* a key: KEY_SPEC_SESSION_KEYRING or its serial number */
	RN_FORM_ERRNO,    /* -ENOSYS; what is no error is a plain number */
	RN_FORM_HTOBE64,
	RN_FORM_HTONL_HEX,
	RN_FORM_ETHERTYPE, /* htons(ETH_P_IP) */
	RN_FORM_INET,     /* inet_addr("127.0.0.1") */
	RN_FORM_INET6,
	RN_FORM_MAC,      /* 00:11:22:33:44:55 */
	RN_FORM_BYTES,    /* "\x00\x01" */
	RN_FORM_HEX_FULL, /* all digits of its size: 0x0f */
	RN_FORM_ENUM_CODE,  /* the number, its name in a comment */
	RN_FORM_FLAGS_CODE,
	RN_FORM_PLACES,   /* [[NAME]=1, [OTHER]=2] of 8 bytes each; aux: names of the places */
};

enum rn_field_when {
	RN_FIELD_ALWAYS,
	RN_FIELD_DETAIL,  /* with -v alone */
	RN_FIELD_NONZERO,
	RN_FIELD_STATFS_VALID, /* when it has ST_VALID: older kernels leave the word unset */
};

struct rn_field {
	const char *name;
	uint8_t form;
	uint8_t when;                 /* enum rn_field_when */
	uint16_t off, size;           /* 64-bit layout */
	uint16_t off32, size32;       /* 32-bit layout; size32 0: the record has none there */
	uint16_t aux;
};

struct rn_fields {
	const struct rn_field *row;
	unsigned n;
};

#define RN_FIELDS_OF(rows) { rows, sizeof(rows) / sizeof((rows)[0]) }

/** "{name=value, ...}"; rows beyond the bytes given are left out. */
void rn_print_fields(struct rn_print *p, const struct rn_fields *f, struct rn_bytes b);
/** Rows from `from` up to before `end`, without braces. */
void rn_print_field_rows(struct rn_print *p, const struct rn_fields *f, unsigned from, unsigned end,
	struct rn_bytes b);
/** "[NAME]=": where a number stands in an array whose places have names. */
void rn_print_place(struct rn_print *p, enum rn_names_id id, uint64_t i);
/** One value in a form. */
void rn_print_form(struct rn_print *p, enum rn_field_form form, uint16_t aux, struct rn_bytes b);

#endif
