/* SPDX-License-Identifier: MIT */
/*
 * A group is found by what decides its values (number, thread, error), in a small cache in front of the interned
 * values themselves. What is kept of its calls lies in chunks, a column beside the other; a duration takes four bytes
 * in all chunks but those of calls that took longer.
 */
#include "analyze/sql/grouping.h"

#include "analyze/model/idmap.h"
#include "analyze/sql/grouping_key.h"
#include "shared/intern.h"

#include <stdlib.h>

#define CHUNK_FIRST 8u /* of a trace of many short processes there may be many groups */
#define CHUNK_MOST 8192u
#define CACHED 4096u

struct chunk {
	struct chunk *next;
	uint32_t n, cap;
	bool wide; /* durations are in dur, else in dur32 */
	uint64_t *ts, *dur;
	int64_t *ret;
	uint32_t *dur32, *utid, *nr;
	uint16_t *flags;
	uint8_t *abi;
};

/* What of a call is kept, or decides its group. */
struct facts {
	uint64_t ts, dur;
	int64_t ret;
	uint32_t utid, nr;
	uint16_t flags;
	uint8_t abi;
};

struct group {
	struct facts first; /* its first call */
	uint64_t n;
	struct chunk *chunk, *last;
	uint32_t id; /* of its values */
};

struct cached {
	uint64_t nr, utid, error;
	uint32_t group; /* + 1; 0: none */
};

struct rn_grouping {
	struct rn_grouping_order order;
	unsigned needs, of; /* enum rn_grouping_need; enum rn_key_of of all columns together */
	bool once, sorted;
	const struct rn_model *model;
	struct rn_intern *values; /* group by number */
	struct rn_buffer key;
	struct rn_idmap steady; /* threads: whether they are */
	struct group *group;
	size_t n, cap;
	struct cached *cache;
	/* Where reading is. */
	size_t at;
	const struct chunk *chunk;
	uint64_t row; /* of the chunk, or of the group where nothing is kept */
	bool begun;
};

/* Of each call, for a column; UINT32_MAX: it is not to be had. */
static unsigned needs_of(unsigned column)
{
	switch (column) {
	case RN_CC_ts:
		return RN_KEEP_TS;
	case RN_CC_dur:
		return RN_KEEP_DUR | RN_KEEP_FLAGS;
	case RN_CC_pid:
	case RN_CC_upid:
	case RN_CC_utid:
		return RN_KEEP_UTID;
	case RN_CC_tid:
	case RN_CC_comm:
	case RN_CC_exe:
		return RN_KEEP_UTID | RN_KEEP_TS;
	case RN_CC_name:
	case RN_CC_nr:
	case RN_CC_abi:
	case RN_CC_class:
	case RN_CC_io:
		return RN_KEEP_NR;
	case RN_CC_ret:
	case RN_CC_error:
	case RN_CC_errno:
		return RN_KEEP_RET | RN_KEEP_FLAGS;
	case RN_CC_bytes:
		return RN_KEEP_NR | RN_KEEP_RET | RN_KEEP_FLAGS;
	case RN_CC_unfinished:
		return RN_KEEP_FLAGS;
	case RN_CC_weight:
		return RN_KEEP_NR | RN_KEEP_FLAGS;
	default:
		return UINT32_MAX;
	}
}

static uint64_t row_bytes(unsigned needs, bool wide)
{
	return (needs & RN_KEEP_TS ? 8 : 0) + (needs & RN_KEEP_DUR ? wide ? 8 : 4 : 0) +
		(needs & RN_KEEP_RET ? 8 : 0) + (needs & RN_KEEP_UTID ? 4 : 0) + (needs & RN_KEEP_NR ? 5 : 0) +
		(needs & RN_KEEP_FLAGS ? 2 : 0);
}

bool rn_grouping_plan(const struct rn_grouping_order *order, uint64_t used, uint64_t total, unsigned *needs)
{
	*needs = 0;
	for (unsigned i = 0; i < order->n; i++) {
		if (!rn_key_of(order->by[i].column))
			return false;
		used &= ~((uint64_t)1 << order->by[i].column);
	}
	for (unsigned column = 0; column < 64 && *needs != UINT32_MAX; column++)
		if (used >> column & 1)
			*needs |= needs_of(column);
	return order->n && *needs != UINT32_MAX && total < RN_GROUPING_BYTES &&
		total * row_bytes(*needs, true) <= RN_GROUPING_BYTES;
}

