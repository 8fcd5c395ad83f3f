/* SPDX-License-Identifier: MIT */
#include "analyze/model/model.h"

#include "trace_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct rn_model *m;

static void setup(void)
{
	m = rn_model_new(RN_MODEL_COMM | RN_MODEL_FDS | RN_MODEL_CWD);
}

static void teardown(void)
{
	rn_model_free(m);
}

TestSuite(model, .init = setup, .fini = teardown);

static void tell(const struct rn_event *ev)
{
	cr_assert_eq(rn_model_event(m, ev, NULL), 0);
}

static void task(uint64_t ts, uint32_t utid, uint32_t leader, uint32_t parent, uint64_t clone_flags)
{
	struct rn_event ev = { .ts_ns = ts, .utid = utid, .kind = RN_EV_TASK };
	ev.TASK.how = parent ? RN_TASK_CLONE : RN_TASK_COMMAND;
	ev.TASK.leader = leader;
	ev.TASK.parent = parent;
	ev.TASK.tid = 1000 + utid;
	ev.TASK.pid = 1000 + leader;
	ev.TASK.clone_flags = clone_flags;
	ev.TASK.comm = rn_bytes_str("init");
	tell(&ev);
}

static void fd_event(uint64_t ts, uint32_t utid, int64_t fd, const char *target, unsigned how,
	uint64_t flags)
{
	struct rn_event ev = { .ts_ns = ts, .utid = utid, .kind = RN_EV_FD };
	ev.FD.fd = fd;
	ev.FD.how = how;
	ev.FD.flags = flags;
	ev.FD.target = rn_bytes_str(target);
	tell(&ev);
}

static void fd_close(uint64_t ts, uint32_t utid, int64_t fd)
{
	struct rn_event ev = { .ts_ns = ts, .utid = utid, .kind = RN_EV_FD_CLOSE };
	ev.FD_CLOSE.fd = fd;
	tell(&ev);
}

static void exec(uint64_t ts, uint32_t utid, uint64_t tid, uint64_t old_tid)
{
	struct rn_event ev = { .ts_ns = ts, .utid = utid, .kind = RN_EV_EXEC };
	ev.EXEC.tid = tid;
	ev.EXEC.old_tid = old_tid;
	ev.EXEC.exe = rn_bytes_str("/bin/next");
	ev.EXEC.comm = rn_bytes_str("next");
	tell(&ev);
}

static const char *target(uint32_t utid, int64_t fd, uint64_t at)
{
	static char text[64];
	struct rn_fd_facts facts;
	if (!rn_model_fd(m, utid, fd, at, &facts))
		return "-";
	snprintf(text, sizeof(text), "%.*s", (int)facts.target.len, (const char *)facts.target.p);
	return text;
}

Test(model, a_thread_is_known_by_what_its_task_event_said)
{
	task(5, 7, 7, 0, 0);
	const struct rn_task *t = rn_model_task(m, 7);
	cr_assert_not_null(t);
	cr_expect_eq(t->tid, 1007);
	cr_expect_eq(t->start_ns, 5);
	cr_expect_null(rn_model_task(m, 8));
	cr_expect_eq(rn_model_tid(m, 8, 0), 0);
}

Test(model, descriptors_are_what_they_were_at_the_moment_asked_about)
{
	task(0, 1, 1, 0, 0);
	fd_event(0, 1, 0, "/dev/tty", RN_FD_TABLE, 0);
	fd_event(100, 1, 3, "/a", RN_FD_OPENED, 0);
	fd_close(200, 1, 3);
	fd_event(300, 1, 3, "/b", RN_FD_OPENED, 0);
	cr_expect_str_eq(target(1, 0, 0), "/dev/tty");
	cr_expect_str_eq(target(1, 3, 100), "-");
	cr_expect_str_eq(target(1, 3, 150), "/a");
	cr_expect_str_eq(target(1, 3, 199), "/a");
	cr_expect_str_eq(target(1, 3, 250), "-");
	cr_expect_str_eq(target(1, 3, 350), "/b");
	cr_expect_str_eq(target(1, -1, 350), "-");
	cr_expect_str_eq(target(1, INT64_MAX, 350), "-");
}

