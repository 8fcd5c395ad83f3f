/* SPDX-License-Identifier: MIT */
#include "analyze/listing/lanes.h"

#include "analyze/model/idmap.h"

#include <errno.h>
#include <stdlib.h>

#define FILES_MAX 64

struct lane {
	uint64_t tid;
	void *state;
	bool begun; /* its file was opened before */
};

struct rn_lanes {
	const struct rn_listing_writer *writer;
	const char *name;
	bool append;
	struct rn_idmap by_utid;
	struct lane *lane;
	uint32_t n, cap;
	/* The open files; lane i is in slot i % FILES_MAX or nowhere. */
	struct {
		FILE *file;
		uint32_t lane;
	} open[FILES_MAX];
};

struct rn_lanes *rn_lanes_new(const struct rn_listing_writer *writer, const char *name, bool append)
{
	struct rn_lanes *lanes = calloc(1, sizeof(*lanes));
	if (lanes)
		*lanes = (struct rn_lanes){ .writer = writer, .name = name, .append = append };
	return lanes;
}

static int add(struct rn_lanes *s, uint32_t utid, uint64_t tid, uint32_t *index,
	struct rn_error *err)
{
	if (s->n == s->cap) {
		uint32_t cap = s->cap ? s->cap * 2 : 16;
		struct lane *more = realloc(s->lane, cap * sizeof(*more));
		if (!more)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		s->lane = more;
		s->cap = cap;
	}
	void *state = calloc(1, s->writer->state_size + 1);
	if (!state || rn_idmap_put(&s->by_utid, utid, s->n)) {
		free(state);
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	}
	*index = s->n;
	s->lane[s->n++] = (struct lane){ .tid = tid, .state = state };
	return 0;
}

static int close_file(FILE *file, struct rn_error *err)
{
	errno = 0;
	if (!file || fclose(file) == 0)
		return 0;
	return rn_fail_errno(err, rn_error_of_errno(errno), errno, "cannot write the report");
}

static int open_lane(struct rn_lanes *s, uint32_t i, FILE **file, struct rn_error *err)
{
	struct lane *lane = &s->lane[i];
	unsigned slot = i % FILES_MAX;
	struct rn_buffer name = RN_BUFFER_INIT;
	int rc = 0;
	if (!s->open[slot].file || s->open[slot].lane != i) {
		rc = close_file(s->open[slot].file, err);
		s->open[slot].file = NULL;
		rn_put_format(&name, "%s.%llu", s->name, (unsigned long long)lane->tid);
		if (!rc)
			s->open[slot].file = fopen(rn_buffer_cstr(&name),
				lane->begun || s->append ? "ae" : "we");
		if (!rc && !s->open[slot].file)
			rc = rn_fail_errno(err, rn_error_of_errno(errno), errno,
				"cannot write '%s'", rn_buffer_cstr(&name));
		s->open[slot].lane = i;
		lane->begun = true;
		rn_buffer_fini(&name);
	}
	*file = s->open[slot].file;
	return rc;
}

int rn_lanes_choose(struct rn_lanes *s, struct rn_listing *l, uint32_t utid, uint64_t ts_ns,
	void **state, struct rn_error *err)
{
	uint32_t i = rn_idmap_find(&s->by_utid, utid);
	int rc = rn_listing_drain(l, err);
	bool is_new = i == RN_IDMAP_NONE;
	if (!rc && is_new)
		rc = add(s, utid, rn_model_tid(l->model, utid, ts_ns), &i, err);
	if (!rc)
		rc = open_lane(s, i, &l->stream, err);
	if (rc)
		return rc;
	*state = s->lane[i].state;
	return is_new && s->writer->begin ? s->writer->begin(*state, l, err) : 0;
}

int rn_lanes_end(struct rn_lanes *s, struct rn_listing *l, struct rn_error *err)
{
	int rc = rn_listing_drain(l, err);
	for (uint32_t i = 0; i < s->n && !rc; i++) {
		rc = open_lane(s, i, &l->stream, err);
		if (!rc && s->writer->end)
			rc = s->writer->end(s->lane[i].state, l, err);
		if (!rc)
			rc = rn_listing_drain(l, err);
	}
	for (unsigned i = 0; i < FILES_MAX; i++) {
		int closed = close_file(s->open[i].file, rc ? NULL : err);
		s->open[i].file = NULL;
		rc = rc ? rc : closed;
	}
	return rc;
}

int rn_lanes_flush(struct rn_lanes *s, struct rn_error *err)
{
	for (unsigned i = 0; i < FILES_MAX; i++) {
		errno = 0;
		if (s->open[i].file && fflush(s->open[i].file) != 0)
			return rn_fail_errno(err, rn_error_of_errno(errno), errno,
				"cannot write the report");
	}
	return 0;
}

void rn_lanes_free(struct rn_lanes *s)
{
	if (!s)
		return;
	for (uint32_t i = 0; i < s->n; i++) {
		if (s->writer->fini)
			s->writer->fini(s->lane[i].state);
		free(s->lane[i].state);
	}
	for (unsigned i = 0; i < FILES_MAX; i++)
		if (s->open[i].file)
			fclose(s->open[i].file);
	rn_idmap_fini(&s->by_utid);
	free(s->lane);
	free(s);
}
