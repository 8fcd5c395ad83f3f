/* SPDX-License-Identifier: MIT */
/*
 * Entry: number, arguments, registers, stack and argument memory go into the tracee's own buffer.
 * Exit: memory the kernel filled is added, and the whole call becomes one event. The clock is read
 * as the last thing before an entry is resumed and the first thing after an exit was seen, so that
 * a duration holds as little of our own work as can be.
 */
#include "record/ptrace/ptrace.h"

#include "record/capture/call_event.h"
#include "record/capture/stack.h"
#include "record/tracee/effects.h"
#include "record/tracee/fdwatch.h"

#include <errno.h>

#define LOOK_EVERY 32u /* calls nobody wants */

static bool is_execve(const struct rn_syscall *desc)
{
	return desc && desc->name[0] == 'e' && (!__builtin_strcmp(desc->name, "execve") ||
		!__builtin_strcmp(desc->name, "execveat"));
}

static void push_unfinished(struct rn_ptrace *b, struct rn_tracee *t, unsigned flags)
{
	struct rn_event ev;
	rn_call_event(t, &ev, flags | RN_CALL_UNFINISHED);
	ev.call.dur_ns = rn_recording_now(b->rec) - t->entry_ns;
	rn_recording_push(b->rec, &ev);
}

void rn_ptrace_call_unfinished(struct rn_ptrace *b, struct rn_tracee *t)
{
	if (!t->in_call)
		return;
	t->in_call = false;
	if (t->wanted)
		push_unfinished(b, t, 0);
}

#define PREVIEW_AFTER_NS 100000000u

void rn_ptrace_preview(struct rn_ptrace *b, uint64_t now_ns)
{
	bool more = false;
	for (uint32_t i = 0; i < b->tracees.n_slots; i++) {
		struct rn_tracee *t = rn_tracees_at(&b->tracees, i);
		if (!t || !t->in_call || !t->wanted || t->previewed)
			continue;
		if (now_ns - t->entry_ns < PREVIEW_AFTER_NS) {
			more = true;
			continue;
		}
		push_unfinished(b, t, RN_CALL_PENDING);
		t->previewed = true;
	}
	if (!more && !b->n_held && !b->n_unseen && !b->rec->unseen)
		rn_asked_stop_tick();
}

static struct rn_capture_call capture_call(const struct rn_tracee *t)
{
	bool network = t->desc && t->desc->classes & RN_CLASS(NETWORK);
	return (struct rn_capture_call){
		.desc = t->desc, .abi = (enum rn_abi)t->abi, .args = t->args, .sp = t->sp,
		.whole = network && rn_fdwatch_is_netlink(t, (int32_t)t->args[0]),
	};
}

static void read_regs_and_stack(struct rn_ptrace *b, struct rn_tracee *t, struct rn_range *stack)
{
	t->n_regs = rn_ptrace_regs(t->tid, t->regs);
	if (!t->n_regs)
		t->flags |= RN_CALL_NO_REGS;
	t->stack_addr = t->sp & ~(uint64_t)7;
	t->stack_wanted = rn_stack_clamp(b->rec, t->process, t->stack_addr, b->rec->detail.stack_bytes);
	*stack = (struct rn_range){
		.addr = t->stack_addr, .into = t->stack,
		.wanted = t->stack_wanted < t->stack_room ? t->stack_wanted : t->stack_room,
	};
}

/* The stack that a signal interrupted, where the handler is on another one. */
static void add_interrupted(struct rn_ptrace *b, struct rn_tracee *t, struct rn_capture_call *call)
{
	uint64_t sp = t->interrupted_sp & ~(uint64_t)7;
	if (sp - t->stack_addr < t->stack_wanted)
		return;
	if (sp < t->stack_addr && rn_stack_is_same(t->process, sp, t->stack_addr)) {
		t->interrupted_sp = 0; /* long returned from */
		return;
	}
	call->interrupted_sp = sp;
	call->interrupted_bytes = rn_stack_clamp(b->rec, t->process, sp, b->rec->detail.stack_bytes);
	t->flags |= RN_CALL_TWO_STACKS;
}

/* The ladder has taken a step. */
static void take_detail(struct rn_ptrace *b)
{
	b->capturer.string_bytes = b->rec->detail.string_bytes;
	b->capturer.piece_bytes = b->rec->detail.piece_bytes;
}

static void capture_entry(struct rn_ptrace *b, struct rn_tracee *t)
{
	struct rn_range stack = { 0 };
	if (b->capturer.string_bytes != b->rec->detail.string_bytes)
		take_detail(b);
	if (b->rec->detail.stack_bytes && t->wanted)
		read_regs_and_stack(b, t, &stack);
	else
		t->flags |= RN_CALL_NO_REGS;
	if (t->wanted || (t->desc && t->desc->effects)) {
		struct rn_capture_call call = capture_call(t);
		if (t->interrupted_sp && stack.wanted)
			add_interrupted(b, t, &call);
		rn_capture_entry(&b->capturer, &t->capture, t->tid, &call, &stack);
	}
	t->stack_len = stack.got & ~7u;
}

