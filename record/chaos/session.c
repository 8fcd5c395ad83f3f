/* SPDX-License-Identifier: MIT */
#include "record/chaos/session.h"

#include "record/chaos/spec.h"

#include <sys/random.h>

/* Small enough to be typed again. */
static uint64_t new_seed(void)
{
	uint32_t seed = 0;
	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = 1;
	return seed ? seed : 1;
}

static void tell(struct rn_buffer *told, const char *option, const struct rn_strings *values)
{
	for (size_t i = 0; i < values->n; i++) {
		rn_put_text(told, told->len ? " " : "");
		rn_put_text(told, option);
		rn_put_text(told, values->item[i]);
	}
}

static int read_options(struct rn_chaos *c, const struct rn_record_options *o, struct rn_error *err)
{
	for (size_t i = 0; i < o->chaos.n; i++) {
		int r = rn_chaos_parse(c, o->chaos.item[i], err);
		if (r < 0) {
			rn_error_prefix(err, "option --chaos");
			return r;
		}
	}
	for (size_t i = 0; i < o->inject.n; i++)
		rn_chaos_inject(c, o->inject.item[i], false);
	for (size_t i = 0; i < o->fault.n; i++)
		rn_chaos_inject(c, o->fault.item[i], true);
	int r = rn_chaos_build(c, err);
	if (r < 0)
		rn_error_prefix(err, o->chaos.n ? "chaos" : "option --inject");
	return r;
}

/* Whether anything is left to chance. */
static bool is_drawn(const struct rn_chaos *c)
{
	for (unsigned i = 0; i < c->n_rules; i++) {
		const struct rn_inject *rule = &c->rule[i];
		if (rule->probability < 1 || rule->jitter_ns || rule->signo == RN_INJECT_ANY_SIGNAL ||
			rule->result == RN_INJECT_ANY_FAULT)
			return true;
	}
	return false;
}

/* What the program gets is what an error looks like, though the trace says that it is none. */
static void warn_of_errors(const struct rn_chaos *c, struct rn_diag *diag)
{
	for (unsigned i = 0; i < c->n_rules; i++) {
		int64_t v = c->rule[i].value;
		if (c->rule[i].result == RN_INJECT_VALUE && v < 0 && v >= -4095)
			rn_diag_warn(diag, "Inadvertent injection of error %d is possible for retval=%llu", (int)-v,
				(unsigned long long)v);
	}
}

int rn_chaos_session_settle(struct rn_chaos_session *s, const struct rn_record_options *o,
	struct rn_buffer *told, struct rn_diag *diag, struct rn_error *err)
{
	struct rn_chaos *c = &s->chaos;
	char number[32];
	rn_chaos_init(c);
	int r = read_options(c, o, err);
	if (r < 0 || !rn_chaos_is_active(c))
		return r;
	if (!o->quiet)
		warn_of_errors(c, diag);
	tell(told, "--chaos=", &o->chaos);
	tell(told, "--inject=", &o->inject);
	tell(told, "--fault=", &o->fault);
	if (is_drawn(c)) {
		if (!c->has_seed) {
			c->seed = new_seed();
			snprintf(number, sizeof(number), " --chaos=seed=%llu",
				(unsigned long long)c->seed);
			rn_put_text(told, number);
		}
		if (!o->quiet)
			rn_diag_note(diag, "chaos: seed %llu (--chaos=seed=%llu repeats it)",
				(unsigned long long)c->seed, (unsigned long long)c->seed);
	}
	return rn_buffer_ok(told) ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

static int limit_memory(const struct rn_chaos *c, const struct rn_record_options *o, pid_t command,
	struct rn_error *err)
{
	int r = command ? rn_limit_memory(command, c->memory_bytes, err) : 0;
	for (size_t i = 0; i < o->n_pids && r == 0; i++)
		r = rn_limit_memory(o->pids[i], c->memory_bytes, err);
	return r;
}

int rn_chaos_session_limit(struct rn_chaos_session *s, const struct rn_record_options *o,
	pid_t command, struct rn_diag *diag, struct rn_error *err)
{
	struct rn_chaos *c = &s->chaos;
	struct rn_error why;
	int r = c->memory_bytes ? limit_memory(c, o, command, err) : 0;
	if (r < 0 || c->cpu <= 0 || c->cpu >= 1)
		return r;
	bool kept = command && rn_cpu_group_make(&s->group, command, c->cpu, &why) == 0;
	if (!o->quiet && kept)
		rn_diag_note(diag, "chaos: %.3g of a CPU, kept by a control group", c->cpu);
	else if (!o->quiet)
		rn_diag_note(diag, "chaos: %.3g of a CPU, kept by stopping and going (%s)", c->cpu,
			command ? why.message : "attached");
	if (kept)
		c->cpu = 0;
	return 0;
}

void rn_chaos_session_fini(struct rn_chaos_session *s)
{
	rn_cpu_group_remove(&s->group);
	rn_chaos_fini(&s->chaos);
}
