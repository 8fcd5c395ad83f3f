/* SPDX-License-Identifier: MIT */
/*
 * Handlers only note what came; the loop looks between stops. A signal that comes between the look
 * and the wait would be slept over: so the handler starts the tick, whose next beat interrupts the
 * wait. The tick runs only while there is something to wait for.
 */
#include "record/asked.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define TICK_NS 100000000
#define AGAIN_NS 1000000
#define TICK_SIGNAL SIGALRM

static volatile sig_atomic_t asked, times, ticked, stop_asked;
static volatile sig_atomic_t ticking;
static volatile pid_t forward_to;
static timer_t timer, alarm_clock;
static bool have_timer, have_alarm, begun;
static uint64_t wake_at;

static const int caught[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, TICK_SIGNAL, SIGCHLD, SIGPIPE,
	SIGXFSZ, SIGTSTP, SIGUSR1, SIGUSR2 };
#define N_CAUGHT (sizeof(caught) / sizeof(caught[0]))
static struct sigaction before[N_CAUGHT];
static sigset_t mask_before;

static struct diverted {
	int sig;
	void (*act)(void *arg);
	void *arg;
} diverted[4];

static void start_tick(void)
{
	struct itimerspec t = { { 0, TICK_NS }, { 0, TICK_NS } };
	if (have_timer)
		timer_settime(timer, 0, &t, NULL);
	ticking = 1;
}

static const struct diverted *diversion_of(int sig)
{
	for (size_t i = 0; i < sizeof(diverted) / sizeof(diverted[0]); i++)
		if (diverted[i].act && diverted[i].sig == sig)
			return &diverted[i];
	return NULL;
}

void rn_asked_divert(int sig, void (*act)(void *arg), void *arg)
{
	for (size_t i = 0; i < sizeof(diverted) / sizeof(diverted[0]); i++) {
		if (diverted[i].sig && diverted[i].sig != sig)
			continue;
		diverted[i] = (struct diverted){ act ? sig : 0, act, arg };
		return;
	}
}

static void note_diverted(int sig)
{
	int errnum = errno;
	const struct diverted *d = diversion_of(sig);
	if (d)
		d->act(d->arg);
	errno = errnum;
}

static void note_signal(int sig, siginfo_t *info, void *context)
{
	int errnum = errno;
	(void)context;
	if (forward_to && (sig == SIGINT || sig == SIGQUIT)) {
		/* From the terminal it reached the command too; from anyone else it is for it. */
		if (info->si_code <= 0)
			kill(forward_to, sig);
		errno = errnum;
		return;
	}
	if (times < 100)
		times = times + 1;
	asked = sig;
	start_tick();
	errno = errnum;
}

static void note_tick(int sig)
{
	(void)sig;
	ticked = 1;
}

static void note_stop(int sig)
{
	(void)sig;
	stop_asked = 1;
	start_tick();
}

static struct sigaction action_for(int sig)
{
	struct sigaction a = { .sa_flags = SA_SIGINFO };
	sigfillset(&a.sa_mask);
	if (sig == SIGCHLD) {
		/* Its stops reach us through wait: a signal for each would only cost. */
		a.sa_flags = SA_NOCLDSTOP;
		a.sa_handler = SIG_DFL;
	} else if (sig == SIGPIPE || sig == SIGXFSZ) {
		a.sa_flags = 0;
		a.sa_handler = SIG_IGN; /* the write says so */
	} else if (sig == SIGTSTP) {
		a.sa_flags = SA_RESTART;
		a.sa_handler = note_stop;
	} else if (sig == TICK_SIGNAL) {
		a.sa_flags = 0;
		a.sa_handler = note_tick;
	} else if (diversion_of(sig)) {
		a.sa_flags = SA_RESTART;
		a.sa_handler = note_diverted;
	} else {
		a.sa_sigaction = note_signal;
	}
	return a;
}

void rn_asked_begin(pid_t command)
{
	sigset_t ours;
	begun = true;
	forward_to = command;
	asked = times = ticked = ticking = stop_asked = 0;
	wake_at = 0;
	sigemptyset(&ours);
	for (size_t i = 0; i < N_CAUGHT; i++) {
		struct sigaction a = action_for(caught[i]);
		sigaction(caught[i], NULL, &before[i]);
		bool user = caught[i] == SIGUSR1 || caught[i] == SIGUSR2;
		if (user && !diversion_of(caught[i]))
			continue;
		if (caught[i] == SIGTSTP && (!command || before[i].sa_handler == SIG_IGN))
			continue;
		sigaction(caught[i], &a, NULL);
		sigaddset(&ours, caught[i]);
	}
	sigprocmask(SIG_UNBLOCK, &ours, &mask_before);
	struct sigevent to_us = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = TICK_SIGNAL };
	to_us._sigev_un._tid = (pid_t)syscall(SYS_gettid);
	have_timer = timer_create(CLOCK_MONOTONIC, &to_us, &timer) == 0;
	have_alarm = timer_create(CLOCK_MONOTONIC, &to_us, &alarm_clock) == 0;
}

void rn_asked_end(void)
{
	if (!begun)
		return;
	begun = false;
	if (have_timer)
		timer_delete(timer);
	if (have_alarm)
		timer_delete(alarm_clock);
	have_timer = have_alarm = false;
	sigprocmask(SIG_SETMASK, &mask_before, NULL);
	/* What is left of the trace is still to be written: the write says so, as before. */
	for (size_t i = 0; i < N_CAUGHT; i++)
		if (caught[i] != SIGPIPE && caught[i] != SIGXFSZ)
			sigaction(caught[i], &before[i], NULL);
}

int rn_asked_signal(void)
{
	return asked;
}

unsigned rn_asked_times(void)
{
	return (unsigned)times;
}

bool rn_asked_to_stop(void)
{
	return stop_asked;
}

void rn_asked_stop_refused(void)
{
	stop_asked = 0;
}

void rn_asked_stop_now(void)
{
	struct sigaction stop = { .sa_handler = SIG_DFL }, ours;
	stop_asked = 0;
	sigaction(SIGTSTP, &stop, &ours);
	raise(SIGTSTP);
	sigaction(SIGTSTP, &ours, NULL); /* continued */
}

bool rn_asked_tick(void)
{
	if (!ticked)
		return false;
	ticked = 0;
	return true;
}

void rn_asked_want_tick(void)
{
	if (!ticking)
		start_tick();
}

/* Again and again from then on: the first may come between the look and the wait. */
void rn_asked_wake_at(uint64_t monotonic_ns)
{
	if (monotonic_ns == wake_at)
		return;
	wake_at = monotonic_ns;
	struct itimerspec t = { { 0, monotonic_ns ? AGAIN_NS : 0 },
		{ (time_t)(monotonic_ns / 1000000000u), (long)(monotonic_ns % 1000000000u) } };
	if (have_alarm)
		timer_settime(alarm_clock, TIMER_ABSTIME, &t, NULL);
}

void rn_asked_stop_tick(void)
{
	static const struct itimerspec off;
	if (asked || stop_asked)
		return;
	if (have_timer)
		timer_settime(timer, 0, &off, NULL);
	ticking = 0;
}
