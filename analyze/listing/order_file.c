/* SPDX-License-Identifier: MIT */
/*
 * Time is cut where blocks end: window k reaches to the latest completion in blocks 0..k, that moment
 * included (a preview and its call share a moment and must share a window). What belongs there is of
 * block k, or of a later block (a straggler: it began before an earlier block ended). The directories tell each block's earliest entry, so only blocks that can hold stragglers
 * of the window are looked into, once each; their stragglers wait in a heap, by place and time
 * alone, and are copied when their window comes. By construction every event falls into
 * exactly one window, and windows do not overlap.
 */
#include "analyze/listing/block_cache.h"
#include "analyze/listing/order_private.h"

#include <stdlib.h>

enum look {
	NOT_LOOKED_INTO,
	STRAGGLERS_TAKEN,
	UNREADABLE,
};

struct straggler {
	uint64_t ts_ns, seq;
	uint32_t block, index;
	bool is_meta;
};

struct file_way {
	struct rn_order_way way;
	struct rn_source *source;
	struct rn_block_cache cache;
	size_t n_blocks, next;
	uint64_t *before_ns;   /* latest completion in all blocks before each: n_blocks + 1 */
	uint32_t *by_first;    /* blocks by their earliest entry */
	size_t looked_into;    /* of by_first */
	uint8_t *look;         /* enum look of each block */
	struct straggler *heap; /* the earliest first */
	uint32_t n_heap, cap_heap;
	struct straggler *due; /* those of the window under way */
	uint32_t n_due, cap_due;
};

static bool is_earlier(const struct straggler *a, const struct straggler *b)
{
	return a->ts_ns != b->ts_ns ? a->ts_ns < b->ts_ns : a->seq < b->seq;
}

static int push_to(struct straggler **list, uint32_t *n, uint32_t *cap, const struct straggler *s,
	struct rn_error *err)
{
	if (*n == *cap) {
		uint32_t more = *cap ? *cap * 2 : 256;
		struct straggler *p = realloc(*list, (size_t)more * sizeof(*p));
		if (!p)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		*list = p;
		*cap = more;
	}
	(*list)[(*n)++] = *s;
	return 0;
}

static int heap_push(struct file_way *f, const struct straggler *s, struct rn_error *err)
{
	int rc = push_to(&f->heap, &f->n_heap, &f->cap_heap, s, err);
	if (rc)
		return rc;
	uint32_t i = f->n_heap - 1;
	for (; i > 0 && is_earlier(s, &f->heap[(i - 1) / 2]); i = (i - 1) / 2)
		f->heap[i] = f->heap[(i - 1) / 2];
	f->heap[i] = *s;
	return 0;
}

static struct straggler heap_pop(struct file_way *f)
{
	struct straggler top = f->heap[0], last = f->heap[--f->n_heap];
	uint32_t i = 0;
	for (;;) {
		uint32_t child = 2 * i + 1;
		if (child + 1 < f->n_heap && is_earlier(&f->heap[child + 1], &f->heap[child]))
			child++;
		if (child >= f->n_heap || !is_earlier(&f->heap[child], &last))
			break;
		f->heap[i] = f->heap[child];
		i = child;
	}
	f->heap[i] = last;
	return top;
}

/* Collects the stragglers of a block. */
static int look_into(struct file_way *f, uint32_t block, struct rn_error *err)
{
	const struct rn_batch *b;
	struct rn_order_walk walk;
	struct rn_order_step s;
	int rc = rn_block_cache_get(&f->cache, block, &b, err);
	f->look[block] = b ? STRAGGLERS_TAKEN : UNREADABLE;
	if (rc || !b)
		return rc;
	rn_order_walk_init(&walk, b);
	while (!rc && rn_order_walk_next(&walk, &s)) {
		if (s.ts_ns > f->before_ns[block] ||
			(s.is_meta && !rn_order_shows(walk.meta_ev.kind)))
			continue;
		struct straggler x = { s.ts_ns, s.seq, block, s.index, s.is_meta };
		rc = heap_push(f, &x, err);
	}
	return rc;
}

/* Every block whose earliest entry is not behind end_ns. */
static int look_ahead(struct file_way *f, uint64_t end_ns, struct rn_error *err)
{
	int rc = 0;
	while (!rc && f->looked_into < f->n_blocks) {
		uint32_t block = f->by_first[f->looked_into];
		uint64_t first_ns = rn_reader_block_info(f->source->reader, block)->first_ns;
		if (first_ns > end_ns)
			break;
		f->looked_into++;
		if (block && first_ns <= f->before_ns[block])
			rc = look_into(f, block, err);
	}
	return rc;
}

