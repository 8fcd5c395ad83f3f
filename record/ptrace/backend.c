/* SPDX-License-Identifier: MIT */
#include "record/ptrace/ptrace.h"

#include "shared/diag.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

/* PTRACE_GET_SYSCALL_INFO came with Linux 5.3. */
static int probe(struct rn_error *err)
{
	struct utsname u;
	unsigned major = 0, minor = 0;
	if (uname(&u) == 0)
		major = (unsigned)strtoul(u.release, NULL, 10);
	char *dot = u.release;
	while (*dot && *dot != '.')
		dot++;
	if (*dot)
		minor = (unsigned)strtoul(dot + 1, NULL, 10);
	if (major > 5 || (major == 5 && minor >= 3))
		return 0;
	return rn_fail(err, RN_E_UNSUPPORTED, "the ptrace backend needs Linux 5.3 or later");
}

static int open_backend(void *st, struct rn_recording *rec, const struct rn_target *target,
	pid_t *root, struct rn_error *err)
{
	struct rn_ptrace *b = st;
	b->rec = rec;
	b->target = target;
	b->launch = (struct rn_launch)RN_LAUNCH_INIT;
	b->capturer.string_bytes = rec->detail.string_bytes;
	b->capturer.piece_bytes = rec->detail.piece_bytes;
	b->capturer.environment = rec->options->environment;
	rn_modules_init(&b->modules);
	if (rn_tracees_init(&b->tracees, (uint32_t)rec->options->stack_bytes) < 0)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	b->tracees.stacks_most = rn_recording_memory_part(rec, RN_MEMORY_STACKS);
	if (!target->path)
		rn_asked_begin(0); /* once a process is seized we must not go without letting it go */
	int r = target->path ? rn_launch(&b->launch, target, err) : rn_ptrace_attach(b, err);
	*root = b->root = b->launch.pid;
	if (r == 0 && target->path)
		rn_asked_begin(b->root); /* before there is an output: who sees it may ask us to end */
	return r;
}

/* The recording broke, the command runs on: its status is still ours to pass on. */
static void wait_for_command(struct rn_ptrace *b)
{
	int status;
	while (waitpid(b->root, &status, 0) < 0)
		if (errno != EINTR || rn_asked_signal())
			return;
	b->out.have_status = true;
	b->out.wait_status = status;
	b->out.command_pid = 0;
}

/* What the recording cost shows best in how stops were come by. */
static void note_pace(struct rn_ptrace *b)
{
	const struct rn_pace *p = &b->pace;
	rn_recording_note(b->rec, 0, 0, "ptrace: %llu stops waited for, %llu taken directly, followed "
		"to another CPU %llu times, gave way %llu times", (unsigned long long)p->n_waited,
		(unsigned long long)p->n_direct, (unsigned long long)p->n_moves,
		(unsigned long long)p->n_crowded);
}

static int watch(struct rn_ptrace *b, struct rn_error *err)
{
	int r = 0;
	rn_pace_begin(&b->pace);
	if (b->rec->chaos)
		rn_tamper_begin(b, b->rec->chaos);
	if (b->root)
		r = rn_ptrace_begin_command(b, err);
	else
		rn_ptrace_begin_attached(b);
	if (r == 0)
		rn_ptrace_loop(b);
	rn_pace_end(&b->pace);
	note_pace(b);
	return r;
}

static int run(void *st, struct rn_outcome *out, struct rn_error *err)
{
	struct rn_ptrace *b = st;
	int r = 0;
	b->out.reason = RN_END_EXITED;
	if (!rn_recording_broken(b->rec)) {
		r = watch(b, err);
	} else { /* from the start: the command runs unwatched */
		b->out.reason = RN_END_OUTPUT;
		b->out.command_pid = b->root;
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
	struct rn_ptrace *b = st;
	rn_asked_end();
	rn_launch_end(&b->launch);
	rn_modules_fini(&b->modules);
	if (b->tracees.slot)
		rn_tracees_fini(&b->tracees);
}

const struct rn_backend rn_ptrace_backend = {
	.name = "ptrace",
	.help = "ptrace(2): works everywhere, two stops for each call",
	.state_size = sizeof(struct rn_ptrace),
	.tampers = true,
	.stops = true,
	.looks_away = true,
	.probe = probe,
	.open = open_backend,
	.run = run,
	.close = close_backend,
};
