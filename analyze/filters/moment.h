/* SPDX-License-Identifier: MIT */
/**
 * moment - spans of time as users write them: 10ms, 1.5s..2s, 25%..75%, 12:30:00..12:31:00.
 */
#ifndef RN_ANALYZE_FILTERS_MOMENT_H
#define RN_ANALYZE_FILTERS_MOMENT_H

#include "shared/bytes.h"
#include "shared/duration.h"

#include <stdbool.h>

enum rn_moment_kind {
	RN_MOMENT_OPEN,     /* nothing was written: as early or late as can be */
	RN_MOMENT_SINCE,    /* ns since the start of the trace */
	RN_MOMENT_BEFORE,   /* ns before its end */
	RN_MOMENT_PERCENT,  /* of its length, in millionths of a percent */
	RN_MOMENT_CLOCK,    /* ns of the day on which it began, local time as -t shows it */
	RN_MOMENT_REALTIME, /* ns since 1970 */
};

struct rn_moment {
	enum rn_moment_kind kind;
	uint64_t value;
};

/* From `from` on, before `to`. */
struct rn_time_range {
	struct rn_moment from, to;
};

/** "FROM..TO", of which either may be missing. RN_E_USAGE. */
int rn_time_range_parse(const char *words, struct rn_time_range *out, struct rn_error *err);
/** Whether the length of the trace is needed. */
bool rn_time_range_needs_end(const struct rn_time_range *r);
/** In trace time. start_realtime_ns: of the trace; end_ns: of its last event. `to` is UINT64_MAX where
 *  it is open. */
void rn_time_range_resolve(const struct rn_time_range *r, uint64_t start_realtime_ns, uint64_t end_ns,
	uint64_t *from_ns, uint64_t *to_ns);

#endif
