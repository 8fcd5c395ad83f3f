/* SPDX-License-Identifier: MIT */
#include "record/ladder.h"

#include "record/cost.h"
#include "record/recording.h"
#include "shared/diag.h"

#define SHORT_STACK_BYTES 2048u
#define LEAN_PIECE_BYTES 1024u
#define SMALL_BYTES 64u
#define NO_BUFFERS 3u               /* the last level of detail; sampling begins above */
#define LOOK_EVERY_NS 100000000u
#define LOOK_SOON_NS 5000000u /* where gaps may be made: calls are seen for as little as 25 ms */
#define OUTPUT_CALM_NS 500000000u
#define SELF_CALM_NS 1000000000u
#define CALM_MAX_NS 60000000000u
#define REFILL 4u                   /* of the store, by time that was not held */
#define CPU_CALM 0.75               /* of the limit */
#define MEMORY_CALM 0.9
#define HOPELESS_NS 1000000000u     /* above the CPU limit with the least that can be recorded */

/* Of the queue, in sixteenths. */
#define FILL_CALM 2u
#define FILL_RETELL 4u
#define FILL_OPEN 8u                /* calls are let in again; without a store the first level begins */
#define FILL_STEP 2u
#define SPARE_PART 8u               /* 1/8 is for what is not a call */

/* Pressure. */

static void press(struct rn_pressure *p, unsigned level, uint64_t now_ns)
{
	p->calm_from_ns = 0;
	if (level > p->max)
		level = p->max;
	if (level <= p->level)
		return;
	if (p->eased_ns && now_ns - p->eased_ns < 4 * p->calm_ns && p->calm_ns < CALM_MAX_NS)
		p->calm_ns *= 2; /* it had been too early */
	p->level = level;
}

static void ease(struct rn_pressure *p, bool calm, uint64_t now_ns)
{
	if (!p->level)
		return;
	if (!calm || !p->calm_from_ns) {
		p->calm_from_ns = calm ? now_ns : 0;
		return;
	}
	if (now_ns - p->calm_from_ns < p->calm_ns)
		return;
	p->level--;
	p->calm_from_ns = p->eased_ns = now_ns;
}

static struct rn_detail detail_of(const struct rn_ladder *l, unsigned level)
{
	struct rn_detail d = l->full;
	if (level >= 1 && d.stack_bytes > SHORT_STACK_BYTES)
		d.stack_bytes = SHORT_STACK_BYTES;
	if (level >= 2)
		d.stack_bytes = 0;
	if (level >= NO_BUFFERS) {
		d.string_bytes = 0;
		d.piece_bytes = LEAN_PIECE_BYTES;
	}
	if (level > NO_BUFFERS && level < RN_LADDER_GAPS)
		d.one_of = 1u << (level - NO_BUFFERS);
	return d;
}

static unsigned highest(const struct rn_ladder *l)
{
	unsigned level = l->output.level > l->cpu.level ? l->output.level : l->cpu.level;
	return level > l->memory.level ? level : l->memory.level;
}

static uint64_t causes(const struct rn_ladder *l)
{
	return (l->output.level ? RN_DETAIL_OUTPUT : 0) | (l->cpu.level ? RN_DETAIL_CPU : 0) |
		(l->memory.level ? RN_DETAIL_MEMORY : 0);
}

/* What is in force changes at once; the trace is told as soon as there is room. */
static void settle(struct rn_ladder *l, struct rn_recording *rec, uint64_t now_ns)
{
	unsigned level = highest(l);
	if (level == l->level)
		return;
	const struct rn_detail d = detail_of(l, level);
	struct rn_event ev = { .ts_ns = now_ns, .kind = RN_EV_DETAIL };
	ev.DETAIL = (struct rn_ev_DETAIL){ .level = level, .cause = causes(l),
		.stack_bytes = d.stack_bytes, .string_bytes = d.string_bytes, .one_of = d.one_of };
	rec->detail = d;
	if (rec->shed)
		rn_shed_thin(rec->shed, d.one_of);
	if (rn_recording_put(rec, &ev, l->waits ? RN_LADDER_FOREVER : 0, 0) == 0)
		l->level = level;
}

