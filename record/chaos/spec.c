/* SPDX-License-Identifier: MIT */
#include "record/chaos/spec.h"

#include "shared/names.h"
#include "shared/suggest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MS 1000000u
#define SECOND 1000000000u


static bool take_chance(const char *text, double *out)
{
	char *end;
	errno = 0;
	*out = strtod(text, &end);
	if (end == text || errno)
		return false;
	if (*end == '%') {
		*out /= 100;
		end++;
	}
	return !*end;
}

static bool take_time(const char *text, uint64_t *ns)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);
	if (end != text && !*end && *text >= '0' && *text <= '9' && n < UINT32_MAX) {
		*ns = n * MS;
		return true;
	}
	return rn_inject_time(text, ns);
}

static bool take_bytes(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMG";
	char *end;
	errno = 0;
	*bytes = strtoull(text, &end, 10);
	if (end == text || errno || *text < '0' || *text > '9' || *bytes > UINT64_MAX >> 31)
		return false;
	const char *unit = *end ? strchr(units, *end & ~0x20) : NULL;
	if (unit) {
		*bytes <<= 10 * (unit - units + 1);
		end++;
	}
	return !*end;
}

static bool set_memory(struct rn_chaos *c, char *a, char *b)
{
	uint64_t bytes;
	return take_bytes(a, &bytes) && !b && rn_chaos_memory(c, bytes);
}

static bool set_cpu(struct rn_chaos *c, char *a, char *b)
{
	double share;
	return take_chance(a, &share) && !b && rn_chaos_cpu(c, share);
}

/* A limit on a whole run is given in seconds by habit. */
static bool set_timeout(struct rn_chaos *c, char *a, char *b)
{
	uint64_t ns, grace_ns = c->grace_ns;
	char *end;
	double s = strtod(a, &end);
	if (end != a && !*end && s > 0 && s < 1e9)
		ns = (uint64_t)(s * SECOND);
	else if (!rn_inject_time(a, &ns))
		return false;
	return (!b || take_time(b, &grace_ns)) && rn_chaos_timeout(c, ns, grace_ns);
}

/* P, SIGNAL, SIGNAL:P */
static bool set_signals(struct rn_chaos *c, char *a, char *b)
{
	double chance = 0.01;
	int signo = 0;
	if (!b && take_chance(a, &chance))
		return rn_chaos_signals(c, 0, chance);
	signo = rn_signal_number(rn_bytes_str(a));
	return signo > 0 && (!b || take_chance(b, &chance)) && rn_chaos_signals(c, signo, chance);
}

static bool set_seed(struct rn_chaos *c, char *a, char *b)
{
	char *end;
	errno = 0;
	unsigned long long seed = strtoull(a, &end, 0);
	return *a >= '0' && *a <= '9' && !*end && !errno && !b && rn_chaos_seed(c, seed);
}

static bool set_latency(struct rn_chaos *c, char *a, char *b)
{
	uint64_t ns, jitter_ns = 0;
	return take_time(a, &ns) && (!b || take_time(b, &jitter_ns)) &&
		rn_chaos_latency(c, ns, jitter_ns);
}

static bool set_jitter(struct rn_chaos *c, char *a, char *b)
{
	uint64_t ns;
	return take_time(a, &ns) && !b && rn_chaos_latency(c, 0, ns);
}

static bool set_loss(struct rn_chaos *c, char *a, char *b)
{
	double chance;
	return take_chance(a, &chance) && !b && rn_chaos_loss(c, chance);
}

static bool set_resend(struct rn_chaos *c, char *a, char *b)
{
	double chance;
	uint64_t ns = 200 * MS;
	return take_chance(a, &chance) && (!b || take_time(b, &ns)) &&
		rn_chaos_resend(c, chance, ns);
}

static bool set_short(struct rn_chaos *c, char *a, char *b)
{
	double chance;
	uint64_t bytes = 1;
	return take_chance(a, &chance) && (!b || take_bytes(b, &bytes)) &&
		rn_chaos_short(c, chance, bytes);
}

