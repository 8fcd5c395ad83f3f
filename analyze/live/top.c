/* SPDX-License-Identifier: MIT */
#include "analyze/live/top.h"

#include "analyze/filters/moment.h"
#include "analyze/top/top.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEAST_INTERVAL_MS 50

int rn_live_top_check(const struct rn_live_options *o, struct rn_error *err)
{
	uint64_t ns;
	const struct rn_report_options *r = &o->report;
	if (!o->top)
		return rn_fail(err, RN_E_USAGE, "--command-output is for --top");
	if (rn_report_is_tables(r) || strcmp(r->format, "text") != 0 || r->stacks || r->list_too || r->separately)
		return rn_fail(err, RN_E_USAGE, "--top is a view of its own: it goes with filters, not with other "
			"reports (--keep FILE, and report on that)");
	int rc = rn_duration_parse(rn_bytes_str(o->interval), &ns, err);
	if (rc)
		rn_error_prefix(err, "--interval");
	return rc;
}

static int open_output(struct rn_live_streams *s, const struct rn_live_options *o, struct rn_error *err)
{
	int fds[2];
	if (o->command_output) {
		s->file_fd = open(o->command_output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
		if (s->file_fd < 0)
			return rn_fail_errno(err, rn_error_of_errno(errno), errno, "cannot write '%s'",
				o->command_output);
		s->of_recorder.out = s->of_recorder.err = s->file_fd;
		return 0;
	}
	if (!s->screen)
		return 0;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return rn_fail_errno(err, RN_E_IO, errno, "cannot make a pipe");
	s->output_fd = fds[0];
	s->pipe_fd = s->of_recorder.out = s->of_recorder.err = fds[1];
	return 0;
}

int rn_live_streams_open(struct rn_live_streams *s, const struct rn_live_options *o, FILE *stream,
	const char *command, struct rn_error *err)
{
	const char *terminal = getenv("TERM");
	*s = (struct rn_live_streams){ { STDIN_FILENO, stream == stdout ? STDERR_FILENO : STDOUT_FILENO,
		STDERR_FILENO }, -1, -1, -1, -1, false, command, 0 };
	if (!o->top)
		return 0;
	s->screen = stream == stdout && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && terminal &&
		strcmp(terminal, "dumb") != 0;
	if (s->screen) {
		s->null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (s->null_fd < 0)
			return rn_fail_errno(err, RN_E_IO, errno, "cannot read /dev/null");
		s->of_recorder.in = s->null_fd;
	}
	return open_output(s, o, err);
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void rn_live_streams_started(struct rn_live_streams *s, pid_t recorder)
{
	s->recorder = recorder;
	close_one(&s->null_fd);
	close_one(&s->pipe_fd);
	close_one(&s->file_fd);
	if (!recorder)
		close_one(&s->output_fd);
}

void rn_live_streams_tell(struct rn_live_streams *s)
{
	char text[4096];
	ssize_t n;
	while (s->output_fd >= 0 && (n = read(s->output_fd, text, sizeof(text))) != 0)
		if (n > 0)
			fwrite(text, 1, (size_t)n, stderr);
		else if (errno != EINTR)
			break;
	close_one(&s->output_fd);
}

int rn_live_top(const struct rn_live_options *o, struct rn_live_streams *s,
	const struct rn_report_options *report, struct rn_reader *reader, FILE *stream, struct rn_diag *diag,
	struct rn_model_end *end, struct rn_error *err)
{
	uint64_t ns = 0;
	char subject[128];
	const char *pid = o->report.pids.n ? o->report.pids.item[0] : "";
	rn_duration_parse(rn_bytes_str(o->interval), &ns, NULL);
	snprintf(subject, sizeof(subject), "%s%s", s->command ? s->command : "pid ", s->command ? "" : pid);
	const struct rn_top top = { .report = report, .subject = subject, .stream = stream, .screen = s->screen,
		.command = s->command,
		.output_fd = s->output_fd, .recorder = s->recorder,
		.interval_ms = ns / 1000000 < LEAST_INTERVAL_MS ? LEAST_INTERVAL_MS : ns / 1000000, .diag = diag };
	s->output_fd = -1; /* the view closes it */
	return rn_top_run(&top, reader, end, err);
}
