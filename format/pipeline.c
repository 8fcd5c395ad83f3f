/* SPDX-License-Identifier: MIT */
/* Two futex words carry the sleeping. `sleep` says how the consumer sleeps: idle (nothing is
 * pending, the first record wakes it) or timed (records or an open block are pending; it comes
 * back by itself, a ring filled to an eighth wakes it sooner). So a burst costs one wakeup, and a
 * steady stream one per eighth of the ring. `room` is where a producer with a full ring waits.
 * tests/model/pipeline.pml is a model of both words and the ring, in all interleavings: change both. */
#include "format/pipeline.h"

#include "format/flat.h"
#include "format/ring.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_RING_BYTES ((size_t)2 << 20)
#define MIN_RING_BYTES ((size_t)64 * 1024)
/* Packed images of what a compiler runs are a few MiB. */
#define MAX_HELD_BYTES ((size_t)4 << 20)
#define LOW_PRIORITY 5
#define NAP_NS ((uint64_t)40 * 1000 * 1000)
/* A block on disk is as old as its deadline says and what it takes to get there: waiting for a CPU, packing, writing.
 * Where that takes long, blocks are closed so much sooner, that a killed recorder has lost no more than usual. */
#define AHEAD_MAX_NS ((uint64_t)100 * 1000 * 1000)
#define AHEAD_FORGET 8u /* an eighth of it with each block that was in time */

enum record_kind { RECORD_EVENT };
enum sleep_state { AWAKE, SLEEPS_IDLE, SLEEPS_TIMED };

/* A module on its way: a list that any thread may put to and the consumer takes whole. */
struct parcel {
	struct parcel *next;
	struct rn_module_image what; /* points behind itself */
	uint64_t raw_bytes;
	struct rn_buffer frame;      /* packed already, or empty */
};

struct rn_pipeline {
	struct rn_ring ring;
	_Atomic(struct parcel *) parcels; /* the newest first */
	struct parcel *held, **last_held; /* the consumer's, until their turn comes; oldest first */
	uint64_t held_bytes, module_bytes; /* .. of these, and of what was written already */
	struct rn_keeper keeper;
	pthread_t thread;
	uint64_t start_monotonic_ns;
	struct rn_pipeline_options opts;
	uint64_t remark_ns;       /* when the next one is due */
	uint64_t ahead_ns;        /* how much sooner than their deadline blocks are closed now */
	_Atomic uint32_t sleep;   /* enum sleep_state, of the consumer */
	_Atomic uint32_t room;    /* counts the consumer's answers to a waiting producer */
	_Atomic uint32_t waiting; /* the producer waits for room */
	_Atomic uint32_t stop;
	_Atomic uint32_t nudged;  /* somebody wants the keeper to have a tick */
	_Atomic int error;
	struct rn_error message;  /* the consumer's, read after the join */
};

static long futex(_Atomic uint32_t *word, int op, uint32_t value, const struct timespec *timeout)
{
	return syscall(SYS_futex, word, op | FUTEX_PRIVATE_FLAG, value, timeout, NULL, 0);
}

static uint64_t trace_now_ns(const struct rn_pipeline *p)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	uint64_t now = (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
	return now > p->start_monotonic_ns ? now - p->start_monotonic_ns : 0;
}

/* The consumer's side. */

static void note_error(struct rn_pipeline *p, int code)
{
	if (code && !atomic_load_explicit(&p->error, memory_order_relaxed))
		atomic_store_explicit(&p->error, code, memory_order_release);
}

static bool has_failed(const struct rn_pipeline *p)
{
	return atomic_load_explicit(&p->error, memory_order_relaxed) != 0;
}

/* An event the format cannot hold is a loss, not the end of the recording. */
static int append(struct rn_pipeline *p, const struct rn_event *ev)
{
	int rc = p->keeper.ops->append(p->keeper.state, ev, &p->message);
	if (rc != RN_E_ARG)
		return rc;
	struct rn_event lost = { .kind = RN_EV_LOST, .ts_ns = ev->ts_ns, .utid = ev->utid };
	lost.LOST = (struct rn_ev_LOST){ .count = 1, .from_ns = ev->ts_ns,
		.cause = RN_LOST_TOO_BIG };
	return p->keeper.ops->append(p->keeper.state, &lost, &p->message);
}

