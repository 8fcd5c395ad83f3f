/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/asked.h"
#include "analyze/analysis/groups.h"
#include "analyze/decode/decode.h"
#include "analyze/model/process_tree.h"
#include "analyze/weights/weighed_cell.h"
#include "shared/names.h"

#include <stdlib.h>

struct row {
	rn_weighed calls, errors, total_ns;
};

struct state {
	struct rn_asked asked;
	struct rn_groups groups; /* by utid of the thread */
	struct rn_buffer command, exit;
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
	rn_buffer_fini(&s->command);
	rn_buffer_fini(&s->exit);
}

static struct row *row_of(struct state *s, uint32_t utid, struct rn_error *err)
{
	return rn_groups_row(&s->groups, rn_bytes_of(&utid, sizeof(utid)), err);
}

static void count(struct row *r, unsigned flags, uint64_t dur_ns, uint64_t weight)
{
	r->calls += weight;
	r->errors += flags & RN_CALL_ERROR ? weight : 0;
	r->total_ns += flags & RN_CALL_UNFINISHED ? 0 : rn_weighed_of(dur_ns, weight);
}

/* Calls of one thread come in runs. */
static int batch(void *st, const struct rn_batch *b, struct rn_error *err)
{
	struct state *s = st;
	struct row *r = NULL;
	uint32_t utid = 0;
	for (uint32_t i = 0; i < b->n_selected; i++) {
		uint32_t k = b->selected[i];
		if (!r || b->core->utid[k] != utid)
			r = row_of(s, utid = b->core->utid[k], err);
		if (!r)
			return RN_E_NOMEM;
		count(r, b->core->flags[k], b->core->dur_ns[k],
			rn_weight_of(b->weights, b->core->abi[k], b->core->nr[k], b->core->flags[k]));
	}
	for (uint32_t i = 0; i < b->n_unfinished; i++) {
		r = row_of(s, b->unfinished[i].utid, err);
		if (!r)
			return RN_E_NOMEM;
		count(r, b->unfinished[i].call.flags, 0, RN_WEIGHT_ONE);
	}
	return 0;
}

/* What threads did becomes what their processes did. */
static int gather(const struct state *s, struct rn_groups *by_process, struct rn_error *err)
{
	int rc = rn_groups_init(by_process, sizeof(struct row), err);
	for (uint32_t i = 0; i < rn_groups_n(&s->groups) && !rc; i++) {
		uint32_t utid;
		const struct row *from = rn_groups_at(&s->groups, i);
		memcpy(&utid, rn_groups_key(&s->groups, i).p, sizeof(utid));
		utid = rn_model_process(s->asked.model, utid);
		struct row *to = rn_groups_row(by_process, rn_bytes_of(&utid, sizeof(utid)), err);
		if (!to)
			return RN_E_NOMEM;
		to->calls += from->calls;
		to->errors += from->errors;
		to->total_ns += from->total_ns;
	}
	return rc;
}

#define ID(n, t, h) { .name = n, .title = t, .type = RN_T_U64, .min_width = 7, .hide = h }
#define SECONDS(n, t, h, text) { .name = n, .title = t, .type = RN_T_U64, .unit = RN_U_NS, .shift = 9, \
	.decimals = 6, .min_width = 11, .hide = h, .doc = text }
static const struct rn_column columns[] = {
	ID("pid", "pid", 0), ID("ppid", "parent", 0),
	{ .name = "upid", .type = RN_T_U64, .hide = RN_HIDE_TEXT, .doc = "number of the process in the trace" },
	{ .name = "parent_upid", .type = RN_T_U64, .hide = RN_HIDE_TEXT },
	{ .name = "depth", .type = RN_T_U64, .hide = RN_HIDE_TEXT, .doc = "in the tree; 0: a root" },
	SECONDS("start_ns", "began at", 0, "since the start of the trace"),
	SECONDS("end_ns", "ended at", 0, "since the start of the trace; null: it ran on"),
	{ .name = "threads", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 7 },
	{ .name = "calls", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 9, .weighs = true },
	{ .name = "errors", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 7, .blank_zero = true,
		.weighs = true },
	{ .name = "total_ns", .title = "in calls", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9, .decimals = 6,
		.min_width = 11, .weighs = true, .doc = "wall-clock time of its calls, summed over its threads" },
	{ .name = "exit_code", .type = RN_T_I64, .hide = RN_HIDE_TEXT, .doc = "128 + signal when killed" },
	{ .name = "exit", .title = "end", .type = RN_T_TEXT, .left = true, .min_width = 13 },
	{ .name = "exe", .type = RN_T_TEXT, .hide = RN_HIDE_TEXT },
	{ .name = "shown", .title = "command", .type = RN_T_TEXT, .left = true,
		.hide = RN_HIDE_CSV | RN_HIDE_JSON },
	{ .name = "command", .type = RN_T_TEXT, .hide = RN_HIDE_TEXT, .doc = "what it executed last" },
	{ .name = "cgroup", .type = RN_T_U64, .hide = RN_HIDE_TEXT,
		.doc = "number of its control group as it began; null: unknown" },
};

