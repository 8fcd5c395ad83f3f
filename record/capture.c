/* SPDX-License-Identifier: MIT */
/*
 * The arguments' walkers ask for the ranges of level 0; one batch reads them; the step of each range
 * looks at what came and may ask for more, which is the next level. A level's ranges and those its
 * steps ask for share one array, the new ones behind the old.
 */
#include "record/capture.h"
#include "record/capture_fetch.h"

#include "shared/error.h"

#include <stdlib.h>
#include <string.h>

/* argv: pointers, their rest, strings, their rest; mmsghdr: headers, iovecs, payloads. */
#define MAX_LEVELS 8

typedef void step_function(struct rn_fetch *w, const struct rn_pending *p);

int rn_capture_init(struct rn_capture *c)
{
	*c = (struct rn_capture){
		.spans = malloc(RN_CAPTURE_SPANS * sizeof(*c->spans)),
		.bytes = malloc(RN_CAPTURE_BYTES),
	};
	if (c->spans && c->bytes)
		return 0;
	rn_capture_fini(c);
	return RN_E_NOMEM;
}

void rn_capture_fini(struct rn_capture *c)
{
	free(c->spans);
	free(c->bytes);
	*c = (struct rn_capture){ 0 };
}

const struct rn_span *rn_capture_find(const struct rn_capture *c, enum rn_span_phase phase,
	uint64_t addr, uint32_t len)
{
	uint32_t first = phase == RN_PHASE_ENTRY ? 0 : c->n_entry_spans;
	uint32_t end = phase == RN_PHASE_ENTRY ? c->n_entry_spans : c->n_spans;
	for (uint32_t i = first; i < end; i++)
		if (c->spans[i].addr == addr && c->spans[i].len >= len)
			return &c->spans[i];
	return NULL;
}

/* What was read but not needed goes back to the budget, when nothing lies behind it. */
static void give_back(struct rn_capture *c, const struct rn_span *s, uint32_t reserved)
{
	if (s->bytes + reserved == c->bytes + c->n_bytes)
		c->n_bytes -= reserved - s->len;
}

static struct rn_pending *add_range(struct rn_capturer *k, struct rn_span *span, uint64_t addr,
	uint8_t *into, uint32_t wanted)
{
	unsigned i = k->n_ranges++;
	k->range[i] = (struct rn_range){ .addr = addr, .into = into, .wanted = wanted };
	k->pending[i] = (struct rn_pending){ .span = span };
	return &k->pending[i];
}

static bool has_room(struct rn_fetch *w, uint32_t spans, uint32_t bytes)
{
	return w->k->n_ranges - w->k->level_begin < RN_MEMORY_BATCH &&
		w->c->n_spans + spans <= RN_CAPTURE_SPANS &&
		w->c->n_bytes + bytes <= RN_CAPTURE_BYTES;
}

struct rn_pending *rn_fetch_want(struct rn_fetch *w, uint64_t addr, uint64_t wanted, uint32_t cap)
{
	static struct rn_pending nobody; /* written, never read */
	struct rn_capture *c = w->c;
	uint32_t len = wanted < cap ? (uint32_t)wanted : cap;
	if (!addr || !wanted)
		return &nobody;
	if (!has_room(w, 1, len)) {
		c->truncated = true;
		return &nobody;
	}
	struct rn_span *s = &c->spans[c->n_spans++];
	*s = (struct rn_span){
		.addr = addr,
		.wanted = wanted < UINT32_MAX ? (uint32_t)wanted : UINT32_MAX,
		.arg = (uint8_t)w->arg,
		.phase = (uint8_t)w->phase,
		.bytes = c->bytes + c->n_bytes,
	};
	c->n_bytes += len;
	return add_range(w->k, s, addr, c->bytes + c->n_bytes - len, len);
}

/* Most strings are short: the rest of a long one costs a second batch. */
#define STRING_BEGIN 256u

void rn_fetch_string(struct rn_fetch *w, uint64_t addr, uint32_t cap)
{
	struct rn_pending *p = rn_fetch_want(w, addr, cap, cap < STRING_BEGIN ? cap : STRING_BEGIN);
	p->step = RN_STEP_STRING;
	p->left = cap;
	if (p->span)
		p->span->string = 1;
}

