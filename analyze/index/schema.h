/* SPDX-License-Identifier: MIT */
/**
 * schema - the tables of an index, FILE.rnx: an SQLite database that can be made again at any time.
 *
 *   meta      key, value: which trace and how much of it; checksums of the tables
 *   file      the distinct answers to "which files is a call about", by order of appearance, numbered from 1:
 *             pages (pages.h) of many (facts.h)
 *   block     a row a block of the trace: where it is, its zone map, and of each call that may be about
 *             a file the number of its facts (file_codes.h)
 *   agg       calls by bucket of time (blocks one after the other), number and thread: rows of whole numbers as
 *             columns (columns.h, counts.h)
 *   histogram calls of each number by how long they took: at least low_ns, less than twice that (0: no time);
 *             tail: 1 and 2 are the last two buckets, which are counted again when the trace grows
 *   slowest   the calls that took longest, of all: rank, and which they are
 *   use       what was done to each file (uses.h), rows as columns; tail as of histogram
 *   event     the events that say who is who and, where calls have stacks, what lies where (rn_survey_keeps), a page
 *             for some blocks, each coded as in a trace: the model of processes and the map of modules are made of
 *             these, so that nobody walks all events of descriptors for them
 *   orphan    calls that were under way when the trace ended
 *   module, frame, stack, call_stack, symbol: call stacks, once they were asked for (stacks.h)
 *
 * Whatever is read back is checked (a checksum for each table, one for each page), and the
 * text of the tables must be this text, byte for byte: an index from somebody else can answer wrongly,
 * but do nothing. Change RN_INDEX_VERSION with it.
 */
#ifndef RN_ANALYZE_INDEX_SCHEMA_H
#define RN_ANALYZE_INDEX_SCHEMA_H

#define RN_INDEX_APPLICATION 0x726e7831 /* "rnx1" */
#define RN_INDEX_VERSION 7

#define RN_INDEX_PAGES "(id INTEGER PRIMARY KEY, n INTEGER, raw_bytes INTEGER, data BLOB, crc INTEGER)"

/* TABLE(name, columns and more), sorted by name */
#define RN_INDEX_TABLES(TABLE) \
	TABLE(agg, RN_INDEX_PAGES) \
	TABLE(block, "(id INTEGER PRIMARY KEY, bucket INTEGER, offset INTEGER, bytes INTEGER, " \
		"calls INTEGER, errors INTEGER, first_ns INTEGER, last_ns INTEGER, max_dur_ns INTEGER, " \
		"raw_bytes INTEGER, files BLOB, crc INTEGER)") \
	TABLE(call_stack, RN_INDEX_PAGES) \
	TABLE(event, RN_INDEX_PAGES) \
	TABLE(file, RN_INDEX_PAGES) \
	TABLE(frame, RN_INDEX_PAGES) \
	TABLE(histogram, "(abi INTEGER, nr INTEGER, low_ns INTEGER, tail INTEGER, name TEXT, " \
		"calls INTEGER, PRIMARY KEY(abi, nr, low_ns, tail)) WITHOUT ROWID") \
	TABLE(meta, "(key TEXT PRIMARY KEY, value) WITHOUT ROWID") \
	TABLE(module, "(id INTEGER PRIMARY KEY, path BLOB, build_id BLOB, deleted INTEGER, pid INTEGER, " \
		"image INTEGER, image_path TEXT, image_bytes INTEGER, image_mtime_ns INTEGER)") \
	TABLE(orphan, "(utid INTEGER PRIMARY KEY, ts_ns INTEGER)") \
	TABLE(slowest, "(rank INTEGER PRIMARY KEY, dur_ns INTEGER, block INTEGER, k INTEGER)") \
	TABLE(stack, RN_INDEX_PAGES) \
	TABLE(symbol, RN_INDEX_PAGES) \
	TABLE(use, RN_INDEX_PAGES)

#endif
