/* SPDX-License-Identifier: MIT */
/*
 * Lots are hashes of (seed, thread, call, count, rule, which lot): no state, so that nothing depends
 * on the order in which threads come to their calls. The mixing function is the finalizer of
 * SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
 */
#include "record/chaos/chaos.h"

#include "shared/names.h"

#include <errno.h>
#include <signal.h>

enum lot { LOT_WHETHER, LOT_JITTER, LOT_FAULT, LOT_WHICH, LOT_SIGNAL };

static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

static uint64_t draw(const struct rn_chaos *c, const struct rn_chaos_call *call, unsigned rule,
	enum lot lot)
{
	uint64_t x = mix(c->seed);
	x = mix(x ^ call->utid);
	x = mix(x ^ ((uint64_t)call->abi << 32 | call->nr));
	return mix(mix(x ^ call->count) ^ (rule << 8 | lot));
}

/* Evenly in [0, 1). */
static double share_of(uint64_t x)
{
	return (double)(x >> 11) * 0x1p-53;
}

static int64_t any_error(uint64_t x)
{
	static const int errors[] = { EIO, ENOMEM, EAGAIN, EINTR, ENOSPC };
	return -errors[x % (sizeof(errors) / sizeof(errors[0]))];
}

static int any_signal(uint64_t x)
{
	static const int harmless[] = { SIGURG, SIGWINCH, SIGCHLD, SIGCONT };
	return harmless[x % (sizeof(harmless) / sizeof(harmless[0]))];
}

/* Counts stay plausible: what a call was asked for may be an address. */
static int64_t any_count(uint64_t length, uint64_t x)
{
	uint64_t most = length < 1 << 20 ? length : 0;
	return (int64_t)(x % (most + 1));
}

static void apply_result(const struct rn_inject *rule, const struct rn_chaos_call *call,
	uint64_t which, uint64_t fault, struct rn_chaos_fate *fate)
{
	if (rule->result == RN_INJECT_KEEP)
		return;
	fate->replaced = true;
	fate->instead = rule->instead;
	fate->error = rule->result == RN_INJECT_ERROR ||
		(rule->result == RN_INJECT_ANY_FAULT && fault & 1);
	if (rule->result != RN_INJECT_ANY_FAULT)
		fate->ret = fate->error ? -rule->value : rule->value;
	else
		fate->ret = fate->error ? any_error(which) : any_count(call->length, which);
}

static void apply(const struct rn_chaos *c, unsigned i, const struct rn_chaos_call *call,
	struct rn_chaos_fate *fate)
{
	const struct rn_inject *rule = &c->rule[i];
	apply_result(rule, call, draw(c, call, i, LOT_WHICH), draw(c, call, i, LOT_FAULT), fate);
	if (rule->signo)
		fate->signo = rule->signo != RN_INJECT_ANY_SIGNAL ? rule->signo :
			any_signal(draw(c, call, i, LOT_SIGNAL));
	fate->delay_enter_ns += rule->delay_enter_ns;
	if (rule->jitter_ns)
		fate->delay_enter_ns += draw(c, call, i, LOT_JITTER) % (rule->jitter_ns + 1);
	fate->delay_exit_ns += rule->delay_exit_ns;
	fate->delayed |= rule->delays_enter || rule->delays_exit;
	if (rule->most_bytes && call->length > rule->most_bytes && !fate->most_bytes)
		fate->most_bytes = rule->most_bytes;
	if (rule->poke)
		fate->pokes = rule;
}

static bool does_something(const struct rn_chaos_fate *f)
{
	return f->replaced || f->signo || f->delay_enter_ns || f->delay_exit_ns || f->delayed ||
		f->most_bytes || f->pokes;
}

bool rn_chaos_decide(const struct rn_chaos *c, const struct rn_chaos_call *call,
	bool (*is_socket)(void *arg), void *arg, struct rn_chaos_fate *fate)
{
	int socket = -1; /* not asked */
	int alone = -1;
	*fate = (struct rn_chaos_fate){ 0 };
	for (unsigned i = 0; i < c->n_rules; i++) {
		const struct rn_inject *rule = &c->rule[i];
		if (!rn_filter_match(rule->calls, call->abi, call->nr))
			continue;
		if (!rule->merges) {
			alone = (int)i; /* the last that names the call, due or not */
			continue;
		}
		if (!rn_inject_is_due(rule, call->count))
			continue;
		if (rule->probability < 1 &&
			share_of(draw(c, call, i, LOT_WHETHER)) >= rule->probability)
			continue;
		if (rule->sockets_only && socket < 0)
			socket = is_socket(arg);
		if (!rule->sockets_only || socket)
			apply(c, i, call, fate);
	}
	if (alone >= 0 && call->wanted && rn_inject_is_due(&c->rule[alone], call->count))
		apply(c, (unsigned)alone, call, fate);
	return does_something(fate);
}
