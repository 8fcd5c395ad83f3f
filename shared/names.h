/* SPDX-License-Identifier: MIT */
/**
 * names - numbers of the kernel's interface and what they are called.
 *
 * Values are literals of our own tables, never the build host's macros: a trace
 * of one machine decodes on any other. shared/names.def lists the tables
 * (NAMES(id, kind, "FALLBACK_???")), shared/names/ has their contents. Where
 * ABIs differ (O_DIRECTORY of aarch64), the table has variants.
 * Source: the kernel's uapi headers; names, fallbacks and the order of flags as strace 6.1 prints
 * them (found by tracing calls with each bit and each value), plus what Linux added since.
 */
#ifndef RN_SHARED_NAMES_H
#define RN_SHARED_NAMES_H

#include "shared/arch.h"
#include "shared/buffer.h"

enum rn_names_id {
	RN_NAMES_none,
#define NAMES(id, kind, unknown) RN_NAMES_##id,
#include "shared/names.def"
#undef NAMES
	RN_NAMES_COUNT
};

struct rn_name {
	uint64_t value;
	const char *name;
};

struct rn_names {
	const char *unknown;         /* "O_???": what stands in the comment behind unknown bits; NULL:
	                              * no comment */
	const struct rn_name *entry; /* enums: by value; flags: in the order of printing, composite
	                              * values before their parts */
	uint32_t n;
	bool is_enum;
	/* Some bits of a flag word may be a number: the access mode of O_*, the type of MAP_*. */
	uint64_t field_mask;          /* 0: none; printed first */
	const struct rn_names *field; /* an enum; NULL when field_mask is 0 */
	bool field_marked;            /* shown also when it has no name, with the enum's marker */
	uint64_t tail_mask;           /* the same, printed last: 21<<MAP_HUGE_SHIFT */
	const struct rn_names *tail;
};

/** Never NULL. For an id that is none of ours, an empty table. Static memory. O(1). */
const struct rn_names *rn_names(enum rn_names_id id, enum rn_abi abi);
/** The name of an exact value in one table, or NULL. O(log n) for enums. */
const char *rn_names_find(const struct rn_names *t, uint64_t value);
/** The same by the table's id. */
const char *rn_name_of(enum rn_names_id id, enum rn_abi abi, uint64_t value);
/** Splits bits: calls each known name, the field's first, then in table order, the tail's last,
 *  and returns the bits nobody knows. Zero is named only where the table or its field has a name
 *  for it; a value that has a name as a whole is called that. */
uint64_t rn_names_split(const struct rn_names *t, uint64_t bits,
	void (*each)(void *arg, const char *name), void *arg);

/* Tables chosen by another number; RN_NAMES_none when that number has none. */
enum rn_names_id rn_names_of_protocol(uint64_t socket_domain);
enum rn_names_id rn_names_of_sockopt(uint64_t level);
/** Codes of one signal; those common to all (SI_USER) are in RN_NAMES_si_code, as 32-bit words. */
enum rn_names_id rn_names_of_si_code(int signo);
/** Name of a socket option; a few mean something else in getsockopt. NULL when unknown. */
const char *rn_sockopt_name(uint64_t level, uint64_t option, bool get);

/** "ENOENT" of 2; NULL when unknown. The same on all our ABIs. */
const char *rn_errno_name(int errnum);
/** "No such file or directory"; our own table, never the host's locale; NULL when unknown. */
const char *rn_errno_text(int errnum);
/** errno of "ENOENT", -1 when unknown. */
int rn_errno_number(struct rn_bytes name);
/** "SIGTERM" of 15; NULL when unknown; real-time signals by rn_signal_name only. */
const char *rn_signal_name(int signo, char buf[16]);
int rn_signal_number(struct rn_bytes name); /* with or without SIG; -1 when unknown */

#endif