/* CPU and memory. */

static double share_at_top(const struct rn_ladder *l)
{
	return (double)l->top_cpu_ns / (double)l->top_ns;
}

/* Where gaps alone help, there is no point in keeping less of what is seen: one step leads there and back. */
static void leap(struct rn_ladder *l, uint64_t now_ns)
{
	if (l->may_look_away && l->cpu.level < RN_LADDER_GAPS && rn_gaps_is_deep(&l->gaps))
		press(&l->cpu, RN_LADDER_GAPS, now_ns);
}

static void ease_cpu(struct rn_ladder *l, const struct rn_recording *rec, double share, uint64_t now_ns)
{
	bool in_gaps = l->cpu.level == RN_LADDER_GAPS;
	ease(&l->cpu, share < l->cpu_share * CPU_CALM && !rec->unseen, now_ns);
	if (in_gaps && l->cpu.level < RN_LADDER_GAPS)
		l->cpu.level = NO_BUFFERS;
}

static void look_at_cpu(struct rn_ladder *l, const struct rn_recording *rec, uint64_t cpu_ns, uint64_t now_ns)
{
	uint64_t wall_ns = now_ns - l->cpu_at_ns;
	double share = (double)(cpu_ns - l->cpu_ns) / (double)wall_ns;
	bool blind = rec->unseen && l->gaps.since_ns <= l->cpu_at_ns;
	if (share > l->cpu_share && l->cpu.level == l->cpu.max && (blind || !l->may_look_away)) {
		l->top_cpu_ns += cpu_ns - l->cpu_ns;
		l->top_ns += wall_ns;
	}
	if (share > l->cpu_share)
		press(&l->cpu, l->cpu.level + 1 < RN_LADDER_GAPS ? l->cpu.level + 1 : l->cpu.max, now_ns);
	else
		ease_cpu(l, rec, share, now_ns);
	l->cpu_ns = cpu_ns;
}

static void look_at_memory(struct rn_ladder *l, uint64_t now_ns)
{
	uint64_t bytes = rn_cost_own_bytes();
	l->memory_over = bytes > l->memory_bytes;
	if (l->memory_over)
		press(&l->memory, l->memory.level + 1, now_ns);
	else
		ease(&l->memory, (double)bytes < (double)l->memory_bytes * MEMORY_CALM, now_ns);
}

static void look(struct rn_ladder *l, struct rn_recording *rec, uint64_t now_ns)
{
	if (now_ns <= l->cpu_at_ns)
		return;
	uint64_t cpu_ns = l->cpu_share > 0 ? rn_cost_cpu_ns() : 0;
	bool often = l->cpu_share > 0 && l->may_look_away;
	l->look_ns = now_ns + (often ? LOOK_SOON_NS : LOOK_EVERY_NS);
	if (often) {
		rn_gaps_look(&l->gaps, rec, cpu_ns, now_ns, l->cpu.level == RN_LADDER_GAPS);
		leap(l, now_ns);
	}
	if (!often || now_ns - l->cpu_at_ns >= LOOK_EVERY_NS) {
		if (l->memory_bytes)
			look_at_memory(l, now_ns);
		if (l->cpu_share > 0)
			look_at_cpu(l, rec, cpu_ns, now_ns);
		l->cpu_at_ns = now_ns;
	}
	settle(l, rec, now_ns);
	if (l->top_ns >= HOPELESS_NS && !l->told_top) {
		l->told_top = true;
		rn_recording_note(rec, 0, 1, "the CPU limit of %.3g %% cannot be kept: the least that can be recorded takes %.3g %%",
			l->cpu_share * 100, share_at_top(l) * 100);
	}
}

void rn_ladder_look(struct rn_ladder *l, struct rn_recording *rec)
{
	uint64_t now_ns = rn_recording_now(rec);
	if (now_ns >= l->look_ns)
		look(l, rec, now_ns);
}

