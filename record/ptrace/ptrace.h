/* SPDX-License-Identifier: MIT */
/**
 * ptrace - the backend that works everywhere: two stops for each call.
 *
 * Inside this folder: backend.c opens and closes, launch.c and attach.c get hold
 * of tracees, loop.c waits for stops and hands them to calls.c (entry and exit of
 * calls), stops.c (clone, exec, exit, stop events) and signals.c (signals of the
 * tracees). asked.c has the recorder's own signals, detach.c lets go, pace.c keeps
 * the two programs from waiting for each other. Every ptrace request may say
 * ESRCH at any time: the tracee was killed; its end arrives through wait.
 * Source: ptrace(2).
 */
#ifndef RN_RECORD_PTRACE_PTRACE_H
#define RN_RECORD_PTRACE_PTRACE_H

#include "record/backend.h"
#include "record/modules.h"
#include "record/ptrace/pace.h"
#include "record/tracee.h"

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
	int gate;              /* closing it ends the waiting command, a byte lets it go; -1 */
	int exec_error;        /* where it tells why execve failed; -1 */
	bool executed;         /* the command's execve succeeded */
	bool silent;           /* nothing is recorded: the command has not begun its execve, or it failed */
	bool detaching;
	uint32_t n_held;
	uint32_t n_stop_ticks; /* since SIGTSTP came */
	uint64_t tick_ns;      /* of the last tick */
	struct rn_tracee *resumed; /* the tracee resumed last, when it may be asked without waiting */
};

typedef struct __ptrace_syscall_info rn_call_stop;

/** A request; 0, RN_E_GONE (ESRCH), or RN_E_IO. */
int rn_ptrace(enum __ptrace_request request, pid_t tid, void *addr, void *data);

/* launch.c */
/** Forks the command up to its execve and keeps it waiting. */
int rn_ptrace_launch(struct rn_ptrace *b, struct rn_error *err);
/** Seizes it and opens the gate. */
int rn_ptrace_begin_command(struct rn_ptrace *b, struct rn_error *err);
/** Lets the waiting command go. */
int rn_ptrace_open_gate(struct rn_ptrace *b, struct rn_error *err);

/* attach.c */
/** Seizes all threads of all pids; they run on. An error when none could be; warns of some. */
int rn_ptrace_attach(struct rn_ptrace *b, struct rn_error *err);
/** Stops them for the first time and writes what they are. */
void rn_ptrace_begin_attached(struct rn_ptrace *b);
/** The options of every tracee. */
long rn_ptrace_options(const struct rn_ptrace *b);

/* loop.c */
void rn_ptrace_loop(struct rn_ptrace *b);
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

/* signals.c */
void rn_ptrace_signal_stop(struct rn_ptrace *b, struct rn_tracee *t, int sig);
void rn_ptrace_group_stop(struct rn_ptrace *b, struct rn_tracee *t, int sig);

/* detach.c */
/** Asks every tracee to stop, so that it can be let go. */
void rn_ptrace_detach_begin(struct rn_ptrace *b);
/** Lets a stopped tracee go; status as from wait. */
void rn_ptrace_detach_stopped(struct rn_ptrace *b, struct rn_tracee *t, int status);

/* asked.c: the recorder's own signals. */
/** Installs handlers and the tick. owner: the command to forward to; 0 when attached. */
void rn_asked_begin(pid_t command);
/** Puts the old dispositions back. */
void rn_asked_end(void);
/** The signal that asks us to end; 0: none. */
int rn_asked_signal(void);
/** How often it came; the second time nobody waits. */
unsigned rn_asked_times(void);
/** Whether the terminal's SIGTSTP came: we stop when the command has, not before. */
bool rn_asked_to_stop(void);
/** The command does not stop. */
void rn_asked_stop_refused(void);
/** Stops us until SIGCONT. */
void rn_asked_stop_now(void);
/** Whether the tick has passed since the last time this was asked. */
bool rn_asked_tick(void);
/** Makes sure that a tick will come. Cheap when it is already sure. */
void rn_asked_want_tick(void);
void rn_asked_stop_tick(void);

/* regs.c */
/** All registers of a stopped tracee; their number, 0 when it is gone. */
uint32_t rn_ptrace_regs(pid_t tid, uint64_t regs[RN_REGS_MAX]);
/** Number and arguments as the registers have them at exit. */
void rn_ptrace_regs_call(const uint64_t *regs, uint64_t *nr, uint64_t args[6]);

#endif
