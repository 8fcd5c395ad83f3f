/* SPDX-License-Identifier: MIT */
/*
 * A call comes in one to three records: stack and memory of the entry may have gone ahead, and are
 * kept with the tracee until the call is done. Spans are then put in order: those of the entry, those
 * of the exit. An argument of which something could not be read at entry is taken from the second
 * look, at exit.
 */
#include "record/bpf/bpf.h"

#include "record/capture/call_event.h"
#include "record/tracee/fdwatch.h"
#include "shared/cursor.h"

#include <string.h>

#define MAX_ERRNO 4095
#define PREVIEW_AFTER_NS 100000000u

/* One span of a record; bytes borrowed. False: there is no further one. */
static bool take_span(struct rn_cursor *c, struct rn_span *out)
{
	if (rn_cursor_left(c) < sizeof(struct rn_bpf_span))
		return false;
	struct rn_bpf_span s;
	memcpy(&s, rn_take_bytes(c, sizeof(s)).p, sizeof(s));
	struct rn_bytes bytes = rn_take_bytes(c, s.len);
	if (c->bad || s.arg > 5)
		return false;
	size_t pad = (8 - s.len % 8) % 8;
	rn_take_bytes(c, pad < rn_cursor_left(c) ? pad : rn_cursor_left(c));
	*out = (struct rn_span){
		.addr = s.addr, .wanted = s.wanted < s.len ? s.len : s.wanted, .len = s.len, .arg = s.arg,
		.phase = s.phase ? RN_PHASE_EXIT : RN_PHASE_ENTRY, .fault = !!s.fault,
		.string = !!s.string, .bytes = bytes.p,
	};
	return true;
}

static void add_span(struct rn_capture *c, const struct rn_span *s)
{
	if (c->n_spans == RN_CAPTURE_SPANS) {
		c->truncated = true;
		return;
	}
	c->spans[c->n_spans++] = *s;
}

static bool take_head(struct rn_bytes record, struct rn_bpf_call *h, struct rn_bytes *spans)
{
	if (record.len < sizeof(*h))
		return false;
	memcpy(h, record.p, sizeof(*h));
	*spans = rn_bytes_of(record.p + sizeof(*h), record.len - sizeof(*h));
	return h->spans_bytes <= spans->len;
}

/* Keeps the spans of an ENTRY record, which will be gone when the call is done. */
void rn_bpf_entry(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record)
{
	struct rn_bpf_call h;
	struct rn_bytes spans;
	struct rn_span s;
	(void)b;
	rn_capture_clear(&t->capture);
	t->entry_call = 0;
	if (!take_head(record, &h, &spans) || spans.len > RN_CAPTURE_BYTES)
		return;
	memcpy(t->capture.bytes, spans.p, spans.len);
	t->capture.n_bytes = (uint32_t)spans.len;
	struct rn_cursor c = rn_cursor_of(t->capture.bytes, spans.len);
	while (take_span(&c, &s))
		add_span(&t->capture, &s);
	t->capture.n_entry_spans = t->capture.n_spans;
	t->entry_call = h.call;
}

static void set_call(struct rn_bpf *b, struct rn_tracee *t, const struct rn_bpf_call *h)
{
	t->abi = h->abi;
	t->nr = h->nr;
	t->sp = h->sp;
	memcpy(t->args, h->args, sizeof(t->args));
	t->entry_ns = rn_bpf_time(b, h->entry_ns);
	t->desc = rn_syscall((enum rn_abi)t->abi, t->nr);
	t->flags = h->r.flags & RN_BPF_PARTIAL ? RN_CALL_PARTIAL : 0;
	if (t->stack_call != h->call || !(h->r.flags & RN_BPF_STACKED)) {
		t->n_regs = t->stack_len = t->stack_wanted = 0;
		t->flags |= RN_CALL_NO_REGS;
	}
	if (t->entry_call != h->call || !(h->r.flags & RN_BPF_ELSEWHERE)) {
		rn_capture_clear(&t->capture);
		if (h->r.flags & RN_BPF_ELSEWHERE)
			t->capture.truncated = true; /* it was lost */
	}
	t->capture.truncated |= !!(h->r.flags & RN_BPF_TRUNCATED);
	if (rn_call_restarts(t))
		t->flags |= RN_CALL_RESTARTED;
}

