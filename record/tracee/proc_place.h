/* SPDX-License-Identifier: MIT */
/**
 * proc_place - which number /proc shows a process under.
 *
 * Usually its own: /proc is that of the pid namespace the recorder lives in. In a namespace made by
 * `unshare --pid` without a /proc of its own (or in a container with the host's) the same number
 * there is another process, whose files must be neither read nor written. Source:
 * pid_namespaces(7), NSpid in proc(5).
 */
#ifndef RN_RECORD_TRACEE_PROC_PLACE_H
#define RN_RECORD_TRACEE_PROC_PLACE_H

#include <sys/types.h>

/** The number under /proc of a thread that the recorder knows as tid: tid itself where /proc is of
 *  our namespace; 0 when the thread cannot be found there. Elsewhere a look costs a walk over all
 *  processes the first time, one system call after. Not for several threads at once. */
pid_t rn_proc_number(pid_t tid);

/** The other way: what we call the thread that /proc shows as number; 0: it is neither in our
 *  namespace nor in one below it. */
pid_t rn_proc_our_number(pid_t number);

/** Of the numbers of a line NSpid or NStgid (the text behind the key) the one of our namespace. */
pid_t rn_proc_ours_of(const char *numbers);

#endif
