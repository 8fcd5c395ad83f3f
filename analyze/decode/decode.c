/* SPDX-License-Identifier: MIT */
/* The driver: looks the call up in the table and lets the printer of each argument's kind write.
 * A call nobody knows shows its six registers. */
#include "analyze/decode/decode.h"
#include "analyze/decode/kinds.h"
#include "analyze/decode/results.h"

static const struct rn_decode_style default_style = { .string_limit = 32 };
static const struct rn_decode_env default_env = { .style = &default_style };

/* The call that another one carries, as far as its arguments were captured. */
static bool inner_call(const struct rn_call *call, struct rn_inner_call *inner)
{
	const struct rn_syscall *outer = rn_syscall((enum rn_abi)call->abi, call->nr);
	uint32_t words[RN_INNER_WORDS];
	uint64_t args[6], v;
	unsigned n = 0;
	if (call->abi != RN_ABI_I386)
		return false;
	for (unsigned i = 0; i < 6; i++)
		args[i] = call->args[i] & UINT32_MAX;
	uint64_t at = rn_inner_at(RN_ABI_I386, outer, args);
	while (at && n < RN_INNER_WORDS && rn_memory_uint(call, RN_PHASE_ENTRY, at + 4 * n, 4, &v))
		words[n++] = (uint32_t)v;
	return rn_inner_call(RN_ABI_I386, outer, args, words, n, inner);
}

static bool is_in(const struct rn_filter *set, const struct rn_call *c)
{
	return set && rn_filter_match(set, (enum rn_abi)c->abi, c->nr);
}

/* What is said of some calls and not of others. */
static void choose(struct rn_print *p)
{
	const struct rn_decode_style *style = p->style;
	p->raw = is_in(style->raw, p->call);
	p->unfollowed = style->followed && !is_in(style->followed, p->call);
	if (!style->abbreviated)
		return;
	p->own_style = *style;
	p->own_style.verbose = !is_in(style->abbreviated, p->call);
	p->style = &p->own_style;
}

bool rn_decode_is_raw(const struct rn_call *call, const struct rn_decode_env *env)
{
	return env && env->style && is_in(env->style->raw, call);
}

static void begin(struct rn_print *p, struct rn_buffer *out, const struct rn_event *ev,
	const struct rn_decode_env *env)
{
	const struct rn_call *call = &ev->call;
	const struct rn_abi_desc *abi = rn_abi_desc((enum rn_abi)call->abi);
	*p = (struct rn_print){
		.out = out,
		.ev = ev,
		.call = call,
		.desc = abi ? rn_syscall(abi->abi, call->nr) : NULL,
		.env = env ? env : &default_env,
		.abi = abi ? abi->abi : RN_ABI_NONE,
		.word = abi ? abi->pointer_bytes : 8,
		.no_exit = (call->flags & (RN_CALL_ERROR | RN_CALL_UNFINISHED)) != 0,
	};
	p->style = p->env->style ? p->env->style : &default_style;
	if (p->style->abbreviated || p->style->followed || p->style->raw)
		choose(p);
	uint64_t mask = p->word == 4 ? UINT32_MAX : UINT64_MAX;
	for (unsigned i = 0; i < 6; i++)
		p->args[i] = call->args[i] & mask;
	struct rn_inner_call inner;
	if (inner_call(call, &inner)) {
		p->desc = inner.desc;
		memcpy(p->args, inner.args, sizeof(p->args));
	}
}

/* Some arguments mean something only when another has a flag. */
static bool is_shown(const struct rn_print *p, unsigned i)
{
	const struct rn_arg *a = &p->desc->arg[i];
	unsigned back = a->flags >> 5;
	if (back > i)
		return true;
	uint32_t other = (uint32_t)p->args[i - back];
	if (a->flags & RN_ARG_IF)
		return (other & a->n) == a->n;
	return !(a->flags & RN_ARG_UNLESS) || other > 15 || !(a->n >> other & 1);
}

static bool print_arg(struct rn_print *p, unsigned i)
{
	if (p->raw && p->desc && p->desc->arg[i].kind == RN_ARG_SIGFRAME)
		return false; /* it is no argument */
	if (!p->desc || p->raw) {
		rn_put_hex(p->out, p->args[i]);
		return true;
	}
	if (!p->alone && !is_shown(p, i))
		return false;
	uint8_t kind = p->desc->arg[i].kind;
	p->phase = RN_PHASE_ENTRY;
	return rn_kind_printers[kind < RN_ARG_KINDS ? kind : RN_ARG_HEX](p, i);
}

