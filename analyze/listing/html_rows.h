/* SPDX-License-Identifier: MIT */
/**
 * html_rows - the calls that a page can hold: all of them, or beyond a number a fair choice.
 *
 * While there are at most `limit` calls every one is kept. Beyond that three kinds are: the slowest
 * (a sixteenth of the limit), errors (all, while they are at most a quarter of the limit), and of the rest
 * each with the same chance of 1 in 2^level, drawn from its number, so that equal traces keep equal calls
 * and no rhythm of the program hides another. What is kept of the rest is marked: it stands for 2^level.
 * Memory: 48 bytes and the distinct texts of at most 1.25 x limit calls.
 */
#ifndef RN_ANALYZE_LISTING_HTML_ROWS_H
#define RN_ANALYZE_LISTING_HTML_ROWS_H

#include "shared/error.h"
#include "shared/intern.h"

#define RN_HTML_ROWS_LIMIT ((uint32_t)1 << 20)
#define RN_HTML_ROWS_LEAST 1024

enum rn_html_row_flags {
	RN_HTML_ROW_UNFINISHED = 1,
	RN_HTML_ROW_FAILED = 2,
	RN_HTML_ROW_DRAWN = 4, /* stands for 2^level of its kind; set by rn_html_rows_settle */
};

struct rn_html_row {
	uint64_t ts_ns, dur_ns;
	uint32_t thread, place;      /* numbers of the page; place 0: no stack */
	uint32_t args, result;       /* texts */
	uint16_t name, error;        /* of the page; error 0: none */
	uint8_t flags, lot;
};

struct rn_html_rows {
	struct rn_html_row *row;
	uint32_t n, cap, limit;
	uint64_t seen;               /* calls */
	unsigned level;              /* 0: everything is kept */
	bool errors_drawn;           /* there are too many errors to keep them all */
	uint64_t slow_ns;            /* shorter calls are not among the slowest */
	struct rn_intern *texts;
};

/** limit: at least RN_HTML_ROWS_LEAST. RN_E_NOMEM. */
int rn_html_rows_init(struct rn_html_rows *r, uint32_t limit, struct rn_error *err);
void rn_html_rows_fini(struct rn_html_rows *r);
/** Asks for the next call whether its texts are worth making; to be asked once for each. */
bool rn_html_rows_wants(struct rn_html_rows *r, uint64_t dur_ns, unsigned flags, uint8_t *lot);
/** Keeps a call that is wanted, with its lot; texts come from rn_html_rows_text. RN_E_NOMEM. */
int rn_html_rows_add(struct rn_html_rows *r, const struct rn_html_row *row, struct rn_error *err);
/** The number of a text. RN_INTERN_NONE: no memory. */
static inline uint32_t rn_html_rows_text(struct rn_html_rows *r, struct rn_bytes text)
{
	return rn_intern(r->texts, text, NULL);
}
/** After the last: at most `limit` remain, marks are right, texts are numbered by first use. RN_E_NOMEM. */
int rn_html_rows_settle(struct rn_html_rows *r, struct rn_error *err);

#endif
