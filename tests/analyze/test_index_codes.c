/* SPDX-License-Identifier: MIT */
/* The files of calls and their facts, packed and unpacked; what is damaged is never taken for right. */
#include "analyze/index/counts.h"
#include "analyze/index/facts.h"
#include "analyze/index/file_codes.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define CALLS 3000
#define FILES 60

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u); /* splitmix64 (Steele, Lea, Flood 2014) */
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* openat, read, close, stat, getpid, dup of x86-64. */
static const uint32_t numbers[] = { 257, 0, 3, 4, 39, 32 };

static struct {
	uint64_t ts_ns[CALLS], dur_ns[CALLS];
	uint32_t utid[CALLS], nr[CALLS], own[CALLS], files[CALLS];
	uint8_t abi[CALLS];
	uint16_t flags[CALLS];
	int64_t ret[CALLS];
	uint64_t args[CALLS][6];
	struct rn_core core;
	struct rn_file_facts facts[2 * FILES], by_own[2 * FILES];
	uint32_t number[2 * FILES], n;
	char name[FILES][32];
} t;

/* Facts 2 i: by a path that is opened; 2 i + 1: by a descriptor of it. */
static void make_facts(void)
{
	for (unsigned i = 0; i < FILES; i++) {
		snprintf(t.name[i], sizeof(t.name[i]), "/tmp/%c/file%u", i % 3 ? 'a' : 1, i);
		struct rn_bytes name = rn_bytes_str(t.name[i]);
		t.facts[2 * i] = (struct rn_file_facts){ .has_path = true, .path = name, .has_target = i % 7,
			.target = i % 7 ? name : rn_bytes_of(NULL, 0) };
		t.facts[2 * i + 1] = (struct rn_file_facts){ .has_fd_path = true, .fd_path = name,
			.has_target = true, .target = name };
	}
}

static void make_calls(uint64_t seed)
{
	uint32_t own_of[2 * FILES] = { 0 };
	t.n = 0;
	for (uint32_t k = 0; k < CALLS; k++) {
		t.abi[k] = RN_ABI_X86_64;
		t.utid[k] = 1 + next_random(&seed) % 5;
		t.nr[k] = numbers[next_random(&seed) % 6];
		t.flags[k] = next_random(&seed) % 9 ? 0 : RN_CALL_ERROR;
		t.ret[k] = t.flags[k] ? -2 : (int64_t)(next_random(&seed) % 9);
		t.own[k] = 0;
		t.args[k][0] = next_random(&seed) % 50 ? next_random(&seed) % 7 : next_random(&seed);
		if (t.nr[k] == 39 || next_random(&seed) % 10 == 0)
			continue;
		uint32_t facts = 2 * (next_random(&seed) % FILES) + (t.nr[k] != 257 && t.nr[k] != 4);
		if (!own_of[facts]) {
			t.by_own[t.n] = t.facts[facts];
			t.number[t.n] = 1 + facts;
			own_of[facts] = ++t.n;
		}
		t.own[k] = own_of[facts];
	}
	t.core = (struct rn_core){ CALLS, t.ts_ns, t.dur_ns, t.utid, t.nr, t.abi, t.flags, t.ret };
}

static struct rn_model *make_model(void)
{
	struct rn_model *m = rn_model_new(0);
	for (uint32_t utid = 1; utid <= 5; utid++) {
		struct rn_event ev = { .utid = utid, .kind = RN_EV_TASK };
		ev.TASK.leader = utid <= 3 ? 1 : 4;
		cr_assert_eq(rn_model_event(m, &ev, NULL), 0);
	}
	return m;
}

static void encode(struct rn_buffer piece[RN_FILE_PIECES])
{
	struct rn_file_coder coder = { 0 };
	struct rn_model *m = make_model();
	unsigned widths;
	cr_assert_eq(rn_files_encode(&coder, &t.core, t.args, t.own, t.by_own, m, piece, &widths), 0);
	rn_files_put_head(&piece[RN_FILES_HEAD], t.number, t.n, widths);
	rn_file_coder_fini(&coder);
	rn_model_free(m);
}

static bool decode(struct rn_file_coder *coder, const struct rn_buffer piece[RN_FILE_PIECES])
{
	struct rn_bytes bytes[RN_FILE_PIECES];
	for (unsigned i = 0; i < RN_FILE_PIECES; i++)
		bytes[i] = rn_buffer_bytes(&piece[i]);
	return rn_files_decode(coder, &t.core, t.args, bytes, t.facts, 2 * FILES, t.files);
}

Test(index_codes, files_come_back)
{
	struct rn_buffer piece[RN_FILE_PIECES] = { 0 };
	struct rn_file_coder coder = { 0 };
	make_facts();
	for (uint64_t seed = 1; seed < 20; seed++) {
		make_calls(seed);
		encode(piece);
		cr_assert(decode(&coder, piece));
		for (uint32_t k = 0; k < CALLS; k++)
			cr_assert_eq(t.files[k], t.own[k] ? t.number[t.own[k] - 1] : 0, "%u nr %u own %u seed %d, call %u", t.files[k], t.nr[k], t.own[k],
				(int)seed, k);
	}
	rn_file_coder_fini(&coder);
	for (unsigned i = 0; i < RN_FILE_PIECES; i++)
		rn_buffer_fini(&piece[i]);
}

