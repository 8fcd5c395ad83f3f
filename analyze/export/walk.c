/* SPDX-License-Identifier: MIT */
#include "analyze/export/export.h"

#include "analyze/listing/batch_walk.h"
#include "analyze/listing/order.h"
#include "analyze/model/decode_model.h"
#include "analyze/source/orphans.h"
#include "analyze/sql/session.h"
#include "shared/syscall.h"

#include <errno.h>
#include <stdlib.h>

#define DRAIN_BYTES ((size_t)1 << 16)

struct walk {
	const struct rn_export *x;
	struct rn_export_job job;
	unsigned want; /* sections of calls */
	const struct rn_weights *weights; /* of the batch under way */
	struct rn_orphans orphans;
	void *state;
};

unsigned rn_export_wants(const struct rn_export *x, const struct rn_export_look *look)
{
	if (x->write)
		return RN_SQL_MODEL;
	return RN_MODEL_COMM | RN_MODEL_EXE | RN_MODEL_ARGV |
		(x->traits & RN_EXPORT_FILES ? RN_MODEL_FDS | RN_MODEL_CWD : 0) |
		(x->traits & RN_EXPORT_ARGS && !look->no_args ? RN_MODEL_NETLINK : 0) |
		(x->traits & RN_EXPORT_STACKS && !look->no_stacks ? RN_INQUIRY_FRAMES : 0);
}

const char *rn_export_name(const struct rn_call *call, char buf[24])
{
	return rn_syscall_name((enum rn_abi)call->abi, call->nr, buf);
}

int rn_export_drain(struct rn_export_job *job, struct rn_error *err)
{
	if (!rn_buffer_ok(&job->out))
		return rn_fail(err, RN_E_NOMEM, "out of memory for an export");
	errno = 0;
	if (job->stream && job->out.len && fwrite(job->out.p, 1, job->out.len, job->stream) != job->out.len)
		return rn_fail_errno(err, rn_error_of_errno(errno), errno, "cannot write the export");
	rn_buffer_clear(&job->out);
	return 0;
}

/* Of a call that never returned nobody knows when it ended: with its thread, or with the trace. */
static uint64_t end_of(const struct rn_export_job *job, const struct rn_event *ev)
{
	uint64_t end_ns = ev->ts_ns + ev->call.dur_ns;
	if (end_ns < ev->ts_ns)
		end_ns = UINT64_MAX;
	if (!(ev->call.flags & RN_CALL_PENDING))
		return end_ns;
	const struct rn_task *t = rn_model_task(job->model, ev->utid);
	uint64_t last_ns = t && t->ended ? t->end_ns : job->end_ns;
	return last_ns > end_ns ? last_ns : end_ns;
}

static int put_call(struct walk *w, const struct rn_event *ev, struct rn_error *err)
{
	struct rn_export_job *job = &w->job;
	struct rn_export_call call = { .ev = ev, .end_ns = end_of(job, ev),
		.unfinished = ev->call.flags & RN_CALL_UNFINISHED,
		.weight = rn_weight_of(w->weights, ev->call.abi, ev->call.nr, ev->call.flags),
		.weight_is_open = job->header->sampling.len && !job->q->whole };
	int rc = job->frames ? rn_frames_of(job->frames, ev, &call.stack, &call.stack_end, err) : 0;
	job->totals.calls++;
	job->totals.unfinished += call.unfinished;
	job->totals.without_stack += !call.stack;
	job->totals.cut_stacks += call.stack && call.stack_end != RN_STACK_COMPLETE;
	if (!rc)
		rc = w->x->call(w->state, job, &call, err);
	if (!rc && job->out.len > DRAIN_BYTES)
		rc = rn_export_drain(job, err);
	return rc;
}

static int put_event(struct walk *w, const struct rn_event *ev, struct rn_error *err)
{
	struct rn_inquiry *q = w->job.q;
	if (!w->x->event || !rn_order_shows(ev->kind) || !rn_selection_shows(q->selection, ev) ||
		(ev->utid && !rn_model_is_of(w->job.model, ev->utid, q->pids, q->n_pids)))
		return 0;
	return w->x->event(w->state, &w->job, ev, err);
}

