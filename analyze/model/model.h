/* SPDX-License-Identifier: MIT */
/**
 * model - the processes of a trace: who they were, what they were called, what they held.
 *
 * Built from the meta events, in file order: all at once before the calls are
 * looked at (rn_model_scan, seekable inputs), or block by block (rn_model_block,
 * pipes). Every question names a moment (trace time, ns), so answers do not
 * depend on how far the calls have been read. Threads go by their number of the
 * trace (utid). Unknown threads and moments get the nearest honest answer: 0,
 * empty, NULL or false. One owner thread while it is built; then any may ask.
 */
#ifndef RN_ANALYZE_MODEL_MODEL_H
#define RN_ANALYZE_MODEL_MODEL_H

#include "format/reader.h"

struct rn_model;

/* What is worth remembering, besides threads and their fates. */
enum rn_model_want {
	RN_MODEL_COMM = 1, /* names of threads over time */
	RN_MODEL_FDS = 2,  /* descriptors over time */
	RN_MODEL_CWD = 4,
	RN_MODEL_EXE = 8,  /* executables of processes over time */
	RN_MODEL_NETLINK = 16, /* of the descriptors, those that are netlink sockets */
	RN_MODEL_ARGV = 32, /* command lines of processes over time; looks into the calls of blocks */
};

/* A thread, and of a process' first one the process. Borrowed until the next block is taken in. */
struct rn_task {
	uint32_t utid;
	uint32_t leader;     /* utid of the process' first thread, often its own */
	uint32_t parent;     /* utid of who made it; 0 unknown */
	uint32_t how;        /* enum rn_task_how */
	uint64_t tid, pid;   /* as first seen; tid may change: rn_model_tid */
	uint64_t ns_tid, ns_pid, ppid;
	uint64_t clone_flags;
	uint64_t cgroup;     /* number of its control group as it began; 0 unknown */
	uint64_t start_ns;
	bool ended, superseded;
	uint64_t end_ns;
	uint64_t status;     /* as from wait(2), when ended */
	struct rn_bytes exe; /* the last one executed */
};

struct rn_model *rn_model_new(unsigned want); /* enum rn_model_want bits; NULL: no memory */
void rn_model_free(struct rn_model *m);

/** Takes in one meta event, whose bytes are copied. Calls and unknown kinds are passed over. */
int rn_model_event(struct rn_model *m, const struct rn_event *ev, struct rn_error *err);
/** All meta events of a block, and the threads its directory of threads names. What is damaged is
 *  passed over (the reader counts it). */
int rn_model_block(struct rn_model *m, struct rn_block *b, struct rn_error *err);
/** The whole trace, by its meta sections; the reader must be seekable and indexed. */
int rn_model_scan(struct rn_model *m, struct rn_reader *r, struct rn_error *err);
/** Where command lines are wanted: those alone, of all blocks that execute something. */
int rn_model_scan_argv(struct rn_model *m, struct rn_reader *r, struct rn_error *err);
/** enum rn_model_want bits it was made with. */
unsigned rn_model_wants(const struct rn_model *m);

uint32_t rn_model_n_tasks(const struct rn_model *m);
/** By order of appearance; NULL past the last. */
const struct rn_task *rn_model_task_at(const struct rn_model *m, uint32_t i);
/** By number; NULL: never heard of. */
const struct rn_task *rn_model_task(const struct rn_model *m, uint32_t utid);

/** The process a thread belongs to, as the number of its first thread; a thread whose process nobody
 *  knows is one of its own. */
uint32_t rn_model_process(const struct rn_model *m, uint32_t utid);
/** The thread's id in the eyes of the recorder; 0 unknown. An execve by another thread than the
 *  first gives that one the id of the process. */
uint64_t rn_model_tid(const struct rn_model *m, uint32_t utid, uint64_t at_ns);
uint64_t rn_model_pid(const struct rn_model *m, uint32_t utid);
/** Whether the thread's process or the thread itself has one of these ids. None given: true. */
bool rn_model_is_of(const struct rn_model *m, uint32_t utid, const uint64_t *ids, size_t n_ids);
/** The id that the thread had which took over utid's process by execve, around a moment; 0 unknown. */
uint64_t rn_model_superseder(const struct rn_model *m, uint32_t utid, uint64_t at_ns);
/** The thread that had an id at a moment, 0: none that is known, or it had ended. A thread of
 *  another pid namespace (`of`) knows others by their ids there. */
