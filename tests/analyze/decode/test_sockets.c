/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "bytes.h"
#include "call_fixture.h"

#define X64 RN_ABI_X86_64

static const char *address_text(const void *bytes, size_t len)
{
	call_begin(X64, "connect", 3, 0x1000, len, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, bytes, len);
	return call_arg_text(1);
}

Test(sockets, addresses_of_the_internet)
{
	const uint8_t in[16] = { 2, 0, 0, 80, 127, 0, 0, 1 };
	cr_assert_str_eq(address_text(in, 16),
		"{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}");
	cr_assert_str_eq(address_text(in, 3), "{sa_family=AF_INET, sa_data=\"\\0\"}");
	cr_assert_str_eq(address_text(in, 2), "{sa_family=AF_INET}");
	cr_assert_str_eq(address_text(in, 1), "0x1000");
	uint8_t in6[28] = { 10, 0, 0x1f, 0x90, 0, 0, 0, 5, 0x20, 1, 0x0d, 0xb8 };
	in6[23] = 1;
	in6[24] = 1;
	cr_assert_str_eq(address_text(in6, 28), "{sa_family=AF_INET6, sin6_port=htons(8080), "
		"sin6_flowinfo=htonl(5), inet_pton(AF_INET6, \"2001:db8::1\", &sin6_addr), "
		"sin6_scope_id=1}");
	cr_assert_str_eq(address_text(in6, 24), "{sa_family=AF_INET6, sin6_port=htons(8080), "
		"sin6_flowinfo=htonl(5), inet_pton(AF_INET6, \"2001:db8::1\", &sin6_addr)}");
}

Test(sockets, addresses_of_this_machine)
{
	uint8_t un[110] = { 1 };
	cr_assert_str_eq(address_text(un, 2), "{sa_family=AF_UNIX}");
	memcpy(un + 2, "/run/x\n", 8);
	cr_assert_str_eq(address_text(un, 110), "{sa_family=AF_UNIX, sun_path=\"/run/x\\n\"}");
	memset(un + 2, 'a', 108);
	cr_assert_eq(strlen(address_text(un, 110)), strlen("{sa_family=AF_UNIX, sun_path=\"\"}") + 108);
	memcpy(un + 2, "\0ab\0c", 5);
	cr_assert_str_eq(address_text(un, 7), "{sa_family=AF_UNIX, sun_path=@\"ab\\0c\"}");
}

Test(sockets, addresses_of_other_families)
{
	const uint8_t nl[12] = { 16, 0, 0, 0, 5, 0, 0, 0, 0x11 };
	cr_assert_str_eq(address_text(nl, 12), "{sa_family=AF_NETLINK, nl_pid=5, nl_groups=0x000011}");
	const uint8_t ll[20] = { 17, 0, 0, 3, 1, 0, 0, 0, 1, 0, 0, 6, 1, 2, 3, 4, 5, 6 };
	cr_assert_str_eq(address_text(ll, 20), "{sa_family=AF_PACKET, sll_protocol=htons(ETH_P_ALL), "
		"sll_ifindex=1, sll_hatype=ARPHRD_ETHER, sll_pkttype=PACKET_HOST, sll_halen=6, "
		"sll_addr=[0x1, 0x2, 0x3, 0x4, 0x5, 0x6]}");
	const uint8_t x25[18] = "\x09\0001234567890123456";
	cr_assert_str_eq(address_text(x25, 18),
		"{sa_family=AF_X25, sx25_addr={x25_addr=\"123456789012345\"...}}");
	const uint8_t router[12] = { 42, 0, 0, 0, 0x10, 0, 0, 0, 7 };
	cr_assert_str_eq(address_text(router, 12), "{sa_family=AF_QIPCRTR, sq_node=0x10, sq_port=0x7}");
	const uint8_t odd[4] = { 77, 0, 'x', 0xff };
	cr_assert_str_eq(address_text(odd, 4), "{sa_family=0x4d /* AF_??? */, sa_data=\"x\\377\"}");
}

