/* SPDX-License-Identifier: MIT */
/*
 * OpenTelemetry's trace data: a span for every call that the filters leave, about 550 bytes each and more with
 * stacks, so filter first. The formats are two: JSON and protocol buffers (otlp_json.c, otlp_protobuf.c).
 *
 * The trace id is that of TRACEPARENT, if the recorder had one, and its span is every call's parent; else the
 * uuid of the trace, and calls have no parent. A span's id is made of that uuid and the call's number in the trace,
 * so that exporting again gives the same spans. What a process is stands in its resource, with host and
 * provenance; names follow the semantic conventions where they have one. A call that never returned ends with its
 * thread or the trace, and has syscall.unfinished.
 *
 * A process' spans are gathered until there are enough for a lot; when all of them together are too many,
 * every process' lot is written.
 */
#include "analyze/export/otlp.h"

#include "analyze/export/export.h"
#include "analyze/export/threads.h"
#include "analyze/export/trace_context.h"
#include "analyze/listing/events.h"
#include "analyze/symbol/show.h"
#include "analyze/words.h"
#include "shared/names.h"

#include <stdlib.h>

#define LOT_BYTES ((size_t)256 << 10)
#define GATHERED_BYTES ((size_t)16 << 20)

struct otlp {
	const struct rn_otlp_encoding *encoding;
	struct rn_export_threads threads;
	struct rn_buffer *spans;  /* by process; n_spans of them */
	uint32_t n_spans;
	size_t gathered_bytes;
	bool any;                 /* a lot was written */
	bool has_context;
	struct rn_trace_context context;
	uint64_t salt;            /* span ids begin here */
	struct rn_buffer uuid, args, stack, message; /* texts of attributes */
};

