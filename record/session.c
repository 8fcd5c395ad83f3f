/* SPDX-License-Identifier: MIT */
#include "record/session.h"

#include "record/asked.h"
#include "record/capture/privacy.h"
#include "record/chaos/session.h"
#include "record/control/control.h"
#include "record/embed/embed.h"
#include "record/host.h"
#include "record/launch/command.h"
#include "record/launch/identity.h"
#include "record/output/flight.h"
#include "record/output/output.h"
#include "record/output/series.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

struct session {
	const struct rn_record_options *o;
	struct rn_recording rec;
	struct rn_host host;
	struct rn_header header;
	struct rn_target target;
	struct rn_identity identity;
	struct rn_buffer path;
	struct rn_filter *filter;
	struct rn_chaos_session chaos;
	struct rn_snapshot_on *snapshot_on;
	struct rn_privacy *privacy;
	struct rn_control *control;
	const struct rn_backend *backend;
	void *state;
	const char *output_name;
	struct rn_error why_not; /* why the backend that auto likes better was not taken */
	struct rn_ladder ladder;
};

static int settle_filter(struct session *s, struct rn_diag *diag, struct rn_error *err)
{
	if (!s->o->filters.n)
		return 0;
	int r = rn_filter_of(&s->filter, &s->o->filters, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < rn_filter_warnings(s->filter); i++)
		rn_diag_warn(diag, "%s", rn_filter_warning(s->filter, i));
	rn_filter_canonical(s->filter, &s->host.filter);
	s->header.filter = rn_buffer_bytes(&s->host.filter);
	if (!rn_filter_is_all(s->filter))
		s->rec.filter = s->filter;
	return 0;
}

static int settle_chaos(struct session *s, struct rn_diag *diag, struct rn_error *err)
{
	int r = rn_chaos_session_settle(&s->chaos, s->o, &s->host.chaos, diag, err);
	if (r < 0 || !rn_chaos_is_active(&s->chaos.chaos))
		return r;
	s->rec.chaos = &s->chaos.chaos;
	s->header.chaos = rn_buffer_bytes(&s->host.chaos);
	return 0;
}

static int settle_target(struct session *s, int *exit_status, struct rn_error *err)
{
	const struct rn_record_options *o = s->o;
	s->target.pids = o->pids;
	s->target.n_pids = o->n_pids;
	if (!o->command)
		return 0;
	if (o->user) {
		int r = rn_identity_find(&s->identity, o->user, err);
		if (r < 0)
			return r;
		s->target.identity = &s->identity;
	}
	int r = rn_command_find(&s->path, o->command[0], getenv("PATH"), err);
	if (r < 0) {
		*exit_status = r == RN_E_NOT_FOUND ? 127 : 126;
		return r;
	}
	s->target.path = (const char *)s->path.p;
	s->target.argv = o->command;
	s->target.envp = rn_command_environment(environ, &o->env);
	s->target.stdout_to_stderr = o->output && o->output[0] == '-' && !o->output[1];
	return s->target.envp ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

static int take_backend(struct session *s, const struct rn_backend *backend, struct rn_error *err)
{
	s->backend = backend;
	s->header.backend = rn_bytes_str(backend->name);
	s->state = calloc(1, backend->state_size);
	return s->state ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

static bool is_asked_for(const struct session *s, const struct rn_backend *backend)
{
	static const char *const names[] = {
		[RN_BACKEND_BPF] = "bpf", [RN_BACKEND_PTRACE] = "ptrace",
	};
	return s->o->backend == RN_BACKEND_AUTO || strcmp(backend->name, names[s->o->backend]) == 0;
}

/* Asked for by name, its refusal is the error; else the first that works is taken, from the one
 * numbered `first` on. why: what kept the one before from it; out: what kept them all. */
static int settle_backend(struct session *s, size_t first, struct rn_error *err)
{
	int r = rn_fail(err, RN_E_UNSUPPORTED, "this build has no bpf backend");
#ifdef RN_NO_BPF_WHY
	r = rn_fail(err, RN_E_UNSUPPORTED, "this build has no bpf backend: it was made without %s",
		RN_NO_BPF_WHY);
#endif
	s->why_not = *err;
	for (size_t i = first; i < rn_n_backends; i++) {
		if (!is_asked_for(s, rn_backends[i]))
			continue;
		if (s->rec.chaos && !rn_backends[i]->tampers) {
			r = rn_fail(err, RN_E_UNSUPPORTED, "the %s backend only watches: chaos needs "
				"--backend=ptrace", rn_backends[i]->name);
			s->why_not = *err;
			continue;
		}
		r = rn_backends[i]->probe(err);
		if (r == 0)
			return take_backend(s, rn_backends[i], err);
		rn_error_prefix(err, "the %s backend", rn_backends[i]->name);
		s->why_not = *err;
	}
	return r;
}

/* Everything in it that somebody typed, or that has names of files. */
static void mask_header(struct session *s)
{
	const struct rn_header *h = &s->header;
	const struct rn_bytes typed[] = { h->command_argv, h->recorder_argv, h->cwd, h->filter, h->chaos, h->privacy,
		h->sampling };
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++)
		rn_privacy_mask(s->privacy, typed[i]);
}

/* Whatever can be known to be wrong before anything is started. */
static int prepare(struct session *s, struct rn_diag *diag, int *exit_status, struct rn_error *err)
{
	int r = rn_host_describe(&s->host, &s->header, s->o, err);
	if (r == 0)
		r = settle_filter(s, diag, err);
	if (r == 0)
		r = rn_snapshot_on_parse(&s->snapshot_on, &s->o->snapshot_on, err);
	if (r == 0)
		r = rn_shed_parse(&s->rec.shed, s->o, &s->host.sampling, err);
	s->header.sampling = rn_buffer_bytes(&s->host.sampling);
	if (r == 0)
		r = rn_privacy_parse(&s->privacy, s->o, &s->host.privacy, err);
	s->header.privacy = rn_buffer_bytes(&s->host.privacy);
	if (r == 0)
		r = settle_chaos(s, diag, err);
	mask_header(s);
	if (r == 0)
		r = settle_target(s, exit_status, err);
	if (r == 0)
		r = settle_backend(s, 0, err);
	return r;
}

/* Ours stay open no longer than the command's: its pipes must end when it ends. */
static void let_go_of_standard_files(const struct session *s)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (fd < 0 || !s->o->command)
		goto out;
	dup3(fd, STDIN_FILENO, O_CLOEXEC);
	dup3(fd, STDOUT_FILENO, O_CLOEXEC);
out:
	if (fd > STDERR_FILENO)
		close(fd);
}

