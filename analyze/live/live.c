/* SPDX-License-Identifier: MIT */
/*
 * renacer - records and reports in one breath.
 *
 *   renacer-record --output-fd=N .. -- CMD  =pipe=>  [tee to --keep]  =pipe=>  reader -> report
 *
 * Everything that can be wrong is found before the command starts. The exit status is the
 * recorder's, which is the command's.
 */
#include "analyze/live/live.h"

#include "analyze/command/output.h"
#include "analyze/live/cost.h"
#include "analyze/live/recorder.h"
#include "analyze/live/tee.h"
#include "analyze/live/top.h"
#include "analyze/sandbox/sandbox.h"
#include "shared/arena.h"
#include "shared/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LEAST_STACK "8"               /* registers come with a stack */
#define RECORDER_STRING_BYTES 256     /* what the recorder keeps unless told otherwise */
#define RECORDER_STRING_MAX_BYTES 65536

static int store_none(void *field, const char *value, struct rn_error *err)
{
	(void)value, (void)err;
	*(unsigned *)field = 0;
	return 0;
}

#define O struct rn_live_options
static const struct rn_option rows[] = {
	{ RN_HEADING("What is run or attached to") },
	{ 'p', "pid", RN_STRINGS(O, report.pids), .argument = "PID",
		.help = "attach to the process with all its threads; several with commas or "
			"another -p" },
	{ 'f', "follow-forks", RN_COUNTER(O, report.follow),
		.help = "trace children and threads, too; -ff is -f --output-separately" },
	{ 0, "no-follow", RN_CUSTOM(O, report.follow, store_none), .help = "trace the first thread only (the default)" },
	{ 'u', "user", RN_STRING(O, user), .argument = "USER", .help = "run the command as USER" },
	{ 'E', "env", RN_STRINGS(O, env), .argument = "VAR[=VALUE]",
		.help = "set VAR for the command; without a value, remove it" },
	{ 0, "backend", RN_STRING(O, backend), .argument = "NAME",
		.help = "how to look at the program: see renacer-record" },
	{ 0, "chaos", RN_STRINGS(O, chaos), .argument = "SPEC",
		.help = "put the program through chaos: see renacer-record" },
	{ 0, "inject", RN_STRINGS(O, inject), .argument = "RULE",
		.help = "tamper with calls: see renacer-record" },
	{ 0, "fault", RN_STRINGS(O, fault), .argument = "RULE",
		.help = "let calls fail: see renacer-record" },
	{ RN_HEADING("The trace behind the report") },
	{ 0, "keep", RN_STRING(O, keep), .argument = "FILE", .grants = RN_OPTION_WRITES,
		.help = "keep the trace in FILE, for renacer-analyze" },
	{ 0, "stack", RN_STRING(O, stack), .argument = "SIZE",
		.help = "bytes of the stack kept with each call, or none: for --keep, and for what is "
			"shown of stacks" },
	{ 0, "profile-self", RN_FLAG(O, profile_self),
		.help = "tell on standard error, at the end, what tracing and reporting took themselves" },
	{ RN_HEADING("As it happens") },
	{ 0, "top", RN_FLAG(O, top),
		.help = "show a table of the calls that is drawn anew while the program runs; h tells its keys. "
			"What the command writes stands below it. Not on a terminal: a line of text now and then" },
	{ 0, "interval", RN_STRING(O, interval), .argument = "TIME", .initial = "1s",
		.help = "with --top: draw so often" },
	{ 0, "command-output", RN_STRING(O, command_output), .argument = "FILE", .grants = RN_OPTION_WRITES,
		.help = "with --top: what the command writes goes to FILE" },
	{ RN_HEADING("As another tool") },
	{ 0, "strace", RN_FLAG(O, misplaced_strace),
		.help = "first of all options: the rest is strace's command line, and so is what "
			"is written; see renacer --strace --help" },
	{ RN_OPTIONS_END },
};
#undef O

/* The recorder's command line, word by word; the text of words made here lives in `text`. */
struct words {
	char **item;
	size_t n, cap;
	struct rn_arena text;
	bool failed;
};

