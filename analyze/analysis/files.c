/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/asked.h"
#include "analyze/analysis/groups.h"
#include "analyze/analysis/tally.h"
#include "analyze/call_files.h"

#include <stdlib.h>

struct row {
	uint64_t calls, opens, reads, writes, read_bytes, written_bytes, errors;
	rn_u128 total_ns;
};

struct state {
	struct rn_asked asked;
	struct rn_groups groups;
	struct rn_buffer scratch;
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
	rn_buffer_fini(&s->scratch);
}

static void count(struct row *r, const struct rn_call *c)
{
	enum rn_io io = rn_io_of((enum rn_abi)c->abi, c->nr);
	uint64_t bytes;
	bool failed = c->flags & RN_CALL_ERROR, returned = !(c->flags & RN_CALL_UNFINISHED);
	r->calls++;
	r->errors += failed;
	r->opens += io == RN_IO_OPEN && returned && !failed;
	r->reads += io == RN_IO_READ;
	r->writes += io == RN_IO_WRITE;
	if (returned)
		r->total_ns += c->dur_ns;
	if (rn_call_bytes((enum rn_abi)c->abi, c->nr, c->flags, c->ret, &bytes))
		*(io == RN_IO_READ ? &r->read_bytes : &r->written_bytes) += bytes;
}

static int add(void *st, const struct rn_event *ev, struct rn_error *err)
{
	struct state *s = st;
	struct rn_bytes target;
	rn_buffer_clear(&s->scratch);
	if (!rn_file_uses((enum rn_abi)ev->call.abi, ev->call.nr) ||
		!rn_call_target(s->asked.model, ev, &s->scratch, &target))
		return 0;
	struct row *r = rn_groups_row(&s->groups, target, err);
	if (r)
		count(r, &ev->call);
	return r ? 0 : RN_E_NOMEM;
}

static int batch(void *st, const struct rn_batch *b, struct rn_error *err)
{
	return rn_batch_each(b, RN_CALL_FILES_WANT, add, st, err);
}

/* Where most time went first; then by path. */
static int compare(const void *a, const void *b, void *arg)
{
	const struct state *s = arg;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	const struct row *x = rn_groups_at(&s->groups, i), *y = rn_groups_at(&s->groups, j);
	struct rn_bytes p = rn_groups_key(&s->groups, i), q = rn_groups_key(&s->groups, j);
	if (x->total_ns != y->total_ns)
		return x->total_ns > y->total_ns ? -1 : 1;
	int c = memcmp(p.p, q.p, p.len < q.len ? p.len : q.len);
	return c ? c : (p.len > q.len) - (p.len < q.len);
}

#define COUNT(n, text) { .name = n, .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 7, .doc = text }
static const struct rn_column columns[] = {
	{ .name = "total_ns", .title = "seconds", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9,
		.decimals = 6, .min_width = 11, .doc = "wall-clock time of all calls about the file" },
	COUNT("calls", "all that were about the file"),
	COUNT("opens", "that succeeded"),
	COUNT("reads", "read, recv, getdents and their kin; splice and copy_file_range out of the file"),
	COUNT("writes", "write, send and their kin; sendfile into the file"),
	{ .name = "read_bytes", .title = "bytes read", .type = RN_T_U64, .unit = RN_U_BYTES,
		.min_width = 12 },
	{ .name = "written_bytes", .title = "written", .type = RN_T_U64, .unit = RN_U_BYTES,
		.min_width = 12 },
	{ .name = "errors", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 7, .blank_zero = true },
	{ .name = "path", .title = "file", .type = RN_T_TEXT, .left = true,
		.doc = "what the descriptor that the call made led to; else its first path, made "
			"absolute; else where its first descriptor led" },
};

static int emit(void *st, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_table table = { .name = "files", .title = "Files, pipes and sockets",
		.empty = "No call was about a file.", .flags = RN_TABLE_RULED, .columns = columns,
		.n_columns = sizeof(columns) / sizeof(columns[0]) };
	struct state *s = st;
	uint32_t *order, n = rn_groups_n(&s->groups);
	int rc = rn_groups_sort(&s->groups, compare, s, &order, err);
	if (s->asked.limit && s->asked.limit < n)
		n = (uint32_t)s->asked.limit;
	if (!rc)
		rc = rn_sink_begin(sink, &table, err);
	for (uint32_t i = 0; i < n && !rc; i++) {
		const struct row *r = rn_groups_at(&s->groups, order[i]);
		const struct rn_cell cells[] = {
			rn_cell_u64(r->total_ns > UINT64_MAX ? UINT64_MAX : (uint64_t)r->total_ns),
			rn_cell_u64(r->calls), rn_cell_u64(r->opens), rn_cell_u64(r->reads),
			rn_cell_u64(r->writes), rn_cell_u64(r->read_bytes), rn_cell_u64(r->written_bytes),
			rn_cell_u64(r->errors), rn_cell_bytes(rn_groups_key(&s->groups, order[i])) };
		rc = rn_sink_row(sink, cells, err);
	}
	free(order);
	return rc ? rc : rn_sink_end(sink, err);
}

const struct rn_analysis rn_analysis_files = {
	.name = "files",
	.help = "what was done to each file",
	.state_size = sizeof(struct state),
	.begin = begin,
	.batch = batch,
	.emit = emit,
	.fini = fini,
};
