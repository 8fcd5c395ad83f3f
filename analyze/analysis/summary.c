/* SPDX-License-Identifier: MIT */
/*
 * Calls are tallied by number (tally.h) while batches pass; names, shares and order are found at the
 * end, for the few rows there are.
 */
#include "analyze/analysis/summary.h"
#include "analyze/analysis/summary_weights.h"
#include "analyze/analysis/tally.h"
#include "shared/arena.h"
#include "shared/buffer.h"
#include "shared/syscall.h"

#include <stdio.h>
#include <stdlib.h>

const struct rn_word rn_summary_sort_words[] = {
	{ "time", RN_SUMMARY_BY_TIME, "time spent, the most first" },
	{ "time-percent", RN_SUMMARY_BY_TIME, NULL },
	{ "time-total", RN_SUMMARY_BY_TIME, NULL },
	{ "total-time", RN_SUMMARY_BY_TIME, NULL },
	{ "min-time", RN_SUMMARY_BY_MIN, "the shortest call" },
	{ "shortest", RN_SUMMARY_BY_MIN, NULL },
	{ "time-min", RN_SUMMARY_BY_MIN, NULL },
	{ "max-time", RN_SUMMARY_BY_MAX, "the longest call" },
	{ "longest", RN_SUMMARY_BY_MAX, NULL },
	{ "time-max", RN_SUMMARY_BY_MAX, NULL },
	{ "avg-time", RN_SUMMARY_BY_MEAN, "mean time of a call" },
	{ "time-avg", RN_SUMMARY_BY_MEAN, NULL },
	{ "avg", RN_SUMMARY_BY_MEAN, NULL },
	{ "calls", RN_SUMMARY_BY_CALLS, "number of calls" },
	{ "count", RN_SUMMARY_BY_CALLS, NULL },
	{ "errors", RN_SUMMARY_BY_ERRORS, "number of errors" },
	{ "error", RN_SUMMARY_BY_ERRORS, NULL },
	{ "name", RN_SUMMARY_BY_NAME, "name, from a to z" },
	{ "syscall", RN_SUMMARY_BY_NAME, NULL },
	{ "syscall-name", RN_SUMMARY_BY_NAME, NULL },
	{ "nothing", RN_SUMMARY_BY_NUMBER, "by number, as the kernel counts them" },
	{ "none", RN_SUMMARY_BY_NUMBER, NULL },
	{ NULL, 0, NULL },
};

enum {
	COL_NAME, COL_ABI, COL_NR, COL_CSV_NAME, COL_PERCENT, COL_TOTAL_NS, COL_USECS, COL_CALLS,
	COL_ERRORS, COL_TOTAL_TIME, COL_RECORDED, COL_WEIGHT, COL_UNFINISHED, COL_MEAN_NS, COL_MIN_NS,
	COL_MAX_NS, COL_SHOWN,
	N_COLUMNS
};

#define JSON_ONLY (RN_HIDE_TEXT | RN_HIDE_CSV)
#define CSV_ONLY (RN_HIDE_TEXT | RN_HIDE_JSON)
#define HIDDEN (RN_HIDE_TEXT | RN_HIDE_CSV | RN_HIDE_JSON)
#define TEXT_ONLY (RN_HIDE_CSV | RN_HIDE_JSON)

