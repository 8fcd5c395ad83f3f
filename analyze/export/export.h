/* SPDX-License-Identifier: MIT */
/**
 * export - a trace in a format that another program opens.
 *
 * One walk, many formats. The walk (walk.c) goes through the calls that the filters leave in the order of
 * the file, which is the order of completion: the calls of one thread come in the order of entry, and do
 * not overlap unless the trace is damaged. A format is a const struct with one line in analyze/export/all.c;
 * it appends to job->out, which the walk empties between events, so that memory does not grow with the
 * trace. Nothing of a trace is trusted to be text: each format escapes it in its own way.
 */
#ifndef RN_ANALYZE_EXPORT_EXPORT_H
#define RN_ANALYZE_EXPORT_EXPORT_H

#include "analyze/command/question.h"
#include "analyze/decode/decode.h"
#include "analyze/flame/flame.h"
#include "analyze/weights/weights.h"

#include <stdio.h>

/* How the user wants it. */
struct rn_export_look {
	enum rn_weight weight; /* of formats that sum up (RN_EXPORT_WEIGHTS) */
	bool no_args;          /* arguments and results are left out (RN_EXPORT_ARGS) */
	bool no_stacks;        /* nothing is unwound */
	bool own_only;         /* of stacks, only frames of the user's own code */
};

struct rn_export_totals {
	uint64_t calls, unfinished;
	uint64_t without_stack, cut_stacks; /* of formats that carry stacks */
};

/* What the walk offers a format. Borrowed for the whole export. */
struct rn_export_job {
	const struct rn_export_look *look;
	struct rn_inquiry *q;
	struct rn_reader *reader;
	const struct rn_header *header;
	const struct rn_model *model;
	struct rn_frames *frames;     /* NULL: no stacks */
	struct rn_decode_env env;
	struct rn_diag *diag;
	FILE *stream;                 /* NULL: the format writes elsewhere */
	struct rn_buffer out;         /* written, not in the stream yet */
	struct rn_buffer scratch;     /* for formats, within one event */
	struct rn_export_totals totals;
	uint64_t end_ns;              /* the latest moment known: of a file its end, of a pipe so far */
	uint64_t first_seq;           /* begin may set it: events with a smaller number are passed over */
	void *arg, *result;           /* the caller's, for its own format */
};

/* Where an export goes; all borrowed. */
struct rn_export_way {
	FILE *stream;
	struct rn_diag *diag;
	void *arg, *result;
};

struct rn_export_call {
	const struct rn_event *ev;
	uint64_t end_ns;         /* when it ended; when it never did, until when it is known to have lasted */
	uint32_t stack;          /* 0: none */
	enum rn_stack_end stack_end;
	bool unfinished;
	uint64_t weight;         /* what it stands for in sums, times 2^32 (weights.h) */
	bool weight_is_open;     /* .. not known: calls were left out, and a pipe tells at its end how many */
};

/* What a format can hold, and so is given and may be asked. */
enum rn_export_traits {
	RN_EXPORT_STACKS = 1,  /* calls come with their stacks */
	RN_EXPORT_ARGS = 2,    /* with arguments and memory */
	RN_EXPORT_FILES = 4,   /* the model knows descriptors and folders */
	RN_EXPORT_EVENTS = 8,  /* it is told of other events, too */
	RN_EXPORT_WEIGHTS = 16,
	RN_EXPORT_BINARY = 32, /* not for a terminal */
	RN_EXPORT_BY_SEQ = 64, /* in the strict order of their numbers, calls that never returned too; of files */
};

struct rn_export {
	const char *name;
	const char *help;  /* "what it is, who opens it" */
	unsigned traits;   /* enum rn_export_traits bits */
	size_t state_size; /* of zeroed memory */
	/* Each 0 or a negative RN_E_*; NULL: nothing to do. */
	int (*begin)(void *st, struct rn_export_job *job, struct rn_error *err);
	int (*call)(void *st, struct rn_export_job *job, const struct rn_export_call *call,
		struct rn_error *err);
	/** A signal, an end, a loss, a note or an execve. */
	int (*event)(void *st, struct rn_export_job *job, const struct rn_event *ev, struct rn_error *err);
	int (*end)(void *st, struct rn_export_job *job, struct rn_error *err);
	void (*fini)(void *st);
	/** Instead of all of the above: makes the file itself. The inquiry is open, its model as RN_SQL_MODEL
	 *  says. */
	int (*write)(struct rn_inquiry *q, const char *path, struct rn_diag *diag, struct rn_error *err);
};

extern const struct rn_export *const rn_exports[]; /* NULL ends it; sorted by name */
/** RN_E_USAGE names those there are and the nearest. */
int rn_export_choose(const struct rn_export **out, const char *name, struct rn_error *err);
/** What an inquiry for it has to be opened with (rn_inquiry_open). */
unsigned rn_export_wants(const struct rn_export *x, const struct rn_export_look *look);

/** Writes the calls of an open inquiry. *totals is filled also on error. */
int rn_export_walk(const struct rn_export *x, struct rn_inquiry *q, const struct rn_export_look *look,
	const struct rn_export_way *way, struct rn_export_totals *totals, struct rn_error *err);
/** Empties job->out into the stream. RN_E_PIPE, RN_E_NO_SPACE, RN_E_IO, RN_E_NOMEM when a put failed. */
int rn_export_drain(struct rn_export_job *job, struct rn_error *err);

/** The call's name; in static memory or in buf. */
const char *rn_export_name(const struct rn_call *call, char buf[24]);
/** What an event that is no call is called; appends what there is to say of it. Static memory, or buf. */
const char *rn_put_event_text(struct rn_buffer *out, struct rn_export_job *job, const struct rn_event *ev,
	char buf[24]);
/** Hands over what the reader of an export should know of where it comes from (provenance.h), fact by fact
 *  as text; what is unknown is left out. After the walk everything is known; before it, of a file. The first
 *  value of visit that is not 0 ends it and comes back. */
int rn_export_about(struct rn_export_job *job,
	int (*visit)(void *arg, const char *name, struct rn_bytes value), void *arg, struct rn_error *err);

#endif
