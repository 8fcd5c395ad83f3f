/* SPDX-License-Identifier: MIT */
/* compare - two sides of recorded runs: what changed, and a verdict as exit status. */
#include "analyze/compare/emit.h"

#include "analyze/command/output.h"
#include "analyze/command/question.h"
#include "analyze/flame/flame.h"
#include "analyze/report/report.h"
#include "analyze/words.h"
#include "shared/diag.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* X(NAME, bit, word, help): what --fail-on takes. */
#define FAIL_ON(X) \
	X(NOTHING, 0, "nothing", "exit 0 whatever is found") \
	X(SLOWER, 1, "slower", "B is slower") \
	X(FASTER, 2, "faster", "B is faster") \
	X(DIFFERENT, 4, "different", "B does other things") \
	X(NEW, 8, "new", "B does something A never does") \
	X(VANISHED, 16, "vanished", "B never does something A does") \
	X(NEW_ERRORS, 32, "new-errors", "B has errors A never has") \
	X(INCONCLUSIVE, 64, "inconclusive", "the speed could not be judged")
enum {
#define X(name, bit, word, help) FAIL_##name = bit,
	FAIL_ON(X)
#undef X
};

struct options {
	struct rn_question_options question; /* first: its rows fill it */
	struct rn_strings base, normalize, fail_on;
	const char *noise, *flame;
	uint64_t seed, context, divergences;
	int weight;
	bool waiting, raw, no_functions;
	/* Read from these. */
	double noise_share;
	unsigned fail_bits;
};

#define O struct options
static const struct rn_option rows[] = {
	{ RN_HEADING("Comparison") },
	{ 0, "base", RN_STRINGS(O, base), .argument = "TRACE",
		.help = "a run of A, the base; may be repeated: all operands are then runs of B" },
	{ 0, "fail-on", RN_STRINGS(O, fail_on), .argument = "LIST",
		.help = "exit 1 when one of these holds, else 0: slower, faster, different, new, vanished, "
			"new-errors, inconclusive; nothing: always 0. Without it the exit status is the verdict: 0 "
			"same, 10 faster, 11 slower, 12 different, 13 inconclusive" },
	{ 0, "noise", RN_STRING(O, noise), .argument = "PERCENT", .initial = "2",
		.help = "differences in time up to PERCENT do not count; what the runs of a side differ among "
			"themselves never does" },
	{ 0, "normalize", RN_STRINGS(O, normalize), .argument = "s/REGEX/TEXT/",
		.help = "replace what differs from run to run in paths, before the usual: numbers, hashes, "
			"addresses, names of temporary files; may be repeated" },
	{ 0, "no-normalize", RN_FLAG(O, raw), .help = "take paths as they are, but for --normalize" },
	{ 0, "waiting", RN_FLAG(O, waiting),
		.help = "judge calls that wait for somebody (poll, futex, nanosleep, wait4, ..) by their time, too" },
	{ 0, "no-functions", RN_FLAG(O, no_functions), .help = "do not look at stacks" },
	{ 0, "context", RN_UINT(O, context), .argument = "N", .initial = "4", .max = 1000,
		.help = "calls shown around the place where sequences part" },
	{ 0, "divergences", RN_UINT(O, divergences), .argument = "N", .initial = "1", .max = 10000,
		.help = "places shown where the sequences of a thread part" },
	{ 0, "seed", RN_UINT(O, seed), .argument = "N", .initial = "1", .max = 1000000,
		.help = "seed of what is drawn by chance; the same seed, the same report" },
	{ 0, "flame", RN_STRING(O, flame), .argument = "FILE", .grants = RN_OPTION_WRITES,
		.help = "write a flame graph of the difference: an interactive picture when FILE ends in .svg, else "
			"lines `stack before after`" },
	{ 'w', "weight", RN_WORD(O, weight, rn_weight_words), .argument = "WHAT", .initial = "time",
		.help = "the width of its frames: time, calls, bytes or errors" },
	{ 'n', "limit", RN_UINT(O, question.limit), .argument = "N", .initial = "20", .max = 1u << 30,
		.help = "at most N rows of a table; 0 is all" },
	{ RN_OPTIONS_END },
};
#undef O

static void fini(void *options)
{
	struct options *o = options;
	rn_question_options_fini(o);
	rn_strings_fini(&o->base);
	rn_strings_fini(&o->normalize);
	rn_strings_fini(&o->fail_on);
}