Test(sockets, protocols_by_family)
{
	call_begin(X64, "socket", 2, 0x80001, 6, 0, 0, 0);
	call_returns(3);
	assert_call("socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 3");
	call_begin(X64, "socket", 16, 3, 15, 0, 0, 0);
	call_returns(3);
	assert_call("socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT) = 3");
	call_begin(X64, "socket", 17, 3, 0x300, 0, 0, 0);
	call_returns(3);
	assert_call("socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)) = 3");
	call_begin(X64, "socket", 1, 1, 0, 0, 0, 0);
	call_returns(3);
	assert_call("socket(AF_UNIX, SOCK_STREAM, 0) = 3");
}

Test(sockets, lengths_before_and_after)
{
	const uint8_t in[16] = { 2, 0, 0, 80, 127, 0, 0, 1 };
	const uint8_t room[4] = { 128 }, used[4] = { 16 };
	call_begin(X64, "accept4", 9, 0x1000, 0x2000, 02000000, 0, 0);
	call_memory(1, RN_PHASE_EXIT, 0x1000, in, 16);
	call_memory(2, RN_PHASE_ENTRY, 0x2000, room, 4);
	call_memory(2, RN_PHASE_EXIT, 0x2000, used, 4);
	call_returns(12);
	assert_call("accept4(9, {sa_family=AF_INET, sin_port=htons(80), "
		"sin_addr=inet_addr(\"127.0.0.1\")}, [128 => 16], SOCK_CLOEXEC) = 12");
	call_returns(-11);
	assert_call("accept4(9, 0x1000, [128], SOCK_CLOEXEC) = "
		"-1 EAGAIN (Resource temporarily unavailable)");
}

static const char *option_text(uint64_t level, uint64_t option, const void *v, uint64_t len)
{
	call_begin(X64, "setsockopt", 3, level, option, 0x1000, len, 0);
	if (v)
		call_memory(3, RN_PHASE_ENTRY, 0x1000, v, len);
	return strchr(call_text(), ' ') + 1;
}

Test(sockets, options_by_level_and_length)
{
	const uint8_t one[8] = { 1, 0, 0, 0, 5 };
	cr_assert_str_eq(option_text(1, 2, one, 4), "SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0");
	cr_assert_str_eq(option_text(1, 2, one, 8), "SOL_SOCKET, SO_REUSEADDR, [1], 8) = 0");
	cr_assert_str_eq(option_text(1, 2, one, 3), "SOL_SOCKET, SO_REUSEADDR, 0x1000, 3) = 0");
	cr_assert_str_eq(option_text(1, 13, one, 8),
		"SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=5}, 8) = 0");
	cr_assert_str_eq(option_text(1, 74, one, 4),
		"SOL_SOCKET, SO_TXREHASH, [SOCK_TXREHASH_ENABLED], 4) = 0");
	cr_assert_str_eq(option_text(6, 1, one, 4), "SOL_TCP, TCP_NODELAY, [1], 4) = 0");
	cr_assert_str_eq(option_text(6, 13, "cubic", 5), "SOL_TCP, TCP_CONGESTION, \"cubic\", 5) = 0");
	cr_assert_str_eq(option_text(1, 0x63, one, 4), "SOL_SOCKET, 0x63 /* SO_??? */, [1], 4) = 0");
	cr_assert_str_eq(option_text(0x63, 0x63, "abc", 3), "0x63 /* SOL_?? */, 99, \"abc\", 3) = 0");
	cr_assert_str_eq(option_text(1, 2, NULL, UINT32_MAX),
		"SOL_SOCKET, SO_REUSEADDR, 0x1000, -1) = 0");
}

