/* SPDX-License-Identifier: MIT */
/**
 * spool - records of one size in lanes, set aside and read again lane by lane.
 *
 * For formats that want the calls of a thread together while a trace has them mixed. A lane's last few
 * records are in memory, the others in an unnamed file: RN_SPOOL_BYTES of memory a lane, and 8 bytes for every
 * RN_SPOOL_BYTES written.
 */
#ifndef RN_ANALYZE_EXPORT_SPOOL_H
#define RN_ANALYZE_EXPORT_SPOOL_H

#include "shared/error.h"

#include <stddef.h>
#include <stdint.h>

#define RN_SPOOL_BYTES 4096

struct rn_spool {
	size_t record_bytes;
	struct rn_spool_lane *lane;
	uint32_t n_lanes, cap_lanes;
	int fd; /* -1: nothing was written yet */
	uint64_t file_bytes;
};

void rn_spool_init(struct rn_spool *s, size_t record_bytes);
void rn_spool_fini(struct rn_spool *s);
/** Lanes are numbered from 0; one that is not there comes to be. RN_E_NOMEM, RN_E_IO, RN_E_NO_SPACE. */
int rn_spool_add(struct rn_spool *s, uint32_t lane, const void *record, struct rn_error *err);

/* Goes through the records of a lane in the order in which they came; nothing may be added meanwhile. */
struct rn_spool_walk {
	const struct rn_spool *spool;
	uint32_t lane;
	size_t chunk, i, n; /* of the records of the chunk in `records` */
	uint8_t records[RN_SPOOL_BYTES];
};
void rn_spool_walk_init(struct rn_spool_walk *w, const struct rn_spool *s, uint32_t lane);
/** 0, RN_END, RN_E_IO. */
int rn_spool_next(struct rn_spool_walk *w, void *record, struct rn_error *err);

#endif
