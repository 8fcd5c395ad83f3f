/* SPDX-License-Identifier: MIT */
/*
 * Two threads. One reads the trace and adds it to the tally; this one waits for keys, for what the command writes,
 * for the end and for the next moment to draw, and draws a snapshot. When the view ends before the recording,
 * the recorder is asked to end and the trace is read to its end all the same.
 */
#include "analyze/top/top.h"

#include "analyze/circumstances.h"
#include "analyze/command/report_plan.h"
#include "analyze/report/cell.h"
#include "analyze/report/report.h"
#include "analyze/top/screen.h"
#include "analyze/top/view.h"
#include "shared/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ESCAPE_MS 60 /* what follows an ESC comes within it */
#define FIRST_MS 150 /* by then there is something to see */

struct run {
	const struct rn_top *top;
	struct rn_report_plan plan;
	struct rn_top_tally *tally;
	struct rn_top_view view;
	struct rn_top_snapshot shot;
	struct rn_last_lines output;
	struct rn_buffer text, subject;
	uint64_t start_ns;      /* of the trace, on the monotonic clock */
	uint64_t next_ns;       /* to draw */
	bool gone;              /* nobody sees what is drawn */
	pthread_t reader;
	int done_fd[2];         /* closed at the other end when the trace has been read */
	int rc;                 /* of reading */
	struct rn_error err;
};

static uint64_t clock_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static uint64_t trace_ns(const struct run *r)
{
	uint64_t now_ns = clock_ns();
	return now_ns > r->start_ns ? now_ns - r->start_ns : 0;
}

/* ---- the thread that reads ---- */

static void *read_trace(void *arg)
{
	struct run *r = arg;
	struct rn_batch b;
	int rc;
	rn_batch_init(&b);
	while ((rc = rn_source_next(r->plan.source, &b, &r->err)) == 0)
		if ((rc = rn_top_tally_add(r->tally, &b, &r->err)) != 0)
			break;
	rn_batch_fini(&b);
	r->rc = rc == RN_END ? 0 : rc;
	close(r->done_fd[1]);
	return NULL;
}

static int start_reading(struct run *r, struct rn_error *err)
{
	sigset_t all, before;
	if (pipe2(r->done_fd, O_CLOEXEC) < 0)
		return rn_fail_errno(err, RN_E_IO, errno, "cannot make a pipe");
	sigfillset(&all); /* signals are for the thread that waits */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(&r->reader, NULL, read_trace, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!rc)
		return 0;
	close(r->done_fd[0]);
	close(r->done_fd[1]);
	return rn_fail_errno(err, RN_E_NOMEM, rc, "cannot make a thread");
}

/* ---- what is shown ---- */

static bool put_line(struct run *r)
{
	rn_top_view_line(&r->view, &r->shot, &r->text);
	fwrite(r->text.p, 1, r->text.len, r->top->stream);
	return fflush(r->top->stream) == 0;
}

static bool put_screen(struct run *r)
{
	unsigned width, height;
	const char *no = getenv("NO_COLOR");
	rn_screen_size(&width, &height);
	rn_top_view_draw(&r->view, &r->shot, &r->output, width, height, !(no && *no), &r->text);
	return rn_screen_draw(rn_buffer_bytes(&r->text));
}

static int draw(struct run *r, struct rn_error *err)
{
	uint64_t began_ns = clock_ns();
	int rc = r->view.paused ? 0 : rn_top_tally_take(r->tally, trace_ns(r), r->view.window, &r->shot, err);
	if (rc || r->gone)
		return rc;
	rn_buffer_clear(&r->text);
	r->gone = r->top->screen ? !put_screen(r) : !put_line(r);
	/* Where a snapshot of very many calls takes long, drawing takes a tenth of the time at most. */
	uint64_t now_ns = clock_ns(), interval_ns = r->view.interval_ms * 1000000;
	if (interval_ns < 10 * (now_ns - began_ns))
		interval_ns = 10 * (now_ns - began_ns);
	r->next_ns = now_ns + interval_ns;
	return 0;
}

