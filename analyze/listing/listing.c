/* SPDX-License-Identifier: MIT */
#include "analyze/listing/listing.h"

#include "analyze/analysis/tally.h"
#include "analyze/detail.h"
#include "analyze/listing/alive.h"
#include "analyze/listing/detached.h"
#include "analyze/listing/lanes.h"
#include "analyze/listing/origin.h"
#include "analyze/listing/split.h"
#include "analyze/model/decode_model.h"
#include "shared/syscall.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DRAIN_BYTES ((size_t)1 << 16)
#define CALL_ABI_SHIFT 16

const struct rn_listing_writer *const rn_listings[] = {
#define X(name) &rn_listing_##name,
	RN_LISTINGS(X)
#undef X
	NULL,
};

const struct rn_listing_writer *rn_listing_find(const char *name)
{
	for (const struct rn_listing_writer *const *w = rn_listings; *w; w++)
		if (strcmp((*w)->name, name) == 0)
			return *w;
	return NULL;
}

struct walk {
	const struct rn_listing_job *job;
	struct rn_listing listing;
	void *state;
	uint32_t n_tasks_seen; /* when `many` was last settled */
	struct rn_alive alive; /* as strace lists */
	struct rn_split *split;
	struct rn_lanes *lanes; /* -ff */
	struct rn_idmap last_call; /* utid -> abi << CALL_ABI_SHIFT | number */
	struct rn_origin_look *origin;
};

/* What restart_syscall goes on with is what its thread called last. */
static const char *interrupted(void *arg, const struct rn_event *ev, char buf[24])
{
	const struct walk *w = arg;
	uint32_t last = rn_idmap_find(&w->last_call, ev->utid);
	if (last == RN_IDMAP_NONE)
		return NULL;
	return rn_syscall_name((enum rn_abi)(last >> CALL_ABI_SHIFT),
		last & ((1u << CALL_ABI_SHIFT) - 1), buf);
}

static bool interface_name(void *arg, uint32_t index, struct rn_bytes *out)
{
	const struct walk *w = arg;
	struct rn_cursor c = rn_cursor_of(w->listing.header->interfaces.p,
		w->listing.header->interfaces.len);
	while (rn_cursor_left(&c)) {
		const char *text = (const char *)c.p;
		size_t len = strnlen(text, rn_cursor_left(&c));
		struct rn_bytes entry = rn_take_bytes(&c, len);
		uint32_t number = 0;
		size_t i = 0;
		rn_take_u8(&c); /* its NUL */
		for (; i < entry.len && entry.p[i] >= '0' && entry.p[i] <= '9'; i++)
			number = number * 10 + (entry.p[i] - '0');
		if (number != index || i + 1 >= entry.len)
			continue;
		*out = rn_bytes_of(entry.p + i + 1, entry.len - i - 1);
		return true;
	}
	return false;
}

static void note_call(struct walk *w, const struct rn_order_item *item)
{
	const struct rn_call *c = &item->ev.call;
	bool ended = item->part != RN_ORDER_DAMAGE && item->part != RN_ORDER_BEGUN;
	/* Without memory, a restarted call has no name. */
	if (ended && item->ev.kind == RN_EV_CALL && c->nr >> CALL_ABI_SHIFT == 0)
		rn_idmap_put(&w->last_call, item->ev.utid, (uint32_t)c->abi << CALL_ABI_SHIFT | c->nr);
}

int rn_listing_drain(struct rn_listing *l, struct rn_error *err)
{
	if (!rn_buffer_ok(&l->out))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	errno = 0;
	if (l->out.len && fwrite(l->out.p, 1, l->out.len, l->stream) != l->out.len)
		return rn_fail_errno(err, rn_error_of_errno(errno), errno, "cannot write the report");
	rn_buffer_clear(&l->out);
	return 0;
}

/* Threads that may appear in the listing: more than one? */
static void settle_many(struct walk *w)
{
	const struct rn_model *m = w->job->model;
	uint32_t n = rn_model_n_tasks(m), wanted = 0;
	if (w->listing.many || n == w->n_tasks_seen || w->lanes)
		return;
	w->n_tasks_seen = n;
	for (uint32_t i = 0; i < n && wanted < 2; i++)
		wanted += rn_model_is_of(m, rn_model_task_at(m, i)->utid, w->job->pids,
			w->job->n_pids);
	w->listing.many = wanted > 1;
}

static void count_call(struct rn_listing_totals *t, const struct rn_call *c)
{
	t->calls++;
	if (c->flags & RN_CALL_UNFINISHED)
		t->unfinished++;
	else
		t->time_ns += c->dur_ns;
}

