/* SPDX-License-Identifier: MIT */
/**
 * series_file - names, numbers and room of the files of a series (series.h).
 */
#ifndef RN_RECORD_OUTPUT_SERIES_FILE_H
#define RN_RECORD_OUTPUT_SERIES_FILE_H

#include "format/event.h"
#include "record/output/series.h"

#define RN_SERIES_NAME 4096

/** The folder a path lies in. */
bool rn_series_folder(char *out, size_t cap, const char *path);
/** About what the tail of a file with so many blocks takes. */
uint64_t rn_series_tail_bytes(uint64_t blocks);

#endif
