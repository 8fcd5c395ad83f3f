/* SPDX-License-Identifier: MIT */
#include "analyze/export/spool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct rn_spool_lane {
	uint8_t *tail;    /* records not in the file, n_tail of them; NULL: none ever came */
	size_t n_tail;
	uint64_t *chunks; /* where full tails went in the file */
	size_t n_chunks, cap_chunks;
};

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for an export");
}

void rn_spool_init(struct rn_spool *s, size_t record_bytes)
{
	*s = (struct rn_spool){ .record_bytes = record_bytes, .fd = -1 };
}

void rn_spool_fini(struct rn_spool *s)
{
	for (uint32_t i = 0; i < s->n_lanes; i++) {
		free(s->lane[i].tail);
		free(s->lane[i].chunks);
	}
	free(s->lane);
	if (s->fd >= 0)
		close(s->fd);
}

static size_t per_chunk(const struct rn_spool *s)
{
	return RN_SPOOL_BYTES / s->record_bytes;
}

static struct rn_spool_lane *lane_of(struct rn_spool *s, uint32_t lane)
{
	while (lane >= s->cap_lanes) {
		uint32_t cap = s->cap_lanes ? s->cap_lanes * 2 : 16;
		struct rn_spool_lane *grown = realloc(s->lane, cap * sizeof(*grown));
		if (!grown)
			return NULL;
		memset(grown + s->cap_lanes, 0, (cap - s->cap_lanes) * sizeof(*grown));
		s->lane = grown;
		s->cap_lanes = cap;
	}
	if (lane >= s->n_lanes)
		s->n_lanes = lane + 1;
	return &s->lane[lane];
}

static int open_file(struct rn_spool *s, struct rn_error *err)
{
	if (s->fd >= 0)
		return 0;
	FILE *file = tmpfile();
	s->fd = file ? dup(fileno(file)) : -1;
	if (file)
		fclose(file);
	return s->fd < 0 ? rn_fail_errno(err, rn_error_of_errno(errno), errno,
		"no temporary file for an export") : 0;
}

static int write_all(struct rn_spool *s, const uint8_t *p, size_t left, struct rn_error *err)
{
	while (left) {
		ssize_t n = pwrite(s->fd, p, left, (off_t)s->file_bytes);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return rn_fail_errno(err, rn_error_of_errno(errno), errno,
				"cannot set events of an export aside");
		s->file_bytes += (size_t)n;
		p += n;
		left -= (size_t)n;
	}
	return 0;
}

static int write_tail(struct rn_spool *s, struct rn_spool_lane *l, struct rn_error *err)
{
	if (l->n_chunks == l->cap_chunks) {
		size_t cap = l->cap_chunks ? l->cap_chunks * 2 : 16;
		uint64_t *grown = realloc(l->chunks, cap * sizeof(*grown));
		if (!grown)
			return no_memory(err);
		l->chunks = grown;
		l->cap_chunks = cap;
	}
	int rc = open_file(s, err);
	if (rc)
		return rc;
	l->chunks[l->n_chunks] = s->file_bytes;
	rc = write_all(s, l->tail, l->n_tail * s->record_bytes, err);
	l->n_chunks += rc == 0;
	l->n_tail = 0;
	return rc;
}

int rn_spool_add(struct rn_spool *s, uint32_t lane, const void *record, struct rn_error *err)
{
	struct rn_spool_lane *l = lane_of(s, lane);
	if (l && !l->tail)
		l->tail = malloc(RN_SPOOL_BYTES);
	if (!l || !l->tail)
		return no_memory(err);
	int rc = l->n_tail == per_chunk(s) ? write_tail(s, l, err) : 0;
	if (rc)
		return rc;
	memcpy(l->tail + l->n_tail++ * s->record_bytes, record, s->record_bytes);
	return 0;
}

void rn_spool_walk_init(struct rn_spool_walk *w, const struct rn_spool *s, uint32_t lane)
{
	w->spool = s;
	w->lane = lane;
	w->chunk = w->i = w->n = 0;
}

static int read_chunk(struct rn_spool_walk *w, uint64_t at, struct rn_error *err)
{
	size_t len = per_chunk(w->spool) * w->spool->record_bytes;
	for (size_t done = 0; done < len;) {
		ssize_t n = pread(w->spool->fd, w->records + done, len - done, (off_t)(at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return rn_fail_errno(err, RN_E_IO, n < 0 ? errno : EIO,
				"cannot read what an export has set aside");
		done += (size_t)n;
	}
	w->n = per_chunk(w->spool);
	return 0;
}

/* The chunk behind the last is the tail. */
static int next_chunk(struct rn_spool_walk *w, struct rn_error *err)
{
	const struct rn_spool_lane *l = w->lane < w->spool->n_lanes ? &w->spool->lane[w->lane] : NULL;
	if (!l || w->chunk > l->n_chunks)
		return RN_END;
	size_t chunk = w->chunk++;
	w->i = 0;
	if (chunk < l->n_chunks)
		return read_chunk(w, l->chunks[chunk], err);
	w->n = l->n_tail;
	if (w->n)
		memcpy(w->records, l->tail, w->n * w->spool->record_bytes);
	return w->n ? 0 : RN_END;
}

int rn_spool_next(struct rn_spool_walk *w, void *record, struct rn_error *err)
{
	if (w->i == w->n) {
		int rc = next_chunk(w, err);
		if (rc)
			return rc;
	}
	memcpy(record, w->records + w->i++ * w->spool->record_bytes, w->spool->record_bytes);
	return 0;
}
