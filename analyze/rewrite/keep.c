/* SPDX-License-Identifier: MIT */
#include "analyze/rewrite/keep.h"

#include "analyze/model/idmap.h"
#include "shared/intern.h"

#include <stdlib.h>
#include <string.h>

/* What a call made (a descriptor, a mapping) is told by an event of its own, a little later. */
#define AFTER_CALL_NS 10000000u
#define CLONE_SHARES 0x600u /* CLONE_FS, CLONE_FILES: <linux/sched.h> */

struct rn_keep {
	const struct rn_model *model;
	struct rn_idmap by_process; /* to until_ns */
	uint64_t *until_ns;
	uint32_t n, cap;
	struct rn_intern *mapped;   /* of those that are kept: put_key */
};

/* The moment is moved on, never back. 1: it was, 0: not. */
static int keep_process(struct rn_keep *k, uint32_t process, uint64_t until_ns)
{
	uint32_t i = rn_idmap_find(&k->by_process, process);
	if (i != RN_IDMAP_NONE) {
		bool later = until_ns > k->until_ns[i];
		if (later)
			k->until_ns[i] = until_ns;
		return later;
	}
	if (k->n == k->cap) {
		uint32_t cap = k->cap ? 2 * k->cap : 64;
		uint64_t *more = realloc(k->until_ns, cap * sizeof(*more));
		if (!more)
			return RN_E_NOMEM;
		k->until_ns = more;
		k->cap = cap;
	}
	k->until_ns[k->n] = until_ns;
	return rn_idmap_put(&k->by_process, process, k->n++) ? RN_E_NOMEM : 1;
}

/* Up the tree, as long as something is learnt: a parent that is needed longer already has told its own. */
static int keep_line(struct rn_keep *k, uint32_t utid, uint64_t until_ns)
{
	int rc = 1;
	while (rc > 0 && utid) {
		uint32_t process = rn_model_process(k->model, utid);
		const struct rn_task *first = rn_model_task(k->model, process);
		rc = keep_process(k, process, until_ns);
		utid = first ? first->parent : 0;
		/* A parent that is its own ancestor only a hostile file has: its time never rises. */
		if (first && first->start_ns < until_ns)
			until_ns = first->start_ns;
	}
	return rc < 0 ? rc : 0;
}

static int keep_calls(struct rn_keep *k, const struct rn_batch *b)
{
	const struct rn_core *core = b->core;
	uint32_t last = 0;
	uint64_t last_end = 0;
	for (uint32_t i = 0; i < b->n_selected; i++) {
		uint32_t at = b->selected[i];
		uint64_t end = core->ts_ns[at] + core->dur_ns[at] + AFTER_CALL_NS;
		if (core->utid[at] == last && end <= last_end)
			continue;
		last = core->utid[at];
		last_end = end;
		int rc = keep_line(k, last, end);
		if (rc)
			return rc;
	}
	return 0;
}

static uint64_t kept_until(const struct rn_keep *k, uint32_t process)
{
	uint32_t i = rn_idmap_find(&k->by_process, process);
	return i == RN_IDMAP_NONE ? 0 : k->until_ns[i];
}

/* What a process opens is open in those it shares with, its maker or whom it made: both tell as long. 1: one
 * tells longer now. */
static int keep_both(struct rn_keep *k, const struct rn_task *t)
{
	if (t->leader != t->utid || !t->parent || !(t->clone_flags & CLONE_SHARES))
		return 0;
	uint64_t own = kept_until(k, t->utid), maker = kept_until(k, rn_model_process(k->model, t->parent));
	if (own == maker)
		return 0;
	return keep_line(k, own < maker ? t->utid : t->parent, own < maker ? maker : own) ? RN_E_NOMEM : 1;
}

#define SHARING_ROUNDS 64 /* more it takes of a hostile file alone */

