/* SPDX-License-Identifier: MIT */
/*
 * renacer-record: runs next to a program and writes every system call to a trace file.
 *
 *   options -> session -> backend -> recording -> format/pipeline -> file
 *
 *   options.c     the command line; ctl.c: that of `renacer-record ctl`, which talks to control.c
 *   session.c     life of a recording: what can be wrong first, then header, backend, end
 *   command.c identity.c launch.c output.c host.c   what is run, as whom, written where, on what machine
 *   asked.c       our own signals
 *   backend.h backends.c   ways of watching; ptrace/ is the one that works everywhere
 *   recording.c   where backends put events
 *   series.c flight.c   several files, or the last of it in memory; with ledger.c what is so, shelf.c images
 *   tracee.c call_event.c   the threads watched and the call each is in
 *   memory.c capture.c capture/walk.c capture/command.c   argument memory, by the syscall table
 *   stack.c       how far a stack snapshot may reach
 *   effects.c fdwatch.c modules.c build_id.c procfs.c   what calls changed, looked up at once
 *
 * Nothing here knows names of calls, formats text or unwinds: that is renacer-analyze.
 */
#include "record/control/ctl.h"
#include "record/session.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A closed standard descriptor would be given to the next file we open. Ours are close-on-exec, so
 * that the command finds it closed as it was. */
static void occupy_standard_files(void)
{
	int fd;
	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static int die_by(int sig)
{
	static const unsigned long by_default[4]; /* as the kernel has it: SIG_DFL, no flags */
	const struct rlimit no_core = { 0, 0 };
	sigset_t set;
	setrlimit(RLIMIT_CORE, &no_core); /* the core of interest is the command's */
	/* Not signal and raise: they refuse the two signals the C library keeps for itself. */
	syscall(SYS_rt_sigaction, sig, by_default, NULL, 8);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	kill(getpid(), sig);
	return 128 + sig; /* it does not kill (SIGCHLD, ..) */
}

/* The command's status as if it had been run without us; of a recording that was asked to end, the
 * signal that asked. */
static int pass_on(const struct rn_outcome *out)
{
	if (out->stop_signal)
		return die_by(out->stop_signal);
	if (!out->have_status)
		return 0;
	if (WIFSIGNALED(out->wait_status))
		return die_by(WTERMSIG(out->wait_status));
	return WEXITSTATUS(out->wait_status);
}

int main(int argc, char **argv)
{
	struct rn_record_options o;
	struct rn_option_set sets[2];
	struct rn_diag diag;
	struct rn_error err = { 0 };
	struct rn_outcome out = { 0 };
	int status = 2;
	occupy_standard_files();
	if (argc > 1 && strcmp(argv[1], "ctl") == 0)
		return rn_ctl_main(argc - 1, argv + 1);
	rn_diag_init(&diag, "renacer-record", stderr);
	int r = rn_record_options_parse(&o, argc, argv, &err);
	if (r < 0) {
		status = rn_diag_usage(&diag, &err);
		goto out;
	}
	const struct rn_cli cli = rn_record_cli(&o, sets);
	if (rn_cli_answer(stdout, &cli, &o.wishes)) {
		status = fflush(stdout) == 0 ? 0 : 1;
		goto out;
	}
	diag.quiet = o.quiet;
	r = rn_session_run(&o, &diag, &out, &status, &err);
	if (r == RN_E_USAGE)
		status = rn_diag_usage(&diag, &err);
	else if (r < 0)
		rn_diag_error(&diag, &err);
out:
	rn_diag_fini(&diag);
	rn_record_options_fini(&o);
	return r < 0 || rn_cli_wished(&o.wishes) ? status : pass_on(&out);
}