static void add_word(struct words *w, const char *a, const char *b)
{
	struct rn_buffer text = RN_BUFFER_INIT;
	if (w->n + 1 >= w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 32;
		char **item = realloc(w->item, cap * sizeof(*item));
		w->failed |= !item;
		if (w->failed)
			return;
		w->item = item;
		w->cap = cap;
	}
	rn_put_text(&text, a);
	rn_put_text(&text, b);
	w->item[w->n] = rn_arena_dup(&w->text, rn_buffer_bytes(&text));
	w->failed |= !rn_buffer_ok(&text) || !w->item[w->n];
	w->item[++w->n] = NULL;
	rn_buffer_fini(&text);
}

static void words_fini(struct words *w)
{
	free(w->item);
	rn_arena_fini(&w->text);
}

static void add_each(struct words *w, const char *option, const struct rn_strings *values)
{
	for (size_t i = 0; i < values->n; i++)
		add_word(w, option, values->item[i]);
}

static void add_recorder(struct words *w)
{
	struct rn_buffer path = RN_BUFFER_INIT;
	rn_recorder_find(&path);
	add_word(w, rn_buffer_cstr(&path), "");
	w->failed |= !rn_buffer_ok(&path);
	rn_buffer_fini(&path);
}

/* Most reports need no stacks; a kept trace has them as any other. */
static void add_amounts(struct words *w, const struct rn_live_options *o)
{
	char number[24];
	const struct rn_views *v = &o->report.views;
	uint64_t bytes = o->report.string_limit;
	if (!rn_fd_set_empty(&v->read) || !rn_fd_set_empty(&v->write))
		bytes = RECORDER_STRING_MAX_BYTES;
	if (bytes > RECORDER_STRING_MAX_BYTES)
		bytes = RECORDER_STRING_MAX_BYTES;
	snprintf(number, sizeof(number), "%llu", (unsigned long long)bytes);
	if (bytes > RECORDER_STRING_BYTES)
		add_word(w, "--string-limit=", number);
	bool stacks = o->keep || rn_report_wants_frames(&o->report);
	if (o->stack || !stacks)
		add_word(w, "--stack=", o->stack ? o->stack : o->report.pcs ? LEAST_STACK : "none");
}

static int make_words(struct words *w, const struct rn_live_options *o, const struct rn_invocation *in,
	int fd, struct rn_error *err)
{
	char number[24];
	snprintf(number, sizeof(number), "%d", fd);
	add_recorder(w);
	add_word(w, "--output-fd=", number);
	add_word(w, o->report.follow ? "--follow-forks" : "--no-follow", "");
	add_amounts(w, o);
	if (o->report.verbose || o->report.views.abbrev)
		add_word(w, "--environment", "");
	add_each(w, "--expression=", &o->report.filters);
	add_each(w, "--pid=", &o->report.pids);
	add_each(w, "--env=", &o->env);
	add_each(w, "--chaos=", &o->chaos);
	add_each(w, "--inject=", &o->inject);
	add_each(w, "--fault=", &o->fault);
	if (o->user)
		add_word(w, "--user=", o->user);
	if (o->backend)
		add_word(w, "--backend=", o->backend);
	if (o->report.quiet || (o->report.views.quiet & RN_QUIET_ATTACH))
		add_word(w, "--quiet", "");
	if (in->argc)
		add_word(w, "--", "");
	for (int i = 0; i < in->argc; i++)
		add_word(w, in->argv[i], "");
	return w->failed ? rn_fail(err, RN_E_NOMEM, "out of memory") : 0;
}

static int check(const struct rn_live_options *o, const struct rn_invocation *in, struct rn_error *err)
{
	uint64_t *pids = NULL;
	size_t n;
	int rc;
	if (!in->argc && !o->report.pids.n)
		return rn_fail(err, RN_E_USAGE, "nothing to trace: give a command (renacer [OPTIONS] "
			"-- COMMAND) or a process (renacer [OPTIONS] -p PID)");
	if (in->argc && o->report.pids.n)
		return rn_fail(err, RN_E_USAGE, "Cannot specify both -p %s and a command ('%s')",
			o->report.pids.item[0], in->argv[0]);
	if (o->stack && !o->keep && !rn_report_wants_frames(&o->report))
		return rn_fail(err, RN_E_USAGE, "--stack is for a trace that is kept (--keep FILE) or for "
			"stacks that are shown (-k, --source, --function-time, --in)");
	rc = rn_report_pids(&o->report.pids, &pids, &n, err);
	free(pids);
	if (!rc && (o->top || o->command_output))
		rc = rn_live_top_check(o, err);
	return rc ? rc : rn_report_check(&o->report, err);
}

