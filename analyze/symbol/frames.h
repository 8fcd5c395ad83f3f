/* SPDX-License-Identifier: MIT */
/**
 * frames - call stacks with names: everything between a call's raw stack and what is shown of it.
 *
 * Holds the modules, the unwound stacks, their symbols, the transpiler maps and the rule of
 * what is the user's own code, made from one struct of options. Answers are kept per stack and per
 * frame, so that asking again is an index into an array. One owner thread.
 */
#ifndef RN_ANALYZE_SYMBOL_FRAMES_H
#define RN_ANALYZE_SYMBOL_FRAMES_H

#include "analyze/filters/selection.h"
#include "analyze/symbol/symbols.h"
#include "shared/option.h"

/* The words, as they were given. */
struct rn_frame_options {
	struct rn_strings debug_dirs, maps, user_code, in, not_in;
	const char *sysroot;
	const char *unwinder; /* NULL: own */
	bool debuginfod;
	bool source;   /* --source: lines and inlined calls */
	bool rewrite;  /* --rewrite-stacktrace: the original in place of the generated */
	bool context;  /* --show-transpiler-context */
	bool rewrite_errors;
	bool live;     /* the recording is under way on this machine: paths are what they were */
};

/* rn_frame_rows fill a struct that begins like this; whoever uses them asserts that its own does. */
struct rn_frame_options_place {
	struct rn_selection_options selection;
	struct rn_frame_options frames;
};
#define RN_FRAMES_BEGIN(type) \
	_Static_assert(offsetof(type, selection) == 0 && offsetof(type, frames) == \
		offsetof(struct rn_frame_options_place, frames), "rn_frame_rows fill it")
extern const struct rn_option rn_frame_rows[];

/** Finds wrong words and wrong maps before anything is opened. RN_E_USAGE, each with words of its own. */
int rn_frame_options_check(const struct rn_frame_options *o, struct rn_error *err);
void rn_frame_options_fini(struct rn_frame_options *o);
/** --in or --not-in: calls are chosen by their stacks. */
static inline bool rn_frame_options_select(const struct rn_frame_options *o)
{
	return o->in.n || o->not_in.n;
}

struct rn_frames;

/** Everything borrowed. Of seekable input the modules are read at once; else a source tells of them
 *  (source/modules.h). RN_E_USAGE, RN_E_NOMEM, or what reading fails with. */
int rn_frames_new(struct rn_frames **out, const struct rn_frame_options *o, struct rn_reader *reader,
	struct rn_error *err);
void rn_frames_free(struct rn_frames *f);

const struct rn_frame_options *rn_frames_options(const struct rn_frames *f);
struct rn_modules_table *rn_frames_modules(struct rn_frames *f);
struct rn_symbols *rn_frames_symbols(struct rn_frames *f);
const struct rn_transpiler_maps *rn_frames_maps(const struct rn_frames *f); /* maybe of none */
const struct rn_stacks *rn_frames_stacks(const struct rn_frames *f);

/* Lets an index help: where it is looked for is up to whoever has one (analyze/index/stacks.h). */
struct rn_index;
struct rn_diag;
/** The same with an index, NULL: none. Seekable input. *x may be another one afterwards: with `make` it gets the
 *  stacks of all calls where it has none, and when the frames are freed names that were looked up. path: of the trace. The index is closed after the frames are freed. */
int rn_frames_new_indexed(struct rn_frames **out, const struct rn_frame_options *o, struct rn_reader *reader,
	struct rn_index **x, const char *path, bool make, struct rn_diag *diag, struct rn_error *err);
/** Looks up the names of every frame that the index knows of, so that they will be kept. RN_E_NOMEM. */
int rn_frames_name_all(struct rn_frames *f, struct rn_error *err);
/** The sections that rn_frames_of needs of an event, RN_WANT bits. */
unsigned rn_frames_want(const struct rn_frames *f);
/** The stack of a call, as rn_stacks_of. */
int rn_frames_of(struct rn_frames *f, const struct rn_event *ev, uint32_t *stack,
	enum rn_stack_end *end, struct rn_error *err);

/* A level of a frame of a stack. */
struct rn_level {
	const struct rn_frame *frame;
	const struct rn_module *module; /* NULL: none */
	const struct rn_symbol *symbol;
	bool user;                      /* the user's own code */
};

/* Goes through a stack's levels from the innermost on. */
struct rn_level_walk {
	uint32_t stack;  /* of the frame under way; 0: the end */
	unsigned level;
};
static inline struct rn_level_walk rn_level_walk_of(uint32_t stack)
{
	return (struct rn_level_walk){ stack, 0 };
}
/** 0, RN_END, RN_E_NOMEM. */
int rn_frames_next(struct rn_frames *f, struct rn_level_walk *w, struct rn_level *out,
	struct rn_error *err);

/** Whether code made at run time is among the user's own in a stack: then that is the user's, and the native
 *  code around it is that of the system which made it. */
bool rn_frames_is_made(struct rn_frames *f, uint32_t stack);
/** A level that was met on the way through such a stack, or any other. */
static inline bool rn_level_is_own(const struct rn_level *l, bool made)
{
	return l->user && (!made || (l->module && l->module->is_jit));
}
/** The innermost level that is the user's own code: with a line if any has one. False: none is. */
bool rn_frames_user(struct rn_frames *f, uint32_t stack, struct rn_level *out);
/** Whether --in and --not-in leave calls with that stack. 0, RN_E_LIMIT (a regex), RN_E_NOMEM. */
int rn_frames_wanted(struct rn_frames *f, uint32_t stack, bool *wanted, struct rn_error *err);

/* What is to be shown of a level: of the original where --rewrite-stacktrace says so. */
struct rn_place_shown {
	struct rn_bytes function, file;
	uint32_t line;
};
struct rn_place_shown rn_frames_shown(const struct rn_frames *f, const struct rn_symbol *s);

/** What showing stacks remembers of them (show.h): NULL at first; freed with the frames. */
struct rn_shown_lines;
struct rn_shown_lines **rn_frames_shown_lines(struct rn_frames *f);

#endif
