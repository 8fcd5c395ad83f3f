/* SPDX-License-Identifier: MIT */
/* Whatever an event holds, decoding ends, stays within the event's memory and gives bounded text:
 * every call of every ABI with arguments and memory made to deceive, from fixed seeds. */
#include <criterion/criterion.h>

#include <stdlib.h>

#include "analyze/decode/decode.h"
#include "shared/syscall.h"

enum { SPANS = 24, POOL = 1 << 16, TEXT_MAX = 1 << 20 };

static uint64_t state;

static uint64_t draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Numbers that matter: small, at the edges of types, the addresses in use. */
static uint64_t hostile_number(void)
{
	static const uint64_t edges[] = { 0, 1, 2, 7, 8, 16, 31, 32, 33, 63, 64, 65, 127, 128, 255,
		1024, 4095, 4096, 65535, INT32_MAX, UINT32_MAX, (uint64_t)INT32_MIN, INT64_MAX,
		(uint64_t)INT64_MIN, UINT64_MAX, UINT64_MAX - 7 };
	switch (draw() % 4) {
	case 0:
		return edges[draw() % (sizeof(edges) / sizeof(edges[0]))];
	case 1:
		return draw() % 256;
	case 2:
		return 0x10000 * (1 + draw() % 8);
	default:
		return draw();
	}
}

static void fill(uint8_t *p, size_t len)
{
	for (size_t i = 0; i + 8 <= len; i += 8) {
		uint64_t v = hostile_number();
		memcpy(p + i, &v, 8);
	}
	if (len && draw() % 4 == 0)
		p[draw() % len] = 0;
}

/* Each span's bytes are an allocation of their own, so that a sanitizer sees one byte too many. */
static uint32_t make_spans(struct rn_span *s, const uint64_t *args)
{
	uint32_t n = (uint32_t)(draw() % SPANS);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t len = (uint32_t)(draw() % 5 == 0 ? 0 : draw() % 400);
		uint8_t *bytes = malloc(len ? len : 1);
		cr_assert_not_null(bytes);
		fill(bytes, len);
		uint64_t addr = draw() % 2 ? args[draw() % 6] : hostile_number();
		if (draw() % 8 == 0 && i)
			addr = s[i - 1].addr + s[i - 1].len;
		s[i] = (struct rn_span){
			.addr = addr,
			.wanted = (uint32_t)hostile_number(),
			.len = len,
			.arg = (uint8_t)(draw() % 6),
			.phase = (uint8_t)(draw() % 2),
			.fault = (uint8_t)(draw() % 2),
			.string = (uint8_t)(draw() % 2),
			.bytes = bytes,
		};
	}
	return n;
}

static const int64_t results[] = { 0, 1, 3, 8, 100, -1, -14, -22, -512, -516, -4095, INT64_MIN,
	INT64_MAX, 1 << 20 };

static void decode_all(const struct rn_event *ev, const struct rn_decode_env *env,
	struct rn_buffer *out)
{
	rn_buffer_clear(out);
	rn_decode_name(out, &ev->call);
	rn_decode_args(out, ev, env);
	rn_decode_result(out, ev, env);
	unsigned n = rn_decode_n_args(&ev->call);
	for (unsigned i = 0; i < n; i++)
		rn_decode_arg(out, ev, i, env);
	cr_assert(rn_buffer_ok(out));
	cr_assert_lt(out->len, TEXT_MAX, "nr %u of abi %u", ev->call.nr, ev->call.abi);
}

static void one_event(enum rn_abi abi, uint32_t nr, struct rn_buffer *out)
{
	struct rn_span spans[SPANS];
	struct rn_decode_style style = {
		.string_limit = (uint32_t)(draw() % 3 == 0 ? hostile_number() : 32),
		.verbose = draw() % 2,
		.fds = (uint8_t)(draw() % 16),
		.pids = (uint8_t)(draw() % 4),
		.hex_strings = (uint8_t)(draw() % 4),
		.constants = (uint8_t)(draw() % 3),
	};
	const struct rn_decode_env env = { .style = &style };
	struct rn_event ev = { .kind = RN_EV_CALL, .utid = 1 };
	ev.call = (struct rn_call){ .abi = (uint8_t)abi, .nr = nr, .spans = spans };
	for (unsigned i = 0; i < 6; i++)
		ev.call.args[i] = hostile_number();
	ev.call.ret = results[draw() % (sizeof(results) / sizeof(results[0]))];
	ev.call.flags = (uint16_t)(ev.call.ret < 0 ? RN_CALL_ERROR : draw() % 64);
	ev.call.n_spans = make_spans(spans, ev.call.args);
	decode_all(&ev, &env, out);
	for (uint32_t i = 0; i < ev.call.n_spans; i++)
		free((void *)spans[i].bytes);
}

static void every_call(uint64_t seed)
{
	struct rn_buffer out = RN_BUFFER_INIT;
	state = seed;
	for (unsigned abi = RN_ABI_X86_64; abi < RN_ABI_COUNT; abi++)
		for (uint32_t nr = 0; nr < rn_syscall_limit((enum rn_abi)abi) + 2; nr++)
			for (unsigned k = 0; k < 4; k++)
				one_event((enum rn_abi)abi, nr, &out);
	for (unsigned k = 0; k < 64; k++)
		one_event((enum rn_abi)(draw() % 300), (uint32_t)draw(), &out);
	rn_buffer_fini(&out);
}

Test(any_event, cannot_upset_decoding)
{
	static const uint64_t seeds[] = { 1, 0x9e3779b97f4a7c15, 20221122 };
	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++)
		every_call(seeds[i]);
}

/* The commands that choose how an argument reads, each with every argument kind of memory. */
Test(any_event, cannot_upset_commands)
{
	static const char *const names[] = { "fcntl", "ioctl", "prctl", "futex", "keyctl", "ptrace",
		"semctl", "shmctl", "msgctl", "seccomp", "quotactl", "setsockopt", "getsockopt",
		"sendmsg", "recvmsg", "sendmmsg", "recvmmsg" };
	struct rn_buffer out = RN_BUFFER_INIT;
	state = 7;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int32_t nr = rn_syscall_number(RN_ABI_X86_64, rn_bytes_str(names[i]));
		cr_assert_geq(nr, 0);
		for (unsigned k = 0; k < 400; k++)
			one_event(RN_ABI_X86_64, (uint32_t)nr, &out);
	}
	rn_buffer_fini(&out);
}

Test(any_event, of_a_signal_cannot_upset_decoding)
{
	struct rn_buffer out = RN_BUFFER_INIT;
	state = 11;
	for (unsigned k = 0; k < 4000; k++) {
		size_t len = draw() % 160;
		uint8_t *info = malloc(len ? len : 1);
		cr_assert_not_null(info);
		fill(info, len);
		if (len >= 12 && draw() % 2) {
			info[0] = (uint8_t)(draw() % 70);
			memset(info + 1, 0, 3);
			info[8] = (uint8_t)draw();
		}
		struct rn_event ev = { .kind = RN_EV_SIGNAL };
		ev.SIGNAL.signo = hostile_number();
		ev.SIGNAL.stop = draw() % 2;
		ev.SIGNAL.info = rn_bytes_of(info, len);
		rn_buffer_clear(&out);
		rn_decode_signal(&out, &ev, NULL);
		rn_decode_exit(&out, hostile_number());
		cr_assert_lt(out.len, 4096);
		free(info);
	}
	rn_buffer_fini(&out);
}
