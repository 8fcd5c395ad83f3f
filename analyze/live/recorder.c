/* SPDX-License-Identifier: MIT */
#include "analyze/live/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIPE_BYTES (1 << 20)

void rn_recorder_find(struct rn_buffer *path)
{
	static const char name[] = "renacer-record";
	const char *given = getenv("RENACER_RECORD");
	char own[4096];
	if (given && *given) {
		rn_put_text(path, given);
		return;
	}
	ssize_t n = readlink("/proc/self/exe", own, sizeof(own));
	while (n > 0 && own[n - 1] != '/')
		n--;
	size_t start = path->len;
	rn_put_bytes(path, own, n > 0 ? (size_t)n : 0);
	rn_put_text(path, name);
	if (n <= 0 || access(rn_buffer_cstr(path) + start, X_OK) != 0) {
		path->len = start;
		rn_put_text(path, name);
	}
}

/* For the handler alone. */
static volatile pid_t recorder_pid;

/* The kernel sends Ctrl-C to the whole foreground group; people and programs send to us alone. */
static void pass_on(int signo, siginfo_t *info, void *context)
{
	int saved = errno;
	(void)context;
	if (info->si_code <= 0 && recorder_pid > 0)
		kill(recorder_pid, signo);
	errno = saved;
}

/* ^Z: were we to stop at once, the shell would take the terminal back while the command still reads
 * from it. The recorder stops when its command has, and so do we; if it does not, nor do we. */
static volatile sig_atomic_t stop_asked;

static bool recorder_is_stopped(void)
{
	siginfo_t info;
	info.si_pid = 0;
	return waitid(P_PID, (id_t)recorder_pid, &info, WSTOPPED | WNOHANG | WNOWAIT) == 0 &&
		info.si_pid;
}

/* Who lets us go on alone means the recorder, too; the shell has told both. */
static void stop_now(void)
{
	stop_asked = 0;
	kill(getpid(), SIGSTOP);
	if (recorder_pid > 0 && recorder_is_stopped())
		kill(recorder_pid, SIGCONT);
}

/* SIGTSTP and SIGCHLD, in whichever order they come. */
static void stop_with_recorder(int signo, siginfo_t *info, void *context)
{
	int saved = errno;
	(void)context;
	stop_asked |= signo == SIGTSTP;
	if (signo == SIGTSTP && info->si_code <= 0 && recorder_pid > 0)
		kill(recorder_pid, signo);
	bool alone = recorder_pid <= 0;
	if (alone ? signo == SIGTSTP : stop_asked && recorder_is_stopped())
		stop_now();
	errno = saved;
}

static const int passed_on[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2 };
#define N_PASSED_ON (sizeof(passed_on) / sizeof(passed_on[0]))

/* Who started us ignores SIGCHLD; we need it, and the command must find it as it was. */
static bool sigchld_was_ignored;