static int keep_sharers(struct rn_keep *k)
{
	uint32_t n = rn_model_n_tasks(k->model);
	int more = 1;
	for (unsigned round = 0; more > 0 && round < SHARING_ROUNDS; round++) {
		more = 0;
		/* Up and down the tree: makers come before whom they made. */
		for (uint32_t i = 0; more >= 0 && i < 2 * n; i++) {
			int rc = keep_both(k, rn_model_task_at(k->model, i < n ? n - 1 - i : i - n));
			more = rc < 0 || !more ? rc : more;
		}
	}
	return more < 0 ? more : 0;
}

struct rn_keep *rn_keep_new(struct rn_source *calls, const struct rn_model *model, struct rn_error *err)
{
	struct rn_keep *k = calloc(1, sizeof(*k));
	struct rn_batch batch;
	int rc = 0;
	rn_batch_init(&batch);
	if (k) {
		k->model = model;
		k->mapped = rn_intern_new();
	}
	if (!k || !k->mapped)
		rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	while (!rc && !(rc = rn_source_next(calls, &batch, err)))
		if (keep_calls(k, &batch))
			rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	rn_batch_fini(&batch);
	if (rc == RN_END && keep_sharers(k))
		rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	if (rc == RN_END)
		return k;
	rn_keep_free(k);
	return NULL;
}

void rn_keep_free(struct rn_keep *k)
{
	if (!k)
		return;
	rn_intern_free(k->mapped);
	rn_idmap_fini(&k->by_process);
	free(k->until_ns);
	free(k);
}

static bool is_about_life(enum rn_event_kind kind)
{
	return kind == RN_EV_TASK || kind == RN_EV_EXIT;
}

bool rn_keep_meta(const struct rn_keep *k, const struct rn_event *ev)
{
	if (!ev->utid)
		return true;
	uint32_t i = rn_idmap_find(&k->by_process, rn_model_process(k->model, ev->utid));
	return i != RN_IDMAP_NONE && (is_about_life(ev->kind) || ev->ts_ns <= k->until_ns[i]);
}

/* An image stands for every file with its build-id, whatever name it goes by, and for files of its name. */
enum key { BY_NAME, BY_BUILD_ID };

static void put_key(struct rn_buffer *key, enum key how, struct rn_bytes what)
{
	rn_buffer_clear(key);
	rn_put_u8(key, (uint8_t)how);
	rn_put_bytes(key, what.p, what.len);
}

static bool intern(struct rn_keep *k, struct rn_buffer *key)
{
	return rn_buffer_ok(key) && rn_intern(k->mapped, rn_buffer_bytes(key), NULL) != RN_INTERN_NONE;
}

int rn_keep_mapping(struct rn_keep *k, const struct rn_event *map, struct rn_error *err)
{
	struct rn_buffer key = RN_BUFFER_INIT;
	put_key(&key, BY_NAME, map->MAP.path);
	bool kept = intern(k, &key);
	put_key(&key, BY_BUILD_ID, map->MAP.build_id);
	kept = kept && (!map->MAP.build_id.len || intern(k, &key));
	rn_buffer_fini(&key);
	return kept ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

static bool is_mapped(const struct rn_keep *k, enum key how, struct rn_bytes what)
{
	struct rn_buffer key = RN_BUFFER_INIT;
	put_key(&key, how, what);
	bool found = !rn_buffer_ok(&key) || /* no memory: rather one too many */
		rn_intern_find(k->mapped, rn_buffer_bytes(&key)) != RN_INTERN_NONE;
	rn_buffer_fini(&key);
	return found;
}

bool rn_keep_module(const struct rn_keep *k, const struct rn_module_image *m)
{
	if (m->kind != RN_MODULE_ELF && m->kind != RN_MODULE_DEBUG)
		return true;
	return is_mapped(k, BY_NAME, m->name) || (m->build_id.len && is_mapped(k, BY_BUILD_ID, m->build_id));
}
