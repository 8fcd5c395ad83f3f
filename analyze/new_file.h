/* SPDX-License-Identifier: MIT */
/**
 * new_file - a file that nobody finds half of: written beside its name, moved there when it is whole.
 */
#ifndef RN_ANALYZE_NEW_FILE_H
#define RN_ANALYZE_NEW_FILE_H

#include "shared/buffer.h"
#include "shared/error.h"

struct rn_new_file {
	const char *destination; /* borrowed */
	struct rn_buffer name;   /* "DESTINATION.XXXXXX" */
};

/** A descriptor that is the caller's to close, mode 0600 as every trace has; or an error that names the
 *  destination. rn_new_file_end after success and failure alike. */
int rn_new_file_begin(struct rn_new_file *f, const char *destination, struct rn_error *err);
/** Moves the file to its destination, or where rc says that something failed removes it. rc, or what the
 *  moving failed with. */
int rn_new_file_end(struct rn_new_file *f, int rc, struct rn_error *err);

#endif
