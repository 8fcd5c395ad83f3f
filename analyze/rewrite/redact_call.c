/* SPDX-License-Identifier: MIT */
#include "analyze/rewrite/redact_call.h"

#include "shared/arch.h"
#include "shared/syscall.h"

#include <string.h>

/* Records of plain numbers that tell of the kernel's state, not of what a program holds. */
static bool is_plain(unsigned record)
{
	switch (record) {
	case RN_REC_int: case RN_REC_uint: case RN_REC_u64: case RN_REC_word: case RN_REC_size:
	case RN_REC_loff: case RN_REC_offset: case RN_REC_socklen: case RN_REC_uid: case RN_REC_uid16:
	case RN_REC_time: case RN_REC_timer: case RN_REC_mempolicy: case RN_REC_wait_status:
	case RN_REC_timespec: case RN_REC_timespec64: case RN_REC_timeval: case RN_REC_timeval64:
	case RN_REC_timezone: case RN_REC_itimerval: case RN_REC_itimerspec: case RN_REC_itimerspec64:
	case RN_REC_utimbuf: case RN_REC_tms: case RN_REC_timex: case RN_REC_timex64:
	case RN_REC_stat: case RN_REC_stat64: case RN_REC_oldstat: case RN_REC_statx:
	case RN_REC_statfs: case RN_REC_statfs64: case RN_REC_ustat: case RN_REC_open_how:
	case RN_REC_flock: case RN_REC_flock64: case RN_REC_f_owner_ex: case RN_REC_cachestat_range:
	case RN_REC_cachestat: case RN_REC_pollfd: case RN_REC_winsize: case RN_REC_rusage:
	case RN_REC_rlimit: case RN_REC_rlimit64: case RN_REC_clone_args: case RN_REC_sched_param:
	case RN_REC_sched_attr: case RN_REC_cap_header: case RN_REC_cap_data: case RN_REC_sysinfo:
	case RN_REC_sigaction: case RN_REC_old_sigaction: case RN_REC_stack:
		return true;
	default:
		return false;
	}
}

enum way { DROP, KEEP, PATH, ADDRESS, VECTOR, ENVIRONMENT, TEXT };

static enum way way_of(const struct rn_arg *a)
{
	switch (a->kind) {
	case RN_ARG_PATH:
		return PATH;
	case RN_ARG_ADDR:
		return ADDRESS;
	case RN_ARG_ARGV:
		return VECTOR;
	case RN_ARG_ENVP:
		return ENVIRONMENT;
	case RN_ARG_STR:
		return TEXT;
	case RN_ARG_REC:
	case RN_ARG_ARR:
	case RN_ARG_REM:
	case RN_ARG_UTIMES:
	case RN_ARG_CAPS:
		return is_plain(a->aux) ? KEEP : DROP;
	case RN_ARG_SIGSET:
	case RN_ARG_SIGFRAME:
	case RN_ARG_SIGSET_PTRLEN:
	case RN_ARG_FDSET:
	case RN_ARG_FDPAIR:
	case RN_ARG_CPUSET:
	case RN_ARG_NODESET:
	case RN_ARG_CLONE_ARGS:
	case RN_ARG_CLONE_ARG:
		return KEEP;
	default:
		return DROP;
	}
}

static int set_text(struct rn_span *s, struct rn_bytes text, bool terminated, struct rn_redact *r,
	struct rn_error *err)
{
	uint8_t *kept = rn_arena_zalloc(&r->arena, text.len + 1, 1);
	if (!kept)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	memcpy(kept, text.p, text.len);
	s->bytes = kept;
	s->len = (uint32_t)text.len + terminated;
	s->wanted = terminated || s->wanted < s->len ? s->len : s->wanted;
	return 0;
}

/* A path, or with `vector` a word of a vector; its NUL stays where it had one. */
static int replace_text(struct rn_redact *r, struct rn_span *s, bool vector, struct rn_error *err)
{
	bool terminated = s->len && !s->bytes[s->len - 1];
	struct rn_bytes text = rn_bytes_of(s->bytes, s->len - terminated);
	int rc = 0;
	if (text.len && (!vector || memchr(text.p, '/', text.len)))
		rc = rn_redact_path(r, &text, vector ? RN_REDACTED_VECTORS : RN_REDACTED_PATHS, err);
	else if (text.len)
		rc = rn_redact_words(r, &text, RN_REDACTED_VECTORS, err);
	if (!rc && text.len && !text.p[text.len - 1])
		text.len--; /* of the list */
	return rc ? rc : set_text(s, text, terminated, r, err);
}

static int replace_address(struct rn_redact *r, struct rn_span *s, struct rn_error *err)
{
	uint8_t *kept = rn_arena_alloc(&r->arena, s->len + 1, 1);
	if (!kept)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	memcpy(kept, s->bytes, s->len);
	s->bytes = kept;
	rn_redact_count(r, RN_REDACTED_ADDRESSES, s->len);
	return rn_pseudonym_sockaddr(&r->names, kept, s->len, err);
}

/* *keep false: the span goes. */
static int redact_span(struct rn_redact *r, enum way way, struct rn_span *s, bool *keep,
	struct rn_error *err)
{
	*keep = true;
	switch (way) {
	case KEEP:
		return 0;
	case PATH:
		return replace_text(r, s, false, err);
	case VECTOR: /* the pointers stay, the strings do not */
		return s->string ? replace_text(r, s, true, err) : 0;
	case ADDRESS:
		return replace_address(r, s, err);
	case ENVIRONMENT:
		*keep = !s->string;
		if (s->string)
			rn_redact_count(r, RN_REDACTED_ENVIRONMENTS, s->len);
		return 0;
	default:
		*keep = false;
		rn_redact_count(r, way == TEXT ? RN_REDACTED_STRINGS : RN_REDACTED_BUFFERS, s->len);
		return 0;
	}
}

