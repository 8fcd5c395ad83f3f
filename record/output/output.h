/* SPDX-License-Identifier: MIT */
/**
 * output - where the trace goes, opened before anything is traced.
 *
 * A file is made anew with mode 0600 in the place of an older one; a symbolic link is
 * not followed. The default file's predecessor is kept as renacer.rnt.old.
 */
#ifndef RN_RECORD_OUTPUT_OUTPUT_H
#define RN_RECORD_OUTPUT_OUTPUT_H

#include "record/options.h"

/** A close-on-exec descriptor, or a negative error that names the file. *name (borrowed from o) is
 *  for messages. */
int rn_output_open(const struct rn_record_options *o, const char **name, struct rn_error *err);

/** A file made anew under that name, in the place of an older one. Close-on-exec; or a negative error. */
int rn_output_create(const char *name, struct rn_error *err);

#endif
