/* SPDX-License-Identifier: MIT */
/*
 * One page of HTML (html/page.h) with a section for each table (html/tables.h): readable without a script,
 * sortable and searchable with it. Without a listing there are no calls in it; a listing as HTML
 * (listing/html.c) puts them between its head and its sections.
 */
#include "analyze/report/html/page.h"
#include "analyze/report/html/tables.h"
#include "analyze/report/writer.h"

struct html {
	struct rn_writer_base base;
	struct rn_html_tables tables;
};

#define TABLES(s) (&((struct html *)(s))->tables.sink)

static int table_begin(struct rn_sink *s, const struct rn_table *t, struct rn_error *err)
{
	return rn_sink_begin(TABLES(s), t, err);
}

static int row(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	return rn_sink_row(TABLES(s), cells, err);
}

static int total(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	return rn_sink_total(TABLES(s), cells, err);
}

static int table_end(struct rn_sink *s, struct rn_error *err)
{
	return rn_sink_end(TABLES(s), err);
}

static int note(struct rn_sink *s, struct rn_bytes text, struct rn_error *err)
{
	return rn_sink_note(TABLES(s), text, err);
}

static int begin(struct rn_sink **sink, FILE *stream, struct rn_error *err)
{
	static const struct rn_sink html = { table_begin, row, total, table_end, note };
	struct html *w = rn_writer_base_new(sizeof(*w), &html, stream, err);
	if (!w)
		return RN_E_NOMEM;
	rn_html_tables_init(&w->tables);
	*sink = &w->base.sink;
	return 0;
}

static int end(struct rn_sink *sink, struct rn_error *err)
{
	struct html *w = (struct html *)sink;
	int rc = rn_html_tables_check(&w->tables, err);
	rn_html_page_begin(&w->base.text, rn_buffer_bytes(&w->tables.command));
	rn_html_put_head(&w->base.text, &w->tables);
	rn_put_text(&w->base.text, "<main id=\"main\">\n");
	rn_html_put_sections(&w->base.text, &w->tables);
	rn_put_text(&w->base.text, "</main>\n");
	rn_html_page_script(&w->base.text);
	rn_html_page_end(&w->base.text);
	rn_html_tables_fini(&w->tables);
	return rn_writer_base_end(&w->base, rc, err);
}

const struct rn_report rn_report_html = {
	.name = "html",
	.suffix = "html",
	.help = "one page that needs no network, to look at in a browser",
	.begin = begin,
	.end = end,
};