/* Handlers become the default again in the child; what is ignored stays so, there at least. */
static void catch_signals(void)
{
	struct sigaction catch = { .sa_flags = SA_SIGINFO | SA_RESTART }, old;
	catch.sa_sigaction = pass_on;
	sigemptyset(&catch.sa_mask);
	for (size_t i = 0; i < N_PASSED_ON; i++)
		if (sigaction(passed_on[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(passed_on[i], &catch, NULL);
	catch.sa_sigaction = stop_with_recorder;
	sigaddset(&catch.sa_mask, SIGTSTP);
	sigaddset(&catch.sa_mask, SIGCHLD);
	if (sigaction(SIGTSTP, NULL, &old) == 0 && old.sa_handler == SIG_DFL &&
		sigaction(SIGTSTP, &catch, NULL) == 0 && sigaction(SIGCHLD, &catch, &old) == 0)
		sigchld_was_ignored |= old.sa_handler == SIG_IGN;
	else if (sigaction(SIGCHLD, NULL, &old) == 0 && old.sa_handler == SIG_IGN)
		sigchld_was_ignored = signal(SIGCHLD, SIG_DFL) != SIG_ERR;
}

/* Never returns; why it failed is left in *errnum, which is the parent's. */
static _Noreturn void become(char *const *argv, int write_fd, int trace_fd,
	const struct rn_recorder_streams *streams, volatile int *errnum)
{
	if (sigchld_was_ignored)
		signal(SIGCHLD, SIG_IGN);
	/* Output first: what it is to be may be our standard error. */
	if (dup2(write_fd, trace_fd) >= 0 && dup2(streams->out, STDOUT_FILENO) >= 0 &&
		dup2(streams->err, STDERR_FILENO) >= 0 && dup2(streams->in, STDIN_FILENO) >= 0)
		execvp(argv[0], argv);
	*errnum = errno;
	_exit(127);
}

/* In a coverage build execve writes the counts of lines, and what is written once is not written again: the
 * child's memory is ours. */
static void counts_again(void)
{
#ifdef RN_COUNTS_LINES
	extern void __gcov_reset(void);
	__gcov_reset();
#endif
}

/* Not posix_spawn: glibc's leaves signals 32 and 33 ignored, which the command would inherit. */
static int spawn(struct rn_recorder *r, char *const *argv, int write_fd, int trace_fd_in_child,
	const struct rn_recorder_streams *streams)
{
	volatile int errnum = 0;
	pid_t pid = vfork();
	if (pid == 0)
		become(argv, write_fd, trace_fd_in_child, streams, &errnum);
	counts_again();
	if (pid < 0)
		return errno;
	if (errnum)
		waitpid(pid, NULL, 0);
	r->pid = pid;
	return errnum;
}

int rn_recorder_start(struct rn_recorder *r, char *const *argv, int trace_fd_in_child,
	const struct rn_recorder_streams *streams, struct rn_error *err)
{
	int fds[2];
	if (pipe2(fds, O_CLOEXEC) < 0)
		return rn_fail_errno(err, RN_E_IO, errno, "cannot make a pipe");
	fcntl(fds[1], F_SETPIPE_SZ, PIPE_BYTES); /* a smaller one will do, too */
	catch_signals();
	int rc = spawn(r, argv, fds[1], trace_fd_in_child, streams);
	close(fds[1]);
	if (rc) {
		close(fds[0]);
		return rn_fail_errno(err, rn_error_of_errno(rc), rc, "cannot run the recorder %s",
			argv[0]);
	}
	recorder_pid = r->pid;
	r->trace_fd = fds[0];
	return 0;
}

int rn_recorder_wait(struct rn_recorder *r)
{
	int status = 0;
	siginfo_t info;
	/* Not reaped until signals are passed on no more: its id must not become another's. */
	while (waitid(P_PID, (id_t)r->pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
		;
	recorder_pid = 0;
	while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static _Noreturn void be_init(pid_t worker)
{
	int status = 0;
	pid_t ended;
	recorder_pid = worker;
	catch_signals();
	do
		ended = waitpid(-1, &status, 0);
	while (ended != worker && (ended >= 0 || errno == EINTR));
	_exit(WIFSIGNALED(status) ? rn_die_by(WTERMSIG(status)) : WEXITSTATUS(status));
}

int rn_leave_init(struct rn_error *err)
{
	pid_t worker = getpid() == 1 ? fork() : 0;
	if (worker < 0)
		return rn_fail_errno(err, RN_E_NOMEM, errno, "cannot make a process");
	if (worker > 0)
		be_init(worker);
	return 0;
}

int rn_die_by(int signo)
{
	static const unsigned long by_default[4]; /* as the kernel has it: SIG_DFL, no flags */
	const struct rlimit no_core = { 0, 0 };
	sigset_t set;
	setrlimit(RLIMIT_CORE, &no_core); /* the core of interest is another's */
	/* Not signal and raise: they refuse the two signals the C library keeps for itself. */
	syscall(SYS_rt_sigaction, signo, by_default, NULL, 8);
	sigemptyset(&set);
	sigaddset(&set, signo);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	kill(getpid(), signo);
	return 128 + signo;
}
