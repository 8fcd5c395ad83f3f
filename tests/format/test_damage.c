/* SPDX-License-Identifier: MIT */
/* Damage never costs more than the block it is in, is told, and never brings the reader down. */
#include "tests/format/sample.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define N_EVENTS 20
#define BLOCK_EVENTS 5
#define N_BLOCKS (N_EVENTS / BLOCK_EVENTS)

static struct sample sample;
static struct rn_bytes whole;
static size_t header_bytes;
static struct { size_t at, end; } block_place[N_BLOCKS];
static struct rn_block *b; /* one for all, as it should be: its memory is kept */

static void make_trace(void)
{
	static const struct sample_options shape = {
		.n_threads = 2, .n_regs = 27, .stack_bytes = 64, .meta_percent = 20
	};
	struct rn_writer_options o = { .block_events = BLOCK_EVENTS, .block_age_ns = UINT64_MAX };
	sample_make(&sample, N_EVENTS, 5, &shape);
	whole = sample_write(&sample, &o);
	cr_assert_lt(whole.len, 6000);
	b = rn_block_new();
	struct rn_reader *r;
	struct rn_error err;
	cr_assert_eq(rn_reader_open_bytes(&r, whole, &err), 0);
	cr_assert_eq(rn_reader_n_blocks(r), (size_t)N_BLOCKS);
	for (size_t i = 0; i < N_BLOCKS; i++) {
		const struct rn_block_info *info = rn_reader_block_info(r, i);
		block_place[i].at = info->offset;
		block_place[i].end = info->offset + info->disk_bytes;
	}
	header_bytes = block_place[0].at;
	rn_reader_close(r);
}

static void drop_trace(void)
{
	rn_block_free(b);
	sample_free_bytes(whole);
	sample_free(&sample);
}

/* What a reader made of a damaged trace. */
struct outcome {
	int open;               /* rn_reader_open's result */
	bool whole_block[N_BLOCKS];
	unsigned n_events;      /* delivered, all of them right */
	uint64_t n_damage;
	bool complete;
};

/* A part that is not as it was must be missing altogether. */
static const char *part_difference(const struct rn_event *was, const struct rn_event *is)
{
	if (was->kind != RN_EV_CALL || is->kind != RN_EV_CALL)
		return event_difference(was, is);
	static const uint64_t zeros[6];
	struct rn_event t = *was;
	if (memcmp(is->call.args, zeros, sizeof(zeros)) == 0)
		memset(t.call.args, 0, sizeof(zeros));
	if (!is->call.n_regs)
		t.call.n_regs = 0;
	if (!is->call.n_spans)
		t.call.n_spans = 0;
	if (!is->call.stack_len) {
		t.call.stack_len = is->call.stack_len;
		t.call.stack_wanted = is->call.stack_wanted;
		t.call.stack_addr = is->call.stack_addr;
	}
	return event_difference(&t, is);
}

/* Where the meta events of a block are lost, its calls move up. */
static uint64_t true_number(uint32_t k)
{
	const struct rn_block_info *info = rn_block_info(b);
	uint64_t seq = info->first_seq;
	if (info->n_meta)
		return seq + k;
	for (;; seq++)
		if (seq >= N_EVENTS || (sample.event[seq].kind == RN_EV_CALL && k-- == 0))
			return seq;
}

static void read_blocks(struct rn_reader *r, struct outcome *o, const char *what, size_t at)
{
	struct rn_error err;
	int rc;
	while ((rc = rn_reader_next(r, b, &err)) == 0) {
		struct rn_event ev;
		unsigned equal = 0;
		for (uint32_t k = 0; (rc = rn_block_event(b, k, RN_WANT_ALL, &ev, &err)) == 0; k++) {
			ev.seq = true_number(k);
			cr_assert_lt(ev.seq, (uint64_t)N_EVENTS, "%s %zu", what, at);
			const struct rn_event *was = &sample.event[ev.seq];
			const char *d = part_difference(was, &ev);
			cr_assert_null(d, "%s %zu: event %u: %s", what, at, (unsigned)ev.seq, d);
			equal += event_difference(was, &ev) == NULL;
			o->n_events++;
		}
		cr_assert_eq(rc, RN_END);
		cr_assert_lt(rn_block_info(b)->number, (uint64_t)N_BLOCKS);
		o->whole_block[rn_block_info(b)->number] = equal == BLOCK_EVENTS;
	}
	cr_assert_eq(rc, RN_END, "%s %zu: %s", what, at, err.message);
}

