/* SPDX-License-Identifier: MIT */
/* A call's time is the gap to the end of the same thread's call before it (of the block's call
 * before it, for a thread's first): what a thread does between two calls is small and alike.
 * Flags are written as what differs from "negative errno means error". */
#include "format/core.h"

#include "format/limits.h"

#include <stdlib.h>

void rn_core_encoder_fini(struct rn_core_encoder *e)
{
	rn_dict_fini(&e->utids);
	rn_dict_fini(&e->nrs);
	rn_planes_fini(&e->thread);
	rn_planes_fini(&e->nr);
	rn_planes_fini(&e->gap);
	rn_planes_fini(&e->dur);
	rn_planes_fini(&e->ret);
	rn_planes_fini(&e->flags);
	free(e->ends);
	*e = (struct rn_core_encoder){ 0 };
}

void rn_core_encoder_clear(struct rn_core_encoder *e)
{
	rn_dict_clear(&e->utids);
	rn_dict_clear(&e->nrs);
	rn_planes_clear(&e->thread);
	rn_planes_clear(&e->nr);
	rn_planes_clear(&e->gap);
	rn_planes_clear(&e->dur);
	rn_planes_clear(&e->ret);
	rn_planes_clear(&e->flags);
	e->n_ends = 0;
	e->base_ns = e->last_end_ns = 0;
	e->first_ns = UINT64_MAX;
	e->last_ns = e->max_dur_ns = 0;
	e->n = e->n_errors = 0;
}

/* What the result alone says about the flags. */
static inline uint16_t expected_flags(int64_t ret)
{
	return ret < 0 && ret >= -4095 ? RN_CALL_ERROR : 0;
}

static bool know_thread(struct rn_core_encoder *e, uint32_t thread)
{
	if (thread < e->n_ends)
		return true;
	if (thread >= e->cap_ends) {
		uint32_t cap = e->cap_ends ? e->cap_ends * 2 : 64;
		uint64_t *p = realloc(e->ends, cap * sizeof(*p));
		if (!p)
			return false;
		e->ends = p;
		e->cap_ends = cap;
	}
	e->ends[e->n_ends++] = e->last_end_ns;
	return true;
}

static void note_times(struct rn_core_encoder *e, const struct rn_event *ev, uint64_t end)
{
	if (ev->ts_ns < e->first_ns)
		e->first_ns = ev->ts_ns;
	if (end > e->last_ns)
		e->last_ns = end;
	if (ev->call.dur_ns > e->max_dur_ns)
		e->max_dur_ns = ev->call.dur_ns;
}

bool rn_core_put(struct rn_core_encoder *e, const struct rn_event *ev, uint32_t *thread,
	uint32_t *nr)
{
	const struct rn_call *c = &ev->call;
	if (e->n == 0)
		e->base_ns = e->last_end_ns = ev->ts_ns;
	*thread = rn_dict_index(&e->utids, ev->utid);
	*nr = rn_dict_index(&e->nrs, (uint64_t)c->abi << 32 | c->nr);
	if (*thread == RN_DICT_NONE || *nr == RN_DICT_NONE || !know_thread(e, *thread))
		return false;
	uint64_t end = ev->ts_ns + c->dur_ns;
	rn_planes_put(&e->thread, *thread);
	rn_planes_put(&e->nr, *nr);
	rn_planes_put(&e->gap, rn_zigzag_encode((int64_t)(ev->ts_ns - e->ends[*thread])));
	rn_planes_put(&e->dur, c->dur_ns);
	rn_planes_put(&e->ret, rn_zigzag_encode(c->ret));
	rn_planes_put(&e->flags, c->flags ^ expected_flags(c->ret));
	e->ends[*thread] = e->last_end_ns = end;
	note_times(e, ev, end);
	e->n_errors += (c->flags & RN_CALL_ERROR) != 0;
	e->n++;
	return true;
}

size_t rn_core_bytes(const struct rn_core_encoder *e)
{
	return rn_planes_bytes(&e->thread) + rn_planes_bytes(&e->nr) + rn_planes_bytes(&e->gap) +
		rn_planes_bytes(&e->dur) + rn_planes_bytes(&e->ret) + rn_planes_bytes(&e->flags) +
		4 * (size_t)(e->utids.n + e->nrs.n);
}

void rn_core_encode(struct rn_buffer *out, const struct rn_core_encoder *e)
{
	rn_put_varint(out, e->base_ns);
	rn_put_varint(out, e->utids.n);
	for (uint32_t i = 0; i < e->utids.n; i++)
		rn_put_varint(out, e->utids.keys[i]);
	rn_put_varint(out, e->nrs.n);
	for (uint32_t i = 0; i < e->nrs.n; i++) {
		rn_put_varint(out, e->nrs.keys[i] >> 32);
		rn_put_varint(out, (uint32_t)e->nrs.keys[i]);
	}
	rn_planes_encode(out, &e->thread);
	rn_planes_encode(out, &e->nr);
	rn_planes_encode(out, &e->gap);
	rn_planes_encode(out, &e->dur);
	rn_planes_encode(out, &e->ret);
	rn_planes_encode(out, &e->flags);
}

/* What decoding builds, before it is published. */
struct work {
	uint32_t n;
	uint64_t *ts, *dur, *column;
	uint32_t *thread, *nr_index, *utid, *nr;
	uint8_t *abi;
	uint16_t *flags;
	int64_t *ret;
	uint32_t n_threads, n_nrs;
	uint32_t *thread_utid, *dict_nr;
	uint8_t *dict_abi;
	uint64_t *ends;
	uint8_t *seen;
};