/* The table as it was last. */
static int put_table(struct run *r, struct rn_error *err)
{
#define TIME(n, t) { .name = n, .title = t, .type = RN_T_U64, .unit = RN_U_NS, .shift = 3, .decimals = 1, .min_width = 9 }
	static const struct rn_column columns[] = {
		{ .name = "percent", .title = "% time", .type = RN_T_REAL, .decimals = 2, .min_width = 6 },
		{ .name = "total_ns", .title = "seconds", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9, .decimals = 6,
			.min_width = 11 },
		{ .name = "calls", .type = RN_T_U64, .min_width = 9 },
		{ .name = "errors", .type = RN_T_U64, .min_width = 9, .blank_zero = true },
		TIME("p50_ns", "P50 us"), TIME("p95_ns", "P95 us"), TIME("p99_ns", "P99 us"), TIME("max_ns", "max us"),
		{ .name = "name", .title = "syscall", .type = RN_T_TEXT, .left = true, .min_width = 16 },
	};
	static const struct rn_table table = { .name = "top", .empty = "No system calls were traced.",
		.flags = RN_TABLE_RULED, .columns = columns, .n_columns = sizeof(columns) / sizeof(columns[0]) };
	struct rn_sink *sink;
	const struct rn_report *text = rn_report_find("text");
	int rc = rn_top_tally_take(r->tally, trace_ns(r), false, &r->shot, err);
	uint32_t n = rn_top_view_order(&r->view, &r->shot);
	if (!rc)
		rc = text->begin(&sink, r->top->stream, err);
	if (rc)
		return rc;
	rc = rn_sink_begin(sink, &table, err);
	for (uint32_t i = 0; i <= n && !rc; i++) {
		const struct rn_top_row *row = i < n ? &r->shot.row[i] : &r->shot.total;
		const double p[] = { row->p50_ns, row->p95_ns, row->p99_ns };
		struct rn_cell cells[9] = { rn_cell_real(r->shot.total.total_ns ? 100.0 * (double)row->total_ns /
			(double)r->shot.total.total_ns : 0), rn_cell_u64(row->total_ns), rn_cell_u64(row->calls),
			rn_cell_u64(row->errors) };
		for (unsigned k = 0; k < 3; k++)
			cells[4 + k] = isnan(p[k]) ? rn_cell_null() : rn_cell_u64((uint64_t)(p[k] + 0.5));
		cells[7] = rn_cell_u64(row->max_ns);
		cells[8] = rn_cell_bytes(row->name);
		rc = i < n ? rn_sink_row(sink, cells, err) : n ? rn_sink_total(sink, cells, err) : 0;
	}
	if (!rc)
		rc = rn_sink_end(sink, err);
	int end = text->end(sink, rc ? NULL : err);
	return rc ? rc : end;
}

/* ---- waiting ---- */

/* The first time it asks, the second it insists. */
static void end_recording(struct run *r)
{
	if (r->top->recorder > 0)
		kill(r->top->recorder, r->view.quitting ? SIGKILL : SIGTERM);
	r->view.quitting = true;
}