/* As the recorder makes its own files: for the owner's eyes, nobody's link followed. */
static int open_keep(const char *path, struct rn_error *err)
{
	struct stat st;
	int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd < 0)
		return rn_fail_errno(err, rn_error_of_errno(errno), errno, "cannot write '%s'", path);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		(fchmod(fd, 0600) < 0 || ftruncate(fd, 0) < 0)) {
		int errnum = errno;
		close(fd);
		return rn_fail_errno(err, rn_error_of_errno(errnum), errnum, "cannot write '%s'",
			path);
	}
	return fd;
}

/* A number for the recorder's end of the pipe that the command's caller has given no descriptor. */
static int reserve_descriptor(void)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int fd = null < 0 ? -1 : fcntl(null, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (null >= 0)
		close(null);
	return fd;
}

/* Reads the trace to its end. RN_E_NOT_TRACE when the recorder wrote nothing at all. */
static int report(const struct rn_live_options *o, struct rn_live_streams *top, int fd, FILE *stream,
	struct rn_diag *diag, struct rn_model_end *end, struct rn_error *err)
{
	/* The report's ids are those the recorder attached to; their children count as well. */
	struct rn_report_options all = o->report;
	all.recorder_warns = true;
	all.frames.live = true;
	struct rn_reader *r;
	all.pids = (struct rn_strings){ NULL, 0 };
	int rc = rn_reader_open_fd(&r, fd, "the recorder", err);
	if (rc)
		return rc;
	rc = o->top ? rn_live_top(o, top, &all, r, stream, diag, end, err) :
		rn_report_on(&all, r, stream, diag, end, err);
	rn_reader_close(r);
	return rc;
}

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Only now: neither the recorder nor what it runs is to find itself in it. */
static int enter_sandbox(const struct rn_sandbox_rules *given, pid_t recorder, struct rn_error *err)
{
	struct rn_sandbox_rules rules = *given;
	rules.recorder = recorder;
	int rc = rn_sandbox_enter(&rules, err);
	return rc < 0 ? rc : 0;
}

/* *status: the recorder's, as from wait(2). */
static int run_recorder(const struct rn_live_options *o, const struct rn_invocation *in, char *const *argv,
	int recorder_fd, int keep_fd, FILE *stream, int *status, struct rn_error *err)
{
	struct rn_diag *diag = in->diag;
	struct rn_recorder recorder;
	struct rn_tee *tee = NULL;
	struct rn_model_end end = { 0 };
	uint64_t from_ns = now_ns();
	struct rn_error aside;
	struct rn_live_streams streams;
	int rc = rn_live_streams_open(&streams, o, stream, in->argc ? in->argv[0] : NULL, err);
	if (!rc)
		rc = rn_recorder_start(&recorder, argv, recorder_fd, &streams.of_recorder, err);
	rn_live_streams_started(&streams, rc ? 0 : recorder.pid);
	if (rc) {
		if (keep_fd >= 0)
			close(keep_fd);
		return rc;
	}
	signal(SIGPIPE, SIG_IGN); /* only now: the command must not inherit it */
	int fd = recorder.trace_fd;
	rc = enter_sandbox(in->sandbox, recorder.pid, err);
	if (rc)
		close(fd); /* the recorder must not wait for us to read */
	if (!rc && keep_fd >= 0)
		rc = rn_tee_start(&tee, fd, keep_fd, &fd, err);
	if (!rc)
		rc = report(o, &streams, fd, stream, diag, &end, err);
	if (rc)
		rn_live_streams_tell(&streams); /* unless the view has it */
	if (tee && rn_tee_finish(tee, &aside))
		rn_diag_error(diag, &aside);
	*status = rn_recorder_wait(&recorder);
	if (o->top && rc == RN_END) /* how the command took being ended is not what was asked */
		*status = rc = 0;
	if (o->profile_self && fflush(stream) == 0 &&
		rn_live_cost_tell(stderr, &end, now_ns() - from_ns, &aside))
		rn_diag_error(diag, &aside);
	return rc;
}

