/* SPDX-License-Identifier: MIT */
/*
 * Most threads have one name all their life, so each is looked at once: it fits always, never or
 * sometimes, and only calls of those that fit sometimes are asked for their time.
 */
#include "analyze/filters/threads.h"

#include "analyze/model/idmap.h"
#include "analyze/source/filter.h"

#include <stdlib.h>

enum fit { NEVER, ALWAYS, SOMETIMES };

struct rn_threads {
	struct rn_thread_words words;
	const struct rn_model *model;
	bool whole;
	struct rn_idmap by_utid; /* to enum fit */
};

struct rn_threads *rn_threads_new(const struct rn_thread_words *words, const struct rn_model *model,
	bool whole)
{
	struct rn_threads *t = calloc(1, sizeof(*t));
	if (t) {
		t->words = *words;
		t->model = model;
		t->whole = whole;
	}
	return t;
}

void rn_threads_free(struct rn_threads *t)
{
	if (t)
		rn_idmap_fini(&t->by_utid);
	free(t);
}

static bool is_tid(const struct rn_threads *t, uint64_t tid)
{
	for (size_t i = 0; i < t->words.n_tids; i++)
		if (t->words.tids[i] == tid)
			return true;
	return !t->words.n_tids;
}

static int fits_at(struct rn_threads *t, uint32_t utid, uint64_t at_ns, struct rn_error *err)
{
	int rc = is_tid(t, rn_model_tid(t->model, utid, at_ns));
	if (rc > 0 && t->words.comms)
		rc = rn_patterns_match(t->words.comms, rn_model_comm(t->model, utid, at_ns), err);
	if (rc > 0 && t->words.exes)
		rc = rn_patterns_match(t->words.exes, rn_model_exe(t->model, utid, at_ns), err);
	return rc;
}

/* At the beginning and at each change of something. */
static int look_at(struct rn_threads *t, uint32_t utid, struct rn_error *err)
{
	static const enum rn_model_fact facts[] = { RN_MODEL_FACT_TID, RN_MODEL_FACT_COMM,
		RN_MODEL_FACT_EXE };
	struct rn_model_change c;
	int first = fits_at(t, utid, 0, err), now = first;
	for (size_t f = 0; f < sizeof(facts) / sizeof(facts[0]); f++)
		for (uint32_t i = 0; now == first && rn_model_change(t->model, utid, facts[f], i, &c); i++)
			now = fits_at(t, utid, c.at_ns, err);
	if (first < 0 || now < 0)
		return first < 0 ? first : now;
	return now != first ? SOMETIMES : first ? ALWAYS : NEVER;
}

static int fit_of(struct rn_threads *t, uint32_t utid, struct rn_error *err)
{
	uint32_t known = t->whole ? rn_idmap_find(&t->by_utid, utid) : (uint32_t)SOMETIMES;
	if (known != RN_IDMAP_NONE)
		return (int)known;
	int fit = look_at(t, utid, err);
	if (fit >= 0 && rn_idmap_put(&t->by_utid, utid, (uint32_t)fit))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	return fit;
}

int rn_threads_fit(struct rn_threads *t, uint32_t utid, uint64_t at_ns, struct rn_error *err)
{
	int fit = fit_of(t, utid, err);
	return fit == SOMETIMES ? fits_at(t, utid, at_ns, err) : fit;
}

int rn_threads_always(struct rn_threads *t, uint32_t utid)
{
	int fit = fit_of(t, utid, NULL);
	return fit == SOMETIMES || fit < 0 ? -1 : fit == ALWAYS;
}

int rn_threads_look(struct rn_threads *t, struct rn_error *err)
{
	int rc = 0;
	for (uint32_t i = 0; i < rn_model_n_tasks(t->model) && rc >= 0; i++)
		rc = fit_of(t, rn_model_task_at(t->model, i)->utid, err);
	return rc < 0 ? rc : 0;
}

struct threads {
	struct rn_source_filter base;
	struct rn_threads *t;
};

static bool may_have(const struct rn_source_filter *f, const struct rn_block_info *info)
{
	struct rn_threads *t = ((const struct threads *)f)->t;
	struct rn_set_walk walk = rn_block_info_utids(info);
	uint64_t utid;
	while (rn_set_walk_next(&walk, &utid))
		if (fit_of(t, (uint32_t)utid, NULL) != NEVER)
			return true;
	return false;
}

/* Calls of one thread come in runs. */
static uint32_t narrow(const struct rn_source_filter *f, const struct rn_core *core,
	uint32_t *selected, uint32_t n)
{
	struct rn_threads *t = ((const struct threads *)f)->t;
	uint32_t kept = 0, last_utid = 0;
	int last = fit_of(t, last_utid, NULL);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = selected[i], utid = core->utid[k];
		if (utid != last_utid) {
			last_utid = utid;
			last = fit_of(t, utid, NULL);
		}
		selected[kept] = k;
		kept += last != NEVER && (last != SOMETIMES || fits_at(t, utid, core->ts_ns[k], NULL));
	}
	return kept;
}

static int judge(struct rn_source_filter *f, const struct rn_event *call, struct rn_error *err)
{
	return rn_threads_fit(((struct threads *)f)->t, call->utid, call->ts_ns, err);
}

struct rn_source *rn_source_threads(struct rn_source *inner, struct rn_threads *t)
{
	struct threads *s = rn_source_filter_new(sizeof(*s), inner);
	if (!s)
		return NULL;
	s->t = t;
	if (t->whole) {
		s->base.may_have = may_have;
		s->base.narrow = narrow;
	} else {
		s->base.judge = judge;
	}
	return &s->base.source;
}