void rn_decode_name(struct rn_buffer *out, const struct rn_call *call)
{
	struct rn_inner_call inner;
	char buf[24];
	if (inner_call(call, &inner))
		rn_put_text(out, inner.desc->name);
	else
		rn_put_text(out, rn_syscall_name((enum rn_abi)call->abi, call->nr, buf));
}

unsigned rn_decode_n_args(const struct rn_call *call)
{
	const struct rn_syscall *desc = rn_syscall((enum rn_abi)call->abi, call->nr);
	struct rn_inner_call inner;
	if (inner_call(call, &inner))
		desc = inner.desc;
	return desc ? desc->n_args : 6;
}

bool rn_decode_arg(struct rn_buffer *out, const struct rn_event *ev, unsigned i,
	const struct rn_decode_env *env)
{
	struct rn_print p;
	begin(&p, out, ev, env);
	p.alone = true;
	if (i >= (p.desc ? p.desc->n_args : 6))
		return false;
	size_t mark = out->len;
	if (print_arg(&p, i))
		return true;
	out->len = mark;
	rn_put_hex(out, p.args[i]);
	return false;
}

void rn_decode_args(struct rn_buffer *out, const struct rn_event *ev,
	const struct rn_decode_env *env)
{
	struct rn_print p;
	begin(&p, out, ev, env);
	unsigned n = p.desc ? p.desc->n_args : 6;
	bool first = true;
	for (unsigned i = 0; i < n; i++) {
		size_t mark = out->len;
		if (!first)
			RN_PUT(&p, ", ");
		if (print_arg(&p, i))
			first = false;
		else
			out->len = mark;
	}
}

void rn_decode_result(struct rn_buffer *out, const struct rn_event *ev,
	const struct rn_decode_env *env)
{
	struct rn_print p;
	begin(&p, out, ev, env);
	rn_print_result(&p);
	if (ev->call.flags & RN_CALL_ALTERED && ev->call.flags & RN_CALL_INJECTED)
		RN_PUT(&p, " (INJECTED: args, retval)");
	else if (ev->call.flags & RN_CALL_ALTERED)
		RN_PUT(&p, " (INJECTED: args)");
	else if (ev->call.flags & RN_CALL_INJECTED)
		RN_PUT(&p, " (INJECTED)");
	if (ev->call.flags & RN_CALL_DELAYED)
		RN_PUT(&p, " (DELAYED)");
}

uint64_t rn_arg_length(const struct rn_print *p, const struct rn_arg *a)
{
	uint64_t at = 0, entry, leaving;
	switch (a->len) {
	case RN_LEN_ARG0 ... RN_LEN_ARG5:
		return rn_arg_as_count(p->desc, a->len - RN_LEN_ARG0, p->args[a->len - RN_LEN_ARG0]);
	case RN_LEN_PTR0 ... RN_LEN_PTR5:
		at = p->args[a->len - RN_LEN_PTR0];
		if (!rn_memory_uint(p->call, RN_PHASE_ENTRY, at, 4, &entry))
			return 0;
		if (p->phase == RN_PHASE_EXIT &&
		    rn_memory_uint(p->call, RN_PHASE_EXIT, at, 4, &leaving) && leaving < entry)
			return leaving;
		return entry;
	case RN_LEN_RET:
		return p->no_exit || p->call->ret < 0 ? 0 : (uint64_t)p->call->ret;
	case RN_LEN_PAGES1:
		return p->args[1] / 4096 + (p->args[1] % 4096 != 0);
	case RN_LEN_CONST:
	case RN_LEN_NUL:
		return a->n;
	default:
		return 0;
	}
}

bool rn_arg_phase(struct rn_print *p, const struct rn_arg *a)
{
	bool out = (a->dir & RN_OUT && !p->no_exit) ||
		(a->dir & RN_OUT_ALWAYS && !(p->call->flags & RN_CALL_UNFINISHED));
	p->phase = out ? RN_PHASE_EXIT : RN_PHASE_ENTRY;
	return out || a->dir & RN_IN || !a->dir;
}
