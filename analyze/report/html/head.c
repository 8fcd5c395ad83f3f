/* SPDX-License-Identifier: MIT */
/* The head of a page: which command, a verdict in a sentence or two, where the numbers come from. */
#include "analyze/report/html/tables.h"

#include "analyze/report/html/text.h"
#include "analyze/report/json_writer.h"
#include "analyze/words.h"

/* 1234567 as "1,234,567". */
static void put_grouped(struct rn_buffer *out, uint64_t v)
{
	struct rn_buffer digits = RN_BUFFER_INIT;
	rn_put_decimal(&digits, v);
	for (size_t i = 0; i < digits.len; i++) {
		if (i && (digits.len - i) % 3 == 0)
			rn_put_u8(out, ',');
		rn_put_u8(out, digits.p[i]);
	}
	rn_buffer_fini(&digits);
}

static void put_count(struct rn_buffer *out, uint64_t n, const char *one, const char *many)
{
	put_grouped(out, n);
	rn_put_u8(out, ' ');
	rn_put_text(out, n == 1 ? one : many);
}

static void put_most(struct rn_buffer *out, const struct rn_html_sums *s)
{
	if (!s->total_ns || !s->top.len)
		return;
	rn_put_text(out, " Of the ");
	rn_put_short_time(out, s->total_ns);
	rn_put_format(out, " spent in them %.0f&nbsp;%% went to <code>",
		100.0 * (double)s->top_ns / (double)s->total_ns);
	rn_html_text(out, rn_buffer_bytes(&s->top));
	rn_put_text(out, "</code>.");
}

static void put_calls(struct rn_buffer *out, const struct rn_html_sums *s)
{
	if (!s->known)
		return;
	rn_put_text(out, "<strong>");
	put_count(out, s->calls, "system call", "system calls");
	rn_put_text(out, "</strong>");
	if (s->has_duration) {
		rn_put_text(out, " in ");
		rn_put_short_time(out, s->duration_ns);
	}
	if (s->errors) {
		rn_put_text(out, ", of which <strong class=\"bad\">");
		put_count(out, s->errors, "failed", "failed");
		rn_put_text(out, "</strong>");
	} else if (s->calls) {
		rn_put_text(out, ", none of which failed");
	}
	rn_put_u8(out, '.');
	put_most(out, s);
}

static void put_outcome(struct rn_buffer *out, const struct rn_html_sums *s)
{
	if (!s->outcome.len)
		return;
	rn_put_text(out, s->failed ? " The command <strong class=\"bad\">" : " The command ");
	rn_html_text(out, rn_buffer_bytes(&s->outcome));
	rn_put_text(out, s->failed ? "</strong>." : ".");
}

/* What is missing is said where nobody overlooks it. */
static void put_missing(struct rn_buffer *out, const struct rn_html_sums *s)
{
	if (s->lost) {
		rn_put_text(out, " <strong class=\"bad\">");
		put_count(out, s->lost, "event was lost", "events were lost");
		rn_put_text(out, " while recording.</strong>");
	}
	if (s->damages) {
		rn_put_text(out, " <strong class=\"bad\">The trace is damaged in ");
		put_count(out, s->damages, "place", "places");
		rn_put_text(out, ".</strong>");
	}
	if (!s->complete && !s->damages)
		rn_put_text(out, " <strong class=\"bad\">The trace has no end: its recorder was stopped short.</strong>");
	if (!s->lost && !s->damages && s->complete)
		rn_put_text(out, " Nothing was lost.");
}

void rn_html_put_head(struct rn_buffer *out, const struct rn_html_tables *t)
{
	rn_put_text(out, "<a class=\"skip\" href=\"#main\">Skip to the report</a>\n<header class=\"head\">\n"
		"<h1><span class=\"kicker\">Renacer Trace Report</span>");
	if (t->command.len) {
		rn_put_text(out, " <span class=\"command\" tabindex=\"0\">");
		rn_html_text(out, rn_buffer_bytes(&t->command));
		rn_put_text(out, "</span>");
	}
	rn_put_text(out, "</h1>\n");
	if (t->sums.known || t->facts.len) {
		rn_put_text(out, "<p class=\"verdict\">");
		put_calls(out, &t->sums);
		put_outcome(out, &t->sums);
		put_missing(out, &t->sums);
		rn_put_text(out, "</p>\n");
	}
	if (t->facts.len) {
		rn_put_text(out, "<details class=\"provenance\" open><summary>Provenance</summary>\n<dl class=\"facts\">\n");
		rn_put_bytes(out, t->facts.p, t->facts.len);
		rn_put_text(out, "</dl></details>\n");
	}
	rn_put_text(out, "</header>\n");
}
