/* SPDX-License-Identifier: MIT */
#include "analyze/export/rows.h"

#include "analyze/analysis/asked.h"
#include "analyze/listing/events.h"
#include "analyze/model/call_files.h"
#include "analyze/symbol/show.h"
#include "analyze/words.h"
#include "shared/names.h"

static const struct rn_column columns[RN_ROW_COLUMNS] = {
#define C(column, kind, clickhouse) { .name = #column, .type = RN_T_##kind },
#include "analyze/export/rows.def"
#undef C
};

const struct rn_table rn_rows_table = {
	.name = "events", .columns = columns, .n_columns = RN_ROW_COLUMNS,
};

void rn_rows_fini(struct rn_rows *r)
{
	rn_buffer_fini(&r->trace);
	for (unsigned i = 0; i < RN_ROW_COLUMNS; i++)
		rn_buffer_fini(&r->text[i]);
}

static void set_bytes(struct rn_rows *r, enum rn_row_column column, struct rn_bytes s)
{
	r->cell[column] = s.len ? rn_cell_bytes(s) : rn_cell_null();
}

static void set_text(struct rn_rows *r, enum rn_row_column column, const char *s)
{
	r->cell[column] = s && *s ? rn_cell_text(s) : rn_cell_null();
}

static void set_u64(struct rn_rows *r, enum rn_row_column column, uint64_t v)
{
	r->cell[column] = rn_cell_u64(v);
}

/* An empty buffer to write the column's text into; set_written when that is done. */
static struct rn_buffer *buffer_of(struct rn_rows *r, enum rn_row_column column)
{
	rn_buffer_clear(&r->text[column]);
	return &r->text[column];
}

static void set_written(struct rn_rows *r, enum rn_row_column column)
{
	set_bytes(r, column, rn_buffer_bytes(&r->text[column]));
}

static int check(const struct rn_rows *r, struct rn_error *err)
{
	bool ok = rn_buffer_ok(&r->trace);
	for (unsigned i = 0; i < RN_ROW_COLUMNS; i++)
		ok &= rn_buffer_ok(&r->text[i]);
	return ok ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for an export");
}

static void set_who_and_when(struct rn_rows *r, const struct rn_export_job *job, const struct rn_event *ev)
{
	const struct rn_model *m = job->model;
	for (unsigned i = 0; i < RN_ROW_COLUMNS; i++)
		r->cell[i] = rn_cell_null();
	if (!r->trace.len)
		rn_put_uuid(&r->trace, job->header->uuid);
	set_bytes(r, RN_ROW_trace, rn_buffer_bytes(&r->trace));
	set_bytes(r, RN_ROW_host, job->header->hostname);
	set_u64(r, RN_ROW_seq, ev->seq);
	set_u64(r, RN_ROW_ts_ns, ev->ts_ns);
	set_u64(r, RN_ROW_epoch_ns, job->header->start_realtime_ns + ev->ts_ns);
	set_text(r, RN_ROW_kind, rn_event_kind_name(ev->kind));
	if (!ev->utid)
		return;
	set_u64(r, RN_ROW_pid, rn_model_pid(m, ev->utid));
	set_u64(r, RN_ROW_tid, rn_model_tid(m, ev->utid, ev->ts_ns));
	set_u64(r, RN_ROW_upid, rn_model_process(m, ev->utid));
	set_u64(r, RN_ROW_utid, ev->utid);
	set_bytes(r, RN_ROW_comm, rn_model_comm(m, ev->utid, ev->ts_ns));
	set_bytes(r, RN_ROW_exe, rn_model_exe(m, ev->utid, ev->ts_ns));
}

