/* SPDX-License-Identifier: MIT */
/*
 * The loop sleeps by the clock, short while much comes, long while nothing does; the kernel wakes it
 * only when a lane is half full, and when the command has ended.
 */
#include "record/bpf/bpf.h"

#include "record/tracee/fdwatch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define BUSY_MS 4
#define IDLE_MS 50
#define LOOK_NS 100000000u

static int watch_fd(struct rn_bpf *b, int fd, uint32_t events)
{
	struct epoll_event e = { .events = events };
	return epoll_ctl(b->epoll, EPOLL_CTL_ADD, fd, &e);
}

static int open_epoll(struct rn_bpf *b, struct rn_error *err)
{
	b->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (b->epoll < 0)
		return rn_fail_errno(err, RN_E_IO, errno, "epoll");
	if (b->launch.pid)
		b->root_fd = (int)syscall(SYS_pidfd_open, b->launch.pid, 0);
	if (b->root_fd >= 0)
		watch_fd(b, b->root_fd, EPOLLIN | EPOLLET);
	/* Edges only: what is merely in it must not keep us awake. */
	watch_fd(b, b->rings.what.ring_fd, EPOLLIN | EPOLLET);
	return 0;
}

static int prepare_kernel(struct rn_bpf *b, struct rn_error *err)
{
	const struct rn_record_options *o = b->rec->options;
	b->settings = (struct rn_bpf_settings){
		.stack_bytes = (uint32_t)o->stack_bytes,
		.string_bytes = (uint32_t)o->string_bytes,
		.follow = o->follow,
		.own_tgid = (uint32_t)getpid(),
		.lane_bytes = o->ring_bytes,
	};
	b->settings.whole_machine = o->all;
	if (o->output_fd != UINT64_MAX)
		b->settings.reader_tgid = (uint32_t)getppid();
	int cgroup = o->cgroup ? rn_bpf_cgroup_open(&b->settings, o->cgroup, err) : -1;
	if (o->cgroup && cgroup < 0)
		return cgroup;
	int r = rn_bpf_load(&b->load, &b->settings, b->rec, err);
	if (r == 0 && cgroup >= 0)
		r = rn_bpf_put_cgroup(&b->load, cgroup, err);
	if (cgroup >= 0)
		close(cgroup);
	if (r < 0)
		return r;
	const struct rn_bpf_rings_what what = rn_bpf_rings_what(&b->load, &b->settings);
	return rn_bpf_rings_open(&b->rings, &what, err);
}

static int open_backend(void *st, struct rn_recording *rec, const struct rn_target *target,
	pid_t *root, struct rn_error *err)
{
	struct rn_bpf *b = st;
	b->rec = rec;
	b->target = target;
	b->launch = (struct rn_launch)RN_LAUNCH_INIT;
	b->epoll = b->root_fd = -1;
	rn_modules_init(&b->modules);
	if (rn_tracees_init(&b->tracees, (uint32_t)rec->options->stack_bytes) < 0)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	b->tracees.stacks_most = rn_recording_memory_part(rec, RN_MEMORY_STACKS);
	int r = prepare_kernel(b, err);
	if (r == 0 && target->path)
		r = rn_launch(&b->launch, target, err);
	else if (r == 0 && target->n_pids)
		r = rn_bpf_attach_pids(b, err);
	else if (r == 0)
		rn_bpf_attach_all(b);
	if (r == 0)
		r = open_epoll(b, err);
	*root = b->launch.pid;
	if (r == 0)
		rn_asked_begin(b->launch.pid); /* before there is an output: who sees it may ask us to end */
	return r;
}

/* Of the command nothing is recorded before its execve: what comes before is our own code. */
static int begin_command(struct rn_bpf *b, struct rn_error *err)
{
	static const struct rn_bpf_task waiting = { .flags = RN_BPF_SILENT | RN_BPF_COMMAND };
	struct rn_tracee *t = rn_tracees_add(&b->tracees, b->launch.pid);
	if (!t)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	if (rn_bpf_put_task(&b->load, (uint32_t)b->launch.pid, &waiting) < 0)
		return rn_fail(err, RN_E_IO, "cannot tell the kernel of the command");
	rn_bpf_introduce(b, t, RN_TASK_COMMAND);
	rn_fdwatch_command(b->rec, t);
	return 0;
}

/* True once it has ended. */
static bool reap_command(struct rn_bpf *b, int flags)
{
	int status;
	if (!b->launch.pid || b->out.have_status)
		return true;
	if (waitpid(b->launch.pid, &status, flags) != b->launch.pid)
		return false;
	b->out.have_status = true;
	b->out.wait_status = status;
	return true;
}