#define STACK_REACH_BYTES ((uint64_t)8 << 20)

static bool is_above(uint64_t stack, uint64_t word)
{
	return stack && word - stack < STACK_REACH_BYTES;
}

static bool is_address(struct rn_redact *r, const struct rn_event *ev, uint64_t word)
{
	struct rn_place place;
	if (is_above(ev->call.stack_addr, word))
		return true;
	for (uint32_t i = 0; ev->call.flags & RN_CALL_TWO_STACKS && i < ev->call.n_spans; i++)
		if (ev->call.spans[i].arg == RN_SPAN_STACK && is_above(ev->call.spans[i].addr, word))
			return true;
	return word > 4096 && rn_modules_find(r->modules, ev->utid, ev->ts_ns, word, &place);
}

/* A stack with zeros for all but addresses; NULL: no memory. */
static const uint8_t *scrubbed(struct rn_redact *r, const struct rn_event *ev, const uint8_t *from, uint32_t len)
{
	uint8_t *stack = rn_arena_alloc(&r->arena, (size_t)len + 8, 1);
	for (uint32_t at = 0; stack && at < len; at += 8) {
		uint64_t word = 0;
		memcpy(&word, from + at, len - at < 8 ? len - at : 8);
		if (word && !is_address(r, ev, word)) {
			rn_redact_count(r, RN_REDACTED_STACKS, 8);
			word = 0;
		}
		memcpy(stack + at, &word, 8);
	}
	return stack;
}

/* The stack that a signal interrupted, beside the handler's own. */
static int redact_second(struct rn_redact *r, const struct rn_event *ev, struct rn_span *s, bool *keep,
	struct rn_error *err)
{
	*keep = r->scrub_stacks;
	if (!*keep)
		rn_redact_count(r, RN_REDACTED_STACKS, s->len);
	else if (!(s->bytes = scrubbed(r, ev, s->bytes, s->len)))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	return 0;
}

static int redact_spans(struct rn_redact *r, struct rn_event *ev, struct rn_error *err)
{
	struct rn_call *c = &ev->call;
	const struct rn_syscall *desc = rn_syscall((enum rn_abi)c->abi, c->nr);
	struct rn_span *spans = rn_arena_alloc(&r->arena, c->n_spans + 1, sizeof(*spans));
	uint32_t n = 0;
	int rc = spans ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	for (uint32_t i = 0; i < c->n_spans && !rc; i++) {
		struct rn_span s = c->spans[i];
		bool keep;
		enum way way = desc && s.arg < desc->n_args ? way_of(&desc->arg[s.arg]) : DROP;
		rc = s.arg == RN_SPAN_STACK ? redact_second(r, ev, &s, &keep, err) :
			redact_span(r, way, &s, &keep, err);
		if (!rc && keep)
			spans[n++] = s;
	}
	c->spans = spans;
	c->n_spans = rc ? 0 : n;
	return rc;
}

/* Data moves through these; the others are flags, selectors and addresses of the machine's own. */
static bool is_general(uint32_t n_regs, uint32_t slot)
{
	if (n_regs == RN_REGS_X86_64)
		return slot <= RN_X86_RDI && slot != RN_X86_RAX;
	return slot <= 30;
}

static int scrub(struct rn_redact *r, struct rn_event *ev, struct rn_error *err)
{
	struct rn_call *c = &ev->call;
	uint64_t *regs = rn_arena_alloc(&r->arena, c->n_regs + 1, sizeof(*regs));
	const uint8_t *stack = scrubbed(r, ev, c->stack, c->stack_len);
	if (!regs || !stack)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	for (uint32_t i = 0; i < c->n_regs; i++) {
		regs[i] = is_general(c->n_regs, i) && !is_address(r, ev, c->regs[i]) ? 0 : c->regs[i];
		if (regs[i] != c->regs[i])
			rn_redact_count(r, RN_REDACTED_REGISTERS, 8);
	}
	c->regs = c->n_regs ? regs : NULL;
	c->stack = stack;
	return 0;
}

static void drop(struct rn_redact *r, struct rn_call *c)
{
	if (c->n_regs)
		rn_redact_count(r, RN_REDACTED_REGISTERS, c->n_regs * 8);
	if (c->stack_len)
		rn_redact_count(r, RN_REDACTED_STACKS, c->stack_len);
	c->regs = NULL;
	c->stack = NULL;
	c->n_regs = c->stack_len = c->stack_wanted = 0;
	c->flags = (uint16_t)((c->flags & ~RN_CALL_TWO_STACKS) | RN_CALL_NO_REGS);
}

/* Registers that are no argument of the call hold whatever the program had in them. */
static void redact_args(struct rn_redact *r, struct rn_call *c)
{
	const struct rn_syscall *desc = rn_syscall((enum rn_abi)c->abi, c->nr);
	for (unsigned i = desc ? desc->n_args : 0; i < 6; i++) {
		if (c->args[i])
			rn_redact_count(r, RN_REDACTED_REGISTERS, 8);
		c->args[i] = 0;
	}
}

int rn_redact_call(struct rn_redact *r, struct rn_event *ev, struct rn_error *err)
{
	redact_args(r, &ev->call);
	int rc = r->scrub_stacks ? scrub(r, ev, err) : 0; /* by where both stacks are */
	if (!rc)
		rc = redact_spans(r, ev, err);
	if (!rc && !r->scrub_stacks)
		drop(r, &ev->call);
	return rc;
}