static uint64_t part_of_memory(const struct session *s, enum rn_memory_part part, uint64_t least, uint64_t usual)
{
	uint64_t bytes = rn_recording_memory_part(&s->rec, part);
	return bytes > usual ? usual : bytes < least ? least : bytes;
}

static size_t queue_bytes(const struct session *s)
{
	size_t bytes = 64u << 10;
	while (bytes * 2 <= part_of_memory(s, RN_MEMORY_QUEUE, bytes, 2u << 20))
		bytes *= 2;
	return bytes;
}

/* Where the trace goes: one file, or a series of them. */
static int open_keeper(struct session *s, struct rn_keeper *out, struct rn_error *err)
{
	const struct rn_record_options *o = s->o;
	const struct rn_writer_options wo = { .level = (int)o->level,
		.block_bytes = (uint32_t)part_of_memory(s, RN_MEMORY_BLOCK, 64u << 10, 1u << 20),
		.min_free_bytes = o->min_free_bytes, .cost = rn_cost_end, .cost_arg = &s->rec };
	const struct rn_series_options so = {
		.path = o->output ? o->output : RN_RECORD_DEFAULT_OUTPUT, .max_bytes = o->max_bytes,
		.max_ns = o->max_duration_ns, .max_files = o->max_files, .writer = wo,
	};
	if (o->flight_bytes) {
		const struct rn_flight_options fo = { .path = so.path, .ring_bytes = o->flight_bytes,
			.max_files = o->max_files, .pause_ns = o->snapshot_pause_ns,
			.at_end = o->snapshot_at_end, .on = s->snapshot_on, .writer = wo,
			.privacy = s->privacy };
		struct rn_flight *flight;
		s->output_name = so.path;
		int r = rn_flight_open(&flight, &fo, &s->rec, &s->header, err);
		if (r == 0)
			*out = rn_flight_keeper(flight);
		return r;
	}
	if (o->series) {
		struct rn_series *series;
		s->output_name = so.path;
		int r = rn_series_open(&series, &so, &s->rec, &s->header, err);
		if (r == 0)
			*out = rn_series_keeper(series);
		return r;
	}
	struct rn_writer *w;
	int fd = rn_output_open(o, &s->output_name, err);
	if (fd < 0)
		return fd;
	int r = rn_writer_open(&w, fd, &s->header, &wo, err);
	if (r == 0)
		*out = rn_keeper_of_writer(w);
	else
		rn_error_prefix(err, "%s", s->output_name);
	return r;
}

#define COST_EVERY_NS 1000000000u

static void show_embedder(struct session *s, struct rn_embedder *e)
{
	pthread_mutex_lock(&s->rec.embeds.lock);
	s->rec.embeds.embedder = e;
	pthread_mutex_unlock(&s->rec.embeds.lock);
}

/* A disk that is full from the start is told, and the command runs: nobody's work is held up for a
 * trace. Whatever else is wrong with the output is an error before it starts. */