/* Never while nothing is written, so that a quiet trace stays as short as it is. */
static void remark(struct rn_pipeline *p, uint64_t now_ns)
{
	struct rn_event ev;
	if (now_ns < p->remark_ns || has_failed(p))
		return;
	p->remark_ns = now_ns + p->opts.remark_every_ns;
	if (p->opts.remark(p->opts.remark_arg, p->keeper.ops->totals(p->keeper.state), &ev))
		note_error(p, append(p, &ev));
}

static void consume(struct rn_pipeline *p, void *record)
{
	const struct rn_event *ev = record;
	if (p->opts.edit)
		p->opts.edit(p->opts.edit_arg, record);
	if (!has_failed(p)) {
		note_error(p, append(p, ev));
		remark(p, ev->ts_ns + (ev->kind == RN_EV_CALL ? ev->call.dur_ns : 0));
	} else if (p->error == RN_E_NO_SPACE) { /* the keeper counts what it could not write */
		p->keeper.ops->append(p->keeper.state, ev, NULL);
	}
}

static void write_parcel(struct rn_pipeline *p, struct parcel *m)
{
	if (!has_failed(p))
		note_error(p, p->keeper.ops->module(p->keeper.state, &m->what, m->raw_bytes,
			rn_buffer_bytes(&m->frame), &p->message));
	p->module_bytes += m->frame.len;
	rn_buffer_fini(&m->frame);
	free(m);
}

static void take_parcels(struct rn_pipeline *p)
{
	struct parcel *newest = atomic_exchange(&p->parcels, NULL), *oldest = NULL;
	while (newest) {
		struct parcel *next = newest->next;
		newest->next = oldest;
		oldest = newest;
		newest = next;
	}
	*p->last_held = oldest;
	for (; oldest; oldest = oldest->next) {
		p->held_bytes += oldest->frame.len;
		p->last_held = &oldest->next;
	}
}

/* Events come first: what a full disk or a killed recorder leaves should be calls, not images. A
 * module waits until events have taken as much of the file as modules do, as long as not too much
 * memory waits with it. */
static bool may_wait(const struct rn_pipeline *p, const struct parcel *m)
{
	const struct rn_keeper_ops *ops = p->keeper.ops;
	uint64_t file_bytes = ops->totals(p->keeper.state)->file_bytes;
	if (ops->wants_modules && ops->wants_modules(p->keeper.state))
		return false;
	return p->held_bytes <= p->opts.held_bytes &&
		file_bytes < 2 * (p->module_bytes + m->frame.len) && m->frame.len;
}

static void write_parcels(struct rn_pipeline *p, bool all)
{
	if (!p->held && !atomic_load_explicit(&p->parcels, memory_order_relaxed))
		return;
	take_parcels(p);
	struct parcel *m;
	while ((m = p->held) && (all || !may_wait(p, m))) {
		p->held = m->next;
		if (!p->held)
			p->last_held = &p->held;
		p->held_bytes -= m->frame.len;
		write_parcel(p, m);
	}
}

static void answer_producer(struct rn_pipeline *p)
{
	if (!atomic_load(&p->waiting))
		return;
	atomic_store(&p->waiting, 0);
	atomic_fetch_add(&p->room, 1);
	futex(&p->room, FUTEX_WAKE, 1, NULL);
}

static void drain(struct rn_pipeline *p)
{
	uint32_t kind;
	void *record;
	while ((record = rn_ring_peek(&p->ring, &kind))) {
		consume(p, record);
		rn_ring_release(&p->ring);
		if (rn_ring_used(&p->ring) <= p->ring.size / 2)
			answer_producer(p);
		if (atomic_load_explicit(&p->parcels, memory_order_relaxed))
			write_parcels(p, false);
	}
	answer_producer(p);
	write_parcels(p, false);
}

