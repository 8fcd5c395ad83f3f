/* SPDX-License-Identifier: MIT */
/* Sections by themselves. What encoders write is held against checksums: an encoder that chooses otherwise gives
 * traces that read back all the same and are larger, or differ from those of yesterday. */
#include "format/block_encoder.h"
#include "format/crc32c.h"
#include "format/frame.h"
#include "tests/format/sample.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct rn_block_encoder encoder;

static void put_sample(const struct sample_options *o, uint64_t seed)
{
	struct sample s = { .n = 0 };
	sample_make(&s, 3000, seed, o);
	for (uint32_t i = 0; i < s.n; i++)
		cr_assert_eq(rn_block_encoder_put(&encoder, &s.event[i], NULL), 0);
	sample_free(&s);
}

enum { CORE, ARGS, REGS, STACK, SPANS, N_ENCODED };

static void encode(struct rn_buffer *out, unsigned which)
{
	rn_buffer_clear(out);
	switch (which) {
	case CORE: rn_core_encode(out, &encoder.core); break;
	case ARGS: rn_args_encode(out, &encoder.args); break;
	case REGS: rn_regs_encode(out, &encoder.regs); break;
	case STACK: rn_stack_encode(out, &encoder.stack); break;
	default: rn_spans_encode(out, &encoder.spans);
	}
}

static size_t promised(unsigned which)
{
	switch (which) {
	case CORE: return rn_core_bytes(&encoder.core);
	case ARGS: return rn_args_bytes(&encoder.args);
	case REGS: return rn_regs_bytes(&encoder.regs);
	case STACK: return rn_stack_bytes(&encoder.stack);
	default: return rn_spans_bytes(&encoder.spans);
	}
}

static const struct sample_options kinds[] = {
	{ .n_threads = 4, .n_regs = 27, .stack_bytes = 600, .meta_percent = 5 },
	{ .n_threads = 70, .n_regs = 27, .stack_bytes = 5000, .meta_percent = 0 },
	{ .n_threads = 3, .n_regs = 27, .stack_bytes = 64, .meta_percent = 20, .wild = true },
	{ .n_threads = 1, .n_regs = 0, .stack_bytes = 0, .meta_percent = 1 },
};
#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

Test(sections, encoders_write_what_they_always_wrote)
{
	/* When a change here is meant: the old ones must still be read (tests/golden). */
	static const uint32_t known[N_KINDS][N_ENCODED] = {
#include "tests/format/sections.def"
	};
	struct rn_buffer out = RN_BUFFER_INIT;
	cr_assert_eq(rn_block_encoder_init(&encoder), 0);
	for (size_t k = 0; k < N_KINDS; k++) {
		/* A block before it: nothing of it may be left. */
		put_sample(&kinds[(k + 1) % N_KINDS], 7);
		rn_block_encoder_clear(&encoder);
		put_sample(&kinds[k], 11 + k);
		for (unsigned w = 0; w < N_ENCODED; w++) {
			encode(&out, w);
			cr_expect(promised(w) * 11 / 10 + 64 >= out.len && promised(w) <= 2 * out.len + 64,
				"kind %zu section %u: %zu bytes promised, %zu written", k, w, promised(w), out.len);
			cr_expect_eq(rn_crc32c(rn_buffer_bytes(&out)), known[k][w], "kind %zu section %u: 0x%08x", k, w,
				rn_crc32c(rn_buffer_bytes(&out)));
		}
		rn_block_encoder_clear(&encoder);
	}
	rn_block_encoder_fini(&encoder);
	rn_buffer_fini(&out);
}

Test(sections, equal_contents_are_written_once)
{
	struct rn_spans_encoder e;
	struct rn_buffer out = RN_BUFFER_INIT;
	uint8_t text[200], other[200];
	memset(text, 'a', sizeof(text));
	memset(other, 'b', sizeof(other));
	cr_assert_eq(rn_spans_encoder_init(&e), 0);
	for (unsigned i = 0; i < 100; i++) {
		struct rn_span span = { .addr = 4096, .wanted = 200, .len = 200, .bytes = i % 2 ? text : other };
		const struct rn_call call = { .args = { 4096 }, .n_spans = 1, .spans = &span };
		rn_spans_put(&e, &call);
	}
	cr_expect_eq(e.n_contents, 2);
	rn_spans_encode(&out, &e);
	cr_expect(out.len > 400 && out.len < 900, "%zu bytes", out.len);
	rn_spans_encoder_fini(&e);
	rn_buffer_fini(&out);
}

