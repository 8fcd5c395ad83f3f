/* SPDX-License-Identifier: MIT */
/**
 * summary - the table of strace -c: calls, errors and wall-clock time of each system call.
 *
 * Text has strace's columns and order; seconds are wall time from entry to
 * return, which strace calls -w. A call that never returned counts as a call
 * without time. CSV keeps the original renacer's header
 * (syscall,calls,errors[,total_time], the time as "123us"); JSON has everything:
 * name, abi, nr, calls, errors, unfinished, total_ns, usecs_per_call, mean_ns,
 * min_ns, max_ns, percent. A call of another ABI than the trace's own is shown as
 * "name@abi". Ties are broken by name, so that equal traces give equal bytes.
 */
#ifndef RN_ANALYZE_ANALYSIS_SUMMARY_H
#define RN_ANALYZE_ANALYSIS_SUMMARY_H

#include "analyze/analysis/analysis.h"
#include "shared/option.h"

enum rn_summary_sort {
	RN_SUMMARY_BY_TIME, RN_SUMMARY_BY_MIN, RN_SUMMARY_BY_MAX, RN_SUMMARY_BY_MEAN,
	RN_SUMMARY_BY_CALLS, RN_SUMMARY_BY_ERRORS, RN_SUMMARY_BY_NAME, RN_SUMMARY_BY_NUMBER
};

/** The words of -S, which are strace's. */
extern const struct rn_word rn_summary_sort_words[];

/** Options of rn_analysis_summary. */
struct rn_filter;
struct rn_model;
struct rn_summary_options {
	int sort;               /* enum rn_summary_sort */
	bool total_time;        /* -T: the CSV has a column total_time */
	enum rn_machine machine; /* of the trace; NONE: unknown */
	/* -U: these columns in this order; n 0: the usual ones. Filled by rn_summary_columns. */
	struct rn_summary_columns {
		unsigned n;
		uint8_t of[8];
	} columns;
	bool returned_only;     /* as strace counts: calls that never returned are left out */
	bool bare;              /* the table alone, without title and notes */
	/* Whose weights correct for calls that were left out on request, in columns of their own too
	 * (recorded, weight); NULL: the table is of recorded calls. */
	const struct rn_model *model;
	const struct rn_filter *filter; /* of numbers; NULL: all */
	bool by_number;         /* nothing else selects: numbers of which no call was recorded are rows, too */
};

extern const struct rn_analysis rn_analysis_summary;

/** Reads "calls,name": the words of strace's -U. RN_E_USAGE: an unknown one, or one given twice. */
int rn_summary_columns(struct rn_summary_columns *columns, const char *words, struct rn_error *err);

struct rn_tally_set;
/** The same table of what somebody else counted; the set may be used up. */
int rn_summary_emit(struct rn_tally_set *set, const struct rn_summary_options *options,
	struct rn_sink *sink, struct rn_error *err);

#endif