/* The command's fate is told as if it had been run without us; trouble of our own, where that says
 * nothing, by an exit code. */
static int conclude(int status, int rc, struct rn_diag *diag, const struct rn_error *err)
{
	bool told = rc == RN_E_NOT_TRACE && status; /* the recorder has said what was wrong */
	if (rc < 0 && rc != RN_E_PIPE && !told)
		rn_diag_error(diag, err);
	if (WIFSIGNALED(status))
		return rn_die_by(WTERMSIG(status));
	if (WEXITSTATUS(status) || rc == RN_E_PIPE)
		return WEXITSTATUS(status);
	if (rc >= 0)
		return rc; /* what was asked to be looked for was found */
	return RN_EXIT_UNREADABLE;
}

int rn_live(const struct rn_live_options *o, const struct rn_invocation *in, struct rn_error *err)
{
	struct words words = { 0 };
	struct rn_output out = { .file = NULL };
	int keep_fd = -1, status = 0;
	bool started = false;
	int rc = check(o, in, err);
	if (!rc)
		rc = rn_leave_init(err);
	int recorder_fd = rc ? -1 : reserve_descriptor();
	if (!rc && recorder_fd < 0)
		rc = rn_fail_errno(err, RN_E_IO, errno, "no descriptor for the recorder");
	if (!rc)
		rc = make_words(&words, o, in, recorder_fd, err);
	const char *output = o->report.separately ? NULL : o->report.output;
	if (!rc && o->report.ways)
		rc = rn_output_open_as_strace(&out, output, o->report.append, err);
	else if (!rc)
		rc = rn_output_open(&out, output, NULL, o->report.append, err);
	if (!rc && o->keep) {
		keep_fd = open_keep(o->keep, err);
		rc = keep_fd < 0 ? keep_fd : 0;
	}
	if (!rc) {
		started = true;
		rc = run_recorder(o, in, words.item, recorder_fd, keep_fd, out.file, &status, err);
	}
	rc = rn_output_close(&out, rc, err);
	if (recorder_fd >= 0)
		close(recorder_fd);
	words_fini(&words);
	if (!started)
		return rc;
	int exit_status = conclude(status, rc, in->diag, err);
	/* strace has one status for all trouble of its own. */
	return rc < 0 && rc != RN_E_PIPE && o->report.ways && !status ? 1 : exit_status;
}

static int run(void *options, const struct rn_invocation *in, struct rn_error *err)
{
	struct rn_live_options *o = options;
	if (o->misplaced_strace)
		return rn_fail(err, RN_E_USAGE, "--strace goes before all other options");
	int rc = rn_report_prepare(&o->report, err);
	return rc ? rc : rn_live(o, in, err);
}

void rn_live_options_fini(struct rn_live_options *o)
{
	rn_report_options_fini(&o->report);
	rn_strings_fini(&o->env);
	rn_strings_fini(&o->chaos);
	rn_strings_fini(&o->inject);
	rn_strings_fini(&o->fault);
}

static void fini(void *options)
{
	rn_live_options_fini(options);
}

static const char *const synopsis[] = { "[OPTIONS] [--] COMMAND [ARGUMENTS]", "[OPTIONS] -p PID",
	NULL };

const struct rn_command rn_command_live = {
	.name = "renacer",
	.summary = "trace a program and report its system calls",
	.synopsis = synopsis,
	.options = { rn_report_rows, rn_selection_rows, rn_frame_rows, rn_profile_rows, rn_statistics_rows,
		rows },
	.options_size = sizeof(struct rn_live_options),
	.options_first = true,
	.sandbox_late = true,
	.run = run,
	.fini = fini,
};
