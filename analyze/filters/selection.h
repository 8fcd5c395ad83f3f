/* SPDX-License-Identifier: MIT */
/**
 * selection - which calls of a trace a question is about: the filters every command has.
 *
 * One table of options (rn_selection_rows), their words read once (rn_selection_new), told of a trace
 * (rn_selection_begin), and a chain of sources (rn_selection_source), the cheapest question first: what
 * a block's directory answers, then columns, then names by dictionary, then memory. Of different
 * options all must fit, of one option given several times any.
 */
#ifndef RN_ANALYZE_FILTERS_SELECTION_H
#define RN_ANALYZE_FILTERS_SELECTION_H

#include "analyze/filters/limits.h"
#include "analyze/filters/pattern.h"
#include "analyze/model/model.h"
#include "analyze/source/source.h"
#include "shared/option.h"

struct rn_diag;
struct rn_index;

/* The words, as they were given. */
struct rn_selection_options {
	struct rn_strings tids, comms, exes, paths, fds, errors, wheres;
	const char *time;
	int injected; /* RN_INJECTED_ALL, .. */
	bool no_index;
	struct rn_bound {
		bool given;
		uint64_t ns;
	} min_dur, max_dur;
};
extern const struct rn_option rn_selection_rows[]; /* fills it, as a struct's first member */
void rn_selection_options_fini(struct rn_selection_options *o);

struct rn_selection;

/** Reads the words, which are borrowed. RN_E_USAGE: one line that names option and word. */
int rn_selection_new(struct rn_selection **out, const struct rn_selection_options *o,
	struct rn_error *err);
void rn_selection_free(struct rn_selection *s); /* after the sources made of it */

/** Nothing is filtered. */
bool rn_selection_is_open(const struct rn_selection *s);
/** What a model has to remember for it: enum rn_model_want bits. indexed: as below. */
unsigned rn_selection_wants(const struct rn_selection *s, bool indexed);
/** Whether it asks the model about threads or files. indexed: an index tells of every call which files it is
 *  about (rn_index_is_whole). */
bool rn_selection_asks_model(const struct rn_selection *s, bool indexed);
/** The options as given, "--time=1s..2s", for whoever tells where numbers come from. */
const struct rn_strings *rn_selection_words(const struct rn_selection *s);

/** Before the sources are made. whole: the model has seen the whole trace, else it learns as the trace
 *  is read. Borrows both. RN_E_USAGE: a word makes no sense for this input; RN_E_LIMIT: a regex. */
int rn_selection_begin(struct rn_selection *s, struct rn_reader *reader, const struct rn_model *model,
	bool whole, struct rn_error *err);
/** An index of the trace, which makes some filters faster; borrowed; before the sources are made. */
void rn_selection_use_index(struct rn_selection *s, struct rn_index *index);
/** Whether an index would. */
bool rn_selection_profits(const struct rn_selection *s);
/** The calls of inner that are wanted. NULL: no memory, inner is freed. */
struct rn_source *rn_selection_source(struct rn_selection *s, struct rn_source *inner);
/* What a selection asks that index/uses.h can tell; borrowed. */
struct rn_selection_of_uses {
	struct rn_patterns *paths;        /* NULL: any */
	const struct rn_limits *limits;   /* of errors alone */
};
/** False: it asks for more than errors and paths. */
bool rn_selection_is_of_uses(const struct rn_selection *s, struct rn_selection_of_uses *out);
/** Whether it asks for nothing but a time and threads. *from_ns, *to_ns: of the entry of calls, to_ns not included. */
bool rn_selection_is_of_parts(const struct rn_selection *s, uint64_t *from_ns, uint64_t *to_ns);
/** Of such a one: 1: all calls of the thread at that time are wanted, 0: none is, -1: that depends. */
int rn_selection_takes_thread(struct rn_selection *s, uint32_t utid);
/** Whether an event that is no call is wanted: by its time and its thread. */
bool rn_selection_shows(struct rn_selection *s, const struct rn_event *ev);
/** After the sources were read: names that nothing had, and what may have been meant. */
void rn_selection_warn(const struct rn_selection *s, struct rn_diag *diag);

/** That no call was left, by which filters: those of the selection, the words of -e and -p, and, with others, some that
 *  have no words here. */
void rn_selection_warn_none(const struct rn_selection *s, const struct rn_strings *expressions,
	const struct rn_strings *pids, bool others, struct rn_diag *diag);

/** Numbers among words like "12" and "12,13", each from 0 to max; *numbers is the caller's to free, also
 *  on error. option: for the message. RN_E_USAGE. */
int rn_numbers_parse(const struct rn_strings *words, const char *option, uint64_t max,
	uint64_t **numbers, size_t *n, struct rn_error *err);

#endif