static void forget_call(struct rn_tracee *t)
{
	t->flags = 0;
	t->n_regs = t->stack_len = t->stack_wanted = 0;
	t->previewed = false;
	rn_capture_clear(&t->capture);
}

static void set_call(struct rn_ptrace *b, struct rn_tracee *t, uint32_t arch, uint64_t nr, uint64_t sp)
{
	t->abi = (uint8_t)rn_abi_of_audit_arch(arch);
	t->nr = (uint32_t)nr;
	t->sp = sp;
	t->desc = rn_syscall((enum rn_abi)t->abi, t->nr);
	t->wanted = rn_recording_wants(b->rec, (enum rn_abi)t->abi, t->nr);
	t->in_call = true;
}

/* Of the command nothing is recorded before its execve: what comes before is our own code. */
static void begin_recording(struct rn_ptrace *b, struct rn_tracee *t)
{
	b->silent = false;
	rn_ptrace_introduce(b, t, RN_TASK_COMMAND, NULL, 0);
}

static void entry(struct rn_ptrace *b, struct rn_tracee *t, const rn_call_stop *stop)
{
	if (t->in_call)
		rn_ptrace_call_unfinished(b, t); /* its exit was never shown */
	forget_call(t);
	for (unsigned i = 0; i < 6; i++)
		t->args[i] = stop->entry.args[i];
	set_call(b, t, stop->arch, stop->entry.nr, stop->stack_pointer);
	if (b->silent && is_execve(t->desc))
		begin_recording(b, t);
	if (b->silent) {
		t->in_call = false;
		rn_ptrace_resume(b, t, 0);
		return;
	}
	if (rn_call_restarts(t))
		t->flags |= RN_CALL_RESTARTED;
	if (b->tamper.chaos)
		rn_tamper_call(b, t);
	capture_entry(b, t);
	t->entry_ns = rn_recording_now(b->rec);
	if (b->tamper.chaos)
		rn_tamper_entry(b, t);
	else
		rn_ptrace_resume(b, t, 0);
}

/* Attached in the middle of a call: what it was can be told from the registers. */
static void recover_entry(struct rn_ptrace *b, struct rn_tracee *t, const rn_call_stop *stop,
	uint64_t now_ns)
{
	uint64_t nr = 0;
	forget_call(t);
	t->flags = RN_CALL_PARTIAL | RN_CALL_NO_REGS;
	t->entry_ns = now_ns;
	if (rn_ptrace_regs(t->tid, t->regs))
		rn_ptrace_regs_call(t->regs, &nr, t->args);
	set_call(b, t, stop->arch, nr, stop->stack_pointer);
}

/* A socket that does not block is on its way, and has an address now. */
static bool is_connecting(const struct rn_tracee *t, int64_t ret)
{
	return ret == -EINPROGRESS && (t->desc->effects & RN_FX_SOCK);
}

static void exit_of(struct rn_ptrace *b, struct rn_tracee *t, const rn_call_stop *stop,
	uint64_t now_ns)
{
	struct rn_event ev;
	int64_t ret = stop->exit.rval;
	bool error = stop->exit.is_error;
	if (!t->in_call)
		recover_entry(b, t, stop, now_ns);
	else if (b->tamper.chaos)
		rn_tamper_exit(b, t, &ret, &error);
	struct rn_capture_call call = capture_call(t);
	call.ret = ret;
	call.error = error;
	if (t->wanted || (t->desc && t->desc->effects))
		rn_capture_exit(&b->capturer, &t->capture, t->tid, &call);
	t->in_call = false;
	t->n_calls++;
	t->last_ret = error ? ret : 0;
	t->last_nr = t->nr;
	if (t->wanted) {
		rn_call_event(t, &ev, error ? RN_CALL_ERROR : 0);
		ev.call.ret = ret;
		ev.call.dur_ns = now_ns - t->entry_ns;
		rn_recording_push(b->rec, &ev);
	} else if (b->rec->ladder && t->n_calls % LOOK_EVERY == 0) {
		rn_ladder_look(b->rec->ladder, b->rec); /* which events make it do else */
	}
	if (t->desc && t->desc->effects && !(t->flags & RN_CALL_INJECTED) &&
		(!error || is_connecting(t, ret)))
		rn_effects_after(b->rec, &b->modules, t, ret);
	if (error && t->tid == b->root && is_execve(t->desc) && !b->executed)
		b->silent = true; /* the command could not be executed: our own code goes on */
	if (b->tamper.chaos)
		rn_tamper_after(b, t);
	else
		rn_ptrace_resume(b, t, 0);
}

void rn_ptrace_call_stop(struct rn_ptrace *b, struct rn_tracee *t, const rn_call_stop *stop,
	uint64_t now_ns)
{
	switch (stop->op) {
	case PTRACE_SYSCALL_INFO_ENTRY:
		entry(b, t, stop);
		break;
	case PTRACE_SYSCALL_INFO_EXIT:
		if (b->silent)
			rn_ptrace_resume(b, t, 0);
		else
			exit_of(b, t, stop, now_ns);
		break;
	default: /* not a stop of a call after all */
		rn_ptrace_resume(b, t, 0);
	}
}