/* The end of the string lies behind what was read: moves it to where all of it has room. */
static void read_string_on(struct rn_fetch *w, struct rn_span *s, uint32_t cap)
{
	if (!has_room(w, 0, cap)) {
		w->c->truncated = true;
		return;
	}
	uint8_t *to = w->c->bytes + w->c->n_bytes;
	memcpy(to, s->bytes, s->len);
	s->bytes = to;
	w->c->n_bytes += cap;
	struct rn_pending *p = add_range(w->k, s, s->addr + s->len, to + s->len, cap - s->len);
	p->step = RN_STEP_STRING;
	p->left = cap;
	p->aux = s->len; /* there already */
}

static void step_string(struct rn_fetch *w, const struct rn_pending *p)
{
	struct rn_span *s = p->span;
	uint32_t had = (uint32_t)p->aux, reserved = had ? p->left : s->len;
	const uint8_t *nul = s->len > had ? memchr(s->bytes + had, 0, s->len - had) : NULL;
	if (nul) {
		s->len = s->wanted = (uint32_t)(nul + 1 - s->bytes);
		s->fault = 0;
		give_back(w->c, s, reserved);
		return;
	}
	s->wanted = s->len + 1;
	if (!s->fault && s->len < p->left)
		read_string_on(w, s, p->left);
}

static uint32_t u32_at(const uint8_t *p)
{
	uint32_t v;
	memcpy(&v, p, sizeof(v));
	return v;
}

static void step_clamp(struct rn_fetch *w, const struct rn_pending *p)
{
	const struct rn_span *length = rn_capture_find(w->c, RN_PHASE_EXIT, p->aux, 4);
	struct rn_span *s = p->span;
	if (!length || u32_at(length->bytes) >= s->wanted)
		return;
	s->wanted = u32_at(length->bytes);
	if (s->len >= s->wanted) {
		s->len = s->wanted;
		s->fault = 0;
	}
}

uint64_t rn_fetch_word(const struct rn_fetch *w, const uint8_t *p)
{
	uint64_t v = 0;
	memcpy(&v, p, w->pointer_bytes);
	return v;
}

static uint64_t word_of(const struct rn_fetch *w, const struct rn_span *s, unsigned i)
{
	size_t at = (size_t)i * w->pointer_bytes;
	return at + w->pointer_bytes <= s->len ? rn_fetch_word(w, s->bytes + at) : 0;
}

static void walk_payloads(struct rn_fetch *w, const struct rn_span *headers, uint32_t left)
{
	unsigned n = headers->len / (2 * w->pointer_bytes);
	for (unsigned i = 0; i < n && left; i++) {
		uint64_t len = word_of(w, headers, 2 * i + 1);
		if (len > left)
			len = left;
		rn_fetch_want(w, word_of(w, headers, 2 * i), len, rn_fetch_buffer_cap(w));
		left -= (uint32_t)len;
	}
}

static void step_iov(struct rn_fetch *w, const struct rn_pending *p)
{
	walk_payloads(w, p->span, p->left);
}

static void walk_iov(struct rn_fetch *w, uint64_t addr, uint64_t n, uint32_t payload)
{
	if (n > 1024) /* UIO_MAXIOV: the kernel refuses more */
		n = 1024;
	struct rn_pending *p = rn_fetch_want(w, addr, n * 2 * w->pointer_bytes, RN_CAPTURE_WHOLE_BYTES);
	p->step = RN_STEP_IOV;
	p->left = payload;
}

/* struct msghdr in words of the ABI: name, (u32) namelen, iov, iovlen, control, controllen, flags;
 * of the same layout but for the size of a word on all ABIs. */
#define MSG_WORDS 7u
#define NAME_MAX_BYTES 256u

static void walk_msg_parts(struct rn_fetch *w, const struct rn_span *s, unsigned word, uint32_t payload)
{
	if (s->len < (word + MSG_WORDS) * w->pointer_bytes)
		return;
	rn_fetch_want(w, word_of(w, s, word), (uint32_t)word_of(w, s, word + 1), NAME_MAX_BYTES);
	walk_iov(w, word_of(w, s, word + 2), word_of(w, s, word + 3), payload);
	rn_fetch_want(w, word_of(w, s, word + 4), word_of(w, s, word + 5), RN_CAPTURE_WHOLE_BYTES);
}

static void step_msg(struct rn_fetch *w, const struct rn_pending *p)
{
	walk_msg_parts(w, p->span, 0, p->left);
}

