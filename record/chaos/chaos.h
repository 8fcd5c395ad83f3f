/* SPDX-License-Identifier: MIT */
/**
 * chaos - what a run is put through on purpose: limits, signals, slow and failing calls.
 *
 * A builder: rn_chaos_init, setters that return the object so that they chain, and
 * rn_chaos_build, which checks everything at once and turns knobs into rules
 * (inject.h). The option parser (spec.h) is its first user. Setters take any value; what is
 * wrong with it is kept and told by rn_chaos_build.
 *
 * Chance is drawn from a seed, the thread's number in the trace, the call and how often the thread
 * made it, never from a clock: the same program under the same seed meets the same fate, however
 * its threads are scheduled.
 *
 * Knobs belong to groups, each of which a build may leave out (RN_CHAOS in CMake).
 */
#ifndef RN_RECORD_CHAOS_CHAOS_H
#define RN_RECORD_CHAOS_CHAOS_H

#include "shared/inject.h"

/* Each group has those before it. */
enum rn_chaos_group { RN_CHAOS_NONE, RN_CHAOS_BASIC, RN_CHAOS_NETWORK, RN_CHAOS_BYZANTINE,
	RN_CHAOS_FULL };
#ifndef RN_CHAOS_BUILT
#define RN_CHAOS_BUILT RN_CHAOS_FULL
#endif

#define RN_CHAOS_RULES 64

struct rn_chaos {
	/* Limits; 0: none. */
	uint64_t memory_bytes;   /* of address space, for each process */
	double cpu;              /* share of a CPU, 0..1 */
	uint64_t timeout_ns;     /* of the whole run: SIGTERM, and after grace_ns SIGKILL */
	uint64_t grace_ns;
	uint64_t seed;
	bool has_seed;           /* it was given; 0 is one like any other */

	struct rn_inject rule[RN_CHAOS_RULES];
	unsigned n_rules;
	enum rn_chaos_group group; /* that the knobs need */
	const char *knob;          /* which of them needs it, in words */
	struct rn_error wrong;     /* the first thing that was */
};

struct rn_chaos *rn_chaos_init(struct rn_chaos *c);
void rn_chaos_fini(struct rn_chaos *c);

/* basic */
struct rn_chaos *rn_chaos_memory(struct rn_chaos *c, uint64_t bytes);
struct rn_chaos *rn_chaos_cpu(struct rn_chaos *c, double share);
struct rn_chaos *rn_chaos_timeout(struct rn_chaos *c, uint64_t ns, uint64_t grace_ns);
/** Signals at the beginning of calls; signo 0: by lot one that is ignored unless handled. */
struct rn_chaos *rn_chaos_signals(struct rn_chaos *c, int signo, double probability);
struct rn_chaos *rn_chaos_seed(struct rn_chaos *c, uint64_t seed);
/* network: calls on sockets */
struct rn_chaos *rn_chaos_latency(struct rn_chaos *c, uint64_t ns, uint64_t jitter_ns);
/** Sending and receiving fails with ETIMEDOUT. */
struct rn_chaos *rn_chaos_loss(struct rn_chaos *c, double probability);
/** Sending and receiving takes longer, as when a packet had to be sent again. */
struct rn_chaos *rn_chaos_resend(struct rn_chaos *c, double probability, uint64_t ns);
/** Reading and writing, of anything, in pieces of at most so many bytes. */
struct rn_chaos *rn_chaos_short(struct rn_chaos *c, double probability, uint64_t bytes);
/** Reading and writing, of anything, takes so much longer. */
struct rn_chaos *rn_chaos_slow(struct rn_chaos *c, double probability, uint64_t ns);
/* byzantine */
/** calls: as behind trace=. Half of the faults are errors, half made-up counts. */
struct rn_chaos *rn_chaos_byzantine(struct rn_chaos *c, double probability, const char *calls);
/* full */
/** Pauses of up to ns at the beginning of calls, by lot. */
struct rn_chaos *rn_chaos_scheduling(struct rn_chaos *c, double probability, uint64_t ns);
/** A rule in strace's grammar. */
struct rn_chaos *rn_chaos_inject(struct rn_chaos *c, const char *rule, bool fault);

/** 0, or RN_E_USAGE and RN_E_UNSUPPORTED with what is wrong. */
int rn_chaos_build(struct rn_chaos *c, struct rn_error *err);
/** Whether anything at all is to be done. */
bool rn_chaos_is_active(const struct rn_chaos *c);

/* What is done to one call. */
struct rn_chaos_fate {
	bool replaced;         /* the call is not made, and its result made up */
	bool error;
	int64_t ret;           /* when replaced; of an error -errno */
	const char *instead;   /* made instead; NULL: nothing */
	int signo;
	uint64_t delay_enter_ns, delay_exit_ns;
	bool delayed;          /* is marked so, whatever they are */
	uint64_t most_bytes;   /* argument 2 is cut to this; 0: left alone */
	const struct rn_inject *pokes; /* the rule whose pokes are made; NULL: none */
};

/* A call as it begins. */
struct rn_chaos_call {
	enum rn_abi abi;
	uint32_t nr, utid;
	uint32_t count;        /* how often the thread has made it, with this one */
	uint64_t length;       /* argument 2, for made-up counts */
	bool wanted;           /* it is recorded: rules in strace's grammar touch no other */
};

/** False: nothing. is_socket is asked at most once, and only when it matters. */
bool rn_chaos_decide(const struct rn_chaos *c, const struct rn_chaos_call *call,
	bool (*is_socket)(void *arg), void *arg, struct rn_chaos_fate *fate);

#endif
