/* SPDX-License-Identifier: MIT */
/**
 * scrub_image - an image of code without what names more than functions.
 *
 * By a list of what stays: headers, unwind tables, the build-id, symbols of functions with their names, the customary
 * names of sections. Everything else becomes zeros: names of source files and of data, the run path, the libraries
 * needed, DWARF, notes, compressed symbols. Sections without bytes are NOBITS then, offsets stay as they were.
 */
#ifndef RN_ANALYZE_REWRITE_SCRUB_IMAGE_H
#define RN_ANALYZE_REWRITE_SCRUB_IMAGE_H

#include "shared/bytes.h"

#include <stdbool.h>

/** image.len bytes to `out`, zeros at first. False: it is no ELF file that is known; nothing may stay of it. */
bool rn_scrub_image(uint8_t *out, struct rn_bytes image);

#endif
