/* SPDX-License-Identifier: MIT */
/**
 * summary_weights - corrects a summary for calls that were left out on request (analyze/weights/sampling.h).
 *
 * Of a number that was sampled, calls, errors and time are multiplied by its weight. Calls are exact where
 * nothing but numbers selects; everything else is an estimate. Shortest, longest and mean stay those of the
 * recorded calls. Internal to the summary.
 */
#ifndef RN_ANALYZE_ANALYSIS_SUMMARY_WEIGHTS_H
#define RN_ANALYZE_ANALYSIS_SUMMARY_WEIGHTS_H

#include "analyze/analysis/summary.h"
#include "analyze/analysis/tally.h"

struct rn_summary_weight {
	bool weighs;       /* the row was corrected */
	uint64_t recorded; /* calls */
	double weight;     /* what a recorded one stands for; 0: none was recorded */
};

/** Whether anything that may be in the summary was left out. */
bool rn_summary_is_sampled(const struct rn_summary_options *o);
/** Adds entries, without calls, of numbers of which none was recorded; by abi and number as before. RN_E_NOMEM. */
int rn_summary_add_unrecorded(const struct rn_summary_options *o, struct rn_tally_entry **entries, size_t *n,
	struct rn_error *err);
void rn_summary_weigh(const struct rn_summary_options *o, struct rn_tally_entry *e,
	struct rn_summary_weight *out);
/** What the marks mean. */
int rn_summary_note_weights(const struct rn_summary_options *o, struct rn_sink *sink, struct rn_error *err);

#endif
