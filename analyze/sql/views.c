/* SPDX-License-Identifier: MIT */
/* The views that the model and the directories tell of. */
#include "analyze/sql/views.h"

#include "analyze/decode/decode.h"
#include "analyze/model/process_tree.h"
#include "analyze/source/contents.h"
#include "analyze/words.h"

#include <stdlib.h>

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define INT(n) { .name = n, .type = RN_T_I64 }
#define TEXT(n) { .name = n, .type = RN_T_TEXT }
#define TABLE(n, c) { .name = n, .columns = c, .n_columns = COUNT_OF(c) }

static struct rn_cell known(struct rn_bytes s)
{
	return s.len ? rn_cell_bytes(s) : rn_cell_null();
}

static struct rn_cell nonzero(uint64_t v)
{
	return v ? rn_cell_u64(v) : rn_cell_null();
}

int rn_view_blocks(void *of, uint64_t n, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = { INT("block"), INT("offset"), INT("bytes"), INT("calls"),
		INT("events"), INT("errors"), INT("first_seq"), INT("first_ts"), INT("last_ts"),
		INT("max_dur") };
	static const struct rn_table table = TABLE("blocks", columns);
	const struct rn_reader *r = ((struct rn_views_of *)of)->q->reader;
	(void)n;
	int rc = rn_sink_begin(sink, &table, err);
	for (size_t i = 0; i < rn_reader_n_blocks(r) && !rc; i++) {
		const struct rn_block_info *b = rn_reader_block_info(r, i);
		const struct rn_cell cells[] = { rn_cell_u64(i), rn_cell_u64(b->offset),
			rn_cell_u64(b->disk_bytes), rn_cell_u64(b->n_calls), rn_cell_u64(b->n_meta),
			rn_cell_u64(b->n_errors), rn_cell_u64(b->first_seq), rn_cell_u64(b->first_ns),
			rn_cell_u64(b->last_ns), rn_cell_u64(b->max_dur_ns) };
		rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

/* How a task came into the trace, enum rn_task_how. */
static const char *const hows[] = { NULL, "command", "attached", "fork", "vfork", "clone", "found" };

static struct rn_cell how_of(uint64_t how)
{
	return how < COUNT_OF(hows) && hows[how] ? rn_cell_text(hows[how]) : rn_cell_null();
}

static struct rn_cell exit_of(struct rn_buffer *b, const struct rn_task *t)
{
	rn_buffer_clear(b);
	if (!t->ended)
		return rn_cell_null();
	if (t->superseded)
		rn_put_text(b, "superseded");
	else
		rn_decode_exit(b, t->status);
	return rn_cell_bytes(rn_buffer_bytes(b));
}

int rn_view_processes(void *of, uint64_t n, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = { INT("upid"), INT("pid"), INT("ppid"),
		INT("parent_upid"), INT("depth"), INT("start"), INT("end"), INT("threads"), TEXT("how"),
		INT("exit_code"), TEXT("exit"), TEXT("exe"), TEXT("command"), INT("cgroup") };
	static const struct rn_table table = TABLE("processes", columns);
	const struct rn_inquiry *q = ((struct rn_views_of *)of)->q;
	const struct rn_model *m = q->model;
	struct rn_buffer command = RN_BUFFER_INIT, exit = RN_BUFFER_INIT;
	struct rn_process *all = NULL;
	uint32_t n_all = 0;
	(void)n;
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = rn_process_tree(m, &all, &n_all, err);
	for (uint32_t i = 0; i < n_all && !rc; i++) {
		const struct rn_task *t = all[i].task;
		rn_buffer_clear(&command);
		rn_put_command(&command, m, t, rn_reader_header(q->reader)->command_argv);
		const struct rn_cell cells[] = { rn_cell_u64(t->utid), rn_cell_u64(t->pid),
			rn_cell_u64(all[i].parent ? rn_model_pid(m, all[i].parent) : t->ppid),
			nonzero(all[i].parent), rn_cell_u64(all[i].depth), rn_cell_u64(t->start_ns),
			t->ended ? rn_cell_u64(t->end_ns) : rn_cell_null(), rn_cell_u64(all[i].threads),
			how_of(t->how), t->ended ? rn_cell_i64(rn_exit_code_of(t->status)) : rn_cell_null(),
			exit_of(&exit, t), known(t->exe), known(rn_buffer_bytes(&command)), nonzero(t->cgroup) };
		rc = rn_sink_row(sink, cells, err);
	}
	free(all);
	rn_buffer_fini(&command);
	rn_buffer_fini(&exit);
	return rc ? rc : rn_sink_end(sink, err);
}

int rn_view_threads(void *of, uint64_t n, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = { INT("utid"), INT("tid"), INT("pid"), INT("upid"),
		INT("parent_utid"), TEXT("comm"), INT("start"), INT("end"), TEXT("how"), INT("exit_code"),
		TEXT("exit") };
	static const struct rn_table table = TABLE("threads", columns);
	const struct rn_model *m = ((struct rn_views_of *)of)->q->model;
	struct rn_buffer exit = RN_BUFFER_INIT;
	(void)n;
	int rc = rn_sink_begin(sink, &table, err);
	for (uint32_t i = 0; i < rn_model_n_tasks(m) && !rc; i++) {
		const struct rn_task *t = rn_model_task_at(m, i);
		const struct rn_cell cells[] = { rn_cell_u64(t->utid),
			rn_cell_u64(rn_model_tid(m, t->utid, UINT64_MAX)), rn_cell_u64(t->pid),
			rn_cell_u64(rn_model_process(m, t->utid)), nonzero(t->parent),
			known(rn_model_comm(m, t->utid, UINT64_MAX)), rn_cell_u64(t->start_ns),
			t->ended ? rn_cell_u64(t->end_ns) : rn_cell_null(), how_of(t->how),
			t->ended ? rn_cell_i64(rn_exit_code_of(t->status)) : rn_cell_null(),
			exit_of(&exit, t) };
		rc = rn_sink_row(sink, cells, err);
	}
	rn_buffer_fini(&exit);
	return rc ? rc : rn_sink_end(sink, err);
}

int rn_view_modules(void *of, uint64_t n, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = { INT("module"), TEXT("path"), TEXT("build_id"),
		INT("mappings"), INT("image_bytes") };
	static const struct rn_table table = TABLE("modules", columns);
	struct rn_contents contents;
	struct rn_buffer id = RN_BUFFER_INIT;
	struct rn_reader *r = ((struct rn_views_of *)of)->q->reader;
	(void)n;
	int rc = rn_sink_begin(sink, &table, err);
	if (rc)
		return rc;
	rn_contents_init(&contents);
	rc = rn_reader_rewind(r, err);
	struct rn_source *source = rc ? NULL : rn_source_trace(r, NULL);
	source = source ? rn_source_settled(source) : NULL;
	if (!rc)
		rc = source ? rn_contents_gather(&contents, source, err) :
			rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; i < contents.n_modules && !rc; i++) {
		const struct rn_contents_module *m = &contents.modules[i];
		rn_buffer_clear(&id);
		rn_put_hex_bytes(&id, m->build_id);
		const struct rn_cell cells[] = { rn_cell_u64(i), rn_cell_bytes(m->path),
			known(rn_buffer_bytes(&id)), rn_cell_u64(m->mappings), nonzero(m->image_bytes) };
		rc = rn_sink_row(sink, cells, err);
	}
	rn_source_free(source);
	rn_contents_fini(&contents);
	rn_buffer_fini(&id);
	return rc ? rc : rn_sink_end(sink, err);
}
