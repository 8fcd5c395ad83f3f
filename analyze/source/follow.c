/* SPDX-License-Identifier: MIT */
#include "analyze/source/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES 65536
#define WAIT_MS 50

struct rn_follow {
	pthread_t thread;
	int file_fd, pipe_fd, signal_fd;
};

/* Everything there is now. False: nobody reads any more. */
static bool copy(struct rn_follow *f, char *chunk)
{
	for (;;) {
		ssize_t n = read(f->file_fd, chunk, CHUNK_BYTES), done = 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		while (done < n) {
			ssize_t k = write(f->pipe_fd, chunk + done, (size_t)(n - done));
			if (k < 0 && errno != EINTR)
				return false;
			done += k > 0 ? k : 0;
		}
	}
}

/* The last bytes are those of zstd's seek table, which is written when a recording is closed. */
static bool is_closed(const struct rn_follow *f)
{
	static const uint8_t mark[] = { 0xb1, 0xea, 0x92, 0x8f };
	uint8_t last[sizeof(mark)];
	off_t at = lseek(f->file_fd, 0, SEEK_CUR);
	struct stat st;
	return at >= (off_t)sizeof(mark) && fstat(f->file_fd, &st) == 0 && st.st_size == at &&
		pread(f->file_fd, last, sizeof(last), at - (off_t)sizeof(last)) == sizeof(last) &&
		memcmp(last, mark, sizeof(mark)) == 0;
}

/* A lease to read is given only where nobody writes; where there are no leases, there may be a writer. */
static bool is_abandoned(const struct rn_follow *f)
{
	bool nobody = fcntl(f->file_fd, F_SETLEASE, F_RDLCK) == 0;
	if (nobody)
		fcntl(f->file_fd, F_SETLEASE, F_UNLCK);
	return nobody;
}

/* True: a signal asks to stop, or the reader is gone. */
static bool wait_a_little(const struct rn_follow *f)
{
	struct pollfd fds[2] = { { .fd = f->signal_fd, .events = POLLIN }, { .fd = f->pipe_fd } };
	return poll(fds, 2, WAIT_MS) > 0;
}

static void *run(void *arg)
{
	struct rn_follow *f = arg;
	char *chunk = malloc(CHUNK_BYTES);
	bool last = false;
	while (chunk && copy(f, chunk) && !last && !is_closed(f)) {
		last = is_abandoned(f); /* what was written before that is still to be read */
		if (!last && wait_a_little(f))
			break;
	}
	free(chunk);
	close(f->pipe_fd);
	return NULL;
}

/* All signals are the main thread's but those that stop us. */
static int start_thread(struct rn_follow *f)
{
	sigset_t all, old, ours;
	sigfillset(&all);
	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	f->signal_fd = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	int errnum = f->signal_fd < 0 ? errno : pthread_create(&f->thread, NULL, run, f);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!errnum)
		pthread_sigmask(SIG_BLOCK, &ours, NULL);
	return errnum;
}

int rn_follow_start(struct rn_follow **out, const char *path, int *out_fd, struct rn_error *err)
{
	int fds[2] = { -1, -1 };
	struct rn_follow *f = calloc(1, sizeof(*f));
	if (!f)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	*f = (struct rn_follow){ .file_fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY),
		.pipe_fd = -1, .signal_fd = -1 };
	int errnum = f->file_fd < 0 || pipe2(fds, O_CLOEXEC) < 0 ? errno : 0;
	f->pipe_fd = fds[1];
	if (!errnum)
		errnum = start_thread(f);
	if (!errnum) {
		*out = f;
		*out_fd = fds[0];
		return 0;
	}
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	if (f->file_fd >= 0)
		close(f->file_fd);
	if (f->signal_fd >= 0)
		close(f->signal_fd);
	free(f);
	return rn_fail_errno(err, rn_error_of_errno(errnum), errnum, "cannot follow '%s'", path);
}

void rn_follow_finish(struct rn_follow *f)
{
	if (!f)
		return;
	pthread_join(f->thread, NULL);
	close(f->file_fd);
	close(f->signal_fd);
	free(f);
}
