/* SPDX-License-Identifier: MIT */
/**
 * minidebug - the symbols that some distributions leave in stripped programs: .gnu_debugdata, an ELF file
 * packed by xz, with the functions that .dynsym does not have.
 */
#ifndef RN_ANALYZE_SYMBOL_MINIDEBUG_H
#define RN_ANALYZE_SYMBOL_MINIDEBUG_H

#include "shared/buffer.h"

#include <stdbool.h>

#define RN_MINIDEBUG_MAX_BYTES ((size_t)64 << 20)

/** Unpacks into an empty buffer. False: it is damaged, too large, or there is no memory (out->failed). */
bool rn_minidebug_unpack(struct rn_buffer *out, struct rn_bytes packed);

#endif