Test(model, threads_share_descriptors_and_children_inherit_them)
{
	task(0, 1, 1, 0, 0);
	fd_event(10, 1, 3, "/a", RN_FD_OPENED, 0);
	task(20, 2, 1, 1, 0x10f00);
	task(30, 3, 3, 1, 0);
	fd_event(40, 2, 4, "/t", RN_FD_OPENED, 0);
	fd_close(50, 3, 3);
	cr_expect_str_eq(target(2, 3, 60), "/a");
	cr_expect_str_eq(target(1, 4, 60), "/t");
	cr_expect_str_eq(target(3, 3, 45), "/a");
	cr_expect_str_eq(target(3, 3, 60), "-");
	cr_expect_str_eq(target(3, 4, 60), "-");
	cr_expect_str_eq(target(1, 3, 60), "/a");
}

Test(model, clone_files_shares_the_table_until_exec)
{
	task(0, 1, 1, 0, 0);
	task(10, 2, 2, 1, 0x400);
	fd_event(20, 2, 3, "/shared", RN_FD_OPENED, 0);
	cr_expect_str_eq(target(1, 3, 30), "/shared");
	exec(40, 2, 1002, 0);
	fd_event(50, 2, 4, "/own", RN_FD_OPENED, 0);
	cr_expect_str_eq(target(2, 3, 60), "/shared");
	cr_expect_str_eq(target(1, 4, 60), "-");
}

#define THREAD 0x10f00u /* CLONE_THREAD and what goes with it, CLONE_FILES and CLONE_FS among it */

static void apart(uint64_t ts, uint32_t utid, uint64_t what)
{
	struct rn_event ev = { .ts_ns = ts, .utid = utid, .kind = RN_EV_APART };
	ev.APART.what = what;
	tell(&ev);
}

Test(model, a_thread_born_without_clone_files_has_a_copy)
{
	task(0, 1, 1, 0, 0);
	fd_event(10, 1, 3, "/a", RN_FD_OPENED, 0);
	task(20, 2, 1, 1, THREAD & ~0x400u);
	fd_event(30, 2, 4, "/thread", RN_FD_OPENED, 0);
	fd_event(31, 1, 4, "/first", RN_FD_OPENED, 0);
	fd_close(40, 2, 3);
	task(50, 3, 1, 2, THREAD); /* its own threads share with it, its children have a copy */
	task(50, 4, 4, 2, 0);
	fd_event(60, 3, 5, "/both", RN_FD_OPENED, 0);
	cr_expect_str_eq(target(2, 3, 35), "/a");
	cr_expect_str_eq(target(2, 3, 70), "-");
	cr_expect_str_eq(target(1, 3, 70), "/a");
	cr_expect_str_eq(target(1, 4, 70), "/first");
	cr_expect_str_eq(target(3, 4, 70), "/thread");
	cr_expect_str_eq(target(4, 4, 70), "/thread");
	cr_expect_str_eq(target(2, 5, 70), "/both");
	cr_expect_str_eq(target(4, 5, 70), "-");
	cr_expect_str_eq(target(1, 5, 70), "-");
	cr_expect_eq(rn_model_fd_table(m, 2, 70), rn_model_fd_table(m, 3, 70));
	cr_expect_neq(rn_model_fd_table(m, 2, 70), rn_model_fd_table(m, 1, 70));
	cr_expect_neq(rn_model_fd_table(m, 2, 70), rn_model_fd_table(m, 4, 70));
}

Test(model, who_unshares_goes_on_apart_the_others_together)
{
	task(0, 1, 1, 0, 0);
	task(1, 2, 1, 1, THREAD);
	task(1, 3, 1, 1, THREAD);
	task(1, 4, 1, 1, 0); /* flags that nobody knows */
	fd_event(10, 2, 3, "/a", RN_FD_OPENED, 0);
	apart(20, 1, RN_APART_FILES);
	fd_event(30, 1, 4, "/first", RN_FD_OPENED, 0);
	fd_event(30, 2, 4, "/rest", RN_FD_OPENED, 0);
	cr_expect_str_eq(target(1, 3, 15), "/a");
	cr_expect_str_eq(target(1, 3, 40), "/a");
	cr_expect_str_eq(target(1, 4, 40), "/first");
	cr_expect_str_eq(target(3, 4, 40), "/rest");
	cr_expect_str_eq(target(4, 4, 40), "/rest");
	apart(50, 2, RN_APART_FILES | RN_APART_EMPTY);
	fd_event(40, 2, 5, "/older", RN_FD_TABLE, 0);
	cr_expect_str_eq(target(2, 4, 60), "-");
	cr_expect_str_eq(target(3, 4, 60), "/rest");
}

