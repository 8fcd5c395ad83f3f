/* SPDX-License-Identifier: MIT */
#include "record/bpf/bpf.h"

typedef void on_record(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record);

static void on_signal(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record)
{
	rn_bpf_signal(b, t, record, false);
}

static void on_stopped(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record)
{
	rn_bpf_signal(b, t, record, true);
}

static on_record *const by_kind[RN_BPF_KINDS] = {
	[RN_BPF_CALL] = rn_bpf_call,
	[RN_BPF_ENTRY] = rn_bpf_entry,
	[RN_BPF_STACK] = rn_bpf_stack,
	[RN_BPF_EXIT] = rn_bpf_exit,
	[RN_BPF_COMM] = rn_bpf_comm,
	[RN_BPF_SIGNAL] = on_signal,
	[RN_BPF_STOPPED] = on_stopped,
	[RN_BPF_MAP] = rn_bpf_map,
	[RN_BPF_FD] = rn_bpf_fd,
	[RN_BPF_CWD] = rn_bpf_cwd,
	[RN_BPF_ARGS] = rn_bpf_args,
};

void rn_bpf_record(struct rn_bpf *b, const struct rn_bpf_record *r, uint32_t len)
{
	const struct rn_bytes record = rn_bytes_of(r, len);
	b->rec->as_of_ns = rn_bpf_time(b, r->ts_ns);
	if (r->kind == RN_BPF_FORK) {
		rn_bpf_fork(b, record);
	} else if (r->kind == RN_BPF_EXEC) {
		rn_bpf_exec(b, record);
	} else if (r->kind < RN_BPF_KINDS && by_kind[r->kind]) {
		struct rn_tracee *t = rn_bpf_find(b, r);
		if (!t)
			return;
		t->active = true;
		t->previewed = false;
		by_kind[r->kind](b, t, record);
	}
}

size_t rn_bpf_drain(struct rn_bpf *b)
{
	const struct rn_bpf_record *r;
	uint32_t len;
	size_t n = 0;
	rn_bpf_looked(&b->load, b->settings.n_cpus);
	rn_bpf_rings_begin(&b->rings, rn_recording_now(b->rec) + b->start_ns);
	while ((r = rn_bpf_rings_next(&b->rings, &len))) {
		rn_bpf_record(b, r, len);
		n++;
	}
	b->rec->as_of_ns = 0;
	return n;
}

static void push_lost(struct rn_bpf *b, uint64_t now_ns, uint64_t count, enum rn_lost_cause cause,
	uint64_t bytes)
{
	struct rn_event ev = { .ts_ns = now_ns, .kind = RN_EV_LOST };
	ev.LOST = (struct rn_ev_LOST){
		.count = count, .from_ns = b->counts_ns, .cause = cause, .bytes = bytes,
	};
	rn_recording_count(&b->rec->n_lost, count);
	rn_recording_push(b->rec, &ev);
}

void rn_bpf_tell_losses(struct rn_bpf *b)
{
	struct rn_bpf_counts now, *old = &b->counts;
	uint64_t now_ns = rn_recording_now(b->rec);
	rn_bpf_count(&b->load, &now);
	uint64_t ring = now.lost[RN_BPF_LOST_RING] - old->lost[RN_BPF_LOST_RING];
	uint64_t tasks = now.lost[RN_BPF_LOST_TASKS] - old->lost[RN_BPF_LOST_TASKS];
	if (ring)
		push_lost(b, now_ns, ring, RN_LOST_RING, now.lost_bytes - old->lost_bytes);
	if (tasks)
		push_lost(b, now_ns, tasks, RN_LOST_RECORDER, 0);
	if (now.short_stacks != old->short_stacks || now.no_stacks != old->no_stacks)
		rn_recording_note(b->rec, 0, 1, "bpf: the ring filled up: of %llu calls the stack was cut "
			"to 1 KiB, of %llu it was left out",
			(unsigned long long)(now.short_stacks - old->short_stacks),
			(unsigned long long)(now.no_stacks - old->no_stacks));
	*old = now;
	b->counts_ns = now_ns;
}
