/* SPDX-License-Identifier: MIT */
/**
 * flame - stacks and what was spent in them as a tree of frames, for flame graphs.
 *
 * Node 0 is the root, which stands for everything and is no frame. Children are sorted by name, so that
 * equal traces give equal bytes. Names are as analyze/symbol/show.h makes them for folded stacks.
 */
#ifndef RN_ANALYZE_FLAME_FLAME_H
#define RN_ANALYZE_FLAME_FLAME_H

#include "analyze/analysis/stack_tally.h"
#include "shared/option.h"

#include <stdio.h>

/* X(NAME, unit of speedscope, what a number counts) */
#define RN_WEIGHTS(X) \
	X(bytes, "bytes", "bytes") X(calls, "none", "calls") X(errors, "none", "errors") \
	X(time, "nanoseconds", "ns")

enum rn_weight {
#define X(name, unit, word) RN_WEIGHT_##name,
	RN_WEIGHTS(X)
#undef X
};
/* The words of --weight. */
extern const struct rn_word rn_weight_words[];

struct rn_flame_node {
	uint32_t parent, first_child, next_sibling;
	uint32_t name;  /* rn_intern_get(names, name) */
	uint32_t depth; /* of the root 0 */
	bool user;      /* the user's own code */
	uint64_t self, total;
};

/* Of a difference: what each side has, as means of its runs. A node's self and total are then both sides' sums, so
 * that what vanished has its width, too. */
struct rn_flame_sides {
	uint64_t self[2], total[2];
};

struct rn_intern;
struct rn_flame {
	enum rn_weight weight;
	const char *title;
	struct rn_intern *names, *edges;
	struct rn_flame_node *node;
	uint32_t n, cap;
	uint32_t max_depth;
	struct rn_flame_sides *sides; /* by node; NULL: no difference */
	uint32_t cap_sides;
	bool too_deep; /* frames beyond RN_FLAME_DEPTH were left out */
};
#define RN_FLAME_DEPTH 4096

/** own_only: frames of the user's own code alone. 0, RN_E_NOMEM. Fini also after an error. */
int rn_flame_init(struct rn_flame *f, const struct rn_stack_tally *t, enum rn_weight weight,
	bool own_only, struct rn_error *err);
void rn_flame_fini(struct rn_flame *f);

/* A difference: begun, what each run of a side spent added, finished, written. Names are compared without what
 * compilers append. 0, RN_E_NOMEM; fini also after an error. */
int rn_flame_difference_init(struct rn_flame *f, enum rn_weight weight, struct rn_error *err);
int rn_flame_difference_add(struct rn_flame *f, const struct rn_flame *run, unsigned side, struct rn_error *err);
void rn_flame_difference_finish(struct rn_flame *f, const size_t n_runs[2]);

/* Made by hand instead: begin, children, weights put into nodes, sort. */
/** The root alone. 0, RN_E_NOMEM. */
int rn_flame_begin(struct rn_flame *f, enum rn_weight weight, struct rn_error *err);
/** The node of a name below another, made where there is none yet; 0: no memory. */
uint32_t rn_flame_child(struct rn_flame *f, uint32_t parent, struct rn_bytes name, bool user);
void rn_flame_sort(struct rn_flame *f);

/* The ways to write one; each leaves checking the stream to the caller, but for RN_E_NOMEM. */
struct rn_flame_format {
	const char *name, *help;
	int (*write)(const struct rn_flame *f, FILE *stream, struct rn_error *err);
};
extern const struct rn_flame_format rn_flame_folded, rn_flame_speedscope, rn_flame_svg;

#endif
