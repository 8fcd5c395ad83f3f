/* SPDX-License-Identifier: MIT */
/* This process plays the tracee: it makes a call, and fdwatch looks what became of it. */
#include "record/tracee/fd_table.h"
#include "record/tracee/fdwatch.h"
#include "tests/record/recorded.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

static struct recorded r;
static struct rn_tracee t;
static struct rn_process process;
static struct rn_fd_table fds;
static struct rn_capturer *capturer;

static void set_up(void)
{
	recorded_begin(&r);
	capturer = calloc(1, sizeof(*capturer));
	capturer->string_bytes = 64;
	capturer->piece_bytes = RN_CAPTURE_WHOLE_BYTES;
	cr_assert_eq(rn_capture_init(&t.capture), 0);
	t.tid = getpid();
	t.utid = 1;
	t.abi = RN_ABI_X86_64;
	t.process = &process;
	t.fds = &fds;
	process.pid = getpid();
}

static void tear_down(void)
{
	rn_capture_fini(&t.capture);
	free(capturer);
	recorded_fini(&r);
}

TestSuite(fdwatch, .init = set_up, .fini = tear_down);

static void call(const char *name, int64_t ret, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
	int32_t nr = rn_syscall_number(RN_ABI_X86_64, rn_bytes_str(name));
	t.desc = rn_syscall(RN_ABI_X86_64, (uint32_t)nr);
	cr_assert(t.desc && t.desc->effects, "%s has no effects", name);
	memcpy(t.args, (uint64_t[6]){ a0, a1, a2, a3, 0, 0 }, sizeof(t.args));
	const struct rn_capture_call c = {
		.desc = t.desc, .abi = RN_ABI_X86_64, .args = t.args, .ret = ret,
	};
	rn_capture_clear(&t.capture);
	rn_capture_exit(capturer, &t.capture, t.tid, &c);
	rn_fdwatch_after(&r.rec, &t, ret);
}

static struct rn_ev_FD next_fd(void)
{
	struct rn_event ev;
	cr_assert(recorded_next(&r, RN_EV_FD, &ev));
	return ev.FD;
}

Test(fdwatch, an_opened_file_with_its_path_and_kind)
{
	int dir = open("/usr", O_RDONLY | O_DIRECTORY), null = open("/dev/null", O_RDWR);
	call("openat", dir, 0, 0, 0, 0);
	call("openat", null, 0, 0, 0, 0);
	recorded_end(&r);
	struct rn_ev_FD fd = next_fd();
	cr_assert_eq(fd.fd, dir);
	cr_assert_eq(fd.how, RN_FD_OPENED);
	cr_assert_eq(fd.kind, RN_FDK_DIR);
	cr_assert(rn_bytes_equal(fd.target, rn_bytes_str("/usr")));
	fd = next_fd();
	cr_assert_eq(fd.kind, RN_FDK_CHAR);
	cr_assert_eq(fd.rdev, 0x103);
}

Test(fdwatch, sockets_with_their_protocol)
{
	int s = socket(AF_INET, SOCK_STREAM, 0), pair[2];
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	call("socket", s, AF_INET, SOCK_STREAM, 0, 0);
	call("socketpair", 0, AF_UNIX, SOCK_STREAM, 0, (uintptr_t)pair);
	recorded_end(&r);
	struct rn_ev_FD fd = next_fd();
	cr_assert_eq(fd.kind, RN_FDK_SOCKET);
	cr_assert(rn_bytes_equal(fd.proto, rn_bytes_str("TCP")));
	cr_assert_gt(fd.ino, 0);
	cr_assert_eq(next_fd().fd, pair[0]);
	cr_assert_eq(next_fd().fd, pair[1]);
}

/* The copy of a descriptor that its ends are read from needs a kernel that makes one. */
static bool ends_of(struct rn_socket_ends *ends)
{
	struct rn_ev_FD fd = next_fd();
	return fd.detail.len && rn_socket_ends_take(ends, fd.detail);
}

Test(fdwatch, sockets_with_their_ends)
{
	struct sockaddr_in a = { .sin_family = AF_INET }, got;
	socklen_t len = sizeof(a);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int s = socket(AF_INET, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0), pair[2];
	cr_assert_eq(bind(s, (struct sockaddr *)&a, len), 0);
	cr_assert_eq(listen(s, 1), 0);
	cr_assert_eq(getsockname(s, (struct sockaddr *)&a, &len), 0);
	call("bind", 0, (uint64_t)s, 0, 0, 0);
	cr_assert_eq(connect(c, (struct sockaddr *)&a, len), 0);
	call("connect", 0, (uint64_t)c, 0, 0, 0);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	call("socketpair", 0, AF_UNIX, SOCK_STREAM, 0, (uintptr_t)pair);
	recorded_end(&r);
	struct rn_socket_ends ends;
	if (!ends_of(&ends))
		cr_skip_test("no pidfd_getfd here");
	cr_assert_eq(ends.local.len, sizeof(a));
	memcpy(&got, ends.local.p, sizeof(got));
	cr_assert_eq(got.sin_port, a.sin_port);
	cr_assert_eq(ends.peer.len, 0);
	cr_assert_eq(ends.protocol, IPPROTO_TCP);
	cr_assert(ends_of(&ends));
	cr_assert_eq(ends.peer.len, sizeof(a));
	memcpy(&got, ends.peer.p, sizeof(got));
	cr_assert_eq(got.sin_port, a.sin_port);
	struct rn_ev_FD one = next_fd(), other = next_fd();
	cr_assert(rn_socket_ends_take(&ends, one.detail));
	cr_assert(ends.peer_ino == other.ino || !ends.peer_ino, "sock_diag may be refused");
}

