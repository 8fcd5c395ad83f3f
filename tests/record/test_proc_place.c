/* SPDX-License-Identifier: MIT */
#include "record/tracee/proc_place.h"
#include "record/tracee/procfs.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

Test(proc_place, a_number_is_its_own_where_proc_is_ours)
{
	char self[32] = "";
	cr_assert_gt(readlink("/proc/self", self, sizeof(self) - 1), 0);
	if (atoi(self) != getpid())
		cr_skip_test("/proc is of another pid namespace");
	cr_assert_eq(rn_proc_number(getpid()), getpid());
	cr_assert_eq(rn_proc_our_number(getpid()), getpid());
}

/* The first process of a new pid namespace below the /proc of the old one; 0: all is well. */
static int inside(void)
{
	char self[32] = "", comm[32] = "";
	struct rn_proc_status s;
	if (getpid() != 1 || readlink("/proc/self", self, sizeof(self) - 1) <= 0)
		return 1;
	if (rn_proc_number(1) != atoi(self) || rn_proc_our_number(atoi(self)) != 1)
		return 2;
	if (rn_proc_number(2) != 0) /* there is none, though /proc has a 2 */
		return 3;
	if (rn_proc_status(&s, 1) < 0 || s.tgid != 1 || s.ns_tid != 1 || s.ppid != 0)
		return 4;
	FILE *f = fopen("/proc/self/comm", "re");
	char want[32] = "";
	if (!f || !fgets(want, sizeof(want), f))
		return 5;
	fclose(f);
	return rn_proc_text(1, "comm", comm, sizeof(comm)) < 0 || strcmp(comm, want) != 0 ? 6 : 0;
}

/* One that is two namespaces down is seen from the one between, by the number it has there: 0: all is well. */
static int between(void)
{
	int go[2], status = 0;
	char number[32] = "";
	if (pipe(go) < 0 || unshare(CLONE_NEWPID) < 0)
		return 1;
	pid_t pid = fork(); /* our 2, and the first of its own */
	if (pid == 0) {
		ssize_t n = readlink("/proc/self", number, sizeof(number) - 1);
		_exit(write(go[1], number, n > 0 ? (size_t)n : 0) < 0 || pause());
	}
	close(go[1]);
	if (read(go[0], number, sizeof(number) - 1) <= 0) /* written at once, read at once: pipe(7) */
		return 2;
	int r = rn_proc_our_number(atoi(number)) != pid ? 3 : rn_proc_number(pid) != atoi(number) ? 4
												  : 0;
	kill(pid, SIGKILL);
	return waitpid(pid, &status, 0) == pid ? r : 5;
}

static void run_inside(int (*what)(void))
{
	int status = 0;
	if (unshare(CLONE_NEWPID) < 0)
		cr_skip_test("no new pid namespace may be made here");
	pid_t pid = fork();
	if (pid == 0)
		_exit(what());
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFEXITED(status));
	cr_assert_eq(WEXITSTATUS(status), 0);
}

Test(proc_place, the_proc_of_an_outer_namespace_is_seen_through)
{
	run_inside(inside);
}

Test(proc_place, what_is_in_a_namespace_below_is_found)
{
	run_inside(between);
}
