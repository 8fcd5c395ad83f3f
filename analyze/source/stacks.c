/* SPDX-License-Identifier: MIT */
#include "analyze/source/stacks.h"

#include "analyze/source/filter.h"

struct stacks {
	struct rn_source_filter filter;
	struct rn_frames *frames;
};

static int judge(struct rn_source_filter *f, const struct rn_event *call, struct rn_error *err)
{
	struct rn_frames *frames = ((struct stacks *)f)->frames;
	uint32_t stack;
	bool wanted;
	int rc = rn_frames_of(frames, call, &stack, NULL, err);
	if (!rc)
		rc = rn_frames_wanted(frames, stack, &wanted, err);
	return rc ? rc : wanted;
}

struct rn_source *rn_source_stacks(struct rn_source *inner, struct rn_frames *frames)
{
	struct stacks *s = rn_source_filter_new(sizeof(*s), inner);
	if (!s)
		return NULL;
	s->filter.judge = judge;
	s->filter.want = rn_frames_want(frames);
	s->frames = frames;
	return &s->filter.source;
}