Test(model, who_is_apart_already_may_unshare_again_and_again)
{
	task(0, 1, 1, 0, 0);
	fd_event(1, 1, 3, "/a", RN_FD_OPENED, 0);
	for (uint64_t i = 10; i < 10000; i++)
		apart(i, 1, RN_APART_FILES | RN_APART_CWD);
	cr_expect_str_eq(target(1, 3, 20000), "/a");
	task(20001, 2, 1, 1, THREAD); /* which shares: then it is one more */
	apart(20002, 1, RN_APART_FILES);
	fd_event(20003, 1, 4, "/first", RN_FD_OPENED, 0);
	cr_expect_str_eq(target(1, 3, 20004), "/a");
	cr_expect_str_eq(target(2, 4, 20004), "-");
}

Test(model, an_exec_makes_what_its_thread_has_the_process)
{
	task(0, 1, 1, 0, 0);
	task(1, 2, 1, 1, THREAD);
	fd_event(10, 1, 3, "/a", RN_FD_OPENED, 0);
	apart(20, 2, RN_APART_FILES);
	fd_event(30, 2, 3, "/own", RN_FD_OPENED, 0);
	const uint64_t before = rn_model_fd_table(m, 2, 35);
	exec(40, 2, 1001, 1002);
	task(50, 3, 1, 2, THREAD);
	fd_event(60, 3, 4, "/new", RN_FD_OPENED, 0);
	cr_expect_str_eq(target(2, 3, 70), "/own");
	cr_expect_str_eq(target(3, 3, 70), "/own");
	cr_expect_str_eq(target(2, 4, 70), "/new");
	cr_expect_eq(rn_model_fd_table(m, 3, 70), before);
}

Test(model, a_table_has_one_number_for_all_that_share_it)
{
	task(0, 1, 1, 0, 0);
	task(10, 2, 2, 1, 0x400);
	cr_expect_eq(rn_model_fd_table(m, 1, 15), rn_model_fd_table(m, 2, 15));
	exec(20, 1, 1001, 0); /* the other goes on with it */
	cr_expect_neq(rn_model_fd_table(m, 1, 25), rn_model_fd_table(m, 2, 25));
	cr_expect_eq(rn_model_fd_table(m, 1, 15), rn_model_fd_table(m, 2, 25));
	const uint64_t alone = rn_model_fd_table(m, 1, 25);
	exec(30, 1, 1001, 0);
	cr_expect_eq(rn_model_fd_table(m, 1, 35), alone);
}

Test(model, exec_closes_what_was_marked_and_keeps_the_past)
{
	task(0, 1, 1, 0, 0);
	fd_event(10, 1, 3, "/cloexec", RN_FD_OPENED, 02000000);
	fd_event(10, 1, 4, "/kept", RN_FD_OPENED, 0);
	exec(100, 1, 1001, 0);
	cr_expect_str_eq(target(1, 3, 90), "/cloexec");
	cr_expect_str_eq(target(1, 3, 110), "-");
	cr_expect_str_eq(target(1, 4, 110), "/kept");
}

Test(model, what_a_call_made_is_told_even_when_the_recorder_spoke_later)
{
	struct rn_fd_facts facts;
	task(0, 1, 1, 0, 0);
	fd_event(10, 1, 3, "/old", RN_FD_OPENED, 0);
	fd_close(20, 1, 3);
	fd_event(133, 1, 3, "/new", RN_FD_OPENED, 0);
	cr_assert(rn_model_fd_made(m, 1, 3, 100, 30, &facts));
	cr_expect_arr_eq(facts.target.p, "/new", 4);
}

Test(model, an_exec_by_another_thread_takes_the_id_of_the_process)
{
	task(0, 1, 1, 0, 0);
	task(10, 2, 1, 1, 0x10f00);
	exec(100, 2, 1001, 1002);
	cr_expect_eq(rn_model_tid(m, 2, 50), 1002);
	cr_expect_eq(rn_model_tid(m, 2, 150), 1001);
}

Test(model, names_follow_exec_and_renaming)
{
	task(0, 1, 1, 0, 0);
	exec(100, 1, 1001, 0);
	struct rn_event ev = { .ts_ns = 200, .utid = 1, .kind = RN_EV_COMM };
	ev.COMM.name = rn_bytes_str("worker");
	tell(&ev);
	cr_expect(rn_bytes_equal(rn_model_comm(m, 1, 50), rn_bytes_str("init")));
	cr_expect(rn_bytes_equal(rn_model_comm(m, 1, 150), rn_bytes_str("next")));
	cr_expect(rn_bytes_equal(rn_model_comm(m, 1, 250), rn_bytes_str("worker")));
	cr_expect_eq(rn_model_comm(m, 9, 250).len, 0);
}