/* Everything between the options and the answer. */
struct job {
	const struct options *o;
	struct rn_diag *diag;
	const char **path[2];
	size_t n[2];
	struct rn_run *run[2], **list[2];
	struct rn_compare_origin *origin[2];
	struct rn_subjects subjects;
	struct rn_sequence sequence;
	struct rn_comparison comparison;
	struct rn_drifts drifts;
	struct rn_flame flame;
	bool functions;      /* every run has them */
};

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory to compare");
}

static int read_fail_word(struct options *o, const char *word, size_t len, struct rn_error *err)
{
	static const struct { const char *word; unsigned bit; } words[] = {
#define X(name, bit, word, help) { word, bit },
		FAIL_ON(X)
#undef X
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i].word) == len && memcmp(words[i].word, word, len) == 0) {
			o->fail_bits |= words[i].bit;
			return 0;
		}
	return rn_fail(err, RN_E_USAGE, "--fail-on: '%.*s' is none of slower, faster, different, new, vanished, "
		"new-errors, inconclusive, nothing", (int)(len > 100 ? 100 : len), word);
}

static int read_options(struct options *o, struct rn_error *err)
{
	char *end;
	int rc = 0;
	double percent = strtod(o->noise, &end);
	if (*end == '%')
		end++;
	if (end == o->noise || *end || !(percent >= 0 && percent <= 1000))
		return rn_fail(err, RN_E_USAGE, "--noise: '%s' is no percentage from 0 to 1000", o->noise);
	o->noise_share = percent / 100;
	for (size_t i = 0; i < o->fail_on.n && !rc; i++)
		for (const char *w = o->fail_on.item[i]; w && !rc;) {
			size_t len = strcspn(w, ",");
			rc = read_fail_word(o, w, len, err);
			w = w[len] ? w + len + 1 : NULL;
		}
	return rc;
}

/* A B, A.. -- B.., or --base A.. B.. */
static int sort_operands(struct job *j, const struct rn_invocation *in, struct rn_error *err)
{
	const struct options *o = j->o;
	size_t n = (size_t)in->argc, front = (size_t)in->in_front;
	bool divided = front < n || in->dashes;
	if (o->base.n && divided && front)
		return rn_fail(err, RN_E_USAGE, "--base and -- both say which runs are the base: use one of them");
	if (!o->base.n && !divided && n > 2)
		return rn_fail(err, RN_E_USAGE, "which of the %zu traces are A, which B? Put -- between them: compare A1 A2 "
			"-- B1 B2, or name those of A by --base", n);
	size_t n_a = o->base.n ? o->base.n : divided ? front : n ? 1 : 0;
	size_t first_b = o->base.n ? 0 : n_a;
	if (!n_a || first_b >= n)
		return rn_fail(err, RN_E_USAGE, "two traces are needed: compare A B, compare A1 A2 .. -- B1 B2 .., or "
			"compare --base A1 --base A2 B1 B2");
	j->n[0] = n_a;
	j->n[1] = n - first_b;
	for (unsigned side = 0; side < 2; side++) {
		j->path[side] = calloc(j->n[side], sizeof(**j->path));
		j->run[side] = calloc(j->n[side], sizeof(**j->run));
		j->list[side] = calloc(j->n[side], sizeof(**j->list));
		j->origin[side] = calloc(j->n[side], sizeof(**j->origin));
		if (!j->path[side] || !j->run[side] || !j->list[side] || !j->origin[side])
			return no_memory(err);
		for (size_t i = 0; i < j->n[side]; i++) {
			j->path[side][i] = side ? in->argv[first_b + i] : o->base.n ? o->base.item[i] : in->argv[i];
			j->list[side][i] = &j->run[side][i];
		}
	}
	return 0;
}

