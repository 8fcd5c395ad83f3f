/* SPDX-License-Identifier: MIT */
/**
 * schema - the tables of an index, FILE.rnx: an SQLite database that can be made again at any time.
 *
 *   meta      key, value: which trace and how much of it; checksums of the tables
 *   file      the distinct answers to "which files is a call about" (rn_file_facts), by order of
 *             appearance, numbered from 1: packed (survey.c), many in a zstd frame, each with a
 *             varint length in front
 *   block     a row a block of the trace: where it is, its zone map, and of each call that may be about
 *             a file the number of its facts (0: none): in the order of rn_survey_order, all of them as
 *             wide as the greatest needs, byte 0 of all, then byte 1, .., in one zstd frame
 *   agg       calls by bucket (blocks one after the other), thread and number
 *   orphan    calls that were under way when the trace ended
 *   process, thread: for whoever opens it with another tool
 *
 * Whatever is read back is checked (a checksum for each table, one for each block's files), and the
 * text of the tables must be this text, byte for byte: an index from somebody else can answer wrongly,
 * but do nothing. Change RN_INDEX_VERSION with it.
 */
#ifndef RN_ANALYZE_INDEX_SCHEMA_H
#define RN_ANALYZE_INDEX_SCHEMA_H

#define RN_INDEX_APPLICATION 0x726e7831 /* "rnx1" */
#define RN_INDEX_VERSION 2

/* TABLE(name, columns and more) */
#define RN_INDEX_TABLES(TABLE) \
	TABLE(agg, "(bucket INTEGER, utid INTEGER, abi INTEGER, nr INTEGER, calls INTEGER, " \
		"errors INTEGER, unfinished INTEGER, total_high INTEGER, total_low INTEGER, " \
		"min_ns INTEGER, max_ns INTEGER, PRIMARY KEY(bucket, utid, abi, nr)) WITHOUT ROWID") \
	TABLE(block, "(id INTEGER PRIMARY KEY, bucket INTEGER, offset INTEGER, bytes INTEGER, " \
		"calls INTEGER, errors INTEGER, first_ns INTEGER, last_ns INTEGER, max_dur_ns INTEGER, " \
		"raw_bytes INTEGER, files BLOB, crc INTEGER)") \
	TABLE(file, "(id INTEGER PRIMARY KEY, n INTEGER, raw_bytes INTEGER, facts BLOB, crc INTEGER)") \
	TABLE(meta, "(key TEXT PRIMARY KEY, value) WITHOUT ROWID") \
	TABLE(orphan, "(utid INTEGER PRIMARY KEY, ts_ns INTEGER)") \
	TABLE(process, "(upid INTEGER PRIMARY KEY, pid INTEGER, parent_upid INTEGER, start_ns INTEGER, " \
		"end_ns INTEGER, exe TEXT, command TEXT)") \
	TABLE(thread, "(utid INTEGER PRIMARY KEY, tid INTEGER, upid INTEGER, comm TEXT, start_ns INTEGER, " \
		"end_ns INTEGER)")

#endif
