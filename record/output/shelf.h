/* SPDX-License-Identifier: MIT */
/**
 * shelf - packed images of modules, kept while recording so that each file of a series has those it
 * needs.
 *
 * They lie in a file without a name beside the traces (in memory where there can be none), so that a
 * flight recorder's memory is its own. An image belongs to a module by its build-id, or
 * by its name when it has none. One owner thread but for rn_shelf_pin and _read.
 */
#ifndef RN_RECORD_OUTPUT_SHELF_H
#define RN_RECORD_OUTPUT_SHELF_H

#include "format/writer.h"
#include "shared/buffer.h"

#include <stdbool.h>

struct rn_shelf;

/** folder: where the file without a name is made. NULL: no memory, or no room anywhere. */
struct rn_shelf *rn_shelf_new(const char *folder);
void rn_shelf_free(struct rn_shelf *s);

/** Keeps a packed image (frame may be empty). One that is there already in the same kind is
 *  replaced. Its number, or RN_E_NOMEM, RN_E_NO_SPACE, RN_E_IO. */
int rn_shelf_put(struct rn_shelf *s, const struct rn_module_image *what, uint64_t raw_bytes,
	struct rn_bytes frame);

/* One of them. */
struct rn_shelved {
	struct rn_module_image what; /* image is empty; strings live as long as the shelf */
	uint64_t raw_bytes, packed_bytes;
	uint64_t offset;
	uint64_t mark;               /* the owner's */
};
uint32_t rn_shelf_n(const struct rn_shelf *s);
struct rn_shelved *rn_shelf_at(struct rn_shelf *s, uint32_t i);
/** Whether image `what` is of the module that a mapping names. */
bool rn_shelf_is_of(const struct rn_module_image *what, struct rn_bytes build_id, struct rn_bytes path);
/** While it is pinned, replaced images stay readable. Any thread; counts. */
void rn_shelf_pin(struct rn_shelf *s, bool pinned);
/** The packed image. 0, RN_E_NOMEM, RN_E_IO. */
int rn_shelf_read(const struct rn_shelf *s, const struct rn_shelved *m, struct rn_buffer *out);

#endif
