/* SPDX-License-Identifier: MIT */
/**
 * tamper - chaos (record/chaos/) done to tracees: calls changed at their stops, stops that last,
 * a share of the CPU, an end to the run.
 *
 * A stop that lasts is a tracee that is not resumed: it is HELD BACK until its moment comes, while
 * the others go on. Nothing here is called unless the user asked for chaos.
 */
#ifndef RN_RECORD_PTRACE_TAMPER_H
#define RN_RECORD_PTRACE_TAMPER_H

#include "record/chaos/chaos.h"

#include <sys/types.h>

struct rn_ptrace;
struct rn_tracee;

#define RN_TAMPER_NUMBERS 512 /* calls of greater numbers are counted as one */

/* Of one thread; made when it is first needed. */
struct rn_tampering {
	uint32_t utid;             /* whom the counts are of */
	bool due;                  /* something is done to the call it is in */
	bool cut;                  /* argument 2 was changed for the call it is in */
	struct rn_chaos_fate fate; /* of the call it is in */
	uint32_t count[RN_ABI_COUNT][RN_TAMPER_NUMBERS];
};

/* The whole run's part. */
struct rn_tamper {
	const struct rn_chaos *chaos;
	uint32_t n_held_back;
	uint64_t next_ns;      /* when the first of them is due */
	uint64_t frozen_until_ns; /* nobody is resumed before; 0: not frozen */
	uint64_t phase_ends_ns;   /* of the share of the CPU */
	uint64_t timeout_ns;      /* when the next signal that ends the run is due; 0: none */
	bool terminated;          /* SIGTERM was sent */
	uint64_t n_tampered;
};

/** Once, before the first tracee runs on. */
void rn_tamper_begin(struct rn_ptrace *b, const struct rn_chaos *chaos);
/** At an entry, before anything is captured: what is to be done to the call, and its memory changed. */
void rn_tamper_call(struct rn_ptrace *b, struct rn_tracee *t);
/** At an entry that was captured: changes the call, and resumes the tracee sooner or later. */
void rn_tamper_entry(struct rn_ptrace *b, struct rn_tracee *t);
/** At an exit, before anything is captured: what the tracee shall see. */
void rn_tamper_exit(struct rn_ptrace *b, struct rn_tracee *t, int64_t *ret, bool *error);
/** Resumes the tracee after its exit was handled. */
void rn_tamper_after(struct rn_ptrace *b, struct rn_tracee *t);
/** The kernel shall make the call after all, as the tracee wanted it: it is being let go. */
void rn_tamper_undo(struct rn_ptrace *b, struct rn_tracee *t);
/** Not before until_ns; sig is delivered then. */
void rn_tamper_hold_back(struct rn_ptrace *b, struct rn_tracee *t, int sig, uint64_t until_ns);
/** What is due now. */
void rn_tamper_look(struct rn_ptrace *b);

/* regs.c: changes to a stopped tracee; errors show at its next stop. */
void rn_ptrace_set_nr(pid_t tid, int64_t nr);
void rn_ptrace_set_result(pid_t tid, int64_t ret);
/** Argument 2, the length of reads and writes. */
void rn_ptrace_set_length(pid_t tid, uint64_t value);

#endif
