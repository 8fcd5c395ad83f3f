/* SPDX-License-Identifier: MIT */
/**
 * names - numbers of the kernel's interface and what they are called.
 *
 * Values are literals of our own tables, never the build host's macros: a trace
 * of one machine decodes on any other. shared/names.def lists the tables
 * (NAMES(id, kind, "FALLBACK_???")), shared/names/ has their contents. Where
 * ABIs differ (O_DIRECTORY of aarch64), the table has variants.
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
	const char *unknown;         /* "O_???": what stands in the comment behind unknown bits */
	const struct rn_name *entry; /* enums: any order; flags: composite values before their parts */
	uint32_t n;
	/* Some bits of a flag word are a number: the access mode of O_*, the type of MAP_*. */
	uint64_t field_mask;          /* 0: none */
	const struct rn_names *field; /* an enum; NULL when field_mask is 0 */
};

/** Never NULL for an id below RN_NAMES_COUNT. Static memory. */
const struct rn_names *rn_names(enum rn_names_id id, enum rn_abi abi);
/** The name of an exact value, or NULL. */
const char *rn_name_of(enum rn_names_id id, enum rn_abi abi, uint64_t value);
/** Splits bits: calls each known name, the field's first, then in table order, and returns the
 *  bits nobody knows. Zero is named only where the table or its field has a name for it. */
uint64_t rn_names_split(const struct rn_names *t, uint64_t bits,
	void (*each)(void *arg, const char *name), void *arg);

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