static struct outcome finish(struct rn_reader *r, int rc, const char *what, size_t at)
{
	struct outcome o = { .open = rc };
	if (rc)
		return o;
	read_blocks(r, &o, what, at);
	o.n_damage = rn_reader_n_damage(r);
	o.complete = rn_reader_complete(r);
	for (size_t i = 0; i < o.n_damage; i++)
		cr_assert_gt(strlen(rn_reader_damage(r, i)->text), 0u);
	rn_reader_close(r);
	return o;
}

static struct outcome read_bytes(struct rn_bytes bytes, const char *what, size_t at)
{
	struct rn_reader *r;
	struct rn_error err = { 0 };
	int rc = rn_reader_open_bytes(&r, bytes, &err);
	if (rc)
		cr_assert_gt(strlen(err.message), 0u);
	return finish(r, rc, what, at);
}

/* The pipe holds it all, so that one process can write and read. */
static struct outcome read_pipe(struct rn_bytes bytes, const char *what, size_t at)
{
	int fds[2];
	struct rn_reader *r;
	struct rn_error err = { 0 };
	cr_assert_eq(pipe(fds), 0);
	ssize_t put = write(fds[1], bytes.p, bytes.len);
	cr_assert_eq((size_t)put, bytes.len);
	close(fds[1]);
	int rc = rn_reader_open_fd(&r, fds[0], "pipe", &err);
	return finish(r, rc, what, at);
}

static void expect_others_whole(const struct outcome *o, size_t from, size_t to, const char *what)
{
	for (size_t i = 0; i < N_BLOCKS; i++)
		if (block_place[i].end <= from || block_place[i].at >= to)
			cr_assert(o->whole_block[i], "%s %zu: block %zu is lost", what, from, i);
}

static void check_cut(const struct outcome *o, size_t len)
{
	if (len < header_bytes) {
		int want = len == 0 ? RN_E_NOT_TRACE : RN_E_TRUNCATED;
		cr_assert_eq(o->open, want, "cut at %zu: %d", len, o->open);
		return;
	}
	cr_assert_eq(o->open, 0, "cut at %zu", len);
	expect_others_whole(o, len, whole.len, "cut at");
	cr_assert_eq(o->complete, len == whole.len, "cut at %zu", len);
	bool boundary = len == header_bytes;
	for (size_t i = 0; i < N_BLOCKS; i++)
		boundary = boundary || len == block_place[i].end;
	if (len < block_place[N_BLOCKS - 1].end)
		cr_assert_eq(o->n_damage == 0, boundary, "cut at %zu: %u", len,
			(unsigned)o->n_damage);
}

Test(damage, a_trace_cut_anywhere_keeps_the_blocks_before, .init = make_trace, .fini = drop_trace)
{
	for (size_t len = 0; len <= whole.len; len++) {
		struct outcome o = read_bytes(rn_bytes_of(whole.p, len), "cut at", len);
		check_cut(&o, len);
		o = read_pipe(rn_bytes_of(whole.p, len), "pipe cut at", len);
		check_cut(&o, len);
	}
}

/* One changed byte: the other blocks are whole, and either it is told or nothing is different. */
static void check_flip(const struct outcome *o, size_t at, const char *what)
{
	if (at < header_bytes && o->open)
		return;
	cr_assert_eq(o->open, 0, "%s %zu", what, at);
	expect_others_whole(o, at, at + 1, what);
	if (!o->n_damage)
		cr_assert_eq(o->n_events, (unsigned)N_EVENTS, "%s %zu: silent loss", what, at);
}

