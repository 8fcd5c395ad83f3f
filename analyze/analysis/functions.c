/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/functions.h"

#include "analyze/report/cell.h"
#include "analyze/words.h"

#include <stdlib.h>

#define NAME_PAD_MAX 60 /* longer names are not what others are aligned to */

struct state {
	struct rn_functions_options o;
	struct rn_stack_tally tally;
};

static int begin(void *st, const void *options, struct rn_error *err)
{
	struct state *s = st;
	(void)err;
	s->o = *(const struct rn_functions_options *)options;
	rn_stack_tally_init(&s->tally, s->o.frames, s->o.slow_io_ns);
	return 0;
}

static int batch(void *st, const struct rn_batch *b, struct rn_error *err)
{
	return rn_stack_tally_batch(&((struct state *)st)->tally, b, err);
}

static void fini(void *st)
{
	rn_stack_tally_fini(&((struct state *)st)->tally);
}

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

static int by_time(const void *a, const void *b)
{
	const struct rn_function *x = *(const struct rn_function *const *)a;
	const struct rn_function *y = *(const struct rn_function *const *)b;
	if (x->own.time_ns != y->own.time_ns)
		return x->own.time_ns > y->own.time_ns ? -1 : 1;
	if (x->own.calls != y->own.calls)
		return x->own.calls > y->own.calls ? -1 : 1;
	size_t len = x->name.len < y->name.len ? x->name.len : y->name.len;
	int order = len ? memcmp(x->name.p, y->name.p, len) : 0;
	if (order || x->name.len != y->name.len)
		return order ? order : x->name.len < y->name.len ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Those that calls are charged to, by time. */
static const struct rn_function **charged(const struct rn_profile *p, uint32_t *n)
{
	const struct rn_function **list = malloc((p->n + 1) * sizeof(*list));
	*n = 0;
	for (uint32_t i = 0; list && i < p->n; i++)
		if (p->function[i].own.calls)
			list[(*n)++] = &p->function[i];
	if (list)
		qsort(list, *n, sizeof(*list), by_time);
	return list;
}

static int emit_summary(const struct rn_profile *p, uint32_t n, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "functions", .title = "Total functions profiled", .type = RN_T_U64,
			.unit = RN_U_COUNT },
		{ .name = "calls", .weighs = true, .title = "Total syscalls", .type = RN_T_U64, .unit = RN_U_COUNT,
			.doc = "system calls with a stack" },
		{ .name = "total_ns", .weighs = true, .title = "Total time", .type = RN_T_U64, .unit = RN_U_NS,
			.shift = 9, .decimals = 6, .doc = "in system calls with a stack" },
		{ .name = "io_calls", .weighs = true, .title = "I/O calls", .type = RN_T_U64, .unit = RN_U_COUNT },
		{ .name = "slow_io_calls", .weighs = true, .title = "Slow I/O", .type = RN_T_U64, .unit = RN_U_COUNT },
		{ .name = "calls_without_stack", .weighs = true, .title = "Syscalls without a stack", .type = RN_T_U64,
			.unit = RN_U_COUNT, .doc = "not in any figure" },
		{ .name = "incomplete_stacks", .weighs = true, .title = "Syscalls with an incomplete stack",
			.type = RN_T_U64, .unit = RN_U_COUNT },
	};
	static const struct rn_table table = {
		.name = "functions_summary",
		.title = "Function Profiling Summary:",
		.flags = RN_TABLE_RECORD | RN_TABLE_RULED, .columns = columns,
		.n_columns = sizeof(columns) / sizeof(columns[0]),
	};
	const struct rn_cell cells[] = { rn_cell_u64(n), rn_cell_u64(p->total.calls),
		rn_cell_u64(p->total.time_ns), rn_cell_u64(p->total.io_calls),
		rn_cell_u64(p->total.slow_io), rn_cell_u64(p->without_stack),
		rn_cell_u64(p->total.cut) };
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = rn_sink_row(sink, cells, err);
	return rc ? rc : rn_sink_end(sink, err);
}

