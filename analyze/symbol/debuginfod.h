/* SPDX-License-Identifier: MIT */
/**
 * debuginfod - files by build-id from the servers of DEBUGINFOD_URLS, through libdebuginfod.
 *
 * The library is loaded when it is first asked for; it keeps its own cache of files.
 */
#ifndef RN_ANALYZE_SYMBOL_DEBUGINFOD_H
#define RN_ANALYZE_SYMBOL_DEBUGINFOD_H

#include "shared/buffer.h"

#include <stdbool.h>

/** Puts the path of the file with the DWARF (or, without it, of the program itself). False: there is no
 *  library, no server or no such file. */
bool rn_debuginfod_find(struct rn_buffer *path, struct rn_bytes build_id, bool program);

#endif
