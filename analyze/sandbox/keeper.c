/* SPDX-License-Identifier: MIT */
/*
 * One notification at a time: paths are copied out of the caller's memory, judged, and the call is done with the
 * copies. A file that is opened is handed over by SECCOMP_IOCTL_NOTIF_ADDFD, so that the caller finds it under a
 * descriptor of its own. Working directory and user are those of the caller, which cannot change its own.
 */
#include "analyze/sandbox/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifdef RN_COUNTS_FOLDER
#include <gcov.h>
#endif

#define PATH_BYTES 4096
#define FACTS_MAX 16

struct keeper {
	int connection, notify;
	pid_t who;
	const struct rn_sandbox_rules *rules;
	const struct rn_sandbox_paths *paths;
	struct seccomp_notif request;
};

/* What an asked call comes to: a descriptor to hand over, or 0, or -errno. */
struct outcome {
	int fd; /* -1: none */
	int error;
	bool close_on_exec;
};

/* Without the ends that a process has: what was buffered before the fork is not ours to write. */
static _Noreturn void leave(void)
{
#ifdef RN_COUNTS_FOLDER
	__gcov_dump();
#endif
	_exit(0);
}

static struct outcome failed(int errnum)
{
	return (struct outcome){ -1, errnum, false };
}

static struct outcome outcome_of(long rc)
{
	return failed(rc < 0 ? errno : 0);
}

/* A NUL-terminated string of the caller, page by page: what follows it need not be mapped. */
static int copy_string(const struct keeper *k, uint64_t address, char text[PATH_BYTES])
{
	size_t have = 0;
	while (have < PATH_BYTES) {
		size_t left = PATH_BYTES - have, page = 4096 - (address + have) % 4096;
		struct iovec to = { text + have, left < page ? left : page };
		struct iovec from = { (void *)(uintptr_t)(address + have), to.iov_len };
		ssize_t n = process_vm_readv(k->who, &to, 1, &from, 1, 0);
		if (n <= 0)
			return EFAULT;
		if (memchr(text + have, 0, (size_t)n))
			return 0;
		have += (size_t)n;
	}
	return ENAMETOOLONG;
}

static int name_of_descriptor(const struct keeper *k, int fd, char text[PATH_BYTES])
{
	char link[64];
	snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)k->who, fd);
	ssize_t n = readlink(link, text, PATH_BYTES - 1);
	if (n <= 0 || text[0] != '/')
		return EBADF;
	text[n] = 0;
	return 0;
}

/* A path of the caller relative to one of its descriptors. */
static int copy_path(const struct keeper *k, int folder, uint64_t address, char text[PATH_BYTES])
{
	char name[PATH_BYTES], above[PATH_BYTES];
	int error = copy_string(k, address, name);
	bool from_here = name[0] == '/' || folder == AT_FDCWD;
	if (!error && !from_here)
		error = name_of_descriptor(k, folder, above);
	if (error)
		return error;
	int n = from_here ? snprintf(text, PATH_BYTES, "%s", name) :
		snprintf(text, PATH_BYTES, "%s/%s", above, name);
	return n < PATH_BYTES ? 0 : ENAMETOOLONG;
}

/* The mask for new files, which the caller may have changed since we were made. */
static void take_umask(const struct keeper *k)
{
	char path[64], line[128];
	unsigned mask;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)k->who);
	FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Umask: %o", &mask) == 1)
			umask((mode_t)mask);
	if (f)
		fclose(f);
}

/* In a folder that is not there nothing can be written, allowed or not: the kernel's own word for that. */
static struct outcome refusal(const char *path)
{
	struct stat st;
	char folder[PATH_BYTES];
	const char *slash = strrchr(path, '/');
	snprintf(folder, sizeof(folder), "%.*s/", slash ? (int)(slash - path) : 1, slash ? path : ".");
	return failed(stat(folder, &st) < 0 ? errno : EACCES);
}

static struct outcome do_open(const struct keeper *k, const char *path, int flags, mode_t mode)
{
	enum rn_sandbox_leave leave = rn_sandbox_paths_judge(k->paths, path);
	bool unnamed = (flags & O_TMPFILE) == O_TMPFILE;
	bool terminal = strcmp(path, "/dev/tty") == 0 || strcmp(path, "/dev/null") == 0;
	if (unnamed ? !rn_sandbox_paths_temporary(k->paths, path) : leave == RN_LEAVE_NONE && !terminal)
		return refusal(path);
	if (leave == RN_LEAVE_ABOVE || (leave == RN_LEAVE_TEMPORARY && !(flags & O_EXCL)))
		return failed(EACCES);
	if (!unnamed && leave != RN_LEAVE_NAMED)
		flags |= O_NOFOLLOW;
	take_umask(k);
	int fd = open(path, flags | O_CLOEXEC | O_NOCTTY, mode);
	if (fd >= 0 && leave == RN_LEAVE_TEMPORARY && !unnamed)
		unlink(path);
	return (struct outcome){ fd, fd < 0 ? errno : 0, flags & O_CLOEXEC };
}

