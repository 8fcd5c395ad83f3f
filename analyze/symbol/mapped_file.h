/* SPDX-License-Identifier: MIT */
/**
 * mapped_file - a whole regular file as bytes, read-only.
 */
#ifndef RN_ANALYZE_SYMBOL_MAPPED_FILE_H
#define RN_ANALYZE_SYMBOL_MAPPED_FILE_H

#include "shared/bytes.h"
#include "shared/error.h"

struct rn_mapped_file {
	struct rn_bytes bytes;
};

/** RN_E_NOT_FOUND, RN_E_PERM, RN_E_IO (also: no regular file, or an empty one). Never waits (fifos) and
 *  never follows into a device. */
int rn_mapped_file_open(struct rn_mapped_file *m, const char *path, struct rn_error *err);
void rn_mapped_file_close(struct rn_mapped_file *m);

#endif
