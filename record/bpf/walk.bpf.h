/* SPDX-License-Identifier: MIT */
/**
 * walk - what record/capture/walk.c does for a stopped thread, done by the thread itself.
 *
 * The rule of a call has at most one operation for each argument and phase (table.c makes them of
 * the syscall table). Nested memory is walked by a function for each shape; bounds are the kernel's
 * own (1024 elements of an iovec), so that what is left out does not exist.
 */
#ifndef RN_RECORD_BPF_WALK_BPF_H
#define RN_RECORD_BPF_WALK_BPF_H

#include "record/bpf/fetch.bpf.h"
#include "record/capture/sockopt.h"

#define WHOLE_BYTES 65536u
#define MAX_IOV 1024
#define NAME_BYTES 256u
#define MSG_WORDS 7u
#define EINTR 4
#define ERESTART_RESTARTBLOCK 516

/* Buffer i of the iovec that was fetched; where the walk stands is in memory, not in registers: the
 * verifier need not follow it from step to step. */
TURN int payload_step(__u32 at, __u32 i)
{
	struct scratch *s = get_scratch();
	if (!s || i >= length_of(s, (int)at) / (s->word == 8 ? 16 : 8) || !s->left)
		return 1;
	__u64 len = word_of(s, (int)at, 2 * i + 1);
	if (len > s->left)
		len = s->left;
	fetch(word_of(s, (int)at, 2 * i), len, settings.string_bytes);
	s->left -= (__u32)len;
	return 0;
}

static long payload_turn(__u32 i, void *at)
{
	return payload_step(*(__u32 *)at, i) != 0;
}

/* The buffers of the iovec that was fetched, `left` bytes in all. */
static __always_inline int walk_payloads(__u32 at, __u32 left)
{
	struct scratch *s = get_scratch();
	if (!s)
		return 0;
	s->left = left;
	if (CAN_CALL_BACK) {
		bpf_loop(MAX_IOV, payload_turn, &at, 0);
		return 0;
	}
	for (__u32 i = 0; i < MAX_IOV; i++)
		if (payload_step(at, i))
			break;
	return 0;
}

noinline int walk_iov(__u64 addr, __u64 n, __u32 payload)
{
	struct scratch *s = get_scratch();
	if (!s)
		return 0;
	if (n > MAX_IOV)
		n = MAX_IOV;
	int at = fetch(addr, n * 2 * s->word, WHOLE_BYTES);
	if (at >= 0 && payload)
		walk_payloads((__u32)at, payload);
	return 0;
}

/* struct msghdr in words: name, namelen, iov, iovlen, control, controllen, flags. */
noinline int walk_msg_parts(__u32 at, __u32 word, __u32 payload)
{
	struct scratch *s = get_scratch();
	if (!s || length_of(s, (int)at) < (word + MSG_WORDS) * s->word)
		return 0;
	fetch(word_of(s, (int)at, word), (__u32)word_of(s, (int)at, word + 1), NAME_BYTES);
	walk_iov(word_of(s, (int)at, word + 2), word_of(s, (int)at, word + 3), payload);
	fetch(word_of(s, (int)at, word + 4), word_of(s, (int)at, word + 5), WHOLE_BYTES);
	return 0;
}

static __always_inline __u32 payload_now(struct scratch *s)
{
	__s64 ret = s->head.ret;
	if (s->phase == ENTRY)
		return 0xffffffff;
	return ret > 0 && ret < 0xffffffff ? (__u32)ret : 0;
}

TURN int mmsg_step(__u32 at, __u32 i)
{
	struct scratch *s = get_scratch();
	__u32 word = i * (MSG_WORDS + 1);
	if (!s || (word + MSG_WORDS + 1) * s->word > length_of(s, (int)at))
		return 1;
	walk_msg_parts(at, word, s->phase == EXIT ?
		(__u32)word_of(s, (int)at, word + MSG_WORDS) : 0xffffffff);
	return 0;
}

struct mmsg_turns {
	__u32 at, n;
};

static long mmsg_turn(__u32 i, void *data)
{
	struct mmsg_turns *turns = data;
	return i >= turns->n || mmsg_step(turns->at, i) != 0;
}

