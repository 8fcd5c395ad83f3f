/* SPDX-License-Identifier: MIT */
/**
 * bpf - the backend of production: the kernel copies what a thread does into rings as it does it.
 *
 * Inside of this folder: watch.bpf.c and *.bpf.h run in the kernel; records.h is what both sides
 * say to each other; table.c compiles the syscall table into rules; load.c brings it into the kernel;
 * rings.c reads; drain.c hands records to calls.c, tree.c and state.c, which push events;
 * attach.c and cgroup.c find what runs already; backend.c begins, loops and ends.
 * The traced threads are never stopped and nothing is written into them.
 */
#ifndef RN_RECORD_BPF_BPF_H
#define RN_RECORD_BPF_BPF_H

#include "record/asked.h"
#include "record/backend.h"
#include "record/bpf/load.h"
#include "record/bpf/rings.h"
#include "record/launch/launch.h"
#include "record/tracee/modules.h"
#include "record/tracee/tracee.h"

extern const struct rn_backend rn_bpf_backend;

struct rn_bpf {
	struct rn_recording *rec;
	const struct rn_target *target;
	struct rn_launch launch;
	struct rn_bpf_load load;
	struct rn_bpf_settings settings;
	struct rn_bpf_rings rings;
	struct rn_tracees tracees;
	struct rn_modules modules;
	struct rn_outcome out;
	struct rn_bpf_counts counts;    /* told of already */
	uint64_t counts_ns;
	uint64_t start_ns;              /* CLOCK_MONOTONIC of trace time 0 */
	bool executed;                  /* the command's execve succeeded */
	bool root_stopped;
	bool stopping;                  /* the last rounds: nothing new is to come */
	int epoll, root_fd;
	struct rn_bpf_found {           /* threads that were there before us, as they were found */
		pid_t tid;
		struct rn_proc_status status;
	} *found;
	size_t n_found;
	uint64_t introduced_ns;         /* when those were introduced, CLOCK_MONOTONIC; 0: there are none */
	uint64_t preview_ns;            /* of the last look at calls that last */
	struct rn_span again[RN_CAPTURE_SPANS]; /* scratch of calls.c */
	/* late.c: argument strings of programs just executed; the mapping looked at last. */
	struct rn_bpf_late_args {
		pid_t tid;
		uint32_t call, path_bytes, args_bytes;
		uint8_t bytes[4096 + RN_BPF_ARGS_BYTES];
	} late_args[8];
	unsigned next_late_args;
	struct {
		pid_t pid;
		uint64_t low, high;
		bool constant;
	} looked_at;
};

/* Trace time of a record's clock. */
static inline uint64_t rn_bpf_time(const struct rn_bpf *b, uint64_t ts_ns)
{
	return ts_ns > b->start_ns ? ts_ns - b->start_ns : 0;
}

/* drain.c */
/** All that was sent until now; how many records. */
size_t rn_bpf_drain(struct rn_bpf *b);
/** One record; what is too short for its kind is counted and dropped. */
void rn_bpf_record(struct rn_bpf *b, const struct rn_bpf_record *r, uint32_t len);
/** What was lost since the last time, as LOST and NOTE events. */
void rn_bpf_tell_losses(struct rn_bpf *b);

/* calls.c */
void rn_bpf_call(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record);
void rn_bpf_entry(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record);
/** Calls still under way as the kernel knows them: those that last get a preview; at the end
 *  (final) all are written as never returned. */
void rn_bpf_under_way(struct rn_bpf *b, bool final);

/* stacks.c */
void rn_bpf_stack(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record);
/** The stack that a signal interrupted becomes the first of the call's pieces of memory; false: there is no
 *  room among them. */
bool rn_bpf_put_interrupted(struct rn_tracee *t);

/* late.c */
void rn_bpf_args(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record);
/** Pieces of the entry that were not there to be read: of an exec from the new program's own copy
 *  (executed), else from constants of the process while it lives. */
void rn_bpf_read_late(struct rn_bpf *b, struct rn_tracee *t, const struct rn_bpf_call *h,
	bool executed);

/* tree.c */
/** The tracee a record is of; one nobody told of is introduced. NULL: no memory. */
struct rn_tracee *rn_bpf_find(struct rn_bpf *b, const struct rn_bpf_record *r);
/** Writes the TASK event of a thread seen from outside: the command, attached ones, found ones. */
void rn_bpf_introduce(struct rn_bpf *b, struct rn_tracee *t, enum rn_task_how how);
void rn_bpf_fork(struct rn_bpf *b, struct rn_bytes record);
void rn_bpf_exec(struct rn_bpf *b, struct rn_bytes record);
void rn_bpf_exit(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record);
/** Ended, and waited for. */
bool rn_bpf_is_gone(const struct rn_tracee *t);
/** Those whose end was lost: nothing was told of them any more, at two looks they were not there. What is
 *  asked of the kernel is asked after a round that brought nothing. */
void rn_bpf_forget_gone(struct rn_bpf *b);

/* state.c */
void rn_bpf_signal(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record, bool stop);
void rn_bpf_map(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record);
void rn_bpf_fd(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record);
void rn_bpf_cwd(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record);
void rn_bpf_comm(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record);

/* path.c */
/** The path of a file as readlink of /proc/PID/fd has it, into buf[cap]; its length. names: of p. */
size_t rn_bpf_path_text(const struct rn_bpf_path *p, struct rn_bytes names, char *buf, size_t cap);
/** A device number as makedev has it. */
uint64_t rn_bpf_dev(uint64_t kernel_dev);
/** The path at the end of a fixed part of `bytes` bytes and its names behind; false: too short. */
bool rn_bpf_take_path(struct rn_bytes record, size_t bytes, struct rn_bpf_path *p,
	struct rn_bytes *names);

/* attach.c */
/** The threads of the target's processes and their descendants are recorded from now on; an error
 *  when there are none. */
int rn_bpf_attach_pids(struct rn_bpf *b, struct rn_error *err);
/** The same of all that runs, or of a cgroup. */
void rn_bpf_attach_all(struct rn_bpf *b);

/** How a thread was found, which may have ended since; false: it was not. */
bool rn_bpf_remembered(const struct rn_bpf *b, pid_t tid, struct rn_proc_status *status);

/* cgroup.c */
/** Opens the cgroup named by path and notes its number; the descriptor, which is the caller's. */
int rn_bpf_cgroup_open(struct rn_bpf_settings *s, const char *path, struct rn_error *err);
/** Whether a process is in it or below. */
bool rn_bpf_cgroup_has(const struct rn_bpf_settings *s, pid_t pid);
/** Writes what they are. */
void rn_bpf_begin_attached(struct rn_bpf *b);

#endif