static bool may_change(const struct keeper *k, const char *path)
{
	enum rn_sandbox_leave leave = rn_sandbox_paths_judge(k->paths, path);
	return leave == RN_LEAVE_NAMED || leave == RN_LEAVE_BESIDE;
}

static struct outcome do_mkdir(const struct keeper *k, const char *path, mode_t mode)
{
	struct stat st;
	enum rn_sandbox_leave leave = rn_sandbox_paths_judge(k->paths, path);
	if (stat(path, &st) == 0)
		return failed(EEXIST);
	if (leave != RN_LEAVE_BESIDE && leave != RN_LEAVE_ABOVE)
		return failed(EACCES);
	take_umask(k);
	return outcome_of(mkdir(path, mode));
}

static struct outcome do_unlink(const struct keeper *k, const char *path, int flags)
{
	enum rn_sandbox_leave leave = rn_sandbox_paths_judge(k->paths, path);
	if (leave == RN_LEAVE_TEMPORARY)
		return failed(0); /* its name is gone already */
	if (leave != RN_LEAVE_NAMED && leave != RN_LEAVE_BESIDE)
		return failed(EACCES);
	return outcome_of(unlinkat(AT_FDCWD, path, flags & AT_REMOVEDIR));
}

static struct outcome do_rename(const struct keeper *k, const char *from, const char *to, unsigned flags)
{
	if (!may_change(k, from) || !may_change(k, to))
		return failed(EACCES);
	return outcome_of(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags));
}

/* Where the descriptor's name still leads to a file that may be changed. */
static struct outcome do_fchmod(const struct keeper *k, int fd, mode_t mode)
{
	char path[PATH_BYTES];
	int error = name_of_descriptor(k, fd, path);
	if (error || !may_change(k, path))
		return failed(error ? error : EACCES);
	int own = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (own < 0)
		return failed(errno);
	struct outcome done = outcome_of(fchmod(own, mode));
	close(own);
	return done;
}

/* Calls that mean the same have one shape here: two paths with their folders, and what else counts. */
struct asked {
	enum { OPEN, MKDIR, UNLINK, RENAME, FCHMOD } what;
	int folder, second_folder;
	uint64_t path, second_path;
	uint64_t flags;
	mode_t mode;
};

static bool read_call(const struct seccomp_data *d, struct asked *a)
{
	const __u64 *x = d->args;
	*a = (struct asked){ .folder = AT_FDCWD, .second_folder = AT_FDCWD, .path = x[0] };
	switch (d->nr) {
#ifdef SYS_open
	case SYS_open: *a = (struct asked){ OPEN, AT_FDCWD, 0, x[0], 0, x[1], (mode_t)x[2] }; break;
	case SYS_creat:
		*a = (struct asked){ OPEN, AT_FDCWD, 0, x[0], 0, O_CREAT | O_WRONLY | O_TRUNC, (mode_t)x[1] };
		break;
	case SYS_mkdir: *a = (struct asked){ MKDIR, AT_FDCWD, 0, x[0], 0, 0, (mode_t)x[1] }; break;
	case SYS_unlink: *a = (struct asked){ UNLINK, AT_FDCWD, 0, x[0], 0, 0, 0 }; break;
	case SYS_rmdir: *a = (struct asked){ UNLINK, AT_FDCWD, 0, x[0], 0, AT_REMOVEDIR, 0 }; break;
	case SYS_rename: *a = (struct asked){ RENAME, AT_FDCWD, AT_FDCWD, x[0], x[1], 0, 0 }; break;
#endif
	case SYS_openat: *a = (struct asked){ OPEN, (int)x[0], 0, x[1], 0, x[2], (mode_t)x[3] }; break;
	case SYS_mkdirat: *a = (struct asked){ MKDIR, (int)x[0], 0, x[1], 0, 0, (mode_t)x[2] }; break;
	case SYS_unlinkat: *a = (struct asked){ UNLINK, (int)x[0], 0, x[1], 0, x[2], 0 }; break;
#ifdef SYS_renameat
	case SYS_renameat: *a = (struct asked){ RENAME, (int)x[0], (int)x[2], x[1], x[3], 0, 0 }; break;
#endif
	case SYS_renameat2: *a = (struct asked){ RENAME, (int)x[0], (int)x[2], x[1], x[3], x[4], 0 }; break;
	case SYS_fchmod: *a = (struct asked){ FCHMOD, (int)x[0], 0, 0, 0, 0, (mode_t)x[1] }; break;
	default: return false;
	}
	return true;
}

static struct outcome decide(const struct keeper *k)
{
	struct asked a;
	char path[PATH_BYTES], second[PATH_BYTES];
	if (!read_call(&k->request.data, &a))
		return failed(ENOSYS);
	if (a.what == FCHMOD)
		return do_fchmod(k, a.folder, a.mode);
	int error = copy_path(k, a.folder, a.path, path);
	if (!error && a.what == RENAME)
		error = copy_path(k, a.second_folder, a.second_path, second);
	if (error)
		return failed(error);
	switch (a.what) {
	case OPEN: return do_open(k, path, (int)a.flags, a.mode);
	case MKDIR: return do_mkdir(k, path, a.mode);
	case UNLINK: return do_unlink(k, path, (int)a.flags);
	case RENAME: return do_rename(k, path, second, (unsigned)a.flags);
	default: return failed(ENOSYS);
	}
}

