/* SPDX-License-Identifier: MIT */
/**
 * threads - the threads that an export tells of, each with ids that are its own for the whole file.
 *
 * Viewers know processes and threads by their numbers, and the kernel gives a number to another when its
 * holder has ended. The first holder keeps it; the k-th later one is shown as number + k * RN_EXPORT_ID_STEP,
 * above every number that Linux gives (PID_MAX_LIMIT is 2^22). Threads come in the order of their first event.
 */
#ifndef RN_ANALYZE_EXPORT_THREADS_H
#define RN_ANALYZE_EXPORT_THREADS_H

#include "analyze/model/idmap.h"
#include "analyze/model/model.h"
#include "shared/buffer.h"

#define RN_EXPORT_ID_STEP ((uint64_t)1 << 22)

struct rn_export_thread {
	uint32_t utid;
	uint32_t process;   /* utid of its process' first thread */
	uint32_t process_i; /* number of the process, from 0 in the order of appearance */
	uint64_t pid, tid;  /* as shown */
};

struct rn_export_threads {
	struct rn_export_thread *item;
	uint32_t n, cap, n_processes;
	struct rn_idmap by_utid, by_process; /* to item; of a process, to its first thread seen */
	struct rn_idmap pids, tids;          /* how many held a number */
};

void rn_export_threads_fini(struct rn_export_threads *t);
/** The thread of an event; *out is borrowed until the next call. *is_new: it was not seen before. 0 or
 *  RN_E_NOMEM. */
int rn_export_thread_of(struct rn_export_threads *t, const struct rn_model *m, uint32_t utid,
	const struct rn_export_thread **out, bool *is_new, struct rn_error *err);

/** The thread's name in the end; "thread 12" where it has none. */
void rn_put_thread_name(struct rn_buffer *out, const struct rn_model *m, const struct rn_export_thread *t);
/** Its process' name in the end, and its command line (of the command traced: `command`, arguments with a
 *  NUL each). */
void rn_put_process_name(struct rn_buffer *out, const struct rn_model *m, const struct rn_export_thread *t);
void rn_put_process_command(struct rn_buffer *out, const struct rn_model *m,
	const struct rn_export_thread *t, struct rn_bytes command);

#endif