uint32_t rn_model_holder(const struct rn_model *m, uint64_t tid, uint32_t of, uint64_t at_ns);
/** The one that made a group or session of this id, though it may have ended. */
uint32_t rn_model_group(const struct rn_model *m, uint64_t pgid, uint32_t of, uint64_t at_ns);
/** The name it had when it was born or at its last execve: what a tracer calls it (RN_MODEL_COMM). */
struct rn_bytes rn_model_title(const struct rn_model *m, uint32_t utid, uint64_t at_ns);
/** Name of the thread (RN_MODEL_COMM). */
struct rn_bytes rn_model_comm(const struct rn_model *m, uint32_t utid, uint64_t at_ns);

/** What the thread's process executed (RN_MODEL_EXE). */
struct rn_bytes rn_model_exe(const struct rn_model *m, uint32_t utid, uint64_t at_ns);

/** The arguments, each with its NUL, with which the thread's process or whom it was forked from last
 *  executed something (RN_MODEL_ARGV); empty: that was before the trace. */
struct rn_bytes rn_model_argv(const struct rn_model *m, uint32_t utid, uint64_t at_ns);

/* What is remembered of a thread over time, as a list. */
enum rn_model_fact {
	RN_MODEL_FACT_TID, RN_MODEL_FACT_COMM, RN_MODEL_FACT_EXE, RN_MODEL_FACT_ARGV
};
struct rn_model_change {
	uint64_t at_ns;
	uint64_t tid;         /* of FACT_TID */
	struct rn_bytes text; /* of the others */
};
/** Change i, by time; false past the last. A thread whose id never changed has no change of it. */
bool rn_model_change(const struct rn_model *m, uint32_t utid, enum rn_model_fact fact, uint32_t i,
	struct rn_model_change *out);

/* What a descriptor is. Strings live as long as the model. */
struct rn_fd_facts {
	uint32_t kind; /* enum rn_fd_kind */
	uint64_t flags, ino, rdev;
	struct rn_bytes target, proto, detail;
	uint64_t peer_ino; /* of an AF_UNIX socket, where the other end was seen; 0: unknown */
};
/** What fd was when something began at at_ns (RN_MODEL_FDS). */
bool rn_model_fd(const struct rn_model *m, uint32_t utid, int64_t fd, uint64_t at_ns,
	struct rn_fd_facts *out);
/** What a call that began at at_ns and took dur_ns made of fd. */
bool rn_model_fd_made(const struct rn_model *m, uint32_t utid, int64_t fd, uint64_t at_ns,
	uint64_t dur_ns, struct rn_fd_facts *out);
/** A number for the table of descriptors that a thread uses: the same for all that share it (RN_MODEL_FDS). */
uint64_t rn_model_fd_table(const struct rn_model *m, uint32_t utid, uint64_t at_ns);
/** Who used which table until when (UINT64_MAX: to its own end): a process, by its first thread, or a thread that has
 *  one apart. */
void rn_model_fd_uses(const struct rn_model *m,
	void (*each)(void *arg, uint64_t table, uint32_t utid, uint64_t until_ns), void *arg);
/** Working directory (RN_MODEL_CWD). */
bool rn_model_cwd(const struct rn_model *m, uint32_t utid, uint64_t at_ns, struct rn_bytes *out);

/* How the recording ended. */
struct rn_model_end {
	bool known;             /* an END event was there */
	struct rn_ev_END event;
	bool has_status;        /* status is that of the command, from END or from its own end */
	uint64_t status;
	uint64_t lost_events;   /* sum of all LOST events */
	uint64_t lost_by[RN_LOST_CAUSES]; /* by enum rn_lost_cause; 0: of others */
	uint64_t disk_full_ns;  /* from when on the disk was full; 0: it was not */
	struct rn_ev_COST cost; /* of the recorder, as the last such event told; zero: none did */
	/* Less was recorded than was asked for: how often that began, for how long, why (enum rn_detail_cause),
	 * and since when it is so; 0: it is not. */
	uint64_t less_times, less_ns, less_causes, less_since_ns;
};
void rn_model_end(const struct rn_model *m, struct rn_model_end *out);
struct rn_sampling;
/** What was left out on request (analyze/weights/sampling.h), as far as the model was told; lives as long as it. */
const struct rn_sampling *rn_model_sampling(const struct rn_model *m);
/** Of the trace's last block only how the recording ended: for who needs nothing else. Seekable. */
int rn_model_scan_end(struct rn_model *m, struct rn_reader *r, struct rn_error *err);
/** The tracer went away while utid's process lived on: what it was in had not failed to return. */
bool rn_model_detached(const struct rn_model *m, uint32_t utid);
/** Of a wait status: the exit code, 128 + signal when killed. */
int rn_exit_code_of(uint64_t wait_status);

#endif