/* The output. */

static void remember_preview(struct rn_ladder *l, const struct rn_event *ev)
{
	if (l->n_previews < RN_LADDER_PREVIEWS)
		l->preview[l->n_previews++] = (struct rn_ladder_preview){ ev->ts_ns, ev->utid };
}

/* Whether there was one; it is forgotten. */
static bool had_preview(struct rn_ladder *l, const struct rn_event *ev)
{
	for (unsigned i = 0; i < l->n_previews; i++) {
		if (l->preview[i].utid != ev->utid || l->preview[i].ts_ns != ev->ts_ns)
			continue;
		l->preview[i] = l->preview[--l->n_previews];
		return true;
	}
	return false;
}

static void lose(struct rn_ladder *l, struct rn_recording *rec, const struct rn_event *ev,
	enum rn_lost_cause cause)
{
	if (ev->call.flags & RN_CALL_PENDING)
		return; /* the call itself is still to come */
	if (rec->shed && !(ev->call.flags & RN_CALL_UNFINISHED))
		rn_shed_lost(rec->shed, ev);
	if (!l->lost++)
		l->lost_from_ns = ev->ts_ns;
	l->cause = cause;
	rn_recording_count(&rec->n_lost, 1);
}

/* The store as of now. */
static void refill(struct rn_ladder *l, uint64_t now_ns)
{
	uint64_t gain = now_ns > l->store_at_ns ? (now_ns - l->store_at_ns) * REFILL : 0;
	l->store_ns = gain < l->hold_ns - l->store_ns ? l->store_ns + gain : l->hold_ns;
	l->store_at_ns = now_ns;
}

/* 0 while more than three quarters are left, 3 in the last. */
static unsigned level_of_store(const struct rn_ladder *l)
{
	uint64_t quarter = l->hold_ns / 4 + 1;
	unsigned left = (unsigned)(l->store_ns / quarter);
	return left >= NO_BUFFERS ? 0 : NO_BUFFERS - left;
}

/* Waits for room as long as the store lasts, a level after the other. 0, RN_E_LIMIT, or the output's error. */
static int wait_and_put(struct rn_ladder *l, struct rn_recording *rec, const struct rn_event *ev, size_t spare)
{
	uint64_t now_ns = rn_recording_now(rec);
	int rc = RN_E_LIMIT;
	refill(l, now_ns);
	while (rc == RN_E_LIMIT && l->store_ns) {
		uint64_t turn = l->hold_ns / 8 + 1;
		rc = rn_recording_put(rec, ev, turn < l->store_ns ? turn : l->store_ns, spare);
		uint64_t then_ns = rn_recording_now(rec), held = then_ns - now_ns;
		rn_recording_count(&l->held_ns, held);
		l->store_ns -= held < l->store_ns ? held : l->store_ns;
		l->store_at_ns = now_ns = then_ns;
		press(&l->output, level_of_store(l), now_ns);
		settle(l, rec, now_ns);
	}
	return rc;
}

static int put(struct rn_ladder *l, struct rn_recording *rec, const struct rn_event *ev, size_t spare)
{
	int rc = rn_recording_put(rec, ev, 0, spare);
	return rc == RN_E_LIMIT && l->hold_ns && !l->shut ? wait_and_put(l, rec, ev, spare) : rc;
}

static void remember_exit(struct rn_ladder *l, const struct rn_event *ev)
{
	if (ev->kind == RN_EV_EXIT && l->n_exits < RN_LADDER_EXITS)
		l->exit[l->n_exits++] = (struct rn_ladder_exit){ ev->ts_ns, ev->EXIT.status,
			ev->EXIT.superseded, ev->utid };
}