static void answer(const struct keeper *k, const struct outcome *o)
{
	struct seccomp_notif_resp reply = { .id = k->request.id, .error = -o->error };
	if (o->fd >= 0) {
		struct seccomp_notif_addfd add = { .id = k->request.id, .srcfd = (uint32_t)o->fd,
			.newfd_flags = o->close_on_exec ? O_CLOEXEC : 0 };
		int fd = ioctl(k->notify, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
		reply.val = fd;
		reply.error = fd < 0 ? -EMFILE : 0;
		close(o->fd);
	}
	ioctl(k->notify, SECCOMP_IOCTL_NOTIF_SEND, &reply);
}

static void serve_call(struct keeper *k)
{
	memset(&k->request, 0, sizeof(k->request));
	if (ioctl(k->notify, SECCOMP_IOCTL_NOTIF_RECV, &k->request) < 0)
		return;
	struct outcome o = decide(k);
	/* Who is gone may have left its number to another: then nothing of this was read from it. */
	if (ioctl(k->notify, SECCOMP_IOCTL_NOTIF_ID_VALID, &k->request.id) == 0)
		answer(k, &o);
	else if (o.fd >= 0)
		close(o.fd);
}

/* False: the process is gone. Facts are strings one after the other, each "RENACER_..=". */
static bool serve_message(const struct keeper *k)
{
	char message[RN_KEEPER_MESSAGE_BYTES + 1];
	char *facts[FACTS_MAX + 1] = { NULL };
	size_t n = 0;
	ssize_t len = read(k->connection, message, RN_KEEPER_MESSAGE_BYTES);
	if (len <= 0)
		return len < 0 && errno == EINTR;
	message[len] = 0;
	for (char *at = message; at < message + len && n < FACTS_MAX; at += strlen(at) + 1)
		if (strncmp(at, "RENACER_ALERT_", 14) == 0)
			facts[n++] = at;
	int32_t error = k->rules->command ? k->rules->run(k->rules->command, facts) : EPERM;
	return write(k->connection, &error, sizeof(error)) == sizeof(error);
}

static int receive_descriptor(int connection)
{
	char byte;
	union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control) };
	int fd = -1;
	ssize_t n;
	while ((n = recvmsg(connection, &m, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
		;
	struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static void do_nothing(int signo)
{
	(void)signo;
}

/* The terminal's signals are for the process itself; we end when it does. Caught, not ignored: a command that is
 * run must find them as they were. */
static void disregard_signals(void)
{
	static const int signals[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGUSR1, SIGUSR2, SIGPIPE };
	struct sigaction nothing = { .sa_handler = do_nothing, .sa_flags = SA_RESTART }, old;
	sigset_t none;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &nothing, NULL);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Standard error stays for what the command of an alert says; whoever reads the other end of anything else must
 * find its end when the process ends. */
static void close_others(int connection)
{
	if (connection > STDERR_FILENO + 1)
		syscall(SYS_close_range, STDERR_FILENO + 1, connection - 1, 0);
	syscall(SYS_close_range, connection + 1, ~0u, 0);
	for (int fd = 0; fd < STDERR_FILENO; fd++) {
		close(fd);
		if (open("/dev/null", O_RDWR) != fd)
			leave();
	}
}

_Noreturn void rn_keeper_run(int connection, pid_t who, const struct rn_sandbox_rules *rules,
	const struct rn_sandbox_paths *paths)
{
	struct keeper k = { .connection = connection, .who = who, .rules = rules, .paths = paths };
	static char ready = RN_KEEPER_READY; /* at the same address there as here */
	char probe = 0;
	struct iovec to = { &probe, 1 }, from = { &ready, 1 };
	disregard_signals();
	prctl(PR_SET_NAME, "renacer-keeper");
#ifndef RN_COUNTS_FOLDER
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* older kernels do not wake who waits for a request of the dead */
#endif
	close_others(connection);
	if (process_vm_readv(who, &to, 1, &from, 1, 0) != 1 || write(connection, &ready, 1) != 1)
		leave();
	k.notify = receive_descriptor(connection);
	struct pollfd fds[2] = { { .fd = connection, .events = POLLIN }, { .fd = k.notify, .events = POLLIN } };
	while (k.notify >= 0 && (poll(fds, 2, -1) >= 0 || errno == EINTR)) {
		if (fds[1].revents & POLLIN)
			serve_call(&k);
		else if (fds[1].revents & (POLLHUP | POLLERR))
			break;
		if ((fds[0].revents & (POLLIN | POLLHUP)) && !serve_message(&k))
			break;
	}
	leave();
}
