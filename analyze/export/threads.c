/* SPDX-License-Identifier: MIT */
#include "analyze/export/threads.h"

#include "analyze/model/process_tree.h"
#include "analyze/report/json_writer.h"

#include <stdlib.h>

void rn_export_threads_fini(struct rn_export_threads *t)
{
	free(t->item);
	rn_idmap_fini(&t->by_utid);
	rn_idmap_fini(&t->by_process);
	rn_idmap_fini(&t->pids);
	rn_idmap_fini(&t->tids);
}

/* 0 or RN_E_NOMEM. */
static int own_number(struct rn_idmap *holders, uint64_t number, uint64_t *out)
{
	uint32_t n = rn_idmap_find(holders, number);
	n = n == RN_IDMAP_NONE ? 0 : n;
	*out = number + n * RN_EXPORT_ID_STEP;
	return rn_idmap_put(holders, number, n + 1);
}

static int add(struct rn_export_threads *t, const struct rn_model *m, uint32_t utid)
{
	const struct rn_task *task = rn_model_task(m, utid);
	if (t->n == t->cap) {
		uint32_t cap = t->cap ? t->cap * 2 : 64;
		struct rn_export_thread *grown = realloc(t->item, cap * sizeof(*grown));
		if (!grown)
			return RN_E_NOMEM;
		t->item = grown;
		t->cap = cap;
	}
	struct rn_export_thread *x = &t->item[t->n];
	*x = (struct rn_export_thread){ .utid = utid, .process = rn_model_process(m, utid) };
	if (own_number(&t->tids, task ? task->tid : 0, &x->tid))
		return RN_E_NOMEM;
	uint32_t first = rn_idmap_find(&t->by_process, x->process);
	if (first != RN_IDMAP_NONE) {
		x->pid = t->item[first].pid;
		x->process_i = t->item[first].process_i;
	} else {
		x->process_i = t->n_processes++;
		if (own_number(&t->pids, rn_model_pid(m, utid), &x->pid) ||
			rn_idmap_put(&t->by_process, x->process, t->n))
			return RN_E_NOMEM;
	}
	return rn_idmap_put(&t->by_utid, utid, t->n++);
}

int rn_export_thread_of(struct rn_export_threads *t, const struct rn_model *m, uint32_t utid,
	const struct rn_export_thread **out, bool *is_new, struct rn_error *err)
{
	uint32_t i = rn_idmap_find(&t->by_utid, utid);
	*is_new = i == RN_IDMAP_NONE;
	if (*is_new) {
		i = t->n;
		if (add(t, m, utid))
			return rn_fail(err, RN_E_NOMEM, "out of memory for an export");
	}
	*out = &t->item[i];
	return 0;
}

static void put_name(struct rn_buffer *out, const struct rn_model *m, uint32_t utid, const char *kind,
	uint64_t number)
{
	struct rn_bytes comm = rn_model_comm(m, utid, UINT64_MAX);
	if (comm.len)
		rn_put_bytes(out, comm.p, comm.len);
	else
		rn_put_format(out, "%s %llu", kind, (unsigned long long)number);
}

void rn_put_thread_name(struct rn_buffer *out, const struct rn_model *m, const struct rn_export_thread *t)
{
	put_name(out, m, t->utid, "thread", t->tid);
}

void rn_put_process_name(struct rn_buffer *out, const struct rn_model *m, const struct rn_export_thread *t)
{
	put_name(out, m, t->process, "process", t->pid);
}

void rn_put_process_command(struct rn_buffer *out, const struct rn_model *m,
	const struct rn_export_thread *t, struct rn_bytes command)
{
	const struct rn_task *task = rn_model_task(m, t->process);
	if (task)
		rn_put_command(out, m, task, command);
}
