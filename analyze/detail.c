/* SPDX-License-Identifier: MIT */
#include "analyze/detail.h"

#include <stdio.h>

void rn_put_detail_causes(struct rn_buffer *out, uint64_t causes)
{
	static const struct { uint64_t bit; const char *words; } names[] = {
		{ RN_DETAIL_OUTPUT, "the output was slow" }, { RN_DETAIL_CPU, "its CPU limit" },
		{ RN_DETAIL_MEMORY, "its memory limit" },
	};
	size_t before = out->len;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (causes & names[i].bit)
			rn_put_format(out, "%s%s", out->len > before ? ", " : "", names[i].words);
	if (out->len == before)
		rn_put_text(out, "an unknown cause");
}

static void describe(const struct rn_ev_DETAIL *d, struct rn_buffer *out)
{
	if (!d->level) {
		rn_put_text(out, "the recorder keeps all it was asked for again");
		return;
	}
	rn_put_text(out, "the recorder keeps less (");
	rn_put_detail_causes(out, d->cause);
	rn_put_text(out, "): ");
	if (d->stack_bytes)
		rn_put_format(out, "stacks of %llu bytes", (unsigned long long)d->stack_bytes);
	else
		rn_put_text(out, "no stacks");
	if (!d->string_bytes)
		rn_put_text(out, ", no buffers");
	if (d->one_of > 1)
		rn_put_format(out, ", one call in %llu", (unsigned long long)d->one_of);
	if (d->level >= RN_DETAIL_GAPS)
		rn_put_text(out, ", and looks at calls some of the time only");
}

void rn_detail_as_note(struct rn_event *ev, char words[RN_DETAIL_WORDS])
{
	if (ev->kind != RN_EV_DETAIL)
		return;
	struct rn_buffer text = RN_BUFFER_INIT;
	uint64_t level = ev->DETAIL.level;
	describe(&ev->DETAIL, &text);
	snprintf(words, RN_DETAIL_WORDS, "%.*s", (int)text.len, text.p ? (const char *)text.p : "");
	rn_buffer_fini(&text);
	ev->kind = RN_EV_NOTE;
	ev->NOTE = (struct rn_ev_NOTE){ .severity = level != 0, .text = rn_bytes_str(words) };
}
