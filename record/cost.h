/* SPDX-License-Identifier: MIT */
/**
 * cost - what the recorder itself uses: CPU time, memory, and how long it made others wait.
 *
 * Told in the trace once a second (COST) and at its end (END), so that the trace of a recorder that was killed
 * has it, too. May be asked from any thread; a handful of system calls each time.
 */
#ifndef RN_RECORD_COST_H
#define RN_RECORD_COST_H

#include "format/event.h"
#include "format/writer.h"

#include <stdbool.h>
#include <time.h>

struct rn_recording;

/* Lives in the recording. */
struct rn_cost {
	clockid_t watcher;        /* CPU time of the thread that watches; */
	uint64_t watcher_from_ns; /* .. when the program began; */
	bool stops;               /* .. which stops threads for it */
};

/** On the thread that watches, before it begins. */
void rn_cost_begin(struct rn_cost *c, bool stops);

/** CPU time of all threads of this process, and of the watching one since it began (0: it stops nobody). */
uint64_t rn_cost_cpu_ns(void);
uint64_t rn_cost_stop_ns(const struct rn_cost *c);
/** Memory in use now that is the process' own: no code, nothing shared. 0: unknown. */
uint64_t rn_cost_own_bytes(void);

/** Fills in what END says of it: cpu_ns, max_rss_bytes, stop_ns. */
void rn_cost_end(void *recording, struct rn_ev_END *end);
/** The COST event of a moment. totals: of what is written. */
void rn_cost_event(const struct rn_recording *rec, const struct rn_writer_totals *totals, struct rn_event *ev);
/** The same, as rn_pipeline_options.remark. */
bool rn_cost_remark(void *recording, const struct rn_writer_totals *totals, struct rn_event *ev);

#endif
