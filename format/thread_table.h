/* SPDX-License-Identifier: MIT */
/**
 * thread_table - the living threads of a recording, as TASK, EXEC and EXIT events tell of them.
 *
 * The writer looks up what it notes in each block's thread dictionary. Memory: 40 bytes per living
 * thread. One owner thread.
 */
#ifndef RN_FORMAT_THREAD_TABLE_H
#define RN_FORMAT_THREAD_TABLE_H

#include "format/reader.h"

struct rn_thread_table {
	struct rn_thread_ref *slots; /* open addressing by utid; utid 0: empty */
	uint32_t n, n_slots;
	uint32_t *dead;              /* exited, forgotten at the end of the block */
	uint32_t n_dead, cap_dead;
};

void rn_thread_table_fini(struct rn_thread_table *t);
/** Learns from an event of any kind. false: no memory. */
bool rn_thread_table_note(struct rn_thread_table *t, const struct rn_event *ev);
/** NULL for a thread no TASK event told of. Borrowed until the next note or sweep. */
const struct rn_thread_ref *rn_thread_table_find(const struct rn_thread_table *t, uint32_t utid);
/** Forgets the threads that exited. */
void rn_thread_table_sweep(struct rn_thread_table *t);

#endif
