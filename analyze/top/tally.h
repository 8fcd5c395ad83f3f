/* SPDX-License-Identifier: MIT */
/**
 * tally - what has happened so far, for a view that is drawn while it happens.
 *
 * One thread adds batches, another takes snapshots. Counts, times and percentiles are those of all calls so
 * far, or of those that returned within the last RN_TOP_WINDOW_NS; percentiles are exact. What is
 * recent is kept call by call, at most RN_TOP_RECENT_MAX of them: a snapshot says how far back that reaches.
 * Times: ns since the start of the trace.
 */
#ifndef RN_ANALYZE_TOP_TALLY_H
#define RN_ANALYZE_TOP_TALLY_H

#include "analyze/analysis/grouping.h"

#define RN_TOP_WINDOW_NS 10000000000u
#define RN_TOP_RATE_NS 2000000000u /* rates are over so long */
#define RN_TOP_RECENT_MAX (1u << 22)
#define RN_TOP_SLOW 12

struct rn_top_row {
	struct rn_bytes name;      /* as long as the tally */
	uint64_t calls, errors, total_ns, max_ns;
	double rate;               /* calls a second, lately */
	double p50_ns, p95_ns, p99_ns; /* NaN: no call returned */
};

struct rn_top_slow {
	uint64_t dur_ns, pid, tid; /* so far, of one under way */
	bool under_way;
	char text[256];            /* the call, cut; any bytes */
};

struct rn_top_snapshot {
	struct rn_top_row *row;    /* every system call that is not without calls */
	uint32_t n, cap;
	struct rn_top_row total;   /* without percentiles */
	struct rn_top_slow slow[RN_TOP_SLOW];
	unsigned n_slow;
	uint64_t now_ns, window_ns, lost; /* window_ns: how far back it reaches; 0: everything */
};
void rn_top_snapshot_fini(struct rn_top_snapshot *s);

struct rn_top_tally;
/** machine, model: of the trace; the model is asked by the thread that adds alone. RN_E_NOMEM. */
int rn_top_tally_new(struct rn_top_tally **out, enum rn_machine machine, const struct rn_model *model,
	struct rn_error *err);
void rn_top_tally_free(struct rn_top_tally *t); /* NULL is fine */
/** A batch of an unsettled source: previews are calls under way. */
int rn_top_tally_add(struct rn_top_tally *t, const struct rn_batch *b, struct rn_error *err);
/** window: the last seconds alone. s is filled anew. RN_E_NOMEM, RN_E_IO. */
int rn_top_tally_take(struct rn_top_tally *t, uint64_t now_ns, bool window, struct rn_top_snapshot *s,
	struct rn_error *err);

#endif
