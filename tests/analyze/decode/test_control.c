/* SPDX-License-Identifier: MIT */
/* Control messages: what each type's data mean, how few bytes are too few, and bytes that lie. */
#include "bytes.h"
#include "call_fixture.h"

#include <criterion/criterion.h>

enum { SOCKET = 1, IP = 0, TCP = 6, HEAD = 16, HEADER_BYTES = 56, ROOM = 256 };

/* The second argument of sendmsg with so many control bytes. */
static const char *sent(const uint8_t *control, size_t len)
{
	uint8_t h[HEADER_BYTES] = { 0 };
	put_le(h, 32, 8, 0x8000);
	put_le(h, 40, 8, len);
	call_begin(RN_ABI_X86_64, "sendmsg", 3, 0x4000, 0, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x4000, h, sizeof(h));
	call_memory(1, RN_PHASE_ENTRY, 0x8000, control, len);
	return call_arg_text(1);
}

/* One message; its data count 1, 2, 3 .. */
static const char *one(unsigned level, unsigned type, size_t len)
{
	uint8_t c[HEAD + 64] = { 0 };
	put_le(c, 0, 8, HEAD + len);
	put_le(c, 8, 4, level);
	put_le(c, 12, 4, type);
	for (size_t i = 0; i < len; i++)
		c[HEAD + i] = (uint8_t)(i + 1);
	return sent(c, HEAD + len);
}

Test(control, data_by_type)
{
	static const struct {
		uint8_t level, type, len;
		const char *text; /* of the message behind its length */
	} rows[] = {
		{ SOCKET, 1, 8, "cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[67305985, 134678021]}" },
		{ SOCKET, 1, 3, "cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS}" },
		{ SOCKET, 2, 12, "cmsg_data={pid=67305985, uid=134678021, gid=202050057}}" },
		{ SOCKET, 2, 11, "cmsg_type=SCM_CREDENTIALS}" },
		{ SOCKET, 3, 2, "cmsg_type=SCM_SECURITY, cmsg_data=\"\\1\\2\"}" },
		{ SOCKET, 29, 16, "cmsg_type=SO_TIMESTAMP_OLD, cmsg_data={tv_sec=578437695752307201, "
			"tv_usec=1157159078456920585}}" },
		{ SOCKET, 29, 15, "cmsg_type=SO_TIMESTAMP_OLD, cmsg_data=???}" },
		{ SOCKET, 64, 16, "cmsg_type=SO_TIMESTAMPNS_NEW, cmsg_data={tv_sec=578437695752307201, "
			"tv_nsec=1157159078456920585}}" },
		{ SOCKET, 37, 48, "tv_nsec=2314601843866147353}, {tv_sec=" },
		{ IP, 1, 2, "cmsg_level=SOL_IP, cmsg_type=IP_TOS, cmsg_data=[0x1, 0x2]}" },
		{ IP, 2, 4, "cmsg_type=IP_TTL, cmsg_data=[67305985]}" },
		{ IP, 2, 3, "cmsg_type=IP_TTL}" },
		{ IP, 3, 1, "cmsg_type=SCM_SECURITY, cmsg_data=\"\\1\"}" },
		{ IP, 4, 4, "cmsg_type=0x4 /* IP_??? */}" },
		{ IP, 8, 12, "cmsg_type=IP_PKTINFO, cmsg_data={ipi_ifindex=67305985, "
			"ipi_spec_dst=inet_addr(\"5.6.7.8\"), ipi_addr=inet_addr(\"9.10.11.12\")}}" },
		{ IP, 11, 48, "cmsg_type=IP_RECVERR, cmsg_data={ee_errno=67305985, ee_origin=5, ee_type=6, "
			"ee_code=7, ee_info=202050057, ee_data=269422093, offender={sa_family=0x1211 /* AF_??? */, "
			"sa_data=\"\\23\\24\\25\\26\\27\\30\\31\\32\\33\\34\\35\\36\\37 \"}}}" },
		{ IP, 11, 31, "cmsg_type=IP_RECVERR}" },
		{ IP, 20, 16, "cmsg_type=IP_ORIGDSTADDR, cmsg_data={sa_family=0x201 /* AF_??? */, "
			"sa_data=\"\\3\\4\\5\\6\\7\\10\\t\\n\\v\\f\\r\\16\\17\\20\"}}" },
		{ TCP, 1, 4, "cmsg_level=SOL_TCP, cmsg_type=0x1}" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text = one(rows[i].level, rows[i].type, rows[i].len);
		cr_expect(strstr(text, rows[i].text), "%s\nlacks %s", text, rows[i].text);
	}
}

/* Whatever the bytes say, nothing is read beyond them and the text ends. */
Test(control, lengths_and_types_that_lie)
{
	uint8_t bytes[ROOM];
	uint32_t state = 1;
	for (unsigned round = 0; round < 3000; round++) {
		for (size_t i = 0; i < sizeof(bytes); i++) {
			state = state * 1664525 + 1013904223;
			bytes[i] = (uint8_t)(state >> 24);
		}
		size_t at = 0;
		while (at + HEAD <= sizeof(bytes)) { /* headers that lead on, mostly */
			state = state * 1664525 + 1013904223;
			put_le(bytes, at, 8, HEAD + (state >> 24) % 60);
			put_le(bytes, at + 8, 4, state >> 16 & 1);
			put_le(bytes, at + 12, 4, (state >> 8) % 66);
			at += HEAD + (state >> 26);
		}
		cr_assert_lt(strlen(sent(bytes, 1 + state % sizeof(bytes))), 65536);
	}
}