static bool set_slow(struct rn_chaos *c, char *a, char *b)
{
	double chance;
	uint64_t ns = 10 * MS;
	return take_chance(a, &chance) && (!b || take_time(b, &ns)) &&
		rn_chaos_slow(c, chance, ns);
}

/* Calls are named with + between them: the comma ends the knob. */
static bool set_byzantine(struct rn_chaos *c, char *a, char *b)
{
	double chance;
	for (char *p = b; p && (p = strchr(p, '+')); )
		*p = ',';
	return take_chance(a, &chance) &&
		rn_chaos_byzantine(c, chance, b ? b : "read,write,?open,openat,close");
}

static bool set_sched(struct rn_chaos *c, char *a, char *b)
{
	double chance;
	uint64_t ns = 1 * MS;
	return take_chance(a, &chance) && (!b || take_time(b, &ns)) &&
		rn_chaos_scheduling(c, chance, ns);
}

static bool preset_gentle(struct rn_chaos *c, char *a, char *b)
{
	(void)b;
	return !a && rn_chaos_timeout(rn_chaos_cpu(rn_chaos_memory(c, (uint64_t)512 << 20), 0.8),
		120 * (uint64_t)SECOND, c->grace_ns);
}

static bool preset_aggressive(struct rn_chaos *c, char *a, char *b)
{
	(void)b;
	return !a && rn_chaos_signals(rn_chaos_timeout(rn_chaos_cpu(rn_chaos_memory(c,
		(uint64_t)64 << 20), 0.25), 10 * (uint64_t)SECOND, c->grace_ns), 0, 0.01);
}

static bool preset_extreme(struct rn_chaos *c, char *a, char *b)
{
	return preset_aggressive(c, a, b) &&
		rn_chaos_byzantine(c, 0.1, "read,write,?open,openat,close");
}

/* The groups by name: a mild sample of all that each has. */
static bool group_basic(struct rn_chaos *c, char *a, char *b)
{
	return preset_gentle(c, a, b) && rn_chaos_signals(c, 0, 0.001);
}

static bool group_network(struct rn_chaos *c, char *a, char *b)
{
	return group_basic(c, a, b) && rn_chaos_loss(rn_chaos_short(rn_chaos_latency(c, 5 * MS,
		5 * MS), 0.1, 16), 0.01);
}

static bool group_byzantine(struct rn_chaos *c, char *a, char *b)
{
	return group_network(c, a, b) &&
		rn_chaos_byzantine(c, 0.01, "read,write,?open,openat,close");
}

static bool group_full(struct rn_chaos *c, char *a, char *b)
{
	return group_byzantine(c, a, b) && rn_chaos_scheduling(c, 0.05, 1 * MS);
}

