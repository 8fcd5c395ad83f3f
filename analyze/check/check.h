/* SPDX-License-Identifier: MIT */
/**
 * check - rules about a trace, read from a TOML file, and whether it keeps them.
 *
 * A rule has a name, filters (the words of the command line) and limits. It is judged over the calls its
 * filters leave, in one walk of the trace. What a limit measures is a row of check/limits.c.
 */
#ifndef RN_ANALYZE_CHECK_CHECK_H
#define RN_ANALYZE_CHECK_CHECK_H

#include "analyze/check/address.h"
#include "analyze/command/question.h"
#include "analyze/filters/pattern.h"
#include "analyze/num/values.h"
#include "shared/arena.h"
#include "shared/filter.h"

/* What a limit is about. */
enum rn_measure {
	RN_MEASURE_CALLS,
	RN_MEASURE_ERRORS,
	RN_MEASURE_ERROR_RATE, /* errors / calls that returned */
	RN_MEASURE_TOTAL,      /* ns */
	RN_MEASURE_MEAN,       /* ns */
	RN_MEASURE_LONGEST,    /* ns */
	RN_MEASURE_PERCENTILE, /* ns, R-7 over the calls that returned */
	RN_MEASURE_READ, RN_MEASURE_WRITTEN, RN_MEASURE_MOVED, /* bytes */
	RN_MEASURE_PATHS,      /* the rest are offenders: what is listed, or is not */
	RN_MEASURE_PROGRAMS,
	RN_MEASURE_HOSTS,
	RN_MEASURE_NAMES,      /* of calls */
	RN_MEASURE_STATUS,     /* of the command */
	RN_MEASURE_LOST,       /* events */
	RN_MEASURES
};

enum rn_bound_kind { RN_AT_MOST, RN_AT_LEAST, RN_ALLOWED, RN_FORBIDDEN };
/* How its value is written, and shown. */
enum rn_quantity { RN_Q_COUNT, RN_Q_TIME, RN_Q_BYTES, RN_Q_RATE, RN_Q_WORDS, RN_Q_STATUS };

struct rn_limit_kind {
	const char *key; /* "max-calls" */
	enum rn_measure measure;
	enum rn_bound_kind bound;
	enum rn_quantity quantity;
};
/** By its key, - and _ being alike; a percentile for max-p99.9 and its kin, *percent. NULL: none. */
const struct rn_limit_kind *rn_limit_kind_of(struct rn_bytes key, double *percent);
extern const struct rn_limit_kind rn_limit_kinds[]; /* a NULL key ends it */

#define RN_CHECK_EXAMPLES 2

/* A call that shows what is wrong. */
struct rn_check_example {
	uint64_t weight; /* greater is worse */
	uint64_t ts_ns, pid, tid;
	char *text;      /* the heap's */
};

struct rn_limit {
	const struct rn_limit_kind *kind;
	const char *key;          /* as it was written */
	uint32_t line;
	double percent;           /* of a percentile */
	double value;             /* in base units */
	const char *words;        /* the value as it was written, for people */
	struct rn_strings list;   /* of RN_Q_WORDS, the numbers of RN_Q_STATUS as text */
	struct rn_patterns *patterns;
	struct rn_addresses *addresses;
	struct rn_filter *names;
	/* What was seen. */
	double seen;
	bool nothing;             /* there was nothing to measure */
	bool estimated;           /* calls were left out while recording */
	uint64_t n_offenders;
	const char *offender;     /* the first */
	struct rn_check_example example[RN_CHECK_EXAMPLES];
	unsigned n_examples;
};

struct rn_rule {
	const char *name, *message; /* message NULL: none */
	uint32_t line;
	struct rn_question_options filters;
	struct rn_limit *limit;
	size_t n_limits;
	uint64_t n_calls;           /* seen */
};

struct rn_check {
	struct rn_rule *rule;
	size_t n_rules;
	struct rn_arena arena;
	const char *path;
	const char *chaos, *sampling; /* what the trace's header says of them; empty: there was none */
};

/** Reads a file. RN_E_USAGE: "FILE: line N: .." also for words that no filter knows; RN_E_NOT_FOUND, .. */
int rn_check_load(struct rn_check *c, const char *path, struct rn_error *err);
void rn_check_fini(struct rn_check *c); /* also after an error */

/** Judges every rule over one trace; what was seen before is forgotten. quiet: no warnings. */
int rn_check_judge(struct rn_check *c, const char *trace, struct rn_diag *diag, struct rn_error *err);
/** Whether what was seen is within the limit. */
bool rn_limit_kept(const struct rn_limit *l);

/** "12.3 ms", "1.5 MiB", "4": a value as people read it. */
void rn_check_put_value(struct rn_buffer *out, enum rn_quantity q, double value);

#endif
