/* SPDX-License-Identifier: MIT */
/**
 * debug - the file with a module's DWARF, where it is kept apart from the module.
 */
#ifndef RN_RECORD_EMBED_DEBUG_H
#define RN_RECORD_EMBED_DEBUG_H

#include "shared/bytes.h"

/** Opens /usr/lib/debug/.build-id/xx/yyy.debug, which proves to have that build-id; -1: there is none. */
int rn_debug_file_open(struct rn_bytes build_id);

#endif
