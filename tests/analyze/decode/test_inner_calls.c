/* SPDX-License-Identifier: MIT */
#include "call_fixture.h"

#include <criterion/criterion.h>

static void words(unsigned arg, uint64_t addr, const uint32_t *w, unsigned n)
{
	call_memory(arg, RN_PHASE_ENTRY, addr, w, 4 * (size_t)n);
}

Test(inner_calls, socketcall_shows_the_call_that_its_words_are_for)
{
	const uint32_t w[] = { 3, 0x2000, 5, 0, 0, 0 };
	call_begin(RN_ABI_I386, "socketcall", 9, 0x1000, 0, 0, 0, 0);
	words(1, 0x1000, w, 6);
	call_memory(1, RN_PHASE_ENTRY, 0x2000, "hello", 5);
	call_returns(5);
	assert_call("send(3, \"hello\", 5, 0) = 5");
	cr_assert_eq(rn_decode_n_args(&call_event()->call), 4);
	cr_assert_str_eq(call_arg_text(1), "\"hello\"");
}

Test(inner_calls, words_that_are_not_all_there_leave_the_outer_call)
{
	const uint32_t w[] = { 3, 0x2000 };
	call_begin(RN_ABI_I386, "socketcall", 4, 0x1000, 0, 0, 0, 0);
	call_fault(1, RN_PHASE_ENTRY, 0x1000, 24);
	call_returns(-14);
	assert_call("socketcall(SYS_LISTEN, 0x1000) = -1 EFAULT (Bad address)");
	call_begin(RN_ABI_I386, "socketcall", 4, 0x1000, 0, 0, 0, 0);
	words(1, 0x1000, w, 2); /* listen needs no more */
	call_returns(0);
	assert_call("listen(3, 8192) = 0");
	call_begin(RN_ABI_I386, "socketcall", 99, 0x1000, 0, 0, 0, 0);
	words(1, 0x1000, w, 2);
	call_returns(-22);
	cr_assert(strncmp(call_text(), "socketcall(0x63", 15) == 0, "%s", call_text());
}

Test(inner_calls, ipc_moves_its_arguments_to_their_places)
{
	const uint8_t op[6] = { 1, 0, 0xff, 0xff, 0, 0 };
	const uint32_t old[] = { 0x3000, 7 };
	call_begin(RN_ABI_I386, "ipc", 1, 12, 1, 0, 0x2000, 0);
	call_memory(4, RN_PHASE_ENTRY, 0x2000, op, 6);
	call_returns(0);
	assert_call("semop(12, [{sem_num=1, sem_op=-1, sem_flg=0}], 1) = 0");
	call_begin(RN_ABI_I386, "ipc", 12, 5, 100, 0, 0x2000, 0);
	words(4, 0x2000, old, 2);
	call_returns(-11);
	assert_call("msgrcv(5, 0x3000, 100, 7, 0) = -1 EAGAIN (Resource temporarily unavailable)");
	call_begin(RN_ABI_I386, "ipc", 23, 0, 4096, 0600, 0, 0);
	call_returns(3);
	assert_call("shmget(IPC_PRIVATE, 4096, 0600) = 3");
}

Test(inner_calls, the_first_mmap_of_i386_has_its_arguments_in_memory)
{
	const uint32_t w[] = { 0, 8192, 3, 0x22, 0xffffffff, 0 };
	call_begin(RN_ABI_I386, "mmap", 0x1000, 0, 0, 0, 0, 0);
	words(0, 0x1000, w, 6);
	call_returns(0x55000000);
	assert_call("mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x55000000");
}
