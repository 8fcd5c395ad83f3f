/* SPDX-License-Identifier: MIT */
/**
 * csv - fields of comma separated values, as analyze/report/csv.c explains.
 */
#ifndef RN_ANALYZE_REPORT_CSV_H
#define RN_ANALYZE_REPORT_CSV_H

#include "shared/buffer.h"

/** One field of text, quoted where RFC 4180 asks for it. */
void rn_csv_text(struct rn_buffer *out, struct rn_bytes s);

#endif