Test(sockets, filters_and_memberships)
{
	const uint8_t filter[4] = { 0x39, 0x18, 0, 0 }, all[4] = { 0xff, 0xff, 0xff, 0xff };
	cr_assert_str_eq(option_text(255, 1, filter, 4), "SOL_RAW, ICMP_FILTER, [ICMP_ECHOREPLY "
		"ICMP_DEST_UNREACH ICMP_SOURCE_QUENCH ICMP_REDIRECT ICMP_TIME_EXCEEDED "
		"ICMP_PARAMETERPROB], 4) = 0");
	cr_assert_str_eq(option_text(255, 1, all, 4), "SOL_RAW, ICMP_FILTER, ~[], 4) = 0");
	const uint8_t packet[16] = { 3, 0, 0, 0, 1, 0, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8 };
	cr_assert_str_eq(option_text(263, 1, packet, 16), "SOL_PACKET, PACKET_ADD_MEMBERSHIP, "
		"{mr_ifindex=3, mr_type=PACKET_MR_PROMISC, mr_alen=9, "
		"mr_address=01:02:03:04:05:06:07:08}, 16) = 0");
	cr_assert_str_eq(option_text(263, 5, packet, 15), "SOL_PACKET, PACKET_RX_RING, 0x1000, 15) = 0");
	uint8_t group[136] = { 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 80, 224, 0, 0, 3 };
	cr_assert_str_eq(option_text(0, 42, group, 136), "SOL_IP, MCAST_JOIN_GROUP, {gr_interface=1, "
		"gr_group={sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"224.0.0.3\")}}, "
		"136) = 0");
	cr_assert_str_eq(option_text(0, 42, group, 135), "SOL_IP, MCAST_JOIN_GROUP, 0x1000, 135) = 0");
}

Test(sockets, pending_errors_by_name)
{
	uint8_t e[4] = { 111 }, len[4] = { 4 };
	call_begin(X64, "getsockopt", 5, 1, 4, 0x1000, 0x2000, 0);
	call_memory(3, RN_PHASE_EXIT, 0x1000, e, 4);
	call_memory(4, RN_PHASE_ENTRY, 0x2000, len, 4);
	call_memory(4, RN_PHASE_EXIT, 0x2000, len, 4);
	assert_call("getsockopt(5, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0");
}

Test(sockets, statistics_of_packets_show_as_many_members_as_were_taken)
{
	const uint8_t statistics[12] = { 9, 0, 0, 0, 2 };
	uint8_t len[4] = { 5 };
	call_begin(X64, "getsockopt", 5, 263, 6, 0x1000, 0x2000, 0);
	call_memory(3, RN_PHASE_EXIT, 0x1000, statistics, 5);
	call_memory(4, RN_PHASE_ENTRY, 0x2000, len, 4);
	call_memory(4, RN_PHASE_EXIT, 0x2000, len, 4);
	assert_call("getsockopt(5, SOL_PACKET, PACKET_STATISTICS, "
		"{tp_packets=9, tp_drops=\"\\x02\"}, [5]) = 0");
}

/* LP64: name, namelen, iov, iovlen, control, controllen, flags. */
static void header(uint8_t *b, uint64_t name, uint64_t name_len, uint64_t n, uint64_t control,
	uint64_t control_len)
{
	const uint64_t v[] = { name, name_len, 0x5000, n, control, control_len, 0 };
	for (unsigned i = 0; i < 7; i++)
		put_le(b, 8 * i, 8, v[i]);
}

static void iovec(uint8_t *b, unsigned i, uint64_t base, uint64_t len)
{
	put_le(b, 16 * i, 8, base);
	put_le(b, 16 * i + 8, 8, len);
}

