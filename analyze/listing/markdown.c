/* SPDX-License-Identifier: MIT */
/*
 * A comment on a change about single calls: what they come to (the summary, statistics if asked for), and folded
 * below it the lines as text lists them, as many as fit. The others are counted.
 */
#include "analyze/analysis/summary.h"
#include "analyze/analysis/tally.h"
#include "analyze/listing/listing.h"
#include "analyze/provenance.h"
#include "analyze/report/markdown.h"

#include <stdlib.h>
#include <string.h>

#define TABLES_BYTES 24000
#define LINES_BYTES 38000
#define LINE_BYTES 400

struct markdown {
	struct rn_tally_set *set;
	struct rn_buffer lines;
	uint64_t n_lines, n_left_out;
	void *text; /* the state of the writer of text */
};

static int begin(void *st, struct rn_listing *l, struct rn_error *err)
{
	struct markdown *m = st;
	m->set = rn_tally_set_new();
	m->text = calloc(1, rn_listing_text.state_size);
	if (!m->set || !m->text)
		return rn_fail(err, RN_E_NOMEM, "out of memory for a listing");
	return rn_listing_text.begin ? rn_listing_text.begin(m->text, l, err) : 0;
}

static void put_html(struct rn_buffer *out, struct rn_bytes s)
{
	for (size_t i = 0; i < s.len; i++)
		if (memchr("<>&", s.p[i], 3))
			rn_put_format(out, "&#%u;", s.p[i]);
		else
			rn_put_u8(out, s.p[i]);
}

/* One line, cut, into what is kept; false: there is no more room. */
static bool keep_line(struct markdown *m, struct rn_bytes line)
{
	size_t before = m->lines.len, n = line.len < LINE_BYTES ? line.len : LINE_BYTES;
	while (n < line.len && n && (line.p[n] & 0xc0) == 0x80)
		n--;
	put_html(&m->lines, rn_bytes_of(line.p, n));
	rn_put_text(&m->lines, n < line.len ? "...\n" : "\n");
	if (m->lines.len <= LINES_BYTES)
		return true;
	m->lines.len = before;
	return false;
}

/* What the writer of text has put down since is taken away from it. */
static void take_lines(struct markdown *m, struct rn_listing *l)
{
	struct rn_bytes rest = rn_buffer_bytes(&l->out);
	while (rest.len) {
		const uint8_t *end = memchr(rest.p, '\n', rest.len);
		if (!end)
			break;
		size_t n = (size_t)(end - rest.p);
		m->n_lines++;
		if (m->n_left_out || !keep_line(m, rn_bytes_of(rest.p, n)))
			m->n_left_out++;
		rest = rn_bytes_of(end + 1, rest.len - n - 1);
	}
	memmove(l->out.p, rest.p, rest.len); /* a line that goes on */
	l->out.len = rest.len;
}

static int item(void *st, struct rn_listing *l, const struct rn_order_item *item, struct rn_error *err)
{
	struct markdown *m = st;
	int rc = rn_listing_text.item(m->text, l, item, err);
	if (!rc && item->part != RN_ORDER_DAMAGE && item->part != RN_ORDER_BEGUN && item->ev.kind == RN_EV_CALL)
		rc = rn_tally_set_add_call(m->set, &item->ev.call, err);
	take_lines(m, l);
	return rc;
}

static int put_tables(struct markdown *m, struct rn_listing *l, struct rn_error *err)
{
	static const struct rn_strings none = { NULL, 0 };
	const struct rn_summary_options options = { .machine = (enum rn_machine)l->header->machine,
		.model = l->model };
	const struct rn_provenance provenance = { l->reader, NULL, 0, &none, l->model };
	struct rn_sink *sink;
	int rc = rn_markdown_begin(&sink, l->stream, TABLES_BYTES, err);
	if (rc)
		return rc;
	rc = rn_summary_emit(m->set, &options, sink, err);
	if (!rc && l->appendix)
		rc = l->appendix(l->appendix_arg, sink, err);
	if (!rc)
		rc = rn_provenance_emit(&provenance, sink, err);
	int end = rn_report_markdown.end(sink, rc ? NULL : err);
	return rc ? rc : end;
}

static int end(void *st, struct rn_listing *l, struct rn_error *err)
{
	struct markdown *m = st;
	int rc = rn_listing_text.end(m->text, l, err);
	take_lines(m, l);
	rn_buffer_clear(&l->out);
	if (!rc)
		rc = put_tables(m, l, err);
	if (rc || !m->n_lines)
		return rc;
	rn_put_format(&l->out, "\n<details><summary>%llu lines</summary>\n\n<pre>\n", (unsigned long long)m->n_lines);
	rn_put_bytes(&l->out, m->lines.p, m->lines.len);
	rn_put_text(&l->out, "</pre>\n");
	if (m->n_left_out)
		rn_put_format(&l->out, "\n%llu more lines are left out: they do not fit a comment.\n",
			(unsigned long long)m->n_left_out);
	rn_put_text(&l->out, "\n</details>\n");
	return rn_buffer_ok(&m->lines) ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for a listing");
}

static void fini(void *st)
{
	struct markdown *m = st;
	rn_tally_set_free(m->set);
	if (m->text)
		rn_listing_text.fini(m->text);
	free(m->text);
	rn_buffer_fini(&m->lines);
}

const struct rn_listing_writer rn_listing_markdown = {
	.name = "markdown",
	.state_size = sizeof(struct markdown),
	.begin = begin,
	.item = item,
	.end = end,
	.fini = fini,
};
