/* SPDX-License-Identifier: MIT */
/* The parts of an index that grow block by block. */
#include "analyze/index/build.h"

#include <stdlib.h>

#define PAGE_FACTS 32768
#define PAGE_TEXT_BYTES ((size_t)1 << 20)
#define PAGE_EVENT_BYTES ((size_t)1 << 16)

/* The block's own numbers become those of the index. */
int rn_making_facts(struct rn_index_making *b, const struct rn_survey *s, struct rn_error *err)
{
	uint32_t n = rn_intern_count(s->keys);
	if (n > b->cap) {
		uint32_t *numbers = realloc(b->numbers, n * sizeof(*numbers));
		if (!numbers)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		b->numbers = numbers;
		b->cap = n;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t id = rn_intern(b->facts, rn_intern_get(s->keys, i), NULL);
		if (id == RN_INTERN_NONE)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		b->numbers[i] = id + 1;
	}
	return 0;
}

static int write_page(struct rn_index_making *b, struct rn_error *err)
{
	struct rn_facts_writer *w = &b->facts_writer;
	int64_t first = b->written;
	rn_facts_writer_clear(w);
	while (b->written < rn_intern_count(b->facts) && b->written - first < PAGE_FACTS &&
		w->piece[RN_FACTS_TEXTS].len < PAGE_TEXT_BYTES)
		if (!rn_facts_writer_add(w, rn_intern_get(b->facts, b->written++)))
			return rn_fail(err, RN_E_NOMEM, "out of memory");
	return rn_pages_put(&b->files, b->files.n + 1, b->written - first, w->piece, RN_FACTS_PIECES, err);
}

/* Pages end by what is in them, not by when they were written: bytes do not depend on the number of CPUs. */
int rn_making_write_facts(struct rn_index_making *b, bool last, struct rn_error *err)
{
	int rc = 0;
	while (!rc && rn_intern_count(b->facts) - b->written >= (last ? 1 : PAGE_FACTS))
		rc = write_page(b, err);
	return rc;
}

static int know(struct rn_index_making *b, uint32_t utid)
{
	return rn_idmap_find(&b->known, utid) == RN_IDMAP_NONE ? rn_idmap_put(&b->known, utid, 0) : 0;
}

int rn_making_flush_events(struct rn_index_making *b, size_t end, struct rn_error *err)
{
	struct rn_buffer raw = RN_BUFFER_INIT;
	if (!b->pending.n)
		return 0;
	rn_meta_encode(&raw, &b->pending, NULL, 0);
	int rc = rn_pages_put(&b->events, (int64_t)end, b->pending.n, &raw, 1, err);
	rn_buffer_fini(&raw);
	rn_meta_encoder_clear(&b->pending);
	return rc;
}

static int append(struct rn_index_making *b, const struct rn_event *ev)
{
	rn_meta_put(&b->pending, ev, 0);
	return ev->utid ? know(b, ev->utid) : 0;
}

static int take_events(struct rn_index_making *b, const struct rn_survey *s, struct rn_error *err)
{
	struct rn_buffer raw = RN_BUFFER_INIT;
	struct rn_arena arena = RN_ARENA_INIT;
	struct rn_meta_decoded m = { 0 };
	rn_meta_encode(&raw, &s->events, NULL, 0);
	int rc = s->events.n ? rn_meta_decode(&m, rn_buffer_bytes(&raw), s->events.n, 0, &arena, err) : 0;
	for (uint32_t i = 0; i < m.n && !rc; i++)
		rc = append(b, &m.event[i]);
	rn_arena_fini(&arena);
	rn_buffer_fini(&raw);
	return rc;
}

int rn_making_events(struct rn_index_making *b, const struct rn_survey *s, size_t block, struct rn_error *err)
{
	int rc = take_events(b, s, err);
	for (uint32_t i = 0; i < s->n_others; i++)
		b->no_events |= rn_idmap_find(&b->known, s->other[i]) == RN_IDMAP_NONE;
	if (!rc && rn_meta_bytes(&b->pending) >= PAGE_EVENT_BYTES)
		rc = rn_making_flush_events(b, block + 1, err);
	return rc;
}

/* Whether a goes before b: it is shorter, or of equals the later one. */
static bool goes_first(const struct rn_slow_one *a, const struct rn_slow_one *b)
{
	return a->dur_ns != b->dur_ns ? a->dur_ns < b->dur_ns : a->order > b->order;
}

static void sift_down(struct rn_slow_one *heap, uint32_t n)
{
	for (uint32_t i = 0;;) {
		uint32_t first = i, left = 2 * i + 1;
		for (uint32_t c = left; c < n && c < left + 2; c++)
			if (goes_first(&heap[c], &heap[first]))
				first = c;
		if (first == i)
			return;
		struct rn_slow_one swap = heap[i];
		heap[i] = heap[first];
		heap[first] = swap;
		i = first;
	}
}

void rn_making_slow_one(struct rn_index_making *b, const struct rn_slow_one *x)
{
	uint32_t i = b->n_slowest;
	if (i == RN_SLOWEST_MAX) {
		if (!goes_first(&b->slowest[0], x))
			return;
		b->slowest[0] = *x;
		sift_down(b->slowest, b->n_slowest);
		return;
	}
	b->n_slowest++;
	for (; i && goes_first(x, &b->slowest[(i - 1) / 2]); i = (i - 1) / 2)
		b->slowest[i] = b->slowest[(i - 1) / 2];
	b->slowest[i] = *x;
}

void rn_making_slowest(struct rn_index_making *b, const struct rn_survey *s, size_t block)
{
	const struct rn_core *core = s->core;
	uint64_t first_seq = rn_reader_block_info(b->reader, block)->first_seq;
	for (uint32_t k = 0; core && k < core->n; k++)
		if (!(core->flags[k] & RN_CALL_UNFINISHED) &&
			(b->n_slowest < RN_SLOWEST_MAX || core->dur_ns[k] >= b->slowest[0].dur_ns))
			/* Calls of a block stand in the order of their numbers. */
			rn_making_slow_one(b, &(struct rn_slow_one){ core->dur_ns[k], first_seq + k,
				(uint32_t)block, k });
}

static int add_histograms(struct rn_groups *to, const struct rn_groups *from, struct rn_error *err)
{
	for (uint32_t i = 0; i < rn_groups_n(from); i++) {
		struct rn_histogram *sum = rn_groups_row(to, rn_groups_key(from, i), err);
		const struct rn_histogram *one = rn_groups_at(from, i);
		if (!sum)
			return RN_E_NOMEM;
		for (unsigned bin = 0; bin < RN_HISTOGRAM_BINS; bin++)
			sum->calls[bin] += one->calls[bin];
	}
	return 0;
}

int rn_making_histograms(struct rn_index_making *b, const struct rn_survey *s, struct rn_error *err)
{
	int rc = 0;
	if (!b->bucket_calls) {
		struct rn_groups first = b->tail[0];
		rc = add_histograms(&b->histograms, &first, err);
		rn_intern_clear(first.keys);
		b->tail[0] = b->tail[1];
		b->tail[1] = first;
	}
	return rc ? rc : add_histograms(&b->tail[1], &s->histograms, err);
}