/* Nothing is in the buffers yet at the entry of a call that fills them. */
static __always_inline int walk_mmsg(__u64 addr, __u64 n)
{
	struct scratch *s = get_scratch();
	if (!s)
		return 0;
	__s64 ret = s->head.ret;
	if (s->phase == EXIT && ret >= 0 && (__u64)ret < n)
		n = (__u64)ret;
	if (n > MAX_IOV)
		n = MAX_IOV;
	int at = fetch(addr, n * 8 * s->word, WHOLE_BYTES);
	if (at < 0 || !(s->op.flags & RN_BPF_PAYLOAD))
		return 0;
	if (CAN_CALL_BACK) {
		struct mmsg_turns turns = { (__u32)at, (__u32)n };
		bpf_loop(MAX_IOV, mmsg_turn, &turns, 0);
		return 0;
	}
	for (__u32 i = 0; i < MAX_IOV; i++)
		if (i >= n || mmsg_step((__u32)at, i))
			break;
	return 0;
}

noinline int vector_ends(__u32 at, __u32 i)
{
	struct scratch *s = get_scratch();
	return !s || !word_of(s, (int)at, i);
}

struct vector_turns {
	__u32 at, n;
};

static long vector_turn(__u32 i, void *data)
{
	struct vector_turns *turns = data;
	turns->n = i;
	return vector_ends(turns->at, i) != 0;
}

/* Where the NULL of a vector stands, or how many pointers were read. */
noinline int vector_length(__u32 at)
{
	if (CAN_CALL_BACK) {
		struct vector_turns turns = { at, 0 };
		return bpf_loop(512, vector_turn, &turns, 0) < 512 || vector_ends(at, 511) ? (int)turns.n : 512;
	}
	for (__u32 i = 0; i < 512; i++)
		if (vector_ends(at, i))
			return (int)i;
	return 512;
}

noinline int string_step(__u32 at, __u32 i)
{
	struct scratch *s = get_scratch();
	if (!s)
		return 1;
	fetch_string(word_of(s, (int)at, i), PAGE);
	return 0;
}

static long string_turn(__u32 i, void *data)
{
	struct vector_turns *turns = data;
	return i >= turns->n || string_step(turns->at, i) != 0;
}

noinline int fetch_strings(__u32 at, __u32 n)
{
	if (CAN_CALL_BACK) {
		struct vector_turns turns = { at, n };
		bpf_loop(512, string_turn, &turns, 0);
		return 0;
	}
	for (__u32 i = 0; i < 512; i++)
		if (i >= n || string_step(at, i))
			break;
	return 0;
}

/* Pointers up to a NULL, the first chunk small: most vectors are. */
noinline int walk_vector(__u64 addr, __u32 first, __u32 strings)
{
	struct scratch *s = get_scratch();
	__u32 chunk = first;
	if (!s)
		return 0;
	for (int i = 0; i < 3; i++) {
		int at = fetch(addr, chunk * s->word, WHOLE_BYTES);
		if (at < 0)
			break;
		__u32 n = (__u32)vector_length((__u32)at);
		bool ends = (n + 1) * s->word <= length_of(s, at);
		bool fault = length_of(s, at) < chunk * s->word;
		if (ends)
			cut_span(s, at, (n + 1) * s->word);
		if (strings)
			fetch_strings((__u32)at, n);
		if (ends || fault)
			break;
		addr += chunk * s->word;
		chunk = 512;
	}
	return 0;
}

/* struct clone_args: flags, pidfd *, child_tid *, parent_tid *, exit_signal, stack, stack_size, tls,
 * set_tid *, set_tid_size, cgroup; all of 64 bits. */
