/* SPDX-License-Identifier: MIT */
/**
 * redact - takes out of a trace what should not be shared, and counts it.
 *
 * By a list of what may stay, not of what must go: a kind of memory that nobody thought of is dropped.
 * Stay: numbers, results, times, fixed structures of plain numbers (stat, timespec, ..). Become
 * pseudonyms: paths, argument vectors, names of threads and hosts, network addresses. Go: the contents of
 * buffers, environments, directory entries, other strings, remarks; registers and stacks, or, when
 * scrubbed, every word of them that is neither an address of code nor of the stack itself; images of code then stay
 * with the names of functions alone (scrub_image.h).
 */
#ifndef RN_ANALYZE_REWRITE_REDACT_H
#define RN_ANALYZE_REWRITE_REDACT_H

#include "analyze/rewrite/copy.h"
#include "analyze/rewrite/pseudonyms.h"
#include "analyze/stack/modules.h"
#include "analyze/table.h"
#include "shared/arena.h"

/* What was done, to what. X(NAME, what, how) */
#define RN_REDACTIONS(X) \
	X(BUFFERS, "contents of buffers and structures", "dropped") \
	X(STRINGS, "strings that are no paths", "dropped") \
	X(PATHS, "paths", "pseudonyms") \
	X(VECTORS, "arguments of programs", "pseudonyms") \
	X(ENVIRONMENTS, "environments", "dropped") \
	X(ADDRESSES, "addresses of sockets", "pseudonyms") \
	X(NAMES, "names of threads and programs", "pseudonyms") \
	X(DESCRIPTORS, "targets of descriptors", "pseudonyms") \
	X(SIGNALS, "values sent with signals", "zeros") \
	X(REGISTERS, "registers", "dropped or zeros") \
	X(STACKS, "stacks", "dropped or zeros") \
	X(REMARKS, "remarks of the recorder", "dropped") \
	X(HEADER, "host, command, directory, environment of the recorder", "pseudonyms or dropped") \
	X(MODULES, "images of code and symbols", "dropped") \
	X(IMAGES, "images of code: all but functions", "zeros")

enum rn_redaction {
#define X(name, what, how) RN_REDACTED_##name,
	RN_REDACTIONS(X)
#undef X
	RN_REDACTED_N
};

struct rn_redact {
	bool scrub_stacks;                 /* else they are dropped */
	struct rn_modules_table *modules;  /* for scrubbing; borrowed */
	struct rn_pseudonyms names;
	struct {
		uint64_t n, bytes;
	} done[RN_REDACTED_N];

	/* Private: what the event at hand borrows. */
	struct rn_arena arena;
	struct rn_buffer text;
};

int rn_redact_init(struct rn_redact *r, bool scrub_stacks, struct rn_modules_table *modules,
	struct rn_error *err);
void rn_redact_fini(struct rn_redact *r);
/** arg is the redact. */
struct rn_copy_hooks rn_redact_hooks(struct rn_redact *r);
/** A table of what was done. */
int rn_redact_emit(const struct rn_redact *r, struct rn_sink *sink, struct rn_error *err);

#endif