static const struct rn_column columns[N_COLUMNS] = {
	[COL_NAME] = { .name = "name", .type = RN_T_TEXT, .hide = JSON_ONLY,
		.doc = "name of the system call" },
	[COL_ABI] = { .name = "abi", .type = RN_T_TEXT, .hide = JSON_ONLY,
		.doc = "calling convention" },
	[COL_NR] = { .name = "nr", .type = RN_T_U64, .hide = JSON_ONLY,
		.doc = "number of the system call in its abi" },
	[COL_CSV_NAME] = { .name = "syscall", .type = RN_T_TEXT, .hide = CSV_ONLY },
	[COL_PERCENT] = { .name = "percent", .title = "% time", .type = RN_T_REAL,
		.unit = RN_U_PERCENT, .decimals = 2, .min_width = 6, .hide = RN_HIDE_CSV,
		.doc = "share of the time of all calls listed" },
	[COL_TOTAL_NS] = { .name = "total_ns", .title = "seconds", .type = RN_T_U64,
		.unit = RN_U_NS, .shift = 9, .decimals = 6, .min_width = 11, .hide = RN_HIDE_CSV,
		.doc = "wall-clock time from entry to return, summed; unfinished calls have none" },
	[COL_USECS] = { .name = "usecs_per_call", .title = "usecs/call", .type = RN_T_U64,
		.min_width = 11, .hide = RN_HIDE_CSV,
		.doc = "mean wall-clock time of a call that returned, in whole microseconds" },
	[COL_CALLS] = { .name = "calls", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 9,
		.doc = "calls made, unfinished ones among them" },
	[COL_ERRORS] = { .name = "errors", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 9,
		.blank_zero = true, .doc = "calls that the kernel answered with an error" },
	[COL_TOTAL_TIME] = { .name = "total_time", .type = RN_T_TEXT, .hide = CSV_ONLY },
	[COL_RECORDED] = { .name = "recorded", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 9,
		.doc = "calls that are in the trace" },
	[COL_WEIGHT] = { .name = "weight", .type = RN_T_REAL, .unit = RN_U_RATIO, .decimals = 3, .min_width = 8,
		.doc = "what a recorded call stands for; 0: none was recorded" },
	[COL_UNFINISHED] = { .name = "unfinished", .type = RN_T_U64, .unit = RN_U_COUNT,
		.hide = JSON_ONLY, .doc = "calls that never returned" },
	[COL_MEAN_NS] = { .name = "mean_ns", .type = RN_T_U64, .unit = RN_U_NS, .hide = JSON_ONLY,
		.doc = "total_ns by the calls that returned, rounded down" },
	[COL_MIN_NS] = { .name = "min_ns", .type = RN_T_U64, .unit = RN_U_NS, .hide = JSON_ONLY },
	[COL_MAX_NS] = { .name = "max_ns", .type = RN_T_U64, .unit = RN_U_NS, .hide = JSON_ONLY },
	[COL_SHOWN] = { .name = "syscall", .type = RN_T_TEXT, .min_width = 16, .left = true,
		.hide = TEXT_ONLY },
};

/* The words of -U. */
static const struct {
	const char *word;
	uint8_t column;
} column_words[] = {
	{ "time-percent", COL_PERCENT }, { "time", COL_PERCENT }, { "total-time", COL_TOTAL_NS },
	{ "time-total", COL_TOTAL_NS },
	{ "min-time", COL_MIN_NS }, { "shortest", COL_MIN_NS }, { "time-min", COL_MIN_NS },
	{ "max-time", COL_MAX_NS }, { "longest", COL_MAX_NS }, { "time-max", COL_MAX_NS },
	{ "avg-time", COL_USECS }, { "time-avg", COL_USECS }, { "calls", COL_CALLS },
	{ "count", COL_CALLS }, { "errors", COL_ERRORS }, { "error", COL_ERRORS },
	{ "name", COL_SHOWN }, { "syscall", COL_SHOWN }, { "syscall-name", COL_SHOWN },
};
#define N_COLUMN_WORDS (sizeof(column_words) / sizeof(*column_words))

/* As with the words to sort by, _ will do for -. */
static bool is_same_word(const char *want, struct rn_bytes word)
{
	if (strlen(want) != word.len)
		return false;
	for (size_t i = 0; i < word.len; i++)
		if (want[i] != (word.p[i] == '_' ? '-' : (char)word.p[i]))
			return false;
	return true;
}

static int add_column(struct rn_summary_columns *c, struct rn_bytes word, struct rn_error *err)
{
	size_t i = 0;
	while (i < N_COLUMN_WORDS && !is_same_word(column_words[i].word, word))
		i++;
	if (i == N_COLUMN_WORDS)
		return rn_fail(err, RN_E_USAGE, "-U: there is no column '%.*s'; there are time-percent, "
			"total-time, min-time, max-time, avg-time, calls, errors and name",
			(int)word.len, (const char *)word.p);
	if (memchr(c->of, column_words[i].column, c->n))
		return rn_fail(err, RN_E_USAGE, "-U: column '%s' is given twice", column_words[i].word);
	c->of[c->n++] = column_words[i].column;
	return 0;
}

int rn_summary_columns(struct rn_summary_columns *c, const char *words, struct rn_error *err)
{
	c->n = 0;
	for (;; words++) {
		size_t len = strcspn(words, ",");
		int rc = add_column(c, rn_bytes_of((const uint8_t *)words, len), err);
		if (rc)
			return rc;
		words += len;
		if (!*words)
			return 0;
	}
}

struct state {
	struct rn_summary_options options;
	struct rn_tally_set *set;
	struct rn_arena names;
};

struct line {
	const char *name;  /* "read" */
	const char *shown; /* "read@i386" where the abi must be told */
	struct rn_tally_entry e;
	struct rn_summary_weight weight;
};

