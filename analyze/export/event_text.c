/* SPDX-License-Identifier: MIT */
#include "analyze/detail.h"
#include "analyze/export/export.h"

#include "analyze/listing/events.h"
#include "shared/names.h"

#include <stdio.h>

static void put_bytes(struct rn_buffer *out, struct rn_bytes s)
{
	rn_put_bytes(out, s.p, s.len);
}

const char *rn_put_event_text(struct rn_buffer *out, struct rn_export_job *job, const struct rn_event *ev,
	char buf[24])
{
	char words[RN_DETAIL_WORDS];
	struct rn_event detail = { .kind = ev->kind };
	if (ev->kind == RN_EV_DETAIL) {
		detail = *ev;
		rn_detail_as_note(&detail, words);
		ev = &detail;
	}
	switch (ev->kind) {
	case RN_EV_SIGNAL:
		rn_decode_signal(out, ev, &job->env);
		return rn_signal_name((int)ev->SIGNAL.signo, buf);
	case RN_EV_EXIT:
		rn_decode_exit(out, ev->EXIT.status);
		return "exit";
	case RN_EV_EXEC:
		put_bytes(out, ev->EXEC.exe);
		return "exec";
	case RN_EV_LOST:
		rn_put_lost(out, ev);
		return "lost";
	case RN_EV_NOTE:
		put_bytes(out, ev->NOTE.text);
		return ev->NOTE.severity ? "warning" : "note";
	default:
		return "event";
	}
}