/* Of the call's own record: spans of the entry first, then of the exit; those of the second look at
 * the entry aside. Returns how many of these there are. */
static uint32_t take_spans(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes spans,
	uint32_t n_entry)
{
	struct rn_cursor c = rn_cursor_of(spans.p, spans.len);
	struct rn_span s;
	uint32_t n_again = 0;
	for (uint32_t i = 0; take_span(&c, &s); i++) {
		if (s.phase == RN_PHASE_EXIT || i < n_entry)
			add_span(&t->capture, &s);
		else if (n_again < RN_CAPTURE_SPANS)
			b->again[n_again++] = s;
		if (i < n_entry)
			t->capture.n_entry_spans = t->capture.n_spans;
	}
	return n_again;
}

static bool had_fault(const struct rn_capture *c, unsigned arg)
{
	for (uint32_t i = 0; i < c->n_entry_spans; i++)
		if (c->spans[i].arg == arg && c->spans[i].fault)
			return true;
	return false;
}

static bool is_there(const struct rn_capture *c, unsigned arg)
{
	for (uint32_t i = 0; i < c->n_entry_spans; i++)
		if (c->spans[i].arg == arg)
			return true;
	return false;
}

/* Arguments that failed at entry, or were never looked at, get what the second look found. */
static void merge_again(struct rn_bpf *b, struct rn_capture *c, uint32_t n_again)
{
	struct rn_span old[RN_CAPTURE_SPANS];
	const uint32_t n = c->n_spans, n_entry = c->n_entry_spans;
	bool take[6];
	for (unsigned arg = 0; arg < 6; arg++)
		take[arg] = had_fault(c, arg) || !is_there(c, arg);
	memcpy(old, c->spans, n * sizeof(*old));
	c->n_spans = 0;
	for (uint32_t i = 0; i < n_entry; i++)
		if (!take[old[i].arg])
			add_span(c, &old[i]);
	for (uint32_t i = 0; i < n_again; i++)
		if (take[b->again[i].arg])
			add_span(c, &b->again[i]);
	c->n_entry_spans = c->n_spans;
	for (uint32_t i = n_entry; i < n; i++)
		add_span(c, &old[i]);
}

static bool has_fault(const struct rn_capture *c)
{
	for (uint32_t i = 0; i < c->n_entry_spans; i++)
		if (c->spans[i].fault)
			return true;
	return false;
}

static bool is_exec(const struct rn_syscall *desc)
{
	return desc && (strcmp(desc->name, "execve") == 0 || strcmp(desc->name, "execveat") == 0);
}

static bool is_error(unsigned abi, int64_t ret)
{
	if (abi == RN_ABI_I386)
		ret = (int32_t)ret;
	return ret < 0 && ret >= -MAX_ERRNO;
}

static bool add_interrupted(struct rn_tracee *t, const struct rn_bpf_call *h)
{
	return h->r.flags & RN_BPF_TWO_STACKS && t->n_regs && t->interrupted_call == h->call &&
		rn_bpf_put_interrupted(t);
}

static void push_call(struct rn_bpf *b, struct rn_tracee *t, const struct rn_bpf_call *h, bool error)
{
	struct rn_event ev;
	bool unfinished = h->r.flags & RN_BPF_UNFINISHED;
	add_interrupted(t, h);
	rn_call_event(t, &ev, unfinished ? RN_CALL_UNFINISHED : error ? RN_CALL_ERROR : 0);
	ev.call.ret = unfinished ? 0 : h->ret;
	ev.call.dur_ns = h->r.ts_ns > h->entry_ns ? h->r.ts_ns - h->entry_ns : 0;
	rn_recording_push(b->rec, &ev);
}

