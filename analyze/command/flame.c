/* SPDX-License-Identifier: MIT */
/* flame - stacks and what was spent in them, for flame graphs. */
#include "analyze/flame/flame.h"

#include "analyze/circumstances.h"
#include "analyze/command/command.h"
#include "analyze/command/output.h"
#include "analyze/command/question.h"
#include "analyze/words.h"
#include "shared/diag.h"

static const struct rn_flame_format *const formats[] = { &rn_flame_folded, &rn_flame_speedscope,
	&rn_flame_svg };

struct flame_options {
	struct rn_question_options question; /* first: its rows fill it */
	int weight, format;
	bool own_only;
};

static const struct rn_word format_words[] = {
	{ "folded", 0, "a line a stack: main;f;g 123" },
	{ "speedscope", 1, "JSON for speedscope.app" },
	{ "svg", 2, "an interactive picture for any browser" },
	{ NULL, 0, NULL },
};

#define O struct flame_options
static const struct rn_option rows[] = {
	{ RN_HEADING("What is drawn") },
	{ 'w', "weight", RN_WORD(O, weight, rn_weight_words), .argument = "WHAT", .initial = "time",
		.help = "the width of a frame: time in system calls, their number (calls), the bytes they "
			"moved or their errors" },
	{ 0, "own-code", RN_FLAG(O, own_only),
		.help = "only frames of the user's own code (see --user-code)" },
	{ RN_HEADING("Output") },
	{ 0, "format", RN_WORD(O, format, format_words), .argument = "FORMAT", .initial = "folded",
		.help = "folded (a line a stack, for flamegraph.pl, inferno, speedscope), speedscope "
			"(JSON) or svg (an interactive picture)" },
	{ 'o', "output", RN_STRING(O, question.output), .argument = "FILE", .grants = RN_OPTION_WRITES,
		.help = "write to FILE instead of standard output" },
	{ 'q', "quiet", RN_FLAG(O, question.quiet), .help = "no warnings" },
	{ RN_OPTIONS_END },
};
#undef O
#define O struct flame_options
static const struct rn_option call_rows[] = {
	RN_QUESTION_CALL_ROWS,
	{ RN_OPTIONS_END },
};
#undef O

static int gather(struct rn_inquiry *q, struct rn_stack_tally *t, struct rn_error *err)
{
	struct rn_source *source = rn_inquiry_source(q, err);
	struct rn_batch batch;
	int rc = source ? 0 : RN_E_NOMEM;
	rn_batch_init(&batch);
	while (!rc && (rc = rn_source_next(source, &batch, err)) == 0)
		rc = rn_stack_tally_batch(t, &batch, err);
	rn_batch_fini(&batch);
	rn_source_free(source);
	return rc == RN_END ? 0 : rc;
}

static void put_title(struct rn_buffer *out, const struct rn_inquiry *q, int weight)
{
	static const char *const words[] = { [RN_WEIGHT_bytes] = "bytes", [RN_WEIGHT_calls] = "system calls",
		[RN_WEIGHT_errors] = "errors", [RN_WEIGHT_time] = "time in system calls" };
	rn_put_text(out, words[weight]);
	rn_put_text(out, ": ");
	rn_put_argv(out, rn_reader_header(q->reader)->command_argv);
	rn_put_circumstances(out, rn_reader_header(q->reader));
	if (q->whole && rn_reader_header(q->reader)->sampling.len)
		rn_put_text(out, " (estimates: calls were left out while recording)");
}

static int write_flame(struct rn_inquiry *q, const struct flame_options *o,
	const struct rn_stack_tally *t, FILE *stream, struct rn_error *err)
{
	struct rn_buffer title = RN_BUFFER_INIT;
	struct rn_flame f;
	int rc = rn_flame_init(&f, t, (enum rn_weight)o->weight, o->own_only, err);
	put_title(&title, q, o->weight);
	f.title = rn_buffer_cstr(&title);
	if (!rc)
		rc = formats[o->format]->write(&f, stream, err);
	rn_flame_fini(&f);
	rn_buffer_fini(&title);
	return rc;
}

static void warn(const struct rn_inquiry *q, const struct rn_stack_tally *t, struct rn_diag *diag)
{
	struct rn_stack_sums all = rn_stack_tally_total(t);
	rn_inquiry_warn(q, diag);
	if (t->n && t->sums[0].calls)
		rn_diag_warn(diag, "%llu of %llu calls were recorded without a stack",
			(unsigned long long)t->sums[0].calls, (unsigned long long)all.calls);
	if (all.cut)
		rn_diag_warn(diag, "%llu of %llu stacks are incomplete; `renacer-analyze info` tells more",
			(unsigned long long)all.cut, (unsigned long long)all.calls);
}

static int run(void *options, const struct rn_invocation *in, struct rn_error *err)
{
	const struct flame_options *o = options;
	struct rn_inquiry q = { .o = &o->question };
	struct rn_stack_tally tally = { .n = 0 };
	struct rn_output out;
	const char *path;
	int rc = rn_command_trace(&path, in, err);
	if (!rc)
		rc = rn_inquiry_init(&q, &o->question, err);
	if (!rc)
		rc = rn_inquiry_open(&q, path, RN_INQUIRY_FRAMES, err);
	if (!rc) {
		rn_stack_tally_init(&tally, q.frames, UINT64_MAX);
		rc = gather(&q, &tally, err);
	}
	if (!rc)
		rc = rn_output_open(&out, o->question.output, path, false, err);
	if (!rc) {
		rc = write_flame(&q, o, &tally, out.file, err);
		rc = rn_output_close(&out, rc, err);
	}
	if (!rc || rc == RN_E_PIPE)
		warn(&q, &tally, in->diag);
	rn_stack_tally_fini(&tally);
	rn_inquiry_fini(&q);
	return rc;
}

static const char *const synopsis[] = { "[OPTIONS] [TRACE]", NULL };

const struct rn_command rn_command_flame = {
	.name = "flame",
	.summary = "write what was spent in which stacks, for flame graphs",
	.synopsis = synopsis,
	.options = { rows, call_rows, rn_selection_rows, rn_frame_rows },
	.options_size = sizeof(struct flame_options),
	.grants = RN_GRANT_INDEX,
	.run = run,
	.fini = rn_question_options_fini,
};
