/* SPDX-License-Identifier: MIT */
#include "analyze/weights/estimates.h"

#include "shared/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TITLE_MAX 64

struct rn_estimates {
	struct rn_sink sink; /* first */
	struct rn_sink *to;
	struct rn_bytes rules;
	bool any;            /* something was marked */
	/* Of the table under way; n_columns 0: it passes as it is. */
	struct rn_table table;
	struct rn_column *columns;
	struct rn_cell *cells;
	char (*titles)[TITLE_MAX];
};

static void forget_table(struct rn_estimates *e)
{
	free(e->columns);
	free(e->cells);
	free(e->titles);
	e->columns = NULL;
	e->cells = NULL;
	e->titles = NULL;
	e->table.n_columns = 0;
}

static bool weighs(const struct rn_table *t)
{
	for (unsigned i = 0; i < t->n_columns; i++)
		if (t->columns[i].weighs)
			return true;
	return false;
}

static void mark(struct rn_estimates *e, unsigned i)
{
	struct rn_column *c = &e->columns[i];
	const char *title = c->title ? c->title : c->name;
	if (!c->weighs || !*title)
		return;
	snprintf(e->titles[i], TITLE_MAX, "~%s", title);
	c->title = e->titles[i];
}

static int table_begin(struct rn_sink *s, const struct rn_table *t, struct rn_error *err)
{
	static const struct rn_column estimated = { .name = "estimated", .type = RN_T_TEXT, .left = true,
		.hide = RN_HIDE_TEXT, .doc = "by what rule calls were left out while recording: sums over calls are "
			"estimates, each recorded call counts by its weight" };
	struct rn_estimates *e = (struct rn_estimates *)s;
	if (!weighs(t))
		return rn_sink_begin(e->to, t, err);
	unsigned n = t->n_columns;
	e->columns = calloc(n + 1, sizeof(*e->columns));
	e->cells = calloc(n + 1, sizeof(*e->cells));
	e->titles = calloc(n, sizeof(*e->titles));
	if (!e->columns || !e->cells || !e->titles) {
		forget_table(e);
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	}
	memcpy(e->columns, t->columns, n * sizeof(*e->columns));
	for (unsigned i = 0; i < n; i++)
		mark(e, i);
	e->columns[n] = estimated;
	e->table = *t;
	e->table.columns = e->columns;
	e->table.n_columns = n + 1;
	e->any = true;
	return rn_sink_begin(e->to, &e->table, err);
}

static const struct rn_cell *with_mark(struct rn_estimates *e, const struct rn_cell *cells)
{
	unsigned n = e->table.n_columns;
	if (!n)
		return cells;
	memcpy(e->cells, cells, (n - 1) * sizeof(*cells));
	e->cells[n - 1] = rn_cell_bytes(e->rules);
	return e->cells;
}

static int row(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	struct rn_estimates *e = (struct rn_estimates *)s;
	return rn_sink_row(e->to, with_mark(e, cells), err);
}

static int total(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	struct rn_estimates *e = (struct rn_estimates *)s;
	return rn_sink_total(e->to, with_mark(e, cells), err);
}

static int table_end(struct rn_sink *s, struct rn_error *err)
{
	struct rn_estimates *e = (struct rn_estimates *)s;
	int rc = rn_sink_end(e->to, err);
	forget_table(e);
	return rc;
}

static int note(struct rn_sink *s, struct rn_bytes text, struct rn_error *err)
{
	return rn_sink_note(((struct rn_estimates *)s)->to, text, err);
}

int rn_estimates_new(struct rn_estimates **out, const struct rn_header *h, struct rn_sink *sink,
	struct rn_sink **marked, struct rn_error *err)
{
	*out = NULL;
	*marked = sink;
	if (!h->sampling.len)
		return 0;
	struct rn_estimates *e = calloc(1, sizeof(*e));
	if (!e)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	e->sink = (struct rn_sink){ table_begin, row, total, table_end, note };
	e->to = sink;
	e->rules = h->sampling;
	*out = e;
	*marked = &e->sink;
	return 0;
}

int rn_estimates_note(struct rn_estimates *e, struct rn_error *err)
{
	struct rn_buffer text = RN_BUFFER_INIT;
	if (!e || !e->any)
		return 0;
	rn_put_text(&text, "calls were left out while recording (");
	rn_put_bytes(&text, e->rules.p, e->rules.len);
	rn_put_text(&text, "): columns with ~ are estimates, each recorded call counts by its weight "
		"(renacer-analyze info has the weights)");
	int rc = rn_buffer_ok(&text) ? rn_sink_note(e->to, rn_buffer_bytes(&text), err) :
		rn_fail(err, RN_E_NOMEM, "out of memory");
	rn_buffer_fini(&text);
	return rc;
}

void rn_estimates_free(struct rn_estimates *e)
{
	if (e)
		forget_table(e);
	free(e);
}
