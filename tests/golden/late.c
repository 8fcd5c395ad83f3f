/* SPDX-License-Identifier: MIT */
/*
 * The program of v1.1-late.rnt, which is the second file of
 *   renacer-record --max-files 9 --cpu-limit 3% --mask 'password=(\w+)' --data write=64 --sample getppid=1/2
 *     --stack 4K --embed none -o late.rnt -- ./late
 * It has the recorder begin another file, then calls from a handler on a stack of its own, says a secret, makes more
 * calls than the recorder may look at, and at last fewer again.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&t, NULL);
}

static void handler(int signo)
{
	(void)signo;
	getuid();
}

int main(void)
{
	static char room[32768];
	stack_t own = { .ss_sp = room, .ss_size = sizeof(room) };
	struct sigaction on = { .sa_handler = handler, .sa_flags = SA_ONSTACK };
	struct timespec begin, now;
	int fd = open("/dev/null", O_WRONLY);
	sigaltstack(&own, NULL);
	sigaction(SIGUSR1, &on, NULL);
	pause_ms(300);
	kill(getppid(), SIGHUP);
	pause_ms(300);
	raise(SIGUSR1);
	write(fd, "password=hunter2", 16);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	do {
		for (int i = 0; i < 4; i++)
			getppid();
		pause_ms(1);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while ((now.tv_sec - begin.tv_sec) * 1000 + (now.tv_nsec - begin.tv_nsec) / 1000000 < 250);
	for (int i = 0; i < 40; i++) {
		pause_ms(100);
		getppid();
	}
	return 0;
}