Test(sockets, vectors_show_as_much_as_was_moved)
{
	uint8_t v[32];
	iovec(v, 0, 0x6000, 4);
	iovec(v, 1, 0x7000, 100);
	call_begin(X64, "readv", 3, 0x5000, 2, 0, 0, 0);
	call_memory(1, RN_PHASE_EXIT, 0x5000, v, 32);
	call_memory(1, RN_PHASE_ENTRY, 0x5000, v, 32);
	call_memory(1, RN_PHASE_EXIT, 0x6000, "hell", 4);
	call_memory(1, RN_PHASE_EXIT, 0x7000, "o", 1);
	call_returns(5);
	assert_call("readv(3, [{iov_base=\"hell\", iov_len=4}, {iov_base=\"o\", iov_len=100}], 2) = 5");
	call_returns(2);
	assert_call("readv(3, [{iov_base=\"he\", iov_len=4}, {iov_base=\"\", iov_len=100}], 2) = 2");
	call_returns(-11);
	assert_call("readv(3, [{iov_base=0x6000, iov_len=4}, {iov_base=0x7000, iov_len=100}], 2) = "
		"-1 EAGAIN (Resource temporarily unavailable)");
	call_begin(X64, "writev", 1, 0x5000, 0, 0, 0, 0);
	assert_call("writev(1, [], 0) = 0");
	call_begin(X64, "writev", 1, 0x5000, 7, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x5000, v, 16);
	call_memory(1, RN_PHASE_ENTRY, 0x6000, "hell", 4);
	call_returns(-22);
	assert_call("writev(1, [{iov_base=\"hell\", iov_len=4}, ... /* 0x5010 */], 7) = "
		"-1 EINVAL (Invalid argument)");
}

Test(sockets, messages_with_descriptors_and_credentials)
{
	uint8_t h[56], v[16], c[56] = { 0 };
	header(h, 0, 0, 1, 0x8000, 56);
	iovec(v, 0, 0x6000, 2);
	put_le(c, 0, 8, 24);
	put_le(c, 8, 4, 1);
	put_le(c, 12, 4, 1);
	put_le(c, 16, 4, 1);
	put_le(c, 20, 4, 2);
	put_le(c, 24, 8, 28);
	put_le(c, 32, 4, 1);
	put_le(c, 36, 4, 2);
	put_le(c, 40, 4, 18231);
	call_begin(X64, "sendmsg", 3, 0x4000, 0x40, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x4000, h, 56);
	call_memory(1, RN_PHASE_ENTRY, 0x5000, v, 16);
	call_memory(1, RN_PHASE_ENTRY, 0x6000, "hi", 2);
	call_memory(1, RN_PHASE_ENTRY, 0x8000, c, 56);
	call_returns(2);
	assert_call("sendmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"hi\", iov_len=2}], "
		"msg_iovlen=1, msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, "
		"cmsg_data=[1, 2]}, {cmsg_len=28, cmsg_level=SOL_SOCKET, cmsg_type=SCM_CREDENTIALS, "
		"cmsg_data={pid=18231, uid=0, gid=0}}], msg_controllen=56, msg_flags=0}, "
		"MSG_DONTWAIT) = 2");
}

Test(sockets, received_messages_show_how_the_name_grew_and_failures_only_its_room)
{
	uint8_t before[56], after[56], v[16];
	header(before, 0x9000, 110, 1, 0, 0);
	header(after, 0x9000, 0, 1, 0, 0);
	iovec(v, 0, 0x6000, 10);
	call_begin(X64, "recvmsg", 4, 0x4000, 0, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x4000, before, 56);
	call_memory(1, RN_PHASE_EXIT, 0x4000, after, 56);
	call_memory(1, RN_PHASE_EXIT, 0x5000, v, 16);
	call_memory(1, RN_PHASE_EXIT, 0x6000, "hi", 2);
	call_returns(2);
	assert_call("recvmsg(4, {msg_name=0x9000, msg_namelen=110 => 0, "
		"msg_iov=[{iov_base=\"hi\", iov_len=10}], msg_iovlen=1, msg_controllen=0, "
		"msg_flags=0}, 0) = 2");
	call_returns(-11);
	assert_call("recvmsg(4, {msg_namelen=110}, 0) = -1 EAGAIN (Resource temporarily unavailable)");
}

