/* SPDX-License-Identifier: MIT */
/*
 * waits: a thread for each call that may end with EINTR when its thread has been stopped, handler or none
 * (signal(7), at its end), and for some that never do. Prints "waiting" before they begin; whichever call comes
 * back prints its name and errno. Ends when standard input does.
 */
#include <errno.h>
#include <linux/aio_abi.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define HOUR_MS 3600000

static int nothing, stream[2], pair[2], semaphore;
static aio_context_t aio;
static sigset_t usr1;

static long in_epoll_wait(void)
{
	struct epoll_event e;
	return epoll_wait(nothing, &e, 1, -1);
}

static long in_epoll_wait_for(void)
{
	struct epoll_event e;
	return epoll_wait(nothing, &e, 1, HOUR_MS);
}

static long in_epoll_pwait(void)
{
	struct epoll_event e;
	return epoll_pwait(nothing, &e, 1, -1, &usr1);
}

static long in_semop(void)
{
	struct sembuf take = { .sem_op = -1 };
	return syscall(SYS_semop, semaphore, &take, 1);
}

static long in_semtimedop(void)
{
	struct sembuf take = { .sem_op = -1 };
	struct timespec hour = { .tv_sec = 3600 };
	return semtimedop(semaphore, &take, 1, &hour);
}

static long in_sigwait(void)
{
	return sigwaitinfo(&usr1, NULL);
}

static long in_sigtimedwait(void)
{
	struct timespec hour = { .tv_sec = 3600 };
	return sigtimedwait(&usr1, NULL, &hour);
}

static long in_getevents(void)
{
	struct io_event e;
	return syscall(SYS_io_getevents, aio, 1, 1, &e, NULL);
}

static long in_recv(void)
{
	char c;
	return recv(pair[0], &c, 1, 0);
}

static long in_read(void)
{
	char c;
	return read(stream[0], &c, 1);
}

static long in_poll(void)
{
	struct pollfd p = { .fd = stream[0], .events = POLLIN };
	return poll(&p, 1, HOUR_MS);
}

static long in_sleep(void)
{
	struct timespec hour = { .tv_sec = 3600 };
	return nanosleep(&hour, NULL);
}

static const struct wait {
	const char *name;
	long (*call)(void);
} waits[] = {
	{ "epoll_wait", in_epoll_wait }, { "epoll_wait, timeout", in_epoll_wait_for },
	{ "epoll_pwait", in_epoll_pwait }, { "semop", in_semop }, { "semtimedop", in_semtimedop },
	{ "sigwaitinfo", in_sigwait }, { "sigtimedwait", in_sigtimedwait }, { "io_getevents", in_getevents },
	{ "recv", in_recv }, { "read", in_read }, { "poll", in_poll }, { "nanosleep", in_sleep },
};

#define N_WAITS (sizeof(waits) / sizeof(waits[0]))

static void *begin(void *arg)
{
	const struct wait *w = arg;
	long r = w->call();
	printf("%s: %ld, %s\n", w->name, r, r < 0 ? strerror(errno) : "no error");
	fflush(stdout);
	return NULL;
}

static int prepare(void)
{
	const struct timeval hour = { .tv_sec = 3600 };
	nothing = epoll_create1(EPOLL_CLOEXEC);
	semaphore = semget(IPC_PRIVATE, 1, 0600);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &usr1, NULL);
	if (nothing < 0 || semaphore < 0 || pipe(stream) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return -1;
	if (syscall(SYS_io_setup, 1, &aio) < 0)
		return -1;
	return setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &hour, sizeof(hour));
}

int main(void)
{
	pthread_t t;
	char c;
	if (prepare() < 0)
		return 2;
	for (size_t i = 0; i < N_WAITS; i++)
		if (pthread_create(&t, NULL, begin, (void *)&waits[i]) != 0)
			return 2;
	puts("waiting");
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
	puts("end");
	semctl(semaphore, 0, IPC_RMID);
	fflush(stdout);
	_exit(0);
}