static int put_block(struct walk *w, const struct rn_batch *b, struct rn_error *err)
{
	struct rn_order_walk walk;
	struct rn_order_step step;
	struct rn_event ev;
	int rc = 0;
	rn_order_walk_init(&walk, b);
	while (!rc && rn_order_walk_next(&walk, &step)) {
		if (step.seq < w->job.first_seq)
			continue;
		if (step.is_meta) {
			walk.meta_ev.seq = step.seq;
			rc = put_event(w, &walk.meta_ev, err);
			continue;
		}
		rc = rn_block_call(b->block, step.index, w->want, &ev, err);
		if (!rc)
			rc = put_call(w, &ev, err);
		else if (rc == RN_E_CORRUPT || rc == RN_END)
			rc = 0; /* the reader counts it */
	}
	return rc;
}

static int walk_source(struct walk *w, struct rn_source *source, struct rn_error *err)
{
	struct rn_batch batch;
	int rc;
	rn_batch_init(&batch);
	while ((rc = rn_source_next(source, &batch, err)) == 0) {
		w->weights = batch.weights;
		if (batch.block && rn_block_info(batch.block)->last_ns > w->job.end_ns)
			w->job.end_ns = rn_block_info(batch.block)->last_ns;
		if (batch.block)
			rc = put_block(w, &batch, err);
		for (uint32_t i = 0; i < batch.n_unfinished && !rc; i++)
			rc = put_call(w, &batch.unfinished[i], err);
		if (rc)
			break;
	}
	rn_batch_fini(&batch);
	return rc == RN_END ? 0 : rc;
}

static struct rn_source *source_of(struct walk *w, struct rn_error *err)
{
	struct rn_inquiry *q = w->job.q;
	if (!(w->x->traits & RN_EXPORT_BY_SEQ))
		return w->x->traits & RN_EXPORT_EVENTS ? rn_inquiry_events(q, err) : rn_inquiry_source(q, err);
	rn_orphans_find_later(&w->orphans, w->job.reader);
	struct rn_source *calls = rn_inquiry_calls(q, &w->orphans, err), *weighed =
		calls && q->whole ? rn_source_weights(calls, rn_model_sampling(q->model)) : calls;
	if (calls && !weighed)
		rn_fail(err, RN_E_NOMEM, "out of memory");
	return weighed;
}

static int run(struct walk *w, struct rn_error *err)
{
	struct rn_export_job *job = &w->job;
	struct rn_source *source = source_of(w, err);
	int rc = source ? 0 : RN_E_NOMEM;
	if (!rc && w->x->begin)
		rc = w->x->begin(w->state, job, err);
	if (!rc)
		rc = walk_source(w, source, err);
	if (!rc && w->x->end)
		rc = w->x->end(w->state, job, err);
	if (!rc)
		rc = rn_export_drain(job, err);
	if (w->x->fini)
		w->x->fini(w->state);
	rn_source_free(source);
	rn_orphans_fini(&w->orphans);
	return rc;
}

static uint64_t end_of_file(struct rn_inquiry *q)
{
	uint64_t end_ns = 0;
	for (size_t i = 0; q->whole && i < rn_reader_n_blocks(q->reader); i++) {
		uint64_t last_ns = rn_reader_block_info(q->reader, i)->last_ns;
		end_ns = last_ns > end_ns ? last_ns : end_ns;
	}
	return end_ns;
}

int rn_export_walk(const struct rn_export *x, struct rn_inquiry *q, const struct rn_export_look *look,
	const struct rn_export_way *way, struct rn_export_totals *totals, struct rn_error *err)
{
	struct walk w = { .x = x, .state = calloc(1, x->state_size + 1) };
	bool stacks = x->traits & RN_EXPORT_STACKS && !look->no_stacks;
	w.job = (struct rn_export_job){ .look = look, .q = q, .reader = q->reader,
		.header = rn_reader_header(q->reader), .model = q->model, .stream = way->stream, .diag = way->diag,
		.arg = way->arg, .result = way->result,
		.frames = stacks ? q->frames : NULL, .env = rn_decode_env_of(q->model, NULL),
		.end_ns = end_of_file(q) };
	w.want = (x->traits & (RN_EXPORT_ARGS | RN_EXPORT_FILES) && !look->no_args ?
		RN_WANT(ARGS) | RN_WANT(DATA) : 0) | (stacks ? RN_WANT(REGS) | RN_WANT(STACK) : 0);
	int rc = w.state ? run(&w, err) : rn_fail(err, RN_E_NOMEM, "out of memory for an export");
	*totals = w.job.totals;
	rn_buffer_fini(&w.job.out);
	rn_buffer_fini(&w.job.scratch);
	free(w.state);
	return rc;
}
