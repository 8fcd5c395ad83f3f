/* SPDX-License-Identifier: MIT */
/**
 * ledger_part - what the ledger keeps; private to ledger*.c.
 *
 * Facts are events, copied once and counted: a child that was forked points to its parent's. A thread
 * is found by its number; a process hangs at its leader's entry, which stays as long as any thread of
 * the process lives.
 */
#ifndef RN_RECORD_OUTPUT_LEDGER_PART_H
#define RN_RECORD_OUTPUT_LEDGER_PART_H

#include "record/output/ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rn_fact {
	uint32_t n_users;
	_Alignas(16) struct rn_event ev; /* and behind it what it borrows */
};

struct rn_facts {
	struct rn_fact **item; /* descriptors by number, mappings by address */
	uint32_t n, cap;
};

struct rn_ledger_process {
	uint32_t n_threads; /* that live */
	struct rn_fact *cwd;
	struct rn_facts fds, maps;
};

/* What a thread has that its process has not: enum rn_apart. Threads it makes may share it. */
struct rn_ledger_apart {
	uint32_t n_users;
	uint64_t what;
	struct rn_fact *cwd;
	struct rn_facts fds;
};

struct rn_ledger_thread {
	uint32_t utid;
	struct rn_fact *task, *exec, *comm; /* exec: the last one, comm: given since */
	struct rn_fact *exit;               /* it has ended; its process lives on */
	struct rn_fact *preview;            /* of the call it is in */
	struct rn_ledger_process *process;         /* of a leader: its own */
	struct rn_ledger_apart *apart; /* NULL: it has what its process has */
};

struct rn_ledger {
	struct rn_ledger_thread *slot; /* utid 0: empty */
	uint32_t n, n_slots, n_previews;
};

/* Facts: ledger_facts.c. */

/** A copy with one user; NULL: no memory. */
struct rn_fact *rn_fact_of(const struct rn_event *ev);
/** One user more, one less; NULL is fine. */
struct rn_fact *rn_fact_use(struct rn_fact *f);
void rn_fact_drop(struct rn_fact *f);
/** *to becomes a copy of ev, or nothing where ev is NULL. 0 or RN_E_NOMEM, and *to stays. */
int rn_fact_set(struct rn_fact **to, const struct rn_event *ev);

void rn_facts_clear(struct rn_facts *l);
/** The same facts, shared; false: no memory. */
bool rn_facts_copy(struct rn_facts *to, const struct rn_facts *from);
/** What descriptor fd is from now on; ev NULL: closed. 0 or RN_E_NOMEM. */
int rn_facts_fd(struct rn_facts *fds, int64_t fd, const struct rn_event *ev);
/** A mapping, in the place of what was there; nothing between low and high. 0 or RN_E_NOMEM. */
int rn_facts_map(struct rn_facts *maps, const struct rn_event *ev);
int rn_facts_cut_out(struct rn_facts *maps, uint64_t low, uint64_t high);

/* Threads apart: ledger_apart.c. */

/** One user less; NULL is fine. */
void rn_ledger_apart_drop(struct rn_ledger_apart *a);
/** Where what a thread has is kept. p: its process. */
struct rn_facts *rn_ledger_fds(struct rn_ledger_thread *t, struct rn_ledger_process *p);
struct rn_fact **rn_ledger_cwd(struct rn_ledger_thread *t, struct rn_ledger_process *p);
/* 0 or RN_E_NOMEM each. p: their process. */
/** As an APART event says. */
int rn_ledger_set_apart(struct rn_ledger_thread *t, struct rn_ledger_process *p, uint64_t what);
/** t shares with its parent what the flags say. */
int rn_ledger_thread_born(struct rn_ledger_thread *t, struct rn_ledger_thread *parent, struct rn_ledger_process *p,
	uint64_t clone_flags);
/** t has executed something: what it has is its process'. */
int rn_ledger_rejoin(struct rn_ledger_thread *t, struct rn_ledger_process *p);

/* Threads: ledger_threads.c. */

/** Its entry, or the empty one that would be; find: NULL where there is none. */
struct rn_ledger_thread *rn_ledger_probe(const struct rn_ledger *l, uint32_t utid);
struct rn_ledger_thread *rn_ledger_find(const struct rn_ledger *l, uint32_t utid);
/** Twice the room; false: no memory. */
bool rn_ledger_grow(struct rn_ledger *l);
/** Moves other entries: no pointer to one is good afterwards. */
void rn_ledger_forget(struct rn_ledger *l, struct rn_ledger_thread *t);

uint32_t rn_ledger_leader_of(const struct rn_ledger_thread *t);
/** NULL: not known. */
struct rn_ledger_process *rn_ledger_process_of(const struct rn_ledger *l, const struct rn_ledger_thread *t);

#endif
