/* SPDX-License-Identifier: MIT */
/**
 * load - the kernel program brought into the kernel, with its maps sized, and attached.
 *
 * Nothing is pinned: when the recorder ends, however it ends, the kernel frees all of it.
 */
#ifndef RN_RECORD_BPF_LOAD_H
#define RN_RECORD_BPF_LOAD_H

#include "record/bpf/records.h"
#include "record/recording.h"
#include "shared/error.h"

#include <stdbool.h>

struct rn_watch;

struct rn_bpf_load {
	struct rn_watch *skel;
	int ring_fd[64];      /* of the maps, one each */
	unsigned n_rings;
	int tasks_fd;
};

/** Whether this kernel and this user may; 0 or why not. Cheap: nothing is loaded. */
int rn_bpf_probe(struct rn_error *err);
/** Loads, with the rules of the syscall table in place. settings->ring_shift and n_rings are settled
 *  here. rn_bpf_unload after success and failure alike. */
int rn_bpf_load(struct rn_bpf_load *l, struct rn_bpf_settings *settings,
	const struct rn_recording *rec, struct rn_error *err);
/** From now on recorded threads send records. */
int rn_bpf_attach(struct rn_bpf_load *l, struct rn_error *err);
void rn_bpf_detach(struct rn_bpf_load *l);
void rn_bpf_unload(struct rn_bpf_load *l);

/** A thread that is to be recorded, or its state changed. 0 or RN_E_IO. */
int rn_bpf_put_task(struct rn_bpf_load *l, uint32_t tid, const struct rn_bpf_task *t);
void rn_bpf_drop_task(struct rn_bpf_load *l, uint32_t tid);
/** False when it is not recorded. */
bool rn_bpf_get_task(const struct rn_bpf_load *l, uint32_t tid, struct rn_bpf_task *t);
/** Of all CPUs together. */
void rn_bpf_count(const struct rn_bpf_load *l, struct rn_bpf_counts *sum);
/** The recorder looks at the ring: it may be woken for it again. */
void rn_bpf_looked(struct rn_bpf_load *l, unsigned ring);

#endif