static int by_block(const void *a, const void *b)
{
	const struct straggler *x = a, *y = b;
	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

/* Takes those of the window from the heap and copies them in, block by block. */
static int add_stragglers(struct file_way *f, struct rn_window *w, uint64_t end_ns,
	struct rn_error *err)
{
	int rc = 0;
	f->n_due = 0;
	while (!rc && f->n_heap && f->heap[0].ts_ns <= end_ns) {
		struct straggler s = heap_pop(f);
		rc = push_to(&f->due, &f->n_due, &f->cap_due, &s, err);
	}
	if (f->n_due)
		qsort(f->due, f->n_due, sizeof(*f->due), by_block);
	for (uint32_t i = 0; i < f->n_due && !rc; i++) {
		const struct straggler *s = &f->due[i];
		const struct rn_batch *b;
		struct rn_event ev;
		uint32_t before;
		rc = rn_block_cache_get(&f->cache, s->block, &b, err);
		if (rc || !b)
			continue;
		rc = s->is_meta ? rn_block_meta(b->block, s->index, &ev, &before, err)
				: rn_block_call(b->block, s->index, w->want, &ev, err);
		if (!rc)
			rc = rn_window_add_copy(w, &ev, err);
		else if (rc != RN_E_NOMEM)
			rc = 0; /* damaged: the reader counts it */
	}
	return rc;
}

/* A directory that lies about its earliest entry kept us from looking: then nothing was taken. */
static int add_own(struct file_way *f, struct rn_window *w, size_t block, const struct rn_batch *b,
	struct rn_error *err)
{
	struct rn_order_walk walk;
	struct rn_order_step s;
	int rc = 0;
	rn_order_walk_init(&walk, b);
	while (!rc && rn_order_walk_next(&walk, &s)) {
		if (f->look[block] == STRAGGLERS_TAKEN && s.ts_ns <= f->before_ns[block])
			continue;
		if (!s.is_meta)
			rc = rn_window_add_call(w, s.index, RN_ORDER_WHOLE, s.ts_ns, s.seq, err);
		else if (rn_order_shows(walk.meta_ev.kind))
			rc = rn_window_add_meta(w, s.index, s.ts_ns, s.seq, err);
	}
	return rc;
}

static int fill(struct rn_order_way *way, struct rn_window *w, uint64_t *offset,
	struct rn_error *err)
{
	struct file_way *f = (struct file_way *)way;
	const struct rn_batch *own = NULL;
	if (f->next == f->n_blocks)
		return RN_END;
	size_t block = f->next++;
	uint64_t end_ns = f->before_ns[block + 1];
	/* Looking ahead comes first: the block at hand must be the freshest in the cache. */
	int rc = look_ahead(f, end_ns, err);
	if (!rc && f->look[block] != UNREADABLE)
		rc = rn_block_cache_get(&f->cache, block, &own, err);
	if (rc)
		return rc;
	rn_block_cache_pin(&f->cache, block);
	rn_window_begin(w, own);
	rc = add_stragglers(f, w, end_ns, err);
	if (!rc && own)
		rc = add_own(f, w, block, own, err);
	rn_window_sort(w);
	*offset = rn_reader_block_info(f->source->reader, block)->offset;
	return rc;
}

static void free_file(struct rn_order_way *way)
{
	struct file_way *f = (struct file_way *)way;
	rn_block_cache_fini(&f->cache);
	free(f->before_ns);
	free(f->by_first);
	free(f->look);
	free(f->heap);
	free(f->due);
	free(f);
}

static int by_first_ns(const void *a, const void *b, void *reader)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	uint64_t x_ns = rn_reader_block_info(reader, x)->first_ns;
	uint64_t y_ns = rn_reader_block_info(reader, y)->first_ns;
	if (x_ns != y_ns)
		return x_ns < y_ns ? -1 : 1;
	return (x > y) - (x < y);
}

struct rn_order_way *rn_order_file(struct rn_source *source)
{
	struct file_way *f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->way = (struct rn_order_way){ fill, free_file, false };
	f->source = source;
	f->n_blocks = rn_reader_n_blocks(source->reader);
	f->before_ns = calloc(f->n_blocks + 1, sizeof(*f->before_ns));
	f->by_first = calloc(f->n_blocks + 1, sizeof(*f->by_first));
	f->look = calloc(f->n_blocks + 1, 1);
	rn_block_cache_init(&f->cache, source);
	if (!f->before_ns || !f->by_first || !f->look) {
		free_file(&f->way);
		return NULL;
	}
	for (size_t i = 0; i < f->n_blocks; i++) {
		uint64_t last_ns = rn_reader_block_info(source->reader, i)->last_ns;
		f->by_first[i] = (uint32_t)i;
		f->before_ns[i + 1] = last_ns > f->before_ns[i] ? last_ns : f->before_ns[i];
	}
	qsort_r(f->by_first, f->n_blocks, sizeof(*f->by_first), by_first_ns, source->reader);
	return &f->way;
}
