/* SPDX-License-Identifier: MIT */
/* Sections and directories that no encoder of ours wrote, made by hand: each is taken or refused as
 * docs/format.md says, whatever memory lies beside. */
#include "format/directory.h"
#include "format/frame.h"
#include "format/limits.h"
#include "format/meta.h"
#include "format/spans.h"
#include "format/stack.h"
#include "tests/format/sample.h"

#include <criterion/criterion.h>

static void put_column(struct rn_buffer *out, const uint64_t *v, unsigned n)
{
	struct rn_planes p = { .n = 0 };
	for (unsigned i = 0; i < n; i++)
		rn_planes_put(&p, v[i]);
	rn_planes_encode(out, &p);
	rn_planes_fini(&p);
}

static void put_one(struct rn_buffer *out, uint64_t v)
{
	put_column(out, &v, 1);
}

static void put_meta(struct rn_buffer *out, uint64_t position, uint64_t kind, const char *fields, size_t len)
{
	rn_put_varint(out, position);
	rn_put_varint(out, kind);
	rn_put_varint(out, 1);
	rn_put_svarint(out, 10);
	rn_put_string(out, rn_bytes_of(fields, len));
}

static int open_metas(struct rn_meta_decoded *m, const struct rn_buffer *raw, uint32_t n, struct rn_arena *arena)
{
	const char *bytes = rn_arena_dup(arena, rn_buffer_bytes(raw));
	return rn_meta_open(m, rn_bytes_of(bytes, raw->len), n, 3, arena, NULL);
}

/* Fields that make no sense are theirs alone; a head that does not, nobody can step over. */
Test(strangers, events_that_are_no_calls)
{
	struct rn_arena arena = RN_ARENA_INIT;
	struct rn_buffer raw = RN_BUFFER_INIT;
	struct rn_meta_decoded m = { 0 };
	struct rn_event ev;
	rn_put_varint(&raw, 0); /* threads */
	put_meta(&raw, 1, RN_EV_FD_CLOSE, "\x0e", 1);
	put_meta(&raw, 0, RN_EV_FD_CLOSE, "\xff", 1); /* a number without its end */
	put_meta(&raw, 2, RN_EV_COMM, "\x03name", 5); /* more than is known */
	cr_assert_eq(open_metas(&m, &raw, 3, &arena), 0);
	cr_expect(rn_meta_fill(&m.head[0], &ev) && ev.FD_CLOSE.fd == 7 && ev.ts_ns == 10);
	cr_expect_not(rn_meta_fill(&m.head[1], &ev));
	cr_expect(rn_meta_fill(&m.head[2], &ev) && ev.COMM.name.len == 3 && ev.ts_ns == 30);
	cr_expect_eq(m.head[2].before, 3);
	cr_expect_eq(rn_meta_decode(&m, rn_bytes_of(raw.p, raw.len), 3, 3, &arena, NULL), RN_E_CORRUPT);
	put_meta(&raw, 1, RN_EV_COMM, "\x01x", 2); /* behind the last call */
	cr_expect_eq(open_metas(&m, &raw, 4, &arena), RN_E_CORRUPT);
	rn_buffer_clear(&raw);
	rn_put_varint(&raw, 0);
	put_meta(&raw, 0, RN_EV_CALL, "", 0);
	cr_expect_eq(open_metas(&m, &raw, 1, &arena), RN_E_CORRUPT);
	rn_buffer_fini(&raw);
	rn_arena_fini(&arena);
}

/* A section of one snapshot with one run. */
struct stack_case {
	const char *what;
	uint64_t len, runs;
	uint8_t skip, count, code, n_codes, tails;
	int rc;
};