/* False: there are no keys any more. */
static bool take_keys(struct run *r)
{
	uint8_t key[64];
	ssize_t n = read(STDIN_FILENO, key, sizeof(key));
	for (ssize_t i = 0; i < n; i++) {
		enum rn_top_wish wish = rn_top_view_key(&r->view, key[i]);
		if (wish == RN_TOP_QUIT)
			end_recording(r);
		else if (wish == RN_TOP_SUSPEND)
			rn_screen_suspend();
	}
	return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

/* False: nobody writes any more, or there is nothing just now. */
static bool take_output(struct run *r, int fd)
{
	uint8_t text[4096];
	ssize_t n = read(fd, text, sizeof(text));
	if (n > 0)
		rn_last_lines_add(&r->output, rn_bytes_of(text, (size_t)n));
	return n > 0 || (n < 0 && errno == EINTR);
}

enum { DONE, KEYS, OUTPUT, N_FDS };

static int wait_ms(const struct run *r)
{
	uint64_t now_ns = clock_ns();
	int ms = now_ns >= r->next_ns ? 0 : (int)((r->next_ns - now_ns) / 1000000) + 1;
	return r->view.sequence_len && ms > ESCAPE_MS ? ESCAPE_MS : ms;
}

static int watch(struct run *r, struct rn_error *err)
{
	struct pollfd fds[N_FDS] = { { r->done_fd[0], POLLIN, 0 }, { r->top->screen ? STDIN_FILENO : -1, POLLIN, 0 },
		{ r->top->output_fd, POLLIN, 0 } };
	int rc = 0;
	r->next_ns = clock_ns() + (r->top->screen ? FIRST_MS : r->view.interval_ms) * 1000000;
	while (!rc && !r->gone) {
		int n = poll(fds, N_FDS, wait_ms(r));
		bool due = clock_ns() >= r->next_ns;
		if (n == 0)
			rn_top_view_key_pause(&r->view);
		if (n > 0 && fds[DONE].revents)
			break;
		if (n > 0 && fds[OUTPUT].revents && !take_output(r, fds[OUTPUT].fd))
			fds[OUTPUT].fd = -1;
		if (n > 0 && fds[KEYS].revents) {
			due = true;
			if (!take_keys(r)) {
				fds[KEYS].fd = -1; /* the terminal has gone */
				end_recording(r);
			}
		}
		if (r->top->screen && rn_screen_changed())
			due = true;
		if (due)
			rc = draw(r, err);
	}
	return rc;
}

/* What the command wrote last is still in the pipe. */
static void drain_output(struct run *r)
{
	int fd = r->top->output_fd;
	if (fd < 0)
		return;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (take_output(r, fd))
		;
}

static void put_last_output(struct run *r)
{
	rn_buffer_clear(&r->text);
	for (unsigned i = 10; i-- > 0;)
		if (i < r->output.n) {
			struct rn_bytes line = rn_last_line(&r->output, i);
			rn_put_shown(&r->text, line); /* half a sequence could wreck the terminal after all */
			rn_put_u8(&r->text, '\n');
		}
	fwrite(r->text.p, 1, r->text.len, stderr);
	fflush(stderr);
}

static int show(struct run *r, struct rn_error *err)
{
	int rc = r->top->screen ? rn_screen_enter(STDIN_FILENO, fileno(r->top->stream), err) : 0;
	if (!rc)
		rc = watch(r, err);
	drain_output(r);
	if (r->top->screen)
		rn_screen_leave();
	if (r->gone && !r->view.quitting)
		end_recording(r); /* nobody looks */
	return rc;
}

static int run(struct run *r, struct rn_error *err)
{
	int rc = start_reading(r, err);
	if (rc)
		return rc;
	rc = show(r, err);
	if (rc && !r->view.quitting)
		end_recording(r);
	while (r->top->output_fd >= 0 && poll(&(struct pollfd){ r->done_fd[0], POLLIN, 0 }, 1, 20) == 0)
		drain_output(r); /* nobody is to wait for us to read */
	pthread_join(r->reader, NULL);
	close(r->done_fd[0]);
	drain_output(r);
	if (!rc && r->rc) {
		*err = r->err;
		rc = r->rc;
	}
	if (!r->gone)
		put_last_output(r);
	if (!rc && !r->gone)
		rc = put_table(r, err);
	if (!rc && r->shot.lost)
		rn_diag_warn(r->top->diag, "%llu events were lost while recording", (unsigned long long)r->shot.lost);
	return rc ? rc : r->gone ? RN_E_PIPE : r->view.quitting ? RN_END : 0;
}

int rn_top_run(const struct rn_top *top, struct rn_reader *reader, struct rn_model_end *end, struct rn_error *err)
{
	struct run *r = calloc(1, sizeof(*r));
	if (!r)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	r->top = top;
	r->plan.o = top->report;
	r->plan.reader = reader;
	r->plan.diag = top->diag;
	r->start_ns = rn_reader_header(reader)->start_monotonic_ns;
	rn_top_view_init(&r->view);
	r->view.interval_ms = top->interval_ms;
	rn_put_text(&r->subject, top->subject ? top->subject : "");
	rn_put_circumstances(&r->subject, rn_reader_header(reader));
	r->view.subject = rn_buffer_cstr(&r->subject);
	r->view.has_output = top->output_fd >= 0 && top->command;
	int rc = rn_report_plan_init(&r->plan, err);
	if (!rc)
		rc = rn_top_tally_new(&r->tally, (enum rn_machine)rn_reader_header(reader)->machine, r->plan.model, err);
	if (!rc)
		rc = run(r, err);
	if (r->plan.model)
		rn_model_end(r->plan.model, end);
	if (top->output_fd >= 0)
		close(top->output_fd);
	rn_top_tally_free(r->tally);
	rn_top_snapshot_fini(&r->shot);
	rn_buffer_fini(&r->text);
	rn_buffer_fini(&r->subject);
	rn_report_plan_fini(&r->plan);
	free(r);
	return rc;
}