static void tell_exits(struct rn_ladder *l, struct rn_recording *rec)
{
	unsigned n = l->n_exits;
	l->n_exits = 0;
	for (unsigned i = 0; i < n; i++) {
		const struct rn_ladder_exit *x = &l->exit[i];
		struct rn_event ev = { .ts_ns = x->ts_ns, .utid = x->utid, .kind = RN_EV_EXIT };
		ev.EXIT = (struct rn_ev_EXIT){ .status = x->status, .superseded = x->superseded };
		rn_ladder_push(l, rec, &ev);
	}
}

static void put_state(struct rn_ladder *l, struct rn_recording *rec, const struct rn_event *ev)
{
	if (put(l, rec, ev, 0) != RN_E_LIMIT)
		return;
	l->untold = true;
	remember_exit(l, ev);
}

static int put_lost(struct rn_ladder *l, struct rn_recording *rec, uint64_t wait_ns)
{
	struct rn_event ev = { .ts_ns = rn_recording_now(rec), .kind = RN_EV_LOST };
	if (!l->lost)
		return 0;
	ev.LOST = (struct rn_ev_LOST){ .count = l->lost, .from_ns = l->lost_from_ns, .cause = l->cause };
	int rc = rn_recording_put(rec, &ev, wait_ns, 0);
	if (rc == 0)
		l->lost = 0;
	return rc;
}

/* At the limit of memory calls are lost and kept by turns: that is told now and then. */
static bool is_gap_over(const struct rn_ladder *l, uint64_t now_ns)
{
	return l->lost && (l->cause != RN_LOST_MEMORY || now_ns - l->lost_from_ns >= LOOK_EVERY_NS);
}

/* What had no room is told where there is some again. */
static void catch_up(struct rn_ladder *l, struct rn_recording *rec, uint64_t now_ns)
{
	if (rn_pipeline_fill(rec->pipeline, FILL_OPEN) >= FILL_OPEN)
		return;
	l->shut = false;
	if (is_gap_over(l, now_ns))
		put_lost(l, rec, 0);
	settle(l, rec, now_ns);
	if (l->untold && rn_pipeline_fill(rec->pipeline, FILL_RETELL) < FILL_RETELL) {
		l->untold = false;
		tell_exits(l, rec);
		rec->retell = true; /* the backend does it between two stops */
	}
}

/* Without a store the fill is what there is to go by; in any case it tells when all is well again. */
static void look_at_queue(struct rn_ladder *l, struct rn_recording *rec, uint64_t now_ns)
{
	unsigned fill = rn_pipeline_fill(rec->pipeline, FILL_CALM);
	if (!l->hold_ns && fill >= FILL_OPEN)
		press(&l->output, 1 + (fill - FILL_OPEN) / FILL_STEP, now_ns);
	else
		ease(&l->output, fill < FILL_CALM, now_ns);
	settle(l, rec, now_ns);
}

static void put_call(struct rn_ladder *l, struct rn_recording *rec, const struct rn_event *ev, uint64_t now_ns)
{
	size_t spare = rn_pipeline_ring_bytes(rec->pipeline) / SPARE_PART;
	if (l->memory_over && l->memory.level == l->memory.max) {
		lose(l, rec, ev, RN_LOST_MEMORY);
		return;
	}
	bool preview = ev->call.flags & RN_CALL_PENDING, seen = !preview && l->n_previews && had_preview(l, ev);
	int rc = l->shut && !seen ? RN_E_LIMIT : put(l, rec, ev, seen ? 0 : spare);
	if (rc == 0 && preview)
		remember_preview(l, ev);
	if (rc == RN_E_LIMIT && seen)
		return;
	if (rc == RN_E_LIMIT) {
		l->shut = true; /* so that a gap is one gap, and nobody waits in it */
		press(&l->output, NO_BUFFERS, now_ns);
		settle(l, rec, now_ns);
		lose(l, rec, ev, RN_LOST_OUTPUT);
	} else if (l->output.level || !l->hold_ns) {
		look_at_queue(l, rec, now_ns);
	}
}

