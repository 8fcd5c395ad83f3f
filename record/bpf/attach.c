/* SPDX-License-Identifier: MIT */
/*
 * A thread is made known to the kernel program first and looked at then: what it does meanwhile comes
 * through the ring, after what was found. Threads made by one that is not known yet are missed: the
 * lists are gone through again until nothing new is in them.
 */
#include "record/bpf/bpf.h"

#include "shared/diag.h"

#include <stdlib.h>
#include <unistd.h>

#define MAX_PASSES 1000

struct finding {
	struct rn_bpf *b;
	unsigned n_new;
};

/* What it is called, for when it has ended before it is introduced. */
static void remember(struct rn_bpf *b, pid_t tid, const struct rn_proc_status *status)
{
	struct rn_bpf_found *found = realloc(b->found, (b->n_found + 1) * sizeof(*found));
	if (!found)
		return;
	b->found = found;
	found[b->n_found++] = (struct rn_bpf_found){ tid, *status };
}

bool rn_bpf_remembered(const struct rn_bpf *b, pid_t tid, struct rn_proc_status *status)
{
	for (size_t i = b->n_found; i-- > 0;)
		if (b->found[i].tid == tid) {
			*status = b->found[i].status;
			return true;
		}
	return false;
}

/* Of one that the kernel program knows it has told, or will: it was born since. */
static void find_thread(void *arg, long tid)
{
	struct finding *f = arg;
	struct rn_bpf *b = f->b;
	static const struct rn_bpf_task blank;
	struct rn_bpf_task known;
	struct rn_proc_status status;
	if (rn_tracees_find(&b->tracees, (pid_t)tid) ||
		rn_bpf_get_task(&b->load, (uint32_t)tid, &known) || rn_proc_status(&status, (pid_t)tid) < 0)
		return;
	remember(b, (pid_t)tid, &status);
	struct rn_tracee *t = rn_tracees_add(&b->tracees, (pid_t)tid);
	if (!t)
		return;
	rn_bpf_put_task(&b->load, (uint32_t)tid, &blank);
	f->n_new++;
}

static unsigned find_process(struct rn_bpf *b, pid_t tgid, pid_t tid)
{
	unsigned n = 0;
	for (unsigned pass = 0; pass < MAX_PASSES; pass++) {
		struct finding f = { .b = b };
		if (b->rec->options->follow)
			rn_proc_numbers(tgid, "task", find_thread, &f);
		else
			find_thread(&f, tid);
		n += f.n_new;
		if (!f.n_new)
			break;
	}
	return n;
}

static int check_pid(pid_t pid, pid_t *tgid, struct rn_error *err)
{
	struct rn_proc_status s;
	if (rn_proc_status(&s, pid) < 0)
		return rn_fail(err, RN_E_NOT_FOUND, "Failed to attach to %d: no such process", (int)pid);
	if (s.tgid == getpid())
		return rn_fail(err, RN_E_PERM, "Failed to attach to %d: that is this recorder itself",
			(int)pid);
	if (s.state == 'Z')
		return rn_fail(err, RN_E_GONE, "Failed to attach to %d: it has ended already (zombie)",
			(int)pid);
	*tgid = s.tgid;
	return 0;
}

/* The leader of a process is introduced before its threads, whose process it makes. */
static void introduce(struct rn_bpf *b, struct rn_tracee *t)
{
	struct rn_proc_status s;
	if (t->utid)
		return;
	struct rn_tracee *leader = rn_proc_status(&s, t->tid) == 0 ?
		rn_tracees_find(&b->tracees, s.tgid) : NULL;
	if (leader && !leader->utid)
		rn_bpf_introduce(b, leader, RN_TASK_ATTACHED);
	if (leader != t)
		rn_bpf_introduce(b, t, RN_TASK_ATTACHED);
}

/* Children of those that are known, theirs, and so on. */
struct generation {
	struct rn_bpf *b;
	unsigned n_new;
};

static void find_child(void *arg, long pid)
{
	struct generation *g = arg;
	struct rn_proc_status s;
	if (rn_tracees_find(&g->b->tracees, (pid_t)pid) || pid == getpid() ||
		rn_proc_status(&s, (pid_t)pid) < 0 || s.state == 'Z' || s.ppid <= 0 ||
		!rn_tracees_find(&g->b->tracees, s.ppid))
		return;
	g->n_new += find_process(g->b, (pid_t)pid, (pid_t)pid);
}

static void find_descendants(struct rn_bpf *b)
{
	for (unsigned pass = 0; b->rec->options->follow && pass < MAX_PASSES; pass++) {
		struct generation g = { .b = b };
		rn_proc_processes(find_child, &g);
		if (!g.n_new)
			return;
	}
}

static void find_any(void *arg, long pid)
{
	struct rn_bpf *b = arg;
	struct rn_proc_status s;
	if (pid == (long)b->settings.own_tgid || pid == (long)b->settings.reader_tgid ||
		rn_proc_status(&s, (pid_t)pid) < 0 || s.state == 'Z' || s.is_kernel)
		return;
	if (b->settings.whole_machine || rn_bpf_cgroup_has(&b->settings, (pid_t)pid))
		find_process(b, (pid_t)pid, (pid_t)pid);
}

void rn_bpf_attach_all(struct rn_bpf *b)
{
	if (b->settings.nested && b->settings.whole_machine && !b->tracees.n)
		rn_diag_note(b->rec->diag, "-a in a pid namespace: what runs outside of it is not seen");
	rn_proc_processes(find_any, b);
}

int rn_bpf_attach_pids(struct rn_bpf *b, struct rn_error *err)
{
	struct rn_error why = { 0 };
	int r = 0;
	for (size_t i = 0; i < b->target->n_pids; i++) {
		pid_t tgid = 0;
		r = check_pid(b->target->pids[i], &tgid, &why);
		if (r == 0)
			find_process(b, tgid, b->target->pids[i]);
		else if (b->target->n_pids > 1)
			rn_diag_warn(b->rec->diag, "%s", why.message);
	}
	find_descendants(b);
	if (b->tracees.n)
		return 0;
	if (b->target->n_pids == 1)
		return rn_fail(err, r, "%s", why.message);
	return rn_fail(err, r, "none of the processes could be attached to");
}

/* Those that ended before the kernel program could tell of it. */
static void forget_gone(struct rn_bpf *b)
{
	for (uint32_t i = 0; i < b->tracees.n_slots;) {
		struct rn_tracee *t = rn_tracees_at(&b->tracees, i);
		if (t && rn_bpf_is_gone(t)) {
			rn_bpf_drop_task(&b->load, (uint32_t)t->tid);
			rn_tracees_remove(&b->tracees, t); /* which moves another into its place */
		} else {
			i++;
		}
	}
}

/* Once more, now that whatever comes will be told: those that came or went since the first time. */
void rn_bpf_begin_attached(struct rn_bpf *b)
{
	struct rn_error unused;
	if (b->target->n_pids)
		rn_bpf_attach_pids(b, &unused);
	else
		rn_bpf_attach_all(b);
	forget_gone(b);
	for (uint32_t i = 0; i < b->tracees.n_slots; i++)
		if (rn_tracees_at(&b->tracees, i))
			introduce(b, rn_tracees_at(&b->tracees, i));
	b->introduced_ns = rn_recording_now(b->rec) + b->start_ns;
}
