/* SPDX-License-Identifier: MIT */
/*
 * While calls are not to be looked at (rec->unseen) a thread that makes many is let go at the end of one: resumed by
 * PTRACE_CONT it stops for births, programs, its end and signals alone. Threads that call rarely cost little and stay; so
 * whoever sleeps in a call is seen to wake. When calls are looked at again those let go are asked back by PTRACE_INTERRUPT.
 *
 * That is a stop, which some calls answer with EINTR: mend.c has the kernel make them again, with their timeout from the
 * beginning. So a thread that waits in one of them with a timeout is left alone for some time: it may come back to
 * running by itself. What changed meanwhile (descriptors, mappings, names) is looked up once for each process.
 */
#include "record/ptrace/ptrace.h"

#include "record/tracee/effects.h"
#include "record/tracee/procfs.h"

#include <stdlib.h>
#include <string.h>

#define FEW_CALLS 8u /* since calls are looked at again */
#define PATIENCE 20u /* looks at one that waits with a timeout */
#define MOST_AT_ONCE 256u
#define LATE_NS 150000000u /* after the gap's end: the thread's own gap is told */

bool rn_ptrace_let_go(struct rn_ptrace *b, struct rn_tracee *t)
{
	if (t->unseen)
		return true;
	if (t->in_call || !t->utid || t->n_calls < FEW_CALLS || b->silent || b->detaching)
		return false;
	t->unseen = true;
	t->n_looks = 0;
	rn_effects_unseen(t);
	b->n_unseen++;
	rn_pace_without(&b->pace, t->tid);
	return true;
}

static void tell_late(struct rn_ptrace *b, const struct rn_tracee *t, uint64_t now_ns)
{
	struct rn_event ev = { .ts_ns = now_ns, .utid = t->utid, .kind = RN_EV_LOST };
	ev.LOST = (struct rn_ev_LOST){ .from_ns = b->seen_from_ns, .cause = RN_LOST_CPU };
	if (now_ns - b->seen_from_ns > LATE_NS)
		rn_recording_push(b->rec, &ev);
}

void rn_ptrace_is_back(struct rn_ptrace *b, struct rn_tracee *t)
{
	uint64_t now_ns = rn_recording_now(b->rec), cpu_ns = rn_cost_cpu_ns();
	rn_ptrace_forget_unseen(b, t);
	t->n_calls = 0;
	tell_late(b, t, now_ns);
	rn_effects_again(b->rec, &b->modules, t);
	b->rec->return_ns += rn_cost_cpu_ns() - cpu_ns;
}

void rn_ptrace_forget_unseen(struct rn_ptrace *b, struct rn_tracee *t)
{
	b->n_unseen -= t->unseen;
	t->unseen = false;
}

/* proc(5): /proc/PID/syscall is "running", or the number and the arguments of the call it sleeps in. */
static bool may_be_asked(struct rn_tracee *t)
{
	char text[256], *p = text;
	uint64_t args[6] = { 0 };
	if (rn_proc_text(t->tid, "syscall", text, sizeof(text)) <= 0 || text[0] < '0' || text[0] > '9')
		return true;
	uint32_t nr = (uint32_t)strtoul(p, &p, 10);
	for (unsigned i = 0; i < 6; i++)
		args[i] = strtoull(p, &p, 16);
	if (!rn_ptrace_keeps_time(rn_syscall((enum rn_abi)t->abi, nr), args))
		return true;
	return t->n_looks++ >= PATIENCE && RN_PTRACE_MENDS;
}

/* From here on calls are looked at again. */
static void begin_to_see(struct rn_ptrace *b, uint64_t from_ns)
{
	b->seen_from_ns = from_ns;
	b->rec->return_ns = 0;
	for (uint32_t i = 0; i < b->tracees.n_slots; i++) {
		struct rn_tracee *t = rn_tracees_at(&b->tracees, i);
		if (t)
			t->n_calls = 0;
	}
}

void rn_ptrace_ask_back(struct rn_ptrace *b)
{
	unsigned n = 0;
	uint32_t k = 0;
	if (b->rec->unseen)
		return;
	if (b->seen_from_ns != b->rec->ladder->gaps.over_ns)
		begin_to_see(b, b->rec->ladder->gaps.over_ns);
	for (; k < b->tracees.n_slots && b->n_unseen && n < MOST_AT_ONCE; k++) {
		struct rn_tracee *t = rn_tracees_at(&b->tracees, (b->ask_from + k) & (b->tracees.n_slots - 1));
		if (!t || !t->unseen || t->asked_back || t->state != RN_TRACEE_RUNNING)
			continue;
		n++;
		if (may_be_asked(t))
			rn_ptrace_interrupt(t);
	}
	b->ask_from += k;
}
