/* SPDX-License-Identifier: MIT */
/**
 * keeper - where a pipeline's thread puts what comes: one file (a writer), or somebody's own order.
 *
 * The recorder has two of its own: files of a series, each complete (record/output/series.h), and the
 * last MiB of a recording in memory (record/output/flight.h). All calls come from the pipeline's
 * thread. Errors are as those of rn_writer_append: RN_E_ARG refuses one event, any other is final.
 */
#ifndef RN_FORMAT_KEEPER_H
#define RN_FORMAT_KEEPER_H

#include "format/writer.h"

struct rn_keeper_ops {
	int (*append)(void *k, const struct rn_event *ev, struct rn_error *err);
	/* frame: the image packed already, or empty: then what->image is to be packed. */
	int (*module)(void *k, const struct rn_module_image *what, uint64_t raw_bytes,
		struct rn_bytes frame, struct rn_error *err);
	/* Between events: at least when something is due or somebody nudges (rn_pipeline_nudge). */
	int (*tick)(void *k, uint64_t now_ns, struct rn_error *err);
	int (*flush)(void *k, struct rn_error *err);
	/* When an open block must be closed; and when the keeper wants a tick for its own reasons.
	 * Trace time; UINT64_MAX: never. */
	uint64_t (*deadline_ns)(const void *k);
	uint64_t (*alarm_ns)(const void *k); /* NULL: never */
	/* Modules shall not wait for events to have their share of the file. NULL: they may. */
	bool (*wants_modules)(const void *k);
	const struct rn_writer_totals *(*totals)(const void *k);
	/* Both give back everything: closed properly, or given up. */
	int (*close)(void *k, struct rn_writer_totals *totals, struct rn_error *err);
	void (*abandon)(void *k);
};

struct rn_keeper {
	const struct rn_keeper_ops *ops;
	void *state;
};

/** One file. The keeper owns w. */
struct rn_keeper rn_keeper_of_writer(struct rn_writer *w);

#endif
