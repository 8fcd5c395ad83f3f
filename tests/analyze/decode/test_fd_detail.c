/* SPDX-License-Identifier: MIT */
/* What stands behind descriptors, names of processes, and constants as numbers. */
#include "format/socket_ends.h"
#include "tests/analyze/decode/call_fixture.h"

#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <string.h>
#include <sys/un.h>

static struct rn_fd_facts facts;

static bool fd(void *arg, const struct rn_event *ev, int64_t number, enum rn_span_phase phase,
	struct rn_fd_facts *out)
{
	(void)arg, (void)ev, (void)phase;
	*out = facts;
	return number == 3;
}

static bool pid(void *arg, const struct rn_event *ev, int64_t number, enum rn_span_phase phase,
	struct rn_pid_facts *out)
{
	(void)arg, (void)ev, (void)phase;
	*out = (struct rn_pid_facts){ rn_bytes_str("a<b"), 1042 };
	return number == 42;
}

static void shows(uint8_t fds, const char *text)
{
	struct rn_buffer out = RN_BUFFER_INIT;
	const struct rn_decode_env env = { .style = &call_style, .fd = fd, .pid = pid };
	call_begin(RN_ABI_X86_64, "close", 3, 0, 0, 0, 0, 0);
	call_style.fds = fds;
	rn_decode_args(&out, call_event(), &env);
	cr_expect_str_eq(rn_buffer_cstr(&out), text);
	rn_buffer_fini(&out);
}

Test(fd_detail, paths_are_escaped_and_deleted_files_marked)
{
	facts = (struct rn_fd_facts){ .kind = RN_FDK_FILE, .target = rn_bytes_str("/a<b>\n\"") };
	shows(RN_FDS_PATH, "3</a\\74b\\76\\n\\\">");
	shows(0, "3");
	facts.target = rn_bytes_str("/tmp/x (deleted)");
	shows(RN_FDS_ALL, "3</tmp/x>(deleted)");
	facts.detail = rn_bytes_str("exists");
	shows(RN_FDS_PATH, "3</tmp/x (deleted)>");
}

Test(fd_detail, devices_and_processes)
{
	facts = (struct rn_fd_facts){ .kind = RN_FDK_CHAR, .target = rn_bytes_str("/dev/null"), .rdev = 0x103 };
	shows(RN_FDS_ALL, "3</dev/null<char 1:3>>");
	shows(RN_FDS_PATH, "3</dev/null>");
	shows(RN_FDS_SOCKET, "3");
	facts = (struct rn_fd_facts){ .kind = RN_FDK_BLOCK, .target = rn_bytes_str("/dev/sda"), .rdev = 0x800 };
	shows(RN_FDS_DEV, "3</dev/sda<block 8:0>>");
	facts = (struct rn_fd_facts){ .kind = RN_FDK_ANON, .target = rn_bytes_str("anon_inode:[pidfd]"),
		.detail = rn_bytes_str("77") };
	shows(RN_FDS_ALL, "3<pid:77>");
	shows(RN_FDS_PATH, "3<anon_inode:[pidfd]>");
}

static uint8_t detail[RN_SOCKET_ENDS_MAX];

static void socket_facts(const char *proto, struct rn_bytes local, struct rn_bytes peer, uint64_t peer_ino)
{
	const struct rn_socket_ends ends = { .local = local, .peer = peer, .peer_ino = peer_ino };
	facts = (struct rn_fd_facts){ .kind = RN_FDK_SOCKET, .ino = 99, .proto = rn_bytes_str(proto),
		.target = rn_bytes_str("socket:[99]"),
		.detail = rn_bytes_of(detail, rn_socket_ends_put(detail, &ends)) };
}

Test(fd_detail, sockets_by_their_addresses)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(80) }, b = a;
	const struct rn_bytes none = { NULL, 0 };
	a.sin_addr.s_addr = htonl(0x7f000001);
	b.sin_port = htons(5000);
	socket_facts("TCP", rn_bytes_of(&a, sizeof(a)), none, 0);
	shows(RN_FDS_ALL, "3<TCP:[127.0.0.1:80]>");
	shows(RN_FDS_PATH, "3<socket:[99]>");
	socket_facts("TCP", rn_bytes_of(&a, sizeof(a)), rn_bytes_of(&b, sizeof(b)), 0);
	shows(RN_FDS_ALL, "3<TCP:[127.0.0.1:80->0.0.0.0:5000]>");
	a.sin_port = 0;
	socket_facts("UDP", rn_bytes_of(&a, sizeof(a)), none, 0);
	shows(RN_FDS_ALL, "3<UDP:[99]>");
	struct sockaddr_in6 c = { .sin6_family = AF_INET6, .sin6_port = htons(53),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	socket_facts("UDPv6", rn_bytes_of(&c, sizeof(c)), none, 0);
	shows(RN_FDS_ALL, "3<UDPv6:[[::1]:53]>");
	socket_facts("PACKET", none, none, 0);
	shows(RN_FDS_ALL, "3<socket:[99]>");
}

