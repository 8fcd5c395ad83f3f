/* SPDX-License-Identifier: MIT */
#include "analyze/sql/row.h"

#include "analyze/analysis/asked.h"
#include "analyze/model/decode_model.h"
#include "analyze/weights/sampling.h"
#include "shared/names.h"
#include "shared/syscall.h"

const char *const rn_call_column_names[RN_CALL_COLUMNS] = {
#define C(name, type, want) #name,
#include "analyze/sql/columns.def"
#undef C
};

static const unsigned wants[RN_CALL_COLUMNS] = {
#define C(name, type, want) want,
#include "analyze/sql/columns.def"
#undef C
};

const char rn_call_schema[] = "CREATE TABLE x("
#define C(name, type, want) #name " " type ","
#include "analyze/sql/columns.def"
#undef C
	"k INTEGER HIDDEN, weight REAL HIDDEN)";

#define BIT(column) ((uint64_t)1 << RN_CC_##column)

unsigned rn_call_columns_want(uint64_t mask)
{
	return (mask & BIT(comm) ? RN_MODEL_COMM : 0) | (mask & BIT(exe) ? RN_MODEL_EXE : 0) |
		(mask & (BIT(fd_path) | BIT(target)) ? RN_MODEL_FDS : 0) |
		(mask & BIT(target) ? RN_MODEL_CWD : 0);
}

void rn_row_init(struct rn_row *r, const struct rn_row_context *context)
{
	memset(r, 0, sizeof(*r));
	r->context = context;
}

void rn_row_fini(struct rn_row *r)
{
	rn_buffer_fini(&r->text);
}

void rn_row_set(struct rn_row *r, struct rn_block *block, const struct rn_core *core, uint32_t k)
{
	r->block = block;
	r->core = core;
	r->k = k;
	r->have = 0;
	r->has_ev = r->has_stack = false;
}

void rn_row_set_event(struct rn_row *r, const struct rn_event *ev)
{
	r->block = NULL;
	r->ev = *ev;
	r->has_ev = true;
	r->has_stack = false;
}

/* What is damaged stays empty. */
static int fetch(struct rn_row *r, unsigned want)
{
	if (!r->block || (r->has_ev && !(want & ~r->have)))
		return SQLITE_OK;
	r->have |= want;
	int rc = rn_block_call(r->block, r->k, r->have, &r->ev, NULL);
	r->has_ev = true;
	return rc == RN_E_NOMEM ? SQLITE_NOMEM : SQLITE_OK;
}

int64_t rn_row_seq(struct rn_row *r)
{
	fetch(r, 0);
	return (int64_t)r->ev.seq;
}

double rn_row_weight(struct rn_row *r)
{
	const struct rn_sampling *all = rn_model_sampling(r->context->model);
	if (!all->n)
		return 1;
	fetch(r, 0);
	const struct rn_call *c = &r->ev.call;
	const struct rn_sampled *s = rn_sampling_find(all, c->abi, c->nr);
	return rn_sampled_weighs(s) && !(c->flags & RN_CALL_UNFINISHED) ? rn_sampled_weight(s) : 1;
}

static void put_text(sqlite3_context *out, struct rn_bytes s, bool stays)
{
	if (s.len)
		sqlite3_result_text64(out, (const char *)s.p, s.len, stays ? SQLITE_STATIC : SQLITE_TRANSIENT,
			SQLITE_UTF8);
}

static void put_static(sqlite3_context *out, const char *s)
{
	if (s)
		sqlite3_result_text(out, s, -1, SQLITE_STATIC);
}

static void put_classes(struct rn_row *r, sqlite3_context *out)
{
	const struct rn_syscall *d = rn_syscall((enum rn_abi)r->ev.call.abi, r->ev.call.nr);
	rn_buffer_clear(&r->text);
	for (unsigned i = 0; d && i < RN_CLASSES; i++)
		if (d->classes & rn_classes[i].bit)
			rn_put_format(&r->text, "%s%s", r->text.len ? "," : "", rn_classes[i].word);
	put_text(out, rn_buffer_bytes(&r->text), false);
}

static void put_errno(struct rn_row *r, sqlite3_context *out)
{
	int number = (int)(0 - (uint64_t)r->ev.call.ret);
	const char *name = rn_errno_name(number);
	if (!(r->ev.call.flags & RN_CALL_ERROR))
		return;
	rn_buffer_clear(&r->text);
	if (name)
		put_static(out, name);
	else
		rn_put_format(&r->text, "%u", (unsigned)number);
	put_text(out, rn_buffer_bytes(&r->text), false);
}

