/* SPDX-License-Identifier: MIT */
/**
 * ptrace - the backend that works everywhere: two stops for each call.
 *
 * Inside this folder: backend.c opens and closes, begin.c and attach.c get hold
 * of tracees, loop.c waits for stops and hands them to calls.c (entry and exit of
 * calls), stops.c (clone, exec, exit, stop events) and signals.c (signals of the
 * tracees). detach.c lets go, mend.c sees to it that nobody notices our interrupts, away.c has
 * threads run unseen under a CPU limit, pace.c keeps the two programs from waiting for each other. Every ptrace request may say
 * ESRCH at any time: the tracee was killed; its end arrives through wait.
 * Source: ptrace(2).
 */
#ifndef RN_RECORD_PTRACE_PTRACE_H
#define RN_RECORD_PTRACE_PTRACE_H

#include "record/asked.h"
#include "record/backend.h"
#include "record/launch/launch.h"
#include "record/ptrace/pace.h"
#include "record/ptrace/tamper.h"
#include "record/tracee/modules.h"
#include "record/tracee/tracee.h"

#include <sys/ptrace.h>

extern const struct rn_backend rn_ptrace_backend;

struct rn_ptrace {
	struct rn_recording *rec;
	struct rn_tracees tracees;
	struct rn_capturer capturer;
	struct rn_modules modules;
	struct rn_pace pace;
	struct rn_outcome out;
	const struct rn_target *target;

	pid_t root;            /* the command's; 0 when attached */
	struct rn_launch launch;
	bool executed;         /* the command's execve succeeded */
	bool silent;           /* nothing is recorded: the command has not begun its execve, or it failed */
	bool detaching;
	uint32_t n_held;
	uint32_t n_unseen; /* threads that run without stopping for calls */
	uint32_t ask_from; /* where asking them back goes on */
	uint64_t seen_from_ns; /* calls are looked at again since then */
	uint32_t n_stop_ticks; /* since SIGTSTP came */
	uint64_t tick_ns;      /* of the last tick */
	struct rn_tamper tamper;   /* chaos; its `chaos` is NULL without */
	struct rn_tracee *resumed; /* the tracee resumed last, when it may be asked without waiting */
};

typedef struct __ptrace_syscall_info rn_call_stop;

/** A request; 0, RN_E_GONE (ESRCH), or RN_E_IO. */
int rn_ptrace(enum __ptrace_request request, pid_t tid, void *addr, void *data);

/* begin.c */
/** Seizes the waiting command and lets it go. */
int rn_ptrace_begin_command(struct rn_ptrace *b, struct rn_error *err);

/* attach.c */
/** Seizes all threads of all pids; they run on. An error when none could be; warns of some. */
int rn_ptrace_attach(struct rn_ptrace *b, struct rn_error *err);
/** Stops them for the first time and writes what they are. */
void rn_ptrace_begin_attached(struct rn_ptrace *b);
/** The options of every tracee. */
long rn_ptrace_options(const struct rn_ptrace *b);

/* loop.c */
void rn_ptrace_loop(struct rn_ptrace *b);
/** Makes a running tracee stop soon. */
void rn_ptrace_interrupt(struct rn_tracee *t);
/** Lets a stopped tracee run to its next stop, delivering sig (0 none). */
void rn_ptrace_resume(struct rn_ptrace *b, struct rn_tracee *t, int sig);

/* calls.c */
void rn_ptrace_call_stop(struct rn_ptrace *b, struct rn_tracee *t, const rn_call_stop *stop,
	uint64_t now_ns);
/** Writes the call the tracee is in as one that never returned. */
void rn_ptrace_call_unfinished(struct rn_ptrace *b, struct rn_tracee *t);
/** Writes previews of calls that have lasted. */
void rn_ptrace_preview(struct rn_ptrace *b, uint64_t now_ns);

/* stops.c */
void rn_ptrace_new_stop(struct rn_ptrace *b, pid_t tid, int status);
void rn_ptrace_event_stop(struct rn_ptrace *b, struct rn_tracee *t, int status);
void rn_ptrace_ended(struct rn_ptrace *b, struct rn_tracee *t, int status);
/** Adopts children whose parent's event never came. */
void rn_ptrace_adopt_held(struct rn_ptrace *b, uint64_t now_ns);
/** Writes the TASK event of a thread and makes it part of its process. */
void rn_ptrace_introduce(struct rn_ptrace *b, struct rn_tracee *t, enum rn_task_how how,
	const struct rn_tracee *parent, uint64_t clone_flags);

/** What a reader must know of all that live, again: events that told it had no room. */
void rn_ptrace_retell(struct rn_ptrace *b);

/* signals.c */
void rn_ptrace_signal_stop(struct rn_ptrace *b, struct rn_tracee *t, int sig);
void rn_ptrace_group_stop(struct rn_ptrace *b, struct rn_tracee *t, int sig);

/* detach.c */
/** Asks every tracee to stop, so that it can be let go. */
void rn_ptrace_detach_begin(struct rn_ptrace *b);
/** Lets a stopped tracee go; status as from wait. */
void rn_ptrace_detach_stopped(struct rn_ptrace *b, struct rn_tracee *t, int status);

/* mend.c */
/** The thread stands in a stop that our interrupt may have led to: a call that ended with EINTR for that alone will
 *  be made again by the kernel. */
void rn_ptrace_mend(struct rn_tracee *t);
/** Whether a thread that sleeps in this call would be better left alone: made again its timeout would begin anew, or it
 *  cannot be made again here. */
bool rn_ptrace_keeps_time(const struct rn_syscall *desc, const uint64_t args[6]);
#if defined(__x86_64__)
#define RN_PTRACE_MENDS 1
#else
#define RN_PTRACE_MENDS 0
#endif

/* away.c */
/** Of a thread about to be resumed while calls are not to be looked at: whether it is to run without stopping for any. */
bool rn_ptrace_let_go(struct rn_ptrace *b, struct rn_tracee *t);
/** It has stopped, and calls are looked at again: what it may have changed is told. */
void rn_ptrace_is_back(struct rn_ptrace *b, struct rn_tracee *t);
void rn_ptrace_forget_unseen(struct rn_ptrace *b, struct rn_tracee *t);
/** To be called with the tick: those let go are made to stop where calls are looked at again. */
void rn_ptrace_ask_back(struct rn_ptrace *b);

/* regs.c */
/** All registers of a stopped tracee; their number, 0 when it is gone. */
uint32_t rn_ptrace_regs(pid_t tid, uint64_t regs[RN_REGS_MAX]);
uint64_t rn_ptrace_regs_sp(const uint64_t *regs);
/** Number and arguments as the registers have them at exit. */
void rn_ptrace_regs_call(const uint64_t *regs, uint64_t *nr, uint64_t args[6]);
#define RN_ERESTARTNOHAND (-514)
/** Whether the call that the thread is leaving ended with EINTR, and another result would still be heeded. */
bool rn_ptrace_regs_broken_off(const uint64_t *regs, uint64_t *nr);

#endif