/* Strings and small things stay: the names of files, results. */
static void drop_buffers(struct rn_ladder *l, struct rn_call *c)
{
	for (uint32_t i = 0; i < c->n_spans && i < RN_CAPTURE_SPANS; i++) {
		l->span[i] = c->spans[i];
		if (!c->spans[i].string && c->spans[i].len > SMALL_BYTES)
			l->span[i].len = 0;
	}
	c->spans = l->span;
}

/* Of a backend that copies before it is asked. */
static void put_trimmed(struct rn_ladder *l, struct rn_recording *rec, const struct rn_event *ev)
{
	struct rn_event lean = *ev;
	if (ev->kind == RN_EV_CALL && l->memory_over && l->memory.level == l->memory.max) {
		lose(l, rec, ev, RN_LOST_MEMORY);
		return;
	}
	if (is_gap_over(l, ev->ts_ns))
		put_lost(l, rec, RN_LADDER_FOREVER);
	if (ev->kind == RN_EV_CALL && l->level) {
		if (lean.call.stack_len > rec->detail.stack_bytes)
			lean.call.stack_len = rec->detail.stack_bytes;
		if (!rec->detail.stack_bytes) {
			lean.call.n_regs = 0;
			lean.call.regs = NULL;
			lean.call.flags |= RN_CALL_NO_REGS;
		}
		if (l->level >= NO_BUFFERS)
			drop_buffers(l, &lean.call);
	}
	rn_recording_put(rec, &lean, RN_LADDER_FOREVER, 0);
}

void rn_ladder_push(struct rn_ladder *l, struct rn_recording *rec, const struct rn_event *ev)
{
	uint64_t now_ns = ev->ts_ns + (ev->kind == RN_EV_CALL ? ev->call.dur_ns : 0);
	if (now_ns >= l->look_ns)
		look(l, rec, now_ns);
	if (rec->shed && !rn_recording_keeps(rec, ev))
		return;
	if (l->waits) {
		put_trimmed(l, rec, ev);
		return;
	}
	if (l->shut || l->lost || l->untold || l->level != highest(l))
		catch_up(l, rec, now_ns);
	if (ev->kind == RN_EV_CALL)
		put_call(l, rec, ev, now_ns);
	else
		put_state(l, rec, ev);
}

bool rn_ladder_is_needed(const struct rn_ladder *l)
{
	return l->cpu_share > 0 || l->memory_bytes || (l->hold_ns != RN_LADDER_FOREVER && !l->waits);
}

void rn_ladder_begin(struct rn_ladder *l, struct rn_recording *rec)
{
	l->waits |= l->hold_ns == RN_LADDER_FOREVER;
	l->store_ns = l->hold_ns;
	l->output = (struct rn_pressure){ .max = NO_BUFFERS, .calm_ns = OUTPUT_CALM_NS };
	l->cpu = l->memory = (struct rn_pressure){ .max = RN_LADDER_LEVELS - 1, .calm_ns = SELF_CALM_NS };
	if (l->may_look_away)
		l->cpu.max = RN_LADDER_GAPS;
	l->cpu_ns = rn_cost_cpu_ns();
	l->cpu_at_ns = rn_recording_now(rec);
	rn_gaps_begin(&l->gaps, l->cpu_share, l->cpu_ns, l->cpu_at_ns);
	l->look_ns = l->cpu_share > 0 || l->memory_bytes ? l->cpu_at_ns + LOOK_EVERY_NS : UINT64_MAX;
	rec->ladder = l;
}

void rn_ladder_finish(struct rn_ladder *l, struct rn_recording *rec)
{
	l->waits = true; /* nobody is held any more */
	rn_gaps_finish(&l->gaps, rec, rn_recording_now(rec));
	put_lost(l, rec, RN_LADDER_FOREVER);
	tell_exits(l, rec);
	if (l->top_ns >= HOPELESS_NS)
		rn_diag_warn(rec->diag, "the CPU limit of %.3g %% could not be kept: for %.1f s the least that can be recorded took "
			"%.3g %%", l->cpu_share * 100, (double)l->top_ns / 1e9, share_at_top(l) * 100);
}
