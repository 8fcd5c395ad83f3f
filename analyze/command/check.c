/* SPDX-License-Identifier: MIT */
/* check: a file of rules against one or more traces; a row for each limit, and calls that show what is wrong. */
#include "analyze/check/check.h"
#include "analyze/command/command.h"
#include "analyze/command/output.h"
#include "analyze/report/report.h"
#include "shared/diag.h"
#include "shared/option.h"

#include <stdlib.h>

struct options {
	const char *format, *output;
	bool quiet;
};

#define O struct options
static const struct rn_option rows[] = {
	{ RN_HEADING("Output") },
	{ 0, "format", RN_STRING(O, format), .argument = "FORMAT", .initial = "text",
		.help = "text, json (one document), jsonl (an object a line), csv or markdown" },
	{ 'o', "output", RN_STRING(O, output), .argument = "FILE", .grants = RN_OPTION_WRITES,
		.help = "write to FILE instead of standard output" },
	{ 'q', "quiet", RN_FLAG(O, quiet),
		.help = "tell of nothing but limits that are not kept; no warnings" },
	{ RN_OPTIONS_END },
};
#undef O

static const struct rn_column columns[] = {
	{ .name = "trace", .type = RN_T_TEXT, .left = true },
	{ .name = "rule", .type = RN_T_TEXT, .left = true, .doc = "its name" },
	{ .name = "limit", .type = RN_T_TEXT, .left = true },
	{ .name = "allowed", .type = RN_T_TEXT, .left = true, .doc = "the limit's value as it is written" },
	{ .name = "seen", .type = RN_T_TEXT, .left = true },
	{ .name = "seen_value", .type = RN_T_REAL, .hide = RN_HIDE_TEXT,
		.doc = "in ns, bytes, calls, or of 1; of words the calls that offend" },
	{ .name = "calls", .type = RN_T_U64, .unit = RN_U_COUNT, .doc = "that the rule's filters leave" },
	{ .name = "kept", .type = RN_T_BOOL, .hide = RN_HIDE_TEXT },
	{ .name = "verdict", .type = RN_T_TEXT, .left = true, .hide = RN_HIDE_JSON },
	{ .name = "message", .type = RN_T_TEXT, .left = true, .doc = "what the rule says when it is not kept" },
};
static const struct rn_column example_columns[] = {
	{ .name = "trace", .type = RN_T_TEXT, .left = true },
	{ .name = "rule", .type = RN_T_TEXT, .left = true },
	{ .name = "limit", .type = RN_T_TEXT, .left = true },
	{ .name = "ts_ns", .title = "entered at", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9, .decimals = 6,
		.min_width = 11 },
	{ .name = "pid", .type = RN_T_U64, .min_width = 7 },
	{ .name = "tid", .type = RN_T_U64, .hide = RN_HIDE_TEXT },
	{ .name = "call", .type = RN_T_TEXT, .left = true, .listed = true, .doc = "as a listing shows it" },
};
#define N(array) (sizeof(array) / sizeof((array)[0]))

static void put_seen(struct rn_buffer *out, const struct rn_limit *l)
{
	if (l->kind->measure == RN_MEASURE_STATUS)
		rn_put_text(out, l->offender ? l->offender : "");
	else if (l->kind->bound == RN_ALLOWED || l->kind->bound == RN_FORBIDDEN)
		rn_put_format(out, l->n_offenders ? "%s (%llu %s)" : "nothing", l->offender ? l->offender : "?",
			(unsigned long long)l->n_offenders, l->n_offenders == 1 ? "call" : "calls");
	else if (l->nothing)
		rn_put_text(out, "no calls");
	else
		rn_put_text(out, l->estimated ? "~" : ""), rn_check_put_value(out, l->kind->quantity, l->seen);
}

static int row(struct rn_sink *sink, const char *trace, const struct rn_rule *r, const struct rn_limit *l,
	struct rn_error *err)
{
	struct rn_buffer seen = RN_BUFFER_INIT;
	bool kept = rn_limit_kept(l);
	put_seen(&seen, l);
	const struct rn_cell cells[N(columns)] = { rn_cell_text(trace), rn_cell_text(r->name), rn_cell_text(l->key),
		rn_cell_text(l->words), rn_cell_bytes(rn_buffer_bytes(&seen)),
		l->nothing ? rn_cell_null() : rn_cell_real(l->seen), rn_cell_u64(r->n_calls), rn_cell_bool(kept),
		rn_cell_text(kept ? "kept" : "NOT KEPT"),
		!kept && r->message ? rn_cell_text(r->message) : rn_cell_null() };
	int rc = rn_sink_row(sink, cells, err);
	rn_buffer_fini(&seen);
	return rc;
}

