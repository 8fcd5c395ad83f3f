/* SPDX-License-Identifier: MIT */
#include "record/recording.h"

#include <stdarg.h>
#include <stdio.h>

void rn_recording_push(struct rn_recording *rec, const struct rn_event *ev)
{
	if (rec->output_error)
		return;
	rec->output_error = rn_pipeline_push(rec->pipeline, ev);
	rec->n_events++;
	rec->n_calls += ev->kind == RN_EV_CALL && !(ev->call.flags & RN_CALL_PENDING);
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
