/* SPDX-License-Identifier: MIT */
/*
 * The longest so far are a heap whose top is the one that the next longer call drives out. Columns
 * decide; what a call looked like is decoded only when it gets in.
 */
#include "analyze/analysis/asked.h"
#include "analyze/model/decode_model.h"

#include <stdlib.h>

#define USUAL_LIMIT 20
#define MOST ((uint64_t)1 << 20)

struct slow {
	uint64_t dur_ns, ts_ns, seq;
	uint64_t pid, tid;
	uint32_t nr;
	enum rn_abi abi;
	struct rn_bytes comm;
	char *text; /* the call */
};

struct state {
	struct rn_asked asked;
	struct slow *heap;
	size_t n, limit;
	struct rn_buffer text;
};

static int begin(void *st, const void *options, struct rn_error *err)
{
	struct state *s = st;
	s->asked = *(const struct rn_asked *)options;
	s->limit = s->asked.limit ? s->asked.limit : USUAL_LIMIT;
	if (s->limit > MOST)
		return rn_fail(err, RN_E_USAGE, "at most %llu calls can be kept", (unsigned long long)MOST);
	s->heap = calloc(s->limit, sizeof(*s->heap));
	return s->heap ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

static void fini(void *st)
{
	struct state *s = st;
	for (size_t i = 0; i < s->n; i++)
		free(s->heap[i].text);
	free(s->heap);
	rn_buffer_fini(&s->text);
}

/* Whether a comes behind b in the report. */
static bool is_behind(const struct slow *a, const struct slow *b)
{
	return a->dur_ns != b->dur_ns ? a->dur_ns < b->dur_ns : a->seq > b->seq;
}

static void sift_down(struct slow *heap, size_t n, size_t i)
{
	for (;;) {
		size_t last = i, left = 2 * i + 1;
		for (size_t c = left; c < n && c < left + 2; c++)
			if (is_behind(&heap[c], &heap[last]))
				last = c;
		if (last == i)
			return;
		struct slow swap = heap[i];
		heap[i] = heap[last];
		heap[last] = swap;
		i = last;
	}
}

static void put_in(struct state *s, const struct slow *x)
{
	size_t i = s->n;
	if (s->n == s->limit) {
		free(s->heap[0].text);
		s->heap[0] = *x;
		sift_down(s->heap, s->n, 0);
		return;
	}
	s->heap[s->n++] = *x;
	for (; i && is_behind(x, &s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = *x;
}

static int keep(struct state *s, const struct rn_event *ev, struct rn_error *err)
{
	struct slow x = { .dur_ns = ev->call.dur_ns, .ts_ns = ev->ts_ns, .seq = ev->seq };
	struct rn_decode_env env = rn_decode_env_of(s->asked.model, NULL);
	if (s->n == s->limit && !is_behind(&s->heap[0], &x))
		return 0;
	x.pid = rn_model_pid(s->asked.model, ev->utid);
	x.tid = rn_model_tid(s->asked.model, ev->utid, ev->ts_ns);
	x.comm = rn_model_comm(s->asked.model, ev->utid, ev->ts_ns);
	x.abi = (enum rn_abi)ev->call.abi;
	x.nr = ev->call.nr;
	rn_buffer_clear(&s->text);
	rn_put_call(&s->text, ev, &env);
	x.text = strdup(rn_buffer_cstr(&s->text));
	if (!x.text)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	put_in(s, &x);
	return 0;
}

static int batch(void *st, const struct rn_batch *b, struct rn_error *err)
{
	struct state *s = st;
	int rc = 0;
	for (uint32_t i = 0; i < b->n_selected && !rc; i++) {
		uint32_t k = b->selected[i];
		struct rn_event ev;
		if (b->core->flags[k] & RN_CALL_UNFINISHED ||
			(s->n == s->limit && b->core->dur_ns[k] < s->heap[0].dur_ns))
			continue;
		rc = rn_block_call(b->block, k, RN_WANT(ARGS) | RN_WANT(DATA), &ev, err);
		if (!rc)
			rc = keep(s, &ev, err);
		else if (rc == RN_E_CORRUPT || rc == RN_END)
			rc = 0;
	}
	return rc;
}

static int by_place(const void *a, const void *b)
{
	return is_behind(a, b) ? 1 : is_behind(b, a) ? -1 : 0;
}

static const struct rn_column columns[] = {
	{ .name = "dur_ns", .title = "seconds", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9,
		.decimals = 6, .min_width = 11, .doc = "wall-clock time from entry to return" },
	{ .name = "ts_ns", .title = "entered at", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9,
		.decimals = 6, .min_width = 11, .doc = "since the start of the trace" },
	{ .name = "seq", .type = RN_T_U64, .hide = RN_HIDE_TEXT, .doc = "number of the event" },
	{ .name = "pid", .type = RN_T_U64, .hide = RN_HIDE_TEXT },
	{ .name = "tid", .type = RN_T_U64, .min_width = 7 },
	{ .name = "comm", .type = RN_T_TEXT, .left = true, .min_width = 8, .doc = "name of the thread" },
	{ .name = "name", .type = RN_T_TEXT, .hide = RN_HIDE_TEXT, .doc = "name of the call" },
	{ .name = "call", .type = RN_T_TEXT, .left = true, .listed = true, .doc = "as a listing shows it" },
};

static int emit(void *st, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_table table = { .name = "slowest", .title = "The slowest calls",
		.empty = "No call returned.", .flags = RN_TABLE_RULED, .columns = columns,
		.n_columns = sizeof(columns) / sizeof(columns[0]) };
	struct state *s = st;
	char buf[64];
	if (s->n)
		qsort(s->heap, s->n, sizeof(*s->heap), by_place);
	int rc = rn_sink_begin(sink, &table, err);
	for (size_t i = 0; i < s->n && !rc; i++) {
		const struct slow *x = &s->heap[i];
		const struct rn_cell cells[] = { rn_cell_u64(x->dur_ns), rn_cell_u64(x->ts_ns),
			rn_cell_u64(x->seq), rn_cell_u64(x->pid), rn_cell_u64(x->tid),
			rn_cell_bytes(x->comm), rn_cell_text(rn_asked_name(&s->asked, x->abi, x->nr, buf)),
			rn_cell_text(x->text) };
		rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

const struct rn_analysis rn_analysis_slowest = {
	.name = "slowest",
	.help = "the calls that took longest",
	.state_size = sizeof(struct state),
	.begin = begin,
	.batch = batch,
	.emit = emit,
	.fini = fini,
};