noinline int walk_clone3(__u32 at)
{
	enum { PIDFD = 0x1000, PARENT_SETTID = 0x100000, SET_TID_MAX = 32 };
	struct scratch *s = get_scratch();
	if (!s || length_of(s, (int)at) < 64)
		return 0;
	__u32 word = s->word;
	s->word = 8;
	__u64 flags = word_of(s, (int)at, 0);
	__u64 pidfd = word_of(s, (int)at, 1), parent_tid = word_of(s, (int)at, 3);
	__u64 set_tid = word_of(s, (int)at, 8), n = word_of(s, (int)at, 9);
	s->word = word;
	if (s->phase == EXIT && flags & PIDFD)
		fetch(pidfd, 4, 4);
	if (s->phase == EXIT && flags & PARENT_SETTID)
		fetch(parent_tid, 4, 4);
	if (s->phase == ENTRY && n <= SET_TID_MAX)
		fetch(set_tid, n * 4, SET_TID_MAX * 4);
	return 0;
}

static __always_inline __u64 count_of(struct scratch *s, const struct rn_bpf_op *op)
{
	__u32 len = op->len;
	__u64 v = 0;
	if (len >= RN_BPF_ARG0 && len <= RN_BPF_ARG5)
		v = s->args[(len - RN_BPF_ARG0) & 7];
	else if (len >= RN_BPF_PTR0 && len <= RN_BPF_PTR5)
		v = s->phase == EXIT ? s->out_len : 0xffffffff;
	else if (len == RN_BPF_RET)
		v = s->phase == EXIT && s->head.ret > 0 ? (__u64)s->head.ret : 0;
	else if (len == RN_BPF_PAGES1)
		v = s->args[1] / 4096 + (s->args[1] % 4096 != 0);
	else
		v = op->aux;
	if (op->more & RN_BPF_COUNT_32)
		v = (__u32)v;
	if (op->more & RN_BPF_ROUND_WORD && v < op->cap)
		v = (v + s->word - 1) & ~(__u64)(s->word - 1);
	if (op->more & RN_BPF_MANY_BITS) {
		v = ((v < 8 * WHOLE_BYTES ? v : 8 * WHOLE_BYTES) + 63) / 64;
	} else if (op->flags & RN_BPF_WORDS64) {
		if ((__s32)v <= 0)
			return 0;
		v = ((__u32)v + 63) / 64;
	}
	if (op->flags & RN_BPF_ZERO_IS_8 && !v)
		v = 8;
	return v;
}

/* Memory whose length lies behind a pointer is cut to what that says now. */
static __always_inline void clamp(struct scratch *s, const struct rn_bpf_op *op, int at)
{
	struct rn_bpf_span *p = (void *)(s->data + ((__u32)at & DATA_MASK));
	__u32 now = 0;
	if (bpf_probe_read_user(&now, sizeof(now),
		(void *)s->args[(op->len - RN_BPF_PTR0) & 7]) || now >= p->wanted)
		return;
	if (p->len >= now)
		cut_span(s, at, now);
	else
		p->wanted = now;
}

static __always_inline void walk_bytes(struct scratch *s, const struct rn_bpf_op *op, __u64 addr)
{
	__u64 n = count_of(s, op);
	if (n > 0xffffffff)
		n = 0xffffffff;
	int at = fetch(addr, n * op->each + (n < 0xffffffff ? op->add : 0), op->cap);
	if (at >= 0 && op->flags & RN_BPF_CLAMP && s->phase == EXIT)
		clamp(s, op, at);
}

/* The operation a command stands for takes the place of op. */
static __always_inline bool resolve(struct scratch *s, struct rn_bpf_op *op)
{
	enum { IOC_WRITE = 1, IOC_READ = 2, IFREQ_FIRST = 0x8910, IFREQ_LAST = 0x89a3 };
	__u32 command = (__u32)(s->args[op->each & 7] >> (op->shift & 31));
	struct rn_bpf_command key = {
		.table = op->aux, .arg = op->arg, .phase = (__u8)s->phase, .command = command & op->cap,
	};
	struct rn_bpf_op *found = bpf_map_lookup_elem(&commands, &key);
	if (found) {
		*op = *found;
		return found->code != RN_BPF_OP_NONE;
	}
	if (op->code != RN_BPF_OP_IOCTL)
		return false;
	__u32 bytes = command >> 16 & 0x3fff;
	if (command >= IFREQ_FIRST && command <= IFREQ_LAST)
		bytes = s->word == 8 ? 40 : 32;
	else if (!(command >> 30 & (s->phase == ENTRY ? IOC_WRITE : IOC_READ)))
		return false;
	op->code = RN_BPF_OP_BYTES;
	op->len = RN_BPF_CONST;
	op->aux = (__u16)bytes;
	op->each = 1;
	op->add = 0;
	op->cap = WHOLE_BYTES;
	op->flags = 0;
	return true;
}

