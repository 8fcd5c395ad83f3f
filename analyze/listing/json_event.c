/* SPDX-License-Identifier: MIT */
#include "analyze/listing/json_event.h"

#include "analyze/listing/events.h"
#include "analyze/symbol/show.h"
#include "analyze/words.h"
#include "shared/names.h"

static void member_buffer(struct rn_json *j, const char *key, struct rn_buffer *text)
{
	rn_json_key(j, key);
	rn_json_bytes(j, rn_buffer_bytes(text));
	rn_buffer_clear(text);
}

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

static void member_bytes(struct rn_json *j, const char *key, struct rn_bytes b)
{
	rn_json_key(j, key);
	rn_json_bytes(j, b);
}

static void put_whose_and_when(struct rn_json *j, struct rn_listing *l, const struct rn_event *ev)
{
	char epoch[24];
	snprintf(epoch, sizeof(epoch), "%llu",
		(unsigned long long)(l->header->start_realtime_ns + ev->ts_ns));
	if (ev->utid) {
		member_u64(j, "pid", rn_model_pid(l->model, ev->utid));
		member_u64(j, "tid", rn_model_tid(l->model, ev->utid, ev->ts_ns));
	}
	rn_json_key(j, "timestamp");
	rn_json_fixed(j, ev->ts_ns, 9);
	member_u64(j, "timestamp_ns", ev->ts_ns);
	member_text(j, "epoch_ns", epoch);
}

static void put_flags(struct rn_json *j, unsigned flags)
{
	bool any = false;
	if (flags & RN_CALL_UNFINISHED) {
		rn_json_key(j, "unfinished");
		rn_json_bool(j, true);
	}
	for (const struct rn_flag_word *w = rn_flag_words_finished; w->name; w++) {
		if (!(flags & w->bit))
			continue;
		if (!any) {
			rn_json_key(j, "flags");
			rn_json_array_begin(j);
		}
		any = true;
		rn_json_text(j, w->name);
	}
	if (any)
		rn_json_array_end(j);
}

static void put_args(struct rn_json *j, struct rn_listing *l, const struct rn_event *ev)
{
	unsigned n = rn_decode_n_args(&ev->call);
	rn_json_key(j, "args");
	rn_json_array_begin(j);
	for (unsigned i = 0; i < n; i++) {
		rn_buffer_clear(&l->scratch);
		rn_decode_arg(&l->scratch, ev, i, &l->env);
		rn_json_bytes(j, rn_buffer_bytes(&l->scratch));
	}
	rn_json_array_end(j);
}

static void put_raw_args(struct rn_json *j, const struct rn_call *c)
{
	unsigned n = rn_decode_n_args(c);
	rn_json_key(j, "raw_args");
	rn_json_array_begin(j);
	for (unsigned i = 0; i < n; i++)
		rn_json_hex(j, c->args[i]);
	rn_json_array_end(j);
}

static void put_result(struct rn_json *j, struct rn_listing *l, const struct rn_event *ev)
{
	char buf[24];
	rn_json_key(j, "result");
	if (ev->call.flags & RN_CALL_UNFINISHED) {
		rn_json_null(j);
		return;
	}
	rn_json_i64(j, ev->call.ret);
	rn_buffer_clear(&l->scratch);
	rn_decode_result(&l->scratch, ev, &l->env);
	member_buffer(j, "result_text", &l->scratch);
	if (ev->call.flags & RN_CALL_ERROR)
		member_text(j, "errno", rn_call_errno(&ev->call, buf));
	if (l->style->duration)
		member_u64(j, "duration_us", ev->call.dur_ns / 1000);
	member_u64(j, "duration_ns", ev->call.dur_ns);
}

/* Without memory the stack ends early. */
static void put_stack(struct rn_json *j, struct rn_listing *l)
{
	if (l->frames && l->style->source)
		rn_show_source_json(j, l->frames, l->stack);
	if (l->frames && l->style->stacks)
		rn_show_stack_json(j, l->frames, l->stack, l->stack_end, NULL);
	if (l->rewritten.len)
		member_bytes(j, "stderr_rewritten", l->rewritten);
}

void rn_json_call(struct rn_json *j, struct rn_listing *l, const struct rn_event *ev, bool type)
{
	const struct rn_abi_desc *abi = rn_abi_desc((enum rn_abi)ev->call.abi);
	rn_json_object_begin(j);
	if (type)
		member_text(j, "type", "syscall");
	rn_buffer_clear(&l->scratch);
	rn_decode_name(&l->scratch, &ev->call);
	member_buffer(j, "name", &l->scratch);
	put_args(j, l, ev);
	put_result(j, l, ev);
	put_whose_and_when(j, l, ev);
	member_u64(j, "number", ev->call.nr);
	member_text(j, "abi", abi ? abi->name : NULL);
	put_raw_args(j, &ev->call);
	put_flags(j, ev->call.flags);
	put_stack(j, l);
	rn_json_object_end(j);
}

