/* SPDX-License-Identifier: MIT */
/**
 * damage - what a reader found wrong with a trace, in file order, each thing once.
 *
 * Blocks on several threads add to it; reading it back is for when they are done.
 */
#ifndef RN_FORMAT_DAMAGE_H
#define RN_FORMAT_DAMAGE_H

#include "format/reader.h"

#include <pthread.h>

#define RN_DAMAGE_KEPT 1000

struct rn_damage_log {
	pthread_mutex_t lock;
	struct rn_damage *kept; /* by offset */
	uint32_t n_kept;
	uint64_t n;
};

void rn_damage_log_init(struct rn_damage_log *log);
void rn_damage_log_fini(struct rn_damage_log *log);
void rn_damage_add(struct rn_damage_log *log, uint64_t offset, uint64_t bytes, int code,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif
