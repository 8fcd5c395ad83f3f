/* SPDX-License-Identifier: MIT */
/**
 * listing - every event of a trace, one after the other, in the order of entry.
 *
 * One walk, many outputs: the walk orders, filters and counts; a writer says how an
 * event looks. Writers are const structs, listed in RN_LISTINGS. They append to
 * a buffer that the walk empties into the stream between events.
 */
#ifndef RN_ANALYZE_LISTING_LISTING_H
#define RN_ANALYZE_LISTING_LISTING_H

#include "analyze/decode/decode.h"
#include "analyze/filters/selection.h"
#include "analyze/listing/order.h"
#include "analyze/model/idmap.h"
#include "analyze/model/model.h"
#include "analyze/symbol/frames.h"
#include "analyze/table.h"
#include "analyze/views.h"

#include <stdio.h>

struct rn_tally_set;

enum rn_clock { RN_CLOCK_NONE, RN_CLOCK_TIME, RN_CLOCK_UNIX };

/* X(NAME): the word of --format; rn_listing_NAME is its writer. Sorted. */
#define RN_LISTINGS(X) X(csv) X(html) X(json) X(jsonl) X(markdown) X(text)

struct rn_listing_style {
	struct rn_decode_style decode;
	enum rn_clock clock;       /* -t */
	uint8_t clock_digits;      /* behind the seconds: 0, 3, 6 or 9 */
	bool relative;             /* -r: time since the line before */
	uint8_t relative_digits;
	bool duration;             /* -T */
	uint8_t duration_digits;
	bool no_exits;     /* -qq: the ends of processes are left out */
	bool no_superseded; /* so are those of threads whose process one of them turned into another */
	bool has_column;   /* -a: results stand in `column`; else in 40 */
	uint32_t column;
	bool numbers;      /* -n: of the calls, in front */
	bool source;       /* where in the user's own code calls were made */
	bool stacks;       /* -k: the whole stack of each call */
	bool pcs;          /* -i: where the calls were made, in front */
	bool colour;       /* escape sequences around names, errors, signals and ends */
	bool no_signals;   /* only the signals of the set `signals`, bit signo - 1, are listed */
	uint64_t signals;
	const struct rn_fd_set *read, *write; /* descriptors whose data is dumped; NULL: none */
	bool whole;        /* with as_strace: calls are never split, and come when they end */
	/* As strace lists: calls in two parts where something came between, the thread's id only
	 * while there are several. */
	bool as_strace;
	bool pid_column;   /* with as_strace: the thread's id in front of every line, alone */
	uint32_t page_rows; /* calls that an HTML page may hold; 0: the least */
	bool births;       /* with as_strace: "strace: Process N attached"; of children only among the
			    * lines */
};

/* What has been listed so far. */
struct rn_listing_totals {
	uint64_t calls;          /* finished and unfinished */
	uint64_t unfinished;
	uint64_t time_ns;        /* in finished calls */
	uint64_t lost_events;
};

/** Tables that belong to the document, sent to a sink of the writer's when the events are through. */
typedef int rn_listing_appendix(void *arg, struct rn_sink *sink, struct rn_error *err);

/* What the walk offers a writer. Borrowed for the whole listing. */
struct rn_listing {
	const struct rn_listing_style *style;
	struct rn_reader *reader;
	const struct rn_header *header;
	const struct rn_model *model;
	struct rn_decode_env env;
	struct rn_frames *frames; /* NULL: nothing is shown of stacks */
	uint32_t stack;          /* of the call under way; 0: none, or not asked for */
	enum rn_stack_end stack_end;
	struct rn_bytes rewritten; /* lines of standard error that the call completed, with their places
	                            * replaced by those of the original; each ended */
	struct rn_buffer out;    /* what was written and is not in the stream yet */
	struct rn_buffer scratch; /* for writers, within one item */
	FILE *stream;            /* where it goes: rn_listing_drain */
	struct rn_listing_totals totals;
	FILE *messages;          /* of a tracer, apart from the lines; NULL: among them */
	rn_listing_appendix *appendix; /* of the job */
	void *appendix_arg;
	struct rn_idmap detached; /* threads whose end of tracing was told */
	bool many;               /* there is more than one thread: lines say whose they are */
};

struct rn_listing_writer {
	const char *name;
	size_t state_size;       /* of zeroed memory */
	/* Each 0 or a negative RN_E_*; NULL: nothing to do. */
	int (*begin)(void *st, struct rn_listing *l, struct rn_error *err);
	/** An event or damage; the totals already count it. */
	int (*item)(void *st, struct rn_listing *l, const struct rn_order_item *item,
		struct rn_error *err);
	/** Nothing more for now: what a reader should see of an unfinished line must be written. */
	int (*pause)(void *st, struct rn_listing *l, struct rn_error *err);
	int (*end)(void *st, struct rn_listing *l, struct rn_error *err);
	void (*fini)(void *st);
};

/** Empties l->out into the stream; the walk does so between items. RN_E_PIPE, RN_E_NO_SPACE, RN_E_IO,
 *  RN_E_NOMEM when a put had failed. */
int rn_listing_drain(struct rn_listing *l, struct rn_error *err);

#define X(name) extern const struct rn_listing_writer rn_listing_##name;
RN_LISTINGS(X)
#undef X

extern const struct rn_listing_writer *const rn_listings[]; /* NULL ends it; sorted by name */
const struct rn_listing_writer *rn_listing_find(const char *name); /* NULL when unknown */

/* What is to be listed, and where to. */
struct rn_listing_job {
	const struct rn_listing_writer *writer;
	const struct rn_listing_style *style;
	struct rn_source *source;      /* filtered, not settled */
	const struct rn_model *model;  /* of the whole trace, or fed by the source (pipe) */
	const uint64_t *pids;          /* events of others are left out; none: everybody's are listed */
	size_t n_pids;
	struct rn_selection *selection; /* events that it does not want are left out, too; NULL: none */
	FILE *stream;
	const char *separate;          /* -ff: each thread's lines go to a file SEPARATE.TID; or NULL */
	bool append;                   /* to those files */
	struct rn_tally_set *tally;    /* counts what was listed; NULL: nobody does */
	FILE *messages;                /* births go here; NULL or stream: among the lines */
	/* What a document of one piece (json, html) has besides the events; NULL: nothing. */
	rn_listing_appendix *appendix;
	void *appendix_arg;
	struct rn_frames *frames;      /* for what the style shows of stacks; else NULL */
};

/** Everything is borrowed. *totals (may be NULL) is filled also on error. RN_E_PIPE when the stream's
 *  reader went away. */
int rn_listing_run(const struct rn_listing_job *job, struct rn_listing_totals *totals,
	struct rn_error *err);

#endif
