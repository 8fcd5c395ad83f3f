/* SPDX-License-Identifier: MIT */
/**
 * extend - a copy of a trace with more modules in it.
 *
 * Everything of the trace is copied byte by byte, frames of kinds this build does not know too; the
 * modules come behind it, then a new index and seek table. A trace without its end (the recorder died)
 * gets none by this: it stays what it is.
 */
#ifndef RN_FORMAT_EXTEND_H
#define RN_FORMAT_EXTEND_H

#include "format/writer.h"

struct rn_extension;

/** Copies the trace at path to fd, which is taken over (also on error). RN_E_CORRUPT: it is damaged, and a
 *  copy would hide that; RN_E_UNSUPPORTED: it is no file; what reading and writing fail with. */
int rn_extension_begin(struct rn_extension **out, const char *path, int fd, struct rn_error *err);
int rn_extension_module(struct rn_extension *x, const struct rn_module_image *m, struct rn_error *err);
/** Writes the end, closes and frees. Nothing is written with `drop`. */
int rn_extension_end(struct rn_extension *x, bool drop, struct rn_error *err);

#endif
