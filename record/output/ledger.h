/* SPDX-License-Identifier: MIT */
/**
 * ledger - what a reader must know before the first event of a file that begins in the middle.
 *
 * Learns from the events as they are written, so that it knows at any moment which threads live,
 * what they are called, and what their processes have: descriptors, working directory, mapped
 * code, calls under way that were previewed. All of it can be told again as events at the head of
 * another file (docs/format.md, "Series"). It asks the kernel nothing: what it tells is exactly what
 * a reader of all files in order would know there, whichever backend the events came from.
 * Memory: one copy of each fact, shared by processes that inherited it. One owner thread.
 */
#ifndef RN_RECORD_OUTPUT_LEDGER_H
#define RN_RECORD_OUTPUT_LEDGER_H

#include "format/event.h"
#include "shared/error.h"

struct rn_ledger;

/** NULL: no memory. */
struct rn_ledger *rn_ledger_new(void);
void rn_ledger_free(struct rn_ledger *l);

/** Learns from an event of any kind, in file order; what it borrows is copied. 0 or RN_E_NOMEM. */
int rn_ledger_note(struct rn_ledger *l, const struct rn_event *ev);

/** Tells everything through `tell`, whose error ends it: tasks with how = RN_TASK_CARRIED, then of
 *  each process its directory, mappings and descriptors, then previews of calls under way. Each has
 *  the time at which it became true, so that calls that began earlier are read right, too. */
int rn_ledger_tell(const struct rn_ledger *l,
	int (*tell)(void *arg, const struct rn_event *ev, struct rn_error *err), void *arg,
	struct rn_error *err);

/** Calls each for the first thread of every process that lives. */
void rn_ledger_processes(const struct rn_ledger *l,
	void (*each)(void *arg, uint64_t pid, uint64_t ns_pid), void *arg);

#endif
