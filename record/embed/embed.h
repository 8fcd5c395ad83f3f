/* SPDX-License-Identifier: MIT */
/**
 * embed - images of the files whose code ran, made and packed beside the recording.
 *
 * A backend hands over an open file, or a descriptor of a /tmp/perf-PID.map, and goes on: reading
 * and packing is done by a thread of low priority, the rest at the end by whoever finishes.
 * Files are read in pieces of 64 KiB; memory is what the packed image takes and the packer's
 * 1 MiB. How many descriptors wait is bounded; what comes on top is opened again when its turn
 * comes. A file that cannot be read is left out: the trace is no worse than without it.
 */
#ifndef RN_RECORD_EMBED_EMBED_H
#define RN_RECORD_EMBED_EMBED_H

#include "format/pipeline.h"
#include "shared/elf_image.h"

struct rn_embedder;

/** NULL: no memory, or no thread. Borrows the pipeline until rn_embed_finish. most_bytes: of one packed image; what takes
 *  more is left out. */
struct rn_embedder *rn_embed_start(struct rn_pipeline *p, enum rn_embed how, int level, uint64_t most_bytes);
/** An ELF file. Takes fd over. name: its path, by which it is opened again should too many wait (and
 *  must prove to be the same). Strings are copied. e may be NULL: then fd is closed. */
void rn_embed_elf(struct rn_embedder *e, int fd, struct rn_bytes build_id, struct rn_bytes name);
/** A text of the kind RN_MODULE_PERF_MAP. */
void rn_embed_perf_map(struct rn_embedder *e, int fd, struct rn_bytes name);
/** How much has been handed over so far, and how much of it is in the pipeline (or was given up): a
 *  later `done` that is not below an earlier `given` says that all until then has arrived. Any thread
 *  while the embedder lives; e may be NULL. */
uint64_t rn_embed_given(struct rn_embedder *e);
uint64_t rn_embed_done(struct rn_embedder *e);
/** Everything handed over is in the pipeline (drop: is given up); frees. NULL is fine. */
void rn_embed_finish(struct rn_embedder *e, bool drop);

#endif
