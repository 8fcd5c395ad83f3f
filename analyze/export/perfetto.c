/* SPDX-License-Identifier: MIT */
/*
 * Perfetto's own trace format: a protocol buffer Trace, packet after packet, for ui.perfetto.dev and
 * trace_processor. tests/viewers/perfetto.proto has the fields that are written.
 *
 *   first    the trace's uuid, the machine, one moment on three clocks; interning begins
 *   threads  a track descriptor each, below that of its process, when its first event comes; once more at the end
 *            of what came through a pipe, when their last names are known
 *   a call   a slice on its thread's track: begin with name, stack and arguments, end with the result.
 *            One that never returned has no end: Perfetto shows it as such
 *   events   instants: signals, execve, ends on their thread's track; losses and notes on a track of the trace.
 *            A loss is a packet behind dropped ones, on a sequence of its own: on ours it would make readers forget
 *            what was interned
 *   last     an instant with where it all comes from
 *
 * Timestamps are CLOCK_BOOTTIME in ns, Perfetto's own, so that a trace of Perfetto's taken at the same time on
 * the same machine fits. Names and stacks are interned: written once, when first used.
 */
#include "analyze/export/perfetto_stacks.h"
#include "analyze/export/proto.h"
#include "analyze/export/threads.h"
#include "analyze/listing/events.h"

#define SEQUENCE 1u
#define LOSS_SEQUENCE 2u

enum { TRACE_PACKET = 1 };
enum { PACKET_CLOCKS = 6, PACKET_TIMESTAMP = 8, PACKET_SEQUENCE = 10, PACKET_EVENT, PACKET_INTERNED,
	PACKET_FLAGS, PACKET_DROPPED = 42, PACKET_SYSTEM = 45, PACKET_TRACK = 60, PACKET_UUID = 89 };
enum { FLAG_CLEARED = 1, FLAG_NEEDS_INTERNED = 2 };
enum { CLOCKS_CLOCK = 1, CLOCK_ID = 1, CLOCK_TIMESTAMP = 2, REALTIME = 1, MONOTONIC = 3, BOOTTIME = 6 };
enum { SYSTEM_UTSNAME = 1, UTS_SYSNAME = 1, UTS_VERSION, UTS_RELEASE, UTS_MACHINE };
enum { UUID_HIGH = 1, UUID_LOW };
enum { TRACK_UUID = 1, TRACK_NAME, TRACK_PROCESS, TRACK_THREAD, TRACK_PARENT };
enum { PROCESS_PID = 1, PROCESS_CMDLINE, PROCESS_NAME = 6 };
enum { THREAD_PID = 1, THREAD_TID, THREAD_NAME = 5 };
enum { EVENT_ANNOTATION = 4, EVENT_TYPE = 9, EVENT_NAME_IID, EVENT_TRACK, EVENT_CATEGORY = 22,
	EVENT_NAME, EVENT_CALLSTACK_IID = 56 };
enum { SLICE_BEGIN = 1, SLICE_END, INSTANT };
enum { ANNOTATION_BOOL = 2, ANNOTATION_DOUBLE = 5, ANNOTATION_TEXT = 6, ANNOTATION_NAME = 10 };
enum { NAME_IID = 1, NAME_TEXT };

/* Tracks: of the trace 1; of a process 2 * number + 2; of a thread 2 * number + 3. */
#define TRACE_TRACK 1u

struct perfetto {
	struct rn_export_threads threads;
	struct rn_perfetto_stacks stacks;
	struct rn_intern *names; /* of calls: iid is number + 1 */
	struct rn_buffer interned; /* new entries, for the packet under way */
	bool begun;              /* the first packet of the sequence is written */
};

static uint64_t process_track(const struct rn_export_thread *t)
{
	return 2 * (uint64_t)t->process_i + 2;
}

static uint64_t thread_track(const struct perfetto *p, const struct rn_export_thread *t)
{
	return 2 * (uint64_t)(t - p->threads.item) + 3;
}