static int begin(void *st, const void *options, struct rn_error *err)
{
	struct state *s = st;
	if (options)
		s->options = *(const struct rn_summary_options *)options;
	rn_arena_init(&s->names);
	s->set = rn_tally_set_new();
	return s->set ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for the summary");
}

static int batch(void *st, const struct rn_batch *b, struct rn_error *err)
{
	struct state *s = st;
	int rc = rn_tally_set_add(s->set, b->core, b->selected, b->n_selected, err);
	for (uint32_t i = 0; i < b->n_unfinished && !rc; i++)
		rc = rn_tally_set_add_call(s->set, &b->unfinished[i].call, err);
	return rc;
}

static void fini(void *st)
{
	struct state *s = st;
	rn_tally_set_free(s->set);
	rn_arena_fini(&s->names);
}

/* Greater values first, then names. */
static int order(uint64_t x, uint64_t y, const struct line *a, const struct line *b)
{
	if (x != y)
		return x > y ? -1 : 1;
	int c = strcmp(a->name, b->name);
	return c ? c : (int)a->e.abi - (int)b->e.abi;
}

static uint64_t saturated(rn_u128 v)
{
	return v > UINT64_MAX ? UINT64_MAX : (uint64_t)v;
}

#define ORDER(word, key) \
	static int by_##word(const void *x, const void *y) \
	{ \
		const struct line *a = x, *b = y; \
		const struct rn_tally *t = &a->e.tally; \
		uint64_t v = (key); \
		t = &b->e.tally; \
		return order(v, (key), a, b); \
	}
/* What never returned has no shortest call. */
ORDER(min, t->max_ns || t->calls > t->unfinished ? t->min_ns : 0)
ORDER(max, t->max_ns)
ORDER(mean, rn_tally_mean_ns(t))
ORDER(calls, t->calls)
ORDER(errors, t->errors)
ORDER(name, t->calls & 0)

static int by_time(const void *x, const void *y)
{
	const struct line *a = x, *b = y;
	if (a->e.tally.total_ns != b->e.tally.total_ns)
		return a->e.tally.total_ns > b->e.tally.total_ns ? -1 : 1;
	return order(0, 0, a, b);
}

static void sort_lines(struct line *lines, size_t n, int sort)
{
	static int (*const by[])(const void *, const void *) = {
		[RN_SUMMARY_BY_TIME] = by_time, [RN_SUMMARY_BY_MIN] = by_min,
		[RN_SUMMARY_BY_MAX] = by_max, [RN_SUMMARY_BY_MEAN] = by_mean,
		[RN_SUMMARY_BY_CALLS] = by_calls, [RN_SUMMARY_BY_ERRORS] = by_errors,
		[RN_SUMMARY_BY_NAME] = by_name,
	};
	if (sort >= 0 && sort < RN_SUMMARY_BY_NUMBER && n)
		qsort(lines, n, sizeof(*lines), by[sort]);
}

static enum rn_abi native_abi(enum rn_machine machine)
{
	return machine == RN_MACHINE_X86_64 ? RN_ABI_X86_64 :
		machine == RN_MACHINE_AARCH64 ? RN_ABI_AARCH64 : RN_ABI_NONE;
}

static const char *abi_name(enum rn_abi abi)
{
	const struct rn_abi_desc *desc = rn_abi_desc(abi);
	return desc ? desc->name : "unknown";
}

static int name_line(struct state *s, struct line *line, struct rn_error *err)
{
	char buf[24], shown[64];
	const char *name = rn_syscall_name(line->e.abi, line->e.nr, buf);
	line->shown = line->name = name == buf ?
		rn_arena_dup(&s->names, rn_bytes_str(name)) : name;
	if (line->name && line->e.abi != native_abi(s->options.machine) && s->options.machine) {
		snprintf(shown, sizeof(shown), "%s@%s", name, abi_name(line->e.abi));
		line->shown = rn_arena_dup(&s->names, rn_bytes_str(shown));
	}
	return line->name && line->shown ? 0 :
		rn_fail(err, RN_E_NOMEM, "out of memory for the summary");
}

