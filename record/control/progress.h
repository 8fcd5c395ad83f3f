/* SPDX-License-Identifier: MIT */
/**
 * progress - how far a recording is, for whoever asks from another thread (control.h).
 *
 * Keepers set it now and then, never for each event.
 */
#ifndef RN_RECORD_CONTROL_PROGRESS_H
#define RN_RECORD_CONTROL_PROGRESS_H

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

#define RN_PROGRESS_NAME 4096

struct rn_progress {
	pthread_mutex_t lock;          /* for what follows */
	char file[RN_PROGRESS_NAME];   /* that was begun or, by a flight recorder, written last */
	uint64_t n_files;              /* begun; snapshots: written */
	uint64_t n_failed;             /* snapshots that could not be written */
	char error[512];               /* why, of the last one */
	_Atomic uint64_t kept_bytes;   /* in a flight recorder's memory */
	_Atomic uint64_t file_bytes;   /* written so far, to all files */
};

static inline void rn_progress_file(struct rn_progress *p, const char *name)
{
	pthread_mutex_lock(&p->lock);
	snprintf(p->file, sizeof(p->file), "%s", name);
	p->n_files++;
	pthread_mutex_unlock(&p->lock);
}

static inline void rn_progress_failed(struct rn_progress *p, const char *why)
{
	pthread_mutex_lock(&p->lock);
	snprintf(p->error, sizeof(p->error), "%s", why);
	p->n_failed++;
	pthread_mutex_unlock(&p->lock);
}

#endif