static int open_stack(const struct stack_case *t, struct rn_arena *arena, struct rn_call *call)
{
	static const uint32_t thread[1];
	const struct rn_core_decoded core = { .core = { .n = 1 }, .thread = thread };
	const struct rn_regs_decoded regs = { .row = NULL };
	struct rn_buffer raw = RN_BUFFER_INIT;
	struct rn_stack_decoded *s;
	uint8_t codes[16];
	memset(codes, t->code, sizeof(codes));
	rn_put_varint(&raw, 7); /* 128 words an image */
	rn_put_varint(&raw, 1);
	put_one(&raw, t->len);
	put_one(&raw, 0);
	put_one(&raw, 0);
	put_one(&raw, t->runs);
	rn_put_string(&raw, rn_bytes_of(&t->skip, 1));
	rn_put_string(&raw, rn_bytes_of(&t->count, 1));
	rn_put_string(&raw, rn_bytes_of(codes, t->n_codes));
	rn_put_string(&raw, rn_bytes_of("tails.", t->tails));
	const char *bytes = rn_arena_dup(arena, rn_buffer_bytes(&raw));
	int rc = rn_stack_open(&s, rn_bytes_of(bytes, raw.len), &core, &regs, arena, NULL);
	rn_buffer_fini(&raw);
	return rc ? rc : rn_stack_get(s, 0, call, NULL);
}

Test(strangers, stacks)
{
	static const struct stack_case cases[] = {
		{ "the rest changes", 64, 1, 4, 4, RN_WORD_LATEST, 4, 0, 0 },
		{ "all of it changes", 64, 1, 0, 8, RN_WORD_LATEST, 8, 0, 0 },
		{ "a run beyond the end", 64, 1, 0, 9, RN_WORD_LATEST, 9, 0, RN_E_CORRUPT },
		{ "a run beyond the end after what stays", 64, 1, 4, 5, RN_WORD_LATEST, 5, 0, RN_E_CORRUPT },
		{ "what stays goes beyond the end", 64, 1, 9, 0, RN_WORD_LATEST, 0, 0, RN_E_CORRUPT },
		{ "more runs than words", 64, 9, 0, 1, RN_WORD_LATEST, 1, 0, RN_E_CORRUPT },
		{ "too few codes", 64, 1, 0, 8, RN_WORD_LATEST, 7, 0, RN_E_CORRUPT },
		{ "a code that stacks do not have", 64, 1, 0, 8, RN_WORD_OTHER, 8, 0, RN_E_CORRUPT },
		{ "a code that nothing has", 64, 1, 0, 8, RN_WORD_CODES, 8, 0, RN_E_CORRUPT },
		{ "words that are not there", 64, 1, 0, 8, RN_WORD_8, 8, 0, RN_E_CORRUPT },
		{ "with a tail", 67, 1, 0, 8, RN_WORD_LATEST, 8, 3, 0 },
		{ "with too short a tail", 67, 1, 0, 8, RN_WORD_LATEST, 8, 2, RN_E_CORRUPT },
		{ "too long", RN_MAX_STACK_BYTES + 1, 0, 0, 0, 0, 0, 6, RN_E_CORRUPT },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rn_arena arena = RN_ARENA_INIT;
		struct rn_call call = { .nr = 0 };
		int rc = open_stack(&cases[i], &arena, &call);
		cr_expect_eq(rc, cases[i].rc, "%s: %d", cases[i].what, rc);
		for (uint32_t k = 0; !rc && k < 64; k++)
			cr_expect_eq(call.stack[k], 0, "%s: byte %u", cases[i].what, k);
		if (!rc && cases[i].tails)
			cr_expect(memcmp(call.stack + 64, "tai", 3) == 0);
		rn_arena_fini(&arena);
	}
}