/* "  1. cargo::build_script  - 45.2% (1.2s, 67 syscalls) ⚠ SLOW I/O" */
static void put_path(struct rn_buffer *out, const struct rn_function *f, uint64_t rank, size_t width,
	double share)
{
	rn_put_format(out, "%3llu. ", (unsigned long long)rank);
	rn_put_bytes(out, f->name.p, f->name.len);
	for (size_t i = rn_shown_width(f->name); i < width; i++)
		rn_put_u8(out, ' ');
	rn_put_format(out, "  - %.1f%% (", share);
	rn_put_short_time(out, f->own.time_ns);
	rn_put_format(out, ", %llu syscall%s)", (unsigned long long)f->own.calls,
		f->own.calls == 1 ? "" : "s");
	if (f->own.slow_io)
		rn_put_text(out, " \u26a0 SLOW I/O");
	if (f->description.len) {
		rn_put_text(out, ": ");
		rn_put_bytes(out, f->description.p, f->description.len);
	}
}

static int emit_paths(const struct rn_profile *p, const struct rn_functions_options *o,
	const struct rn_function **list, uint32_t n, struct rn_sink *sink, struct rn_error *err)
{
	char title[64];
	snprintf(title, sizeof(title), "Top %llu Hot Paths (by total time):", (unsigned long long)o->top);
	const struct rn_column columns[] = {
		{ .name = "text", .title = title, .type = RN_T_TEXT, .left = true,
			.hide = RN_HIDE_CSV | RN_HIDE_JSON },
		{ .name = "rank", .type = RN_T_U64, .unit = RN_U_COUNT, .hide = RN_HIDE_TEXT },
		{ .name = "function", .type = RN_T_TEXT, .hide = RN_HIDE_TEXT },
		{ .name = "time_percent", .weighs = true, .type = RN_T_REAL, .unit = RN_U_PERCENT, .hide = RN_HIDE_TEXT,
			.doc = "share of the time in all system calls with a stack" },
		{ .name = "total_ns", .weighs = true, .type = RN_T_U64, .unit = RN_U_NS, .hide = RN_HIDE_TEXT },
		{ .name = "calls", .weighs = true, .type = RN_T_U64, .unit = RN_U_COUNT, .hide = RN_HIDE_TEXT },
		{ .name = "slow_io", .type = RN_T_BOOL, .hide = RN_HIDE_TEXT },
	};
	const struct rn_table table = { .name = "hot_paths", .columns = columns,
		.n_columns = sizeof(columns) / sizeof(columns[0]) };
	size_t width = 0;
	if (n > o->top)
		n = (uint32_t)o->top;
	for (uint32_t i = 0; i < n; i++) {
		size_t w = rn_shown_width(list[i]->name);
		width = w > width && w <= NAME_PAD_MAX ? w : width;
	}
	int rc = rn_sink_begin(sink, &table, err);
	for (uint32_t i = 0; i < n && !rc; i++) {
		struct rn_buffer text = RN_BUFFER_INIT;
		double share = percent(list[i]->own.time_ns, p->total.time_ns);
		put_path(&text, list[i], i + 1, width, share);
		const struct rn_cell cells[] = { rn_cell_bytes(rn_buffer_bytes(&text)),
			rn_cell_u64(i + 1), rn_cell_bytes(list[i]->name), rn_cell_real(share),
			rn_cell_u64(list[i]->own.time_ns), rn_cell_u64(list[i]->own.calls),
			rn_cell_bool(list[i]->own.slow_io != 0) };
		rc = rn_buffer_ok(&text) ? rn_sink_row(sink, cells, err) :
			rn_fail(err, RN_E_NOMEM, "out of memory for a profile");
		rn_buffer_fini(&text);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

static struct rn_cell known(struct rn_bytes s)
{
	return s.len ? rn_cell_bytes(s) : rn_cell_null();
}

static int emit_functions(const struct rn_profile *p, const struct rn_function **list, uint32_t n,
	struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "time_percent", .weighs = true, .title = "% time", .type = RN_T_REAL, .unit = RN_U_PERCENT,
			.decimals = 2, .min_width = 6,
			.doc = "share of the time in all system calls with a stack" },
		{ .name = "total_ns", .weighs = true, .title = "total time", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9,
			.decimals = 6, .min_width = 11, .doc = "in the system calls charged to it" },
		{ .name = "avg_ns", .weighs = true, .title = "usecs/call", .type = RN_T_U64, .unit = RN_U_NS, .shift = 3,
			.min_width = 10, .doc = "mean of the system calls charged to it, rounded down" },
		{ .name = "calls", .weighs = true, .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 9,
			.doc = "system calls whose innermost frame of the user's own code it is" },
		{ .name = "errors", .weighs = true, .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 7,
			.blank_zero = true },
		{ .name = "io_calls", .weighs = true, .title = "I/O ops", .type = RN_T_U64, .unit = RN_U_COUNT,
			.min_width = 8, .blank_zero = true,
			.doc = "read, write, open, close, sync, sendfile, splice and their like" },
		{ .name = "slow_io_calls", .weighs = true, .title = "slow I/O", .type = RN_T_U64, .unit = RN_U_COUNT,
			.min_width = 8, .blank_zero = true, .doc = "I/O above the threshold" },
		{ .name = "bytes", .weighs = true, .type = RN_T_U64, .unit = RN_U_BYTES, .hide = RN_HIDE_TEXT,
			.doc = "read and written" },
		{ .name = "with_callees_ns", .weighs = true, .title = "with callees", .type = RN_T_U64, .unit = RN_U_NS,
			.shift = 9, .decimals = 6, .min_width = 12,
			.doc = "time in system calls of it and of what it called" },
		{ .name = "with_callees_calls", .weighs = true, .type = RN_T_U64, .unit = RN_U_COUNT,
			.hide = RN_HIDE_TEXT },
		{ .name = "function", .type = RN_T_TEXT, .left = true },
		{ .name = "module", .type = RN_T_TEXT, .hide = RN_HIDE_TEXT },
		{ .name = "description", .type = RN_T_TEXT, .left = true, .hide = RN_HIDE_TEXT,
			.doc = "of a transpiler map" },
	};
	static const struct rn_table table = { .name = "functions", .flags = RN_TABLE_RULED,
		.columns = columns, .n_columns = sizeof(columns) / sizeof(columns[0]) };
	int rc = rn_sink_begin(sink, &table, err);
	for (uint32_t i = 0; i < n && !rc; i++) {
		const struct rn_function *f = list[i];
		const struct rn_cell cells[] = {
			rn_cell_real(percent(f->own.time_ns, p->total.time_ns)),
			rn_cell_u64(f->own.time_ns), rn_cell_u64(f->own.time_ns / f->own.calls),
			rn_cell_u64(f->own.calls), rn_cell_u64(f->own.errors),
			rn_cell_u64(f->own.io_calls), rn_cell_u64(f->own.slow_io),
			rn_cell_u64(f->own.bytes), rn_cell_u64(f->with_callees.time_ns),
			rn_cell_u64(f->with_callees.calls), rn_cell_bytes(f->name), known(f->module),
			known(f->description),
		};
		rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

/* Why there is nothing, or nothing with a name. */
static int tell_lack(const struct rn_profile *p, const struct rn_function **list, uint32_t n,
	struct rn_sink *sink, struct rn_error *err)
{
	bool named = false;
	for (uint32_t i = 0; i < n; i++)
		named |= list[i]->is_user;
	if (named)
		return 0;
	return rn_sink_note(sink, rn_bytes_str(n == 0 ? p->without_stack ?
		"No function profiling data collected: the calls were recorded without stacks" :
		"No function profiling data collected: there are no calls" :
		"No function profiling data collected of the program's own code: it has no symbols "
		"(renacer-analyze info --modules tells of each module)"), err);
}

static int emit(void *st, struct rn_sink *sink, struct rn_error *err)
{
	struct state *s = st;
	struct rn_profile p;
	uint32_t n = 0;
	const struct rn_function **list = NULL;
	int rc = rn_profile_init(&p, &s->tally, err);
	if (!rc && !(list = charged(&p, &n)))
		rc = rn_fail(err, RN_E_NOMEM, "out of memory for a profile");
	if (!rc)
		rc = emit_summary(&p, n, sink, err);
	if (!rc)
		rc = tell_lack(&p, list, n, sink, err);
	if (!rc && n)
		rc = emit_paths(&p, &s->o, list, n, sink, err);
	if (!rc && n)
		rc = emit_functions(&p, list, n, sink, err);
	if (!rc && n)
		rc = rn_call_graph_emit(&p, &s->o, sink, err);
	free(list);
	rn_profile_fini(&p);
	return rc;
}

const struct rn_analysis rn_analysis_functions = {
	.name = "functions",
	.help = "the time in system calls by the functions that made them",
	.state_size = sizeof(struct state),
	.begin = begin,
	.batch = batch,
	.emit = emit,
	.fini = fini,
};
