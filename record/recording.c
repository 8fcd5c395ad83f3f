/* SPDX-License-Identifier: MIT */
#include "record/recording.h"

#include <stdarg.h>
#include <stdio.h>

static void count(struct rn_recording *rec, const struct rn_event *ev)
{
	rn_recording_count(&rec->n_events, 1);
	rn_recording_count(&rec->n_calls, ev->kind == RN_EV_CALL && !(ev->call.flags & RN_CALL_PENDING));
}

static void push(struct rn_recording *rec, const struct rn_event *ev)
{
	rec->output_error = rn_pipeline_push(rec->pipeline, ev);
	count(rec, ev);
}

int rn_recording_put(struct rn_recording *rec, const struct rn_event *ev, uint64_t wait_ns, size_t spare)
{
	int rc = rec->output_error ? rec->output_error :
		rn_pipeline_push_within(rec->pipeline, ev, wait_ns, spare);
	if (rc == 0)
		count(rec, ev);
	else if (rc != RN_E_LIMIT)
		rec->output_error = rc;
	return rc;
}

static void tell_shed(struct rn_recording *rec, uint64_t now_ns, bool all)
{
	struct rn_event ev;
	while (!rec->output_error && rn_shed_tell(rec->shed, now_ns, all, &ev))
		push(rec, &ev);
}

void rn_recording_tell_shed(struct rn_recording *rec)
{
	if (rec->shed)
		tell_shed(rec, rn_recording_now(rec), true);
}

/* What was left out can be told later, too: nobody shall wait for it. */
static bool has_room(const struct rn_recording *rec)
{
	return !rec->ladder || rec->ladder->waits || !rn_pipeline_fill(rec->pipeline, 8);
}

/* With something to leave out; apart, so that without it nothing is in the way. */
bool rn_recording_keeps(struct rn_recording *rec, const struct rn_event *ev)
{
	if (ev->kind != RN_EV_CALL)
		return true;
	if (has_room(rec))
		tell_shed(rec, ev->ts_ns + ev->call.dur_ns, false);
	return rn_shed_keeps(rec->shed, ev);
}

void rn_recording_push(struct rn_recording *rec, const struct rn_event *ev)
{
	if (rec->output_error)
		return;
	if (rec->ladder)
		rn_ladder_push(rec->ladder, rec, ev);
	else if (!rec->shed || rn_recording_keeps(rec, ev))
		push(rec, ev);
}

void rn_recording_note(struct rn_recording *rec, uint32_t utid, unsigned severity, const char *fmt,
	...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	struct rn_event ev = { .ts_ns = rn_recording_now(rec), .utid = utid, .kind = RN_EV_NOTE };
	ev.NOTE.severity = severity;
	ev.NOTE.text = rn_bytes_str(text);
	rn_recording_push(rec, &ev);
}
