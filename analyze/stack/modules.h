/* SPDX-License-Identifier: MIT */
/**
 * modules - the files whose code ran, and where each process had them mapped, over time.
 *
 * Built from MAP, UNMAP, EXEC and TASK events (a fork inherits its parent's map, a
 * thread shares it, an exec starts anew). A module is a distinct (path, build-id);
 * its ELF image is the one embedded in the trace or, where the trace has none, a file
 * with the same build-id (analyze/symbol/find.h). Questions name a moment, as in
 * analyze/model.h.
 */
#ifndef RN_ANALYZE_STACK_MODULES_H
#define RN_ANALYZE_STACK_MODULES_H

#include "format/reader.h"

struct rn_modules_table;

/* A module. Strings live as long as the table. */
struct rn_module {
	struct rn_bytes path;     /* "[vdso]", "/usr/lib/.../libc.so.6"; " (deleted)" taken off */
	struct rn_bytes build_id; /* raw bytes; empty: none */
	bool deleted;
	bool is_jit;              /* code described by a /tmp/perf-PID.map in the trace */
	uint64_t pid;             /* of a JIT map */
};

/* Where an address of a process lay. */
struct rn_place {
	uint32_t module;
	uint64_t file_offset; /* of the address */
	uint64_t low, high;   /* of the mapping */
};

struct rn_modules_table *rn_modules_new(void); /* NULL: no memory */
void rn_modules_free(struct rn_modules_table *m);
int rn_modules_event(struct rn_modules_table *m, const struct rn_event *ev, struct rn_error *err);
/** The whole trace, by its meta sections; the reader must be seekable and indexed. */
int rn_modules_scan(struct rn_modules_table *m, struct rn_reader *r, struct rn_error *err);

uint32_t rn_modules_n(const struct rn_modules_table *m);
const struct rn_module *rn_modules_at(const struct rn_modules_table *m, uint32_t i);
/** False: nothing executable was known there. */
bool rn_modules_find(struct rn_modules_table *m, uint32_t utid, uint64_t at_ns, uint64_t addr,
	struct rn_place *out);

#endif