static int describe(struct rn_compare_origin *to, const struct rn_inquiry *q, struct rn_error *err)
{
	const struct rn_header *h = rn_reader_header(q->reader);
	struct rn_buffer text = RN_BUFFER_INIT;
	struct rn_model_end end;
	rn_model_end(q->model, &end);
	rn_put_uuid(&text, h->uuid);
	snprintf(to->uuid, sizeof(to->uuid), "%s", rn_buffer_cstr(&text));
	rn_buffer_clear(&text);
	rn_put_utc(&text, h->start_realtime_ns);
	snprintf(to->start, sizeof(to->start), "%s", rn_buffer_cstr(&text));
	rn_buffer_clear(&text);
	rn_put_argv(&text, h->command_argv);
	to->command = strdup(rn_buffer_cstr(&text));
	to->host = strndup(h->hostname.len ? (const char *)h->hostname.p : "", h->hostname.len);
	to->chaos = strndup(h->chaos.len ? (const char *)h->chaos.p : "", h->chaos.len);
	to->sampling = strndup(h->sampling.len ? (const char *)h->sampling.p : "", h->sampling.len);
	to->complete = rn_reader_complete(q->reader);
	to->damages = rn_reader_n_damage(q->reader);
	to->lost_events = end.lost_events;
	rn_buffer_fini(&text);
	return to->command && to->host && to->chaos && to->sampling ? 0 : no_memory(err);
}

static int tally(void *arg, const struct rn_batch *b, struct rn_error *err)
{
	return rn_stack_tally_batch(arg, b, err);
}

static int add_flame(struct job *j, unsigned side, const struct rn_stack_tally *t, struct rn_error *err)
{
	struct rn_flame f;
	int rc = rn_flame_init(&f, t, (enum rn_weight)j->o->weight, false, err);
	if (!rc)
		rc = rn_flame_difference_add(&j->flame, &f, side, err);
	rn_flame_fini(&f);
	return rc;
}

static int walk(struct job *j, struct rn_inquiry *q, unsigned side, size_t i, struct rn_error *err)
{
	struct rn_stack_tally t;
	const struct rn_run_wants wants = { .waiting = j->o->waiting, .steps = i == 0,
		.blocks = i == 0 || j->n[0] < RN_JUDGE_RUNS || j->n[1] < RN_JUDGE_RUNS };
	struct rn_source *source = rn_inquiry_source(q, err);
	const struct rn_run_trace trace = { source, q->model, j->o->no_functions ? NULL : q->frames,
		(enum rn_machine)rn_reader_header(q->reader)->machine };
	bool flame = j->o->flame && q->frames;
	if (!source)
		return RN_E_NOMEM;
	rn_stack_tally_init(&t, q->frames, UINT64_MAX);
	int rc = rn_run_gather(&j->run[side][i], &j->subjects, &trace, &wants, flame ? tally : NULL, &t, err);
	if (!rc && flame)
		rc = add_flame(j, side, &t, err);
	rn_stack_tally_fini(&t);
	rn_source_free(source);
	return rc;
}

static int read_run(struct job *j, unsigned side, size_t i, struct rn_error *err)
{
	struct rn_inquiry q;
	const char *path = j->path[side][i];
	bool frames = !j->o->no_functions || j->o->flame || rn_frame_options_select(&j->o->question.frames);
	j->run[side][i].path = path;
	int rc = rn_inquiry_init(&q, &j->o->question, err);
	q.why_unweighed = "numbers are of the calls kept: how sure a difference is depends on how many were seen, "
		"not on how many they stand for";
	if (!rc)
		rc = rn_inquiry_open(&q, path, RN_RUN_MODEL | (frames ? RN_INQUIRY_FRAMES : 0), err);
	if (!rc)
		rc = walk(j, &q, side, i, err);
	if (!rc)
		rc = describe(&j->origin[side][i], &q, err);
	if (!rc)
		rn_inquiry_warn(&q, j->diag);
	rn_inquiry_fini(&q);
	return rc;
}

static int read_runs(struct job *j, struct rn_error *err)
{
	int rc = j->o->flame ? rn_flame_difference_init(&j->flame, (enum rn_weight)j->o->weight, err) : 0;
	j->functions = true;
	for (unsigned side = 0; side < 2; side++)
		for (size_t i = 0; i < j->n[side] && !rc; i++) {
			rc = read_run(j, side, i, err);
			j->functions &= j->run[side][i].has_functions;
		}
	return rc;
}

/* Where some run has no stacks, no behaviour may be known by a function. */
static int forget_functions(struct job *j, struct rn_error *err)
{
	size_t n = j->n[0] + j->n[1];
	struct rn_run **all = calloc(n, sizeof(*all));
	if (!all)
		return no_memory(err);
	memcpy(all, j->list[0], j->n[0] * sizeof(*all));
	memcpy(all + j->n[0], j->list[1], j->n[1] * sizeof(*all));
	int rc = rn_runs_forget_functions(all, n, &j->subjects, err);
	free(all);
	return rc;
}

