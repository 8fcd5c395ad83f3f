/* SPDX-License-Identifier: MIT */
/*
 * Chrome's trace events as JSON ("Trace Event Format", the JSON object form), for chrome://tracing,
 * ui.perfetto.dev and speedscope.
 *
 *   a call         {"name":"openat","cat":"syscall","ph":"X","pid":..,"tid":..,"ts":us,"dur":us,"sf":stack,"args":{..}}
 *   other events   "ph":"i": signals, execve and ends of their thread ("s":"t"), losses and notes of the trace ("g")
 *   names          "ph":"M", behind the events, when all of them are known
 *   stacks         "stackFrames": each frame with its caller's id; a call has the id of its innermost frame
 *   otherData      where it comes from, and what is known to be missing
 *
 * Times are of the trace's own clock, from its start, in microseconds with three digits: nanoseconds since
 * 1970 do not fit a double. Text of the traced programs is a JSON string as json_writer.h makes it. A call
 * that never returned lasts as long as it is known to and says so in its args.
 */
#include "analyze/export/export.h"
#include "analyze/export/stack_table.h"
#include "analyze/export/threads.h"
#include "analyze/listing/events.h"
#include "analyze/report/json_writer.h"

struct chrome {
	struct rn_json json;
	struct rn_export_threads threads;
	struct rn_stack_table stacks;
};

static void member_u64(struct rn_json *j, const char *key, uint64_t v)
{
	rn_json_key(j, key);
	rn_json_u64(j, v);
}

static void member_text(struct rn_json *j, const char *key, const char *text)
{
	rn_json_key(j, key);
	rn_json_text(j, text);
}

static void member_us(struct rn_json *j, const char *key, uint64_t ns)
{
	rn_json_key(j, key);
	rn_json_fixed(j, ns, 3);
}

static void member_scratch(struct rn_json *j, const char *key, struct rn_buffer *scratch)
{
	rn_json_key(j, key);
	rn_json_bytes(j, rn_buffer_bytes(scratch));
	rn_buffer_clear(scratch);
}

static int begin(void *st, struct rn_export_job *job, struct rn_error *err)
{
	struct chrome *c = st;
	rn_json_init(&c->json, &job->out, 2);
	rn_json_object_begin(&c->json);
	member_text(&c->json, "displayTimeUnit", "ns");
	rn_json_key(&c->json, "traceEvents");
	rn_json_array_begin(&c->json);
	return rn_stack_table_init(&c->stacks, job, err);
}

static void put_args(struct rn_json *j, struct rn_export_job *job, const struct rn_export_call *call)
{
	char buf[24];
	const struct rn_call *c = &call->ev->call;
	rn_json_key(j, "args");
	rn_json_object_begin(j);
	rn_buffer_clear(&job->scratch);
	rn_decode_args(&job->scratch, call->ev, &job->env);
	member_scratch(j, "args", &job->scratch);
	rn_decode_result(&job->scratch, call->ev, &job->env);
	member_scratch(j, "result", &job->scratch);
	if (c->flags & RN_CALL_ERROR)
		member_text(j, "errno", rn_call_errno(c, buf));
	if (call->unfinished) {
		rn_json_key(j, "unfinished");
		rn_json_bool(j, true);
	}
	if (call->weight != RN_WEIGHT_ONE) {
		rn_json_key(j, "weight");
		rn_json_real(j, (double)call->weight / (double)RN_WEIGHT_ONE);
	}
	if (c->flags & RN_CALL_TAMPERED) {
		rn_json_key(j, "chaos");
		rn_json_bool(j, true);
	}
	rn_json_object_end(j);
}

static int put_call(void *st, struct rn_export_job *job, const struct rn_export_call *call,
	struct rn_error *err)
{
	struct chrome *c = st;
	struct rn_json *j = &c->json;
	const struct rn_export_thread *t;
	uint32_t frame;
	bool is_new;
	char buf[24];
	int rc = rn_export_thread_of(&c->threads, job->model, call->ev->utid, &t, &is_new, err);
	if (!rc)
		rc = rn_stack_table_add(&c->stacks, call->stack, &frame, err);
	if (rc)
		return rc;
	rn_json_object_begin(j);
	member_text(j, "name", rn_export_name(&call->ev->call, buf));
	member_text(j, "cat", "syscall");
	member_text(j, "ph", "X");
	member_u64(j, "pid", t->pid);
	member_u64(j, "tid", t->tid);
	member_us(j, "ts", call->ev->ts_ns);
	member_us(j, "dur", call->end_ns - call->ev->ts_ns);
	if (frame)
		member_u64(j, "sf", frame);
	if (!job->look->no_args)
		put_args(j, job, call);
	rn_json_object_end(j);
	return 0;
}

