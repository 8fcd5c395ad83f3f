/* SPDX-License-Identifier: MIT */
/**
 * tracee - the threads being recorded, by thread id, and the processes they form.
 *
 * A tracee's number in the trace (utid) is given once, in order of appearance,
 * and never to another thread; its tid may change (exec by a thread that is not
 * the leader). Each tracee has one buffer for the call it is in, allocated with
 * it and reused by later tracees: nothing is allocated per event.
 * Find is O(1) expected. One owner thread.
 */
#ifndef RN_RECORD_TRACEE_TRACEE_H
#define RN_RECORD_TRACEE_TRACEE_H

#include "record/capture/capture.h"

#include <sys/types.h>

#define RN_STACK_AREAS 8

struct rn_fd_table;

/* What the threads of one process share. */
struct rn_process {
	pid_t pid;              /* the thread group's, as the recorder sees it */
	pid_t ns_pid;           /* as it sees itself; 0: the same */
	uint32_t leader;        /* utid that stands for the process */
	uint32_t n_tracees;     /* that point here; the last one frees it */
	struct rn_fd_table *fds; /* of its threads, but for those apart: fd_table.h */
	bool stale; /* what is known of its mappings may be out of date: a thread ran unseen */
	struct rn_mapping *maps; /* executable mappings, by address: modules.h */
	uint32_t n_maps, cap_maps;
	/* Mappings that hold stacks, learnt when one is first seen: stack.h. */
	struct rn_stack_area { uint64_t low, high; } stack_area[RN_STACK_AREAS];
	uint8_t next_stack_area;
	uint64_t areas_read_ns;
};

enum rn_tracee_state {
	RN_TRACEE_EXPECTED, /* its parent told of it, it has not stopped yet */
	RN_TRACEE_HELD,     /* it has stopped, its parent has not told of it yet */
	RN_TRACEE_RUNNING,
	RN_TRACEE_STOPPED,  /* in a stop we have not resumed */
	RN_TRACEE_LISTENING, /* in a group stop: PTRACE_LISTEN */
	RN_TRACEE_DYING,    /* its exit event was seen */
};

struct rn_tracee {
	pid_t tid;
	uint32_t utid;             /* 0: nothing was written about it */
	enum rn_tracee_state state;
	struct rn_process *process; /* NULL until it is known */
	struct rn_fd_table *fds; /* the one it uses; as long as process is known */
	struct rn_tracee *next;    /* of the free list */

	/* The call it is in. */
	bool in_call;
	bool wanted;               /* by the filter: otherwise only its effects are looked at */
	bool previewed;            /* written as RN_CALL_PENDING */
	bool gone;                 /* of the bpf backend: it was not there any more at the last look */
	bool partial;
	uint8_t abi;
	uint16_t flags;            /* enum rn_call_flags it will have */
	uint32_t nr;
	uint64_t args[6];
	uint64_t entry_ns, sp;
	const struct rn_syscall *desc;
	int64_t last_ret;          /* of the call before: tells a restart */
	uint32_t last_nr;
	uint32_t n_regs, stack_len, stack_wanted;
	uint64_t stack_addr;
	uint64_t interrupted_sp;   /* where the last signal met it; 0: nowhere that matters any more */
	uint64_t regs[RN_REGS_MAX];
	uint8_t *stack;
	uint32_t stack_room;       /* its bytes: as many as --stack, or what was left of them all */
	struct rn_capture capture;
	/* bpf: the numbers of the calls whose entry memory and stack came ahead, of the one last
	 * previewed, and whether anything came since the last look. */
	uint32_t entry_call, stack_call, previewed_call;
	/* bpf: what is in stack still, and of which call; the next may tell what has changed since. */
	uint32_t held_call, held_len;
	uint64_t held_addr;
	/* bpf: the stack that a signal interrupted, of that call; as long as stack_room when there is one. */
	uint8_t *interrupted;
	uint64_t interrupted_addr;
	uint32_t interrupted_call, interrupted_len, interrupted_wanted;
	bool active;
	uint32_t exit_status;

	bool unseen; /* ptrace: it runs without stopping for calls */
	uint8_t n_looks; /* at it, since, while it slept */
	uint32_t n_calls; /* it made since calls are looked at again */
	bool asked_back;           /* ptrace: it was interrupted and has not stopped since */
	uint64_t since_ns;         /* in this state; set for HELD */
	pid_t held_tgid;           /* the process it was in when it was first HELD; 0: unknown */

	/* Under chaos alone: ptrace/tamper.h. */
	struct rn_tampering *tampering; /* kept when the tracee is reused */
	uint64_t held_back_ns;     /* stopped until then; 0: not */
	int held_back_signal;      /* that it is resumed with */
};

struct rn_tracees {
	struct rn_tracee **slot;
	uint32_t n, n_slots;       /* n_slots is a power of two */
	struct rn_tracee *free;
	uint32_t n_free;
	uint32_t stack_bytes;
	uint64_t stacks_bytes, stacks_most; /* of all together, and what they may be; by rn_tracees_init without end */
};

/** 0 or RN_E_NOMEM. */
int rn_tracees_init(struct rn_tracees *t, uint32_t stack_bytes);
void rn_tracees_fini(struct rn_tracees *t);
/** NULL when there is none. */
struct rn_tracee *rn_tracees_find(const struct rn_tracees *t, pid_t tid);
/** A new one, EXPECTED, without process and utid; tid must not be there yet. NULL: no memory. */
struct rn_tracee *rn_tracees_add(struct rn_tracees *t, pid_t tid);
/** Room for a second stack (tracee->interrupted), as much as for the first; false: there is none left. */
bool rn_tracees_make_second(struct rn_tracees *t, struct rn_tracee *tracee);
void rn_tracees_remove(struct rn_tracees *t, struct rn_tracee *tracee);
/** Gives it another tid, which nobody may have. */
void rn_tracees_rename(struct rn_tracees *t, struct rn_tracee *tracee, pid_t tid);
/** For every i below n_slots: the tracee there or NULL. Nothing may be added or removed meanwhile
 *  but the tracee at hand, which may be asked for again then. */
static inline struct rn_tracee *rn_tracees_at(const struct rn_tracees *t, uint32_t i)
{
	return t->slot[i];
}

/** A process without tracees; NULL: no memory. */
struct rn_process *rn_process_new(pid_t pid, uint32_t leader);
/** Makes the tracee a thread of the process, leaving the one it was in. */
void rn_tracee_join(struct rn_tracee *tracee, struct rn_process *process);

#endif
