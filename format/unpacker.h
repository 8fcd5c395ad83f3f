/* SPDX-License-Identifier: MIT */
/**
 * unpacker - the events of blocks that lie in memory as they would in a file, one at a time.
 */
#ifndef RN_FORMAT_UNPACKER_H
#define RN_FORMAT_UNPACKER_H

#include "format/reader.h"

struct rn_unpacker;

struct rn_unpacker *rn_unpacker_new(void); /* NULL: no memory */
void rn_unpacker_free(struct rn_unpacker *u);

/** *out: a packed block (directory frame, then sections; copied), for rn_block_meta, rn_block_call and
 *  rn_block_core, until the next load. RN_E_CORRUPT, RN_E_NOMEM. */
int rn_unpacker_load(struct rn_unpacker *u, struct rn_bytes packed, struct rn_block **out,
	struct rn_error *err);

#endif
