/* SPDX-License-Identifier: MIT */
#include "record/chaos/chaos.h"

#include "shared/names.h"

#define PERCENT_WORDS "from 0 to 1"

static const char *const group_names[] = { "none", "basic", "network", "byzantine", "full" };

static const char send_receive[] = "trace=?send,?recv,?sendto,?recvfrom,?sendmsg,?recvmsg,"
	"?sendmmsg,?recvmmsg,?read,?write,?readv,?writev";
static const char connecting[] = "trace=?connect,?accept,?accept4";
static const char reads_writes[] = "trace=?read,?write,?pread64,?pwrite64,?recvfrom,?sendto";

struct rn_chaos *rn_chaos_init(struct rn_chaos *c)
{
	*c = (struct rn_chaos){ .grace_ns = 2000000000u };
	return c;
}

void rn_chaos_fini(struct rn_chaos *c)
{
	for (unsigned i = 0; i < c->n_rules; i++)
		rn_inject_fini(&c->rule[i]);
	c->n_rules = 0;
}

static struct rn_chaos *wrong(struct rn_chaos *c, const char *what, const char *needs)
{
	if (!c->wrong.code)
		rn_fail(&c->wrong, RN_E_USAGE, "%s is %s", what, needs);
	return c;
}

/* The first knob of the highest group is told of. */
static void need(struct rn_chaos *c, enum rn_chaos_group group, const char *knob)
{
	if (c->group >= group)
		return;
	c->group = group;
	c->knob = knob;
}

/* Not negated: NaN is no chance, too. */
static bool is_chance(double p)
{
	return p >= 0 && p <= 1;
}

struct rn_chaos *rn_chaos_memory(struct rn_chaos *c, uint64_t bytes)
{
	need(c, RN_CHAOS_BASIC, "a memory limit");
	c->memory_bytes = bytes;
	return c;
}

struct rn_chaos *rn_chaos_cpu(struct rn_chaos *c, double share)
{
	need(c, RN_CHAOS_BASIC, "a share of the CPU");
	if (!(share > 0 && share <= 1))
		return wrong(c, "the share of a CPU", "above 0 and at most 1");
	c->cpu = share;
	return c;
}

struct rn_chaos *rn_chaos_timeout(struct rn_chaos *c, uint64_t ns, uint64_t grace_ns)
{
	need(c, RN_CHAOS_BASIC, "a timeout");
	if (!ns)
		return wrong(c, "the timeout", "longer than nothing");
	c->timeout_ns = ns;
	c->grace_ns = grace_ns;
	return c;
}

struct rn_chaos *rn_chaos_seed(struct rn_chaos *c, uint64_t seed)
{
	c->seed = seed;
	c->has_seed = true;
	return c;
}

/* A rule for the calls of an expression; NULL when it is wrong, which is kept. */
static struct rn_inject *add_rule(struct rn_chaos *c, enum rn_chaos_group group, const char *knob,
	const char *expression, double probability)
{
	need(c, group, knob);
	if (c->n_rules == RN_CHAOS_RULES) {
		wrong(c, "the number of rules", "at most 64");
		return NULL;
	}
	if (!is_chance(probability)) {
		wrong(c, "a probability", PERCENT_WORDS);
		return NULL;
	}
	struct rn_inject *rule = &c->rule[c->n_rules];
	struct rn_strings one = { .item = &expression, .n = 1 };
	struct rn_error err;
	rn_inject_init(rule);
	if (c->wrong.code)
		return NULL;
	if (rn_filter_of(&rule->calls, &one, &err) < 0) {
		c->wrong = err;
		return NULL;
	}
	rule->probability = probability;
	rule->merges = true;
	c->n_rules++;
	return rule;
}

struct rn_chaos *rn_chaos_signals(struct rn_chaos *c, int signo, double probability)
{
	/* Not on the way back from a handler: it would never come back. */
	struct rn_inject *rule = signo < 0 || signo > 64 ? NULL :
		add_rule(c, RN_CHAOS_BASIC, "signals", "trace=!rt_sigreturn,!sigreturn", probability);
	if (rule)
		rule->signo = signo ? signo : RN_INJECT_ANY_SIGNAL;
	else
		wrong(c, "a signal", "from 1 to 64");
	return c;
}