/* The limits of the check that are to be told of. */
typedef int each_limit(struct rn_sink *sink, const char *trace, const struct rn_rule *r, const struct rn_limit *l,
	struct rn_error *err);
enum which { BROKEN = 1, KEPT = 2 };
static int each(const struct rn_check *c, unsigned which, struct rn_sink *sink, const char *trace, each_limit *f,
	struct rn_error *err)
{
	int rc = 0;
	for (size_t i = 0; i < c->n_rules && !rc; i++)
		for (size_t k = 0; k < c->rule[i].n_limits && !rc; k++)
			if (which & (rn_limit_kept(&c->rule[i].limit[k]) ? KEPT : BROKEN))
				rc = f(sink, trace, &c->rule[i], &c->rule[i].limit[k], err);
	return rc;
}

static int examples(struct rn_sink *sink, const char *trace, const struct rn_rule *r, const struct rn_limit *l,
	struct rn_error *err)
{
	int rc = 0;
	for (unsigned i = 0; i < l->n_examples && !rc; i++) {
		const struct rn_check_example *x = &l->example[i];
		const struct rn_cell cells[N(example_columns)] = { rn_cell_text(trace), rn_cell_text(r->name),
			rn_cell_text(l->key), rn_cell_u64(x->ts_ns), rn_cell_u64(x->pid), rn_cell_u64(x->tid),
			rn_cell_text(x->text) };
		rc = rn_sink_row(sink, cells, err);
	}
	return rc;
}

struct tally {
	size_t limits, broken;
};

static void tally(const struct rn_check *c, struct tally *t)
{
	for (size_t i = 0; i < c->n_rules; i++) {
		t->limits += c->rule[i].n_limits;
		for (size_t k = 0; k < c->rule[i].n_limits; k++)
			t->broken += !rn_limit_kept(&c->rule[i].limit[k]);
	}
}

/* The rules, read once for each trace and judged over it. */
struct session {
	const struct options *o;
	const char *rules;
	const char *const *trace;
	struct rn_check *check;
	size_t n;
};

/* Those not kept first. */
static int emit_table(const struct session *s, const struct rn_table *table, unsigned which, each_limit *f,
	struct rn_sink *sink, struct rn_error *err)
{
	int rc = rn_sink_begin(sink, table, err);
	for (unsigned pass = BROKEN; pass <= KEPT && !rc; pass++)
		for (size_t i = 0; i < s->n && !rc && (which & pass); i++)
			rc = each(&s->check[i], pass, sink, s->trace[i], f, err);
	return rc ? rc : rn_sink_end(sink, err);
}

static bool has_examples(const struct session *s)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t r = 0; r < s->check[i].n_rules; r++)
			for (size_t k = 0; k < s->check[i].rule[r].n_limits; k++)
				if (!rn_limit_kept(&s->check[i].rule[r].limit[k]) &&
					s->check[i].rule[r].limit[k].n_examples)
					return true;
	return false;
}

static int emit_verdict(const struct session *s, const struct tally *t, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column verdict[] = {
		{ .name = "verdict", .title = "Verdict", .type = RN_T_TEXT },
		{ .name = "rules", .title = "Rules", .type = RN_T_TEXT },
		{ .name = "limits", .title = "Limits", .type = RN_T_U64, .unit = RN_U_COUNT },
		{ .name = "broken", .title = "Not kept", .type = RN_T_U64, .unit = RN_U_COUNT },
		{ .name = "traces", .title = "Traces", .type = RN_T_U64, .unit = RN_U_COUNT },
	};
	static const struct rn_table table = { .name = "check", .flags = RN_TABLE_RECORD, .columns = verdict,
		.n_columns = N(verdict) };
	const struct rn_cell cells[N(verdict)] = { rn_cell_text(t->broken ? "FAILED" : "passed"),
		rn_cell_text(s->rules), rn_cell_u64(t->limits), rn_cell_u64(t->broken), rn_cell_u64(s->n) };
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = rn_sink_row(sink, cells, err);
	return rc ? rc : rn_sink_end(sink, err);
}

