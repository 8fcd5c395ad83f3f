/* SPDX-License-Identifier: MIT */
/**
 * fetch - copies pieces of the thread's memory behind the record in the scratch.
 *
 * A piece that cannot be read whole is read page by page up to the page that fails: a page that is
 * merely absent cannot be told from one that is not there. `faulted` says that one was, so that the
 * entry is gone through once more at exit, when the kernel has brought in what it needed.
 */
#ifndef RN_RECORD_BPF_FETCH_BPF_H
#define RN_RECORD_BPF_FETCH_BPF_H

#include "record/bpf/common.bpf.h"

#define PAGE 4096u

static __always_inline struct rn_bpf_span *new_span(struct scratch *s, __u64 addr)
{
	__u32 at = s->used;
	if (at > DATA_MASK - 64 || s->head.n_spans >= MAX_SPANS) {
		s->head.r.flags |= RN_BPF_TRUNCATED;
		return NULL;
	}
	struct rn_bpf_span *p = (void *)(s->data + (at & DATA_MASK));
	p->addr = addr;
	p->arg = (__u8)s->arg;
	p->phase = (__u8)s->phase;
	p->fault = p->string = 0;
	p->pad = 0;
	s->head.n_spans++;
	return p;
}

static __always_inline void end_span(struct scratch *s, __u32 at, __u32 len)
{
	s->used = (at + (__u32)sizeof(struct rn_bpf_span) + len + 7) & ~7u;
}

/* Up to the first page that cannot be read; how much there was. */
static __always_inline __u32 read_pages(struct scratch *s, __u32 to, __u64 addr, __u32 len)
{
	__u32 got = 0;
	for (int i = 0; i < 17; i++) {
		__u64 n = PAGE - ((addr + got) & (PAGE - 1));
		if (n > len - got)
			n = len - got;
		FRESH(n);
		if (!n || n > PAGE)
			break;
		if (bpf_probe_read_user(s->data + ((to + got) & (2 * DATA_MASK + 1)), n,
			(void *)(addr + got)))
			break;
		got += (__u32)n;
	}
	return got;
}

/* A piece of `wanted` bytes, at most cap of them. Where its span is; negative: there is none. */
noinline int fetch(__u64 addr, __u64 wanted, __u64 cap)
{
	struct scratch *s = get_scratch();
	if (!s || !addr || !wanted)
		return -1;
	__u32 at = s->used & DATA_MASK;
	struct rn_bpf_span *p = new_span(s, addr);
	if (!p)
		return -1;
	__u64 len = wanted < cap ? wanted : cap;
	if (len > PIECE_MASK)
		len = PIECE_MASK;
	p->wanted = wanted < 0xffffffff ? (__u32)wanted : 0xffffffff;
	__u32 to = at + sizeof(*p);
	__u32 got = (__u32)len;
	len &= PIECE_MASK;
	if (bpf_probe_read_user(s->data + to, len, (void *)addr)) {
		got = read_pages(s, to, addr, (__u32)len);
		s->faulted = true;
		p->fault = 1;
	}
	p->len = got;
	end_span(s, at, got);
	return (int)at;
}

/* A string of at most cap bytes with its NUL, at most one page. */
noinline int fetch_string(__u64 addr, __u64 cap)
{
	struct scratch *s = get_scratch();
	if (!s || !addr || !cap)
		return -1;
	__u32 at = s->used & DATA_MASK;
	struct rn_bpf_span *p = new_span(s, addr);
	if (!p)
		return -1;
	p->string = 1;
	if (cap > PAGE)
		cap = PAGE;
	__u32 to = at + sizeof(*p);
	long got = bpf_probe_read_user_str(s->data + to, (__u32)cap + 1, (void *)addr);
	if (got > 0) {
		bool whole = got <= (long)cap; /* else its last byte is no NUL of the string */
		p->wanted = (__u32)got;
		p->len = whole ? (__u32)got : (__u32)cap;
	} else {
		__u64 n = PAGE - (addr & (PAGE - 1));
		n = n < cap ? n : cap;
		if (n > PAGE)
			n = PAGE;
		p->len = bpf_probe_read_user(s->data + to, n, (void *)addr) ? 0 : (__u32)n;
		p->wanted = p->len + 1;
		p->fault = 1;
		s->faulted = true;
	}
	end_span(s, at, p->len);
	return (int)at;
}

/* Of a piece that was fetched: word i, 0 behind its end. */
static __always_inline __u64 word_of(struct scratch *s, int at, __u32 i)
{
	__u32 from = (__u32)at & DATA_MASK;
	struct rn_bpf_span *p = (void *)(s->data + from);
	__u32 offset = i * s->word;
	__u64 v = 0;
	if (offset + s->word > p->len)
		return 0;
	__u8 *b = s->data + from + sizeof(*p) + (offset & PIECE_MASK);
	if (s->word == 8)
		__builtin_memcpy(&v, b, 8);
	else
		__builtin_memcpy(&v, b, 4);
	return v;
}

static __always_inline __u32 length_of(struct scratch *s, int at)
{
	return ((struct rn_bpf_span *)(s->data + ((__u32)at & DATA_MASK)))->len;
}

/* Cuts the last piece to what of it is of use. */
static __always_inline void cut_span(struct scratch *s, int at, __u32 len)
{
	struct rn_bpf_span *p = (void *)(s->data + ((__u32)at & DATA_MASK));
	p->len = p->wanted = len;
	p->fault = 0;
	end_span(s, (__u32)at & DATA_MASK, len);
}

#endif