void rn_bpf_call(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record)
{
	struct rn_bpf_call h;
	struct rn_bytes spans;
	if (!take_head(record, &h, &spans))
		return;
	set_call(b, t, &h);
	uint32_t n_again = take_spans(b, t, spans, h.n_entry);
	if (h.r.flags & RN_BPF_AGAIN)
		merge_again(b, &t->capture, n_again);
	bool unfinished = h.r.flags & RN_BPF_UNFINISHED, error = !unfinished && is_error(t->abi, h.ret);
	if (has_fault(&t->capture))
		rn_bpf_read_late(b, t, &h, is_exec(t->desc) && !error && !unfinished);
	t->last_ret = error ? h.ret : 0;
	t->last_nr = t->nr;
	if (!(h.r.flags & RN_BPF_STATE_ONLY))
		push_call(b, t, &h, error);
	if (!error && !unfinished && t->desc && t->desc->effects) {
		rn_fdwatch_closed(b->rec, t);
		if (t->desc->effects & RN_FX_MAP) {
			b->looked_at.pid = 0;
			rn_modules_dropped(b->rec, &b->modules, t, h.ret);
		}
	}
	rn_capture_clear(&t->capture);
	t->entry_call = t->stack_call = 0;
}

/* What the kernel keeps of a call under way, as the record it would send. */
static struct rn_bpf_call head_of(const struct rn_bpf_task *k, uint64_t now_ns)
{
	struct rn_bpf_call h = {
		.r = { .ts_ns = now_ns, .flags = (uint16_t)(k->call_flags | RN_BPF_UNFINISHED) },
		.entry_ns = k->entry_ns, .sp = k->sp, .nr = k->nr, .call = k->call, .abi = k->abi,
	};
	memcpy(h.args, k->args, sizeof(h.args));
	return h;
}

static void push_under_way(struct rn_bpf *b, struct rn_tracee *t, struct rn_bpf_task *k,
	uint64_t now_ns, bool final)
{
	const struct rn_bpf_call h = head_of(k, now_ns);
	const uint32_t had = t->capture.n_spans, had_entry = t->capture.n_entry_spans;
	uint32_t bytes = k->stash_bytes < RN_BPF_STASH ? k->stash_bytes : RN_BPF_STASH;
	struct rn_event ev;
	bool ahead = t->entry_call == h.call;
	set_call(b, t, &h);
	if (!ahead)
		take_spans(b, t, rn_bytes_of(k->stash, bytes), k->stash_spans);
	bool two_stacks = add_interrupted(t, &h);
	rn_call_event(t, &ev, RN_CALL_UNFINISHED | (final ? 0 : RN_CALL_PENDING));
	ev.call.dur_ns = now_ns > h.entry_ns ? now_ns - h.entry_ns : 0;
	rn_recording_push(b->rec, &ev);
	if (two_stacks) /* the call itself comes yet, with the spans that came ahead */
		memmove(t->capture.spans, t->capture.spans + 1, had * sizeof(*t->capture.spans));
	t->capture.n_spans = ahead ? had : 0;
	t->capture.n_entry_spans = ahead ? had_entry : 0;
	t->previewed_call = h.call;
	t->previewed = true;
}

void rn_bpf_under_way(struct rn_bpf *b, bool final)
{
	struct rn_bpf_task k;
	uint64_t now_ns = rn_recording_now(b->rec) + b->start_ns;
	for (uint32_t i = 0; i < b->tracees.n_slots; i++) {
		struct rn_tracee *t = rn_tracees_at(&b->tracees, i);
		if (!t)
			continue;
		if (!final && (t->active || t->previewed)) { /* previewed: it is in that call still */
			t->active = false;
			continue;
		}
		if (!rn_bpf_get_task(&b->load, (uint32_t)t->tid, &k) || !(k.flags & RN_BPF_IN_CALL) ||
			k.call_flags & RN_BPF_STATE_ONLY)
			continue;
		if (final || (now_ns - k.entry_ns > PREVIEW_AFTER_NS && k.call != t->previewed_call))
			push_under_way(b, t, &k, now_ns, final);
	}
}