static uint64_t alarm_ns(const struct rn_pipeline *p)
{
	return p->keeper.ops->alarm_ns ? p->keeper.ops->alarm_ns(p->keeper.state) : UINT64_MAX;
}

/* When the open block is to be closed. */
static uint64_t deadline_ns(const struct rn_pipeline *p)
{
	uint64_t deadline = has_failed(p) ? UINT64_MAX :
		p->keeper.ops->deadline_ns(p->keeper.state);
	return deadline == UINT64_MAX || deadline < p->ahead_ns ? deadline : deadline - p->ahead_ns;
}

static void close_in_time(struct rn_pipeline *p)
{
	uint64_t now_ns = trace_now_ns(p);
	if (now_ns >= deadline_ns(p))
		note_error(p, p->keeper.ops->flush(p->keeper.state, &p->message));
	if (!has_failed(p))
		note_error(p, p->keeper.ops->tick(p->keeper.state, now_ns, &p->message));
}

/* What came in was taken, and a block that had to be closed by then was: how late it is now that it is written. */
static void learn_lateness(struct rn_pipeline *p, uint64_t deadline_ns)
{
	uint64_t now_ns = trace_now_ns(p), ahead_ns = p->ahead_ns - p->ahead_ns / AHEAD_FORGET;
	if (now_ns < deadline_ns)
		return;
	if (ahead_ns < now_ns - deadline_ns)
		ahead_ns = now_ns - deadline_ns;
	p->ahead_ns = ahead_ns < AHEAD_MAX_NS ? ahead_ns : AHEAD_MAX_NS;
}

/* Until the open block must be closed, a nap at most; when nothing is open until the keeper wants to
 * be asked, perhaps without end. */
static void sleep_until_needed(struct rn_pipeline *p)
{
	uint64_t deadline = deadline_ns(p);
	uint32_t how = deadline == UINT64_MAX ? SLEEPS_IDLE : SLEEPS_TIMED;
	uint64_t due = has_failed(p) ? UINT64_MAX : alarm_ns(p), now = trace_now_ns(p);
	if (deadline < due)
		due = deadline;
	uint64_t nap = due <= now ? 0 : due - now;
	if (how == SLEEPS_TIMED && nap > NAP_NS)
		nap = NAP_NS;
	if (nap == 0)
		return;
	struct timespec t = { (time_t)(nap / 1000000000u), (long)(nap % 1000000000u) };
	atomic_store(&p->sleep, how);
	size_t enough = how == SLEEPS_IDLE ? 1 : p->ring.size / 8;
	if (rn_ring_used(&p->ring) < enough && !atomic_load(&p->stop) &&
		!atomic_load(&p->waiting) && !atomic_load(&p->parcels) && !atomic_exchange(&p->nudged, 0))
		futex(&p->sleep, FUTEX_WAIT, how, due == UINT64_MAX ? NULL : &t);
	atomic_store(&p->sleep, AWAKE);
}

static void *consumer(void *arg)
{
	struct rn_pipeline *p = arg;
	if (p->opts.low_priority) {
		const struct sched_param none = { 0 };
		sched_setscheduler(0, SCHED_BATCH, &none);
		setpriority(PRIO_PROCESS, (id_t)gettid(), LOW_PRIORITY);
	}
	for (;;) {
		bool stop = atomic_load(&p->stop);
		uint64_t due_ns = deadline_ns(p);
		drain(p);
		if (stop)
			break;
		close_in_time(p);
		learn_lateness(p, due_ns);
		sleep_until_needed(p);
	}
	if (!has_failed(p))
		note_error(p, p->keeper.ops->flush(p->keeper.state, &p->message));
	write_parcels(p, true);
	return NULL;
}

/* The producer's side. */

static void wake_consumer(struct rn_pipeline *p, bool anyway)
{
	uint32_t how = atomic_load(&p->sleep);
	if (how == AWAKE)
		return;
	if (!anyway && how == SLEEPS_TIMED && rn_ring_used(&p->ring) < p->ring.size / 8)
		return;
	if (atomic_compare_exchange_strong(&p->sleep, &how, AWAKE))
		futex(&p->sleep, FUTEX_WAKE, 1, NULL);
}