Test(index_codes, damaged_files_stay_within_bounds)
{
	struct rn_buffer piece[RN_FILE_PIECES] = { 0 };
	struct rn_file_coder coder = { 0 };
	uint64_t seed = 5;
	make_facts();
	make_calls(3);
	for (unsigned turn = 0; turn < 300; turn++) {
		encode(piece);
		struct rn_buffer *p = &piece[next_random(&seed) % RN_FILE_PIECES];
		if (p->len && turn % 3)
			p->p[next_random(&seed) % p->len] ^= (uint8_t)(1 + next_random(&seed) % 255);
		else if (p->len)
			p->len = next_random(&seed) % p->len;
		if (!decode(&coder, piece))
			continue;
		for (uint32_t k = 0; k < CALLS; k++)
			cr_assert_leq(t.files[k], 2 * FILES);
	}
	rn_file_coder_fini(&coder);
	for (unsigned i = 0; i < RN_FILE_PIECES; i++)
		rn_buffer_fini(&piece[i]);
}

static void expect_equal(struct rn_bytes a, struct rn_bytes b)
{
	cr_expect(rn_bytes_equal(a, b), "'%.*s' is not '%.*s'", (int)a.len, a.p, (int)b.len, b.p);
}

Test(index_codes, facts_come_back)
{
	struct rn_facts_writer w;
	struct rn_arena arena = RN_ARENA_INIT;
	struct rn_facts_reader r = { .arena = &arena };
	struct rn_buffer key = RN_BUFFER_INIT;
	struct rn_bytes piece[RN_FACTS_PIECES];
	struct rn_file_facts back[2 * FILES];
	make_facts();
	t.facts[4].more = rn_bytes_of("\3\0\0\0abc\0\0\0\0", 11);
	t.facts[6] = (struct rn_file_facts){ .has_path = true, .path = rn_bytes_of("b\0\1", 3),
		.has_fd_path = true, .fd_path = rn_bytes_str("/a"), .has_target = true,
		.target = rn_bytes_of("/a/b\0\1", 6) };
	cr_assert(rn_facts_writer_init(&w));
	for (unsigned page = 0; page < 2; page++) {
		rn_facts_writer_clear(&w);
		for (unsigned i = 0; i < FILES; i++) {
			const struct rn_file_facts *f = &t.facts[page * FILES + i];
			rn_buffer_clear(&key);
			rn_file_facts_pack(&key, f);
			rn_put_bytes(&key, f->more.p, f->more.len);
			cr_assert(rn_facts_writer_add(&w, rn_buffer_bytes(&key)));
		}
		for (unsigned i = 0; i < RN_FACTS_PIECES; i++)
			piece[i] = rn_buffer_bytes(&w.piece[i]);
		cr_assert(rn_facts_read(&r, piece, FILES, back + page * FILES));
	}
	for (unsigned i = 0; i < 2 * FILES; i++) {
		cr_expect_eq(back[i].has_path, t.facts[i].has_path);
		cr_expect_eq(back[i].has_fd_path, t.facts[i].has_fd_path);
		cr_expect_eq(back[i].has_target, t.facts[i].has_target);
		expect_equal(back[i].path, t.facts[i].path);
		expect_equal(back[i].fd_path, t.facts[i].fd_path);
		expect_equal(back[i].target, t.facts[i].target);
		expect_equal(back[i].more, t.facts[i].more);
	}
	rn_facts_writer_fini(&w);
	rn_facts_reader_fini(&r);
	rn_buffer_fini(&key);
	rn_arena_fini(&arena);
}

static void check_counts(const struct rn_tally *is)
{
	int64_t row[RN_COUNTS];
	struct rn_tally again;
	rn_counts_of_tally(row, is);
	rn_tally_of_counts(&again, row, is->errors);
	cr_assert_eq(again.calls, is->calls);
	cr_assert_eq(again.errors, is->errors);
	cr_assert_eq(again.unfinished, is->unfinished);
	cr_assert_eq(again.min_ns, is->min_ns);
	cr_assert_eq(again.max_ns, is->max_ns);
	cr_assert(again.total_ns == is->total_ns);
}

Test(counts, any_numbers_come_back)
{
	const struct rn_tally none = RN_TALLY_INIT;
	uint64_t state = 5;
	check_counts(&none);
	check_counts(&(struct rn_tally){ 1, 1, 1, UINT64_MAX, 0, 0 });
	check_counts(&(struct rn_tally){ 3, 0, 0, 0, UINT64_MAX, (rn_u128)UINT64_MAX * 2 });
	for (unsigned i = 0; i < 1000; i++) {
		uint64_t x[6];
		for (unsigned k = 0; k < 6; k++)
			x[k] = next_random(&state) >> next_random(&state) % 64;
		check_counts(&(struct rn_tally){ x[0], x[1], x[2], x[3], x[4], (rn_u128)x[5] << 64 | x[0] });
	}
}

Test(counts, of_one_or_two_calls_few_numbers_are_not_zero)
{
	int64_t row[RN_COUNTS];
	rn_counts_of_tally(row, &(struct rn_tally){ 1, 0, 0, 700, 700, 700 });
	cr_assert_eq(row[RN_COUNT_max_ns], 700);
	cr_assert(!row[RN_COUNT_spread_ns] && !row[RN_COUNT_above_high] && !row[RN_COUNT_above_low]);
	rn_counts_of_tally(row, &(struct rn_tally){ 2, 0, 0, 500, 700, 1200 });
	cr_assert_eq(row[RN_COUNT_spread_ns], 200);
	cr_assert(!row[RN_COUNT_above_high] && !row[RN_COUNT_above_low]);
}
