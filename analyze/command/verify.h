/* SPDX-License-Identifier: MIT */
/**
 * verify - the command that checks every checksum and every record of a trace.
 *
 * Every section of every block is unpacked and every event decoded, every module
 * image unpacked, and each block's directory is compared with the calls behind it.
 * Damage never stops it. Tables: verify (a record: verdict and what could be
 * read), damage (where and what).
 */
#ifndef RN_ANALYZE_COMMAND_VERIFY_H
#define RN_ANALYZE_COMMAND_VERIFY_H

#include "analyze/table.h"
#include "format/reader.h"

enum rn_verdict {
	RN_VERDICT_WHOLE,   /* everything was there and right */
	RN_VERDICT_CUT,     /* all that is there is right, but the recording was not closed */
	RN_VERDICT_DAMAGED,
};

/** Walks the reader to its end and writes the tables. path stands in the report. */
int rn_verify_emit(struct rn_reader *r, const char *path, struct rn_sink *sink,
	enum rn_verdict *verdict, struct rn_error *err);

#endif
