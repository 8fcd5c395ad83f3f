/* SPDX-License-Identifier: MIT */
/**
 * spaces - which code was mapped where, in every process, at every moment.
 *
 * A process has a sequence of address spaces: one at birth (a copy of its parent's at
 * that moment), a new one with every exec. A space is the list of its changes, in order of
 * time, and copies of the whole map now and then, so that the map at any moment is one copy
 * and few changes away. Building is O(1) a change, amortized by the size of the map; a view
 * of a moment in the neighbourhood of the last one asked for is O(changes between).
 * Trace times in ns. What does not fit the limits below (a hostile trace) is left out.
 */
#ifndef RN_ANALYZE_STACK_SPACES_H
#define RN_ANALYZE_STACK_SPACES_H

#include <stdbool.h>
#include <stdint.h>

/* Of one address space; the kernel allows 65530 mappings, few of them are code of files. */
#define RN_SPACE_MAX_RANGES 8192
/* Of all copies together. */
#define RN_SPACES_MAX_RANGES (4u << 20)

struct rn_range {
	uint64_t low, high; /* addresses */
	uint64_t offset;    /* in the file, of low */
	uint32_t module;
};

/* The map of one process at a moment; ranges by address, none overlaps another. Borrowed until the
 * next event or the next question for a view. */
struct rn_space_view {
	const struct rn_range *range;
	uint32_t n;
	uint32_t space;
	uint32_t position; /* of the moment among the changes of the space */
	uint64_t epoch;    /* equal ones: the same map of the same space */
	uint64_t from_ns, to_ns; /* the view holds for from <= moment < to */
};

struct rn_spaces;

struct rn_spaces *rn_spaces_new(void); /* NULL: no memory */
void rn_spaces_free(struct rn_spaces *s);
/** A thread of the process that `leader` stands for; a leader's birth copies the map of the process
 *  of `parent` (0: none). 0 or RN_E_NOMEM, as the others. */
int rn_spaces_born(struct rn_spaces *s, uint32_t utid, uint32_t leader, uint32_t parent,
	uint64_t at_ns);
int rn_spaces_exec(struct rn_spaces *s, uint32_t utid, uint64_t at_ns);
/** Replaces what was mapped in the range. */
int rn_spaces_map(struct rn_spaces *s, uint32_t utid, uint64_t at_ns, const struct rn_range *range);
int rn_spaces_unmap(struct rn_spaces *s, uint32_t utid, uint64_t at_ns, uint64_t low, uint64_t high);

/** False: nothing is known of the thread. */
bool rn_spaces_view(struct rn_spaces *s, uint32_t utid, uint64_t at_ns, struct rn_space_view *out);
/** The range that holds addr or, when none did at the moment, the first to hold it later in that
 *  space (told too late: the code ran, so it was there). NULL: none. Borrowed like the view. */
const struct rn_range *rn_spaces_find(const struct rn_spaces *s, const struct rn_space_view *v,
	uint64_t addr);

#endif
