/* SPDX-License-Identifier: MIT */
/* The CPU's share by control groups of version 2, in a made tree: few machines hand the controller on to who runs
 * tests. What the kernel does when a group is made or removed is done here, around mkdir and rmdir. */
#include "record/chaos/limits.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int __real_mkdir(const char *path, mode_t mode);
int __real_rmdir(const char *path);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_rmdir(const char *path);

static bool is_kernel, has_max, is_busy; /* mkdir makes files; cpu.max among them; rmdir: processes are left */
static char root[64], parent[128], own[192];

static void put(const char *folder, const char *name, const char *text)
{
	char path[4200];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "we");
	cr_assert_not_null(f);
	fputs(text, f);
	fclose(f);
}

static const char *get(const char *folder, const char *name)
{
	static char text[256];
	char path[4200];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	text[n] = 0;
	if (f)
		fclose(f);
	return text;
}

static void drop(const char *folder, const char *name)
{
	char path[4200];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	unlink(path);
}

static const char *refuses_below; /* nothing can be put into groups in this one */

static bool takes_processes(const char *path)
{
	size_t len = refuses_below ? strlen(refuses_below) : 0;
	return !len || strncmp(path, refuses_below, len) != 0 || path[len] != '/';
}

int __wrap_mkdir(const char *path, mode_t mode)
{
	int rc = __real_mkdir(path, mode);
	if (rc || !is_kernel)
		return rc;
	if (takes_processes(path))
		put(path, "cgroup.procs", "");
	put(path, "cgroup.subtree_control", "");
	if (has_max)
		put(path, "cpu.max", "max 100000");
	return 0;
}

int __wrap_rmdir(const char *path)
{
	if (is_kernel && is_busy) {
		errno = EBUSY;
		return -1;
	}
	drop(path, "cgroup.procs");
	drop(path, "cgroup.subtree_control");
	drop(path, "cpu.max");
	return __real_rmdir(path);
}

static void begin(void)
{
	snprintf(root, sizeof(root), "/tmp/rn-limits-XXXXXX");
	cr_assert_not_null(mkdtemp(root));
	is_kernel = has_max = true;
	is_busy = false;
	snprintf(parent, sizeof(parent), "%s/slice", root);
	snprintf(own, sizeof(own), "%s/service", parent);
	cr_assert_eq(mkdir(parent, 0755), 0);
	cr_assert_eq(mkdir(own, 0755), 0);
}

static void end(void)
{
	is_busy = false;
	rmdir(own);
	rmdir(parent);
	cr_expect_eq(rmdir(root), 0, "something is left");
}

TestSuite(cpu_group, .init = begin, .fini = end);

static void expect_share(const struct rn_cpu_group *g, const char *where, const char *max)
{
	char path[4200];
	snprintf(path, sizeof(path), "%s/renacer-%d", where, (int)getpid());
	cr_expect_str_eq(g->path, path);
	cr_expect_str_eq(get(path, "cpu.max"), max);
	cr_expect_str_eq(get(path, "cgroup.procs"), "4711");
}

Test(cpu_group, is_made_below_a_group_that_hands_the_controller_on)
{
	struct rn_cpu_group g;
	struct rn_error err = { 0 };
	put(own, "cgroup.subtree_control", "memory cpu pids\n");
	cr_assert_eq(rn_cpu_group_make_at(&g, own, 4711, 0.25, &err), 0, "%s", err.message);
	expect_share(&g, own, "25000 100000");
	rn_cpu_group_remove(&g);
	cr_expect_str_empty(g.path);
}

Test(cpu_group, a_group_of_our_own_is_asked_to_hand_it_on)
{
	struct rn_cpu_group g;
	put(own, "cgroup.subtree_control", "memory\n");
	cr_assert_eq(rn_cpu_group_make_at(&g, own, 4711, 1.5, NULL), 0);
	cr_expect_str_eq(get(own, "cgroup.subtree_control"), "+cpury\n", "what was written lies over what was there");
	expect_share(&g, own, "150000 100000");
	rn_cpu_group_remove(&g);
}

/* The kernel refuses that to a group with processes: here there is nothing to write to. */
Test(cpu_group, is_made_beside_one_that_has_processes)
{
	struct rn_cpu_group g;
	drop(own, "cgroup.subtree_control");
	put(parent, "cgroup.subtree_control", "cpu");
	cr_assert_eq(rn_cpu_group_make_at(&g, own, 4711, 0.5, NULL), 0);
	expect_share(&g, parent, "50000 100000");
	rn_cpu_group_remove(&g);
}

/* It agrees to hand it on, but groups below it take no process: they are threaded ones. */
Test(cpu_group, is_made_beside_one_whose_groups_would_be_threaded)
{
	struct rn_cpu_group g;
	refuses_below = own;
	put(own, "cgroup.subtree_control", "memory\n");
	put(parent, "cgroup.subtree_control", "cpu");
	cr_assert_eq(rn_cpu_group_make_at(&g, own, 4711, 0.5, NULL), 0);
	cr_expect_str_eq(get(own, "cgroup.subtree_control"), "-cpury\n", "it is told to stop again");
	expect_share(&g, parent, "50000 100000");
	rn_cpu_group_remove(&g);
}

Test(cpu_group, others_are_left_as_they_are)
{
	struct rn_cpu_group g;
	struct rn_error err = { 0 };
	drop(own, "cgroup.subtree_control");
	put(parent, "cgroup.subtree_control", "memory cpuset");
	cr_assert_eq(rn_cpu_group_make_at(&g, own, 4711, 0.5, &err), RN_E_UNSUPPORTED);
	cr_expect_str_eq(err.message, "no control group with the CPU controller can be made here");
	cr_expect_str_eq(get(parent, "cgroup.subtree_control"), "memory cpuset");
	cr_expect_str_empty(g.path);
}

Test(cpu_group, without_a_limit_to_set_nothing_is_left_behind)
{
	struct rn_cpu_group g;
	struct rn_error err = { 0 };
	has_max = false;
	put(own, "cgroup.subtree_control", "cpu");
	cr_assert_eq(rn_cpu_group_make_at(&g, own, 4711, 0.5, &err), RN_E_UNSUPPORTED);
	cr_expect_not_null(strstr(err.message, "takes no share of the CPU"));
	cr_expect_str_empty(g.path);
}

Test(cpu_group, processes_that_run_on_are_no_longer_limited)
{
	struct rn_cpu_group g;
	char path[4200];
	put(own, "cgroup.subtree_control", "cpu");
	cr_assert_eq(rn_cpu_group_make_at(&g, own, 4711, 0.5, NULL), 0);
	memcpy(path, g.path, sizeof(g.path));
	is_busy = true;
	rn_cpu_group_remove(&g);
	cr_expect_str_eq(get(path, "cpu.max"), "max00 100000", "what was written lies over what was there");
	is_busy = false;
	rmdir(path);
}