static void put_decoded(struct rn_row *r, enum rn_call_column column, sqlite3_context *out)
{
	struct rn_decode_env env = rn_decode_env_of(r->context->model, NULL);
	rn_buffer_clear(&r->text);
	if (column == RN_CC_args)
		rn_decode_args(&r->text, &r->ev, &env);
	else
		rn_decode_result(&r->text, &r->ev, &env);
	sqlite3_result_text64(out, (const char *)r->text.p, r->text.len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void put_file(struct rn_row *r, enum rn_call_column column, sqlite3_context *out)
{
	struct rn_bytes s;
	rn_buffer_clear(&r->text);
	if (!rn_file_uses((enum rn_abi)r->ev.call.abi, r->ev.call.nr))
		return;
	bool known = column == RN_CC_path ? rn_call_path(&r->ev, &s) :
		column == RN_CC_fd_path ? rn_call_fd_path(r->context->model, &r->ev, &s) :
		rn_call_target(r->context->model, &r->ev, &r->text, &s);
	if (known && s.len)
		put_text(out, s, false);
	else if (known)
		put_static(out, "");
}

static void put_fd(const struct rn_row *r, sqlite3_context *out)
{
	int64_t fd;
	if (rn_call_fd(&r->ev, &fd))
		sqlite3_result_int64(out, fd);
}

static int put_stack_id(struct rn_row *r, sqlite3_context *out)
{
	const struct rn_stack_numbers *numbers;
	if (!r->frame.node)
		return SQLITE_OK;
	if (rn_sql_frames_numbers(r->context->frames, &numbers, NULL))
		return SQLITE_NOMEM;
	sqlite3_result_int64(out, rn_stack_number(numbers, r->frame.node));
	return SQLITE_OK;
}

static int put_frame(struct rn_row *r, enum rn_call_column column, sqlite3_context *out)
{
	if (!r->context->frames)
		return SQLITE_OK;
	if (!r->has_stack && rn_sql_frames_of(r->context->frames, &r->ev, &r->frame, NULL) == RN_E_NOMEM)
		return SQLITE_NOMEM;
	r->has_stack = true;
	const struct rn_sql_frame *f = &r->frame;
	if (column == RN_CC_stack_id)
		return put_stack_id(r, out);
	if (column == RN_CC_line && f->line)
		sqlite3_result_int64(out, f->line);
	else if (column == RN_CC_function)
		put_text(out, f->function, true);
	else if (column == RN_CC_file)
		put_text(out, f->file, true);
	return SQLITE_OK;
}

/* Names stand for the life of the program, but for numbers nobody knows. */
static void put_name(struct rn_row *r, sqlite3_context *out)
{
	char buf[24];
	const char *name = rn_syscall_name((enum rn_abi)r->ev.call.abi, r->ev.call.nr, buf);
	sqlite3_result_text(out, name, -1, name == buf ? SQLITE_TRANSIENT : SQLITE_STATIC);
}

static void put_bytes(const struct rn_row *r, sqlite3_context *out)
{
	uint64_t bytes;
	const struct rn_call *c = &r->ev.call;
	if (rn_call_bytes((enum rn_abi)c->abi, c->nr, c->flags, c->ret, &bytes))
		sqlite3_result_int64(out, (int64_t)bytes);
}

/* By the index, without unpacking anything. False: it does not tell. */
static bool put_indexed_file(const struct rn_row *r, enum rn_call_column column, sqlite3_context *out)
{
	bool is_file = column == RN_CC_path || column == RN_CC_fd_path || column == RN_CC_target;
	if (!is_file || !r->block || !r->context->index)
		return false;
	const uint32_t *files = rn_index_files(r->context->index, r->block, r->core);
	if (!files)
		return false;
	if (!files[r->k])
		return true;
	const struct rn_file_facts *f = rn_index_facts(r->context->index, files[r->k]);
	bool has = column == RN_CC_path ? f->has_path : column == RN_CC_fd_path ? f->has_fd_path :
		f->has_target;
	struct rn_bytes s = column == RN_CC_path ? f->path : column == RN_CC_fd_path ? f->fd_path : f->target;
	if (has && s.len)
		put_text(out, s, true);
	else if (has)
		put_static(out, "");
	return true;
}

/* The columns that analyses of any size ask for, without making an event of the call. */
static bool put_core(const struct rn_row *r, enum rn_call_column column, sqlite3_context *out)
{
	if (!r->block)
		return false;
	const struct rn_core *c = r->core;
	uint32_t k = r->k;
	bool unfinished = c->flags[k] & RN_CALL_UNFINISHED;
	switch (column) {
	case RN_CC_ts:
		sqlite3_result_int64(out, (int64_t)c->ts_ns[k]);
		return true;
	case RN_CC_dur:
		if (!unfinished)
			sqlite3_result_int64(out, (int64_t)c->dur_ns[k]);
		return true;
	case RN_CC_ret:
		if (!unfinished)
			sqlite3_result_int64(out, c->ret[k]);
		return true;
	case RN_CC_nr:
		sqlite3_result_int64(out, c->nr[k]);
		return true;
	case RN_CC_utid:
		sqlite3_result_int64(out, c->utid[k]);
		return true;
	case RN_CC_error:
		if (c->flags[k] & RN_CALL_ERROR)
			sqlite3_result_int64(out, (int64_t)(0 - (uint64_t)c->ret[k]));
		return true;
	case RN_CC_name: {
		char buf[24];
		const char *name = rn_syscall_name((enum rn_abi)c->abi[k], c->nr[k], buf);
		sqlite3_result_text(out, name, -1, name == buf ? SQLITE_TRANSIENT : SQLITE_STATIC);
		return true;
	}
	case RN_CC_errno:
		return !(c->flags[k] & RN_CALL_ERROR);
	default:
		return false;
	}
}

int rn_row_result(struct rn_row *r, enum rn_call_column column, sqlite3_context *out)
{
	const struct rn_model *m = r->context->model;
	const struct rn_call *c = &r->ev.call;
	if (put_core(r, column, out) || put_indexed_file(r, column, out))
		return SQLITE_OK;
	bool of_stack = wants[column] & RN_WANT(STACK) && r->context->frames;
	int rc = fetch(r, of_stack ? rn_sql_frames_want(r->context->frames) : wants[column]);
	if (rc)
		return rc;
	bool unfinished = c->flags & RN_CALL_UNFINISHED;
	switch (column) {
	case RN_CC_seq:
		sqlite3_result_int64(out, (int64_t)r->ev.seq);
		break;
	case RN_CC_ts:
		sqlite3_result_int64(out, (int64_t)r->ev.ts_ns);
		break;
	case RN_CC_dur:
		if (!unfinished)
			sqlite3_result_int64(out, (int64_t)c->dur_ns);
		break;
	case RN_CC_pid:
		sqlite3_result_int64(out, (int64_t)rn_model_pid(m, r->ev.utid));
		break;
	case RN_CC_tid:
		sqlite3_result_int64(out, (int64_t)rn_model_tid(m, r->ev.utid, r->ev.ts_ns));
		break;
	case RN_CC_upid:
		sqlite3_result_int64(out, rn_model_process(m, r->ev.utid));
		break;
	case RN_CC_utid:
		sqlite3_result_int64(out, r->ev.utid);
		break;
	case RN_CC_comm:
		put_text(out, rn_model_comm(m, r->ev.utid, r->ev.ts_ns), true);
		break;
	case RN_CC_exe:
		put_text(out, rn_model_exe(m, r->ev.utid, r->ev.ts_ns), true);
		break;
	case RN_CC_name:
		put_name(r, out);
		break;
	case RN_CC_class:
		put_classes(r, out);
		break;
	case RN_CC_abi:
		put_static(out, rn_abi_name((enum rn_abi)c->abi));
		break;
	case RN_CC_nr:
		sqlite3_result_int64(out, c->nr);
		break;
	case RN_CC_args:
		put_decoded(r, column, out);
		break;
	case RN_CC_a0: case RN_CC_a1: case RN_CC_a2: case RN_CC_a3: case RN_CC_a4: case RN_CC_a5:
		sqlite3_result_int64(out, (int64_t)c->args[column - RN_CC_a0]);
		break;
	case RN_CC_ret:
		if (!unfinished)
			sqlite3_result_int64(out, c->ret);
		break;
	case RN_CC_error:
		if (c->flags & RN_CALL_ERROR)
			sqlite3_result_int64(out, (int64_t)(0 - (uint64_t)c->ret));
		break;
	case RN_CC_errno:
		put_errno(r, out);
		break;
	case RN_CC_result:
		if (!unfinished)
			put_decoded(r, column, out);
		break;
	case RN_CC_path: case RN_CC_fd_path: case RN_CC_target:
		put_file(r, column, out);
		break;
	case RN_CC_fd:
		put_fd(r, out);
		break;
	case RN_CC_io:
		put_static(out, rn_io_name(rn_io_of((enum rn_abi)c->abi, c->nr)));
		break;
	case RN_CC_bytes:
		put_bytes(r, out);
		break;
	case RN_CC_unfinished:
		sqlite3_result_int(out, unfinished);
		break;
	case RN_CC_stack_id: case RN_CC_function: case RN_CC_file: case RN_CC_line:
		return put_frame(r, column, out);
	case RN_CC_k: case RN_CC_weight: /* the table's own */
		break;
	}
	return SQLITE_OK;
}