static int start_output(struct session *s, struct rn_diag *diag, struct rn_error *err)
{
	struct rn_pipeline_options po = { .start_monotonic_ns = s->header.start_monotonic_ns,
		.ring_bytes = queue_bytes(s),
		.held_bytes = part_of_memory(s, RN_MEMORY_IMAGES, 64u << 10, 4u << 20),
		.edit = s->privacy ? rn_privacy_edit : NULL, .edit_arg = s->privacy,
		.remark = rn_cost_remark, .remark_arg = &s->rec, .remark_every_ns = COST_EVERY_NS,
		.low_priority = s->o->series || !s->o->command };
	struct rn_keeper keeper;
	int r = open_keeper(s, &keeper, err);
	if (r == 0)
		r = rn_pipeline_start_keeper(&s->rec.pipeline, keeper, &po, err);
	if (r == 0)
		s->rec.demand.pipeline = s->rec.pipeline;
	if (r == 0 && s->o->embed != RN_EMBED_NONE && s->o->stack_bytes)
		s->rec.embedder = rn_embed_start(s->rec.pipeline, (enum rn_embed)s->o->embed,
			(int)s->o->level, rn_recording_memory_part(&s->rec, RN_MEMORY_IMAGE));
	show_embedder(s, s->rec.embedder);
	if (r != RN_E_NO_SPACE || !s->o->command)
		return r;
	s->rec.output_error = r;
	rn_diag_warn(diag, "%s; nothing is recorded", err->message);
	return 0;
}

static void push_end(struct session *s, const struct rn_outcome *out)
{
	struct rn_event ev = { .ts_ns = rn_recording_now(&s->rec), .kind = RN_EV_END };
	ev.END = (struct rn_ev_END){
		.reason = out->reason,
		.status = (uint64_t)out->wait_status,
		.calls = s->rec.n_calls,
		.events = s->rec.n_events,
		.lost = s->rec.n_lost,
		.wall_ns = ev.ts_ns,
	};
	rn_cost_end(&s->rec, &ev.END);
	rn_recording_push(&s->rec, &ev);
}

/* Whoever gave us a descriptor reads its other end, and knows that it no longer does. */
static bool has_reader_left(const struct session *s, int error)
{
	return error == RN_E_PIPE && s->o->output_fd != UINT64_MAX;
}

static void report_output_error(const struct session *s, struct rn_diag *diag,
	const struct rn_outcome *out, const struct rn_error *why)
{
	rn_diag_warn(diag, "%s: %s; recording stopped, the trace is readable up to there%s",
		s->output_name, why->message,
		out->have_status ? "" : ", the traced processes run on");
}

/* The command is forked before the output is opened, and must not get the descriptor of --output-fd. */
static void keep_output_fd(const struct rn_record_options *o)
{
	if (o->output_fd != UINT64_MAX && o->output_fd > STDERR_FILENO)
		fcntl((int)o->output_fd, F_SETFD, FD_CLOEXEC);
}

/* What only opening shows (a kernel that refuses the program) sends auto to the next backend. */
static int open_backend(struct session *s, pid_t *root, struct rn_error *err)
{
	int r = s->backend->open(s->state, &s->rec, &s->target, root, err);
	if (r == 0 || s->o->backend != RN_BACKEND_AUTO || s->backend != rn_backends[0] ||
		rn_n_backends < 2)
		return r;
	const struct rn_error why = *err;
	s->backend->close(s->state);
	free(s->state);
	s->state = NULL;
	r = settle_backend(s, 1, err);
	s->why_not = why;
	return r < 0 ? r : s->backend->open(s->state, &s->rec, &s->target, root, err);
}

static void tell_backend(const struct session *s, struct rn_diag *diag)
{
	if (s->o->backend != RN_BACKEND_AUTO)
		return;
	if (strcmp(s->backend->name, "bpf") == 0)
		rn_diag_note(diag, "recording with the bpf backend");
	else
		rn_diag_note(diag, "recording with the %s backend: %s", s->backend->name,
			s->why_not.message);
}

static void want_rotation(void *demand)
{
	rn_demand_rotate(demand);
}

static void want_snapshot(void *demand)
{
	rn_demand_snapshot(demand, RN_SNAP_SIGNAL);
}

/* In a series the signals of daemons have their usual meaning. */
static void divert_signals(struct session *s)
{
	if (s->o->flight_bytes)
		rn_asked_divert(SIGUSR2, want_snapshot, &s->rec.demand);
	if (s->o->series)
		rn_asked_divert(SIGHUP, s->o->flight_bytes ? want_snapshot : want_rotation,
			&s->rec.demand);
}

