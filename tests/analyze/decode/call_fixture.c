/* SPDX-License-Identifier: MIT */
#include "call_fixture.h"

#include <criterion/criterion.h>

#include "shared/syscall.h"

enum { SPANS = 64, BYTES = 1 << 18 };

static struct rn_event event;
static struct rn_span spans[SPANS];
static uint8_t memory[BYTES];
static size_t used;
static struct rn_buffer text = RN_BUFFER_INIT;
struct rn_decode_style call_style = { .string_limit = 32 };
static struct rn_decode_env env = { .style = &call_style };

struct rn_call *call_begin(enum rn_abi abi, const char *name, uint64_t a0, uint64_t a1, uint64_t a2,
	uint64_t a3, uint64_t a4, uint64_t a5)
{
	int32_t nr = rn_syscall_number(abi, rn_bytes_str(name));
	cr_assert_geq(nr, 0, "no call %s", name);
	event = (struct rn_event){ .kind = RN_EV_CALL, .utid = 1 };
	event.call = (struct rn_call){
		.abi = (uint8_t)abi,
		.nr = (uint32_t)nr,
		.args = { a0, a1, a2, a3, a4, a5 },
		.spans = spans,
	};
	used = 0;
	call_style = (struct rn_decode_style){ .string_limit = 32 };
	return &event.call;
}

struct rn_span *call_memory(unsigned arg, enum rn_span_phase phase, uint64_t addr,
	const void *bytes, size_t len)
{
	cr_assert_lt(event.call.n_spans, SPANS);
	cr_assert_leq(len, BYTES - used);
	if (len)
		memcpy(memory + used, bytes, len);
	struct rn_span *s = &spans[event.call.n_spans++];
	*s = (struct rn_span){
		.addr = addr,
		.wanted = (uint32_t)len,
		.len = (uint32_t)len,
		.arg = (uint8_t)arg,
		.phase = (uint8_t)phase,
		.bytes = memory + used,
	};
	used += len;
	return s;
}

struct rn_span *call_string(unsigned arg, uint64_t addr, const char *s)
{
	struct rn_span *span = call_memory(arg, RN_PHASE_ENTRY, addr, s, strlen(s) + 1);
	span->string = 1;
	span->wanted = 4096;
	return span;
}

void call_fault(unsigned arg, enum rn_span_phase phase, uint64_t addr, uint32_t wanted)
{
	struct rn_span *s = call_memory(arg, phase, addr, NULL, 0);
	s->wanted = wanted;
	s->fault = 1;
}

void call_returns(int64_t ret)
{
	event.call.ret = ret;
	event.call.flags &= (uint16_t)~RN_CALL_ERROR;
	if (ret < 0)
		event.call.flags |= RN_CALL_ERROR;
}

const char *call_text(void)
{
	rn_buffer_clear(&text);
	rn_decode_name(&text, &event.call);
	rn_put_text(&text, "(");
	rn_decode_args(&text, &event, &env);
	rn_put_text(&text, ") = ");
	rn_decode_result(&text, &event, &env);
	return rn_buffer_cstr(&text);
}

const char *call_arg_text(unsigned i)
{
	rn_buffer_clear(&text);
	rn_decode_arg(&text, &event, i, &env);
	return rn_buffer_cstr(&text);
}

const char *call_result_text(void)
{
	rn_buffer_clear(&text);
	rn_decode_result(&text, &event, &env);
	return rn_buffer_cstr(&text);
}

struct rn_event *call_event(void)
{
	return &event;
}
