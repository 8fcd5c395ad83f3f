/* SPDX-License-Identifier: MIT */
/**
 * pace - how the recorder's thread and its tracees share CPUs, so that stops cost little.
 *
 * A stop costs mostly waking and switching. When a single tracee is active:
 *  - the recorder follows it onto its CPU: wakeups across CPUs cost several times as
 *    much. Only the recorder's own affinity is changed.
 *  - the recorder runs as SCHED_IDLE, where it may leave that again (CAP_SYS_NICE or
 *    RLIMIT_NICE): the scheduler then takes the recorder's CPU for idle and keeps the
 *    tracee there, and the tracee runs the moment it is resumed, so that the recorder
 *    is back from PTRACE_SYSCALL only at the next stop and need not wait for it.
 *  - the next stop is asked for directly (PTRACE_GET_SYSCALL_INFO without wait4): it
 *    succeeds when the tracee has stopped already.
 * When others want that CPU, or several tracees are active, it goes back to normal.
 * The figures are in docs/stop-cost.md.
 */
#ifndef RN_RECORD_PTRACE_PACE_H
#define RN_RECORD_PTRACE_PACE_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct rn_pace {
	bool may_idle;         /* SCHED_IDLE can be left again */
	bool many_cpus;        /* there is somewhere else to be */
	cpu_set_t home;        /* our affinity at start */
	pid_t lone;            /* the only active tracee, once it has been for a while; 0 none */
	pid_t last;            /* whose stop came last */
	uint32_t in_a_row;     /* stops of `last` */
	uint32_t score;        /* how much a single tracee has been the active one */
	bool idle;             /* we are SCHED_IDLE now */
	int cpu;               /* the only one we run on; -1: home */
	int stat_fd;           /* /proc/LONE/stat */
	int self_delay_fd, lone_delay_fd; /* schedstat of us and of it */
	uint32_t misses;       /* asked directly in vain, in a row */
	uint32_t rest;         /* stops until asking directly is tried again */
	uint32_t rest_next;
	uint64_t check_ns;     /* when crowding is looked at next */
	uint64_t alone_again_ns; /* not before, after crowding */
	uint64_t back_off_ns;
	uint64_t self_delay_ns, lone_cpu_ns, own_threads_ns; /* at the last look */
	uint64_t n_direct, n_waited, n_moves, n_crowded; /* what happened, for the end's note */
};

void rn_pace_begin(struct rn_pace *p);
/** Back to what the recorder was started as. */
void rn_pace_end(struct rn_pace *p);
/** tid will not stop for calls from now on. */
void rn_pace_without(struct rn_pace *p, pid_t tid);
/** A stop of tid came; waited: by wait4. */
void rn_pace_stop(struct rn_pace *p, pid_t tid, uint64_t now_ns, bool waited);
/** Whether stops come from one tracee for now, so that looking for others each time is not worth it. */
static inline bool rn_pace_single(const struct rn_pace *p)
{
	return p->lone != 0;
}
/** Whether to ask the tracee resumed last directly. */
bool rn_pace_ask(struct rn_pace *p, pid_t tid);
/** It had not stopped. */
void rn_pace_missed(struct rn_pace *p);

#endif