/* A process found running has one line for all its threads. */
static void tell_birth(struct walk *w, const struct rn_task *t)
{
	const struct rn_model *m = w->job->model;
	struct rn_listing *l = &w->listing;
	uint32_t threads = 0;
	bool found = t->how == RN_TASK_ATTACHED;
	if (t->how == RN_TASK_COMMAND || (found ? t->leader != t->utid : l->messages != NULL))
		return;
	for (uint32_t i = 0; found && i < rn_model_n_tasks(m); i++) {
		const struct rn_task *other = rn_model_task_at(m, i);
		threads += other->leader == t->utid && other->how == RN_TASK_ATTACHED;
	}
	struct rn_buffer *out = l->messages ? &l->scratch : &l->out;
	rn_put_format(out, "strace: Process %llu attached", (unsigned long long)t->tid);
	if (threads > 1)
		rn_put_format(out, " with %u threads", threads);
	rn_put_u8(out, '\n');
	if (!l->messages)
		return;
	fwrite(l->scratch.p, 1, l->scratch.len, l->messages);
	rn_buffer_clear(&l->scratch);
}

/* As strace lists: who has come, and whether lines must say whose they are. */
static void settle_alive(struct walk *w, const struct rn_order_item *item)
{
	bool pause = item->part == RN_ORDER_PAUSE;
	uint64_t now_ns = pause ? UINT64_MAX : rn_order_item_ns(item);
	const struct rn_task *t;
	if (item->part == RN_ORDER_DAMAGE)
		return;
	while ((t = rn_alive_next(&w->alive, now_ns)))
		if (w->job->style->births)
			tell_birth(w, t);
	w->listing.many = rn_alive_many(&w->alive, now_ns);
}

static int next_item(struct walk *w, struct rn_order *order, struct rn_order_item *item,
	struct rn_error *err)
{
	int rc;
	if (!w->split) {
		rc = rn_order_next(order, item, err);
		if (!rc)
			settle_many(w);
		return rc;
	}
	bool told = w->job->style->births && !w->listing.messages;
	rc = rn_split_next(w->split, told ? rn_alive_next_ns(&w->alive) : UINT64_MAX, item, err);
	if (!rc)
		settle_alive(w, item);
	return rc;
}

static bool is_wanted_signal(const struct rn_listing_style *style, uint64_t signo)
{
	return !style->no_signals || (signo >= 1 && signo <= 64 && style->signals >> (signo - 1) & 1);
}

/* Counts an item; false: it is not to be shown. */
static bool take(struct walk *w, const struct rn_order_item *item)
{
	struct rn_listing_totals *t = &w->listing.totals;
	const struct rn_event *ev = &item->ev;
	if (item->part == RN_ORDER_DAMAGE)
		return true;
	if (ev->kind == RN_EV_CALL) {
		if (item->part != RN_ORDER_BEGUN)
			count_call(t, &ev->call);
		return true;
	}
	if (ev->kind == RN_EV_LOST)
		t->lost_events += ev->LOST.count;
	if (ev->kind == RN_EV_SIGNAL && !is_wanted_signal(w->job->style, ev->SIGNAL.signo))
		return false;
	if (ev->kind == RN_EV_EXIT &&
		(ev->EXIT.superseded ? w->job->style->no_superseded : w->job->style->no_exits))
		return false;
	if (w->job->selection && !rn_selection_shows(w->job->selection, ev))
		return false;
	return !ev->utid ||
		rn_model_is_of(w->job->model, ev->utid, w->job->pids, w->job->n_pids);
}

static int tally(struct walk *w, const struct rn_order_item *item, struct rn_error *err)
{
	bool is_call = item->part != RN_ORDER_DAMAGE && item->ev.kind == RN_EV_CALL;
	if (!w->job->tally || !is_call || item->part == RN_ORDER_BEGUN)
		return 0;
	return rn_tally_set_add_call(w->job->tally, &item->ev.call, err);
}

static int pause_listing(struct walk *w, struct rn_error *err)
{
	if (w->lanes) {
		int drained = rn_listing_drain(&w->listing, err);
		return drained ? drained : rn_lanes_flush(w->lanes, err);
	}
	int rc = w->job->writer->pause ? w->job->writer->pause(w->state, &w->listing, err) : 0;
	if (!rc)
		rc = rn_listing_drain(&w->listing, err);
	errno = 0;
	if (!rc && fflush(w->job->stream))
		rc = rn_fail_errno(err, rn_error_of_errno(errno), errno, "cannot write the report");
	return rc;
}