struct rn_grouping *rn_grouping_new(const struct rn_grouping_order *order, unsigned needs, bool once, bool sorted,
	const struct rn_model *model)
{
	struct rn_grouping *g = calloc(1, sizeof(*g));
	if (!g)
		return NULL;
	g->order = *order;
	g->needs = needs;
	g->once = once;
	g->sorted = sorted;
	g->model = model;
	for (unsigned i = 0; i < order->n; i++)
		g->of |= rn_key_of(order->by[i].column);
	g->values = rn_intern_new();
	g->cache = calloc(CACHED, sizeof(*g->cache));
	if (g->values && g->cache)
		return g;
	rn_grouping_free(g);
	return NULL;
}

void rn_grouping_free(struct rn_grouping *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->n; i++)
		for (struct chunk *c = g->group[i].chunk, *next; c; c = next) {
			next = c->next;
			free(c);
		}
	free(g->group);
	free(g->cache);
	rn_intern_free(g->values);
	rn_idmap_fini(&g->steady);
	rn_buffer_fini(&g->key);
	free(g);
}

static void *carve(uint8_t **at, bool wanted, size_t bytes)
{
	void *p = wanted ? *at : NULL;
	*at += wanted ? bytes : 0;
	return p;
}

static struct chunk *new_chunk(unsigned needs, uint32_t cap, bool wide)
{
	struct chunk *c = malloc(sizeof(*c) + cap * (size_t)row_bytes(needs, wide));
	if (!c)
		return NULL;
	uint8_t *at = (uint8_t *)(c + 1);
	*c = (struct chunk){ .cap = cap, .wide = wide };
	c->ts = carve(&at, needs & RN_KEEP_TS, cap * sizeof(*c->ts));
	c->dur = carve(&at, needs & RN_KEEP_DUR && wide, cap * sizeof(*c->dur));
	c->ret = carve(&at, needs & RN_KEEP_RET, cap * sizeof(*c->ret));
	c->dur32 = carve(&at, needs & RN_KEEP_DUR && !wide, cap * sizeof(*c->dur32));
	c->utid = carve(&at, needs & RN_KEEP_UTID, cap * sizeof(*c->utid));
	c->nr = carve(&at, needs & RN_KEEP_NR, cap * sizeof(*c->nr));
	c->flags = carve(&at, needs & RN_KEEP_FLAGS, cap * sizeof(*c->flags));
	c->abi = carve(&at, needs & RN_KEEP_NR, cap);
	return c;
}

/* Of capacities all columns but the last are multiples of eight bytes. */
static struct chunk *room(const struct rn_grouping *g, struct group *of, uint64_t dur)
{
	bool wide = g->needs & RN_KEEP_DUR && dur > UINT32_MAX;
	if (of->last && of->last->n < of->last->cap && (of->last->wide || !wide))
		return of->last;
	uint32_t cap = of->last ? of->last->cap * 2 : CHUNK_FIRST;
	struct chunk *c = new_chunk(g->needs, cap < CHUNK_MOST ? cap : CHUNK_MOST, wide);
	if (!c)
		return NULL;
	*(of->last ? &of->last->next : &of->chunk) = c;
	of->last = c;
	return c;
}

static bool append(const struct rn_grouping *g, struct group *of, const struct facts *f)
{
	of->n++;
	if (!g->needs)
		return true;
	struct chunk *c = room(g, of, f->dur);
	if (!c)
		return false;
	uint32_t i = c->n++;
	if (c->ts)
		c->ts[i] = f->ts;
	if (c->dur)
		c->dur[i] = f->dur;
	if (c->dur32)
		c->dur32[i] = (uint32_t)f->dur;
	if (c->ret)
		c->ret[i] = f->ret;
	if (c->utid)
		c->utid[i] = f->utid;
	if (c->nr) {
		c->nr[i] = f->nr;
		c->abi[i] = f->abi;
	}
	if (c->flags)
		c->flags[i] = f->flags;
	return true;
}

static void set_event(struct rn_event *ev, const struct facts *f)
{
	*ev = (struct rn_event){ .ts_ns = f->ts, .utid = f->utid, .kind = RN_EV_CALL, .call = { .abi = f->abi, .flags = f->flags, .nr = f->nr, .ret = f->ret, .dur_ns = f->dur } };
}

/* By the values themselves. NULL: no memory. */
static struct group *intern(struct rn_grouping *g, const struct facts *f)
{
	struct rn_event ev;
	set_event(&ev, f);
	rn_buffer_clear(&g->key);
	rn_key_put(&g->key, &g->order, &ev, g->model);
	uint32_t id = rn_buffer_ok(&g->key) ? rn_intern(g->values, rn_buffer_bytes(&g->key), NULL) : RN_INTERN_NONE;
	if (id == RN_INTERN_NONE)
		return NULL;
	if (id < g->n)
		return &g->group[id];
	if (g->n == g->cap) {
		size_t cap = g->cap ? g->cap * 2 : 64;
		struct group *more = realloc(g->group, cap * sizeof(*more));
		if (!more)
			return NULL;
		g->group = more;
		g->cap = cap;
	}
	g->group[g->n] = (struct group){ .first = *f, .id = id };
	return &g->group[g->n++];
}

