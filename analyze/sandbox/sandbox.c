/* SPDX-License-Identifier: MIT */
#include "analyze/sandbox/sandbox.h"

#include "analyze/sandbox/filter.h"
#include "analyze/sandbox/keeper.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of the process: -1 outside of a sandbox. */
static int keeper = -1;

static int send_descriptor(int connection, int fd)
{
	char byte = 0;
	union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control) };
	memset(&control, 0, sizeof(control));
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(connection, &m, MSG_NOSIGNAL) == 1 ? 0 : errno;
}

/* From here on there is no way back. An errno: nothing was given up. */
static int give_up(int connection, const struct rn_sandbox_rules *rules)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return errno;
	int notify = rn_sandbox_filter(rules);
	if (notify < 0)
		return errno;
	rn_sandbox_landlock(rules);
	int error = send_descriptor(connection, notify);
	close(notify);
	return error;
}

/* The keeper is a child, so that it may look into our memory where Yama lets only descendants be looked into:
 * it is named as the one who may. */
static int enter(const struct rn_sandbox_rules *rules, const struct rn_sandbox_paths *paths)
{
	int ends[2];
	char ready = 0;
	const pid_t us = getpid();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return errno;
	pid_t child = fork();
	if (child == 0) {
		char wait;
		close(ends[0]); /* else we would wait for ourselves, where they are killed now */
		if (read(ends[1], &wait, 1) == 1)
			rn_keeper_run(ends[1], us, rules, paths);
		_exit(0);
	}
	int error = child < 0 ? errno : 0;
	close(ends[1]);
	if (!error) {
		prctl(PR_SET_PTRACER, child, 0, 0, 0); /* without Yama there is no need */
		if (write(ends[0], &ready, 1) != 1 || read(ends[0], &ready, 1) != 1 || ready != RN_KEEPER_READY)
			error = EPERM;
	}
	if (!error)
		error = give_up(ends[0], rules);
	if (!error) {
		keeper = ends[0];
		return 0;
	}
	close(ends[0]);
	if (child > 0)
		waitpid(child, NULL, 0);
	return error;
}

int rn_sandbox_enter(const struct rn_sandbox_rules *rules, struct rn_error *err)
{
	struct rn_sandbox_paths paths;
	if (rules->mode == RN_SANDBOX_OFF || rn_sandbox_entered())
		return 0;
	if (rules->devices)
		return rules->mode == RN_SANDBOX_AUTO ? RN_END : rn_fail(err, RN_E_UNSUPPORTED,
			"what computes on a device cannot be put into a sandbox");
	int rc = rn_sandbox_paths_init(&paths, rules, err);
	if (rc)
		return rc;
	int error = enter(rules, &paths);
	rn_sandbox_paths_fini(&paths);
	if (!error)
		return 0;
	return rules->mode == RN_SANDBOX_AUTO ? RN_END :
		rn_fail_errno(err, RN_E_UNSUPPORTED, error, "no sandbox can be had here");
}

bool rn_sandbox_entered(void)
{
	return keeper >= 0;
}

int rn_sandbox_ask(char *const *facts)
{
	char message[RN_KEEPER_MESSAGE_BYTES];
	size_t len = 0;
	int32_t error = 0;
	for (; *facts; facts++) {
		size_t more = strlen(*facts) + 1;
		if (len + more > sizeof(message))
			return E2BIG;
		memcpy(message + len, *facts, more);
		len += more;
	}
	if (write(keeper, message, len) != (ssize_t)len)
		return errno;
	ssize_t n;
	while ((n = read(keeper, &error, sizeof(error))) < 0 && errno == EINTR)
		;
	return n == sizeof(error) ? error : EPIPE;
}