static int note_circumstances(const struct session *s, struct rn_sink *sink, struct rn_error *err)
{
	struct rn_buffer text = RN_BUFFER_INIT;
	int rc = 0;
	for (size_t i = 0; i < s->n && !rc; i++) {
		const struct rn_check *c = &s->check[i];
		rn_buffer_clear(&text);
		if (c->chaos && *c->chaos)
			rn_put_format(&text, "recorded under chaos: %s: %s", s->trace[i], c->chaos);
		if (c->sampling && *c->sampling)
			rn_put_format(&text, "%s%s: calls were left out while recording (%s): what is seen with ~ is estimated by "
				"the weights of the calls kept; the longest, paths, programs and hosts are of those alone",
				text.len ? "; " : "", s->trace[i], c->sampling);
		rc = text.len ? rn_sink_note(sink, rn_buffer_bytes(&text), err) : 0;
	}
	if (!rc && !rn_buffer_ok(&text))
		rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	rn_buffer_fini(&text);
	return rc;
}

static int emit(const struct session *s, const struct tally *t, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_table limits = { .name = "limits", .title = "Limits",
		.empty = "Every limit is kept.", .flags = RN_TABLE_RULED, .columns = columns, .n_columns = N(columns) };
	static const struct rn_table calls = { .name = "examples", .title = "Calls that show it",
		.flags = RN_TABLE_RULED, .columns = example_columns, .n_columns = N(example_columns) };
	int rc = s->o->quiet ? 0 : emit_verdict(s, t, sink, err);
	if (!rc)
		rc = emit_table(s, &limits, s->o->quiet ? BROKEN : BROKEN | KEPT, row, sink, err);
	if (!rc && has_examples(s))
		rc = emit_table(s, &calls, BROKEN, examples, sink, err);
	return rc || s->o->quiet ? rc : note_circumstances(s, sink, err);
}

static int write_report(const struct session *s, const struct tally *t, struct rn_error *err)
{
	const struct rn_report *report;
	struct rn_output out;
	struct rn_sink *sink;
	int rc = rn_report_choose(&report, s->o->format, err);
	if (!rc)
		rc = rn_output_open(&out, s->o->output, s->trace[0], false, err);
	if (rc)
		return rc;
	rc = report->begin(&sink, out.file, err);
	if (!rc) {
		rc = emit(s, t, sink, err);
		int end = report->end(sink, rc ? NULL : err);
		rc = rc ? rc : end;
	}
	return rn_output_close(&out, rc, err);
}

static int load_all(struct session *s, struct rn_error *err)
{
	int rc = 0;
	for (size_t i = 0; i < s->n && !rc; i++)
		rc = rn_check_load(&s->check[i], s->rules, err);
	return rc;
}

static int judge_all(struct session *s, struct tally *t, struct rn_diag *diag, struct rn_error *err)
{
	int rc = 0;
	diag->quiet |= s->o->quiet;
	for (size_t i = 0; i < s->n && !rc; i++) {
		rc = rn_check_judge(&s->check[i], s->trace[i], diag, err);
		if (!rc)
			tally(&s->check[i], t);
	}
	return rc;
}

static int run(void *options, const struct rn_invocation *in, struct rn_error *err)
{
	static const char *const usual[] = { RN_DEFAULT_TRACE };
	struct session s = { .o = options, .trace = usual, .n = 1 };
	const struct rn_report *report;
	struct tally t = { 0 };
	if (!in->argc)
		return rn_fail(err, RN_E_USAGE, "which rules? give a file: renacer-analyze check FILE.toml TRACE");
	int rc = rn_report_choose(&report, s.o->format, err);
	if (rc)
		return rc;
	s.rules = in->argv[0];
	if (in->argc > 1) {
		s.trace = (const char *const *)in->argv + 1;
		s.n = (size_t)in->argc - 1;
	}
	s.check = calloc(s.n, sizeof(*s.check));
	if (!s.check)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	rc = load_all(&s, err);
	if (rc && rc != RN_E_NOMEM) {
		rn_diag_error(in->diag, err); /* the file is wrong: how the command is used was not */
		rc = RN_EXIT_USAGE;
	}
	if (!rc)
		rc = judge_all(&s, &t, in->diag, err);
	if (!rc)
		rc = write_report(&s, &t, err);
	for (size_t i = 0; i < s.n; i++)
		rn_check_fini(&s.check[i]);
	free(s.check);
	return rc ? rc : t.broken ? RN_EXIT_FINDINGS : RN_EXIT_FINE;
}

static const char *const synopsis[] = { "[OPTIONS] RULES.toml [TRACE ...]", NULL };

const struct rn_command rn_command_check = {
	.name = "check",
	.summary = "judge traces by a file of rules: limits on calls, times, paths, programs, hosts",
	.synopsis = synopsis,
	.options = { rows },
	.grants = RN_GRANT_INDEX,
	.options_size = sizeof(struct options),
	.run = run,
};
