/* SPDX-License-Identifier: MIT */
/**
 * modules - the files whose code ran, and where each process had them mapped, over time.
 *
 * Built from MAP, UNMAP, EXEC and TASK events (a fork inherits its parent's map, a
 * thread shares it, an exec starts anew). A module is a distinct (path, build-id);
 * its ELF image is the one embedded in the trace or, where the trace has none, what the
 * finder finds (analyze/symbol: a file with the same build-id). Code that a program made
 * itself and described in a /tmp/perf-PID.map is a module too, one per process.
 * Questions name a moment, as in analyze/model/model.h. One owner thread.
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
	bool is_jit;              /* code described by a /tmp/perf-PID.map in the trace: its image is
	                           * that text, addresses in it are those of the process */
	uint64_t pid;             /* of a JIT map */
};

/* Where an address of a process lay. */
struct rn_place {
	uint32_t module;
	uint64_t file_offset; /* of the address; of a JIT map: the address itself */
	uint64_t low, high;   /* of the mapping */
};

struct rn_modules_table *rn_modules_new(void); /* NULL: no memory */
void rn_modules_free(struct rn_modules_table *m);
int rn_modules_event(struct rn_modules_table *m, const struct rn_event *ev, struct rn_error *err);
/** The meta events of a block (those that are sound). */
int rn_modules_block(struct rn_modules_table *m, struct rn_block *b, struct rn_error *err);
/** The whole trace, by its meta sections; the reader must be seekable and indexed. Takes its
 *  images too (rn_modules_use). */
int rn_modules_scan(struct rn_modules_table *m, struct rn_reader *r, struct rn_error *err);
/** Images come from this reader (borrowed); on a pipe, as far as it has been read. NULL: none. */
void rn_modules_use(struct rn_modules_table *m, struct rn_reader *r);

/** Finds the image of a module that the trace has none of; *elf borrowed until the table is freed,
 *  empty: not found. 0 or an error that ends everything. */
struct rn_image_finder {
	int (*find)(void *arg, const struct rn_module *module, struct rn_bytes *elf,
		struct rn_error *err);
	void *arg;
};
void rn_modules_set_finder(struct rn_modules_table *m, const struct rn_image_finder *finder);

uint32_t rn_modules_n(const struct rn_modules_table *m);
const struct rn_module *rn_modules_at(const struct rn_modules_table *m, uint32_t i);
/** The image embedded in the trace, unpacked when first asked for; empty: none. Borrowed for the
 *  life of the reader. Hostile like every byte of the trace. */
int rn_modules_embedded(struct rn_modules_table *m, uint32_t i, struct rn_bytes *image,
	struct rn_error *err);
/** Whether anybody asked for the image (below): RN_IMAGE_UNKNOWN nobody did; from where it came, if from anywhere. */
enum rn_image_from { RN_IMAGE_UNKNOWN, RN_IMAGE_TRACE, RN_IMAGE_FOUND, RN_IMAGE_NONE };
enum rn_image_from rn_modules_image_from(const struct rn_modules_table *m, uint32_t i);
/** The same, and the finder's where the trace has none. */
int rn_modules_image(struct rn_modules_table *m, uint32_t i, struct rn_bytes *image,
	struct rn_error *err);

/** False: nothing executable was known there. */
bool rn_modules_find(struct rn_modules_table *m, uint32_t utid, uint64_t at_ns, uint64_t addr,
	struct rn_place *out);
/** A number for the map of a thread at a moment: equal ones mean that every address has the same
 *  place. *empty: nothing was mapped, nor is told to have been before that. */
uint64_t rn_modules_epoch(struct rn_modules_table *m, uint32_t utid, uint64_t at_ns, bool *empty);
/** How many images the trace has shown by now: on a pipe they may come after the code that ran. */
size_t rn_modules_n_images(struct rn_modules_table *m);

#endif
