/* SPDX-License-Identifier: MIT */
/**
 * run - what one run did, in numbers by which it can be compared with another.
 *
 * Groups are numbered by dictionaries that all runs share (struct rn_subjects). Latencies are exact: order
 * statistics of all values (num/values.h); what is needed of their order in time is kept as at most
 * RN_RUN_BLOCKS sketches, each of neighbouring calls. Calls that wait for somebody (analysis/waiting.h) count,
 * but their time is left out of everything but their own group, unless they are asked for.
 */
#ifndef RN_ANALYZE_COMPARE_RUN_H
#define RN_ANALYZE_COMPARE_RUN_H

#include "analyze/compare/descent.h"
#include "analyze/compare/normal.h"
#include "analyze/num/sketch.h"
#include "analyze/source/source.h"
#include "analyze/symbol/frames.h"
#include "shared/intern.h"

/* What calls are told apart by. */
enum rn_aspect {
	RN_ASPECT_CALL,      /* "read" */
	RN_ASPECT_PATH,      /* class of the path or kind of descriptor it is about */
	RN_ASPECT_FUNCTION,  /* that made it */
	RN_ASPECT_ERROR,     /* "openat ENOENT" */
	RN_ASPECT_BEHAVIOUR, /* call, normalized path, function: counted, not timed */
	RN_ASPECTS
};
#define RN_TIMED_ASPECTS RN_ASPECT_BEHAVIOUR

/* Texts of groups, shared by all runs. A behaviour's text is three numbers: of its call, its path (in `paths`)
 * and its function; UINT32_MAX: none. */
struct rn_subjects {
	struct rn_intern *of[RN_ASPECTS];
	struct rn_intern *paths; /* normalized */
	struct rn_intern *steps; /* three numbers: of the call, its path, its error (RN_ASPECT_ERROR) */
	struct rn_intern *kinds; /* of threads (descent.h) */
	struct rn_normal *normal;
	uint32_t *class_of;      /* by number of paths: number of RN_ASPECT_PATH */
	uint32_t cap_classes;
	struct rn_call_traits {
		bool waits;      /* its time is somebody else's */
		bool sleeps;     /* of these, those that take as long as the program itself says */
		bool by_chance;  /* how often it comes is the scheduler's doing: those, returns from signals */
	} *traits;               /* by number of RN_ASPECT_CALL */
	uint32_t cap_traits;
};
/** What people know a behaviour or a step by: "openat /etc/passwd = ENOENT". Appends. */
void rn_put_behaviour(struct rn_buffer *out, const struct rn_subjects *s, uint32_t behaviour);
void rn_put_step(struct rn_buffer *out, const struct rn_subjects *s, uint32_t step);
/* Its numbers. */
struct rn_behaviour {
	uint32_t call, path, function;
};
struct rn_behaviour rn_behaviour_of(const struct rn_subjects *s, uint32_t behaviour);
int rn_subjects_init(struct rn_subjects *s, const struct rn_strings *rewrites, bool off, struct rn_error *err);
void rn_subjects_fini(struct rn_subjects *s);

#define RN_SHIFTS 7
extern const double rn_shift_percents[RN_SHIFTS]; /* 10, 25, 50, 75, 90, 95, 99 */
#define RN_SHIFT_MEDIAN 2
#define RN_RUN_BLOCKS 48
#define RN_RUN_ALPHA .004 /* of sketches */

struct rn_run_group {
	uint64_t calls, errors;
	uint64_t timed;              /* of them that returned and count as work */
	uint64_t total_ns;           /* of these */
	double percentile[RN_SHIFTS];/* NaN: nothing timed */
	struct rn_sketch *block;     /* of neighbouring calls, in the order of the file; NULL: not kept */
	uint32_t n_blocks;
};

/* A call of a thread that does not come by chance, in its order. */
struct rn_step {
	uint32_t what;  /* number in steps */
	uint32_t task;  /* number in tree */
	uint64_t ts_ns;
};
#define RN_STEPS_MAX ((size_t)8 << 20)

struct rn_run {
	const char *path;            /* of the trace */
	uint64_t calls, errors, time_ns, waiting_ns;
	uint64_t first_ns, last_ns;  /* of the calls looked at: first entry, last return */
	bool has_functions;
	struct rn_run_group *group[RN_ASPECTS]; /* n of them; later numbers this run does not have */
	uint32_t n[RN_ASPECTS];
	struct rn_descent tree;      /* empty: steps were not asked for */
	struct rn_step *step;        /* in the order of the file: of each thread its own */
	size_t n_steps;
	bool steps_cut;              /* there were more than RN_STEPS_MAX */
};

/* How a run is looked at; borrowed. */
struct rn_run_wants {
	bool waiting;   /* calls that wait count as work */
	bool steps;     /* they are to be aligned */
	bool blocks;    /* there are few runs: how sure is to be told from within */
};

/* What a run is read from; borrowed. */
struct rn_run_trace {
	struct rn_source *source;      /* settled */
	const struct rn_model *model;  /* that knows RN_RUN_MODEL */
	struct rn_frames *frames;      /* NULL: without functions */
	enum rn_machine machine;
};
#define RN_RUN_MODEL (RN_MODEL_COMM | RN_MODEL_FDS | RN_MODEL_CWD | RN_MODEL_EXE)

/** Walks a trace to its end. each (may be NULL) is handed every batch, too. Fini also after an error. */
int rn_run_gather(struct rn_run *r, struct rn_subjects *s, const struct rn_run_trace *trace,
	const struct rn_run_wants *wants, rn_source_feed *each, void *arg, struct rn_error *err);
void rn_run_fini(struct rn_run *r);

/** The group of a number, a zeroed one where the run has none. */
const struct rn_run_group *rn_run_group(const struct rn_run *r, enum rn_aspect aspect, uint32_t number);
static inline uint64_t rn_run_elapsed_ns(const struct rn_run *r)
{
	return r->last_ns > r->first_ns ? r->last_ns - r->first_ns : 0;
}
/** Functions are forgotten, and behaviours no longer told apart by them: for runs of which one has none.
 *  RN_E_NOMEM. */
int rn_runs_forget_functions(struct rn_run *const *run, size_t n, struct rn_subjects *s, struct rn_error *err);

#endif