/* struct mmsghdr is a msghdr and how many bytes that message had, padded to a word. */
static void step_mmsg(struct rn_fetch *w, const struct rn_pending *p)
{
	unsigned per = MSG_WORDS + 1;
	for (unsigned at = 0; (at + per) * w->pointer_bytes <= p->span->len; at += per) {
		uint32_t moved = (uint32_t)word_of(w, p->span, at + MSG_WORDS);
		walk_msg_parts(w, p->span, at, w->phase == RN_PHASE_EXIT ? moved : UINT32_MAX);
	}
}

/* Where the NULL of a vector of pointers stands, or how many pointers were read. */
static unsigned vector_len(const struct rn_fetch *w, const struct rn_span *s)
{
	unsigned n = s->len / w->pointer_bytes, i = 0;
	while (i < n && word_of(w, s, i))
		i++;
	return i;
}

static void read_vector_on(struct rn_fetch *w, const struct rn_pending *p, unsigned n)
{
	struct rn_span *s = p->span;
	if (n < s->len / w->pointer_bytes) { /* the NULL is there */
		uint32_t reserved = s->len;
		s->len = s->wanted = (n + 1) * w->pointer_bytes;
		s->fault = 0;
		give_back(w->c, s, reserved);
	} else if (!s->fault && p->left > n) {
		uint32_t left = p->left - n;
		uint8_t step = p->step; /* p may move with the array's next level */
		struct rn_pending *q = rn_fetch_want(w, s->addr + s->len,
			(uint64_t)left * w->pointer_bytes, 512 * w->pointer_bytes);
		q->step = step;
		q->left = left;
		if (q->span)
			q->span->wanted = left < 512 ? left * w->pointer_bytes : 512 * w->pointer_bytes;
	}
}

static void step_envp(struct rn_fetch *w, const struct rn_pending *p)
{
	read_vector_on(w, p, vector_len(w, p->span));
}

static void step_argv(struct rn_fetch *w, const struct rn_pending *p)
{
	const struct rn_pending self = *p;
	unsigned n = vector_len(w, self.span);
	read_vector_on(w, &self, n);
	for (unsigned i = 0; i < n; i++)
		rn_fetch_string(w, word_of(w, self.span, i), RN_PATH_MAX);
}

static void step_sigset(struct rn_fetch *w, const struct rn_pending *p)
{
	rn_fetch_want(w, word_of(w, p->span, 0), word_of(w, p->span, 1), 128);
}

/* struct sock_fprog: a count of 8-byte instructions, at most BPF_MAXINSNS, and where they are. */
static void step_fprog(struct rn_fetch *w, const struct rn_pending *p)
{
	uint32_t n = p->span->len >= 2 ? p->span->bytes[0] | (uint32_t)p->span->bytes[1] << 8 : 0;
	rn_fetch_want(w, word_of(w, p->span, 1), (uint64_t)n * 8, 4096 * 8);
}

static uint64_t u64_at(const uint8_t *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof(v));
	return v;
}

/* <linux/bpf.h>: the license of a program, the path of an object, the name of a tracepoint. */
static void step_bpf(struct rn_fetch *w, const struct rn_pending *p)
{
	enum { PROG_LOAD = 5, OBJ_PIN = 6, OBJ_GET = 7, RAW_TRACEPOINT_OPEN = 0x11 };
	uint32_t command = (uint32_t)w->call->args[0], at = command == PROG_LOAD ? 16 : 0;
	bool has_string = command == PROG_LOAD || command == OBJ_PIN || command == OBJ_GET ||
		command == RAW_TRACEPOINT_OPEN;
	uint8_t word[8] = { 0 };
	if (!has_string || p->span->len <= at)
		return;
	memcpy(word, p->span->bytes + at, p->span->len - at < 8 ? p->span->len - at : 8);
	rn_fetch_string(w, u64_at(word), at ? 128 : RN_PATH_MAX);
}

#define IOCBS_MAX 64u /* of one call: more are kept as addresses */

static void step_iocbs(struct rn_fetch *w, const struct rn_pending *p)
{
	const struct rn_span *s = p->span;
	unsigned n = s->len / w->pointer_bytes;
	for (unsigned i = 0; i < n && i < IOCBS_MAX; i++)
		rn_fetch_want(w, word_of(w, s, i), 64, 64)->step = RN_STEP_IOCB;
}

