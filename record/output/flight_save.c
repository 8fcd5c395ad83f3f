/* SPDX-License-Identifier: MIT */
#include "record/output/flight_save.h"

#include "record/output/output.h"
#include "record/output/series_file.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define LOW_PRIORITY 10

struct rn_saver {
	struct rn_shelf *shelf;
	struct rn_writer_options writer;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct rn_snapshot *first, **last;
	bool finishing;
	uint64_t file_bytes;
	struct rn_progress *progress;
	struct rn_error error;    /* the last one */
};

void rn_kept_block_drop(struct rn_kept_block *b)
{
	if (b && --b->n_users == 0) {
		*b->total -= b->bytes;
		free(b);
	}
}

void rn_snapshot_free(struct rn_snapshot *snap)
{
	if (!snap)
		return;
	for (size_t i = 0; i < snap->n_blocks; i++)
		rn_kept_block_drop(snap->block[i]);
	free(snap->block);
	free(snap->image);
	rn_buffer_fini(&snap->head);
	free(snap);
}

static int write_head(struct rn_writer *w, const struct rn_snapshot *snap, struct rn_error *err)
{
	size_t at = 0;
	int rc = 0;
	for (unsigned i = 0; i < snap->n_head_blocks && !rc; i++) {
		rc = rn_writer_block(w, rn_bytes_of(snap->head.p + at, snap->head_block[i] - at), err);
		at = snap->head_block[i];
	}
	return rc;
}

static int write_images(struct rn_saver *s, struct rn_writer *w, const struct rn_snapshot *snap,
	struct rn_error *err)
{
	struct rn_buffer image = RN_BUFFER_INIT;
	int rc = 0;
	for (size_t i = 0; i < snap->n_images && !rc; i++) {
		rn_buffer_clear(&image);
		if (rn_shelf_read(s->shelf, &snap->image[i], &image))
			continue; /* without it, then */
		rc = rn_writer_packed_module(w, &snap->image[i].what, snap->image[i].raw_bytes,
			rn_buffer_bytes(&image), err);
	}
	rn_buffer_fini(&image);
	return rc;
}

static int write_blocks(struct rn_writer *w, struct rn_snapshot *snap, struct rn_error *err)
{
	int rc = 0;
	for (size_t i = 0; i < snap->n_blocks && !rc; i++) {
		struct rn_kept_block *b = snap->block[i];
		snap->block[i] = NULL;
		rc = rn_writer_block(w, rn_bytes_of(b->p, b->bytes), err);
		rn_kept_block_drop(b);
	}
	return rc;
}

static int write_end(struct rn_writer *w, const struct rn_snapshot *snap, struct rn_error *err)
{
	struct rn_event ev = { .ts_ns = snap->end.wall_ns, .kind = RN_EV_END, .END = snap->end };
	return rn_writer_put(w, &ev, err);
}

static int save(struct rn_saver *s, struct rn_snapshot *snap, uint64_t *bytes, struct rn_error *err)
{
	struct rn_writer_totals totals = { 0 };
	struct rn_writer *w;
	int fd = rn_output_create(snap->path, err);
	int rc = fd < 0 ? fd : rn_writer_open(&w, fd, &snap->header, &s->writer, err);
	if (rc)
		return rc;
	rc = write_head(w, snap, err);
	if (!rc)
		rc = write_blocks(w, snap, err);
	if (!rc)
		rc = write_images(s, w, snap, err);
	if (!rc)
		rc = write_end(w, snap, err);
	if (!rc || rc == RN_E_NO_SPACE) { /* which has last words */
		int closed = rn_writer_close(w, &totals, rc ? NULL : err);
		rc = rc ? rc : closed;
	} else {
		rn_writer_abandon(w);
	}
	*bytes = totals.file_bytes;
	if (snap->max_files)
		rn_series_prune(snap->series_path, snap->max_files);
	return rc;
}

/* Holding the lock; gives it up while writing. */
static void save_first(struct rn_saver *s)
{
	struct rn_snapshot *snap = s->first;
	struct rn_error err = { 0 };
	uint64_t bytes = 0;
	s->first = snap->next;
	if (!s->first)
		s->last = &s->first;
	pthread_mutex_unlock(&s->lock);
	int rc = save(s, snap, &bytes, &err);
	if (rc) {
		rn_error_prefix(&err, "%s", snap->path);
		rn_progress_failed(s->progress, err.message);
	} else {
		rn_progress_file(s->progress, snap->path);
	}
	rn_snapshot_free(snap);
	rn_shelf_pin(s->shelf, false);
	pthread_mutex_lock(&s->lock);
	s->file_bytes += bytes;
	if (rc)
		s->error = err;
}

static void *run(void *arg)
{
	struct rn_saver *s = arg;
	setpriority(PRIO_PROCESS, (id_t)gettid(), LOW_PRIORITY);
	pthread_mutex_lock(&s->lock);
	for (;;) {
		if (s->first)
			save_first(s);
		else if (s->finishing)
			break;
		else
			pthread_cond_wait(&s->more, &s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

struct rn_saver *rn_saver_start(struct rn_shelf *shelf, const struct rn_writer_options *o,
	struct rn_progress *progress)
{
	struct rn_saver *s = calloc(1, sizeof(*s));
	sigset_t all, before;
	if (!s)
		return NULL;
	s->shelf = shelf;
	s->progress = progress;
	s->writer = *o;
	s->writer.block_age_ns = UINT64_MAX;
	s->last = &s->first;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->more, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&s->thread, NULL, run, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!failed)
		return s;
	free(s);
	return NULL;
}

void rn_saver_put(struct rn_saver *s, struct rn_snapshot *snap)
{
	rn_shelf_pin(s->shelf, true);
	pthread_mutex_lock(&s->lock);
	snap->next = NULL;
	*s->last = snap;
	s->last = &snap->next;
	pthread_cond_signal(&s->more);
	pthread_mutex_unlock(&s->lock);
}

int rn_saver_finish(struct rn_saver *s, uint64_t *file_bytes, struct rn_error *err)
{
	if (!s)
		return 0;
	pthread_mutex_lock(&s->lock);
	s->finishing = true;
	pthread_cond_signal(&s->more);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	int rc = s->error.code;
	if (rc && err)
		*err = s->error;
	if (file_bytes)
		*file_bytes = s->file_bytes;
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->more);
	free(s);
	return rc;
}
