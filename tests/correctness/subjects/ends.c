/* SPDX-License-Identifier: MIT */
/* ends - every way a process can end by itself. */
#include "subject.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

/* By the bare call: the C library keeps 32 and 33 to itself, and its posix_spawn (make's) leaves them
 * ignored in whatever it starts, this test among it. All zero is SIG_DFL. */
static void reset(int sig)
{
	const unsigned long action[4] = { 0 };
	syscall(SYS_rt_sigaction, sig, action, NULL, 8);
}

static int exits(char **args)
{
	return number(args[0], 0);
}

static int kills_itself(char **args)
{
	int sig = number(args[0], SIGTERM);
	reset(sig);
	kill(getpid(), sig);
	return 0; /* it does not kill */
}

static int faults(char **args)
{
	int *volatile nowhere = (int *)(sizeof(*args));
	*nowhere = 1;
	return 0;
}

static int divides(char **args)
{
	volatile int zero = args[0] != NULL, dividend = 1000;
	return dividend / zero;
}

static int traps(char **args)
{
	(void)args;
	raise(SIGTRAP);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "exit", exits }, { "signal", kills_itself }, { "fault", faults },
		{ "divide", divides }, { "trap", traps }, { 0 },
	};
	(void)argc;
	return run_scenario(scenarios, argv);
}