/* One call of thread 5 and call 39; what a case changes of it. */
static int decode_core(uint64_t n_threads, uint64_t n_nrs, uint64_t thread, uint64_t nr, struct rn_core_decoded *out,
	struct rn_arena *arena)
{
	struct rn_buffer raw = RN_BUFFER_INIT;
	rn_put_varint(&raw, 1000);
	rn_put_varint(&raw, n_threads);
	for (uint64_t i = 0; i < n_threads && i < 9; i++)
		rn_put_varint(&raw, 5);
	rn_put_varint(&raw, n_nrs);
	for (uint64_t i = 0; i < n_nrs && i < 9; i++) {
		rn_put_varint(&raw, RN_ABI_X86_64);
		rn_put_varint(&raw, 39);
	}
	const uint64_t columns[] = { thread, nr, 8, 3, 0, 0 };
	for (unsigned i = 0; i < 6; i++)
		put_one(&raw, columns[i]);
	const char *bytes = rn_arena_dup(arena, rn_buffer_bytes(&raw));
	int rc = rn_core_decode(out, rn_bytes_of(bytes, raw.len), 1, arena, NULL);
	rn_buffer_fini(&raw);
	return rc;
}

Test(strangers, cores)
{
	struct rn_arena arena = RN_ARENA_INIT;
	struct rn_core_decoded d;
	cr_assert_eq(decode_core(1, 1, 0, 0, &d, &arena), 0);
	cr_expect(d.core.utid[0] == 5 && d.core.nr[0] == 39 && d.core.ts_ns[0] == 1004 && d.core.dur_ns[0] == 3);
	cr_expect_eq(decode_core(1, 1, 1, 0, &d, &arena), RN_E_CORRUPT, "a thread that is not listed");
	cr_expect_eq(decode_core(1, 1, 0, 1, &d, &arena), RN_E_CORRUPT, "a call that is not listed");
	cr_expect_eq(decode_core(0, 1, 0, 0, &d, &arena), RN_E_CORRUPT, "no thread at all");
	cr_expect_eq(decode_core(1, 0, 0, 0, &d, &arena), RN_E_CORRUPT, "no call at all");
	cr_expect_eq(decode_core(2, 1, 0, 0, &d, &arena), RN_E_CORRUPT, "more threads than calls");
	cr_expect_eq(decode_core(1, 2, 0, 0, &d, &arena), RN_E_CORRUPT, "more numbers than calls");
	cr_expect_eq(decode_core(1, (uint64_t)1 << 40, 0, 0, &d, &arena), RN_E_CORRUPT, "more numbers than bytes");
	rn_arena_fini(&arena);
}

struct span_case {
	const char *what;
	uint64_t n, total, len, same;
	const char *contents;
	int rc;
};

static int decode_spans(const struct span_case *t, struct rn_spans_decoded *out, struct rn_arena *arena)
{
	static const uint64_t args[1][6] = { { 4096 } };
	struct rn_buffer raw = RN_BUFFER_INIT;
	uint64_t len[2] = { t->len, t->len }, zeros[2] = { 0, 0 }, same[2] = { 0, t->same };
	unsigned n = t->n == 1 ? 1 : 2;
	if (n == 1)
		same[0] = t->same;
	put_one(&raw, t->n);
	rn_put_varint(&raw, t->total);
	put_column(&raw, zeros, n);
	put_column(&raw, zeros, n);
	put_column(&raw, len, n);
	put_column(&raw, zeros, n);
	put_column(&raw, same, n);
	rn_put_text(&raw, t->contents);
	const char *bytes = rn_arena_dup(arena, rn_buffer_bytes(&raw));
	int rc = rn_spans_decode(out, rn_bytes_of(bytes, raw.len), 1, args, arena, NULL);
	rn_buffer_fini(&raw);
	return rc;
}