Test(sockets, several_messages)
{
	uint8_t h[128], v[16];
	memset(h, 0, sizeof(h));
	header(h, 0, 0, 1, 0, 0);
	put_le(h, 56, 4, 5);
	header(h + 64, 0, 0, 1, 0, 0);
	iovec(v, 0, 0x6000, 5);
	call_begin(X64, "sendmmsg", 3, 0x4000, 2, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x4000, h, 128);
	call_memory(1, RN_PHASE_EXIT, 0x4000, h, 64);
	call_memory(1, RN_PHASE_ENTRY, 0x5000, v, 16);
	call_memory(1, RN_PHASE_ENTRY, 0x6000, "hello", 5);
	call_returns(1);
	assert_call("sendmmsg(3, [{msg_hdr={msg_name=NULL, msg_namelen=0, "
		"msg_iov=[{iov_base=\"hello\", iov_len=5}], msg_iovlen=1, msg_controllen=0, "
		"msg_flags=0}, msg_len=5}], 2, 0) = 1");
}

Test(sockets, control_messages_that_lie_about_their_length)
{
	uint8_t h[56], c[16] = { 0 };
	header(h, 0, 0, 0, 0x8000, 16);
	put_le(c, 0, 8, UINT64_MAX);
	put_le(c, 8, 4, 1);
	put_le(c, 12, 4, 1);
	call_begin(X64, "sendmsg", 3, 0x4000, 0, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x4000, h, 56);
	call_memory(1, RN_PHASE_ENTRY, 0x8000, c, 16);
	call_returns(-22);
	assert_call("sendmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[], msg_iovlen=0, "
		"msg_control=[{cmsg_len=18446744073709551615, cmsg_level=SOL_SOCKET, "
		"cmsg_type=SCM_RIGHTS}], msg_controllen=16, msg_flags=0}, 0) = "
		"-1 EINVAL (Invalid argument)");
	uint8_t behind[40] = { 0 };
	memcpy(behind, c, sizeof(c));
	put_le(behind, 0, 8, 20);
	put_le(behind, 16, 4, 7);
	put_le(h, 40, 8, 35);
	call_begin(X64, "sendmsg", 3, 0x4000, 0, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x4000, h, 56);
	call_memory(1, RN_PHASE_ENTRY, 0x8000, behind, 35);
	assert_call("sendmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[], msg_iovlen=0, "
		"msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[7]}, "
		"... /* 0x8018 */], msg_controllen=35, msg_flags=0}, 0) = 0");
}

Test(sockets, options_taken_in_part_show_what_came)
{
	uint8_t cred[12] = { 7, 0, 0, 0, 9 }, len[4] = { 7 };
	call_begin(X64, "getsockopt", 3, 1, 17, 0x1000, 0x2000, 0);
	call_memory(4, RN_PHASE_ENTRY, 0x2000, len, 4);
	call_memory(4, RN_PHASE_EXIT, 0x2000, len, 4);
	call_memory(3, RN_PHASE_EXIT, 0x1000, cred, 7);
	assert_call("getsockopt(3, SOL_SOCKET, SO_PEERCRED, {pid=7, uid=\"\\x09\\x00\\x00\"}, [7]) = 0");
	len[0] = 3;
	call_begin(X64, "getsockopt", 3, 1, 2, 0x1000, 0x2000, 0);
	call_memory(4, RN_PHASE_ENTRY, 0x2000, len, 4);
	call_memory(4, RN_PHASE_EXIT, 0x2000, len, 4);
	call_memory(3, RN_PHASE_EXIT, 0x1000, cred, 3);
	assert_call("getsockopt(3, SOL_SOCKET, SO_REUSEADDR, \"\\x07\\x00\\x00\", [3]) = 0");
}

Test(sockets, messages_that_cannot_be_read_are_addresses)
{
	uint8_t header[64] = { 0 };
	call_begin(X64, "sendmmsg", 3, 0x1000, 2, 0, 0, 0);
	call_returns(-9);
	assert_call("sendmmsg(3, 0x1000, 2, 0) = -1 EBADF (Bad file descriptor)");
	call_begin(X64, "sendmmsg", 3, 0x1000, 2, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, header, 64);
	call_returns(-9);
	assert_call("sendmmsg(3, [{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=NULL, msg_iovlen=0, "
		"msg_controllen=0, msg_flags=0}}, ... /* 0x1040 */], 2, 0) = "
		"-1 EBADF (Bad file descriptor)");
}
