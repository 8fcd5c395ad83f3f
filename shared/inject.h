/* SPDX-License-Identifier: MIT */
/**
 * inject - one rule of tampering with calls: which calls, when, and what is done to them.
 *
 * The grammar of a rule is that of strace(1), --inject:
 *
 *   SET[:error=ERRNO|:retval=VALUE][:signal=SIG][:syscall=PURE][:delay_enter=TIME]
 *      [:delay_exit=TIME][:poke_enter=@argN=HEX,..][:poke_exit=@argN=HEX,..][:when=EXPR]
 *
 *   SET   what follows trace= in a filter        ERRNO  a name in any case, or 1..4095
 *   VALUE a number in C's way                    SIG    a name in any case, or 1..64
 *   TIME  N[s|ms|us|ns], microseconds without    EXPR   FIRST[..LAST][+[STEP]]
 *
 * What is beyond it (probability, jitter, shorter lengths, sockets alone) is set by chaos
 * knobs (record/chaos/spec.h), not by this grammar.
 */
#ifndef RN_SHARED_INJECT_H
#define RN_SHARED_INJECT_H

#include "shared/arch.h"
#include "shared/error.h"
#include "shared/filter.h"

#define RN_POKES 7
#define RN_POKE_ARGS 7 /* of a call that has fewer there is nothing to poke, which is noted */
#define RN_POKE_BYTES 256

struct rn_poke {
	uint8_t arg;  /* from 0 */
	uint16_t len;
	uint8_t bytes[RN_POKE_BYTES];
};

/* What the result becomes. */
enum rn_inject_result {
	RN_INJECT_KEEP,   /* what the kernel says */
	RN_INJECT_VALUE,  /* value, without the call being made */
	RN_INJECT_ERROR,  /* -value */
	RN_INJECT_ANY_FAULT, /* by lot an error (EIO, ENOMEM, EAGAIN, EINTR, ENOSPC), or a count from 0
	                      * to what was asked for */
};
#define RN_INJECT_ANY_SIGNAL (-1) /* by lot one that is ignored unless handled */

struct rn_inject {
	struct rn_filter *calls;
	uint32_t first, last, step; /* of the tracee's calls of that number, from 1; step 0: first only */
	double probability;         /* 1: always */
	enum rn_inject_result result;
	int64_t value;
	const char *instead;        /* name of the call made instead; NULL: none */
	int signo;                  /* 0: none; RN_INJECT_ANY_SIGNAL */
	uint64_t delay_enter_ns, delay_exit_ns;
	bool delays_enter, delays_exit; /* were given: calls are marked even when it is by nothing */
	uint64_t jitter_ns;         /* up to so much more, by lot, where the call begins */
	uint64_t most_bytes;        /* the length in argument 2 is cut to this; 0: left alone */
	bool sockets_only;          /* of calls that take any descriptor only those on sockets */
	bool merges;                /* other rules may do more to the same call; else the last rule that
	                             * names a call stands alone, as strace has it */
	unsigned n_poke_enter, n_poke_exit;
	struct rn_poke *poke;       /* at entry: from 0; at exit: from RN_POKES; NULL: none */
};

/** Every call, always, nothing. */
void rn_inject_init(struct rn_inject *rule);
void rn_inject_fini(struct rn_inject *rule);
/** fault: nothing but error= and when= may stand there, and without error= it is ENOSYS. RN_E_USAGE
 *  quotes the text. After an error the rule is fit for _fini. */
int rn_inject_parse(struct rn_inject *rule, const char *text, bool fault, struct rn_error *err);
/** Whether the count-th call (from 1) is one of those meant by when=. */
bool rn_inject_is_due(const struct rn_inject *rule, uint32_t count);
/** "10ms" as nanoseconds; a bare number counts microseconds. False: it is no such time. */
bool rn_inject_time(const char *text, uint64_t *ns);

#endif