Test(strangers, spans)
{
	static const struct span_case cases[] = {
		{ "one", 1, 1, 4, 0, "abcd", 0 },
		{ "two that are the same", 2, 2, 4, 1, "abcd", 0 },
		{ "two, each with its own", 2, 2, 4, 0, "abcdabcd", 0 },
		{ "the first is as one before it", 1, 1, 4, 1, "abcd", RN_E_CORRUPT },
		{ "the second is as one before the first", 2, 2, 4, 2, "abcd", RN_E_CORRUPT },
		{ "too few bytes", 1, 1, 5, 0, "abcd", RN_E_CORRUPT },
		{ "another number in all", 1, 2, 4, 0, "abcdabcd", RN_E_CORRUPT },
		{ "too many of one call", RN_MAX_SPANS + 1, RN_MAX_SPANS + 1, 0, 0, "", RN_E_CORRUPT },
		{ "one too long", 1, 1, (uint64_t)RN_MAX_EVENT_BYTES + 1, 0, "abcd", RN_E_CORRUPT },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rn_arena arena = RN_ARENA_INIT;
		struct rn_spans_decoded d;
		int rc = decode_spans(&cases[i], &d, &arena);
		cr_expect_eq(rc, cases[i].rc, "%s: %d", cases[i].what, rc);
		for (uint64_t k = 0; !rc && k < cases[i].n; k++)
			cr_expect(d.span[k].len == 4 && d.span[k].addr == 4096 && memcmp(d.span[k].bytes, "abcd", 4) == 0,
				"%s: span %u", cases[i].what, (unsigned)k);
		rn_arena_fini(&arena);
	}
}

/* A directory with one section, and sets of the calls {3, 5}. */
static int decode_directory(struct rn_block_info *info, struct rn_buffer *body, uint64_t kind, uint64_t raw,
	uint64_t disk, unsigned times)
{
	static const uint8_t set[] = { 2, 3, 2 };
	rn_buffer_clear(body);
	const uint64_t fields[] = { 0, 0, 7, 0, 100, 50, 9, 1 }; /* seven calls */
	for (unsigned i = 0; i < 8; i++)
		rn_put_varint(body, fields[i]);
	rn_put_varint(body, times);
	for (unsigned i = 0; i < times; i++) {
		rn_put_varint(body, kind);
		rn_put_varint(body, raw);
		rn_put_varint(body, disk);
	}
	rn_put_string(body, rn_bytes_of(set, sizeof(set)));
	rn_put_string(body, rn_bytes_of(set, sizeof(set)));
	memset(info, 0, sizeof(*info));
	return rn_directory_decode(info, rn_buffer_bytes(body), NULL);
}

Test(strangers, directories)
{
	struct rn_buffer body = RN_BUFFER_INIT;
	struct rn_block_info info;
	cr_assert_eq(decode_directory(&info, &body, RN_SECTION_CORE, 4096, 100, 1), 0);
	cr_expect(info.n_calls == 7 && info.last_ns == 150 && info.disk_bytes == 100 && !info.has_disk_crc &&
		info.section[RN_SECTION_CORE].raw_bytes == 4096);
	/* Kinds of later formats are passed over, and leave no trace in what is known. */
	for (uint64_t kind = RN_SECTIONS; kind < RN_SECTIONS + 2; kind++) {
		cr_expect_eq(decode_directory(&info, &body, kind, 0x01010101 >> 1, 0x01010101 >> 1, 1), 0);
		cr_expect(!info.has_disk_crc && info.disk_bytes == 0x01010101 >> 1);
		for (unsigned s = 0; s < RN_SECTIONS; s++)
			cr_expect(!info.section[s].raw_bytes && !info.section[s].disk_bytes);
	}
	cr_expect_eq(decode_directory(&info, &body, RN_SECTION_CORE, 100, 100, 2), RN_E_CORRUPT, "twice");
	cr_expect_eq(decode_directory(&info, &body, RN_SECTIONS, 1, 1, RN_MAX_BLOCK_SECTIONS + 1), RN_E_CORRUPT, "too many");
	cr_expect_eq(decode_directory(&info, &body, RN_SECTIONS, 1, 1, RN_MAX_BLOCK_SECTIONS), 0);
	cr_expect_eq(decode_directory(&info, &body, RN_SECTION_DATA, RN_MAX_SECTION_BYTES, 1024, 1), 0);
	cr_expect_eq(decode_directory(&info, &body, RN_SECTION_DATA, RN_MAX_SECTION_BYTES, 1023, 1), RN_E_CORRUPT,
		"more than it can unpack to");
	cr_expect_eq(decode_directory(&info, &body, RN_SECTION_DATA, RN_MAX_SECTION_BYTES + 1u, 4096, 1), RN_E_CORRUPT);
	cr_expect_eq(decode_directory(&info, &body, RN_SECTION_DATA, 1, RN_MAX_SECTION_BYTES + 1u, 1), RN_E_CORRUPT);
	cr_expect_eq(decode_directory(&info, &body, RN_SECTION_CORE, 4096 + 7 * 64, 100, 1), 0);
	cr_expect_eq(decode_directory(&info, &body, RN_SECTION_CORE, 4097 + 7 * 64, 100, 1), RN_E_CORRUPT,
		"more than that many calls take");
	cr_expect_eq(decode_directory(&info, &body, RN_SECTION_ARGS, 4096 + 7 * 64, 100, 1), 0);
	cr_expect_eq(decode_directory(&info, &body, RN_SECTION_ARGS, 4097 + 7 * 64, 100, 1), RN_E_CORRUPT);
	rn_buffer_fini(&body);
}