/* Whether anything more is to come. */
static bool is_over(struct rn_bpf *b)
{
	if (rn_asked_signal() || rn_recording_broken(b->rec)) {
		b->out.stop_signal = rn_asked_signal();
		b->out.reason = b->out.stop_signal ? RN_END_DETACHED : RN_END_OUTPUT;
		return true;
	}
	if (b->settings.whole_machine || b->settings.cgroup)
		return false;
	return reap_command(b, WNOHANG) && b->tracees.n == 0;
}

static void stop_with_command(struct rn_bpf *b)
{
	if (b->root_stopped || b->out.have_status) {
		b->root_stopped = false;
		rn_asked_stop_now();
	}
}

/* n_new: the records of this round. Ends are lost only where something was, and of threads that were found
 * when they had all but ended. */
static void look_around(struct rn_bpf *b, size_t n_new)
{
	uint64_t now_ns = rn_recording_now(b->rec);
	if (now_ns - b->preview_ns < LOOK_NS)
		return;
	b->preview_ns = now_ns;
	rn_bpf_under_way(b, false);
	if (!n_new && (b->counts.lost_state || b->target->n_pids))
		rn_bpf_forget_gone(b);
}

/* The limit of the recorder's CPU. */
static void keep_limit(struct rn_bpf *b)
{
	if (!b->rec->ladder)
		return;
	rn_ladder_look(b->rec->ladder, b->rec);
	rn_bpf_look_away(&b->load, b->rec->unseen);
}

static void loop(struct rn_bpf *b)
{
	struct epoll_event e[8];
	int wait_ms = BUSY_MS;
	while (!is_over(b)) {
		size_t n = rn_bpf_drain(b);
		rn_bpf_tell_losses(b);
		keep_limit(b);
		look_around(b, n);
		if (rn_asked_to_stop())
			stop_with_command(b);
		if (n && is_over(b))
			break;
		wait_ms = n ? BUSY_MS : wait_ms * 2 < IDLE_MS ? wait_ms * 2 : IDLE_MS;
		epoll_wait(b->epoll, e, sizeof(e) / sizeof(e[0]), wait_ms);
	}
}

/* Nothing new comes from here on; what did is written, and calls under way as they stand. */
static void finish(struct rn_bpf *b)
{
	rn_bpf_detach(&b->load);
	while (rn_bpf_drain(b))
		;
	b->stopping = true;
	rn_bpf_tell_losses(b);
	rn_bpf_under_way(b, true);
	if (b->launch.pid && !b->out.have_status)
		b->out.command_pid = b->launch.pid;
}

static int watch(struct rn_bpf *b, struct rn_error *err)
{
	int r = 0;
	if (b->launch.pid)
		r = begin_command(b, err);
	if (r == 0)
		r = rn_bpf_attach(&b->load, err);
	if (r == 0 && !b->launch.pid)
		rn_bpf_begin_attached(b);
	if (r == 0 && b->launch.pid)
		r = rn_launch_go(&b->launch, err);
	if (r < 0)
		return r;
	loop(b);
	finish(b);
	return 0;
}

/* The recording broke, the command runs on: its status is still ours to pass on. */
static void wait_for_command(struct rn_bpf *b)
{
	while (!reap_command(b, 0))
		if (errno != EINTR || rn_asked_signal())
			return;
	b->out.command_pid = 0;
}

static int run(void *st, struct rn_outcome *out, struct rn_error *err)
{
	struct rn_bpf *b = st;
	int r;
	b->start_ns = b->rec->start_ns;
	b->out.reason = RN_END_EXITED;
	if (!rn_recording_broken(b->rec)) {
		r = watch(b, err);
	} else { /* from the start: the command runs unwatched */
		b->out.reason = RN_END_OUTPUT;
		b->out.command_pid = b->launch.pid;
		r = rn_launch_go(&b->launch, err);
	}
	if (r == 0 && b->out.reason == RN_END_OUTPUT && b->out.command_pid)
		wait_for_command(b);
	if (!b->executed)
		b->out.exec_errno = rn_launch_exec_error(&b->launch);
	*out = b->out;
	return r;
}

static void close_backend(void *st)
{
	struct rn_bpf *b = st;
	rn_asked_end();
	rn_launch_end(&b->launch);
	if (b->epoll >= 0)
		close(b->epoll);
	if (b->root_fd >= 0)
		close(b->root_fd);
	rn_bpf_rings_close(&b->rings);
	rn_bpf_unload(&b->load);
	rn_modules_fini(&b->modules);
	free(b->found);
	if (b->tracees.slot)
		rn_tracees_fini(&b->tracees);
}

const struct rn_backend rn_bpf_backend = {
	.name = "bpf",
	.help = "the kernel copies into ring buffers: fast, never stops the program; needs root",
	.state_size = sizeof(struct rn_bpf),
	.looks_away = true,
	.probe = rn_bpf_probe,
	.open = open_backend,
	.run = run,
	.close = close_backend,
};