/* Whoever records for long can be asked; it is no reason not to record. */
static void start_control(struct session *s, struct rn_diag *diag)
{
	const struct rn_record_options *o = s->o;
	const struct rn_control_facts facts = { .backend = s->backend->name, .file = s->output_name,
		.series = o->series, .flight = o->flight_bytes != 0 };
	struct rn_error why;
	bool by_itself = !o->control && o->series;
	bool at_place = o->control && strcmp(o->control, "auto") != 0;
	if (!s->rec.pipeline || (o->control ? strcmp(o->control, "none") == 0 : !by_itself))
		return;
	s->control = rn_control_start(&s->rec, at_place ? o->control : NULL, &facts, &why);
	if (!s->control)
		rn_diag_warn(diag, "%s: nobody can ask this recorder", why.message);
}

/* Sampling in turn needs the means for it, which were made beforehand (rn_shed_parse). */
static void begin_ladder(struct session *s)
{
	struct rn_ladder *l = &s->ladder;
	l->hold_ns = s->o->hold_ns;
	l->cpu_share = s->o->cpu_share;
	l->memory_bytes = s->o->memory_bytes;
	l->waits = !s->backend->stops;
	l->may_look_away = s->backend->looks_away && !s->rec.chaos && l->cpu_share > 0;
	l->full = s->rec.detail;
	if (s->rec.pipeline && rn_ladder_is_needed(l))
		rn_ladder_begin(l, &s->rec);
}

static int record(struct session *s, struct rn_diag *diag, struct rn_outcome *out,
	int *exit_status, struct rn_error *err)
{
	struct rn_writer_totals totals;
	struct rn_error why;
	pid_t root = 0;
	keep_output_fd(s->o);
	divert_signals(s);
	int r = open_backend(s, &root, err);
	if (r < 0)
		return r;
	tell_backend(s, diag);
	rn_host_start(&s->header); /* what it took to get ready is not of the trace */
	s->rec.start_ns = s->header.start_monotonic_ns;
	s->header.root_pid = (uint64_t)root;
	r = rn_chaos_session_limit(&s->chaos, s->o, root, diag, err);
	if (r < 0)
		return r;
	r = start_output(s, diag, err);
	if (r < 0)
		return r;
	let_go_of_standard_files(s);
	start_control(s, diag);
	rn_cost_begin(&s->rec.cost, s->backend->stops);
	begin_ladder(s);
	r = s->backend->run(s->state, out, err);
	rn_control_end(s->control);
	if (!s->rec.pipeline)
		return r;
	show_embedder(s, NULL);
	rn_embed_finish(s->rec.embedder, r < 0 || rn_recording_broken(&s->rec));
	s->rec.embedder = NULL;
	if (r == 0) {
		if (s->rec.ladder)
			rn_ladder_finish(s->rec.ladder, &s->rec);
		rn_recording_tell_shed(&s->rec);
		push_end(s, out);
	}
	s->rec.demand.pipeline = NULL;
	int w = rn_pipeline_stop(s->rec.pipeline, true, &totals, &why);
	s->rec.pipeline = NULL;
	if (w < 0 && r == 0 && !has_reader_left(s, w))
		report_output_error(s, diag, out, &why);
	if (r == 0 && out->exec_errno) {
		*exit_status = out->exec_errno == ENOENT ? 127 : 126;
		return rn_fail_errno(err, RN_E_PERM, out->exec_errno, "cannot run %s", s->target.path);
	}
	return r;
}

int rn_session_run(const struct rn_record_options *o, struct rn_diag *diag, struct rn_outcome *out,
	int *exit_status, struct rn_error *err)
{
	struct session s = { .o = o, .path = RN_BUFFER_INIT };
	*exit_status = 1;
	*out = (struct rn_outcome){ 0 };
	pthread_mutex_init(&s.rec.embeds.lock, NULL);
	pthread_mutex_init(&s.rec.progress.lock, NULL);
	s.rec.options = o;
	s.rec.detail = (struct rn_detail){ .stack_bytes = (uint32_t)o->stack_bytes,
		.string_bytes = (uint32_t)o->string_bytes, .piece_bytes = RN_CAPTURE_WHOLE_BYTES };
	s.rec.diag = diag;
	int r = prepare(&s, diag, exit_status, err);
	if (r < 0)
		goto out;
	r = record(&s, diag, out, exit_status, err);
	if (s.state)
		s.backend->close(s.state);
out:
	free(s.state);
	free(s.target.envp);
	rn_buffer_fini(&s.path);
	rn_filter_free(s.filter);
	rn_chaos_session_fini(&s.chaos);
	rn_snapshot_on_free(s.snapshot_on);
	rn_privacy_free(s.privacy);
	rn_shed_free(s.rec.shed);
	rn_host_fini(&s.host);
	pthread_mutex_destroy(&s.rec.embeds.lock);
	pthread_mutex_destroy(&s.rec.progress.lock);
	return r;
}
