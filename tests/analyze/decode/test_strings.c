/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include <stdio.h>

#include "call_fixture.h"

#define X64 RN_ABI_X86_64

static void write_of(const void *bytes, size_t len)
{
	call_begin(X64, "write", 1, 0x1000, len, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, bytes, len);
	call_returns((int64_t)len);
}

Test(strings, escapes_like_c_with_the_shortest_octal_that_is_unambiguous)
{
	write_of("a\"b\\\n\t\r\v\f\0" "1\0z\7\1\177\377\033" "8", 19);
	assert_call("write(1, \"a\\\"b\\\\\\n\\t\\r\\v\\f\\0001\\0z\\7\\1\\177\\377\\338\", 19) = 19");
}

Test(strings, a_buffer_longer_than_the_limit_is_cut_with_dots)
{
	write_of("0123456789012345678901234567890123456789", 40);
	assert_call("write(1, \"01234567890123456789012345678901\"..., 40) = 40");
	call_style.string_limit = 3;
	assert_call("write(1, \"012\"..., 40) = 40");
	call_style.string_limit = 40;
	assert_call("write(1, \"0123456789012345678901234567890123456789\", 40) = 40");
}

Test(strings, hex_styles_turn_whole_strings)
{
	write_of("ab\001", 3);
	call_style.hex_strings = 1;
	assert_call("write(1, \"\\x61\\x62\\x01\", 3) = 3");
	write_of("a\tb", 3);
	call_style.hex_strings = 1;
	assert_call("write(1, \"a\\tb\", 3) = 3");
	call_style.hex_strings = 2;
	assert_call("write(1, \"\\x61\\x09\\x62\", 3) = 3");
}

Test(strings, what_the_recorder_cut_ends_in_dots_and_what_faulted_is_an_address)
{
	call_begin(X64, "write", 1, 0x1000, 100, 0, 0, 0);
	struct rn_span *s = call_memory(1, RN_PHASE_ENTRY, 0x1000, "abc", 3);
	s->wanted = 100;
	call_returns(100);
	assert_call("write(1, \"abc\"..., 100) = 100");
	s->fault = 1;
	assert_call("write(1, 0x1000, 100) = 100");
}

Test(strings, null_and_empty_and_unread_buffers)
{
	call_begin(X64, "write", 1, 0, 5, 0, 0, 0);
	call_returns(-14);
	assert_call("write(1, NULL, 5) = -1 EFAULT (Bad address)");
	call_begin(X64, "write", 1, 0x1000, 0, 0, 0, 0);
	assert_call("write(1, \"\", 0) = 0");
	call_begin(X64, "write", 1, 0x1000, 7, 0, 0, 0);
	call_returns(-14);
	assert_call("write(1, 0x1000, 7) = -1 EFAULT (Bad address)");
}

Test(strings, a_buffer_in_two_adjacent_spans_reads_as_one)
{
	call_begin(X64, "write", 1, 0x1ffe, 4, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1ffe, "a\1", 2);
	call_memory(1, RN_PHASE_ENTRY, 0x2000, "2b", 2);
	call_returns(4);
	assert_call("write(1, \"a\\0012b\", 4) = 4");
}

Test(strings, out_buffers_show_what_the_call_returned)
{
	call_begin(X64, "read", 3, 0x1000, 100, 0, 0, 0);
	call_memory(1, RN_PHASE_EXIT, 0x1000, "hello", 5);
	call_returns(5);
	assert_call("read(3, \"hello\", 100) = 5");
	call_returns(-4);
	assert_call("read(3, 0x1000, 100) = -1 EINTR (Interrupted system call)");
	call_returns(0);
	assert_call("read(3, \"\", 100) = 0");
	call_event()->call.flags = RN_CALL_UNFINISHED;
	assert_call("read(3, 0x1000, 100) = ?");
}

Test(strings, paths_are_whole_whatever_the_limit)
{
	char path[200];
	memset(path, 'p', sizeof(path));
	path[199] = 0;
	call_begin(X64, "rmdir", 0x1000, 0, 0, 0, 0, 0);
	call_string(0, 0x1000, path);
	call_returns(-2);
	char expected[300];
	snprintf(expected, sizeof(expected), "rmdir(\"%s\") = -1 ENOENT (No such file or directory)",
		path);
	assert_call(expected);
}

Test(strings, a_path_without_its_nul_is_cut_or_an_address)
{
	call_begin(X64, "rmdir", 0x1000, 0, 0, 0, 0, 0);
	struct rn_span *s = call_memory(0, RN_PHASE_ENTRY, 0x1000, "/tmp", 4);
	s->string = 1;
	s->wanted = 4096;
	s->fault = 1;
	call_returns(-14);
	assert_call("rmdir(0x1000) = -1 EFAULT (Bad address)");
	s->fault = 0;
	call_returns(-36);
	assert_call("rmdir(\"/tmp\"...) = -1 ENAMETOOLONG (File name too long)");
}

Test(strings, more_than_there_was_room_for_is_not_shown)
{
	call_begin(RN_ABI_X86_64, "recvfrom", 3, 0x1000, 1, 0x20, 0, 0);
	call_memory(1, RN_PHASE_EXIT, 0x1000, "A", 1);
	call_returns(2);
	assert_call("recvfrom(3, \"A\", 1, MSG_TRUNC, NULL, NULL) = 2");
}
