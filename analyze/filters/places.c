/* SPDX-License-Identifier: MIT */
#include "analyze/filters/places.h"

#include "analyze/call_files.h"
#include "analyze/source_filter.h"

struct places {
	struct rn_source_filter base;
	unsigned uses;               /* a call has to have one of these, enum rn_file_use bits */
	struct rn_patterns *patterns;
	const struct rn_model *model;
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

static int path_fits(struct places *p, const struct rn_event *ev, unsigned i, struct rn_error *err)
{
	struct rn_bytes path;
	if (!rn_call_path_arg(ev, i, &path))
		return 0;
	int rc = rn_patterns_match(p->patterns, path, err);
	if (rc || (path.len && path.p[0] == '/'))
		return rc;
	rn_buffer_clear(&p->scratch);
	rn_call_path_absolute(p->model, ev, i, &p->scratch, &path);
	return rn_patterns_match(p->patterns, path, err);
}

static int judge_paths(struct rn_source_filter *f, const struct rn_event *ev, struct rn_error *err)
{
	struct places *p = (struct places *)f;
	struct rn_fd_facts facts;
	int64_t fd;
	int rc = 0;
	for (unsigned i = 0; i < 6 && !rc; i++) {
		rc = path_fits(p, ev, i, err);
		if (!rc && rn_call_fd_arg(ev, i, &fd) && fd >= 0 &&
			rn_model_fd(p->model, ev->utid, fd, ev->ts_ns, &facts))
			rc = rn_patterns_match(p->patterns, facts.target, err);
	}
	if (!rc && rn_call_fd_made(ev, &fd) &&
		rn_model_fd_made(p->model, ev->utid, fd, ev->ts_ns, ev->call.dur_ns, &facts))
		rc = rn_patterns_match(p->patterns, facts.target, err);
	return rc;
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
	const struct rn_model *model)
{
	struct places *p = new_filter(inner);
	if (!p)
		return NULL;
	p->uses = RN_USES_PATH | RN_USES_FD | RN_MAKES_FD;
	p->base.want = RN_CALL_FILES_WANT;
	p->base.judge = judge_paths;
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
