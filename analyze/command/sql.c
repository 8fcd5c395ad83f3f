/* SPDX-License-Identifier: MIT */
/* sql - a trace asked in SQL: a statement of the command line, statements of a pipe, or a prompt. */
#include "analyze/circumstances.h"
#include "analyze/command/output.h"
#include "analyze/command/question.h"
#include "analyze/command/sql_prompt.h"
#include "analyze/index/stacks.h"
#include "analyze/report/report.h"
#include "analyze/sql/session.h"
#include "analyze/sql/statement.h"
#include "shared/buffer.h"
#include "shared/diag.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INPUT_MAX ((size_t)1 << 20)

struct options {
	struct rn_question_options question; /* first */
	uint64_t timeout_s;
};

static const struct rn_option rows[] = {
	{ 0, "timeout", RN_UINT(struct options, timeout_s), .argument = "SECONDS", .initial = "0",
		.max = 1000000, .help = "end a statement that takes longer; 0: none" },
	{ RN_OPTIONS_END },
};

/* For the signal handler alone. */
static sqlite3 *volatile running;

static void interrupt(int signo)
{
	(void)signo;
	if (running)
		sqlite3_interrupt(running);
}

struct shell {
	const struct options *o;
	struct rn_sql *sql;
	const struct rn_report *report;
	FILE *out;
	struct rn_diag *diag;
	const struct rn_header *header;
};

static int answer(struct shell *s, const char *text, struct rn_error *err)
{
	struct rn_sink *sink;
	int rc = s->report->begin(&sink, s->out, err);
	if (rc)
		return rc;
	running = rn_sql_db(s->sql);
	rc = rn_sql_run(s->sql, text, s->o->timeout_s * 1000000000, sink, err);
	running = NULL;
	if (!rc)
		rc = rn_circumstances_note(s->header, sink, err);
	int end = s->report->end(sink, rc ? NULL : err);
	return rc ? rc : end;
}

static void tell_views(struct shell *s)
{
	for (size_t i = 0; rn_sql_view_name(i); i++)
		fprintf(s->out, "%s\n", rn_sql_view_name(i));
}

/* ".schema", ".schema VIEW" */
static int tell_schema(struct shell *s, const char *view, struct rn_error *err)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	if (*view)
		sqlite3_str_appendf(sql, "SELECT name, type FROM pragma_table_info(%Q)", view);
	for (size_t i = 0; !*view && rn_sql_view_name(i); i++)
		sqlite3_str_appendf(sql, "%s SELECT %Q AS \"view\", group_concat(name, ', ') AS columns FROM "
			"pragma_table_info(%Q)", i ? " UNION ALL" : "", rn_sql_view_name(i),
			rn_sql_view_name(i));
	char *text = sqlite3_str_finish(sql);
	int rc = text ? answer(s, text, err) : rn_fail(err, RN_E_NOMEM, "out of memory");
	sqlite3_free(text);
	return rc;
}

/* A line that begins with a dot. RN_END: it was the last. */
static int obey(struct shell *s, const char *line, struct rn_error *err)
{
	char word[32] = "", rest[64] = "";
	sscanf(line, ".%31s %63s", word, rest);
	if (strcmp(word, "quit") == 0 || strcmp(word, "exit") == 0 || strcmp(word, "q") == 0)
		return RN_END;
	if (strcmp(word, "tables") == 0)
		tell_views(s);
	else if (strcmp(word, "schema") == 0)
		return tell_schema(s, rest, err);
	else if (strcmp(word, "mode") == 0)
		return rn_report_choose(&s->report, rest, err);
	else
		fprintf(s->out, ".tables          the views there are\n"
				".schema [VIEW]   their columns\n"
				".mode FORMAT     how answers look\n"
				".quit            also ^D\n"
				"report_summary, report_errors, report_files, report_processes and report_slowest are views\n"
				"that count at once what GROUP BY name, errno, target and upid count row by row.\n"
				"Anything else is SQL and ends with a semicolon; ^C ends a statement under way.\n");
	return 0;
}

/* Errors of one statement do not end the prompt. */
static int converse(struct shell *s, struct rn_error *err)
{
	struct rn_prompt *prompt = rn_prompt_new();
	const char *text;
	int rc = prompt ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!rc)
		fprintf(s->out, "SQL about the trace. .help tells what there is, ^D ends.\n");
	while (!rc && (text = rn_prompt_next(prompt)) != NULL) {
		rc = *text == '.' ? obey(s, text, err) : answer(s, text, err);
		if (rc == RN_E_USAGE || rc == RN_E_LIMIT) {
			rn_diag_error(s->diag, err);
			rc = 0;
		}
		fflush(s->out);
	}
	rn_prompt_free(prompt);
	return rc == RN_END ? 0 : rc;
}

