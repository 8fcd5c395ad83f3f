/* SPDX-License-Identifier: MIT */
/* What memory that was read names itself: the payloads of vectors, the strings of argv, the parts of a message. */
#include "record/capture/fetch.h"

#include <string.h>

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
		rn_fetch_give_back(w->c, s, reserved);
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

#define PROGRAM_MAX (4096 * 8) /* BPF_MAXINSNS instructions */

/* struct sock_fprog: a count of 8-byte instructions, at most BPF_MAXINSNS, and where they are. */
static void step_fprog(struct rn_fetch *w, const struct rn_pending *p)
{
	uint32_t n = p->span->len >= 2 ? p->span->bytes[0] | (uint32_t)p->span->bytes[1] << 8 : 0;
	rn_fetch_want(w, word_of(w, p->span, 1), (uint64_t)n * 8, PROGRAM_MAX);
}

static uint64_t u64_at(const uint8_t *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof(v));
	return v;
}

static uint64_t attribute(const struct rn_span *s, uint32_t at)
{
	uint8_t word[8] = { 0 };
	if (s->len > at)
		memcpy(word, s->bytes + at, s->len - at < 8 ? s->len - at : 8);
	return u64_at(word);
}

/* <linux/bpf.h>: a program and its license, the path of an object, the name of a tracepoint. */
static void step_bpf(struct rn_fetch *w, const struct rn_pending *p)
{
	enum { PROG_LOAD = 5, OBJ_PIN = 6, OBJ_GET = 7, RAW_TRACEPOINT_OPEN = 0x11 };
	uint32_t command = (uint32_t)w->call->args[0];
	if (command == PROG_LOAD) {
		uint64_t n = attribute(p->span, 0) >> 32;
		rn_fetch_string(w, attribute(p->span, 16), 128);
		rn_fetch_want(w, attribute(p->span, 8), n * 8, PROGRAM_MAX);
	} else if (command == OBJ_PIN || command == OBJ_GET || command == RAW_TRACEPOINT_OPEN) {
		rn_fetch_string(w, attribute(p->span, 0), RN_PATH_MAX);
	}
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

static void step_blkpg(struct rn_fetch *w, const struct rn_pending *p)
{
	unsigned at = w->pointer_bytes == 8 ? 16 : 12;
	if (p->span->len >= at + w->pointer_bytes)
		rn_fetch_want(w, rn_fetch_word(w, p->span->bytes + at), 152, 152);
}

rn_step_function *const rn_steps[RN_STEPS] = {
	[RN_STEP_STRING] = rn_step_string,
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
	[RN_STEP_INNER] = rn_step_inner,
};
