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

static int map_ring(struct rn_bpf_ring *g, int fd, size_t bytes)
{
	size_t page = page_bytes();
	void *consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (consumer == MAP_FAILED)
		return -1;
	g->consumer = consumer;
	void *producer = mmap(NULL, page + 2 * bytes, PROT_READ, MAP_SHARED, fd, (off_t)page);
	if (producer == MAP_FAILED)
		return -1;
	g->producer = producer;
	g->data = (const uint8_t *)producer + page;
	return 0;
}

int rn_bpf_rings_open(struct rn_bpf_rings *r, const int *fd, unsigned n, size_t bytes,
	struct rn_error *err)
{
	*r = (struct rn_bpf_rings){ .bytes = bytes, .current = -1 };
	for (; r->n < n && r->n < RN_BPF_MAX_RINGS; r->n++) {
		if (map_ring(&r->ring[r->n], fd[r->n], bytes) < 0) {
			r->n++;
			return rn_fail_errno(err, RN_E_IO, errno, "cannot map a ring buffer");
		}
	}
	return 0;
}

void rn_bpf_rings_close(struct rn_bpf_rings *r)
{
	for (unsigned i = 0; i < r->n; i++) {
		if (r->ring[i].consumer)
			munmap(r->ring[i].consumer, page_bytes());
		if (r->ring[i].producer)
			munmap((void *)(uintptr_t)r->ring[i].producer, page_bytes() + 2 * r->bytes);
	}
	*r = (struct rn_bpf_rings){ .current = -1 };
}

static uint32_t header_at(const struct rn_bpf_rings *r, const struct rn_bpf_ring *g)
{
	const uint32_t *h = (const void *)(g->data + (g->at & (r->bytes - 1)));
	return __atomic_load_n(h, __ATOMIC_ACQUIRE);
}

static void step(struct rn_bpf_ring *g, uint32_t header)
{
	uint32_t len = header & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
	g->at += (len + BPF_RINGBUF_HDR_SZ + 7) & ~7u;
	__atomic_store_n(g->consumer, g->at, __ATOMIC_RELEASE);
}

/* Looks at the ring's next record of this round. One that is still being written ends it. */
static void look(struct rn_bpf_rings *r, struct rn_bpf_ring *g)
{
	g->head = NULL;
	while (g->at < g->end) {
		uint32_t header = header_at(r, g);
		if (header & BPF_RINGBUF_BUSY_BIT)
			return;
		g->head_len = header & ~BPF_RINGBUF_DISCARD_BIT;
		g->head = (const void *)(g->data + (g->at & (r->bytes - 1)) + BPF_RINGBUF_HDR_SZ);
		bool is_record = g->head_len >= sizeof(*g->head) && g->head->len <= g->head_len;
		if (is_record && !(header & BPF_RINGBUF_DISCARD_BIT)) {
			if (g->head->ts_ns > r->limit_ns)
				g->head = NULL; /* of the next round */
			return;
		}
		r->n_bad += !is_record;
		g->head = NULL;
		step(g, header);
	}
}

void rn_bpf_rings_begin(struct rn_bpf_rings *r, uint64_t now_ns)
{
	r->limit_ns = now_ns;
	r->current = -1;
	r->taken = false;
	for (unsigned i = 0; i < r->n; i++) {
		struct rn_bpf_ring *g = &r->ring[i];
		g->at = *g->consumer;
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
		step(g, header_at(r, g));
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
