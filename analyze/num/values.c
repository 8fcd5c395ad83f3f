/* SPDX-License-Identifier: MIT */
/*
 * Chunks of a group double in size up to CHUNK_MAX values and are linked newest first. When the
 * budget is used up, every full chunk is written to the file, group by group, and freed. Small
 * chunks stay: of many tiny groups there is little to gain.
 */
#include "analyze/num/values.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_MIN 8
#define CHUNK_MAX ((uint32_t)1 << 16)
#define SPILL_MIN 1024 /* values of the smallest chunk worth writing */

struct rn_values_chunk {
	struct rn_values_chunk *older;
	uint32_t n, cap;
	uint64_t value[];
};

struct rn_values_piece {
	uint64_t offset;
	uint32_t n;
};

void rn_values_init(struct rn_values *v, size_t budget_bytes)
{
	memset(v, 0, sizeof(*v));
	v->budget_bytes = budget_bytes ? budget_bytes : RN_VALUES_BUDGET;
	v->fd = -1;
}

static void free_chunks(struct rn_values_group *g)
{
	while (g->newest) {
		struct rn_values_chunk *older = g->newest->older;
		free(g->newest);
		g->newest = older;
	}
}

void rn_values_fini(struct rn_values *v)
{
	for (uint32_t i = 0; i < v->n_groups; i++) {
		free_chunks(v->group[i]);
		free(v->group[i]->pieces);
		free(v->group[i]);
	}
	free(v->group);
	if (v->fd >= 0)
		close(v->fd);
	rn_values_init(v, v->budget_bytes);
}

struct rn_values_group *rn_values_add_group(struct rn_values *v)
{
	if (v->n_groups == v->cap_groups) {
		uint32_t cap = v->cap_groups ? v->cap_groups * 2 : 64;
		struct rn_values_group **group = realloc(v->group, cap * sizeof(*group));
		if (!group)
			return NULL;
		v->group = group;
		v->cap_groups = cap;
	}
	struct rn_values_group *g = calloc(1, sizeof(*g));
	if (!g)
		return NULL;
	g->moments = (struct rn_moments)RN_MOMENTS_INIT;
	return v->group[v->n_groups++] = g;
}

static int open_file(struct rn_values *v, struct rn_error *err)
{
	if (v->fd >= 0)
		return 0;
	FILE *file = tmpfile();
	v->fd = file ? dup(fileno(file)) : -1;
	if (file)
		fclose(file);
	return v->fd < 0 ? rn_fail_errno(err, rn_error_of_errno(errno), errno,
		"no temporary file for the values of a report") : 0;
}

