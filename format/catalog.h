/* SPDX-License-Identifier: MIT */
/**
 * catalog - the blocks and modules of an input: where they are and what they hold.
 */
#ifndef RN_FORMAT_CATALOG_H
#define RN_FORMAT_CATALOG_H

#include "format/module.h"
#include "format/walk.h"
#include "shared/arena.h"

struct rn_catalog_block {
	struct rn_block_info info;
	struct rn_bytes frame;     /* its directory; info borrows it */
	uint64_t held_bytes;       /* of its sections, in the file: fewer when it is cut */
};

struct rn_catalog_module {
	struct rn_module_desc desc;
	uint64_t offset;           /* of the image's frame */
	struct rn_bytes packed;    /* the image's frame, from a pipe */
	uint8_t *image;            /* unpacked, once asked for */
};

struct rn_catalog {
	struct rn_arena arena;     /* frames and what else must live */
	struct rn_catalog_block *block;
	size_t n_blocks, cap_blocks;
	struct rn_catalog_module *module;
	size_t n_modules, cap_modules;
};

void rn_catalog_fini(struct rn_catalog *c);
/** By the index at the end. RN_E_CORRUPT when there is none that proves right: then nothing has
 *  changed. *header: its copy of the header's frame, which lives as long as the catalog. *complete:
 *  the seek table behind it is right too. */
int rn_catalog_from_index(struct rn_catalog *c, struct rn_input *in, struct rn_bytes *header,
	struct rn_damage_log *log, bool *complete, struct rn_error *err);
/** By walking to the end. */
int rn_catalog_from_walk(struct rn_catalog *c, struct rn_walk *w, struct rn_error *err);

/** Loads block i; see rn_reader_load. want: of the sections that may wait, those that are read now. */
int rn_catalog_load(const struct rn_catalog *c, size_t i, const struct rn_input *in, unsigned want,
	struct rn_damage_log *log, struct rn_block *b, struct rn_error *err);
/** A module met on a pipe; its image is copied from the input's view. */
int rn_catalog_add_module(struct rn_catalog *c, const struct rn_walk_item *item,
	struct rn_input *in, struct rn_damage_log *log, struct rn_error *err);
/** Unpacks image i, once. RN_E_CORRUPT when it is damaged (noted in the log). */
int rn_catalog_module(struct rn_catalog *c, size_t i, const struct rn_input *in,
	struct rn_damage_log *log, struct rn_module_image *m, struct rn_error *err);

#endif