static int compare(struct job *j, struct rn_error *err)
{
	const struct rn_judge judge = { j->n[0] >= RN_JUDGE_RUNS && j->n[1] >= RN_JUDGE_RUNS, j->o->noise_share,
		j->o->seed };
	int rc = read_runs(j, err);
	if (!rc && !j->functions)
		rc = forget_functions(j, err);
	if (!rc)
		rc = rn_sequence_init(&j->sequence, &j->run[0][0], &j->run[1][0], err);
	if (!rc)
		rc = rn_comparison_init(&j->comparison, &j->subjects, &judge, j->list[0], j->n[0], j->list[1], j->n[1],
			&j->sequence, (uint32_t)j->o->question.limit, err);
	if (!rc)
		rc = rn_drifts_init(&j->drifts, &j->comparison, err);
	return rc;
}

static void put_filter(struct rn_buffer *out, const struct options *o)
{
	for (size_t i = 0; i < o->question.expressions.n; i++)
		rn_put_format(out, "%s-e %s", out->len ? " " : "", o->question.expressions.item[i]);
	for (size_t i = 0; i < o->question.pids.n; i++)
		rn_put_format(out, "%s-p %s", out->len ? " " : "", o->question.pids.item[i]);
}

/* The trace that a file to be written is, or NULL: none may be destroyed. */
static const char *trace_at(const struct job *j, const char *output)
{
	struct stat a, b;
	if (!output || stat(output, &a) < 0)
		return NULL;
	for (unsigned side = 0; side < 2; side++)
		for (size_t i = 0; i < j->n[side]; i++)
			if (stat(j->path[side][i], &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
				return j->path[side][i];
	return NULL;
}

/* Runs whose circumstances are not those of the first, each with the words of both. */
static bool differ(const struct job *j, bool chaos)
{
	const struct rn_compare_origin *first = &j->origin[0][0];
	for (unsigned side = 0; side < 2; side++)
		for (size_t i = 0; i < j->n[side]; i++) {
			const struct rn_compare_origin *o = &j->origin[side][i];
			/* Seeds may differ: so do two runs of one experiment. */
			if (chaos ? !*o->chaos != !*first->chaos : strcmp(o->sampling, first->sampling) != 0)
				return true;
		}
	return false;
}

static void warn_of_circumstances(const struct job *j)
{
	if (differ(j, true))
		rn_diag_warn(j->diag, "some of these runs were recorded under chaos and others were not: what differs may be "
			"its doing (--injected=none leaves out the calls it had a hand in)");
	if (differ(j, false))
		rn_diag_warn(j->diag, "calls were left out of these runs by different rules: numbers of calls, errors and "
			"time are not comparable");
}

static int note_circumstances(const struct job *j, struct rn_sink *sink, struct rn_error *err)
{
	struct rn_buffer text = RN_BUFFER_INIT;
	int rc = 0;
	for (unsigned side = 0; side < 2 && !rc; side++)
		for (size_t i = 0; i < j->n[side] && !rc; i++) {
			const struct rn_compare_origin *o = &j->origin[side][i];
			rn_buffer_clear(&text);
			if (*o->chaos)
				rn_put_format(&text, "recorded under chaos: %s: %s", j->path[side][i], o->chaos);
			if (*o->sampling)
				rn_put_format(&text, "%s%s: calls were left out while recording (%s): its numbers are of the "
					"calls kept", text.len ? "; " : "", j->path[side][i], o->sampling);
			rc = text.len ? rn_sink_note(sink, rn_buffer_bytes(&text), err) : 0;
		}
	if (!rc && !rn_buffer_ok(&text))
		rc = no_memory(err);
	rn_buffer_fini(&text);
	return rc;
}

static int write_report(struct job *j, const struct rn_report *report, struct rn_error *err)
{
	struct rn_buffer filter = RN_BUFFER_INIT;
	struct rn_output out;
	struct rn_sink *sink;
	put_filter(&filter, j->o);
	const struct rn_compare_tables tables = { &j->comparison, &j->drifts, { j->origin[0], j->origin[1] },
		rn_buffer_cstr(&filter), (uint32_t)j->o->question.limit, (uint32_t)j->o->context,
		(uint32_t)j->o->divergences, j->functions };
	int rc = rn_output_open(&out, j->o->question.output, trace_at(j, j->o->question.output), false, err);
	if (!rc) {
		rc = report->begin(&sink, out.file, err);
		if (!rc) {
			rc = rn_compare_emit(&tables, sink, err);
			if (!rc)
				rc = note_circumstances(j, sink, err);
			int end = report->end(sink, rc ? NULL : err);
			rc = rc ? rc : end;
		}
		rc = rn_output_close(&out, rc, err);
	}
	rn_buffer_fini(&filter);
	return rc;
}

static int write_flame(struct job *j, struct rn_error *err)
{
	size_t len = j->o->flame ? strlen(j->o->flame) : 0;
	bool svg = len > 4 && strcmp(j->o->flame + len - 4, ".svg") == 0;
	struct rn_output out;
	if (!j->o->flame)
		return 0;
	rn_flame_difference_finish(&j->flame, j->n);
	j->flame.title = "difference of B to A";
	int rc = rn_output_open(&out, j->o->flame, trace_at(j, j->o->flame), false, err);
	if (rc)
		return rc;
	rc = (svg ? &rn_flame_svg : &rn_flame_folded)->write(&j->flame, out.file, err);
	return rn_output_close(&out, rc, err);
}

static int exit_status(const struct job *j)
{
	static const int statuses[] = {
#define X(name, word, status) [RN_COMPARE_##name] = status,
		RN_VERDICTS(X)
#undef X
	};
	const struct rn_comparison *c = &j->comparison;
	if (!j->o->fail_on.n)
		return statuses[c->verdict];
	unsigned holds = (c->speed == RN_COMPARE_SLOWER ? FAIL_SLOWER : 0) |
		(c->speed == RN_COMPARE_FASTER ? FAIL_FASTER : 0) |
		(c->speed == RN_COMPARE_INCONCLUSIVE ? FAIL_INCONCLUSIVE : 0) |
		(c->behaviour == RN_COMPARE_DIFFERENT ? FAIL_DIFFERENT : 0) | (c->n_new ? FAIL_NEW : 0) |
		(c->n_vanished ? FAIL_VANISHED : 0) | (c->n_new_errors ? FAIL_NEW_ERRORS : 0);
	return holds & j->o->fail_bits ? RN_EXIT_FINDINGS : RN_EXIT_FINE;
}

static void job_fini(struct job *j)
{
	rn_drifts_fini(&j->drifts);
	rn_comparison_fini(&j->comparison);
	rn_sequence_fini(&j->sequence);
	rn_flame_fini(&j->flame);
	for (unsigned side = 0; side < 2; side++) {
		for (size_t i = 0; i < j->n[side] && j->run[side] && j->origin[side]; i++) {
			rn_run_fini(&j->run[side][i]);
			free(j->origin[side][i].command);
			free(j->origin[side][i].host);
			free(j->origin[side][i].chaos);
			free(j->origin[side][i].sampling);
		}
		free(j->path[side]);
		free(j->run[side]);
		free(j->list[side]);
		free(j->origin[side]);
	}
	rn_subjects_fini(&j->subjects);
}

static int run(void *options, const struct rn_invocation *in, struct rn_error *err)
{
	struct options *o = options;
	struct job j = { .o = o, .diag = in->diag };
	const struct rn_report *report;
	in->diag->quiet |= o->question.quiet;
	int rc = rn_report_choose(&report, o->question.format, err);
	if (!rc)
		rc = read_options(o, err);
	if (!rc)
		rc = sort_operands(&j, in, err);
	if (!rc)
		rc = rn_subjects_init(&j.subjects, &o->normalize, o->raw, err);
	if (!rc)
		rc = compare(&j, err);
	if (!rc)
		warn_of_circumstances(&j);
	if (!rc)
		rc = write_flame(&j, err);
	if (!rc)
		rc = write_report(&j, report, err);
	int status = rc ? rc : exit_status(&j);
	job_fini(&j);
	return status;
}

static const char *const synopsis[] = { "[OPTIONS] A B", "[OPTIONS] A1 A2 .. -- B1 B2 ..",
	"[OPTIONS] --base A1 --base A2 .. B1 B2 ..", NULL };

const struct rn_command rn_command_compare = {
	.name = "compare",
	.summary = "compare recorded runs: speed, behaviour, and a verdict as exit status",
	.synopsis = synopsis,
	.options = { rows, rn_selection_rows, rn_frame_rows, rn_question_rows },
	.options_size = sizeof(struct options),
	.run = run,
	.fini = fini,
};