static bool allocate(struct work *w, struct rn_arena *a)
{
	uint32_t n = w->n;
	w->ts = rn_arena_alloc(a, n, sizeof(*w->ts));
	w->dur = rn_arena_alloc(a, n, sizeof(*w->dur));
	w->column = rn_arena_alloc(a, n, sizeof(*w->column));
	w->thread = rn_arena_alloc(a, n, sizeof(*w->thread));
	w->nr_index = rn_arena_alloc(a, n, sizeof(*w->nr_index));
	w->utid = rn_arena_alloc(a, n, sizeof(*w->utid));
	w->nr = rn_arena_alloc(a, n, sizeof(*w->nr));
	w->abi = rn_arena_alloc(a, n, sizeof(*w->abi));
	w->flags = rn_arena_alloc(a, n, sizeof(*w->flags));
	w->ret = rn_arena_alloc(a, n, sizeof(*w->ret));
	return w->ts && w->dur && w->column && w->thread && w->nr_index && w->utid && w->nr &&
		w->abi && w->flags && w->ret;
}

/* A dictionary's length: every entry takes a byte at least, and none is larger than the block. */
static uint32_t take_count(struct rn_cursor *c, uint32_t n)
{
	uint64_t count = rn_take_varint(c);
	if (count > n || count > rn_cursor_left(c))
		c->bad = true;
	return rn_cursor_ok(c) ? (uint32_t)count : 0;
}

static int take_dicts(struct work *w, struct rn_cursor *c, struct rn_arena *a)
{
	w->n_threads = take_count(c, w->n);
	w->thread_utid = rn_arena_alloc(a, w->n_threads + 1, sizeof(*w->thread_utid));
	w->ends = rn_arena_alloc(a, w->n_threads + 1, sizeof(*w->ends));
	w->seen = rn_arena_zalloc(a, w->n_threads + 1, 1);
	if (!w->thread_utid || !w->ends || !w->seen)
		return RN_E_NOMEM;
	for (uint32_t i = 0; i < w->n_threads; i++)
		w->thread_utid[i] = (uint32_t)rn_take_varint(c);
	w->n_nrs = take_count(c, w->n);
	w->dict_nr = rn_arena_alloc(a, w->n_nrs + 1, sizeof(*w->dict_nr));
	w->dict_abi = rn_arena_alloc(a, w->n_nrs + 1, 1);
	if (!w->dict_nr || !w->dict_abi)
		return RN_E_NOMEM;
	for (uint32_t i = 0; i < w->n_nrs; i++) {
		w->dict_abi[i] = (uint8_t)rn_take_varint(c);
		w->dict_nr[i] = (uint32_t)rn_take_varint(c);
	}
	return 0;
}

/* Indices into a dictionary of `limit` entries; false when one is beyond it. */
static bool take_indices(struct work *w, struct rn_cursor *c, uint32_t *out, uint32_t limit)
{
	rn_planes_decode(c, w->column, w->n);
	uint64_t top = 0;
	for (uint32_t i = 0; i < w->n; i++) {
		out[i] = (uint32_t)w->column[i];
		top = w->column[i] > top ? w->column[i] : top;
	}
	return w->n == 0 || top < limit;
}

static void restore_times(struct work *w, uint64_t base_ns)
{
	uint64_t last = base_ns;
	for (uint32_t i = 0; i < w->n; i++) {
		uint32_t t = w->thread[i];
		uint64_t before = w->seen[t] ? w->ends[t] : last;
		w->seen[t] = 1;
		w->ts[i] = before + (uint64_t)rn_zigzag_decode(w->column[i]);
		w->ends[t] = last = w->ts[i] + w->dur[i];
	}
}

static void take_columns(struct work *w, struct rn_cursor *c, uint64_t base_ns)
{
	if (!take_indices(w, c, w->thread, w->n_threads) ||
		!take_indices(w, c, w->nr_index, w->n_nrs)) {
		c->bad = true;
		return;
	}
	rn_planes_decode(c, w->column, w->n);
	rn_planes_decode(c, w->dur, w->n);
	restore_times(w, base_ns);
	rn_planes_decode(c, w->column, w->n);
	for (uint32_t i = 0; i < w->n; i++)
		w->ret[i] = rn_zigzag_decode(w->column[i]);
	rn_planes_decode(c, w->column, w->n);
	for (uint32_t i = 0; i < w->n; i++) {
		w->flags[i] = (uint16_t)w->column[i] ^ expected_flags(w->ret[i]);
		w->utid[i] = w->thread_utid[w->thread[i]];
		w->nr[i] = w->dict_nr[w->nr_index[i]];
		w->abi[i] = w->dict_abi[w->nr_index[i]];
	}
}

int rn_core_decode(struct rn_core_decoded *out, struct rn_bytes raw, uint32_t n,
	struct rn_arena *arena, struct rn_error *err)
{
	struct work w = { .n = n };
	struct rn_cursor c = rn_cursor_of(raw.p, raw.len);
	uint64_t base_ns = rn_take_varint(&c);
	if (!allocate(&w, arena) || take_dicts(&w, &c, arena))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	if (rn_cursor_ok(&c))
		take_columns(&w, &c, base_ns);
	if (!rn_cursor_ok(&c))
		return rn_fail(err, RN_E_CORRUPT, "its columns make no sense");
	*out = (struct rn_core_decoded){
		.core = { n, w.ts, w.dur, w.utid, w.nr, w.abi, w.flags, w.ret },
		.thread = w.thread,
		.nr_index = w.nr_index,
		.n_threads = w.n_threads,
		.n_nrs = w.n_nrs,
		.thread_utid = w.thread_utid,
	};
	return 0;
}
