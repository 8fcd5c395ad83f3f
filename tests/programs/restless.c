/* SPDX-License-Identifier: MIT */
/*
 * restless SECONDS: threads that make many calls, then wait in one that may end with EINTR when its thread was stopped
 * (signal(7), at its end), and again. Whoever is broken off says so. Prints how often each one came round, and "end".
 */
#include <errno.h>
#include <linux/aio_abi.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define TURN_NS 20000000
#define CALLS 400

static const struct timespec turn = { .tv_nsec = TURN_NS }, hour = { .tv_sec = 3600 };
static int semaphore, polled[2], pair[2], nothing, watched;
static aio_context_t aio;
static sigset_t usr1;
static struct timespec end_at;

static bool is_over(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > end_at.tv_sec || (now.tv_sec == end_at.tv_sec && now.tv_nsec >= end_at.tv_nsec);
}

static long in_epoll_wait(void)
{
	struct epoll_event e;
	char c;
	long r = epoll_wait(watched, &e, 1, -1);
	return r > 0 ? read(polled[0], &c, 1) : r;
}

static long in_epoll_wait_for(void)
{
	struct epoll_event e;
	return epoll_wait(nothing, &e, 1, TURN_NS / 1000000);
}

static long in_semop(void)
{
	struct sembuf take = { .sem_op = -1 };
	return syscall(SYS_semop, semaphore, &take, 1);
}

static long in_sigwait(void)
{
	return sigtimedwait(&usr1, NULL, &hour);
}

static long in_getevents(void)
{
	struct io_event e;
	return syscall(SYS_io_getevents, aio, 1, 1, &e, &turn);
}

static long in_recv(void)
{
	char c;
	return recv(pair[0], &c, 1, 0);
}

static long in_sleep(void)
{
	return clock_nanosleep(CLOCK_MONOTONIC, 0, &turn, NULL) ? -1 : 0;
}

static struct wait {
	const char *name;
	long (*call)(void);
	pthread_t thread;
	unsigned long turns;
} waits[] = {
	{ "epoll_wait", in_epoll_wait, 0, 0 },
	{ "epoll_wait, timeout", in_epoll_wait_for, 0, 0 },
	{ "semop", in_semop, 0, 0 },
	{ "sigtimedwait", in_sigwait, 0, 0 },
	{ "io_getevents", in_getevents, 0, 0 },
	{ "recv", in_recv, 0, 0 },
	{ "nanosleep", in_sleep, 0, 0 },
};

#define N_WAITS (sizeof(waits) / sizeof(waits[0]))

static void *go_round(void *arg)
{
	struct wait *w = arg;
	for (; !is_over(); w->turns++) {
		for (int i = 0; i < CALLS; i++)
			syscall(SYS_getppid);
		errno = 0;
		if (w->call() < 0 && errno == EINTR)
			printf("%s: broken off\n", w->name);
	}
	return NULL;
}

static int prepare(void)
{
	const struct timeval seconds = { .tv_sec = 3600 };
	struct epoll_event e = { .events = EPOLLIN };
	nothing = epoll_create1(EPOLL_CLOEXEC);
	watched = epoll_create1(EPOLL_CLOEXEC);
	semaphore = semget(IPC_PRIVATE, 1, 0600);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &usr1, NULL);
	if (nothing < 0 || watched < 0 || semaphore < 0 || pipe(polled) < 0 ||
		socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || syscall(SYS_io_setup, 1, &aio) < 0)
		return -1;
	if (epoll_ctl(watched, EPOLL_CTL_ADD, polled[0], &e) < 0)
		return -1;
	return setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &seconds, sizeof(seconds));
}

/* Those that wait for somebody. */
static void wake(void)
{
	struct sembuf give = { .sem_op = 1 };
	if (write(polled[1], "", 1) < 0 || write(pair[1], "", 1) < 0)
		return;
	syscall(SYS_semop, semaphore, &give, 1);
	pthread_kill(waits[3].thread, SIGUSR1);
}

int main(int argc, char **argv)
{
	clock_gettime(CLOCK_MONOTONIC, &end_at);
	end_at.tv_sec += argc > 1 ? atoi(argv[1]) : 1;
	if (prepare() < 0)
		return 2;
	for (size_t i = 0; i < N_WAITS; i++)
		if (pthread_create(&waits[i].thread, NULL, go_round, &waits[i]) != 0)
			return 2;
	while (!is_over()) {
		wake();
		clock_nanosleep(CLOCK_MONOTONIC, 0, &turn, NULL);
	}
	for (size_t i = 0; i < 3; i++) { /* whoever had taken it for not over yet */
		wake();
		clock_nanosleep(CLOCK_MONOTONIC, 0, &turn, NULL);
	}
	for (size_t i = 0; i < N_WAITS; i++)
		printf("%s: %lu turns\n", waits[i].name, waits[i].turns);
	semctl(semaphore, 0, IPC_RMID);
	puts("end");
	fflush(stdout);
	_exit(0);
}