Test(sections, contents_of_one_block_are_forgotten_in_the_next)
{
	struct rn_spans_encoder e;
	struct rn_buffer first = RN_BUFFER_INIT, second = RN_BUFFER_INIT;
	uint8_t text[200];
	struct rn_span span = { .addr = 4096, .wanted = 200, .len = 200, .bytes = text };
	const struct rn_call call = { .args = { 4096 }, .n_spans = 1, .spans = &span };
	memset(text, 'a', sizeof(text));
	cr_assert_eq(rn_spans_encoder_init(&e), 0);
	rn_spans_put(&e, &call);
	rn_spans_encode(&first, &e);
	rn_spans_encoder_clear(&e);
	cr_expect_eq(e.n_contents, 0);
	rn_spans_put(&e, &call);
	rn_spans_encode(&second, &e);
	cr_expect_eq(e.n_contents, 1);
	cr_expect(rn_bytes_equal(rn_buffer_bytes(&first), rn_buffer_bytes(&second)));
	rn_spans_encoder_fini(&e);
	rn_buffer_fini(&first);
	rn_buffer_fini(&second);
}

Test(sections, a_block_holds_no_more_stacks_than_a_reader_keeps)
{
	static uint8_t stack[1 << 20];
	struct rn_event ev = { .kind = RN_EV_CALL, .utid = 1 };
	ev.call = (struct rn_call){ .abi = RN_ABI_X86_64, .stack = stack, .stack_len = sizeof(stack),
		.stack_wanted = sizeof(stack), .stack_addr = 1 << 30 };
	cr_assert_eq(rn_block_encoder_init(&encoder), 0);
	for (unsigned round = 0; round < 2; round++) {
		unsigned n = 0;
		for (; n < 100 && !rn_block_encoder_is_full(&encoder); n++)
			cr_assert_eq(rn_block_encoder_put(&encoder, &ev, NULL), 0);
		cr_expect(n >= 47 && n <= 49, "%u stacks of 1 MiB", n);
		rn_block_encoder_clear(&encoder);
	}
	rn_block_encoder_fini(&encoder);
}

Test(sections, hostile_heads_are_refused)
{
	struct rn_arena arena = RN_ARENA_INIT;
	static const struct rn_core_decoded core;
	struct rn_stack_decoded *stack;
	struct rn_regs_decoded regs;
	/* how many words an image has, as a power of two; how many images */
	static const uint8_t heads[][2] = { { 7, 0 }, { 63, 1 }, { 7, 127 } };
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		uint8_t raw[64] = { heads[i][0], heads[i][1] };
		cr_expect_eq(rn_stack_open(&stack, rn_bytes_of(raw, sizeof(raw)), &core, NULL, &arena, NULL), RN_E_CORRUPT,
			"head %zu", i);
	}
	static const uint8_t n_regs[] = { 0, 100 };
	for (size_t i = 0; i < sizeof(n_regs); i++)
		cr_expect_eq(rn_regs_decode(&regs, rn_bytes_of(&n_regs[i], 1), &core, NULL, &arena, NULL), RN_E_CORRUPT);
	rn_arena_fini(&arena);
}

static size_t core_bytes_of(int64_t ret, uint16_t flags)
{
	struct rn_buffer out = RN_BUFFER_INIT;
	struct rn_event ev = { .kind = RN_EV_CALL, .utid = 1 };
	ev.call = (struct rn_call){ .abi = RN_ABI_X86_64, .ret = ret, .flags = flags };
	cr_assert_eq(rn_block_encoder_init(&encoder), 0);
	for (unsigned i = 0; i < 256; i++) {
		ev.call.flags = i % 2 ? flags : 0;
		ev.call.ret = i % 2 ? ret : 0;
		cr_assert_eq(rn_block_encoder_put(&encoder, &ev, NULL), 0);
	}
	rn_core_encode(&out, &encoder.core);
	size_t len = out.len;
	rn_buffer_fini(&out);
	rn_block_encoder_fini(&encoder);
	return len;
}

/* A result says by itself whether it is an error, from -4095 to -1: only what differs takes room. */
Test(sections, flags_that_follow_from_the_result_take_no_room)
{
	size_t plain = core_bytes_of(-4096, 0);
	cr_expect_eq(core_bytes_of(-4095, RN_CALL_ERROR), plain);
	cr_expect_gt(core_bytes_of(-4096, RN_CALL_ERROR), plain);
	cr_expect_gt(core_bytes_of(-4095, 0), plain);
	cr_expect_gt(core_bytes_of(0, RN_CALL_ERROR), core_bytes_of(0, 0));
}

Test(sections, a_block_gets_another_number)
{
	struct rn_buffer body = RN_BUFFER_INIT, got = RN_BUFFER_INIT, want = RN_BUFFER_INIT;
	rn_put_varint(&body, 300);
	rn_put_varint(&body, 70000);
	rn_put_text(&body, "the rest");
	rn_directory_renumber(&got, rn_buffer_bytes(&body), 5, 100000);
	size_t at = rn_frame_begin(&want, RN_FRAME_BLOCK);
	rn_put_varint(&want, 5);
	rn_put_varint(&want, 100000);
	rn_put_text(&want, "the rest");
	rn_frame_end(&want, at);
	cr_expect(rn_bytes_equal(rn_buffer_bytes(&got), rn_buffer_bytes(&want)));
	rn_buffer_fini(&body);
	rn_buffer_fini(&got);
	rn_buffer_fini(&want);
}