static uint64_t parent_pid(const struct state *s, const struct rn_process *p)
{
	return p->parent ? rn_model_pid(s->asked.model, p->parent) : p->task->ppid;
}

static int emit_row(struct state *s, const struct rn_process *p, const struct row *r,
	struct rn_sink *sink, struct rn_error *err)
{
	static const struct row nothing;
	const struct rn_task *t = p->task;
	rn_buffer_clear(&s->command);
	rn_buffer_clear(&s->exit);
	uint32_t indent = p->depth < 40 ? 2 * p->depth : 80;
	for (uint32_t i = 0; i < indent; i++)
		rn_put_u8(&s->command, ' ');
	rn_put_command(&s->command, s->asked.model, t, s->asked.command);
	if (t->ended && t->superseded)
		rn_put_text(&s->exit, "superseded");
	else if (t->ended)
		rn_decode_exit(&s->exit, t->status);
	if (!rn_buffer_ok(&s->command) || !rn_buffer_ok(&s->exit))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	struct rn_bytes shown = rn_buffer_bytes(&s->command);
	r = r ? r : &nothing;
	const struct rn_cell cells[] = { rn_cell_u64(t->pid), rn_cell_u64(parent_pid(s, p)),
		rn_cell_u64(t->utid), p->parent ? rn_cell_u64(p->parent) : rn_cell_null(),
		rn_cell_u64(p->depth), rn_cell_u64(t->start_ns),
		t->ended ? rn_cell_u64(t->end_ns) : rn_cell_null(), rn_cell_u64(p->threads),
		rn_cell_weighed(r->calls), rn_cell_weighed(r->errors), rn_cell_weighed(r->total_ns),
		t->ended ? rn_cell_i64(rn_exit_code_of(t->status)) : rn_cell_null(),
		t->ended ? rn_cell_bytes(rn_buffer_bytes(&s->exit)) : rn_cell_null(),
		t->exe.len ? rn_cell_bytes(t->exe) : rn_cell_null(), rn_cell_bytes(shown),
		rn_cell_bytes(shown.len > indent ? rn_bytes_of(shown.p + indent, shown.len - indent) : shown),
		t->cgroup ? rn_cell_u64(t->cgroup) : rn_cell_null() };
	return rn_sink_row(sink, cells, err);
}

static int emit(void *st, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_table table = { .name = "processes", .title = "Processes",
		.empty = "No process made such a call.", .flags = RN_TABLE_RULED, .columns = columns,
		.n_columns = sizeof(columns) / sizeof(columns[0]) };
	struct state *s = st;
	struct rn_groups by_process = { 0 };
	struct rn_process *all = NULL;
	uint32_t n = 0;
	int rc = gather(s, &by_process, err);
	if (!rc)
		rc = rn_process_tree(s->asked.model, &all, &n, err);
	if (!rc)
		rc = rn_sink_begin(sink, &table, err);
	for (uint32_t i = 0, shown = 0; i < n && !rc; i++) {
		uint32_t id = all[i].task->utid;
		uint32_t at = rn_intern_find(by_process.keys, rn_bytes_of(&id, sizeof(id)));
		if ((at == RN_INTERN_NONE && !s->asked.everybody) ||
			(s->asked.limit && shown++ >= s->asked.limit))
			continue;
		rc = emit_row(s, &all[i], at == RN_INTERN_NONE ? NULL : rn_groups_at(&by_process, at),
			sink, err);
	}
	free(all);
	rn_groups_fini(&by_process);
	return rc ? rc : rn_sink_end(sink, err);
}

const struct rn_analysis rn_analysis_processes = {
	.name = "processes",
	.help = "the tree of processes with what they did",
	.state_size = sizeof(struct state),
	.begin = begin,
	.batch = batch,
	.emit = emit,
	.fini = fini,
};