/* A packet of the sequence; the marks of its end. */
static size_t begin_packet(struct perfetto *p, struct rn_export_job *job)
{
	struct rn_buffer *out = &job->out;
	size_t mark = rn_proto_begin(out, TRACE_PACKET);
	rn_proto_u64(out, PACKET_SEQUENCE, SEQUENCE);
	rn_proto_u64(out, PACKET_FLAGS, p->begun ? FLAG_NEEDS_INTERNED : FLAG_CLEARED | FLAG_NEEDS_INTERNED);
	if (p->interned.len)
		rn_proto_bytes(out, PACKET_INTERNED, rn_buffer_bytes(&p->interned));
	rn_buffer_clear(&p->interned);
	p->begun = true;
	return mark;
}

static size_t begin_timed(struct perfetto *p, struct rn_export_job *job, uint64_t ts_ns)
{
	size_t mark = begin_packet(p, job);
	rn_proto_u64(&job->out, PACKET_TIMESTAMP, job->header->start_boottime_ns + ts_ns);
	return mark;
}

static size_t begin_loss(struct rn_export_job *job, uint64_t ts_ns)
{
	size_t mark = rn_proto_begin(&job->out, TRACE_PACKET);
	rn_proto_u64(&job->out, PACKET_SEQUENCE, LOSS_SEQUENCE);
	rn_proto_u64(&job->out, PACKET_DROPPED, 1);
	rn_proto_u64(&job->out, PACKET_TIMESTAMP, job->header->start_boottime_ns + ts_ns);
	return mark;
}

static void put_clock(struct rn_buffer *out, uint64_t id, uint64_t at_ns)
{
	size_t mark = rn_proto_begin(out, CLOCKS_CLOCK);
	rn_proto_u64(out, CLOCK_ID, id);
	rn_proto_u64(out, CLOCK_TIMESTAMP, at_ns);
	rn_proto_end(out, mark);
}

static void put_machine(struct rn_export_job *job)
{
	const struct rn_header *h = job->header;
	const struct rn_machine_desc *m = rn_machine_desc((enum rn_machine)h->machine);
	struct rn_buffer *out = &job->out;
	size_t packet = rn_proto_begin(out, TRACE_PACKET);
	size_t inner = rn_proto_begin(out, PACKET_SYSTEM);
	size_t names = rn_proto_begin(out, SYSTEM_UTSNAME);
	rn_proto_text(out, UTS_SYSNAME, h->sysname);
	rn_proto_text(out, UTS_VERSION, h->version);
	rn_proto_text(out, UTS_RELEASE, h->release);
	if (m)
		rn_proto_text(out, UTS_MACHINE, rn_bytes_str(m->name));
	rn_proto_end(out, names);
	rn_proto_end(out, inner);
	rn_proto_end(out, packet);
}