static const struct knob {
	const char *name;
	bool (*set)(struct rn_chaos *c, char *a, char *b);
	const char *value; /* NULL: takes none */
	const char *help;
} knobs[] = {
	{ "gentle", preset_gentle, NULL, "memory=512M,cpu=0.8,timeout=120" },
	{ "aggressive", preset_aggressive, NULL, "memory=64M,cpu=0.25,timeout=10,signals=0.01" },
	{ "extreme", preset_extreme, NULL, "aggressive,byzantine=0.1" },
	{ "basic", group_basic, NULL, "gentle,signals=0.001" },
	{ "network", group_network, NULL, "basic,latency=5:5,short=0.1:16,loss=0.01" },
	{ "byzantine", group_byzantine, NULL, "network,byzantine=0.01" },
	{ "full", group_full, NULL, "byzantine,sched=0.05" },
	{ "memory", set_memory, "SIZE", "each process may have SIZE of address space" },
	{ "cpu", set_cpu, "SHARE", "SHARE (0..1) of the time of one CPU" },
	{ "timeout", set_timeout, "SECONDS[:GRACE]",
		"SIGTERM after so long, SIGKILL when that has not helped after GRACE (2s)" },
	{ "signals", set_signals, "P|SIGNAL[:P]",
		"at the beginning of calls, with probability P (0.01); without a name one of those "
		"that are ignored unless handled" },
	{ "latency", set_latency, "TIME[:JITTER]",
		"calls on sockets take TIME longer, and up to JITTER more by lot" },
	{ "jitter", set_jitter, "TIME", "calls on sockets take up to TIME longer" },
	{ "loss", set_loss, "P", "sending and receiving fails with ETIMEDOUT" },
	{ "resend", set_resend, "P[:TIME]", "sending and receiving takes TIME (200ms) longer" },
	{ "short", set_short, "P[:SIZE]", "reads and writes are cut to SIZE (1) bytes" },
	{ "slow", set_slow, "P[:TIME]", "reads and writes take TIME (10ms) longer" },
	{ "byzantine", set_byzantine, "P[:CALL+CALL..]",
		"calls (read, write, open, close) are not made and return an error or a made-up count" },
	{ "sched", set_sched, "P[:TIME]", "threads pause up to TIME (1ms) at the beginning of calls" },
	{ "seed", set_seed, "N", "what chance is drawn from; by default another each time, and told" },
};
#define N_KNOBS (sizeof(knobs) / sizeof(knobs[0]))

void rn_chaos_knobs(struct rn_buffer *out)
{
	for (size_t i = 0; i < N_KNOBS; i++) {
		rn_put_text(out, knobs[i].name);
		if (knobs[i].value)
			rn_put_text(out, "="), rn_put_text(out, knobs[i].value);
		rn_put_text(out, ": ");
		rn_put_text(out, knobs[i].help);
		rn_put_text(out, "\n");
	}
}

static int unknown(const char *word, struct rn_error *err)
{
	struct rn_suggest s = rn_suggest_for(rn_bytes_str(word));
	for (size_t i = 0; i < N_KNOBS; i++)
		rn_suggest_try(&s, knobs[i].name);
	if (s.best)
		return rn_fail(err, RN_E_USAGE, "there is no chaos called '%s'; did you mean '%s'?",
			word, s.best);
	return rn_fail(err, RN_E_USAGE, "there is no chaos called '%s'", word);
}

/* "byzantine" is a group, with a value a knob. */
static bool is_group_too(const char *word)
{
	return strcmp(word, "byzantine") == 0;
}

static int set_knob(struct rn_chaos *c, char *word, struct rn_error *err)
{
	char *a = strchr(word, '='), *b;
	if (a)
		*a++ = 0;
	for (size_t i = 0; i < N_KNOBS; i++) {
		if (strcmp(word, knobs[i].name) != 0 || (a && is_group_too(word) && !knobs[i].value))
			continue;
		if (!a != !knobs[i].value)
			return rn_fail(err, RN_E_USAGE, "'%s' takes %s%s", word,
				knobs[i].value ? "a value: " : "no value",
				knobs[i].value ? knobs[i].value : "");
		b = a ? strchr(a, ':') : NULL;
		if (b)
			*b++ = 0;
		if (knobs[i].set(c, a, b) && !c->wrong.code)
			return 0;
		if (c->wrong.code)
			return rn_fail(err, c->wrong.code, "'%s': %s", word, c->wrong.message);
		return rn_fail(err, RN_E_USAGE, "'%s=%s%s%s' is wrong: %s=%s", word, a, b ? ":" : "",
			b ? b : "", word, knobs[i].value);
	}
	return unknown(word, err);
}

int rn_chaos_parse(struct rn_chaos *c, const char *spec, struct rn_error *err)
{
	char *copy = strdup(spec), *rest = copy;
	int r = copy ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	while (!r && rest) {
		char *word = strsep(&rest, ",");
		r = *word ? set_knob(c, word, err) :
			rn_fail(err, RN_E_USAGE, "'%s' has an empty word", spec);
	}
	free(copy);
	return r;
}
