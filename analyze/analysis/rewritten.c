/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/rewritten.h"

#include "analyze/analysis/asked.h"

struct state {
	struct rn_rewritten_options o;
	struct rn_rewriter *rewriter;
	struct rn_buffer lines;
};

static int begin(void *st, const void *options, struct rn_error *err)
{
	struct state *s = st;
	s->o = *(const struct rn_rewritten_options *)options;
	s->rewriter = rn_rewriter_new(s->o.maps);
	return s->rewriter ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

static int add(void *arg, const struct rn_event *ev, struct rn_error *err)
{
	struct state *s = arg;
	const struct rn_task *t = rn_model_task(s->o.model, ev->utid);
	return rn_rewriter_call(s->rewriter, t && t->leader ? t->leader : ev->utid, &ev->call, &s->lines,
		err);
}

static int batch(void *st, const struct rn_batch *b, struct rn_error *err)
{
	return rn_batch_each(b, RN_WANT(ARGS) | RN_WANT(DATA), add, st, err);
}

static int emit(void *st, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "text", .title = "On standard error, with places of the original:",
			.type = RN_T_TEXT, .left = true },
	};
	static const struct rn_table table = { .name = "stderr_rewritten",
		.empty = "Nothing on standard error speaks of a place that a map knows.",
		.columns = columns, .n_columns = 1 };
	struct state *s = st;
	rn_rewriter_rest(s->rewriter, &s->lines);
	int rc = rn_buffer_ok(&s->lines) ? rn_sink_begin(sink, &table, err) :
		rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t at = 0; at < s->lines.len && !rc;) {
		const uint8_t *end = memchr(s->lines.p + at, '\n', s->lines.len - at);
		size_t len = end ? (size_t)(end - (s->lines.p + at)) : s->lines.len - at;
		const struct rn_cell cell = rn_cell_bytes(rn_bytes_of(s->lines.p + at, len));
		rc = rn_sink_row(sink, &cell, err);
		at += len + 1;
	}
	return rc ? rc : rn_sink_end(sink, err);
}

static void fini(void *st)
{
	struct state *s = st;
	rn_rewriter_free(s->rewriter);
	rn_buffer_fini(&s->lines);
}

const struct rn_analysis rn_analysis_rewritten = {
	.name = "rewritten",
	.help = "lines on standard error with places of the original source",
	.state_size = sizeof(struct state),
	.begin = begin,
	.batch = batch,
	.emit = emit,
	.fini = fini,
};