static uint64_t first_word(const uint8_t *p)
{
	uint64_t v = 0;
	for (unsigned i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

static int begin(struct otlp *o, const struct rn_otlp_encoding *encoding, struct rn_export_job *job)
{
	const struct rn_header *h = job->header;
	o->encoding = encoding;
	o->has_context = rn_trace_context_parse(&o->context, h->traceparent);
	if (!o->has_context)
		memcpy(o->context.trace, h->uuid, sizeof(o->context.trace));
	o->salt = first_word(h->uuid) ^ first_word(h->uuid + 8);
	rn_put_uuid(&o->uuid, h->uuid);
	rn_put_text(&job->out, encoding->head);
	return 0;
}

static int begin_json(void *st, struct rn_export_job *job, struct rn_error *err)
{
	(void)err;
	return begin(st, &rn_otlp_json, job);
}

static int begin_protobuf(void *st, struct rn_export_job *job, struct rn_error *err)
{
	(void)err;
	return begin(st, &rn_otlp_protobuf, job);
}

static void add_text(struct rn_otlp_attributes *a, const char *key, struct rn_bytes text)
{
	if (text.len && a->n < RN_OTLP_ATTRIBUTES)
		a->item[a->n++] = (struct rn_otlp_attribute){ key, rn_cell_bytes(text) };
}

static void add_number(struct rn_otlp_attributes *a, const char *key, int64_t v)
{
	if (a->n < RN_OTLP_ATTRIBUTES)
		a->item[a->n++] = (struct rn_otlp_attribute){ key, rn_cell_i64(v) };
}

static void add_bool(struct rn_otlp_attributes *a, const char *key, bool v)
{
	if (a->n < RN_OTLP_ATTRIBUTES)
		a->item[a->n++] = (struct rn_otlp_attribute){ key, rn_cell_bool(v) };
}

static void add_real(struct rn_otlp_attributes *a, const char *key, double v)
{
	if (a->n < RN_OTLP_ATTRIBUTES)
		a->item[a->n++] = (struct rn_otlp_attribute){ key, rn_cell_real(v) };
}

static struct rn_bytes base_name(struct rn_bytes path)
{
	size_t slash = path.len;
	while (slash && path.p[slash - 1] != '/')
		slash--;
	return rn_bytes_of(path.p + slash, path.len - slash);
}

static void describe_process(struct otlp *o, struct rn_export_job *job, const struct rn_export_thread *t,
	struct rn_otlp_attributes *a)
{
	const struct rn_header *h = job->header;
	const struct rn_task *task = rn_model_task(job->model, t->process);
	struct rn_bytes exe = rn_model_exe(job->model, t->process, UINT64_MAX);
	struct rn_bytes comm = rn_model_comm(job->model, t->process, UINT64_MAX);
	struct rn_model_end end;
	rn_model_end(job->model, &end);
	rn_buffer_clear(&o->args);
	rn_put_process_command(&o->args, job->model, t, h->command_argv);
	struct rn_bytes name = exe.len ? base_name(exe) : comm;
	add_text(a, "service.name", name.len ? name : rn_bytes_str("unknown_service"));
	add_text(a, "host.name", h->hostname);
	add_text(a, "os.type", rn_bytes_str("linux"));
	add_text(a, "os.version", h->release);
	add_number(a, "process.pid", (int64_t)t->pid);
	if (task && task->ppid)
		add_number(a, "process.parent_pid", (int64_t)task->ppid);
	add_text(a, "process.executable.name", base_name(exe));
	add_text(a, "process.executable.path", exe);
	add_text(a, "process.command_line", rn_buffer_bytes(&o->args));
	add_text(a, "renacer.trace", rn_buffer_bytes(&o->uuid));
	add_text(a, "renacer.recorder", h->recorder_version);
	add_text(a, "renacer.chaos", h->chaos);
	add_text(a, "renacer.sampling", h->sampling);
	add_number(a, "renacer.lost_events", (int64_t)end.lost_events);
	add_number(a, "renacer.damages", (int64_t)rn_reader_n_damage(job->reader));
	add_bool(a, "renacer.complete", rn_reader_complete(job->reader));
}

static int write_lot(struct otlp *o, struct rn_export_job *job, const struct rn_export_thread *t,
	struct rn_error *err)
{
	struct rn_buffer *spans = &o->spans[t->process_i];
	struct rn_otlp_attributes resource = { .n = 0 };
	if (!rn_buffer_ok(spans))
		return rn_fail(err, RN_E_NOMEM, "out of memory for an export");
	if (!spans->len)
		return 0;
	describe_process(o, job, t, &resource);
	rn_put_text(&job->out, o->any ? o->encoding->between : "");
	o->any = true;
	o->encoding->lot(&job->out, &resource, rn_buffer_bytes(spans));
	o->gathered_bytes -= spans->len;
	rn_buffer_clear(spans);
	return rn_export_drain(job, err);
}

/* Those of all processes, in the order of their numbers; the memory is given back. */
static int write_lots(struct otlp *o, struct rn_export_job *job, struct rn_error *err)
{
	uint32_t n = 0;
	int rc = 0;
	for (uint32_t i = 0; i < o->threads.n && !rc; i++) {
		const struct rn_export_thread *t = &o->threads.item[i];
		if (t->process_i != n || n >= o->n_spans)
			continue;
		rc = write_lot(o, job, t, err);
		rn_buffer_fini(&o->spans[n++]);
	}
	return rc;
}

static bool has_buffer(struct otlp *o, uint32_t process)
{
	if (process < o->n_spans)
		return true;
	uint32_t n = process + process / 2 + 16;
	struct rn_buffer *grown = realloc(o->spans, n * sizeof(*grown));
	if (!grown)
		return false;
	memset(grown + o->n_spans, 0, (n - o->n_spans) * sizeof(*grown));
	o->spans = grown;
	o->n_spans = n;
	return true;
}

/* Numbers of calls are dense; multiplied by an odd number they stay distinct, and no longer look alike
 * (the multiplier is the golden ratio's, Knuth vol. 3, 6.4). */
static void make_id(uint8_t id[8], uint64_t salt, uint64_t seq)
{
	uint64_t v = (salt + seq) * 0x9e3779b97f4a7c15u;
	v = v ? v : UINT64_MAX; /* 0 is no id */
	for (unsigned i = 0; i < 8; i++)
		id[i] = (uint8_t)(v >> (56 - 8 * i));
}

static int add_code(struct otlp *o, struct rn_export_job *job, uint32_t stack, struct rn_otlp_attributes *a,
	struct rn_error *err)
{
	struct rn_level level;
	if (!job->frames || !stack)
		return 0;
	if (rn_frames_user(job->frames, stack, &level)) {
		struct rn_place_shown place = rn_frames_shown(job->frames, level.symbol);
		add_text(a, "code.function.name", place.function);
		add_text(a, "code.file.path", place.file);
		if (place.line)
			add_number(a, "code.line.number", place.line);
	}
	rn_buffer_clear(&o->stack);
	int rc = rn_show_folded(&o->stack, job->frames, stack, err);
	add_text(a, "code.stacktrace", rn_buffer_bytes(&o->stack));
	return rc;
}

static void add_result(struct otlp *o, struct rn_export_job *job, const struct rn_export_call *call,
	struct rn_otlp_span *s, char buf[24])
{
	const struct rn_call *c = &call->ev->call;
	if (call->unfinished) {
		add_bool(&s->attributes, "syscall.unfinished", true);
		return;
	}
	add_number(&s->attributes, "syscall.return_value", c->ret);
	if (!(c->flags & RN_CALL_ERROR))
		return;
	const char *name = rn_call_errno(c, buf);
	add_text(&s->attributes, "error.type", rn_bytes_str(name));
	rn_buffer_clear(&o->message);
	rn_decode_result(&o->message, call->ev, &job->env);
	s->error = job->look->no_args ? name : rn_buffer_cstr(&o->message);
}

static int describe_call(struct otlp *o, struct rn_export_job *job, const struct rn_export_call *call,
	const struct rn_export_thread *t, struct rn_otlp_span *s, char buf[24], struct rn_error *err)
{
	const struct rn_call *c = &call->ev->call;
	struct rn_otlp_attributes *a = &s->attributes;
	add_number(a, "thread.id", (int64_t)t->tid);
	add_text(a, "thread.name", rn_model_comm(job->model, call->ev->utid, call->ev->ts_ns));
	add_number(a, "syscall.number", c->nr);
	if (!job->look->no_args) {
		rn_buffer_clear(&o->args);
		rn_decode_args(&o->args, call->ev, &job->env);
		add_text(a, "syscall.args", rn_buffer_bytes(&o->args));
	}
	add_result(o, job, call, s, buf);
	if (c->flags & RN_CALL_TAMPERED)
		add_bool(a, "syscall.chaos", true);
	if (call->weight != RN_WEIGHT_ONE)
		add_real(a, "syscall.weight", (double)call->weight / (double)RN_WEIGHT_ONE);
	return add_code(o, job, call->stack, a, err);
}

static int put_call(void *st, struct rn_export_job *job, const struct rn_export_call *call,
	struct rn_error *err)
{
	struct otlp *o = st;
	const struct rn_export_thread *t;
	char name[24], error[24];
	bool is_new;
	struct rn_otlp_span s = { .has_parent = o->has_context, .trace_flags = o->context.flags,
		.name = rn_export_name(&call->ev->call, name),
		.begin_ns = job->header->start_realtime_ns + call->ev->ts_ns,
		.end_ns = job->header->start_realtime_ns + call->end_ns };
	memcpy(s.trace, o->context.trace, sizeof(s.trace));
	memcpy(s.parent, o->context.parent, sizeof(s.parent));
	make_id(s.id, o->salt, call->ev->seq);
	int rc = rn_export_thread_of(&o->threads, job->model, call->ev->utid, &t, &is_new, err);
	if (!rc)
		rc = describe_call(o, job, call, t, &s, error, err);
	if (!rc && !has_buffer(o, t->process_i))
		rc = rn_fail(err, RN_E_NOMEM, "out of memory for an export");
	if (rc)
		return rc;
	struct rn_buffer *spans = &o->spans[t->process_i];
	size_t before = spans->len;
	o->encoding->span(spans, &s);
	o->gathered_bytes += spans->len - before;
	if (spans->len > LOT_BYTES)
		return write_lot(o, job, t, err);
	return o->gathered_bytes > GATHERED_BYTES ? write_lots(o, job, err) : 0;
}

static int end(void *st, struct rn_export_job *job, struct rn_error *err)
{
	struct otlp *o = st;
	int rc = write_lots(o, job, err);
	rn_put_text(&job->out, o->encoding->tail);
	return rc;
}

static void fini(void *st)
{
	struct otlp *o = st;
	struct rn_buffer *const texts[] = { &o->uuid, &o->args, &o->stack, &o->message };
	rn_export_threads_fini(&o->threads);
	for (uint32_t i = 0; i < o->n_spans; i++)
		rn_buffer_fini(&o->spans[i]);
	free(o->spans);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		rn_buffer_fini(texts[i]);
}

const struct rn_export rn_export_otlp = {
	.name = "otlp",
	.help = "OpenTelemetry's spans as JSON, the body of POST /v1/traces",
	.traits = RN_EXPORT_STACKS | RN_EXPORT_ARGS,
	.state_size = sizeof(struct otlp),
	.begin = begin_json,
	.call = put_call,
	.end = end,
	.fini = fini,
};

const struct rn_export rn_export_otlp_protobuf = {
	.name = "otlp-protobuf",
	.help = "the same spans as protocol buffers",
	.traits = RN_EXPORT_STACKS | RN_EXPORT_ARGS | RN_EXPORT_BINARY,
	.state_size = sizeof(struct otlp),
	.begin = begin_protobuf,
	.call = put_call,
	.end = end,
	.fini = fini,
};
