/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "call_fixture.h"

#define X64 RN_ABI_X86_64

Test(results, errors_have_name_and_text)
{
	call_begin(X64, "close", 5, 0, 0, 0, 0, 0);
	call_returns(-9);
	assert_call("close(5) = -1 EBADF (Bad file descriptor)");
	call_returns(-600);
	assert_call("close(5) = -1 (errno 600)");
}

Test(results, interrupted_calls_say_how_they_restart)
{
	call_begin(X64, "pause", 0, 0, 0, 0, 0, 0);
	call_returns(-514);
	assert_call("pause() = ? ERESTARTNOHAND (To be restarted if no handler)");
	call_returns(-512);
	assert_call("pause() = ? ERESTARTSYS (To be restarted if SA_RESTART is set)");
	call_returns(-516);
	assert_call("pause() = ? ERESTART_RESTARTBLOCK (Interrupted by signal)");
	call_returns(-513);
	assert_call("pause() = ? ERESTARTNOINTR (To be restarted)");
}

Test(results, what_never_returned_is_a_question_mark)
{
	call_begin(X64, "exit_group", 3, 0, 0, 0, 0, 0);
	call_event()->call.flags = RN_CALL_UNFINISHED;
	assert_call("exit_group(3) = ?");
}

Test(results, addresses_in_hex_and_masks_in_octal)
{
	call_begin(X64, "brk", 0, 0, 0, 0, 0, 0);
	call_returns(0x55a66b6f7000);
	assert_call("brk(NULL) = 0x55a66b6f7000");
	call_begin(X64, "umask", 0, 0, 0, 0, 0, 0);
	call_returns(022);
	assert_call("umask(000) = 022");
	call_begin(RN_ABI_I386, "brk", 0, 0, 0, 0, 0, 0);
	call_returns((int32_t)0xf7000000);
	call_event()->call.flags = 0;
	assert_call("brk(NULL) = 0xf7000000");
}

Test(results, unknown_calls_show_six_registers)
{
	struct rn_call *c = call_begin(X64, "close", 1, 2, 3, 0, 5, 0xffffffffffffffff);
	c->nr = 500;
	call_returns(-38);
	assert_call("syscall_500(0x1, 0x2, 0x3, 0, 0x5, 0xffffffffffffffff) = "
		"-1 ENOSYS (Function not implemented)");
	c->abi = 99;
	cr_assert_str_eq(call_arg_text(5), "0xffffffffffffffff");
}