/* The whole set as lines with names, in the order asked for; *out is the caller's to free(). */
static int take_lines(struct state *s, struct line **out, size_t *n, struct rn_error *err)
{
	struct rn_tally_entry *entries = NULL;
	*out = NULL;
	int rc = rn_tally_set_take(s->set, &entries, n, err);
	if (!rc)
		rc = rn_summary_add_unrecorded(&s->options, &entries, n, err);
	if (rc) {
		free(entries);
		return rc;
	}
	*out = calloc(*n + 1, sizeof(**out));
	if (!*out)
		rc = rn_fail(err, RN_E_NOMEM, "out of memory for the summary");
	size_t kept = 0;
	for (size_t i = 0; i < *n && !rc; i++) {
		struct rn_tally *t = &entries[i].tally;
		rn_summary_weigh(&s->options, &entries[i], &(*out)[kept].weight);
		if (s->options.returned_only) {
			t->calls -= t->unfinished;
			t->unfinished = 0;
			if (!t->calls)
				continue;
		}
		(*out)[kept].e = entries[i];
		rc = name_line(s, &(*out)[kept++], err);
	}
	*n = kept;
	free(entries);
	if (!rc)
		sort_lines(*out, *n, s->options.sort);
	return rc;
}

/* The cells that rows and the total have in common. */
static void fill(struct rn_cell cells[N_COLUMNS], const struct rn_tally *t, double percent,
	const char *shown, char time_text[32])
{
	uint64_t total_ns = saturated(t->total_ns);
	bool returned = t->calls > t->unfinished;
	snprintf(time_text, 32, "%lluus", (unsigned long long)(total_ns / 1000));
	cells[COL_CSV_NAME] = cells[COL_SHOWN] = rn_cell_text(shown);
	cells[COL_PERCENT] = rn_cell_real(percent);
	cells[COL_TOTAL_NS] = rn_cell_u64(total_ns);
	cells[COL_USECS] = rn_cell_u64(rn_tally_mean_ns(t) / 1000);
	cells[COL_CALLS] = rn_cell_u64(t->calls);
	cells[COL_ERRORS] = rn_cell_u64(t->errors);
	cells[COL_TOTAL_TIME] = rn_cell_text(time_text);
	cells[COL_UNFINISHED] = rn_cell_u64(t->unfinished);
	cells[COL_MEAN_NS] = returned ? rn_cell_u64(rn_tally_mean_ns(t)) : rn_cell_null();
	cells[COL_MIN_NS] = returned ? rn_cell_u64(t->min_ns) : rn_cell_null();
	cells[COL_MAX_NS] = returned ? rn_cell_u64(t->max_ns) : rn_cell_null();
}

/* The cells in the order of -U. */
static const struct rn_cell *arranged(const struct state *s, const struct rn_cell *cells,
	struct rn_cell *to)
{
	const struct rn_summary_columns *c = &s->options.columns;
	for (unsigned i = 0; i < c->n; i++)
		to[i] = cells[c->of[i]];
	return c->n ? to : cells;
}

/* What people see of columns that are estimated. */
static void mark_estimates(const struct state *s, struct rn_column shown[N_COLUMNS])
{
	static const struct {
		uint8_t column;
		const char *title;
	} marks[] = { { COL_PERCENT, "~% time" }, { COL_TOTAL_NS, "~seconds" }, { COL_ERRORS, "~errors" },
		{ COL_CALLS, "~calls" } };
	unsigned n = sizeof(marks) / sizeof(*marks) - s->options.by_number;
	const struct rn_summary_columns *c = &s->options.columns;
	for (unsigned i = 0; i < (c->n ? c->n : N_COLUMNS); i++)
		for (unsigned k = 0; k < n; k++)
			if (marks[k].column == (c->n ? c->of[i] : i))
				shown[i].title = marks[k].title,
				shown[i].doc = "estimate: what was recorded times the weight";
}

/* The columns of -U stand in every format, where the others are those of the format. */
static unsigned arrange(const struct state *s, struct rn_column shown[N_COLUMNS])
{
	const struct rn_summary_columns *c = &s->options.columns;
	memcpy(shown, columns, sizeof(columns));
	if (!s->options.total_time)
		shown[COL_TOTAL_TIME].hide |= RN_HIDE_CSV;
	if (!rn_summary_is_sampled(&s->options))
		shown[COL_RECORDED].hide = shown[COL_WEIGHT].hide = HIDDEN;
	for (unsigned i = 0; i < c->n; i++) {
		shown[i] = columns[c->of[i]];
		shown[i].hide = 0;
		if (c->of[i] != COL_MIN_NS && c->of[i] != COL_MAX_NS)
			continue;
		shown[i].title = c->of[i] == COL_MIN_NS ? "shortest" : "longest";
		shown[i].shift = 9;
		shown[i].decimals = 6;
		shown[i].min_width = 8;
	}
	if (rn_summary_is_sampled(&s->options))
		mark_estimates(s, shown);
	return c->n ? c->n : N_COLUMNS;
}

