/* SPDX-License-Identifier: MIT */
#include "analyze/filters/places.h"

#include "analyze/model/call_files.h"
#include "analyze/source/filter.h"
#include "shared/syscall.h"

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
	if (!files)
		return rn_source_filter_judge(f, b, err);
	if (!p->facts)
		p->facts = calloc((size_t)rn_index_n_facts(p->index) + 1, 1);
	if (!p->facts)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	for (uint32_t i = 0; i < b->n_selected; i++) {
		uint32_t k = b->selected[i];
		int rc = look_up(p, files[k], err);
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

/* Which arguments of a number are descriptors, a bit each. */
static unsigned fd_args(unsigned abi, uint32_t nr)
{
	const struct rn_syscall *d = rn_syscall((enum rn_abi)abi, nr);
	unsigned mask = 0;
	for (unsigned i = 0; d && i < 6; i++)
		mask |= d->arg[i].kind == RN_ARG_FD || d->arg[i].kind == RN_ARG_DIRFD ? 1u << i : 0;
	return mask;
}

#define MASK_SLOTS 64
struct masks {
	struct { uint32_t nr; uint8_t abi, known, fds, makes; } slot[MASK_SLOTS];
};

/* As judge_fds, by the columns. */
static bool has_wanted_fd(const struct places *p, struct masks *m, const struct rn_core *core, uint32_t k,
	const uint64_t args[6])
{
	unsigned at = (core->nr[k] + core->abi[k] * 31u) % MASK_SLOTS;
	if (!m->slot[at].known || m->slot[at].nr != core->nr[k] || m->slot[at].abi != core->abi[k]) {
		m->slot[at].nr = core->nr[k];
		m->slot[at].abi = core->abi[k];
		m->slot[at].fds = (uint8_t)fd_args(core->abi[k], core->nr[k]);
		m->slot[at].makes = (rn_file_uses((enum rn_abi)core->abi[k], core->nr[k]) & RN_MAKES_FD) != 0;
		m->slot[at].known = 1;
	}
	for (unsigned fds = m->slot[at].fds; fds; fds &= fds - 1)
		if (is_wanted_fd(p, (int32_t)args[__builtin_ctz(fds)]))
			return true;
	return m->slot[at].makes && core->ret[k] >= 0 && !(core->flags[k] & (RN_CALL_ERROR | RN_CALL_UNFINISHED)) &&
		is_wanted_fd(p, core->ret[k]);
}

/* All arguments of a block at once; damaged ones are none. */
static int judge_fds_batch(struct rn_source_filter *f, struct rn_batch *b, struct rn_error *err)
{
	static const uint64_t none[6];
	const uint64_t (*args)[6];
	struct masks masks = { 0 };
	uint32_t kept = 0;
	int rc = b->n_selected ? rn_block_args(b->block, &args, err) : RN_END;
	if (rc && rc != RN_END)
		return rc;
	for (uint32_t i = 0; i < b->n_selected; i++) {
		uint32_t k = b->selected[i];
		b->selected[kept] = k;
		kept += has_wanted_fd((const struct places *)f, &masks, b->core, k, rc ? none : args[k]);
	}
	b->n_selected = kept;
	return 0;
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
	p->base.narrow = index ? NULL : narrow; /* what has no number is of no file */
	p->index = index;
	p->base.source.wants = index ? RN_WANT(ARGS) : 0;
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
	p->base.want = p->base.source.wants = RN_WANT(ARGS);
	p->base.judge = judge_fds;
	p->base.judge_batch = judge_fds_batch;
	p->base.narrow = NULL; /* that asks the same */
	p->fds = fds;
	p->n_fds = n;
	return &p->base.source;
}