Test(fd_detail, local_sockets_by_inode_peer_and_name)
{
	struct sockaddr_un u = { .sun_family = AF_UNIX, .sun_path = "/run/x" };
	const struct rn_bytes none = { NULL, 0 };
	socket_facts("UNIX-STREAM", rn_bytes_of(&u, 2), none, 0);
	shows(RN_FDS_ALL, "3<UNIX-STREAM:[99]>");
	facts.peer_ino = 55; /* learnt from the other end */
	shows(RN_FDS_ALL, "3<UNIX-STREAM:[99->55]>");
	socket_facts("UNIX", rn_bytes_of(&u, sizeof(u)), none, 7);
	shows(RN_FDS_ALL, "3<UNIX:[99->7,\"/run/x\"]>");
	memcpy(u.sun_path, "\0xyz", 4);
	socket_facts("UNIX", rn_bytes_of(&u, 6), none, 0);
	shows(RN_FDS_ALL, "3<UNIX:[99,@\"xyz\"]>");
}

Test(fd_detail, a_broken_detail_falls_back_to_the_inode)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(80) };
	socket_facts("TCP", rn_bytes_of(&a, sizeof(a)), rn_bytes_of(&a, sizeof(a)), 0);
	for (size_t len = 0; len < facts.detail.len; len++) {
		struct rn_socket_ends ends;
		cr_expect_not(rn_socket_ends_take(&ends, rn_bytes_of(detail, len)), "%zu bytes", len);
	}
	facts.detail.len = 5;
	shows(RN_FDS_ALL, "3<TCP:[99]>");
}

Test(fd_detail, processes_by_name_and_by_the_tracers_number)
{
	struct rn_buffer out = RN_BUFFER_INIT;
	const struct rn_decode_env env = { .style = &call_style, .fd = fd, .pid = pid };
	call_begin(RN_ABI_X86_64, "kill", 42, 0, 0, 0, 0, 0);
	call_style.pids = RN_PIDS_COMM;
	rn_decode_args(&out, call_event(), &env);
	cr_expect_str_eq(rn_buffer_cstr(&out), "42<a\\74b>, 0");
	rn_buffer_clear(&out);
	call_style.pids = RN_PIDS_COMM | RN_PIDS_NS;
	rn_decode_args(&out, call_event(), &env);
	cr_expect_str_eq(rn_buffer_cstr(&out), "42<a\\74b> /* 1042 in strace's PID NS */, 0");
	rn_buffer_fini(&out);
}

Test(constants, as_numbers_and_with_names_behind_them)
{
	call_begin(RN_ABI_X86_64, "socket", 2, 0x80001, 6, 0, 0, 0);
	call_returns(3);
	call_style.constants = RN_CONSTANTS_RAW;
	assert_call("socket(0x2, 0x1|0x80000, 0x6) = 3");
	call_style.constants = RN_CONSTANTS_BOTH;
	assert_call("socket(0x2 /* AF_INET */, 0x1 /* SOCK_STREAM */|0x80000 /* SOCK_CLOEXEC */, "
		"0x6 /* IPPROTO_TCP */) = 3");
	call_begin(RN_ABI_X86_64, "kill", 7, 15, 0, 0, 0, 0);
	call_returns(0);
	call_style.constants = RN_CONSTANTS_RAW;
	assert_call("kill(7, 15) = 0");
	call_style.constants = RN_CONSTANTS_BOTH;
	assert_call("kill(7, 15 /* SIGTERM */) = 0");
	call_begin(RN_ABI_X86_64, "close_range", 3, 4, 0x40000000, 0, 0, 0);
	call_returns(0);
	call_style.constants = RN_CONSTANTS_BOTH;
	assert_call("close_range(3, 4, 0x40000000 /* CLOSE_RANGE_??? */) = 0");
}

Test(constants, raw_calls_show_registers_and_unfollowed_ones_addresses)
{
	struct rn_filter *set = rn_filter_new();
	cr_assert_eq(rn_filter_add(set, "trace=openat", NULL), 0);
	cr_assert_eq(rn_filter_ready(set, NULL), 0);
	call_begin(RN_ABI_X86_64, "openat", (uint32_t)-100, 0x2000, 0x80000, 0, 0, 0);
	call_returns(3);
	call_style.raw = set;
	assert_call("openat(0xffffff9c, 0x2000, 0x80000, 0) = 0x3");
	const uint8_t time[16] = { 1 };
	call_begin(RN_ABI_X86_64, "nanosleep", 0x2000, 0, 0, 0, 0, 0);
	call_memory(0, RN_PHASE_ENTRY, 0x2000, time, sizeof(time));
	call_returns(0);
	call_style.followed = set;
	assert_call("nanosleep(0x2000, NULL) = 0");
	rn_filter_free(set);
}
