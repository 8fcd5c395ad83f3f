/* SPDX-License-Identifier: MIT */
/**
 * files - what calls say about files. Internal to analyze/decode.
 */
#ifndef RN_ANALYZE_DECODE_FILES_H
#define RN_ANALYZE_DECODE_FILES_H

#include "analyze/decode/fields.h"
#include "analyze/decode/records.h"

rn_record_printer rn_record_stat, rn_record_stat64, rn_record_oldstat, rn_record_statx,
	rn_record_open_how, rn_record_mount_attr, rn_record_file_handle;

extern const struct rn_fields rn_fields_statfs, rn_fields_statfs64, rn_fields_ustat,
	rn_fields_utimbuf, rn_fields_cachestat_range, rn_fields_cachestat;

#endif