/* Waits for an answer of the consumer, until it comes or that time. False: too late. */
static bool wait_for_room(struct rn_pipeline *p, uint32_t seen, uint64_t until_ns)
{
	struct timespec left = { 0 };
	if (until_ns == UINT64_MAX) {
		futex(&p->room, FUTEX_WAIT, seen, NULL);
		return true;
	}
	uint64_t now_ns = trace_now_ns(p);
	if (now_ns >= until_ns)
		return false;
	left.tv_sec = (time_t)((until_ns - now_ns) / 1000000000u);
	left.tv_nsec = (long)((until_ns - now_ns) % 1000000000u);
	futex(&p->room, FUTEX_WAIT, seen, &left);
	return true;
}

static void *reserve_now(struct rn_pipeline *p, size_t bytes, enum record_kind kind, size_t spare)
{
	if (spare && rn_ring_is_above(&p->ring, p->ring.size - spare))
		return NULL;
	return rn_ring_reserve(&p->ring, bytes, kind);
}

/* Reserves, waiting for the consumer while there is no room. */
static void *reserve(struct rn_pipeline *p, size_t bytes, enum record_kind kind, uint64_t wait_ns,
	size_t spare)
{
	void *to = reserve_now(p, bytes, kind, spare);
	if (to || !wait_ns)
		return to;
	uint64_t until_ns = wait_ns == UINT64_MAX ? wait_ns : trace_now_ns(p) + wait_ns;
	for (bool in_time = true; in_time;) {
		uint32_t seen = atomic_load(&p->room);
		atomic_store(&p->waiting, 1);
		to = reserve_now(p, bytes, kind, spare);
		if (to)
			break;
		wake_consumer(p, true);
		in_time = wait_for_room(p, seen, until_ns);
		to = reserve_now(p, bytes, kind, spare);
		if (to)
			break;
	}
	atomic_store(&p->waiting, 0);
	return to;
}

int rn_pipeline_push_within(struct rn_pipeline *p, const struct rn_event *ev, uint64_t wait_ns,
	size_t spare)
{
	int rc = rn_pipeline_error(p);
	if (rc)
		return rc;
	struct rn_flat_plan plan = rn_flat_plan(ev, p->ring.size / 4 - 64);
	void *to = reserve(p, plan.bytes, RECORD_EVENT, wait_ns, spare);
	if (!to) {
		wake_consumer(p, true);
		return RN_E_LIMIT;
	}
	rn_flat_copy(to, ev, &plan);
	rn_ring_publish(&p->ring);
	wake_consumer(p, false);
	return 0;
}

int rn_pipeline_push(struct rn_pipeline *p, const struct rn_event *ev)
{
	return rn_pipeline_push_within(p, ev, UINT64_MAX, 0);
}

unsigned rn_pipeline_fill(struct rn_pipeline *p, unsigned from)
{
	if (!rn_ring_is_above(&p->ring, p->ring.size / 16 * from))
		return 0;
	return (unsigned)(rn_ring_used(&p->ring) / (p->ring.size / 16));
}

size_t rn_pipeline_ring_bytes(const struct rn_pipeline *p)
{
	return p->ring.size;
}

static uint8_t *put(uint8_t *to, struct rn_bytes *b)
{
	if (b->len)
		memcpy(to, b->p, b->len);
	b->p = to;
	return to + b->len;
}

static int send(struct rn_pipeline *p, const struct rn_module_image *what, uint64_t raw_bytes,
	struct rn_buffer *frame)
{
	int rc = rn_pipeline_error(p);
	size_t len = what->build_id.len + what->name.len + what->image.len;
	struct parcel *m = rc ? NULL : malloc(sizeof(*m) + len);
	if (!m) {
		rn_buffer_fini(frame);
		return rc ? rc : RN_E_NOMEM;
	}
	*m = (struct parcel){ .what = *what, .raw_bytes = raw_bytes, .frame = *frame };
	*frame = (struct rn_buffer)RN_BUFFER_INIT;
	uint8_t *to = put((uint8_t *)(m + 1), &m->what.build_id);
	to = put(to, &m->what.name);
	put(to, &m->what.image);
	m->next = atomic_load(&p->parcels);
	while (!atomic_compare_exchange_weak(&p->parcels, &m->next, m))
		;
	wake_consumer(p, true);
	return 0;
}