static uint64_t big_endian(const uint8_t *p)
{
	uint64_t v = 0;
	for (unsigned i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

static int begin(void *st, struct rn_export_job *job, struct rn_error *err)
{
	struct perfetto *p = st;
	const struct rn_header *h = job->header;
	struct rn_buffer *out = &job->out;
	p->names = rn_intern_new();
	if (!p->names)
		return rn_fail(err, RN_E_NOMEM, "out of memory for an export");
	size_t packet = rn_proto_begin(out, TRACE_PACKET);
	size_t inner = rn_proto_begin(out, PACKET_UUID);
	rn_proto_u64(out, UUID_HIGH, big_endian(h->uuid));
	rn_proto_u64(out, UUID_LOW, big_endian(h->uuid + 8));
	rn_proto_end(out, inner);
	rn_proto_end(out, packet);
	put_machine(job);
	packet = rn_proto_begin(out, TRACE_PACKET);
	inner = rn_proto_begin(out, PACKET_CLOCKS);
	put_clock(out, BOOTTIME, h->start_boottime_ns);
	put_clock(out, MONOTONIC, h->start_monotonic_ns);
	put_clock(out, REALTIME, h->start_realtime_ns);
	rn_proto_end(out, inner);
	rn_proto_end(out, packet);
	packet = begin_packet(p, job);
	inner = rn_proto_begin(out, PACKET_TRACK);
	rn_proto_u64(out, TRACK_UUID, TRACE_TRACK);
	rn_proto_text(out, TRACK_NAME, rn_bytes_str("trace"));
	rn_proto_end(out, inner);
	rn_proto_end(out, packet);
	return rn_perfetto_stacks_init(&p->stacks, job, err);
}

static void put_process_track(struct perfetto *p, struct rn_export_job *job, const struct rn_export_thread *t)
{
	struct rn_buffer *out = &job->out, *s = &job->scratch;
	size_t packet = begin_packet(p, job);
	size_t track = rn_proto_begin(out, PACKET_TRACK);
	rn_proto_u64(out, TRACK_UUID, process_track(t));
	size_t inner = rn_proto_begin(out, TRACK_PROCESS);
	rn_proto_u64(out, PROCESS_PID, t->pid);
	rn_buffer_clear(s);
	rn_put_process_command(s, job->model, t, job->header->command_argv);
	rn_proto_text(out, PROCESS_CMDLINE, rn_buffer_bytes(s));
	rn_buffer_clear(s);
	rn_put_process_name(s, job->model, t);
	rn_proto_text(out, PROCESS_NAME, rn_buffer_bytes(s));
	rn_proto_end(out, inner);
	rn_proto_end(out, track);
	rn_proto_end(out, packet);
}

static void put_thread_track(struct perfetto *p, struct rn_export_job *job, const struct rn_export_thread *t)
{
	struct rn_buffer *out = &job->out, *s = &job->scratch;
	size_t packet = begin_packet(p, job);
	size_t track = rn_proto_begin(out, PACKET_TRACK);
	rn_proto_u64(out, TRACK_UUID, thread_track(p, t));
	rn_proto_u64(out, TRACK_PARENT, process_track(t));
	size_t inner = rn_proto_begin(out, TRACK_THREAD);
	rn_proto_u64(out, THREAD_PID, t->pid);
	rn_proto_u64(out, THREAD_TID, t->tid);
	rn_buffer_clear(s);
	rn_put_thread_name(s, job->model, t);
	rn_proto_text(out, THREAD_NAME, rn_buffer_bytes(s));
	rn_proto_end(out, inner);
	rn_proto_end(out, track);
	rn_proto_end(out, packet);
}

/* The thread of an event, whose track is there from here on. */
static int thread_of(struct perfetto *p, struct rn_export_job *job, uint32_t utid,
	const struct rn_export_thread **out, struct rn_error *err)
{
	uint32_t n_processes = p->threads.n_processes;
	bool is_new;
	int rc = rn_export_thread_of(&p->threads, job->model, utid, out, &is_new, err);
	if (rc || !is_new)
		return rc;
	if (p->threads.n_processes > n_processes)
		put_process_track(p, job, *out);
	put_thread_track(p, job, *out);
	return 0;
}

/* The iid of a call's name; 0: no memory. */
static uint64_t name_iid(struct perfetto *p, const struct rn_call *c)
{
	char buf[24];
	bool is_new;
	struct rn_bytes name = rn_bytes_str(rn_export_name(c, buf));
	uint32_t number = rn_intern(p->names, name, &is_new);
	if (number == RN_INTERN_NONE)
		return 0;
	if (is_new) {
		size_t mark = rn_proto_begin(&p->interned, RN_INTERNED_EVENT_NAME);
		rn_proto_u64(&p->interned, NAME_IID, (uint64_t)number + 1);
		rn_proto_text(&p->interned, NAME_TEXT, name);
		rn_proto_end(&p->interned, mark);
	}
	return (uint64_t)number + 1;
}

static void annotate(struct rn_buffer *out, const char *name, struct rn_bytes text)
{
	size_t mark = rn_proto_begin(out, EVENT_ANNOTATION);
	rn_proto_text(out, ANNOTATION_NAME, rn_bytes_str(name));
	rn_proto_text(out, ANNOTATION_TEXT, text);
	rn_proto_end(out, mark);
}

static void annotate_true(struct rn_buffer *out, const char *name)
{
	size_t mark = rn_proto_begin(out, EVENT_ANNOTATION);
	rn_proto_text(out, ANNOTATION_NAME, rn_bytes_str(name));
	rn_proto_u64(out, ANNOTATION_BOOL, 1);
	rn_proto_end(out, mark);
}

static void annotate_real(struct rn_buffer *out, const char *name, double v)
{
	size_t mark = rn_proto_begin(out, EVENT_ANNOTATION);
	rn_proto_text(out, ANNOTATION_NAME, rn_bytes_str(name));
	rn_proto_double(out, ANNOTATION_DOUBLE, v);
	rn_proto_end(out, mark);
}

static void put_begin(struct perfetto *p, struct rn_export_job *job, const struct rn_export_call *call,
	const struct rn_export_thread *t, uint64_t name, uint64_t callstack)
{
	struct rn_buffer *out = &job->out, *s = &job->scratch;
	size_t packet = begin_timed(p, job, call->ev->ts_ns);
	size_t event = rn_proto_begin(out, PACKET_EVENT);
	rn_proto_u64(out, EVENT_TYPE, SLICE_BEGIN);
	rn_proto_u64(out, EVENT_NAME_IID, name);
	rn_proto_u64(out, EVENT_TRACK, thread_track(p, t));
	rn_proto_text(out, EVENT_CATEGORY, rn_bytes_str("syscall"));
	if (callstack)
		rn_proto_u64(out, EVENT_CALLSTACK_IID, callstack);
	if (!job->look->no_args) {
		rn_buffer_clear(s);
		rn_decode_args(s, call->ev, &job->env);
		annotate(out, "args", rn_buffer_bytes(s));
	}
	if (call->unfinished)
		annotate_true(out, "unfinished");
	if (call->ev->call.flags & RN_CALL_TAMPERED)
		annotate_true(out, "chaos");
	if (call->weight != RN_WEIGHT_ONE)
		annotate_real(out, "weight", (double)call->weight / (double)RN_WEIGHT_ONE);
	rn_proto_end(out, event);
	rn_proto_end(out, packet);
}

static void put_end(struct perfetto *p, struct rn_export_job *job, const struct rn_export_call *call,
	const struct rn_export_thread *t)
{
	struct rn_buffer *out = &job->out, *s = &job->scratch;
	const struct rn_call *c = &call->ev->call;
	char buf[24];
	size_t packet = begin_timed(p, job, call->end_ns);
	size_t event = rn_proto_begin(out, PACKET_EVENT);
	rn_proto_u64(out, EVENT_TYPE, SLICE_END);
	rn_proto_u64(out, EVENT_TRACK, thread_track(p, t));
	if (!job->look->no_args) {
		rn_buffer_clear(s);
		rn_decode_result(s, call->ev, &job->env);
		annotate(out, "result", rn_buffer_bytes(s));
	}
	if (c->flags & RN_CALL_ERROR)
		annotate(out, "errno", rn_bytes_str(rn_call_errno(c, buf)));
	rn_proto_end(out, event);
	rn_proto_end(out, packet);
}

static int put_call(void *st, struct rn_export_job *job, const struct rn_export_call *call,
	struct rn_error *err)
{
	struct perfetto *p = st;
	const struct rn_export_thread *t;
	uint64_t callstack;
	int rc = thread_of(p, job, call->ev->utid, &t, err);
	if (!rc)
		rc = rn_perfetto_stacks_add(&p->stacks, &p->interned, call->stack, &callstack, err);
	uint64_t name = rc ? 0 : name_iid(p, &call->ev->call);
	if (!rc && (!name || !rn_buffer_ok(&p->interned)))
		rc = rn_fail(err, RN_E_NOMEM, "out of memory for an export");
	if (rc)
		return rc;
	put_begin(p, job, call, t, name, callstack);
	if (!call->unfinished)
		put_end(p, job, call, t);
	return 0;
}

static int put_event(void *st, struct rn_export_job *job, const struct rn_event *ev, struct rn_error *err)
{
	struct perfetto *p = st;
	struct rn_buffer *out = &job->out, *s = &job->scratch;
	const struct rn_export_thread *t = NULL;
	char buf[24];
	int rc = ev->utid ? thread_of(p, job, ev->utid, &t, err) : 0;
	if (rc)
		return rc;
	rn_buffer_clear(s);
	const char *name = rn_put_event_text(s, job, ev, buf);
	size_t packet = ev->kind == RN_EV_LOST ? begin_loss(job, ev->ts_ns) : begin_timed(p, job, ev->ts_ns);
	size_t event = rn_proto_begin(out, PACKET_EVENT);
	rn_proto_u64(out, EVENT_TYPE, INSTANT);
	rn_proto_u64(out, EVENT_TRACK, t ? thread_track(p, t) : TRACE_TRACK);
	rn_proto_text(out, EVENT_CATEGORY, rn_bytes_str(rn_event_kind_name(ev->kind)));
	rn_proto_text(out, EVENT_NAME, rn_bytes_str(name));
	if (!job->look->no_args && s->len)
		annotate(out, "text", rn_buffer_bytes(s));
	rn_proto_end(out, event);
	rn_proto_end(out, packet);
	return 0;
}

static int put_fact(void *arg, const char *name, struct rn_bytes value)
{
	annotate(arg, name, value);
	return 0;
}

static int put_about(struct perfetto *p, struct rn_export_job *job, struct rn_error *err)
{
	struct rn_buffer *out = &job->out;
	size_t packet = begin_timed(p, job, job->end_ns);
	size_t event = rn_proto_begin(out, PACKET_EVENT);
	rn_proto_u64(out, EVENT_TYPE, INSTANT);
	rn_proto_u64(out, EVENT_TRACK, TRACE_TRACK);
	rn_proto_text(out, EVENT_CATEGORY, rn_bytes_str("renacer"));
	rn_proto_text(out, EVENT_NAME, rn_bytes_str("provenance"));
	int rc = rn_export_about(job, put_fact, out, err);
	rn_proto_end(out, event);
	rn_proto_end(out, packet);
	return rc;
}

static int end(void *st, struct rn_export_job *job, struct rn_error *err)
{
	struct perfetto *p = st;
	uint32_t n_processes = 0;
	for (uint32_t i = 0; i < p->threads.n && !job->q->whole; i++) {
		const struct rn_export_thread *t = &p->threads.item[i];
		if (t->process_i == n_processes) {
			n_processes++;
			put_process_track(p, job, t);
		}
		put_thread_track(p, job, t);
	}
	return put_about(p, job, err);
}

static void fini(void *st)
{
	struct perfetto *p = st;
	rn_export_threads_fini(&p->threads);
	rn_perfetto_stacks_fini(&p->stacks);
	rn_intern_free(p->names);
	rn_buffer_fini(&p->interned);
}

const struct rn_export rn_export_perfetto = {
	.name = "perfetto",
	.help = "Perfetto's protocol buffers: ui.perfetto.dev, trace_processor",
	.traits = RN_EXPORT_STACKS | RN_EXPORT_ARGS | RN_EXPORT_EVENTS | RN_EXPORT_BINARY,
	.state_size = sizeof(struct perfetto),
	.begin = begin,
	.call = put_call,
	.event = put_event,
	.end = end,
	.fini = fini,
};
