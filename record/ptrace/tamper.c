/* SPDX-License-Identifier: MIT */
#include "record/ptrace/ptrace.h"

#include "record/tracee/proc_place.h"
#include "record/tracee/procfs.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A share of the CPU is given in turns of this length. */
#define TURN_NS 40000000u

void rn_tamper_begin(struct rn_ptrace *b, const struct rn_chaos *chaos)
{
	b->tamper.chaos = chaos;
	if (chaos->timeout_ns)
		b->tamper.timeout_ns = rn_recording_now(b->rec) + chaos->timeout_ns;
}

/* --- changing calls --- */

static struct rn_tampering *tampering_of(struct rn_tracee *t)
{
	if (!t->tampering)
		t->tampering = calloc(1, sizeof(*t->tampering));
	if (t->tampering && t->tampering->utid != t->utid)
		*t->tampering = (struct rn_tampering){ .utid = t->utid };
	return t->tampering;
}

static bool is_socket(void *arg)
{
	const struct rn_tracee *t = arg;
	char path[RN_PROC_PATH];
	struct stat st;
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", rn_proc_number(t->tid), (int)t->args[0]);
	return stat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

/* Through /proc: what the tracee itself may not write, as ptrace(2) could. */
static void poke(struct rn_ptrace *b, struct rn_tracee *t, const struct rn_poke *poke, unsigned n)
{
	char path[RN_PROC_PATH];
	snprintf(path, sizeof(path), "/proc/%d/mem", rn_proc_number(t->tid));
	int fd = n ? open(path, O_WRONLY | O_CLOEXEC) : -1;
	for (; n && fd >= 0; n--, poke++) {
		bool is_argument = t->desc && poke->arg < t->desc->n_args;
		if (is_argument && pwrite(fd, poke->bytes, poke->len, (off_t)t->args[poke->arg]) > 0)
			t->flags |= RN_CALL_ALTERED;
		else
			rn_recording_note(b->rec, t->utid, 0, "chaos: argument %u could not be poked",
				poke->arg + 1u);
	}
	if (fd >= 0)
		close(fd);
}

static int64_t number_instead(const struct rn_tracee *t, const char *name)
{
	return name ? rn_syscall_number((enum rn_abi)t->abi, rn_bytes_str(name)) : -1;
}

static void change_call(struct rn_ptrace *b, struct rn_tracee *t, struct rn_tampering *m)
{
	const struct rn_chaos_fate *f = &m->fate;
	if (f->replaced) {
		rn_ptrace_set_nr(t->tid, number_instead(t, f->instead));
		t->flags |= RN_CALL_INJECTED;
	} else if (f->most_bytes) {
		rn_ptrace_set_length(t->tid, f->most_bytes);
		m->cut = true;
		t->flags |= RN_CALL_ALTERED;
	}
	if (f->delay_enter_ns || f->delay_exit_ns || f->delayed)
		t->flags |= RN_CALL_DELAYED;
	if (f->signo)
		t->flags |= RN_CALL_SIGNALLED;
	b->tamper.n_tampered++;
}

void rn_tamper_call(struct rn_ptrace *b, struct rn_tracee *t)
{
	/* What comes before the command is its own program is ours: it is neither changed nor counted. */
	struct rn_tampering *m = b->root && !b->executed ? NULL : tampering_of(t);
	if (!m)
		return;
	uint32_t slot = t->nr < RN_TAMPER_NUMBERS ? t->nr : RN_TAMPER_NUMBERS - 1;
	struct rn_chaos_call call = {
		.abi = (enum rn_abi)t->abi, .nr = t->nr, .utid = t->utid, .length = t->args[2],
		.wanted = t->wanted,
		.count = ++m->count[t->abi < RN_ABI_COUNT ? t->abi : 0][slot],
	};
	m->cut = false;
	m->due = rn_chaos_decide(b->tamper.chaos, &call, is_socket, t, &m->fate);
	if (m->due && m->fate.pokes)
		poke(b, t, m->fate.pokes->poke, m->fate.pokes->n_poke_enter);
}

void rn_tamper_entry(struct rn_ptrace *b, struct rn_tracee *t)
{
	struct rn_tampering *m = t->tampering;
	if (!m || m->utid != t->utid || !m->due) {
		rn_ptrace_resume(b, t, 0);
		return;
	}
	change_call(b, t, m);
	if (m->fate.delay_enter_ns)
		rn_tamper_hold_back(b, t, m->fate.signo, t->entry_ns + m->fate.delay_enter_ns);
	else
		rn_ptrace_resume(b, t, m->fate.signo);
}

void rn_tamper_exit(struct rn_ptrace *b, struct rn_tracee *t, int64_t *ret, bool *error)
{
	struct rn_tampering *m = t->tampering;
	if (!m || m->utid != t->utid)
		return;
	if (m->fate.replaced) {
		*ret = m->fate.ret;
		*error = m->fate.error;
		rn_ptrace_set_result(t->tid, *ret);
	}
	if (m->cut)
		rn_ptrace_set_length(t->tid, t->args[2]);
	m->cut = false;
	if (m->fate.pokes)
		poke(b, t, m->fate.pokes->poke + RN_POKES, m->fate.pokes->n_poke_exit);
}

void rn_tamper_after(struct rn_ptrace *b, struct rn_tracee *t)
{
	struct rn_tampering *m = t->tampering;
	uint64_t delay_ns = m && m->utid == t->utid ? m->fate.delay_exit_ns : 0;
	if (m)
		m->fate = (struct rn_chaos_fate){ 0 };
	if (delay_ns)
		rn_tamper_hold_back(b, t, 0, rn_recording_now(b->rec) + delay_ns);
	else
		rn_ptrace_resume(b, t, 0);
}

void rn_tamper_undo(struct rn_ptrace *b, struct rn_tracee *t)
{
	struct rn_tampering *m = t->tampering;
	if (t->held_back_ns)
		b->tamper.n_held_back--;
	t->held_back_ns = 0;
	if (!m || m->utid != t->utid || !t->in_call)
		return;
	if (m->fate.replaced)
		rn_ptrace_set_nr(t->tid, t->nr);
	if (m->cut)
		rn_ptrace_set_length(t->tid, t->args[2]);
	m->fate = (struct rn_chaos_fate){ 0 };
	m->cut = false;
}

/* --- time --- */

void rn_tamper_hold_back(struct rn_ptrace *b, struct rn_tracee *t, int sig, uint64_t until_ns)
{
	struct rn_tamper *m = &b->tamper;
	t->state = RN_TRACEE_STOPPED;
	t->held_back_ns = until_ns;
	t->held_back_signal = sig;
	if (!m->n_held_back++ || until_ns < m->next_ns)
		m->next_ns = until_ns;
	rn_asked_wake_at(b->rec->start_ns + m->next_ns);
}

static void release_due(struct rn_ptrace *b, uint64_t now_ns)
{
	struct rn_tamper *m = &b->tamper;
	m->next_ns = UINT64_MAX;
	for (uint32_t i = 0; i < b->tracees.n_slots && m->n_held_back; i++) {
		struct rn_tracee *t = rn_tracees_at(&b->tracees, i);
		if (!t || !t->held_back_ns)
			continue;
		if (t->held_back_ns > now_ns) {
			if (t->held_back_ns < m->next_ns)
				m->next_ns = t->held_back_ns;
			continue;
		}
		t->held_back_ns = 0;
		m->n_held_back--;
		rn_ptrace_resume(b, t, t->held_back_signal);
	}
}

/* Those that compute are stopped; those in a call stop at its end. */
static void freeze(struct rn_ptrace *b, uint64_t until_ns)
{
	b->tamper.frozen_until_ns = until_ns;
	for (uint32_t i = 0; i < b->tracees.n_slots; i++) {
		struct rn_tracee *t = rn_tracees_at(&b->tracees, i);
		if (t && t->state == RN_TRACEE_RUNNING && !t->in_call)
			rn_ptrace(PTRACE_INTERRUPT, t->tid, 0, 0);
	}
}

static void share_cpu(struct rn_ptrace *b, uint64_t now_ns)
{
	struct rn_tamper *m = &b->tamper;
	if (now_ns < m->phase_ends_ns)
		return;
	uint64_t run_ns = (uint64_t)(m->chaos->cpu * TURN_NS);
	if (m->frozen_until_ns || !m->phase_ends_ns) {
		m->frozen_until_ns = 0;
		m->phase_ends_ns = now_ns + run_ns;
	} else {
		m->phase_ends_ns = now_ns + (TURN_NS - run_ns);
		freeze(b, m->phase_ends_ns);
	}
}

static void signal_all(struct rn_ptrace *b, int sig)
{
	for (uint32_t i = 0; i < b->tracees.n_slots; i++) {
		struct rn_tracee *t = rn_tracees_at(&b->tracees, i);
		if (!t || !t->process || t->process->pid != t->tid)
			continue;
		kill(t->tid, sig);
		if (sig == SIGTERM)
			kill(t->tid, SIGCONT); /* one that is stopped could not end */
	}
}

static void end_run(struct rn_ptrace *b, uint64_t now_ns)
{
	struct rn_tamper *m = &b->tamper;
	int sig = m->terminated ? SIGKILL : SIGTERM;
	if (now_ns < m->timeout_ns)
		return;
	rn_recording_note(b->rec, 0, 1, "chaos: timeout after %.3f s: %s to every process",
		(double)now_ns / 1e9, sig == SIGKILL ? "SIGKILL" : "SIGTERM");
	signal_all(b, sig);
	m->timeout_ns = m->terminated ? 0 : now_ns + m->chaos->grace_ns;
	m->terminated = true;
}

static uint64_t earliest(const struct rn_tamper *m)
{
	uint64_t at = UINT64_MAX;
	if (m->n_held_back && m->next_ns < at)
		at = m->next_ns;
	if (m->phase_ends_ns && m->phase_ends_ns < at)
		at = m->phase_ends_ns;
	if (m->timeout_ns && m->timeout_ns < at)
		at = m->timeout_ns;
	return at;
}

void rn_tamper_look(struct rn_ptrace *b)
{
	struct rn_tamper *m = &b->tamper;
	uint64_t now_ns = rn_recording_now(b->rec);
	if (m->chaos->cpu > 0 && m->chaos->cpu < 1)
		share_cpu(b, now_ns);
	if (m->n_held_back && m->next_ns <= now_ns)
		release_due(b, now_ns);
	if (m->timeout_ns)
		end_run(b, now_ns);
	uint64_t at = earliest(m);
	rn_asked_wake_at(at == UINT64_MAX ? 0 : b->rec->start_ns + at);
}