int rn_pipeline_module(struct rn_pipeline *p, const struct rn_module_image *m)
{
	struct rn_buffer none = RN_BUFFER_INIT;
	return send(p, m, m->image.len, &none);
}

int rn_pipeline_packed_module(struct rn_pipeline *p, const struct rn_module_image *what,
	uint64_t raw_bytes, struct rn_buffer *frame)
{
	struct rn_module_image w = *what;
	w.image = rn_bytes_of(NULL, 0);
	return send(p, &w, raw_bytes, frame);
}

void rn_pipeline_nudge(struct rn_pipeline *p)
{
	atomic_store(&p->nudged, 1);
	wake_consumer(p, true);
}

int rn_pipeline_error(const struct rn_pipeline *p)
{
	return atomic_load_explicit(&p->error, memory_order_relaxed);
}

/* Start and end. */

static int start_thread(struct rn_pipeline *p)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(&p->thread, NULL, consumer, p);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

int rn_pipeline_start_keeper(struct rn_pipeline **out, struct rn_keeper keeper,
	const struct rn_pipeline_options *opts, struct rn_error *err)
{
	*out = NULL;
	size_t size = opts && opts->ring_bytes ? opts->ring_bytes : DEFAULT_RING_BYTES;
	int rc = RN_E_ARG;
	struct rn_pipeline *p = NULL;
	if (size < MIN_RING_BYTES || size & (size - 1) || size > UINT32_MAX / 2) {
		rn_fail(err, rc, "a ring of %zu bytes", size);
		goto out;
	}
	rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	p = aligned_alloc(64, (sizeof(*p) + 63) & ~(size_t)63);
	if (!p)
		goto out;
	memset(p, 0, sizeof(*p));
	if (rn_ring_init(&p->ring, size))
		goto out;
	p->keeper = keeper;
	p->last_held = &p->held;
	p->opts = opts ? *opts : (struct rn_pipeline_options){ 0 };
	p->opts.held_bytes = p->opts.held_bytes ? p->opts.held_bytes : MAX_HELD_BYTES;
	p->start_monotonic_ns = p->opts.start_monotonic_ns;
	p->remark_ns = p->opts.remark ? p->opts.remark_every_ns : UINT64_MAX;
	int e = start_thread(p);
	if (e) {
		rc = rn_fail_errno(err, RN_E_NOMEM, e, "starting the writer's thread");
		goto out;
	}
	*out = p;
	return 0;
out:
	if (p)
		rn_ring_fini(&p->ring);
	free(p);
	keeper.ops->abandon(keeper.state);
	return rc;
}

int rn_pipeline_start(struct rn_pipeline **out, struct rn_writer *w,
	const struct rn_pipeline_options *opts, struct rn_error *err)
{
	return rn_pipeline_start_keeper(out, rn_keeper_of_writer(w), opts, err);
}

int rn_pipeline_stop(struct rn_pipeline *p, bool close, struct rn_writer_totals *totals,
	struct rn_error *err)
{
	atomic_store(&p->stop, 1);
	wake_consumer(p, true);
	pthread_join(p->thread, NULL);
	int rc = atomic_load(&p->error);
	if (rc && err)
		*err = p->message;
	const struct rn_keeper *k = &p->keeper;
	if (!rc && !close)
		rc = k->ops->flush(k->state, err);
	bool full = rc == RN_E_NO_SPACE && close; /* the keeper has last words */
	if ((rc && !full) || !close) {
		if (totals)
			*totals = *k->ops->totals(k->state);
		k->ops->abandon(k->state);
	} else {
		int closed = k->ops->close(k->state, totals, rc ? NULL : err);
		rc = rc ? rc : closed;
	}
	rn_ring_fini(&p->ring);
	free(p);
	return rc;
}
