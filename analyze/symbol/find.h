/* SPDX-License-Identifier: MIT */
/**
 * find - the files of this machine that belong to a module of a trace, by its build-id.
 *
 * Looked for, in this order:
 *   1. each --debug-dir D: D/.build-id/xx/yyy.debug and D/xx/yyy.debug, D/PATH.debug, D/PATH,
 *      D/NAME.debug, D/NAME, D/LINK, D/PATH's folder/LINK
 *   2. below --sysroot (else /): usr/lib/debug in the same way; PATH's folder/LINK and
 *      PATH's folder/.debug/LINK
 *   3. debuginfod, where allowed and DEBUGINFOD_URLS is set
 *   4. the module's own file, below --sysroot
 * LINK is what the module's .gnu_debuglink names. A file with another build-id is refused, and
 * remembered with its path, so that a report can name it. A module without a build-id is
 * only looked for where paths may be trusted: on the machine and at the time of the recording.
 */
#ifndef RN_ANALYZE_SYMBOL_FIND_H
#define RN_ANALYZE_SYMBOL_FIND_H

#include "analyze/symbol/elf_view.h"
#include "analyze/symbol/mapped_file.h"

#define RN_BUILD_ID_MAX 64

struct rn_symbol_options {
	const char *const *debug_dirs; /* n_debug_dirs of them */
	size_t n_debug_dirs;
	const char *sysroot;           /* NULL: / */
	bool debuginfod;
	bool trace_only;               /* never look beyond the trace */
	bool trust_paths;              /* a module without build-id is what its path is now */
	bool all_names;                /* go beyond the names that the trace has, when they are but those
	                                * that others may call; named places imply it */
	bool lines;                    /* files, lines and inlined calls are wanted */
};

/* What is looked for. */
struct rn_find_wanted {
	struct rn_bytes path, build_id; /* of the module; either may be empty */
	struct rn_bytes debug_link;     /* empty: unknown */
};

/* A file that is there. */
struct rn_found {
	const char *path;
	struct rn_elf_view elf;
	struct rn_mapped_file file;
};

enum rn_find_answer {
	RN_FIND_GO_ON,
	RN_FIND_TAKEN,  /* the receiver keeps what is in *f and closes it; the search ends */
};

struct rn_find_receiver {
	void *arg;
	/** A file of the wanted build-id. */
	enum rn_find_answer (*found)(void *arg, struct rn_found *f);
	/** A file in the right place with another build-id (or none); may be NULL. */
	void (*refused)(void *arg, const char *path, struct rn_bytes build_id);
};

/** Offers one file after the other until one is taken. 0 or RN_E_NOMEM; nothing found is no error. */
int rn_find(const struct rn_symbol_options *o, const struct rn_find_wanted *wanted,
	const struct rn_find_receiver *to, struct rn_error *err);
void rn_found_close(struct rn_found *f);

#endif
