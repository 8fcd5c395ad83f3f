/* SPDX-License-Identifier: MIT */
#include "record/tracee/procfs.h"

#include <criterion/criterion.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

static bool parse(struct rn_proc_map *m, const char *line)
{
	return rn_proc_map_parse(m, rn_bytes_str(line));
}

Test(procfs, a_line_of_maps)
{
	struct rn_proc_map m;
	cr_assert(parse(&m, "7f10a000-7f10c000 r-xp 00026000 fe:01 1234   /lib/a file.so (deleted)"));
	cr_assert_eq(m.low, 0x7f10a000);
	cr_assert_eq(m.high, 0x7f10c000);
	cr_assert_eq(m.offset, 0x26000);
	cr_assert_eq(m.prot, 5);
	cr_assert(!m.shared);
	cr_assert_eq(m.ino, 1234);
	cr_assert(rn_bytes_equal(m.path, rn_bytes_str("/lib/a file.so (deleted)")));
	cr_assert(parse(&m, "00400000-00401000 rw-s 00000000 00:00 0 "));
	cr_assert_eq(m.path.len, 0);
	cr_assert(m.shared);
	cr_assert(parse(&m, "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]"));
}

Test(procfs, every_beginning_of_a_line_is_refused_or_harmless)
{
	static const char line[] = "7f10a000-7f10c000 r-xp 00026000 fe:01 1234   /lib/a.so";
	struct rn_proc_map m;
	for (size_t n = 0; n < sizeof(line) - 1; n++) {
		uint8_t *copy = malloc(n + 1);
		memcpy(copy, line, n);
		bool whole = rn_proc_map_parse(&m, rn_bytes_of(copy, n));
		cr_assert(!whole || n >= strlen("7f10a000-7f10c000 r-xp 00026000 fe:01 "), "%zu", n);
		free(copy);
	}
	cr_assert(!parse(&m, "9-1 r-xp 0 0:0 0"));
	cr_assert(!parse(&m, "11111111111111111-2 r-xp 0 0:0 0"));
	cr_assert(!parse(&m, "garbage"));
}

struct search {
	uintptr_t at;
	struct rn_proc_map found;
};

static bool look(void *arg, const struct rn_proc_map *m)
{
	struct search *s = arg;
	if (s->at >= m->low && s->at < m->high)
		s->found = *m;
	return true;
}

Test(procfs, our_own_maps_and_status)
{
	void *p = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct search s = { .at = (uintptr_t)p };
	struct rn_proc_status st;
	cr_assert_eq(rn_proc_maps(getpid(), look, &s), 0);
	cr_assert_eq(s.found.prot & 7, PROT_READ);
	prctl(PR_SET_NAME, "a\\b\nc");
	cr_assert_eq(rn_proc_status(&st, getpid()), 0);
	cr_assert_eq(st.tgid, getpid());
	cr_assert_eq(st.ppid, getppid());
	cr_assert_str_eq(st.comm, "a\\b\nc");
	cr_assert_gt(st.ns_tid, 0);
}

static void count(void *arg, long number)
{
	unsigned *n = arg;
	(void)number;
	++*n;
}

Test(procfs, descriptors_are_listed)
{
	unsigned before = 0, after = 0;
	cr_assert_eq(rn_proc_numbers(getpid(), "fd", count, &before), 0);
	int fd = dup(2);
	cr_assert_eq(rn_proc_numbers(getpid(), "fd", count, &after), 0);
	cr_assert_eq(after, before + 1);
	close(fd);
}

Test(procfs, who_is_not_there_is_gone)
{
	struct rn_proc_status st;
	char buf[16];
	cr_assert_eq(rn_proc_status(&st, 0x7ffffff0), RN_E_GONE);
	cr_assert_eq(rn_proc_link(0x7ffffff0, "cwd", buf, sizeof(buf)), RN_E_GONE);
}
