/* SPDX-License-Identifier: MIT */
/**
 * functions - which of the user's own functions the time in system calls is spent in (--function-time).
 *
 * A call is charged to the innermost level of its stack that is the user's own code; where none is, to the
 * module of the innermost frame; calls without a stack are left out and told of. Tables:
 *   functions_summary  a record: how many functions and calls
 *   hot_paths          the functions with most time, most first
 *   functions          calls, time, errors, I/O of each function
 *   call_graph         a tree of the user's own functions with what was done in and below each
 */
#ifndef RN_ANALYZE_ANALYSIS_FUNCTIONS_H
#define RN_ANALYZE_ANALYSIS_FUNCTIONS_H

#include "analyze/analysis/analysis.h"
#include "analyze/analysis/stack_tally.h"

#define RN_GRAPH_LARGE 200

struct rn_functions_options {
	struct rn_frames *frames;
	uint64_t slow_io_ns;    /* I/O that takes longer is slow */
	uint64_t top;           /* hot paths that are told of */
	uint64_t graph_depth;   /* levels of the call graph */
	double graph_cut_percent; /* branches with less of all time are left out */
	double large_graph_cut_percent; /* the same of graphs with more than RN_GRAPH_LARGE nodes */
};
extern const struct rn_analysis rn_analysis_functions;

/* What profiles are made of: functions by their names and modules. */
struct rn_function {
	struct rn_bytes name, module;  /* path */
	struct rn_bytes description;   /* of a transpiler map */
	struct rn_stack_sums own;      /* of the calls charged to it */
	struct rn_stack_sums with_callees;
	bool is_user;
};

/* A node of the call graph. */
struct rn_graph_node {
	uint32_t parent, function; /* parent 0: the root, which is node 0 and has no function */
	uint32_t first_child, next_sibling; /* 0: none; sorted by time once the graph is made */
	struct rn_stack_sums sums;  /* in it and below */
};

struct rn_intern;
struct rn_profile {
	struct rn_frames *frames;
	struct rn_intern *keys;  /* of functions */
	struct rn_intern *edges; /* of the graph: number + 1 is the node */
	struct rn_function *function; /* by key */
	uint32_t n, cap;
	struct rn_graph_node *node;
	uint32_t n_nodes, cap_nodes;
	struct rn_stack_sums total; /* of the calls with a stack */
	uint64_t without_stack;
};

/** Makes the profile of a tally. 0 or RN_E_NOMEM. Fini also after an error. */
int rn_profile_init(struct rn_profile *p, const struct rn_stack_tally *t, struct rn_error *err);
void rn_profile_fini(struct rn_profile *p);
/** The table call_graph. */
int rn_call_graph_emit(const struct rn_profile *p, const struct rn_functions_options *o,
	struct rn_sink *sink, struct rn_error *err);

#endif
