/* SPDX-License-Identifier: MIT */
/*
 * The arguments' walkers ask for the ranges of level 0; one batch reads them; the step of each range
 * looks at what came and may ask for more, which is the next level. A level's ranges and those its
 * steps ask for share one array, the new ones behind the old.
 */
#include "record/capture/capture.h"
#include "record/capture/fetch.h"

#include "shared/error.h"

#include <stdlib.h>
#include <string.h>

/* argv: pointers, their rest, strings, their rest; mmsghdr: headers, iovecs, payloads. */
#define MAX_LEVELS 8

int rn_capture_init(struct rn_capture *c)
{
	*c = (struct rn_capture){
		.spans = malloc(RN_CAPTURE_SPANS * sizeof(*c->spans)),
		.bytes = malloc(RN_CAPTURE_BYTES),
	};
	if (c->spans && c->bytes)
		return 0;
	rn_capture_fini(c);
	return RN_E_NOMEM;
}

void rn_capture_fini(struct rn_capture *c)
{
	free(c->spans);
	free(c->bytes);
	*c = (struct rn_capture){ 0 };
}

const struct rn_span *rn_capture_find(const struct rn_capture *c, enum rn_span_phase phase,
	uint64_t addr, uint32_t len)
{
	uint32_t first = phase == RN_PHASE_ENTRY ? 0 : c->n_entry_spans;
	uint32_t end = phase == RN_PHASE_ENTRY ? c->n_entry_spans : c->n_spans;
	for (uint32_t i = first; i < end; i++)
		if (c->spans[i].addr == addr && c->spans[i].len >= len)
			return &c->spans[i];
	return NULL;
}

static void walk_args(struct rn_fetch *w, unsigned dirs);

/* From here on the call carried is walked in the place of the one that carries it. */
static bool enter_inner(struct rn_fetch *w, const struct rn_span *s)
{
	uint32_t words[RN_INNER_WORDS];
	struct rn_inner_call inner;
	unsigned n = s ? s->len / 4 : 0;
	if (n > RN_INNER_WORDS)
		n = RN_INNER_WORDS;
	if (n)
		memcpy(words, s->bytes, (size_t)n * 4);
	if (!rn_inner_call(w->call->abi, w->call->desc, w->call->args, words, n, &inner))
		return false;
	w->inner = *w->call;
	w->inner.desc = inner.desc;
	memcpy(w->inner_args, inner.args, sizeof(w->inner_args));
	w->inner.args = w->inner_args;
	w->call = &w->inner;
	return true;
}

void rn_step_inner(struct rn_fetch *w, const struct rn_pending *p)
{
	if (enter_inner(w, p->span))
		walk_args(w, RN_IN);
}

/* What the batch brought goes into the spans; then the steps, which may look at any of them. */
static void take_level(struct rn_fetch *w, unsigned n)
{
	struct rn_capturer *k = w->k;
	for (unsigned i = 0; i < n; i++) {
		struct rn_span *s = k->pending[i].span;
		if (!s)
			continue;
		s->len += k->range[i].got;
		s->fault = k->range[i].fault;
	}
	k->level_begin = n;
	for (unsigned i = 0; i < n; i++) {
		const struct rn_pending p = k->pending[i];
		w->arg = p.span ? p.span->arg : 0;
		if (rn_steps[p.step])
			rn_steps[p.step](w, &p);
	}
	k->n_ranges -= n;
	memmove(k->range, k->range + n, k->n_ranges * sizeof(*k->range));
	memmove(k->pending, k->pending + n, k->n_ranges * sizeof(*k->pending));
	k->level_begin = 0;
}

static int read_levels(struct rn_fetch *w, pid_t tid, struct rn_range *stack)
{
	struct rn_capturer *k = w->k;
	int r = 0;
	for (unsigned level = 0; k->n_ranges && level < MAX_LEVELS && r == 0; level++) {
		r = rn_memory_read(&k->memory, tid, k->range, k->n_ranges);
		if (level == 0 && stack)
			*stack = k->range[0];
		if (r == 0)
			take_level(w, k->n_ranges);
	}
	return r;
}

/* After an error OUT memory says nothing, but the headers of an iovec do: where it was to go. */
static bool is_due(const struct rn_arg *a, unsigned dirs, bool error)
{
	return a->dir & dirs || (error && a->kind == RN_ARG_IOV && a->dir & RN_OUT);
}

static void walk_args(struct rn_fetch *w, unsigned dirs)
{
	for (w->arg = 0; w->arg < 6; w->arg++) {
		const struct rn_arg *a = &w->call->desc->arg[w->arg];
		bool error = w->phase == RN_PHASE_EXIT && w->call->error;
		if (is_due(a, dirs, error) && a->kind < RN_ARG_KINDS && rn_walkers[a->kind])
			rn_walkers[a->kind](w, a);
	}
}

static struct rn_fetch walk_of(struct rn_capturer *k, struct rn_capture *c,
	const struct rn_capture_call *call, enum rn_span_phase phase)
{
	const struct rn_abi_desc *abi = rn_abi_desc(call->abi);
	k->n_ranges = k->level_begin = 0;
	return (struct rn_fetch){
		.k = k, .c = c, .call = call, .phase = phase,
		.pointer_bytes = abi ? abi->pointer_bytes : 8,
	};
}

/* Arguments of a call that another carries lie in memory: they are the first level. */
static void walk_entry(struct rn_fetch *w)
{
	const struct rn_capture_call *call = w->call;
	uint64_t at = rn_inner_at(call->abi, call->desc, call->args);
	w->arg = 0;
	if (at)
		rn_fetch_want(w, at, 4 * RN_INNER_WORDS, 4 * RN_INNER_WORDS)->step = RN_STEP_INNER;
	else
		enter_inner(w, NULL), walk_args(w, RN_IN);
}

static void enter_inner_at_exit(struct rn_fetch *w)
{
	uint64_t at = rn_inner_at(w->call->abi, w->call->desc, w->call->args);
	enter_inner(w, at ? rn_capture_find(w->c, RN_PHASE_ENTRY, at, 4) : NULL);
}

int rn_capture_entry(struct rn_capturer *k, struct rn_capture *c, pid_t tid,
	const struct rn_capture_call *call, struct rn_range *stack)
{
	struct rn_fetch w = walk_of(k, c, call, RN_PHASE_ENTRY);
	bool with_stack = stack && stack->wanted;
	if (with_stack)
		rn_fetch_range(k, NULL, stack->addr, stack->into, stack->wanted);
	w.arg = RN_SPAN_STACK;
	if (call->interrupted_bytes)
		rn_fetch_want(&w, call->interrupted_sp, call->interrupted_bytes, call->interrupted_bytes);
	if (call->desc)
		walk_entry(&w);
	int r = read_levels(&w, tid, with_stack ? stack : NULL);
	c->n_entry_spans = c->n_spans;
	return r;
}

int rn_capture_exit(struct rn_capturer *k, struct rn_capture *c, pid_t tid,
	const struct rn_capture_call *call)
{
	struct rn_fetch w = walk_of(k, c, call, RN_PHASE_EXIT);
	if (!call->desc)
		return 0;
	enter_inner_at_exit(&w);
	walk_args(&w, call->error ? RN_OUT_ALWAYS : RN_OUT | RN_OUT_ALWAYS);
	return read_levels(&w, tid, NULL);
}
