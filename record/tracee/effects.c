/* SPDX-License-Identifier: MIT */
#include "record/tracee/effects.h"

#include "record/tracee/fd_table.h"
#include "record/tracee/fdwatch.h"
#include "record/tracee/procfs.h"

#include <linux/kcmp.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void push_cwd(struct rn_recording *rec, const struct rn_tracee *t)
{
	char path[4096];
	ssize_t len = rn_proc_link(t->tid, "cwd", path, sizeof(path));
	if (len < 0)
		return;
	struct rn_event ev = { .ts_ns = rn_recording_stamp(rec), .utid = t->utid, .kind = RN_EV_CWD };
	ev.CWD.path = rn_bytes_of(path, (size_t)len);
	rn_recording_push(rec, &ev);
}

/* prctl(PR_SET_NAME): the name as the call gave it, at most 15 bytes of it. */
static void push_comm(struct rn_recording *rec, const struct rn_tracee *t)
{
	enum { PR_SET_NAME_ = 15, COMM_BYTES = 15 };
	if (t->args[0] != PR_SET_NAME_)
		return;
	const struct rn_span *s = rn_capture_find(&t->capture, RN_PHASE_ENTRY, t->args[1], 1);
	if (!s)
		return;
	struct rn_event ev = { .ts_ns = rn_recording_stamp(rec), .utid = t->utid, .kind = RN_EV_COMM };
	ev.COMM.name = rn_bytes_of(s->bytes, strnlen((const char *)s->bytes,
		s->len < COMM_BYTES ? s->len : COMM_BYTES));
	rn_recording_push(rec, &ev);
}

static bool differs(const struct rn_tracee *t, int what)
{
	return syscall(SYS_kcmp, t->process->pid, t->tid, what, 0, 0) > 0;
}

/* A thread that was there before us may not share what its process has; kcmp(2). Where that is not to be known
 * it does. */
static uint64_t found_apart(const struct rn_tracee *t)
{
	if (!t->process || t->process->leader == t->utid || t->process->pid == t->tid)
		return 0;
	uint64_t what = (differs(t, KCMP_FILES) ? RN_APART_FILES : 0) | (differs(t, KCMP_FS) ? RN_APART_CWD : 0);
	return what ? what | RN_APART_EMPTY : 0;
}

void rn_effects_begin(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t,
	bool with_state)
{
	uint64_t apart = with_state ? found_apart(t) : 0;
	rn_fdwatch_apart(rec, t, apart);
	push_cwd(rec, t);
	if (apart & RN_APART_FILES)
		rn_fdwatch_table(rec, t);
	if (!with_state || !t->process || t->process->leader != t->utid)
		return;
	rn_fdwatch_table(rec, t);
	rn_modules_scan(rec, m, t);
}

static void push_comm_now(struct rn_recording *rec, const struct rn_tracee *t)
{
	char comm[64];
	ssize_t len = rn_proc_text(t->tid, "comm", comm, sizeof(comm));
	struct rn_event ev = { .ts_ns = rn_recording_stamp(rec), .utid = t->utid, .kind = RN_EV_COMM };
	if (len <= 1)
		return;
	ev.COMM.name = rn_bytes_of(comm, (size_t)len - 1); /* newline */
	rn_recording_push(rec, &ev);
}

static void forget_stacks(struct rn_process *p)
{
	memset(p->stack_area, 0, sizeof(p->stack_area));
	p->areas_read_ns = 0;
}

void rn_effects_unseen(struct rn_tracee *t)
{
	if (t->process)
		t->process->stale = true;
	if (t->fds)
		t->fds->stale = true;
}

void rn_effects_exec_unseen(struct rn_tracee *t)
{
	rn_fd_table_exec(t);
	rn_effects_unseen(t);
}

static void tell_fds_again(struct rn_recording *rec, struct rn_tracee *t)
{
	uint64_t apart = t->fds == t->process->fds ? found_apart(t) : 0;
	rn_fdwatch_apart(rec, t, apart);
	if (!t->fds || !(t->fds->stale || apart & RN_APART_FILES))
		return;
	t->fds->stale = false;
	rn_fdwatch_again(rec, t);
}

void rn_effects_again(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t)
{
	push_comm_now(rec, t);
	if (!t->process)
		return;
	tell_fds_again(rec, t);
	push_cwd(rec, t);
	if (!t->process->stale)
		return;
	t->process->stale = false;
	forget_stacks(t->process);
	rn_modules_scan(rec, m, t);
}

void rn_effects_exec(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t)
{
	if (t->process)
		forget_stacks(t->process);
	rn_modules_scan(rec, m, t);
	rn_fd_table_exec(t);
	rn_fdwatch_table(rec, t);
}

void rn_effects_after(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t,
	int64_t ret)
{
	unsigned fx = t->desc->effects;
	if (fx & (RN_FX_FD_NEW | RN_FX_FD_CLOSE | RN_FX_FD_OTHER | RN_FX_SOCK |
		RN_FX_UNNAME))
		rn_fdwatch_after(rec, t, ret);
	if (fx & RN_FX_CWD)
		push_cwd(rec, t);
	if (fx & RN_FX_COMM)
		push_comm(rec, t);
	if (fx & RN_FX_MAP)
		rn_modules_after(rec, m, t, ret);
}
