/* SPDX-License-Identifier: MIT */
/**
 * tables - tables as sections of an HTML page, and what a page's head says out of them.
 *
 * A sink that keeps what it is given until the page is written, because what belongs on top is known last:
 * a record about the report itself becomes the facts of the head; the table "summary" its verdict. A
 * section holds a table that is whole without a script. For the script, numbers stand in data-v in base
 * units where what is shown is rounded, and columns say their name, type and unit.
 * At most RN_HTML_ROWS_SHOWN rows of a table are shown: a browser lays out no more in a second; it is
 * said how many there were.
 */
#ifndef RN_ANALYZE_REPORT_HTML_TABLES_H
#define RN_ANALYZE_REPORT_HTML_TABLES_H

#include "analyze/table.h"
#include "shared/buffer.h"

#define RN_HTML_ROWS_SHOWN 2000

/* What the verdict is made of. */
struct rn_html_sums {
	bool known;
	uint64_t calls, errors, total_ns;
	struct rn_buffer outcome; /* "exited with 0"; empty: nobody says */
	bool failed;            /* it was not that */
	struct rn_buffer top;   /* the call with most time */
	uint64_t top_ns;
	bool complete, has_duration;
	uint64_t damages, lost, duration_ns;
};

struct rn_html_tables {
	struct rn_sink sink;          /* first: tables go here */
	struct rn_buffer body, facts; /* HTML */
	struct rn_buffer notes;       /* HTML list items */
	struct rn_buffer command;     /* as one types it, any bytes; empty: unknown */
	struct rn_html_sums sums;
	/* Private. */
	const struct rn_table *table;
	struct rn_buffer cell;
	uint64_t n_rows;
	bool in_total;
};

void rn_html_tables_init(struct rn_html_tables *t);
void rn_html_tables_fini(struct rn_html_tables *t);
/** The head of the page: title, verdict, facts. */
void rn_html_put_head(struct rn_buffer *out, const struct rn_html_tables *t);
/** Sections, then notes. */
void rn_html_put_sections(struct rn_buffer *out, const struct rn_html_tables *t);
/** RN_E_NOMEM when anything was not kept. */
int rn_html_tables_check(const struct rn_html_tables *t, struct rn_error *err);

#endif
