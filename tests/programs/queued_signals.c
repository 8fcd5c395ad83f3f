/* SPDX-License-Identifier: MIT */
/* queued_signals: a thousand queued signals arrive, each once and with its value; then timer signals
 * interrupt reads, writes and a sleep. Exits with 0 when none was lost. */
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { SIGNALS = 1000, ROUNDS = 500 };

static volatile int n, sum, ticks;

static void count(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	n++;
	sum += info->si_value.sival_int;
	getppid();
}

static void tick(int sig)
{
	(void)sig;
	ticks++;
}

static int queued(void)
{
	struct sigaction a = { .sa_sigaction = count, .sa_flags = SA_SIGINFO };
	sigset_t set;
	sigaction(SIGRTMIN + 1, &a, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int i = 0; i < SIGNALS; i++)
		if (sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = i }) < 0)
			return 2;
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	return n == SIGNALS && sum == SIGNALS * (SIGNALS - 1) / 2 ? 0 : 3;
}

static int interrupted(void)
{
	struct sigaction a = { .sa_handler = tick, .sa_flags = SA_RESTART };
	struct itimerval every = { { 0, 500 }, { 0, 500 } }, never = { { 0, 0 }, { 0, 0 } };
	struct timespec left = { 60, 0 };
	int ends[2], slept;
	char byte = 'x';
	if (pipe(ends) < 0)
		return 4;
	sigaction(SIGALRM, &a, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	for (int i = 0; i < ROUNDS; i++)
		if (write(ends[1], &byte, 1) != 1 || read(ends[0], &byte, 1) != 1)
			return 5;
	slept = nanosleep(&left, &left);
	setitimer(ITIMER_REAL, &never, NULL);
	return slept == -1 && left.tv_sec >= 50 && ticks > 0 ? 0 : 6;
}

int main(void)
{
	int r = queued();
	return r ? r : interrupted();
}
