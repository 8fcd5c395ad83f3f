/* SPDX-License-Identifier: MIT */
/* A group's key is abi, number, errno and a mark whether there is a path, then the path. */
#include "analyze/analysis/asked.h"
#include "analyze/analysis/groups.h"
#include "analyze/index/uses.h"
#include "analyze/model/call_files.h"
#include "analyze/weights/weighed_cell.h"
#include "shared/names.h"

#include <stdio.h>
#include <stdlib.h>

struct row {
	enum rn_abi abi;
	uint32_t nr, number;
	bool has_path;
	uint64_t first_ns;
	rn_weighed errors, total_ns;
};
#define PATH_AT 10 /* in the key */

struct state {
	struct rn_asked asked;
	struct rn_groups groups;
	struct rn_buffer key;
	const struct rn_weights *weights; /* of the batch under way */
};

static int begin(void *st, const void *options, struct rn_error *err)
{
	struct state *s = st;
	s->asked = *(const struct rn_asked *)options;
	return rn_groups_init(&s->groups, sizeof(struct row), err);
}

static void fini(void *st)
{
	struct state *s = st;
	rn_groups_fini(&s->groups);
	rn_buffer_fini(&s->key);
}

/* Some calls that failed in the same way. */
struct failure {
	enum rn_abi abi;
	uint32_t nr, number;
	uint64_t first_ns;
	rn_weighed errors, total_ns;
};

static int add_failure(struct state *s, const struct failure *f, bool has_path, struct rn_bytes path,
	struct rn_error *err)
{
	rn_buffer_clear(&s->key);
	rn_put_u8(&s->key, (uint8_t)f->abi);
	rn_put_u32(&s->key, f->nr);
	rn_put_u32(&s->key, f->number);
	rn_put_u8(&s->key, has_path);
	if (has_path)
		rn_put_bytes(&s->key, path.p, path.len);
	if (!rn_buffer_ok(&s->key))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	struct row *r = rn_groups_row(&s->groups, rn_buffer_bytes(&s->key), err);
	if (!r)
		return RN_E_NOMEM;
	if (!r->errors || f->first_ns < r->first_ns)
		r->first_ns = f->first_ns;
	r->abi = f->abi;
	r->nr = f->nr;
	r->number = f->number;
	r->has_path = has_path;
	r->errors += f->errors;
	r->total_ns += f->total_ns;
	return 0;
}

static int add(struct state *s, const struct rn_event *ev, bool has_path, struct rn_bytes path,
	struct rn_error *err)
{
	uint64_t w = rn_weight_of(s->weights, ev->call.abi, ev->call.nr, ev->call.flags);
	const struct failure f = { (enum rn_abi)ev->call.abi, ev->call.nr, (uint32_t)(0 - (uint64_t)ev->call.ret),
		ev->ts_ns, w, rn_weighed_of(ev->call.dur_ns, w) };
	return add_failure(s, &f, has_path, path, err);
}

static int add_event(struct state *s, const struct rn_event *ev, struct rn_error *err)
{
	struct rn_bytes path = { 0 };
	bool has_path = rn_call_path(ev, &path) || rn_call_fd_path(s->asked.model, ev, &path);
	return add(s, ev, has_path, path, err);
}

static int add_indexed(struct state *s, const struct rn_event *ev, uint32_t number, struct rn_error *err)
{
	static const struct rn_file_facts nothing;
	const struct rn_file_facts *f = number ? rn_index_facts(s->asked.index, number) : &nothing;
	return add(s, ev, f->has_path || f->has_fd_path, f->has_path ? f->path : f->fd_path, err);
}

static int use(void *st, const struct rn_use_key *key, const struct rn_use *u, struct rn_error *err)
{
	static const struct rn_file_facts nothing;
	struct state *s = st;
	const struct rn_file_facts *f = key->number ? rn_index_facts(s->asked.index, key->number) : &nothing;
	const struct failure failure = { (enum rn_abi)key->abi, key->nr, key->error, u->first_ns,
		rn_weighed_of(u->tally.calls, RN_WEIGHT_ONE), u->tally.total_ns * RN_WEIGHT_ONE };
	if (!key->failed)
		return 0;
	return add_failure(s, &failure, f->has_path || f->has_fd_path, f->has_path ? f->path : f->fd_path, err);
}

