/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/waiting.h"

#include "shared/syscall.h"

#include <stdlib.h>
#include <string.h>

/* Sorted. */
static const char *const names[] = {
	"accept", "accept4", "clock_nanosleep", "clock_nanosleep_time64", "epoll_pwait",
	"epoll_pwait2", "epoll_wait", "epoll_wait_old", "flock", "futex", "futex_time64", "futex_wait",
	"futex_waitv", "io_getevents", "io_pgetevents", "io_pgetevents_time64", "io_uring_enter",
	"mq_timedreceive", "mq_timedreceive_time64", "msgrcv", "nanosleep", "pause", "poll", "ppoll",
	"ppoll_time64", "pselect6", "pselect6_time64", "recv", "recvfrom", "recvmmsg",
	"recvmmsg_time64", "recvmsg", "restart_syscall", "rt_sigsuspend", "rt_sigtimedwait",
	"rt_sigtimedwait_time64", "select", "semop", "semtimedop", "semtimedop_time64", "sigsuspend",
	"wait4", "waitid", "waitpid",
};

static int by_name(const void *name, const void *entry)
{
	return strcmp(name, *(const char *const *)entry);
}

bool rn_call_waits(enum rn_abi abi, uint32_t nr)
{
	const struct rn_syscall *d = rn_syscall(abi, nr);
	return d && bsearch(d->name, names, sizeof(names) / sizeof(*names), sizeof(*names), by_name);
}
