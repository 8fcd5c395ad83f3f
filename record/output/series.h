/* SPDX-License-Identifier: MIT */
/**
 * series - one recording in several files, each of which can be read alone.
 *
 * A keeper (format/keeper.h). A file is ended by its size, its age, or because somebody asked; the
 * next one begins with all that a reader must know (ledger.h) and with the images of the modules
 * that are in use (shelf.h). An event is in exactly one file; files of one recording have a UUID of
 * the series in common, numbers that rise, and one trace time 0. Of a file that was ended, images
 * that the embedder still works on are waited for, without holding up the next file.
 * Names: for `-o NAME.rnt`, NAME.0001.rnt and so on; numbers go on where earlier recordings of that
 * name stopped. With max_files the oldest files of that name are deleted, ours and earlier ones.
 */
#ifndef RN_RECORD_OUTPUT_SERIES_H
#define RN_RECORD_OUTPUT_SERIES_H

#include "format/keeper.h"
#include "record/recording.h"

struct rn_series;

struct rn_series_options {
	const char *path;             /* as -o has it */
	uint64_t max_bytes, max_ns;   /* of one file; 0: no limit */
	uint64_t max_files;           /* 0: all are kept */
	struct rn_writer_options writer;
};

/** Makes the first file. rec is borrowed (embedder, demand); header is copied but for its strings.
 *  Strings of o are borrowed. */
int rn_series_open(struct rn_series **out, const struct rn_series_options *o,
	struct rn_recording *rec, const struct rn_header *header, struct rn_error *err);
struct rn_keeper rn_series_keeper(struct rn_series *s);
/** Frees what rn_series_open made when no pipeline was started on it. */
void rn_series_abandon(struct rn_series *s);

/** The name of file `number` of a series; false: it does not fit. */
bool rn_series_name(char *out, size_t cap, const char *path, uint64_t number);
/** The greatest number that anything of that name has; 0: there is none. */
uint64_t rn_series_last_number(const char *path);
/** Deletes the plain files of that name with the smallest numbers until `keep` are left. */
void rn_series_prune(const char *path, uint64_t keep);

#endif