/* mask: of the bits to change; 0: another single bit at every byte. */
static void flip_all(uint8_t mask)
{
	struct prng r = { 4711 };
	uint8_t *copy = malloc(whole.len);
	memcpy(copy, whole.p, whole.len);
	for (size_t at = 0; at < whole.len; at++) {
		copy[at] ^= mask ? mask : (uint8_t)(1 << prng_below(&r, 8));
		struct outcome o = read_bytes(rn_bytes_of(copy, whole.len), "flip at", at);
		check_flip(&o, at, "flip at");
		o = read_pipe(rn_bytes_of(copy, whole.len), "pipe flip at", at);
		check_flip(&o, at, "pipe flip at");
		copy[at] = whole.p[at];
	}
	free(copy);
}

Test(damage, a_byte_inverted_anywhere_costs_one_block_at_most, .init = make_trace,
	.fini = drop_trace)
{
	flip_all(0xff);
}

Test(damage, a_bit_flipped_anywhere_costs_one_block_at_most, .init = make_trace,
	.fini = drop_trace)
{
	flip_all(0);
}

/* Bytes first..first+n-1 taken out. */
static struct rn_bytes without(size_t first, size_t n)
{
	uint8_t *p = malloc(whole.len);
	memcpy(p, whole.p, first);
	memcpy(p + first, whole.p + first + n, whole.len - first - n);
	return rn_bytes_of(p, whole.len - n);
}

Test(damage, a_hole_costs_the_blocks_it_touches, .init = make_trace, .fini = drop_trace)
{
	static const size_t sizes[] = { 1, 5, 64, 700 };
	for (size_t s = 0; s < 4; s++)
		for (size_t at = header_bytes; at + sizes[s] < whole.len; at += 7) {
			struct rn_bytes rest = without(at, sizes[s]);
			struct outcome o = read_bytes(rest, "hole at", at);
			cr_assert_eq(o.open, 0);
			expect_others_whole(&o, at, at + sizes[s], "hole at");
			cr_assert(o.n_damage || !o.complete, "hole at %zu is not told", at);
			o = read_pipe(rest, "pipe hole at", at);
			expect_others_whole(&o, at, at + sizes[s], "pipe hole at");
			sample_free_bytes(rest);
		}
}

Test(damage, a_missing_block_is_told, .init = make_trace, .fini = drop_trace)
{
	struct rn_bytes rest = without(block_place[1].at, block_place[1].end - block_place[1].at);
	struct outcome o = read_bytes(rest, "block", 1);
	cr_assert_eq(o.n_events, (unsigned)(N_EVENTS - BLOCK_EVENTS));
	cr_assert_gt(o.n_damage, 0u);
	sample_free_bytes(rest);
}

Test(damage, noise_between_blocks_is_stepped_over, .init = make_trace, .fini = drop_trace)
{
	for (size_t i = 0; i < N_BLOCKS; i++) {
		struct prng r = { 99 };
		size_t at = block_place[i].at, n = 3000;
		uint8_t *p = malloc(whole.len + n);
		memcpy(p, whole.p, at);
		for (size_t k = 0; k < n; k++)
			p[at + k] = (uint8_t)prng_next(&r);
		memcpy(p + at + n, whole.p + at, whole.len - at);
		struct outcome o = read_bytes(rn_bytes_of(p, whole.len + n), "noise at", at);
		cr_assert_eq(o.n_events, (unsigned)N_EVENTS);
		cr_assert_gt(o.n_damage, 0u);
		o = read_pipe(rn_bytes_of(p, whole.len + n), "noise at", at);
		cr_assert_eq(o.n_events, (unsigned)N_EVENTS);
		free(p);
	}
}
