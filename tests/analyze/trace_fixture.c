/* SPDX-License-Identifier: MIT */
#include "trace_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void fixture_begin(struct fixture *f)
{
	static const struct rn_writer_options never = { .block_bytes = 64 << 20,
		.block_events = 1 << 18, .block_age_ns = UINT64_MAX };
	struct rn_header h = { .machine = RN_MACHINE_X86_64, .page_bytes = 4096,
		.start_realtime_ns = 1700000000500000000, .backend = rn_bytes_str("hand"),
		.command_argv = rn_bytes_of("prog\0a b\xff", 10) };
	struct rn_error err = { 0 };
	f->fd = memfd_create("trace", 0);
	cr_assert_eq(rn_writer_open(&f->writer, dup(f->fd), &h, &never, &err), 0, "%s", err.message);
}

void fixture_event(struct fixture *f, const struct rn_event *ev)
{
	struct rn_error err = { 0 };
	cr_assert_eq(rn_writer_append(f->writer, ev, &err), 0, "%s", err.message);
}

void fixture_block(struct fixture *f)
{
	cr_assert_eq(rn_writer_flush(f->writer, NULL), 0);
}

void fixture_task(struct fixture *f, uint64_t ts_ns, uint32_t utid, uint32_t leader, uint32_t parent,
	uint64_t tid, uint64_t pid)
{
	struct rn_event ev = { .ts_ns = ts_ns, .utid = utid, .kind = RN_EV_TASK };
	ev.TASK.how = parent ? RN_TASK_FORK : RN_TASK_COMMAND;
	ev.TASK.leader = leader;
	ev.TASK.parent = parent;
	ev.TASK.tid = tid;
	ev.TASK.pid = pid;
	ev.TASK.cgroup = parent ? 5 : 0;
	ev.TASK.comm = rn_bytes_str("prog");
	fixture_event(f, &ev);
}

void fixture_exit(struct fixture *f, uint64_t ts_ns, uint32_t utid, uint64_t status)
{
	struct rn_event ev = { .ts_ns = ts_ns, .utid = utid, .kind = RN_EV_EXIT };
	ev.EXIT.status = status;
	fixture_event(f, &ev);
}

void fixture_fd(struct fixture *f, uint64_t ts_ns, uint32_t utid, int64_t fd, const char *target)
{
	struct rn_event ev = { .ts_ns = ts_ns, .utid = utid, .kind = RN_EV_FD };
	ev.FD.fd = fd;
	ev.FD.how = RN_FD_OPENED;
	ev.FD.kind = RN_FDK_FILE;
	ev.FD.target = rn_bytes_str(target);
	fixture_event(f, &ev);
}

void fixture_call(struct fixture *f, uint32_t utid, uint64_t ts_ns, uint64_t dur_ns, uint32_t nr,
	int64_t ret, unsigned flags)
{
	struct rn_event ev = { .ts_ns = ts_ns, .utid = utid, .kind = RN_EV_CALL };
	ev.call.abi = RN_ABI_X86_64;
	ev.call.flags = (uint16_t)flags;
	ev.call.nr = nr;
	ev.call.ret = ret;
	ev.call.dur_ns = dur_ns;
	fixture_event(f, &ev);
}

void fixture_end(struct fixture *f, uint64_t ts_ns, uint64_t status)
{
	struct rn_event ev = { .ts_ns = ts_ns, .kind = RN_EV_END };
	ev.END.reason = RN_END_EXITED;
	ev.END.status = status;
	fixture_event(f, &ev);
}

static struct rn_reader *open_fd(int fd)
{
	struct rn_error err = { 0 };
	struct rn_reader *r;
	cr_assert_eq(rn_reader_open_fd(&r, fd, "trace", &err), 0, "%s", err.message);
	return r;
}

static struct rn_reader *open_path(struct fixture *f)
{
	struct rn_error err = { 0 };
	struct rn_reader *r;
	char path[32];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", f->fd);
	cr_assert_eq(rn_reader_open(&r, path, &err), 0, "%s", err.message);
	close(f->fd);
	return r;
}

struct rn_reader *fixture_open(struct fixture *f)
{
	cr_assert_eq(rn_writer_close(f->writer, NULL, NULL), 0);
	return open_path(f);
}

struct rn_reader *fixture_open_cut(struct fixture *f)
{
	fixture_block(f);
	rn_writer_abandon(f->writer);
	return open_path(f);
}

/* A trace made by hand fits into a pipe. */
struct rn_reader *fixture_open_pipe(struct fixture *f)
{
	int fds[2];
	char buf[60000];
	cr_assert_eq(rn_writer_close(f->writer, NULL, NULL), 0);
	cr_assert_eq(pipe(fds), 0);
	ssize_t n = pread(f->fd, buf, sizeof(buf), 0);
	cr_assert(n > 0 && (size_t)n < sizeof(buf));
	cr_assert_eq(write(fds[1], buf, (size_t)n), n);
	close(fds[1]);
	close(f->fd);
	return open_fd(fds[0]);
}
