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

/* When that was; what the kernel had counted but not dated yet lies between our two looks. */
static struct rn_bpf_range range_of(const struct rn_bpf *b, const struct rn_bpf_range *r, uint64_t now_ns)
{
	if (!r->first_ns)
		return (struct rn_bpf_range){ b->counts_ns, now_ns };
	return (struct rn_bpf_range){ rn_bpf_time(b, r->first_ns), rn_bpf_time(b, r->last_ns) };
}

static void push_lost(struct rn_bpf *b, const struct rn_bpf_range *when, uint64_t count,
	enum rn_lost_cause cause, uint64_t bytes)
{
	struct rn_event ev = { .ts_ns = when->last_ns, .kind = RN_EV_LOST };
	ev.LOST = (struct rn_ev_LOST){
		.count = count, .from_ns = when->first_ns, .cause = cause, .bytes = bytes,
	};
	rn_recording_count(&b->rec->n_lost, count);
	rn_recording_push(b->rec, &ev);
}

static void tell_cuts(struct rn_bpf *b, const struct rn_bpf_counts *now, uint64_t now_ns)
{
	const struct rn_bpf_counts *old = &b->counts;
	uint64_t shorter = now->short_stacks - old->short_stacks, none = now->no_stacks - old->no_stacks;
	uint64_t no_memory = now->no_memory - old->no_memory;
	if (!(shorter | none | no_memory))
		return;
	const struct rn_bpf_range when = range_of(b, &now->cutting, now_ns);
	rn_recording_note(b->rec, 0, 1, "bpf: the ring filled up: of %llu calls the stack was cut to 1 KiB, "
		"of %llu it was left out, of %llu the memory of the entry was left out, from %.6f s to %.6f s",
		(unsigned long long)shorter, (unsigned long long)none, (unsigned long long)no_memory,
		(double)when.first_ns * 1e-9, (double)when.last_ns * 1e-9);
}

void rn_bpf_tell_losses(struct rn_bpf *b)
{
	struct rn_bpf_counts now, *old = &b->counts;
	uint64_t now_ns = rn_recording_now(b->rec);
	rn_bpf_count(&b->load, &now);
	uint64_t ring = now.lost[RN_BPF_LOST_RING] - old->lost[RN_BPF_LOST_RING];
	uint64_t tasks = now.lost[RN_BPF_LOST_TASKS] - old->lost[RN_BPF_LOST_TASKS];
	const struct rn_bpf_range when = range_of(b, &now.losing, now_ns);
	if (ring)
		push_lost(b, &when, ring, RN_LOST_RING, now.lost_bytes - old->lost_bytes);
	if (tasks)
		push_lost(b, &when, tasks, RN_LOST_RECORDER, 0);
	b->rec->n_unseen += now.unseen - old->unseen; /* told with the gap: record/gaps.h */
	tell_cuts(b, &now, now_ns);
	*old = now;
	b->counts_ns = now_ns;
}