/* Whether an operation that is there under a condition is due. */
static __always_inline bool is_due(struct scratch *s, const struct rn_bpf_op *op)
{
	enum { CLONE_TIDS = 0x1000 | 0x100000 };
	if (s->phase == EXIT && s->error && !(op->flags & RN_BPF_ON_ERROR))
		return false;
	if (op->flags & RN_BPF_INTERRUPTED)
		return s->head.ret == -EINTR || s->head.ret == -ERESTART_RESTARTBLOCK;
	if (op->flags & RN_BPF_CLONE_TIDS)
		return s->args[0] & CLONE_TIDS;
	return true;
}

/* <linux/bpf.h>: members of its attributes are 8 bytes on all ABIs. As record/capture/steps.c has it. */
static __always_inline void walk_attr(struct scratch *s, int at)
{
	enum { PROG_LOAD = 5, OBJ_PIN = 6, OBJ_GET = 7, RAW_TRACEPOINT_OPEN = 0x11 };
	__u32 command = (__u32)s->args[0], word = s->word;
	s->word = 8;
	__u64 head = word_of(s, at, 0), program = word_of(s, at, 1), license = word_of(s, at, 2);
	s->word = word;
	if (command == PROG_LOAD) {
		fetch_string(license, 128);
		fetch(program, (head >> 32) * 8, 4096 * 8);
	} else if (command == OBJ_PIN || command == OBJ_GET || command == RAW_TRACEPOINT_OPEN) {
		fetch_string(head, PAGE);
	}
}

noinline int run_op(__u32 i)
{
	struct scratch *s = get_scratch();
	if (!s)
		return 0;
	const struct rn_bpf_rule *rule = rule_of(s->head.abi, s->nr);
	if (!rule || i >= RN_BPF_OPS)
		return 0;
	s->op = rule->op[s->phase & 1][i];
	struct rn_bpf_op *op = &s->op;
	s->arg = op->arg;
	if (!is_due(s, op))
		return 0;
	if ((op->code == RN_BPF_OP_COMMAND || op->code == RN_BPF_OP_IOCTL) && !resolve(s, op))
		return 0;
	__u64 addr = op->flags & RN_BPF_SP ? s->head.sp + op->add : s->args[op->arg & 7];
	int at;
	switch (op->code) {
	case RN_BPF_OP_BYTES:
		walk_bytes(s, op, addr);
		break;
	case RN_BPF_OP_STRING:
		fetch_string(addr, op->len == RN_BPF_RET ? count_of(s, op) : op->cap);
		break;
	case RN_BPF_OP_IOV:
		walk_iov(addr, count_of(s, op), op->flags & RN_BPF_PAYLOAD ?
			(op->cap ? op->cap : payload_now(s)) : 0);
		break;
	case RN_BPF_OP_MSG:
		at = fetch(addr, MSG_WORDS * s->word, WHOLE_BYTES);
		if (at >= 0 && op->flags & RN_BPF_PAYLOAD)
			walk_msg_parts((__u32)at, 0, payload_now(s));
		break;
	case RN_BPF_OP_MMSG:
		walk_mmsg(addr, count_of(s, op));
		break;
	case RN_BPF_OP_ARGV:
		walk_vector(addr, 32, 1);
		break;
	case RN_BPF_OP_ENVP:
		walk_vector(addr, 128, op->more & RN_BPF_STRINGS);
		break;
	case RN_BPF_OP_SIGSET:
		at = fetch(addr, 2 * s->word, 16);
		if (at >= 0)
			fetch(word_of(s, at, 0), word_of(s, at, 1), 128);
		break;
	case RN_BPF_OP_SOCKOPT:
		if (s->phase == EXIT || !rn_sockopt_is_filter((__u32)s->args[1], (__u32)s->args[2]) ||
			(__u32)s->args[4] != 2 * s->word) {
			walk_bytes(s, op, addr);
			break;
		}
		/* fall through */
	case RN_BPF_OP_FPROG:
		at = fetch(addr, 2 * s->word, 16);
		if (at >= 0)
			fetch(word_of(s, at, 1), (word_of(s, at, 0) & 0xffff) * 8, 4096 * 8);
		break;
	case RN_BPF_OP_ATTR:
		at = fetch(addr, count_of(s, op), op->cap);
		if (at >= 0 && s->phase == ENTRY)
			walk_attr(s, at);
		break;
	case RN_BPF_OP_BLKPG: /* three ints, a pointer to a struct blkpg_partition */
		at = fetch(addr, s->word == 8 ? 24 : 16, 24);
		if (at >= 0)
			fetch(word_of(s, at, s->word == 8 ? 2 : 3), 152, 152);
		break;
	case RN_BPF_OP_CLONE3:
		at = fetch(addr, count_of(s, op), op->cap);
		if (at >= 0)
			walk_clone3((__u32)at);
		break;
	}
	return 0;
}