static bool is_steady(struct rn_grouping *g, uint32_t utid)
{
	uint32_t known = rn_idmap_find(&g->steady, utid);
	if (known != RN_IDMAP_NONE)
		return known;
	bool steady = rn_key_is_steady(&g->order, g->model, utid);
	return rn_idmap_put(&g->steady, utid, steady) == 0 && steady;
}

static struct group *find(struct rn_grouping *g, const struct facts *f)
{
	uint64_t nr = g->of & RN_KEY_NR ? (uint64_t)f->abi << 32 | f->nr : 0;
	uint64_t utid = (g->of & RN_KEY_UTID ? f->utid : 0) |
		(g->of & RN_KEY_FLAGS && f->flags & RN_CALL_UNFINISHED ? (uint64_t)1 << 32 : 0);
	bool failed = g->of & RN_KEY_ERROR && f->flags & RN_CALL_ERROR;
	uint64_t error = failed ? (uint64_t)f->ret : 0;
	utid |= (uint64_t)failed << 33;
	uint64_t hash = (nr * 0x9e3779b97f4a7c15u ^ utid ^ error << 20) * 0xbf58476d1ce4e5b9u;
	struct cached *c = &g->cache[hash >> 52];
	if (c->group && c->nr == nr && c->utid == utid && c->error == error)
		return &g->group[c->group - 1];
	struct group *of = intern(g, f);
	if (of && (!(g->of & RN_KEY_TS) || is_steady(g, f->utid)))
		*c = (struct cached){ nr, utid, error, (uint32_t)(of - g->group) + 1 };
	return of;
}

static int take(struct rn_grouping *g, const struct rn_batch *b, struct rn_error *err)
{
	const struct rn_core *core = b->core;
	for (uint32_t i = 0; i < b->n_selected; i++) {
		uint32_t k = b->selected[i];
		const struct facts f = { core->ts_ns[k], core->dur_ns[k], core->ret[k], core->utid[k], core->nr[k],
			core->flags[k], core->abi[k] };
		struct group *of = find(g, &f);
		if (!of || !append(g, of, &f))
			return rn_fail(err, RN_E_NOMEM, "out of memory");
	}
	return 0;
}

static int by_values(const void *a, const void *b, void *arg)
{
	const struct rn_grouping *g = arg;
	return rn_key_compare(&g->order, rn_intern_get(g->values, ((const struct group *)a)->id),
		rn_intern_get(g->values, ((const struct group *)b)->id));
}

int rn_grouping_fill(struct rn_grouping *g, struct rn_source *source, struct rn_error *err)
{
	struct rn_batch b;
	int rc;
	rn_batch_init(&b);
	while ((rc = rn_source_next(source, &b, err)) == 0)
		if ((rc = take(g, &b, err)) != 0)
			break;
	rn_batch_fini(&b);
	if (g->n && g->sorted)
		qsort_r(g->group, g->n, sizeof(*g->group), by_values, g);
	return rc == RN_END ? 0 : rc;
}

static void set_row(struct rn_event *ev, const struct chunk *c, uint64_t i)
{
	if (c->ts)
		ev->ts_ns = c->ts[i];
	if (c->dur)
		ev->call.dur_ns = c->dur[i];
	if (c->dur32)
		ev->call.dur_ns = c->dur32[i];
	if (c->ret)
		ev->call.ret = c->ret[i];
	if (c->utid)
		ev->utid = c->utid[i];
	if (c->nr) {
		ev->call.nr = c->nr[i];
		ev->call.abi = c->abi[i];
	}
	if (c->flags)
		ev->call.flags = c->flags[i];
}

static bool next_group(struct rn_grouping *g, struct rn_event *ev)
{
	g->at += g->begun;
	g->begun = true;
	if (g->at >= g->n)
		return false;
	g->chunk = g->group[g->at].chunk;
	g->row = 0;
	set_event(ev, &g->group[g->at].first);
	return true;
}

bool rn_grouping_next(struct rn_grouping *g, struct rn_event *ev)
{
	if (g->begun && g->at >= g->n)
		return false;
	if (g->begun && g->chunk && ++g->row == g->chunk->n) {
		g->chunk = g->chunk->next;
		g->row = 0;
	} else if (g->begun && !g->needs && !g->once && ++g->row < g->group[g->at].n) {
		return true;
	}
	if (!g->chunk && !next_group(g, ev))
		return false;
	if (g->chunk)
		set_row(ev, g->chunk, g->row);
	return true;
}
