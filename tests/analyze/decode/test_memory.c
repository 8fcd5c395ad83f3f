/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "analyze/decode/memory.h"
#include "call_fixture.h"

Test(memory, reads_over_adjacent_and_overlapping_spans_of_one_phase)
{
	struct rn_call *c = call_begin(RN_ABI_X86_64, "close", 0, 0, 0, 0, 0, 0);
	uint8_t got[6];
	call_memory(0, RN_PHASE_ENTRY, 0x10, "abc", 3);
	call_memory(1, RN_PHASE_ENTRY, 0x12, "cdef", 4);
	call_memory(1, RN_PHASE_EXIT, 0x16, "xyz", 3);
	cr_assert(rn_memory_read(c, RN_PHASE_ENTRY, 0x10, got, 6));
	cr_assert_arr_eq(got, "abcdef", 6);
	cr_assert_not(rn_memory_read(c, RN_PHASE_ENTRY, 0x11, got, 6));
	cr_assert_not(rn_memory_read(c, RN_PHASE_EXIT, 0x10, got, 1));
	cr_assert_eq(rn_memory_extent(c, RN_PHASE_ENTRY, 0x10, UINT64_MAX), 6);
	cr_assert_eq(rn_memory_extent(c, RN_PHASE_ENTRY, 0x0f, UINT64_MAX), 0);
}

Test(memory, spans_at_the_end_of_the_address_space_do_not_wrap)
{
	struct rn_call *c = call_begin(RN_ABI_X86_64, "close", 0, 0, 0, 0, 0, 0);
	uint8_t got[8];
	call_memory(0, RN_PHASE_ENTRY, UINT64_MAX - 3, "abcdefgh", 8);
	cr_assert(rn_memory_read(c, RN_PHASE_ENTRY, UINT64_MAX - 1, got, 1));
	cr_assert_not(rn_memory_read(c, RN_PHASE_ENTRY, 0, got, 1));
	cr_assert_not(rn_memory_read(c, RN_PHASE_ENTRY, UINT64_MAX - 1, got, 8));
}

Test(memory, a_fault_is_found_though_it_has_no_bytes)
{
	struct rn_call *c = call_begin(RN_ABI_X86_64, "close", 0, 0, 0, 0, 0, 0);
	const struct rn_span *span = NULL;
	call_fault(0, RN_PHASE_ENTRY, 0x4000, 16);
	cr_assert_eq(rn_memory_run(c, RN_PHASE_ENTRY, 0x4000, 16, &span).len, 0);
	cr_assert_not_null(span);
	cr_assert(span->fault);
}

Test(memory, fields_beyond_a_record_read_as_zero)
{
	struct rn_bytes b = rn_bytes_of("\x01\x02\xff", 3);
	cr_assert_eq(rn_field_u(b, 0, 2), 0x201);
	cr_assert_eq(rn_field_u(b, 2, 8), 0xff);
	cr_assert_eq(rn_field_i(b, 2, 1), -1);
	cr_assert_eq(rn_field_u(b, 100, 8), 0);
	cr_assert_eq(rn_field_be(b, 0, 2), 0x102);
	cr_assert_eq(rn_bytes_part(b, 2, 100).len, 1);
	cr_assert_eq(rn_bytes_part(b, 3, 1).len, 0);
}

static void groups(unsigned there)
{
	uint32_t id[3] = { 4, 5, 6 };
	/* the count is an int: what stands above it in the register is nobody's */
	call_begin(RN_ABI_X86_64, "setgroups", 0xffffffff00000003, 0x1000, 0, 0, 0, 0);
	call_style.string_limit = 2;
	call_memory(1, RN_PHASE_ENTRY, 0x1000, id, 4 * there);
}

Test(memory, arrays_tell_what_could_not_be_read_before_what_is_left_out)
{
	groups(2);
	assert_call("setgroups(3, [4, 5, ... /* 0x1008 */]) = 0");
	groups(3);
	assert_call("setgroups(3, [4, 5, ...]) = 0");
}