/* <linux/aio_abi.h>: the command at 16, buffer at 24, its length at 32. */
static void step_iocb(struct rn_fetch *w, const struct rn_pending *p)
{
	enum { PWRITE = 1, PREADV = 7, PWRITEV = 8 };
	const uint8_t *b = p->span->bytes;
	if (p->span->len < 64)
		return;
	uint64_t addr = u64_at(b + 24), n = u64_at(b + 32);
	unsigned command = b[16] | (unsigned)b[17] << 8;
	if (command == PWRITE)
		rn_fetch_want(w, addr, n, rn_fetch_buffer_cap(w));
	else if (command == PREADV || command == PWRITEV)
		walk_iov(w, addr, n, command == PWRITEV ? UINT32_MAX : 0);
}

/* struct clone_args, all of 64 bits: flags, pidfd *, child_tid *, parent_tid *, exit_signal, stack,
 * stack_size, tls, set_tid *, set_tid_size, cgroup. */
static void step_clone3(struct rn_fetch *w, const struct rn_pending *p)
{
	enum { PIDFD = 0x1000, PARENT_SETTID = 0x100000, SET_TID_MAX = 32 };
	const struct rn_span *s = p->span;
	if (s->len < 64)
		return;
	uint64_t flags = u64_at(s->bytes);
	if (w->phase == RN_PHASE_EXIT && flags & PIDFD)
		rn_fetch_want(w, u64_at(s->bytes + 8), 4, 4);
	if (w->phase == RN_PHASE_EXIT && flags & PARENT_SETTID)
		rn_fetch_want(w, u64_at(s->bytes + 24), 4, 4);
	if (w->phase == RN_PHASE_ENTRY && s->len >= 80 && u64_at(s->bytes + 72) <= SET_TID_MAX)
		rn_fetch_want(w, u64_at(s->bytes + 64), u64_at(s->bytes + 72) * 4, SET_TID_MAX * 4);
}

static void walk_args(struct rn_fetch *w, unsigned dirs);

/* From here on the call carried is walked in the place of the one that carries it. */
static bool enter_inner(struct rn_fetch *w, const struct rn_span *s)
{
	uint32_t words[RN_INNER_WORDS];
	struct rn_inner_call inner;
	unsigned n = 0;
	for (; s && n < RN_INNER_WORDS && (n + 1) * 4 <= s->len; n++)
		words[n] = u32_at(s->bytes + 4 * n);
	if (!rn_inner_call(w->call->abi, w->call->desc, w->call->args, words, n, &inner))
		return false;
	w->inner = *w->call;
	w->inner.desc = inner.desc;
	memcpy(w->inner_args, inner.args, sizeof(w->inner_args));
	w->inner.args = w->inner_args;
	w->call = &w->inner;
	return true;
}

static void step_inner(struct rn_fetch *w, const struct rn_pending *p)
{
	if (enter_inner(w, p->span))
		walk_args(w, RN_IN);
}

static void step_blkpg(struct rn_fetch *w, const struct rn_pending *p)
{
	unsigned at = w->pointer_bytes == 8 ? 16 : 12;
	if (p->span->len >= at + w->pointer_bytes)
		rn_fetch_want(w, rn_fetch_word(w, p->span->bytes + at), 152, 152);
}

static step_function *const steps[RN_STEPS] = {
	[RN_STEP_STRING] = step_string,
	[RN_STEP_CLAMP] = step_clamp,
	[RN_STEP_IOV] = step_iov,
	[RN_STEP_MSG] = step_msg,
	[RN_STEP_MMSG] = step_mmsg,
	[RN_STEP_ARGV] = step_argv,
	[RN_STEP_ENVP] = step_envp,
	[RN_STEP_SIGSET] = step_sigset,
	[RN_STEP_FPROG] = step_fprog,
	[RN_STEP_BLKPG] = step_blkpg,
	[RN_STEP_BPF] = step_bpf,
	[RN_STEP_IOCBS] = step_iocbs,
	[RN_STEP_IOCB] = step_iocb,
	[RN_STEP_CLONE3] = step_clone3,
	[RN_STEP_INNER] = step_inner,
};