struct rn_chaos *rn_chaos_latency(struct rn_chaos *c, uint64_t ns, uint64_t jitter_ns)
{
	static const char *const calls[] = { send_receive, connecting };
	for (unsigned i = 0; i < 2; i++) {
		struct rn_inject *rule = add_rule(c, RN_CHAOS_NETWORK, "latency", calls[i], 1);
		if (!rule)
			break;
		rule->delay_enter_ns = ns;
		rule->jitter_ns = jitter_ns;
		rule->sockets_only = true;
	}
	return c;
}

struct rn_chaos *rn_chaos_loss(struct rn_chaos *c, double probability)
{
	struct rn_inject *rule = add_rule(c, RN_CHAOS_NETWORK, "loss", send_receive, probability);
	if (rule) {
		rule->result = RN_INJECT_ERROR;
		rule->value = rn_errno_number(rn_bytes_str("ETIMEDOUT"));
		rule->sockets_only = true;
	}
	return c;
}

struct rn_chaos *rn_chaos_resend(struct rn_chaos *c, double probability, uint64_t ns)
{
	struct rn_inject *rule = add_rule(c, RN_CHAOS_NETWORK, "resend", send_receive, probability);
	if (rule) {
		rule->delay_enter_ns = ns;
		rule->sockets_only = true;
	}
	return c;
}

struct rn_chaos *rn_chaos_short(struct rn_chaos *c, double probability, uint64_t bytes)
{
	struct rn_inject *rule = bytes ?
		add_rule(c, RN_CHAOS_NETWORK, "short", reads_writes, probability) : NULL;
	if (rule)
		rule->most_bytes = bytes;
	else
		wrong(c, "the length of short reads and writes", "at least 1");
	return c;
}

struct rn_chaos *rn_chaos_slow(struct rn_chaos *c, double probability, uint64_t ns)
{
	struct rn_inject *rule = add_rule(c, RN_CHAOS_NETWORK, "slow", reads_writes, probability);
	if (rule)
		rule->delay_enter_ns = ns;
	return c;
}

struct rn_chaos *rn_chaos_byzantine(struct rn_chaos *c, double probability, const char *calls)
{
	struct rn_buffer expression = RN_BUFFER_INIT;
	rn_put_text(&expression, "trace=");
	rn_put_text(&expression, calls);
	struct rn_inject *rule = add_rule(c, RN_CHAOS_BYZANTINE, "byzantine", rn_buffer_cstr(&expression),
		probability);
	if (rule)
		rule->result = RN_INJECT_ANY_FAULT;
	rn_buffer_fini(&expression);
	return c;
}

struct rn_chaos *rn_chaos_scheduling(struct rn_chaos *c, double probability, uint64_t ns)
{
	struct rn_inject *rule = add_rule(c, RN_CHAOS_FULL, "sched", "trace=all", probability);
	if (rule)
		rule->jitter_ns = ns;
	return c;
}

struct rn_chaos *rn_chaos_inject(struct rn_chaos *c, const char *text, bool fault)
{
	need(c, RN_CHAOS_BASIC, "a rule of tampering");
	if (c->wrong.code)
		return c;
	if (c->n_rules == RN_CHAOS_RULES)
		return wrong(c, "the number of rules", "at most 64");
	struct rn_inject *rule = &c->rule[c->n_rules];
	struct rn_error err;
	if (rn_inject_parse(rule, text, fault, &err) == 0) {
		c->n_rules++;
		return c;
	}
	c->wrong = err;
	rn_inject_fini(rule);
	return c;
}

bool rn_chaos_is_active(const struct rn_chaos *c)
{
	return c->n_rules || c->memory_bytes || c->cpu > 0 || c->timeout_ns;
}

int rn_chaos_build(struct rn_chaos *c, struct rn_error *err)
{
	if (c->wrong.code) {
		if (err)
			*err = c->wrong;
		return c->wrong.code;
	}
	if (c->group > (enum rn_chaos_group)RN_CHAOS_BUILT && c->group <= RN_CHAOS_FULL)
		return rn_fail(err, RN_E_UNSUPPORTED, "%s is chaos of the group %s, and this program was built with "
			"the group %s (RN_CHAOS)", c->knob, group_names[c->group], group_names[RN_CHAOS_BUILT]);
	return 0;
}
