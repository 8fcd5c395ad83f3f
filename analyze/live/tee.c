/* SPDX-License-Identifier: MIT */
#include "analyze/live/tee.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define CHUNK_BYTES 65536

struct rn_tee {
	pthread_t thread;
	int from_fd, file_fd, onward_fd; /* onward -1: nobody reads any more */
	int file_errno;                  /* of the first failed write or of the close */
};

/* 0 or an errno. */
static int write_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EIO;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static void pass(struct rn_tee *t, const char *p, size_t len)
{
	if (!t->file_errno)
		t->file_errno = write_all(t->file_fd, p, len);
	if (t->onward_fd >= 0 && write_all(t->onward_fd, p, len)) {
		close(t->onward_fd);
		t->onward_fd = -1;
	}
}

static void *run(void *arg)
{
	struct rn_tee *t = arg;
	char chunk[CHUNK_BYTES];
	ssize_t n;
	while ((n = read(t->from_fd, chunk, sizeof(chunk))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			pass(t, chunk, (size_t)n);
	close(t->from_fd);
	if (t->onward_fd >= 0)
		close(t->onward_fd);
	if (close(t->file_fd) < 0 && !t->file_errno)
		t->file_errno = errno;
	return NULL;
}

/* All signals are the main thread's. */
static int start_thread(struct rn_tee *t)
{
	sigset_t all, old;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int errnum = pthread_create(&t->thread, NULL, run, t);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return errnum;
}

int rn_tee_start(struct rn_tee **out, int from_fd, int file_fd, int *out_fd, struct rn_error *err)
{
	int fds[2] = { -1, -1 };
	struct rn_tee *t = calloc(1, sizeof(*t));
	int errnum = t ? 0 : ENOMEM;
	if (!errnum && pipe2(fds, O_CLOEXEC) < 0)
		errnum = errno;
	if (!errnum) {
		*t = (struct rn_tee){ .from_fd = from_fd, .file_fd = file_fd, .onward_fd = fds[1] };
		errnum = start_thread(t);
	}
	if (errnum) {
		close(from_fd);
		close(file_fd);
		if (fds[0] >= 0) {
			close(fds[0]);
			close(fds[1]);
		}
		free(t);
		return rn_fail_errno(err, RN_E_IO, errnum, "cannot keep the trace");
	}
	*out = t;
	*out_fd = fds[0];
	return 0;
}

int rn_tee_finish(struct rn_tee *t, struct rn_error *err)
{
	pthread_join(t->thread, NULL);
	int errnum = t->file_errno;
	free(t);
	return errnum ? rn_fail_errno(err, rn_error_of_errno(errnum), errnum, "cannot keep the trace")
		      : 0;
}