Test(fdwatch, a_file_that_lost_its_name_is_told_of_again)
{
	char path[] = "/tmp/renacer-fdwatch-XXXXXX";
	int fd = mkstemp(path);
	cr_assert_geq(fd, 0);
	call("openat", fd, 0, 0, 0, 0);
	call("unlink", 0, 0, 0, 0, 0); /* of something else */
	unlink(path);
	call("unlink", 0, 0, 0, 0, 0);
	call("unlink", 0, 0, 0, 0, 0); /* it is known by now */
	recorded_end(&r);
	struct rn_ev_FD opened = next_fd(), changed = next_fd();
	struct rn_event ev;
	cr_assert_eq(opened.how, RN_FD_OPENED);
	cr_assert_eq(changed.fd, fd);
	cr_assert_eq(changed.how, RN_FD_CHANGED);
	cr_assert(memmem(changed.target.p, changed.target.len, " (deleted)", 10) != NULL);
	cr_assert_eq(changed.detail.len, 0);
	cr_assert(!recorded_next(&r, RN_EV_FD, &ev));
}

Test(fdwatch, duplicates_say_of_what)
{
	int copy = dup(2), other = fcntl(2, F_DUPFD_CLOEXEC, 0);
	call("dup", copy, 2, 0, 0, 0);
	call("fcntl", other, 2, F_DUPFD_CLOEXEC, 0, 0);
	call("fcntl", 0, 2, F_GETFL, 0, 0);
	recorded_end(&r);
	struct rn_ev_FD fd = next_fd();
	cr_assert_eq(fd.how, RN_FD_DUP);
	cr_assert_eq(fd.from, 2);
	cr_assert_eq(next_fd().fd, other);
	struct rn_event ev;
	cr_assert(!recorded_next(&r, RN_EV_FD, &ev), "F_GETFL makes none");
}

Test(fdwatch, a_descriptor_in_a_message)
{
	int pair[2];
	char byte = 'x', control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec v = { &byte, 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control,
		.msg_controllen = sizeof(control) };
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	*c = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(c), &(int){ 2 }, sizeof(int));
	cr_assert_eq(sendmsg(pair[0], &m, 0), 1);
	ssize_t got = recvmsg(pair[1], &m, 0);
	cr_assert_eq(got, 1);
	int received;
	memcpy(&received, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(int));
	call("recvmsg", got, (uint64_t)pair[1], (uintptr_t)&m, 0, 0);
	recorded_end(&r);
	struct rn_ev_FD fd = next_fd();
	cr_assert_eq(fd.fd, received);
	cr_assert_eq(fd.how, RN_FD_RECEIVED);
}

Test(fdwatch, a_range_that_closes_tells_of_those_that_were_open)
{
	int a = dup(2), b = dup(2);
	call("dup", a, 2, 0, 0, 0);
	call("dup", b, 2, 0, 0, 0);
	call("close_range", 0, (uint64_t)a, UINT32_MAX, 0, 0);
	recorded_end(&r);
	struct rn_event ev;
	cr_assert(recorded_next(&r, RN_EV_FD_CLOSE, &ev));
	cr_assert_eq(ev.FD_CLOSE.fd, a);
	cr_assert(recorded_next(&r, RN_EV_FD_CLOSE, &ev));
	cr_assert_eq(ev.FD_CLOSE.fd, b);
	cr_assert(!recorded_next(&r, RN_EV_FD_CLOSE, &ev));
}

Test(fdwatch, a_second_look_tells_only_what_changed)
{
	int a = dup(2);
	rn_fdwatch_table(&r.rec, &t);
	close(a);
	int b = open("/usr", O_RDONLY);
	cr_assert_eq(b, a, "the lowest free number");
	int c = open("/etc", O_RDONLY);
	close(b);
	rn_fdwatch_table(&r.rec, &t);
	recorded_end(&r);
	struct rn_event ev;
	unsigned n_c = 0, n_a = 0;
	while (recorded_next(&r, RN_EV_FD, &ev)) {
		n_a += ev.FD.fd == a;
		n_c += ev.FD.fd == c;
		cr_assert_eq(ev.FD.how, RN_FD_TABLE);
	}
	cr_assert_eq(n_a, 1);
	cr_assert_eq(n_c, 1);
}
