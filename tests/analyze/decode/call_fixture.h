/* SPDX-License-Identifier: MIT */
/**
 * call_fixture - events made by hand, and their text.
 *
 * call_begin() starts a call by name; call_memory() lays bytes at an address;
 * call_text() gives "name(args) = result", valid until the next call_begin().
 */
#ifndef RN_TESTS_ANALYZE_DECODE_CALL_FIXTURE_H
#define RN_TESTS_ANALYZE_DECODE_CALL_FIXTURE_H

#include "analyze/decode/decode.h"

struct rn_call *call_begin(enum rn_abi abi, const char *name, uint64_t a0, uint64_t a1, uint64_t a2,
	uint64_t a3, uint64_t a4, uint64_t a5);
/** All of len bytes are there. The bytes are copied. */
struct rn_span *call_memory(unsigned arg, enum rn_span_phase phase, uint64_t addr,
	const void *bytes, size_t len);
/** A string with its NUL, captured at entry. */
struct rn_span *call_string(unsigned arg, uint64_t addr, const char *s);
/** Nothing is there. */
void call_fault(unsigned arg, enum rn_span_phase phase, uint64_t addr, uint32_t wanted);
void call_returns(int64_t ret); /* negative: an error */
extern struct rn_decode_style call_style;
const char *call_text(void);
const char *call_arg_text(unsigned i);
const char *call_result_text(void);
struct rn_event *call_event(void);

#define assert_call(expected) cr_assert_str_eq(call_text(), expected, "%s", call_text())

#endif
