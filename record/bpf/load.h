/* SPDX-License-Identifier: MIT */
/**
 * load - the kernel program brought into the kernel, with its maps sized, and attached.
 *
 * Nothing is pinned: when the recorder ends, however it ends, the kernel frees all of it.
 */
#ifndef RN_RECORD_BPF_LOAD_H
#define RN_RECORD_BPF_LOAD_H

#include "record/bpf/program.h"
#include "record/bpf/rings.h"
#include "record/recording.h"
#include "shared/error.h"

#include <stdbool.h>

struct rn_bpf_load {
	struct rn_watch *skel;
	struct rn_bpf_task *tasks; /* the kernel's own, settings.task_mask + 1 places */
	uint32_t task_mask;
	int owners_fd;
};

/** Whether this kernel and this user may; 0 or why not. Cheap: nothing is loaded. */
int rn_bpf_probe(struct rn_error *err);
/** Loads the newest of the programs that this kernel takes, with the rules of the syscall table in place. What settings say of CPUs, lanes and the table
 *  of tasks is settled here, so that a lane holds lane_bytes. rn_bpf_unload after success and failure
 *  alike. */
int rn_bpf_load(struct rn_bpf_load *l, struct rn_bpf_settings *settings,
	const struct rn_recording *rec, struct rn_error *err);
/** The cgroup whose threads are recorded: fd is of its folder, and need not stay open. Before rn_bpf_attach. */
int rn_bpf_put_cgroup(struct rn_bpf_load *l, int fd, struct rn_error *err);
/** One program alone, verified and not yet in use: for rn_bpf_load, which tries them, and its tests. */
int rn_bpf_load_program(struct rn_bpf_load *l, enum rn_bpf_program which,
	struct rn_bpf_settings *settings, const struct rn_recording *rec, struct rn_error *err);
/** What to map to read the lanes, and the ring. */
struct rn_bpf_rings_what rn_bpf_rings_what(const struct rn_bpf_load *l,
	const struct rn_bpf_settings *settings);
/** From now on recorded threads send records. */
int rn_bpf_attach(struct rn_bpf_load *l, struct rn_error *err);
void rn_bpf_detach(struct rn_bpf_load *l);
void rn_bpf_unload(struct rn_bpf_load *l);

/** A thread that is to be recorded. 0 or RN_E_LIMIT: the table is full. */
int rn_bpf_put_task(struct rn_bpf_load *l, uint32_t tid, const struct rn_bpf_task *t);
void rn_bpf_drop_task(struct rn_bpf_load *l, uint32_t tid);
/** False when it is not recorded. */
bool rn_bpf_get_task(const struct rn_bpf_load *l, uint32_t tid, struct rn_bpf_task *t);
/** Of all CPUs together; the ranges since the last time. */
void rn_bpf_count(struct rn_bpf_load *l, struct rn_bpf_counts *sum);
/** The recorder looks at the lanes: it may be woken for them again. */
void rn_bpf_looked(struct rn_bpf_load *l, unsigned n_cpus);
/** Calls are not told from here on, but counted (rn_bpf_counts.unseen); what they change is. */
void rn_bpf_look_away(struct rn_bpf_load *l, bool away);

#endif
