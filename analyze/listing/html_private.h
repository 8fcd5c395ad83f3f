/* SPDX-License-Identifier: MIT */
/**
 * html_private - what a page of calls is made of, between gathering it (html.c) and writing it (html_data.c).
 */
#ifndef RN_ANALYZE_LISTING_HTML_PRIVATE_H
#define RN_ANALYZE_LISTING_HTML_PRIVATE_H

#include "analyze/listing/html_places.h"
#include "analyze/listing/html_rows.h"
#include "analyze/listing/listing.h"
#include "analyze/report/json_writer.h"

struct rn_html_thread {
	uint32_t utid;
	uint64_t last_ns; /* of its last call */
};

/* Marks of a page's timeline are few: the others are counted. */
#define RN_HTML_MARKS 4000

struct rn_html_calls {
	struct rn_html_rows rows;
	struct rn_html_places places;
	struct rn_intern *names, *errors; /* errors: numbers of rows are one more */
	uint8_t *class_of;                /* by name: place in the words of classes */
	uint32_t class_cap;
	struct rn_idmap thread_of;        /* utid to number */
	struct rn_html_thread *thread;
	uint32_t n_threads, thread_cap;
	uint64_t end_ns;                  /* greatest completion of a call, moment of an event */
	uint64_t n_marks;
	struct rn_buffer marks;           /* JSON: [[ts, thread, kind, text], ..] */
	struct rn_json marks_json;
	struct rn_buffer text, clean;     /* scratch */
};

/* Classes that a page colours by; of a call with several the first. */
extern const char *const rn_html_class_words[];
unsigned rn_html_class(const struct rn_call *c);

/** Whether lines of sources are told: they were asked for, or a map of an original language was given. */
static inline bool rn_html_tells_source(const struct rn_listing *l)
{
	return l->frames && (l->style->source || rn_frames_options(l->frames)->maps.n);
}

/** A section with the first calls, for readers without scripts. */
void rn_html_put_static_calls(struct rn_listing *l, const struct rn_html_calls *s);
/** The script elements with everything; drains l->out on the way. RN_E_NOMEM, what writing fails with. */
int rn_html_put_data(struct rn_listing *l, struct rn_html_calls *s, struct rn_error *err);

#endif