Test(strangers, sets)
{
	static const uint8_t cut[] = { 5, 3, 2 };
	struct rn_buffer body = RN_BUFFER_INIT;
	struct rn_block_info info;
	uint64_t member;
	cr_assert_eq(decode_directory(&info, &body, RN_SECTION_CORE, 10, 10, 1), 0);
	cr_expect(rn_block_info_has_utid(&info, 3) && rn_block_info_has_utid(&info, 5));
	cr_expect(!rn_block_info_has_utid(&info, 4) && !rn_block_info_has_utid(&info, 2) && !rn_block_info_has_utid(&info, 6));
	/* What is cut ends, and stays at its end. */
	info.utid_set = rn_bytes_of(cut, sizeof(cut));
	struct rn_set_walk w = rn_block_info_utids(&info);
	cr_expect(rn_set_walk_next(&w, &member) && member == 3);
	cr_expect(rn_set_walk_next(&w, &member) && member == 5);
	for (unsigned i = 0; i < 3; i++)
		cr_expect_not(rn_set_walk_next(&w, &member));
	cr_expect_eq(w.left, 0);
	rn_buffer_fini(&body);
}

/* A skippable frame that says it has that many bytes, of which what stands there is all there is. */
static void put_frame(struct rn_buffer *b, const char *kind, uint64_t bytes)
{
	rn_put_text(b, "\x52\x2a\x4d\x18");
	rn_put_u32(b, (uint32_t)(bytes - 8));
	rn_put_text(b, kind);
}

Test(strangers, frames)
{
	static const struct { const char *kind; uint64_t bytes; bool found; } cases[] = {
		{ "RNTBLOCK", 100, true },
		{ "RNTBLOCK", RN_FRAME_MIN, true },
		{ "RNTBLOCK", RN_FRAME_MIN - 1, false },
		{ "RNTBLOCK", RN_FRAME_MAX_BYTES, true },
		{ "RNTBLOCK", RN_FRAME_MAX_BYTES + 1, false },
		{ "RNTOTHER", 100, false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rn_buffer b = RN_BUFFER_INIT;
		rn_put_text(&b, "..");
		put_frame(&b, cases[i].kind, cases[i].bytes);
		rn_put_text(&b, "some more of it, and more");
		size_t at = rn_frame_find(rn_buffer_bytes(&b), 0);
		cr_expect_eq(at, cases[i].found ? 2 : b.len, "%s of %u bytes: found at %zu of %zu", cases[i].kind,
			(unsigned)cases[i].bytes, at, b.len);
		rn_buffer_fini(&b);
	}
}
