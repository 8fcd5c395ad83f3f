/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/asked.h"
#include "analyze/analysis/groups.h"
#include "analyze/index/uses.h"
#include "analyze/model/call_files.h"
#include "analyze/weights/weighed_cell.h"

#include <stdlib.h>

struct row {
	rn_weighed calls, opens, reads, writes, read_bytes, written_bytes, errors, total_ns;
};

struct state {
	struct rn_asked asked;
	struct rn_groups groups;
	struct rn_buffer scratch;
	const struct rn_weights *weights; /* of the batch under way */
	uint32_t *by_facts; /* of the index: 1 + the group, 0 not looked up, NONE no target */
};
#define NONE UINT32_MAX

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
	free(s->by_facts);
}

static void count(struct row *r, const struct rn_call *c, const struct rn_weights *weights)
{
	uint64_t w = rn_weight_of(weights, c->abi, c->nr, c->flags);
	enum rn_io io = rn_io_of((enum rn_abi)c->abi, c->nr);
	uint64_t bytes;
	bool failed = c->flags & RN_CALL_ERROR, returned = !(c->flags & RN_CALL_UNFINISHED);
	r->calls += w;
	r->errors += failed ? w : 0;
	r->opens += io == RN_IO_OPEN && returned && !failed ? w : 0;
	r->reads += io == RN_IO_READ ? w : 0;
	r->writes += io == RN_IO_WRITE ? w : 0;
	if (returned)
		r->total_ns += rn_weighed_of(c->dur_ns, w);
	if (rn_call_bytes((enum rn_abi)c->abi, c->nr, c->flags, c->ret, &bytes))
		*(io == RN_IO_READ ? &r->read_bytes : &r->written_bytes) += rn_weighed_of(bytes, w);
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
		count(r, &ev->call, s->weights);
	return r ? 0 : RN_E_NOMEM;
}

/* The group of calls with these facts; NULL: they are about no file, or *rc says why not. */
static struct row *row_of(struct state *s, uint32_t number, int *rc, struct rn_error *err)
{
	const struct rn_file_facts *f = number ? rn_index_facts(s->asked.index, number) : NULL;
	if (!f || s->by_facts[number] == NONE)
		return NULL;
	if (s->by_facts[number])
		return rn_groups_at(&s->groups, s->by_facts[number] - 1);
	s->by_facts[number] = NONE;
	if (!f->has_target)
		return NULL;
	uint8_t *r = rn_groups_row(&s->groups, f->target, err);
	if (r)
		s->by_facts[number] = 1 + (uint32_t)((size_t)(r - s->groups.rows) / s->groups.row_bytes);
	*rc = r ? 0 : RN_E_NOMEM;
	return (struct row *)r;
}

static int use(void *st, const struct rn_use_key *key, const struct rn_use *u, struct rn_error *err)
{
	struct state *s = st;
	const struct rn_file_facts *f = key->number ? rn_index_facts(s->asked.index, key->number) : NULL;
	enum rn_io io = rn_io_of((enum rn_abi)key->abi, key->nr);
	const struct rn_tally *t = &u->tally;
	if (!f || !f->has_target)
		return 0;
	struct row *r = rn_groups_row(&s->groups, f->target, err);
	if (!r)
		return RN_E_NOMEM;
	r->calls += rn_weighed_of(t->calls, RN_WEIGHT_ONE);
	r->errors += rn_weighed_of(t->errors, RN_WEIGHT_ONE);
	r->opens += io == RN_IO_OPEN && !key->failed ? rn_weighed_of(t->calls - t->unfinished, RN_WEIGHT_ONE) : 0;
	r->reads += io == RN_IO_READ ? rn_weighed_of(t->calls, RN_WEIGHT_ONE) : 0;
	r->writes += io == RN_IO_WRITE ? rn_weighed_of(t->calls, RN_WEIGHT_ONE) : 0;
	r->total_ns += t->total_ns * RN_WEIGHT_ONE;
	*(io == RN_IO_READ ? &r->read_bytes : &r->written_bytes) += rn_weighed_of(u->bytes, RN_WEIGHT_ONE);
	return 0;
}

/* Columns alone: the files are the index's. */
static int batch_indexed(struct state *s, const struct rn_batch *b, const uint32_t *files,
	struct rn_error *err)
{
	int rc = 0;
	if (!s->by_facts)
		s->by_facts = calloc((size_t)rn_index_n_facts(s->asked.index) + 1, sizeof(*s->by_facts));
	if (!s->by_facts)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	for (uint32_t i = 0; i < b->n_selected && !rc; i++) {
		uint32_t k = b->selected[i];
		struct row *r = row_of(s, files[k], &rc, err);
		const struct rn_call c = { .abi = b->core->abi[k], .nr = b->core->nr[k],
			.flags = b->core->flags[k], .ret = b->core->ret[k], .dur_ns = b->core->dur_ns[k] };
		if (r)
			count(r, &c, s->weights);
	}
	for (uint32_t i = 0; i < b->n_unfinished && !rc; i++)
		rc = add(s, &b->unfinished[i], err);
	return rc;
}

static int batch(void *st, const struct rn_batch *b, struct rn_error *err)
{
	struct state *s = st;
	const uint32_t *files = s->asked.index && b->block ?
		rn_index_files(s->asked.index, b->block, b->core) : NULL;
	s->weights = b->weights;
	if (files)
		return batch_indexed(s, b, files, err);
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

#define COUNT(n, text) { .name = n, .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 7, .weighs = true, \
	.doc = text }
static const struct rn_column columns[] = {
	{ .name = "total_ns", .title = "seconds", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9,
		.decimals = 6, .min_width = 11, .weighs = true,
		.doc = "wall-clock time of all calls about the file" },
	COUNT("calls", "all that were about the file"),
	COUNT("opens", "that succeeded"),
	COUNT("reads", "read, recv, getdents and their kin; splice and copy_file_range out of the file"),
	COUNT("writes", "write, send and their kin; sendfile into the file"),
	{ .name = "read_bytes", .title = "bytes read", .type = RN_T_U64, .unit = RN_U_BYTES,
		.min_width = 12, .weighs = true },
	{ .name = "written_bytes", .title = "written", .type = RN_T_U64, .unit = RN_U_BYTES,
		.min_width = 12, .weighs = true },
	{ .name = "errors", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 7, .blank_zero = true,
		.weighs = true },
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
			rn_cell_weighed(r->total_ns), rn_cell_weighed(r->calls), rn_cell_weighed(r->opens),
			rn_cell_weighed(r->reads), rn_cell_weighed(r->writes), rn_cell_weighed(r->read_bytes),
			rn_cell_weighed(r->written_bytes), rn_cell_weighed(r->errors), rn_cell_bytes(rn_groups_key(&s->groups, order[i])) };
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
	.use = use,
	.emit = emit,
	.fini = fini,
};