static int write_chunk(struct rn_values *v, struct rn_values_group *g,
	const struct rn_values_chunk *c, struct rn_error *err)
{
	if (g->n_pieces == g->cap_pieces) {
		uint32_t cap = g->cap_pieces ? g->cap_pieces * 2 : 16;
		struct rn_values_piece *p = realloc(g->pieces, cap * sizeof(*p));
		if (!p)
			return rn_fail(err, RN_E_NOMEM, "out of memory for the values of a report");
		g->pieces = p;
		g->cap_pieces = cap;
	}
	size_t left = c->n * sizeof(*c->value), done = 0;
	while (left) {
		ssize_t n = pwrite(v->fd, (const char *)c->value + done, left,
			(off_t)(v->file_bytes + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return rn_fail_errno(err, rn_error_of_errno(errno), errno,
				"cannot set the values of a report aside");
		done += (size_t)n;
		left -= (size_t)n;
	}
	g->pieces[g->n_pieces++] = (struct rn_values_piece){ v->file_bytes, c->n };
	v->file_bytes += done;
	return 0;
}

/* The oldest first, so that the file keeps the order. */
static int spill_group(struct rn_values *v, struct rn_values_group *g, struct rn_error *err)
{
	struct rn_values_chunk *oldest = NULL;
	int rc = 0;
	if (!g->newest || g->newest->cap < SPILL_MIN)
		return 0;
	while (g->newest) {
		struct rn_values_chunk *c = g->newest;
		g->newest = c->older;
		c->older = oldest;
		oldest = c;
	}
	while (oldest) {
		struct rn_values_chunk *c = oldest;
		oldest = c->older;
		if (!rc)
			rc = write_chunk(v, g, c, err);
		v->used_bytes -= sizeof(*c) + c->cap * sizeof(*c->value);
		free(c);
	}
	return rc;
}

static int spill(struct rn_values *v, struct rn_error *err)
{
	int rc = open_file(v, err);
	for (uint32_t i = 0; i < v->n_groups && !rc; i++)
		rc = spill_group(v, v->group[i], err);
	return rc;
}

/* After a spill chunks begin small again: capacities follow what the group holds in all. */
static int add_chunk(struct rn_values *v, struct rn_values_group *g, struct rn_error *err)
{
	uint64_t cap = g->moments.n < CHUNK_MIN ? CHUNK_MIN : g->moments.n;
	if (cap > CHUNK_MAX)
		cap = CHUNK_MAX;
	size_t bytes = sizeof(struct rn_values_chunk) + cap * sizeof(uint64_t);
	if (v->used_bytes + bytes > v->budget_bytes) {
		int rc = spill(v, err);
		if (rc)
			return rc;
	}
	struct rn_values_chunk *c = malloc(bytes);
	if (!c)
		return rn_fail(err, RN_E_NOMEM, "out of memory for the values of a report");
	*c = (struct rn_values_chunk){ g->newest, 0, (uint32_t)cap };
	g->newest = c;
	v->used_bytes += bytes;
	return 0;
}

int rn_values_add(struct rn_values *v, struct rn_values_group *g, uint64_t value,
	struct rn_error *err)
{
	if (!g->newest || g->newest->n == g->newest->cap) {
		int rc = add_chunk(v, g, err);
		if (rc)
			return rc;
	}
	g->newest->value[g->newest->n++] = value;
	rn_moments_add(&g->moments, value);
	return 0;
}

static int each_piece(struct rn_values *v, const struct rn_values_group *g,
	int (*f)(void *, const uint64_t *, size_t), void *arg, struct rn_error *err)
{
	uint64_t *values = malloc(CHUNK_MAX * sizeof(*values));
	int rc = values ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for the values of a report");
	for (uint32_t i = 0; i < g->n_pieces && !rc; i++) {
		size_t left = g->pieces[i].n * sizeof(*values), done = 0;
		while (left && !rc) {
			ssize_t n = pread(v->fd, (char *)values + done, left,
				(off_t)(g->pieces[i].offset + done));
			if (n < 0 && errno == EINTR)
				continue;
			if (n <= 0)
				rc = rn_fail_errno(err, RN_E_IO, n ? errno : EIO,
					"cannot read back the values of a report");
			done += n > 0 ? (size_t)n : 0;
			left -= n > 0 ? (size_t)n : 0;
		}
		if (!rc)
			rc = f(arg, values, g->pieces[i].n);
	}
	free(values);
	return rc;
}

int rn_values_each(struct rn_values *v, const struct rn_values_group *g,
	int (*f)(void *arg, const uint64_t *values, size_t n), void *arg, struct rn_error *err)
{
	int rc = g->n_pieces ? each_piece(v, g, f, arg, err) : 0;
	size_t n = 0;
	for (const struct rn_values_chunk *c = g->newest; c; c = c->older)
		n++;
	if (rc || !n)
		return rc;
	const struct rn_values_chunk **order = malloc(n * sizeof(*order));
	if (!order)
		return rn_fail(err, RN_E_NOMEM, "out of memory for the values of a report");
	size_t i = n;
	for (const struct rn_values_chunk *c = g->newest; c; c = c->older)
		order[--i] = c;
	for (; i < n && !rc; i++)
		rc = f(arg, order[i]->value, order[i]->n);
	free(order);
	return rc;
}
