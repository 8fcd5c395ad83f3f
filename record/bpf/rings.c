/* SPDX-License-Identifier: MIT */
#include "record/bpf/rings.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* How far we are need not be told with each record: the kernel's CPU would have to fetch it each time. */
#define TELL_BYTES ((uint64_t)256 << 10)

static int map_ring(struct rn_bpf_ring *g, const struct rn_bpf_rings_what *what)
{
	size_t page = page_bytes();
	void *consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, what->ring_fd, 0);
	if (consumer == MAP_FAILED)
		return -1;
	g->consumer = consumer;
	void *producer = mmap(NULL, page + 2 * what->ring_bytes, PROT_READ, MAP_SHARED, what->ring_fd,
		(off_t)page);
	if (producer == MAP_FAILED)
		return -1;
	g->producer = producer;
	g->data = (const uint8_t *)producer + page;
	return 0;
}

static int map_lanes(struct rn_bpf_rings *r)
{
	const struct rn_bpf_rings_what *what = &r->what;
	void *p = mmap(NULL, what->n_lanes * what->lane_bytes, PROT_READ, MAP_SHARED, what->lanes_fd, 0);
	if (p == MAP_FAILED)
		return -1;
	r->lanes = p;
	for (unsigned i = 0; i < what->n_lanes; i++)
		r->ring[r->n++] = (struct rn_bpf_ring){
			.consumer = (uint64_t *)&what->lane[i].consumed,
			.producer = (const uint64_t *)&what->lane[i].produced,
			.data = r->lanes + i * what->lane_bytes, .is_lane = true,
		};
	return 0;
}

int rn_bpf_rings_open(struct rn_bpf_rings *r, const struct rn_bpf_rings_what *what,
	struct rn_error *err)
{
	*r = (struct rn_bpf_rings){ .what = *what, .current = -1, .n = 1 };
	if (map_ring(&r->ring[0], what) < 0 || map_lanes(r) < 0)
		return rn_fail_errno(err, RN_E_IO, errno, "cannot map a ring buffer");
	return 0;
}

void rn_bpf_rings_close(struct rn_bpf_rings *r)
{
	struct rn_bpf_ring *g = &r->ring[0];
	if (g->consumer)
		munmap(g->consumer, page_bytes());
	if (g->producer)
		munmap((void *)(uintptr_t)g->producer, page_bytes() + 2 * r->what.ring_bytes);
	if (r->lanes)
		munmap((void *)(uintptr_t)r->lanes, r->what.n_lanes * r->what.lane_bytes);
	*r = (struct rn_bpf_rings){ .current = -1 };
}

static const void *place(const struct rn_bpf_rings *r, const struct rn_bpf_ring *g)
{
	return g->data + (g->at & ((g->is_lane ? r->what.lane_bytes : r->what.ring_bytes) - 1));
}

static void tell(struct rn_bpf_ring *g)
{
	g->told = g->at;
	__atomic_store_n(g->consumer, g->at, __ATOMIC_RELEASE);
}

/* Over the record that is there. */
static void step(const struct rn_bpf_rings *r, struct rn_bpf_ring *g)
{
	if (g->is_lane) {
		g->at = rn_bpf_lane_next(g->at, g->head_len, r->what.chunk_bytes);
		if (g->at - g->told >= TELL_BYTES)
			tell(g);
		return;
	}
	g->at += (g->head_len + BPF_RINGBUF_HDR_SZ + 7) & ~7u;
	tell(g);
}

/* The record that is there, NULL: it was given up, or makes no sense; then *on says whether it can be
 * stepped over. */
static const struct rn_bpf_record *look_at(struct rn_bpf_rings *r, struct rn_bpf_ring *g, bool *on)
{
	const uint8_t *p = place(r, g);
	uint32_t header = 0;
	if (!g->is_lane) {
		header = __atomic_load_n((const uint32_t *)(const void *)p, __ATOMIC_ACQUIRE);
		p += BPF_RINGBUF_HDR_SZ;
	}
	const struct rn_bpf_record *record = (const void *)p;
	*on = !(header & BPF_RINGBUF_BUSY_BIT);
	g->head_len = g->is_lane ? record->len : header & ~BPF_RINGBUF_DISCARD_BIT;
	if (g->is_lane && (g->head_len < sizeof(*record) || g->head_len > RN_BPF_SLACK)) {
		g->at = g->end; /* nothing behind it can be found */
		*on = false;
		r->n_bad++;
		return NULL;
	}
	if (!*on || header & BPF_RINGBUF_DISCARD_BIT)
		return NULL;
	if (g->head_len >= sizeof(*record) && record->len <= g->head_len)
		return record;
	r->n_bad++;
	return NULL;
}

/* Looks at the ring's next record of this round. One that is still being written ends it. */
static void look(struct rn_bpf_rings *r, struct rn_bpf_ring *g)
{
	bool on = true;
	g->head = NULL;
	while (on && g->at < g->end) {
		const struct rn_bpf_record *record = look_at(r, g, &on);
		if (record) {
			if (record->ts_ns <= r->limit_ns) /* else of the next round */
				g->head = record;
			break;
		}
		if (on)
			step(r, g);
	}
	if (!g->head && g->at != g->told)
		tell(g);
}

void rn_bpf_rings_begin(struct rn_bpf_rings *r, uint64_t now_ns)
{
	r->limit_ns = now_ns;
	r->current = -1;
	r->taken = false;
	for (unsigned i = 0; i < r->n; i++) {
		struct rn_bpf_ring *g = &r->ring[i];
		g->end = __atomic_load_n(g->producer, __ATOMIC_ACQUIRE);
	}
	for (unsigned i = 0; i < r->n; i++)
		look(r, &r->ring[i]);
}

/* The ring with the oldest record, and how old the oldest of the others is. */
static void choose(struct rn_bpf_rings *r)
{
	r->current = -1;
	r->others_ns = UINT64_MAX;
	for (unsigned i = 0; i < r->n; i++) {
		const struct rn_bpf_record *head = r->ring[i].head;
		if (!head)
			continue;
		if (r->current < 0 || head->ts_ns < r->ring[r->current].head->ts_ns) {
			if (r->current >= 0)
				r->others_ns = r->ring[r->current].head->ts_ns;
			r->current = (int)i;
		} else if (head->ts_ns < r->others_ns) {
			r->others_ns = head->ts_ns;
		}
	}
}

const struct rn_bpf_record *rn_bpf_rings_next(struct rn_bpf_rings *r, uint32_t *len)
{
	if (r->taken) {
		struct rn_bpf_ring *g = &r->ring[r->current];
		step(r, g);
		look(r, g);
		if (!g->head || g->head->ts_ns > r->others_ns)
			r->current = -1;
	}
	if (r->current < 0)
		choose(r);
	r->taken = r->current >= 0;
	if (!r->taken)
		return NULL;
	*len = r->ring[r->current].head->len;
	return r->ring[r->current].head;
}