static int put(struct walk *w, const struct rn_order_item *item, struct rn_error *err)
{
	void *state = w->state;
	int rc = tally(w, item, err);
	if (!rc)
		rc = rn_origin_look(w->origin, &w->listing, item, err);
	if (!rc && w->lanes) {
		if (item->part == RN_ORDER_DAMAGE || !item->ev.utid)
			return 0; /* of no thread: there is no file for it, but a warning */
		rc = rn_lanes_choose(w->lanes, &w->listing, item->ev.utid, item->ev.ts_ns, &state,
			err);
	}
	if (!rc)
		rc = w->job->writer->item(state, &w->listing, item, err);
	note_call(w, item);
	return rc;
}

static int walk(struct walk *w, struct rn_order *order, struct rn_error *err)
{
	struct rn_order_item item;
	char words[RN_DETAIL_WORDS];
	int rc;
	while ((rc = next_item(w, order, &item, err)) == 0) {
		if (item.part == RN_ORDER_PAUSE)
			rc = pause_listing(w, err);
		else if (take(w, &item)) {
			if (item.part != RN_ORDER_DAMAGE)
				rn_detail_as_note(&item.ev, words);
			rc = put(w, &item, err);
		}
		if (!rc && w->listing.out.len > DRAIN_BYTES)
			rc = rn_listing_drain(&w->listing, err);
		if (rc)
			return rc;
	}
	return rc == RN_END ? 0 : rc;
}

static int run_lanes(struct walk *w, struct rn_order *order, struct rn_error *err)
{
	int rc = walk(w, order, err);
	rn_tell_rest_detached(&w->listing);
	return rc ? rc : rn_lanes_end(w->lanes, &w->listing, err);
}

static int run(struct walk *w, struct rn_order *order, struct rn_error *err)
{
	const struct rn_listing_writer *writer = w->job->writer;
	int rc = writer->begin ? writer->begin(w->state, &w->listing, err) : 0;
	if (!rc)
		rc = walk(w, order, err);
	if (!rc && writer->end)
		rc = writer->end(w->state, &w->listing, err);
	rn_tell_rest_detached(&w->listing);
	if (!rc)
		rc = rn_listing_drain(&w->listing, err);
	if (writer->fini)
		writer->fini(w->state);
	return rc;
}

int rn_listing_run(const struct rn_listing_job *job, struct rn_listing_totals *totals,
	struct rn_error *err)
{
	struct walk w = { .job = job };
	struct rn_reader *reader = job->source->reader;
	w.listing = (struct rn_listing){ .style = job->style, .reader = reader,
		.header = rn_reader_header(reader), .model = job->model, .stream = job->stream,
		.appendix = job->appendix, .appendix_arg = job->appendix_arg,
		.messages = job->messages == job->stream ? NULL : job->messages,
		.frames = job->frames };
	w.listing.env = rn_decode_env_of(job->model, &job->style->decode);
	w.listing.env.interface = interface_name;
	w.listing.env.interface_arg = &w;
	w.listing.env.interrupted = interrupted;
	w.listing.env.interrupted_arg = &w;
	w.state = calloc(1, job->writer->state_size + 1);
	struct rn_order *order = rn_order_new(job->source, RN_WANT(ARGS) | RN_WANT(DATA) |
		(job->style->pcs ? RN_WANT(REGS) : 0) | rn_origin_want(job));
	w.alive.model = job->model;
	bool splits = job->style->as_strace && !job->separate;
	if (order && splits)
		w.split = rn_split_new(order, job->style->whole);
	if (job->separate)
		w.lanes = rn_lanes_new(job->writer, job->separate, job->append);
	w.origin = rn_origin_new(job);
	bool ready = w.state && order && w.origin && (w.split || !splits) && (w.lanes || !job->separate);
	int rc = ready ? (w.lanes ? run_lanes : run)(&w, order, err) : rn_fail(err, RN_E_NOMEM, "out of memory");
	if (totals)
		*totals = w.listing.totals;
	rn_origin_free(w.origin);
	rn_lanes_free(w.lanes);
	rn_alive_fini(&w.alive);
	rn_idmap_fini(&w.last_call);
	rn_idmap_fini(&w.listing.detached);
	rn_split_free(w.split);
	rn_order_free(order);
	free(w.state);
	rn_buffer_fini(&w.listing.out);
	rn_buffer_fini(&w.listing.scratch);
	return rc;
}