static void put_signal(struct rn_json *j, struct rn_listing *l, const struct rn_event *ev)
{
	char buf[16];
	member_text(j, "signal", rn_signal_name((int)ev->SIGNAL.signo, buf));
	member_u64(j, "number", ev->SIGNAL.signo);
	rn_json_key(j, "stopped");
	rn_json_bool(j, ev->SIGNAL.stop != 0);
	rn_buffer_clear(&l->scratch);
	rn_decode_signal(&l->scratch, ev, &l->env);
	member_buffer(j, "text", &l->scratch);
}

static void put_exit(struct rn_json *j, struct rn_listing *l, const struct rn_event *ev)
{
	char buf[16];
	int signo = (int)(ev->EXIT.status & 0x7f);
	rn_json_key(j, "exit_code");
	rn_json_i64(j, rn_exit_code_of(ev->EXIT.status));
	if (signo)
		member_text(j, "signal", rn_signal_name(signo, buf));
	if (ev->EXIT.superseded) {
		rn_json_key(j, "superseded");
		rn_json_bool(j, true);
	}
	rn_buffer_clear(&l->scratch);
	rn_decode_exit(&l->scratch, ev->EXIT.status);
	member_buffer(j, "text", &l->scratch);
}

bool rn_json_other(struct rn_json *j, struct rn_listing *l, const struct rn_event *ev)
{
	if (!rn_order_shows(ev->kind))
		return false;
	rn_json_object_begin(j);
	member_text(j, "type", rn_event_kind_name(ev->kind));
	put_whose_and_when(j, l, ev);
	if (ev->kind == RN_EV_SIGNAL) {
		put_signal(j, l, ev);
	} else if (ev->kind == RN_EV_EXIT) {
		put_exit(j, l, ev);
	} else if (ev->kind == RN_EV_EXEC) {
		member_bytes(j, "exe", ev->EXEC.exe);
		member_bytes(j, "comm", ev->EXEC.comm);
	} else if (ev->kind == RN_EV_LOST) {
		member_u64(j, "count", ev->LOST.count);
		member_text(j, "cause", rn_lost_cause_text(ev->LOST.cause));
		member_u64(j, "from_ns", ev->LOST.from_ns);
	} else if (ev->kind == RN_EV_NOTE) {
		member_text(j, "severity", ev->NOTE.severity ? "warning" : "info");
		member_bytes(j, "text", ev->NOTE.text);
	}
	rn_json_object_end(j);
	return true;
}

void rn_json_damage(struct rn_json *j, const struct rn_damage *d)
{
	rn_json_object_begin(j);
	member_text(j, "type", "damage");
	member_text(j, "text", d->text);
	member_u64(j, "offset", d->offset);
	member_u64(j, "bytes", d->bytes);
	rn_json_object_end(j);
}

static void put_argv(struct rn_json *j, const char *key, struct rn_bytes argv)
{
	rn_json_key(j, key);
	rn_json_array_begin(j);
	for (size_t start = 0; start < argv.len;) {
		const uint8_t *end = memchr(argv.p + start, 0, argv.len - start);
		size_t len = end ? (size_t)(end - (argv.p + start)) : argv.len - start;
		rn_json_bytes(j, rn_bytes_of(argv.p + start, len));
		start += len + 1;
	}
	rn_json_array_end(j);
}

void rn_json_provenance(struct rn_json *j, struct rn_listing *l)
{
	const struct rn_header *h = l->header;
	const struct rn_machine_desc *m = rn_machine_desc((enum rn_machine)h->machine);
	rn_buffer_clear(&l->scratch);
	rn_put_uuid(&l->scratch, h->uuid);
	member_buffer(j, "trace", &l->scratch);
	rn_put_utc(&l->scratch, h->start_realtime_ns);
	member_buffer(j, "start", &l->scratch);
	put_argv(j, "command", h->command_argv);
	member_bytes(j, "cwd", h->cwd);
	member_bytes(j, "host", h->hostname);
	member_text(j, "machine", m ? m->name : NULL);
	member_bytes(j, "kernel", h->release);
	member_bytes(j, "backend", h->backend);
	member_bytes(j, "recorder", h->recorder_version);
	member_bytes(j, "recorder_filter", h->filter);
	if (h->chaos.len)
		member_bytes(j, "chaos", h->chaos);
	if (h->sampling.len)
		member_bytes(j, "sampling", h->sampling);
	member_text(j, "analyzer", "renacer " RN_VERSION);
}

void rn_json_summary(struct rn_json *j, struct rn_listing *l)
{
	struct rn_model_end end;
	rn_model_end(l->model, &end);
	member_u64(j, "total_syscalls", l->totals.calls);
	if (l->style->duration)
		member_u64(j, "total_time_us", l->totals.time_ns / 1000);
	member_u64(j, "total_time_ns", l->totals.time_ns);
	rn_json_key(j, "exit_code");
	if (end.has_status)
		rn_json_i64(j, rn_exit_code_of(end.status));
	else
		rn_json_null(j);
	member_u64(j, "unfinished", l->totals.unfinished);
	member_u64(j, "lost_events", l->totals.lost_events);
	member_u64(j, "damaged_places", rn_reader_n_damage(l->reader));
	rn_json_key(j, "complete");
	rn_json_bool(j, rn_reader_complete(l->reader));
}