static __always_inline void run_ops(struct scratch *s, enum phase phase, __u32 n)
{
	s->phase = phase;
	for (__u32 i = 0; i < RN_BPF_OPS; i++) {
		if (i >= n)
			break;
		run_op(i);
	}
}

/* Where words of a call carried lie; 0: it has none in memory. */
static __always_inline __u64 inner_at(const struct scratch *s, __u32 inner)
{
	if (inner == RN_BPF_INNER_SOCKET)
		return s->head.args[1];
	if (inner == RN_BPF_INNER_SELECT || inner == RN_BPF_INNER_MMAP)
		return s->head.args[0];
	bool semctl = (s->head.args[0] & 0xffff) == 3, old_msgrcv = s->head.args[0] == 12;
	return semctl || old_msgrcv ? s->head.args[4] : 0;
}

/* The call carried takes the place of the one that carries it. False: there is none. */
noinline int enter_inner(__u32 inner, __u32 phase)
{
	enum { MSGRCV = 12, SEMCTL = 3 };
	__u32 words[8] = { 0 };
	struct scratch *s = get_scratch();
	if (!s)
		return 0;
	__u64 at = inner_at(s, inner), command = s->head.args[0];
	__u32 nr = rn_bpf_inner_nr(inner, command);
	const struct rn_bpf_rule *rule = rule_of(RN_BPF_ABI_I386, nr);
	if (!nr || !rule || !rule->inner)
		return 0;
	s->phase = phase;
	s->arg = 0;
	if (at && phase == ENTRY)
		fetch(at, 24, 24);
	if (at && bpf_probe_read_user(words, 24, (void *)at) && bpf_probe_read_user(words, 8, (void *)at))
		return 1; /* there is nothing to go by */
	for (int i = 0; i < 6; i++) {
		__u8 from = rule->from[i];
		s->args[i] = from & 8 ? words[from & 7] : s->head.args[from < 6 ? from : 0];
	}
	if (inner == RN_BPF_INNER_IPC && (command & 0xffff) == SEMCTL)
		s->args[3] = words[0];
	if (inner == RN_BPF_INNER_IPC && command == MSGRCV) {
		s->args[1] = words[0];
		s->args[3] = words[1];
	}
	if (rule->flags & RN_BPF_OUT_LEN && phase == ENTRY)
		bpf_probe_read_user(&s->out_len, sizeof(s->out_len), (void *)s->args[rule->out_arg & 7]);
	s->nr = nr;
	run_ops(s, phase, rule->n_ops[phase & 1]);
	return 1;
}

static __always_inline void run_rule(struct scratch *s, enum phase phase, const struct rn_bpf_rule *rule)
{
	if (!rule->inner || !enter_inner(rule->inner, phase))
		run_ops(s, phase, rule->n_ops[phase]);
	s->nr = s->head.nr;
	__builtin_memcpy(s->args, s->head.args, sizeof(s->head.args));
}

#endif