/* What the batch brought goes into the spans; then the steps, which may look at any of them. */
static void take_level(struct rn_fetch *w, unsigned n)
{
	struct rn_capturer *k = w->k;
	for (unsigned i = 0; i < n; i++) {
		struct rn_span *s = k->pending[i].span;
		if (!s)
			continue;
		s->len += k->range[i].got;
		s->fault = k->range[i].fault;
	}
	k->level_begin = n;
	for (unsigned i = 0; i < n; i++) {
		const struct rn_pending p = k->pending[i];
		w->arg = p.span ? p.span->arg : 0;
		if (steps[p.step])
			steps[p.step](w, &p);
	}
	k->n_ranges -= n;
	memmove(k->range, k->range + n, k->n_ranges * sizeof(*k->range));
	memmove(k->pending, k->pending + n, k->n_ranges * sizeof(*k->pending));
	k->level_begin = 0;
}

static int read_levels(struct rn_fetch *w, pid_t tid, struct rn_range *stack)
{
	struct rn_capturer *k = w->k;
	int r = 0;
	for (unsigned level = 0; k->n_ranges && level < MAX_LEVELS && r == 0; level++) {
		r = rn_memory_read(&k->memory, tid, k->range, k->n_ranges);
		if (level == 0 && stack)
			*stack = k->range[0];
		if (r == 0)
			take_level(w, k->n_ranges);
	}
	return r;
}

/* After an error OUT memory says nothing, but the headers of an iovec do: where it was to go. */
static bool is_due(const struct rn_arg *a, unsigned dirs, bool error)
{
	return a->dir & dirs || (error && a->kind == RN_ARG_IOV && a->dir & RN_OUT);
}

static void walk_args(struct rn_fetch *w, unsigned dirs)
{
	for (w->arg = 0; w->arg < 6; w->arg++) {
		const struct rn_arg *a = &w->call->desc->arg[w->arg];
		bool error = w->phase == RN_PHASE_EXIT && w->call->error;
		if (is_due(a, dirs, error) && a->kind < RN_ARG_KINDS && rn_walkers[a->kind])
			rn_walkers[a->kind](w, a);
	}
}

static struct rn_fetch walk_of(struct rn_capturer *k, struct rn_capture *c,
	const struct rn_capture_call *call, enum rn_span_phase phase)
{
	const struct rn_abi_desc *abi = rn_abi_desc(call->abi);
	k->n_ranges = k->level_begin = 0;
	return (struct rn_fetch){
		.k = k, .c = c, .call = call, .phase = phase,
		.pointer_bytes = abi ? abi->pointer_bytes : 8,
	};
}

/* Arguments of a call that another carries lie in memory: they are the first level. */
static void walk_entry(struct rn_fetch *w)
{
	const struct rn_capture_call *call = w->call;
	uint64_t at = rn_inner_at(call->abi, call->desc, call->args);
	w->arg = 0;
	if (at)
		rn_fetch_want(w, at, 4 * RN_INNER_WORDS, 4 * RN_INNER_WORDS)->step = RN_STEP_INNER;
	else
		enter_inner(w, NULL), walk_args(w, RN_IN);
}

static void enter_inner_at_exit(struct rn_fetch *w)
{
	uint64_t at = rn_inner_at(w->call->abi, w->call->desc, w->call->args);
	enter_inner(w, at ? rn_capture_find(w->c, RN_PHASE_ENTRY, at, 4) : NULL);
}

int rn_capture_entry(struct rn_capturer *k, struct rn_capture *c, pid_t tid,
	const struct rn_capture_call *call, struct rn_range *stack)
{
	struct rn_fetch w = walk_of(k, c, call, RN_PHASE_ENTRY);
	bool with_stack = stack && stack->wanted;
	if (with_stack)
		add_range(k, NULL, stack->addr, stack->into, stack->wanted);
	w.arg = RN_SPAN_STACK;
	if (call->interrupted_bytes)
		rn_fetch_want(&w, call->interrupted_sp, call->interrupted_bytes, call->interrupted_bytes);
	if (call->desc)
		walk_entry(&w);
	int r = read_levels(&w, tid, with_stack ? stack : NULL);
	c->n_entry_spans = c->n_spans;
	return r;
}

int rn_capture_exit(struct rn_capturer *k, struct rn_capture *c, pid_t tid,
	const struct rn_capture_call *call)
{
	struct rn_fetch w = walk_of(k, c, call, RN_PHASE_EXIT);
	if (!call->desc)
		return 0;
	enter_inner_at_exit(&w);
	walk_args(&w, call->error ? RN_OUT_ALWAYS : RN_OUT | RN_OUT_ALWAYS);
	return read_levels(&w, tid, NULL);
}
