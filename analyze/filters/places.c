/* SPDX-License-Identifier: MIT */
#include "analyze/filters/places.h"

#include "analyze/call_files.h"
#include "analyze/source_filter.h"

#include <stdlib.h>

struct places {
	struct rn_source_filter base;
	unsigned uses;               /* a call has to have one of these, enum rn_file_use bits */
	struct rn_patterns *patterns;
	const struct rn_model *model;
	struct rn_index *index;      /* NULL: none */
	uint8_t *facts;              /* of the index: 0 not looked at, 1 does not fit, 2 fits */
	struct rn_buffer scratch;
	const uint64_t *fds;
	size_t n_fds;
};

static bool may_have(const struct rn_source_filter *f, const struct rn_block_info *info)
{
	struct rn_set_walk walk = rn_block_info_nrs(info);
	uint64_t key;
	while (rn_set_walk_next(&walk, &key))
		if (rn_file_uses((enum rn_abi)(key >> 32), (uint32_t)key) &
			((const struct places *)f)->uses)
			return true;
	return false;
}

static uint32_t narrow(const struct rn_source_filter *f, const struct rn_core *core,
	uint32_t *selected, uint32_t n)
{
	const struct places *p = (const struct places *)f;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = selected[i];
		selected[kept] = k;
		kept += (rn_file_uses((enum rn_abi)core->abi[k], core->nr[k]) & p->uses) != 0;
	}
	return kept;
}

/* What visiting needs: the patterns, and where an error goes. */
struct asking {
	struct rn_patterns *patterns;
	struct rn_error *err;
};

static int fits(void *arg, struct rn_bytes place)
{
	const struct asking *a = arg;
	return rn_patterns_match(a->patterns, place, a->err);
}

static int judge_paths(struct rn_source_filter *f, const struct rn_event *ev, struct rn_error *err)
{
	struct places *p = (struct places *)f;
	struct asking a = { p->patterns, err };
	return rn_call_places(p->model, ev, &p->scratch, fits, &a);
}

int rn_facts_fit(const struct rn_file_facts *f, struct rn_patterns *patterns, struct rn_error *err)
{
	struct rn_bytes more = f->more, text;
	int rc = f->has_path ? rn_patterns_match(patterns, f->path, err) : 0;
	if (!rc && f->has_fd_path)
		rc = rn_patterns_match(patterns, f->fd_path, err);
	if (!rc && f->has_target)
		rc = rn_patterns_match(patterns, f->target, err);
	while (!rc && rn_file_facts_next(&more, &text))
		rc = rn_patterns_match(patterns, text, err);
	return rc;
}

/* Each distinct answer to which files a call is about is matched once. */
static int look_up(struct places *p, uint32_t number, struct rn_error *err)
{
	if (!number)
		return 0;
	if (!p->facts[number]) {
		int rc = rn_facts_fit(rn_index_facts(p->index, number), p->patterns, err);
		if (rc < 0)
			return rc;
		p->facts[number] = (uint8_t)(1 + rc);
	}
	return p->facts[number] - 1;
}

/* By the index where it tells of the block, else call by call. */
static int judge_batch(struct rn_source_filter *f, struct rn_batch *b, struct rn_error *err)
{
	struct places *p = (struct places *)f;
	const uint32_t *files = rn_index_files(p->index, b->block, b->core);
	uint32_t kept = 0;
	if (files && !p->facts) {
		p->facts = calloc((size_t)rn_index_n_facts(p->index) + 1, 1);
		if (!p->facts)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
	}
	for (uint32_t i = 0; i < b->n_selected; i++) {
		struct rn_event ev;
		uint32_t k = b->selected[i];
		int rc = files ? look_up(p, files[k], err) : rn_block_call(b->block, k, f->want, &ev, err);
		if (rc == RN_E_CORRUPT || (!files && rc == RN_END))
			continue;
		if (!files && !rc)
			rc = judge_paths(f, &ev, err);
		if (rc < 0)
			return rc;
		b->selected[kept] = k;
		kept += rc != 0;
	}
	b->n_selected = kept;
	return 0;
}

static bool is_wanted_fd(const struct places *p, int64_t fd)
{
	for (size_t i = 0; i < p->n_fds; i++)
		if (fd >= 0 && p->fds[i] == (uint64_t)fd)
			return true;
	return false;
}

static int judge_fds(struct rn_source_filter *f, const struct rn_event *ev, struct rn_error *err)
{
	const struct places *p = (const struct places *)f;
	int64_t fd;
	(void)err;
	for (unsigned i = 0; i < 6; i++)
		if (rn_call_fd_arg(ev, i, &fd) && is_wanted_fd(p, fd))
			return 1;
	return rn_call_fd_made(ev, &fd) && is_wanted_fd(p, fd);
}

static void fini(struct rn_source_filter *f)
{
	rn_buffer_fini(&((struct places *)f)->scratch);
	free(((struct places *)f)->facts);
}

static struct places *new_filter(struct rn_source *inner)
{
	struct places *p = rn_source_filter_new(sizeof(*p), inner);
	if (p) {
		p->base.may_have = may_have;
		p->base.narrow = narrow;
		p->base.fini = fini;
	}
	return p;
}

struct rn_source *rn_source_places(struct rn_source *inner, struct rn_patterns *patterns,
	const struct rn_model *model, struct rn_index *index)
{
	struct places *p = new_filter(inner);
	if (!p)
		return NULL;
	p->uses = RN_USES_PATH | RN_USES_FD | RN_MAKES_FD;
	p->base.want = RN_CALL_FILES_WANT;
	p->base.judge = judge_paths;
	p->base.judge_batch = index ? judge_batch : NULL;
	p->index = index;
	p->patterns = patterns;
	p->model = model;
	return &p->base.source;
}

struct rn_source *rn_source_descriptors(struct rn_source *inner, const uint64_t *fds, size_t n)
{
	struct places *p = new_filter(inner);
	if (!p)
		return NULL;
	p->uses = RN_USES_FD | RN_MAKES_FD;
	p->base.want = RN_WANT(ARGS);
	p->base.judge = judge_fds;
	p->fds = fds;
	p->n_fds = n;
	return &p->base.source;
}