/* Only of failed calls more than the columns is unpacked, and with an index nothing. */
static int batch(void *st, const struct rn_batch *b, struct rn_error *err)
{
	struct state *s = st;
	const uint32_t *files = s->asked.index && b->block ?
		rn_index_files(s->asked.index, b->block, b->core) : NULL;
	int rc = 0;
	s->weights = b->weights;
	for (uint32_t i = 0; i < b->n_selected && !rc; i++) {
		struct rn_event ev;
		uint32_t k = b->selected[i];
		if (!(b->core->flags[k] & RN_CALL_ERROR))
			continue;
		rc = rn_block_call(b->block, k, files ? 0 : RN_CALL_FILES_WANT, &ev, err);
		if (!rc)
			rc = files ? add_indexed(s, &ev, files[k], err) : add_event(s, &ev, err);
		else if (rc == RN_E_CORRUPT || rc == RN_END)
			rc = 0;
	}
	return rc;
}

static struct rn_bytes path_of(const struct state *s, uint32_t i)
{
	struct rn_bytes key = rn_groups_key(&s->groups, i);
	return rn_bytes_of(key.p + PATH_AT, key.len - PATH_AT);
}

static const char *errno_of(const struct row *r, char buf[24])
{
	const char *name = rn_errno_name((int)r->number);
	if (!name)
		snprintf(buf, 24, "%u", r->number);
	return name ? name : buf;
}

static int compare_bytes(struct rn_bytes a, struct rn_bytes b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	return c ? c : (a.len > b.len) - (a.len < b.len);
}

/* The most errors first; then by names, a call without path before those with one. */
static int compare(const void *a, const void *b, void *arg)
{
	const struct state *s = arg;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	const struct row *x = rn_groups_at(&s->groups, i), *y = rn_groups_at(&s->groups, j);
	char p[64], q[64];
	if (x->errors != y->errors)
		return x->errors > y->errors ? -1 : 1;
	int c = strcmp(rn_asked_name(&s->asked, x->abi, x->nr, p), rn_asked_name(&s->asked, y->abi, y->nr, q));
	if (!c)
		c = strcmp(errno_of(x, p), errno_of(y, q));
	if (!c)
		c = (int)x->has_path - (int)y->has_path;
	return c ? c : compare_bytes(path_of(s, i), path_of(s, j));
}

static const struct rn_column columns[] = {
	{ .name = "errors", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 9, .weighs = true,
		.doc = "calls that the kernel answered with this error" },
	{ .name = "total_ns", .title = "seconds", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9,
		.decimals = 6, .min_width = 11, .weighs = true, .doc = "wall-clock time of these calls, summed" },
	{ .name = "first_ns", .title = "first at", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9,
		.decimals = 6, .min_width = 11, .doc = "when the first was entered" },
	{ .name = "name", .title = "syscall", .type = RN_T_TEXT, .left = true, .min_width = 12 },
	{ .name = "errno", .type = RN_T_TEXT, .left = true, .min_width = 8 },
	{ .name = "path", .type = RN_T_TEXT, .left = true,
		.doc = "the first path the call named, else where its first descriptor led" },
	{ .name = "text", .type = RN_T_TEXT, .hide = RN_HIDE_TEXT, .doc = "the error in words" },
};

static int emit_row(const struct state *s, uint32_t i, struct rn_sink *sink, struct rn_error *err)
{
	const struct row *r = rn_groups_at(&s->groups, i);
	char name[64], number[24];
	const char *text = rn_errno_text((int)r->number);
	const struct rn_cell cells[] = { rn_cell_weighed(r->errors), rn_cell_weighed(r->total_ns),
		rn_cell_u64(r->first_ns), rn_cell_text(rn_asked_name(&s->asked, r->abi, r->nr, name)),
		rn_cell_text(errno_of(r, number)), r->has_path ? rn_cell_bytes(path_of(s, i)) : rn_cell_null(),
		text ? rn_cell_text(text) : rn_cell_null() };
	return rn_sink_row(sink, cells, err);
}

static int emit(void *st, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_table table = { .name = "errors", .title = "Calls that failed",
		.empty = "No call failed.", .flags = RN_TABLE_RULED, .columns = columns,
		.n_columns = sizeof(columns) / sizeof(columns[0]) };
	struct state *s = st;
	uint32_t *order, n = rn_groups_n(&s->groups);
	int rc = rn_groups_sort(&s->groups, compare, s, &order, err);
	if (s->asked.limit && s->asked.limit < n)
		n = (uint32_t)s->asked.limit;
	if (!rc)
		rc = rn_sink_begin(sink, &table, err);
	for (uint32_t i = 0; i < n && !rc; i++)
		rc = emit_row(s, order[i], sink, err);
	free(order);
	return rc ? rc : rn_sink_end(sink, err);
}

const struct rn_analysis rn_analysis_errors = {
	.name = "errors",
	.help = "failed calls by call, errno and path",
	.state_size = sizeof(struct state),
	.begin = begin,
	.batch = batch,
	.use = use,
	.emit = emit,
	.fini = fini,
};
