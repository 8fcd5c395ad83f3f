/* SPDX-License-Identifier: MIT */
#include "record/output/ledger.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* What is told, as one line an event. */
struct told {
	char text[4096];
	size_t len;
};

static int tell(void *arg, const struct rn_event *ev, struct rn_error *err)
{
	struct told *t = arg;
	char *to = t->text + t->len;
	size_t cap = sizeof(t->text) - t->len;
	int n = 0;
	(void)err;
	if (ev->kind == RN_EV_TASK)
		n = snprintf(to, cap, "task %u how=%d exe=%.*s tid=%d\n", ev->utid, (int)ev->TASK.how,
			(int)ev->TASK.exe.len, (const char *)ev->TASK.exe.p, (int)ev->TASK.tid);
	else if (ev->kind == RN_EV_FD)
		n = snprintf(to, cap, "fd %u %d=%.*s\n", ev->utid, (int)ev->FD.fd,
			(int)ev->FD.target.len, (const char *)ev->FD.target.p);
	else if (ev->kind == RN_EV_MAP)
		n = snprintf(to, cap, "map %u %d+%d@%d\n", ev->utid, (int)ev->MAP.addr,
			(int)ev->MAP.len, (int)ev->MAP.offset);
	else if (ev->kind == RN_EV_CWD)
		n = snprintf(to, cap, "cwd %u %.*s\n", ev->utid, (int)ev->CWD.path.len,
			(const char *)ev->CWD.path.p);
	else
		n = snprintf(to, cap, "%s %u\n", rn_event_kind_name(ev->kind), ev->utid);
	t->len += (size_t)n;
	return 0;
}

static const char *all(struct rn_ledger *l)
{
	static struct told t;
	memset(&t, 0, sizeof(t));
	cr_assert_eq(rn_ledger_tell(l, tell, &t, NULL), 0);
	return t.text;
}

static void note(struct rn_ledger *l, struct rn_event ev)
{
	cr_assert_eq(rn_ledger_note(l, &ev), 0);
}