static void set_result(struct rn_rows *r, const struct rn_export_job *job, const struct rn_export_call *call)
{
	const struct rn_call *c = &call->ev->call;
	uint64_t bytes;
	set_u64(r, RN_ROW_unfinished, call->unfinished);
	if (call->unfinished)
		return;
	set_u64(r, RN_ROW_dur_ns, c->dur_ns);
	r->cell[RN_ROW_ret] = rn_cell_i64(c->ret);
	if (!job->look->no_args) {
		rn_decode_result(buffer_of(r, RN_ROW_result), call->ev, &job->env);
		set_written(r, RN_ROW_result);
	}
	if (c->flags & RN_CALL_ERROR) {
		set_u64(r, RN_ROW_error, 0 - (uint64_t)c->ret);
		set_text(r, RN_ROW_errno, rn_call_errno(c, r->error));
	}
	if (rn_call_bytes((enum rn_abi)c->abi, c->nr, c->flags, c->ret, &bytes))
		set_u64(r, RN_ROW_bytes, bytes);
}

/* An empty path is a path: of a call about the descriptor itself. */
static void set_files(struct rn_rows *r, const struct rn_export_job *job, const struct rn_event *ev)
{
	struct rn_bytes s;
	int64_t fd;
	set_text(r, RN_ROW_io, rn_io_name(rn_io_of((enum rn_abi)ev->call.abi, ev->call.nr)));
	if (!rn_file_uses((enum rn_abi)ev->call.abi, ev->call.nr) || job->look->no_args)
		return;
	if (rn_call_path(ev, &s))
		r->cell[RN_ROW_path] = rn_cell_bytes(s);
	if (rn_call_fd(ev, &fd))
		r->cell[RN_ROW_fd] = rn_cell_i64(fd);
	if (rn_call_fd_path(job->model, ev, &s))
		r->cell[RN_ROW_fd_path] = rn_cell_bytes(s);
	if (rn_call_target(job->model, ev, buffer_of(r, RN_ROW_target), &s))
		r->cell[RN_ROW_target] = rn_cell_bytes(s);
}

static void set_flags(struct rn_rows *r, unsigned flags)
{
	struct rn_buffer *out = buffer_of(r, RN_ROW_flags);
	for (const struct rn_flag_word *w = rn_flag_words_finished; w->name; w++)
		if (flags & w->bit)
			rn_put_format(out, "%s%s", out->len ? "," : "", w->name);
	set_written(r, RN_ROW_flags);
}

static int set_stack(struct rn_rows *r, struct rn_export_job *job, uint32_t stack, struct rn_error *err)
{
	struct rn_level level;
	if (!job->frames || !stack)
		return 0;
	if (rn_frames_user(job->frames, stack, &level)) {
		struct rn_place_shown place = rn_frames_shown(job->frames, level.symbol);
		set_bytes(r, RN_ROW_function, place.function);
		set_bytes(r, RN_ROW_file, place.file);
		if (place.line)
			set_u64(r, RN_ROW_line, place.line);
	}
	int rc = rn_show_folded(buffer_of(r, RN_ROW_stack), job->frames, stack, err);
	set_written(r, RN_ROW_stack);
	return rc;
}

int rn_row_call(struct rn_rows *r, struct rn_export_job *job, const struct rn_export_call *call,
	struct rn_error *err)
{
	const struct rn_event *ev = call->ev;
	set_who_and_when(r, job, ev);
	set_text(r, RN_ROW_name, rn_export_name(&ev->call, r->name));
	set_text(r, RN_ROW_abi, rn_abi_name((enum rn_abi)ev->call.abi));
	set_u64(r, RN_ROW_nr, ev->call.nr);
	if (!job->look->no_args) {
		rn_decode_args(buffer_of(r, RN_ROW_args), ev, &job->env);
		set_written(r, RN_ROW_args);
	}
	set_result(r, job, call);
	set_files(r, job, ev);
	set_flags(r, ev->call.flags);
	if (!call->weight_is_open)
		r->cell[RN_ROW_weight] = rn_cell_real((double)call->weight / (double)RN_WEIGHT_ONE);
	int rc = set_stack(r, job, call->stack, err);
	return rc ? rc : check(r, err);
}

int rn_row_event(struct rn_rows *r, struct rn_export_job *job, const struct rn_event *ev,
	struct rn_error *err)
{
	set_who_and_when(r, job, ev);
	set_text(r, RN_ROW_name, rn_put_event_text(buffer_of(r, RN_ROW_args), job, ev, r->name));
	set_written(r, RN_ROW_args);
	return check(r, err);
}
