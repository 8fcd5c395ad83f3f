/* SPDX-License-Identifier: MIT */
/* Compiled with the sources of chaos once for each value of RN_CHAOS: what a build has it takes, what it has not it
 * refuses with a line that names the knob, its group and what was built. A new knob has to be named here. */
#include "record/chaos/spec.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *spec;
	enum rn_chaos_group group;
} cases[] = {
	{ "gentle", RN_CHAOS_BASIC }, { "aggressive", RN_CHAOS_BASIC }, { "extreme", RN_CHAOS_BYZANTINE },
	{ "basic", RN_CHAOS_BASIC }, { "network", RN_CHAOS_NETWORK }, { "byzantine", RN_CHAOS_BYZANTINE },
	{ "full", RN_CHAOS_FULL },
	{ "memory=1G", RN_CHAOS_BASIC }, { "cpu=0.5", RN_CHAOS_BASIC }, { "timeout=5", RN_CHAOS_BASIC },
	{ "signals=0.1", RN_CHAOS_BASIC }, { "latency=5", RN_CHAOS_NETWORK }, { "jitter=5", RN_CHAOS_NETWORK },
	{ "loss=0.1", RN_CHAOS_NETWORK }, { "resend=0.1", RN_CHAOS_NETWORK }, { "short=0.1", RN_CHAOS_NETWORK },
	{ "slow=0.1", RN_CHAOS_NETWORK }, { "byzantine=0.1", RN_CHAOS_BYZANTINE }, { "sched=0.1", RN_CHAOS_FULL },
	{ "seed=1", RN_CHAOS_NONE },
};
#define N_CASES (sizeof(cases) / sizeof(cases[0]))

static int wrong(const char *spec, const char *what)
{
	fprintf(stderr, "FAIL: built with %d: %s: %s\n", (int)RN_CHAOS_BUILT, spec, what);
	return 1;
}

static int judge(const char *spec, enum rn_chaos_group group)
{
	struct rn_chaos c;
	struct rn_error err = { 0 };
	int failed = 0, r = rn_chaos_parse(rn_chaos_init(&c), spec, &err);
	if (r)
		failed = wrong(spec, err.message);
	r = rn_chaos_build(&c, &err);
	if (r != (group > (enum rn_chaos_group)RN_CHAOS_BUILT ? RN_E_UNSUPPORTED : 0))
		failed |= wrong(spec, r ? err.message : "is taken");
	if (r && (!strstr(err.message, " is chaos of the group ") || !strstr(err.message, "this program was built with")))
		failed |= wrong(spec, err.message);
	rn_chaos_fini(&c);
	return failed;
}

/* "name=VALUE: help" lines; is each name among the cases? */
static int every_knob_is_here(void)
{
	struct rn_buffer knobs = RN_BUFFER_INIT;
	int failed = 0;
	rn_chaos_knobs(&knobs);
	for (const char *at = rn_buffer_cstr(&knobs); *at; at += strcspn(at, "\n") + 1) {
		size_t len = strcspn(at, "=:"), i = 0;
		while (i < N_CASES && (strncmp(cases[i].spec, at, len) != 0 || (cases[i].spec[len] && cases[i].spec[len] != '=')))
			i++;
		if (i == N_CASES)
			failed |= wrong(at, "is not among the cases");
	}
	rn_buffer_fini(&knobs);
	return failed;
}

int main(void)
{
	int failed = every_knob_is_here();
	for (size_t i = 0; i < N_CASES; i++)
		failed |= judge(cases[i].spec, cases[i].group);
	return failed;
}