static int read_all(struct rn_buffer *b, int fd, struct rn_error *err)
{
	ssize_t n = 1;
	while (n && b->len < INPUT_MAX) {
		uint8_t *to = rn_buffer_reserve(b, 4096);
		if (!to)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		n = read(fd, to, 4096);
		if (n < 0 && errno != EINTR)
			return rn_fail_errno(err, RN_E_IO, errno, "cannot read the statement");
		b->len += n > 0 ? (size_t)n : 0;
		n = n < 0 ? 1 : n;
	}
	return b->len < INPUT_MAX ? 0 : rn_fail(err, RN_E_LIMIT, "the statements are longer than 1 MiB");
}

static int answer_input(struct shell *s, struct rn_error *err)
{
	struct rn_buffer text = RN_BUFFER_INIT;
	int rc = read_all(&text, STDIN_FILENO, err);
	if (!rc)
		rc = answer(s, rn_buffer_cstr(&text), err);
	rn_buffer_fini(&text);
	return rc;
}

static int serve(struct shell *s, const char *statement, struct rn_error *err)
{
	if (statement)
		return answer(s, statement, err);
	return isatty(STDIN_FILENO) ? converse(s, err) : answer_input(s, err);
}

static int ask(struct shell *s, struct rn_inquiry *q, const char *statement, struct rn_error *err)
{
	struct rn_output out;
	if (!q->whole)
		return rn_fail(err, RN_E_USAGE, "SQL reads a trace out of order: give a file, not a pipe");
	int rc = rn_sql_open(&s->sql, q, "", err);
	if (rc)
		return rc;
	s->header = rn_reader_header(q->reader);
	rc = rn_output_open(&out, s->o->question.output, q->path, false, err);
	if (!rc) {
		struct sigaction act = { .sa_handler = interrupt, .sa_flags = SA_RESTART }, before;
		s->out = out.file;
		sigaction(SIGINT, &act, &before);
		rc = serve(s, statement, err);
		sigaction(SIGINT, &before, NULL);
		rc = rn_output_close(&out, rc, err);
	}
	rn_sql_close(s->sql);
	return rc;
}

/* Whether a statement may ask for the stacks of all calls; their numbers are of the whole trace, filters or not. */
static bool is_about_stacks(const char *statement, bool open)
{
	static const char *const words[] = { "stack", "frame_id", "frames", "function", "frame", "flame", "line" };
	for (size_t i = 0; statement && i < (open ? sizeof(words) / sizeof(words[0]) : 3); i++)
		if (strcasestr(statement, words[i]))
			return true;
	return false;
}

/* Stacks are unwound once. */
static int prepare(struct rn_inquiry *q, const char *statement, struct rn_diag *diag, struct rn_error *err)
{
	if (!q->whole || q->o->selection.no_index || !is_about_stacks(statement, q->open) ||
		!rn_index_is_worth_stacks(q->reader))
		return 0;
	int rc = q->index ? 0 : rn_index_open(&q->index, q->path, q->reader, NULL, RN_INDEX_MAKE, diag, err);
	if (!rc)
		rc = rn_index_make_stacks(&q->index, q->reader, q->path, diag, err);
	rn_selection_use_index(q->selection, q->index);
	return rc;
}

static int run(void *options, const struct rn_invocation *in, struct rn_error *err)
{
	struct options *o = options;
	struct shell s = { .o = o, .diag = in->diag };
	struct rn_inquiry q = { .o = &o->question };
	if (in->argc > 2)
		return rn_fail(err, RN_E_USAGE, "a trace and a statement: '%s' is one too many", in->argv[2]);
	int rc = rn_report_choose(&s.report, o->question.format, err);
	if (!rc)
		rc = rn_inquiry_init(&q, &o->question, err);
	if (!rc)
		rc = rn_inquiry_open_indexed(&q, in->argc ? in->argv[0] : RN_DEFAULT_TRACE,
			rn_sql_statement_wants(in->argc > 1 ? in->argv[1] : NULL), false, in->diag,
			err);
	if (!rc)
		rc = prepare(&q, in->argc > 1 ? in->argv[1] : NULL, in->diag, err);
	if (!rc)
		rc = ask(&s, &q, in->argc > 1 ? in->argv[1] : NULL, err);
	/* Too late to change what was answered: it is what the warning says. */
	q.why_unweighed = "syscalls has a row for each call kept, and in its column weight what it stands for; the report_ "
		"functions count by weight";
	if (!rc || rc == RN_E_PIPE)
		rn_inquiry_warn(&q, in->diag);
	rn_inquiry_fini(&q);
	return rc;
}

static const char *const synopsis[] = { "[OPTIONS] [TRACE [STATEMENT]]", NULL };

const struct rn_command rn_command_sql = {
	.name = "sql",
	.summary = "answer SQL about a trace; without a statement, from standard input or at a prompt",
	.synopsis = synopsis,
	.options = { rows, rn_selection_rows, rn_question_rows },
	.options_size = sizeof(struct options),
	.grants = RN_GRANT_INDEX | RN_GRANT_HISTORY,
	.run = run,
	.fini = rn_question_options_fini,
};