#define EVENT(k, u, ...) \
	(struct rn_event){ .ts_ns = 5, .utid = (u), .kind = RN_EV_##k, .k = { __VA_ARGS__ } }

static void task(struct rn_ledger *l, uint32_t utid, uint32_t leader, uint32_t parent)
{
	note(l, EVENT(TASK, utid, .how = RN_TASK_FORK, .leader = leader, .parent = parent,
		.tid = 100 + utid, .pid = 100 + leader));
}

static void fd(struct rn_ledger *l, uint32_t utid, int number, const char *target)
{
	note(l, EVENT(FD, utid, .fd = number, .how = RN_FD_OPENED, .target = rn_bytes_str(target)));
}

Test(ledger, a_child_has_what_its_parent_had_when_it_was_forked)
{
	struct rn_ledger *l = rn_ledger_new();
	task(l, 1, 1, 0);
	note(l, EVENT(CWD, 1, .path = rn_bytes_str("/a")));
	fd(l, 1, 3, "x");
	task(l, 2, 2, 1);
	fd(l, 1, 4, "y");
	note(l, EVENT(FD_CLOSE, 2, .fd = 3));
	cr_expect_str_eq(all(l), "task 1 how=7 exe= tid=101\ntask 2 how=7 exe= tid=102\n"
		"cwd 1 /a\nfd 1 3=x\nfd 1 4=y\ncwd 2 /a\n");
	rn_ledger_free(l);
}

static void thread(struct rn_ledger *l, uint32_t utid, uint32_t leader, uint32_t parent, uint64_t clone_flags)
{
	note(l, EVENT(TASK, utid, .how = RN_TASK_CLONE, .leader = leader, .parent = parent, .tid = 100 + utid, .pid = 100 + leader, .clone_flags = clone_flags));
}

Test(ledger, a_thread_may_have_what_its_process_has_not)
{
	enum { THREAD = 0x10f00,
		WITHOUT_FILES = 0x10b00 };
	struct rn_ledger *l = rn_ledger_new();
	task(l, 1, 1, 0);
	note(l, EVENT(CWD, 1, .path = rn_bytes_str("/a")));
	fd(l, 1, 3, "x");
	thread(l, 2, 1, 1, WITHOUT_FILES);
	thread(l, 3, 1, 2, THREAD);
	thread(l, 4, 1, 1, THREAD);
	fd(l, 3, 4, "of 2 and 3");
	fd(l, 4, 4, "of 1 and 4");
	note(l, EVENT(APART, 4, .what = RN_APART_FILES | RN_APART_CWD));
	note(l, EVENT(CWD, 4, .path = rn_bytes_str("/b")));
	note(l, EVENT(FD_CLOSE, 4, .fd = 3));
	task(l, 5, 5, 4); /* forked by it */
	cr_expect_str_eq(all(l), "task 1 how=7 exe= tid=101\ntask 2 how=7 exe= tid=102\n"
				 "task 3 how=7 exe= tid=103\ntask 4 how=7 exe= tid=104\ntask 5 how=7 exe= tid=105\n"
				 "cwd 1 /a\nfd 1 3=x\nfd 1 4=of 1 and 4\ncwd 5 /b\nfd 5 4=of 1 and 4\n"
				 "apart 2\nfd 2 3=x\nfd 2 4=of 2 and 3\napart 3\nfd 3 3=x\nfd 3 4=of 2 and 3\n"
				 "apart 4\ncwd 4 /b\nfd 4 4=of 1 and 4\n");
	/* What it executes is the process, with what it had. */
	for (uint32_t utid = 1; utid < 5; utid++)
		if (utid != 4)
			note(l, EVENT(EXIT, utid, .superseded = utid == 1));
	note(l, EVENT(EXEC, 4, .tid = 101, .old_tid = 104));
	note(l, EVENT(EXIT, 5, .status = 0));
	cr_assert(strstr(all(l), "cwd 1 /b\nfd 1 4=of 1 and 4\n"), "%s", all(l));
	cr_assert_not(strstr(all(l), "apart"));
	rn_ledger_free(l);
}

Test(ledger, mappings_are_cut_as_they_are_unmapped)
{
	struct rn_ledger *l = rn_ledger_new();
	task(l, 1, 1, 0);
	note(l, EVENT(MAP, 1, .addr = 1000, .len = 100));
	note(l, EVENT(UNMAP, 1, .addr = 1020, .len = 30));
	cr_expect_str_eq(all(l), "task 1 how=7 exe= tid=101\nmap 1 1000+20@0\nmap 1 1050+50@50\n");
	note(l, EVENT(MAP, 1, .addr = 1010, .len = 60, .offset = 7));
	cr_expect_str_eq(all(l), "task 1 how=7 exe= tid=101\n"
		"map 1 1000+10@0\nmap 1 1010+60@7\nmap 1 1070+30@70\n");
	rn_ledger_free(l);
}

Test(ledger, an_execution_takes_mappings_and_names_away)
{
	struct rn_ledger *l = rn_ledger_new();
	task(l, 1, 1, 0);
	task(l, 2, 1, 1);
	note(l, EVENT(COMM, 2, .name = rn_bytes_str("old")));
	note(l, EVENT(MAP, 1, .addr = 1000, .len = 100));
	/* Thread 2 executes: the leader is gone, and lives on in number only. */
	note(l, EVENT(EXIT, 1, .superseded = 1));
	note(l, EVENT(EXEC, 2, .tid = 101, .old_tid = 102, .exe = rn_bytes_str("/new")));
	cr_expect_str_eq(all(l), "task 1 how=7 exe= tid=101\nexit 1\ntask 2 how=7 exe=/new tid=101\n");
	note(l, EVENT(EXIT, 2, .status = 0));
	cr_expect_str_eq(all(l), "");
	rn_ledger_free(l);
}

Test(ledger, a_preview_is_told_until_its_call_came)
{
	struct rn_ledger *l = rn_ledger_new();
	struct rn_event call = { .ts_ns = 9, .utid = 1, .kind = RN_EV_CALL,
		.call = { .flags = RN_CALL_PENDING | RN_CALL_UNFINISHED } };
	task(l, 1, 1, 0);
	note(l, call);
	cr_expect_str_eq(all(l), "task 1 how=7 exe= tid=101\ncall 1\n");
	call.call.flags = 0;
	note(l, call);
	cr_expect_str_eq(all(l), "task 1 how=7 exe= tid=101\n");
	rn_ledger_free(l);
}

/* Many threads that come and go: exactly the living are told. */
Test(ledger, remembers_exactly_the_living)
{
	enum { N = 600 };
	static bool lives[N + 1];
	struct rn_ledger *l = rn_ledger_new();
	uint64_t x = 88172645463325252u;
	unsigned n = 0;
	for (int step = 0; step < 6000; step++) {
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		uint32_t utid = 1 + (uint32_t)(x % N);
		if (lives[utid])
			note(l, EVENT(EXIT, utid, .status = 0));
		else
			task(l, utid, utid, 0);
		lives[utid] = !lives[utid];
		n += lives[utid] ? 1u : -1u;
	}
	static struct told t;
	unsigned told = 0;
	for (uint32_t i = 1; i <= N; i++)
		if (lives[i])
			note(l, EVENT(EXIT, i, .status = 0)), told++;
	cr_expect_eq(told, n);
	cr_assert_eq(rn_ledger_tell(l, tell, &t, NULL), 0);
	cr_expect_eq(t.len, 0);
	rn_ledger_free(l);
}