static int emit_line(const struct state *s, const struct line *line, const struct rn_tally *all, struct rn_sink *sink,
	struct rn_error *err)
{
	struct rn_cell cells[N_COLUMNS], other[N_COLUMNS];
	char time_text[32];
	const struct rn_tally *t = &line->e.tally;
	double percent = all->total_ns ? 100.0 * (double)t->total_ns / (double)all->total_ns : 0;
	fill(cells, t, percent, line->shown, time_text);
	cells[COL_NAME] = rn_cell_text(line->name);
	cells[COL_ABI] = rn_cell_text(abi_name(line->e.abi));
	cells[COL_NR] = rn_cell_u64(line->e.nr);
	cells[COL_RECORDED] = rn_cell_u64(line->weight.recorded);
	cells[COL_WEIGHT] = rn_cell_real(line->weight.weight);
	return rn_sink_row(sink, arranged(s, cells, other), err);
}

static int emit_total(const struct state *s, const struct rn_tally *all, uint64_t recorded, struct rn_sink *sink, struct rn_error *err)
{
	struct rn_cell cells[N_COLUMNS], other[N_COLUMNS];
	char time_text[32];
	fill(cells, all, 100, "total", time_text);
	cells[COL_NAME] = rn_cell_text("total");
	cells[COL_ABI] = cells[COL_NR] = cells[COL_WEIGHT] = rn_cell_null();
	cells[COL_RECORDED] = rn_cell_u64(recorded);
	return rn_sink_total(sink, arranged(s, cells, other), err);
}

/* exit never returns, and nobody wonders; of others it should be known. */
static int note_unfinished(const struct line *lines, size_t n, struct rn_sink *sink,
	struct rn_error *err)
{
	uint64_t unfinished = 0;
	for (size_t i = 0; i < n; i++) {
		const struct rn_syscall *d = rn_syscall(lines[i].e.abi, lines[i].e.nr);
		if (!d || d->ret != RN_RET_NEVER)
			unfinished += lines[i].e.tally.unfinished;
	}
	if (!unfinished)
		return 0;
	char text[128];
	snprintf(text, sizeof(text), "%llu call%s never returned: counted, without time",
		(unsigned long long)unfinished, unfinished == 1 ? "" : "s");
	return rn_sink_note(sink, rn_bytes_str(text), err);
}

static int emit(void *st, struct rn_sink *sink, struct rn_error *err)
{
	struct state *s = st;
	struct rn_column shown[N_COLUMNS];
	unsigned n_shown = arrange(s, shown);
	const struct rn_table table = {
		.name = "summary",
		.title = s->options.bare ? NULL : "Wall-clock time from entry to return of system calls",
		.empty = "No system calls were traced.",
		.flags = RN_TABLE_RULED,
		.columns = shown,
		.n_columns = n_shown,
	};
	struct rn_tally all = RN_TALLY_INIT;
	struct line *lines;
	uint64_t recorded = 0;
	size_t n;
	int rc = take_lines(s, &lines, &n, err);
	for (size_t i = 0; i < n && !rc; i++) {
		rn_tally_merge(&all, &lines[i].e.tally);
		recorded += lines[i].weight.recorded;
	}
	if (!rc && s->options.bare && !n)
		goto out;
	if (!rc)
		rc = rn_sink_begin(sink, &table, err);
	for (size_t i = 0; i < n && !rc; i++)
		rc = emit_line(s, &lines[i], &all, sink, err);
	if (!rc)
		rc = emit_total(s, &all, recorded, sink, err);
	if (!rc)
		rc = rn_sink_end(sink, err);
	if (!rc && !s->options.bare)
		rc = note_unfinished(lines, n, sink, err);
	if (!rc && !s->options.bare && rn_summary_is_sampled(&s->options))
		rc = rn_summary_note_weights(&s->options, sink, err);
out:
	free(lines);
	return rc;
}

int rn_summary_emit(struct rn_tally_set *set, const struct rn_summary_options *options,
	struct rn_sink *sink, struct rn_error *err)
{
	struct state s = { .options = *options, .set = set };
	rn_arena_init(&s.names);
	int rc = emit(&s, sink, err);
	rn_arena_fini(&s.names);
	return rc;
}

const struct rn_analysis rn_analysis_summary = {
	.name = "summary",
	.help = "calls, errors and wall-clock time of each system call (-c)",
	.state_size = sizeof(struct state),
	.begin = begin,
	.batch = batch,
	.emit = emit,
	.fini = fini,
};