static int put_event(void *st, struct rn_export_job *job, const struct rn_event *ev, struct rn_error *err)
{
	struct chrome *c = st;
	struct rn_json *j = &c->json;
	const struct rn_export_thread *t = NULL;
	char buf[24];
	bool is_new;
	int rc = ev->utid ? rn_export_thread_of(&c->threads, job->model, ev->utid, &t, &is_new, err) : 0;
	if (rc)
		return rc;
	rn_json_object_begin(j);
	rn_buffer_clear(&job->scratch);
	member_text(j, "name", rn_put_event_text(&job->scratch, job, ev, buf));
	member_text(j, "cat", rn_event_kind_name(ev->kind));
	member_text(j, "ph", "i");
	member_text(j, "s", t ? "t" : "g");
	member_u64(j, "pid", t ? t->pid : 0);
	member_u64(j, "tid", t ? t->tid : 0);
	member_us(j, "ts", ev->ts_ns);
	if (!job->look->no_args) {
		rn_json_key(j, "args");
		rn_json_object_begin(j);
		member_scratch(j, "text", &job->scratch);
		rn_json_object_end(j);
	}
	rn_json_object_end(j);
	return 0;
}

static void put_name(struct rn_json *j, const struct rn_export_thread *t, const char *what, const char *key,
	struct rn_buffer *name)
{
	rn_json_object_begin(j);
	member_text(j, "name", what);
	member_text(j, "ph", "M");
	member_u64(j, "pid", t->pid);
	member_u64(j, "tid", t->tid);
	rn_json_key(j, "args");
	rn_json_object_begin(j);
	member_scratch(j, key, name);
	rn_json_object_end(j);
	rn_json_object_end(j);
}

static int put_names(struct chrome *c, struct rn_export_job *job, struct rn_error *err)
{
	struct rn_buffer *s = &job->scratch;
	uint32_t n_processes = 0;
	int rc = 0;
	rn_buffer_clear(s);
	for (uint32_t i = 0; i < c->threads.n && !rc; i++) {
		const struct rn_export_thread *t = &c->threads.item[i];
		if (t->process_i == n_processes) {
			n_processes++;
			rn_put_process_name(s, job->model, t);
			put_name(&c->json, t, "process_name", "name", s);
			rn_put_process_command(s, job->model, t, job->header->command_argv);
			put_name(&c->json, t, "process_labels", "labels", s);
		}
		rn_put_thread_name(s, job->model, t);
		put_name(&c->json, t, "thread_name", "name", s);
		rc = rn_export_drain(job, err);
	}
	return rc;
}

static int put_fact(void *arg, const char *name, struct rn_bytes value)
{
	rn_json_key(arg, name);
	rn_json_bytes(arg, value);
	return 0;
}

static int put_frames(struct chrome *c, struct rn_export_job *job, struct rn_error *err)
{
	struct rn_json *j = &c->json;
	char id[16];
	int rc = 0;
	rn_json_key(j, "stackFrames");
	rn_json_object_begin(j);
	for (uint32_t i = 1; i <= c->stacks.n && !rc; i++) {
		const struct rn_stack_entry *e = rn_stack_table_at(&c->stacks, i);
		snprintf(id, sizeof(id), "%u", i);
		rn_json_key(j, id);
		rn_json_object_begin(j);
		rn_json_key(j, "name");
		rn_json_bytes(j, rn_stack_table_name(&c->stacks, e));
		rn_json_key(j, "category");
		rn_json_bytes(j, rn_stack_table_module(&c->stacks, e));
		if (e->parent) {
			snprintf(id, sizeof(id), "%u", e->parent);
			member_text(j, "parent", id);
		}
		rn_json_object_end(j);
		rc = rn_export_drain(job, err);
	}
	rn_json_object_end(j);
	return rc;
}

static int end(void *st, struct rn_export_job *job, struct rn_error *err)
{
	struct chrome *c = st;
	int rc = put_names(c, job, err);
	rn_json_array_end(&c->json);
	if (!rc && c->stacks.n)
		rc = put_frames(c, job, err);
	rn_json_key(&c->json, "otherData");
	rn_json_object_begin(&c->json);
	if (!rc)
		rc = rn_export_about(job, put_fact, &c->json, err);
	rn_json_object_end(&c->json);
	rn_json_object_end(&c->json);
	rn_put_u8(&job->out, '\n');
	return rc;
}

static void fini(void *st)
{
	struct chrome *c = st;
	rn_export_threads_fini(&c->threads);
	rn_stack_table_fini(&c->stacks);
}

const struct rn_export rn_export_chrome = {
	.name = "chrome",
	.help = "trace events in JSON: chrome://tracing, ui.perfetto.dev, speedscope.app",
	.traits = RN_EXPORT_STACKS | RN_EXPORT_ARGS | RN_EXPORT_EVENTS,
	.state_size = sizeof(struct chrome),
	.begin = begin,
	.call = put_call,
	.event = put_event,
	.end = end,
	.fini = fini,
};