Test(model, the_working_directory_is_inherited_and_changed)
{
	struct rn_event ev = { .ts_ns = 0, .utid = 1, .kind = RN_EV_CWD };
	struct rn_bytes path;
	task(0, 1, 1, 0, 0);
	ev.CWD.path = rn_bytes_str("/start");
	tell(&ev);
	task(10, 2, 2, 1, 0);
	ev.ts_ns = 20;
	ev.CWD.path = rn_bytes_str("/next");
	tell(&ev);
	cr_assert(rn_model_cwd(m, 1, 0, &path));
	cr_expect(rn_bytes_equal(path, rn_bytes_str("/start")));
	cr_assert(rn_model_cwd(m, 1, 30, &path));
	cr_expect(rn_bytes_equal(path, rn_bytes_str("/next")));
	cr_assert(rn_model_cwd(m, 2, 30, &path));
	cr_expect(rn_bytes_equal(path, rn_bytes_str("/start")));
	cr_expect_not(rn_model_cwd(m, 5, 30, &path));
}

Test(model, a_thread_may_have_a_working_directory_of_its_own)
{
	struct rn_bytes dir;
	struct rn_event ev = { .ts_ns = 5, .utid = 1, .kind = RN_EV_CWD };
	task(0, 1, 1, 0, 0);
	task(1, 2, 1, 1, THREAD);
	ev.CWD.path = rn_bytes_str("/all");
	tell(&ev);
	apart(10, 2, RN_APART_CWD);
	ev.ts_ns = 20;
	ev.utid = 2;
	ev.CWD.path = rn_bytes_str("/own");
	tell(&ev);
	cr_assert(rn_model_cwd(m, 2, 15, &dir) && rn_bytes_equal(dir, rn_bytes_str("/all")));
	cr_assert(rn_model_cwd(m, 2, 30, &dir) && rn_bytes_equal(dir, rn_bytes_str("/own")));
	cr_assert(rn_model_cwd(m, 1, 30, &dir) && rn_bytes_equal(dir, rn_bytes_str("/all")));
}

Test(model, a_thread_whose_beginning_was_lost_is_known_by_the_blocks_that_mention_it)
{
	struct fixture f;
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_task(&f, 1, 2, 1, 1, 101, 100);
	fixture_block(&f);
	fixture_call(&f, 2, 20, 1, 39, 1, 0);
	struct rn_reader *r = fixture_open(&f);
	struct rn_block *b = rn_block_new();
	cr_assert_eq(rn_reader_load(r, 1, b, NULL), 0);
	cr_assert_eq(rn_model_block(m, b, NULL), 0);
	cr_assert_not_null(rn_model_task(m, 2));
	cr_expect_eq(rn_model_tid(m, 2, 20), 101);
	cr_expect_eq(rn_model_pid(m, 2), 100);
	rn_block_free(b);
	rn_reader_close(r);
}

Test(model, the_end_tells_the_status_of_the_command)
{
	struct rn_model_end end;
	struct rn_event ev = { .ts_ns = 50, .utid = 1, .kind = RN_EV_EXIT };
	task(0, 1, 1, 0, 0);
	rn_model_end(m, &end);
	cr_expect_not(end.has_status);
	ev.EXIT.status = 15;
	tell(&ev);
	rn_model_end(m, &end);
	cr_expect(end.has_status);
	cr_expect_not(end.known);
	cr_expect_eq(rn_exit_code_of(end.status), 143);
	cr_expect_eq(rn_exit_code_of(3 << 8), 3);
	cr_expect_eq(rn_exit_code_of(0x8b), 139);
}

Test(model, numbers_of_threads_may_be_as_large_as_a_hostile_file_likes)
{
	task(0, UINT32_MAX, UINT32_MAX, 0, 0);
	fd_event(1, UINT32_MAX, 3, "/a", RN_FD_OPENED, 0);
	fd_event(1, UINT32_MAX - 1, INT64_MIN, "/a", RN_FD_OPENED, 0);
	cr_expect_eq(rn_model_n_tasks(m), 2);
	cr_expect_str_eq(target(UINT32_MAX, 3, 5), "/a");
}
