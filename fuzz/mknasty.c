/* SPDX-License-Identifier: MIT */
/* Makes hostile traces: mknasty DIR writes one file per line of the table, each with right checksums
 * and wrong contents; mknasty --read reads them all back itself and fails when one has events. */
#include "fuzz/nasty.h"

#include "format/frame.h"
#include "format/index.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ZEROS 1 << 20
static const uint8_t zeros[ZEROS];

static void one_block(struct rn_buffer *out, const struct nasty_block *b)
{
	nasty_header(out);
	nasty_put_block(out, b);
}

/* A core section of n calls, all alike, behind which anything may follow. */
static void good_core(struct rn_buffer *core)
{
	rn_put_bytes(core, "\0\1\1\1\1\0", 6); /* base 0; thread 1; call (1, 0) */
	rn_put_bytes(core, "\0\0\0\0\0\0", 6); /* six columns of width 0 */
}

static void with_core(struct rn_buffer *out, uint64_t n, enum rn_section s, const void *p, size_t len)
{
	struct rn_buffer core = RN_BUFFER_INIT;
	good_core(&core);
	struct nasty_block b = { .n_calls = n };
	b.raw[RN_SECTION_CORE] = rn_buffer_bytes(&core);
	b.raw[s] = rn_bytes_of(p, len);
	one_block(out, &b);
	rn_buffer_fini(&core);
}

static void core_of(struct rn_buffer *out, uint64_t n, const void *p, size_t len)
{
	struct nasty_block b = { .n_calls = n, .raw = { [RN_SECTION_CORE] = rn_bytes_of(p, len) } };
	one_block(out, &b);
}

static void core_too_short(struct rn_buffer *out) { core_of(out, 1000, "\0\1\1\1\1\0\1", 7); }
static void core_width_99(struct rn_buffer *out) { core_of(out, 2, "\0\1\1\1\1\0\x63\0\0", 9); }
static void core_thread_beyond(struct rn_buffer *out)
{
	core_of(out, 2, "\0\1\1\1\1\0\1\5\5\0\0\0\0\0", 14);
}
static void core_dict_huge(struct rn_buffer *out)
{
	core_of(out, 2, "\0\xff\xff\xff\xff\x0f\1", 7);
}
static void core_varint_endless(struct rn_buffer *out)
{
	core_of(out, 2, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12);
}
static void core_of_zeros(struct rn_buffer *out) { core_of(out, 1 << 18, zeros, ZEROS); }
static void calls_beyond_limit(struct rn_buffer *out) { core_of(out, UINT64_MAX, zeros, 64); }
static void calls_without_core(struct rn_buffer *out)
{
	one_block(out, &(struct nasty_block){ .n_calls = 5 });
}
static void claims_64_mib(struct rn_buffer *out)
{
	struct nasty_block b = { .n_calls = 5, .claimed_raw = 64 << 20 };
	b.raw[RN_SECTION_CORE] = rn_bytes_of(zeros, 4096);
	one_block(out, &b);
}
static void meta_count_huge(struct rn_buffer *out)
{
	struct nasty_block b = { .n_meta = 1 << 18 };
	b.raw[RN_SECTION_META] = rn_bytes_of("\0\0\1\1\0\0", 6);
	one_block(out, &b);
}
static void meta_threads_huge(struct rn_buffer *out)
{
	struct nasty_block b = { .n_meta = 1 };
	b.raw[RN_SECTION_META] = rn_bytes_of("\xff\xff\xff\xff\x0f\0\1\1\0\0", 10);
	one_block(out, &b);
}
static void meta_field_too_long(struct rn_buffer *out)
{
	struct nasty_block b = { .n_meta = 1 };
	b.raw[RN_SECTION_META] = rn_bytes_of("\0\0\4\1\0\2\x7f\x41", 8);
	one_block(out, &b);
}
static void args_code_99(struct rn_buffer *out) { with_core(out, 2, RN_SECTION_ARGS, "\1\x63\0", 3); }
static void args_other_guess(struct rn_buffer *out)
{
	with_core(out, 2, RN_SECTION_ARGS, "\1\3\3", 3);
}
static void args_mask_wide(struct rn_buffer *out) { with_core(out, 2, RN_SECTION_ARGS, "\x7f\0\0", 3); }
static void regs_none(struct rn_buffer *out) { with_core(out, 2, RN_SECTION_REGS, "\0\0", 2); }
static void regs_4096(struct rn_buffer *out) { with_core(out, 2, RN_SECTION_REGS, "\x80\x20\0", 3); }
static void stack_image_huge(struct rn_buffer *out)
{
	with_core(out, 2, RN_SECTION_STACK, "\x3f\1\0\0\0\0\0\0\0\0", 10);
}
static void stack_len_huge(struct rn_buffer *out)
{
	with_core(out, 2, RN_SECTION_STACK,
		"\7\1\4\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0", 18);
}
static void stack_runs_beyond(struct rn_buffer *out)
{
	with_core(out, 1, RN_SECTION_STACK, "\7\1\1\x10\0\0\1\1\1\x7f\1\x7f\0\0", 14);
}
/* 262144 snapshots of 1 MiB each, all zeros, from a few bytes. */
static void stack_bomb(struct rn_buffer *out)
{
	struct rn_buffer s = RN_BUFFER_INIT;
	uint32_t n = 1 << 18;
	rn_put_bytes(&s, "\7\1\3", 3);
	rn_put_zeros(&s, 2 * n);
	for (uint32_t i = 0; i < n; i++)
		rn_put_u8(&s, 0x10);
	rn_put_bytes(&s, "\0\0\0\0\0\0\0", 7);
	with_core(out, n, RN_SECTION_STACK, s.p, s.len);
	rn_buffer_fini(&s);
}
static void spans_count_huge(struct rn_buffer *out)
{
	with_core(out, 1, RN_SECTION_DATA, "\4\xff\xff\xff\xff\xff\xff\xff\xff\x0f\0\0\0\0\0", 15);
}
static void spans_back_to_nothing(struct rn_buffer *out)
{
	with_core(out, 1, RN_SECTION_DATA, "\1\1\1\0\0\1\4\0\1\7", 10);
}
/* An index that agrees with itself and points at nothing. */
static void index_to_nowhere(struct rn_buffer *out)
{
	struct rn_index_writer x = { .n_frames = 0 };
	nasty_header(out);
	x.header = rn_buffer_bytes(out);
	rn_index_block(&x, out->len, rn_bytes_of("RNTBLOCKRNTBLOCK", 16), 1 << 20);
	rn_index_flush(&x, out, out->len, true);
	rn_index_seek_table(&x, out);
	rn_index_writer_fini(&x);
}
static void heads_only(struct rn_buffer *out)
{
	nasty_header(out);
	for (unsigned i = 0; i < 4000; i++) {
		rn_put_u32(out, RN_FRAME_MAGIC);
		rn_put_u32(out, 60000 - 16 * i % 50000);
		rn_put_text(out, "RNTBLOCK");
	}
}

/* name, maker, events a reader may find */
static const struct nasty {
	const char *name;
	void (*make)(struct rn_buffer *out);
	uint64_t events;
} nasties[] = {
#define N(name, events) { #name, name, events }
	N(args_code_99, 2), N(args_mask_wide, 2), N(args_other_guess, 2), N(calls_beyond_limit, 0),
	N(calls_without_core, 0), N(claims_64_mib, 0), N(core_dict_huge, 0), N(core_of_zeros, 0),
	N(core_thread_beyond, 0), N(core_too_short, 0), N(core_varint_endless, 0),
	N(core_width_99, 0), N(heads_only, 0), N(index_to_nowhere, 0), N(meta_count_huge, 0),
	N(meta_field_too_long, 0), N(meta_threads_huge, 0), N(regs_4096, 2), N(regs_none, 2),
	N(spans_back_to_nothing, 1), N(spans_count_huge, 1), N(stack_bomb, 1 << 18),
	N(stack_image_huge, 2), N(stack_len_huge, 2), N(stack_runs_beyond, 1),
};

static int write_file(const char *dir, const char *name, struct rn_bytes b)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s.rnt", dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write(fd, b.p, b.len) == (ssize_t)b.len;
	if (fd >= 0)
		close(fd);
	return ok ? 0 : 1;
}

static int read_back(const struct nasty *n, struct rn_bytes b)
{
	uint64_t events = nasty_read(b);
	if (events == n->events)
		return 0;
	fprintf(stderr, "mknasty: %s: %llu events\n", n->name, (unsigned long long)events);
	return 1;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: mknasty DIR | --read\n");
		return 2;
	}
	int rc = 0;
	for (size_t i = 0; i < sizeof(nasties) / sizeof(nasties[0]); i++) {
		struct rn_buffer out = RN_BUFFER_INIT;
		nasties[i].make(&out);
		if (strcmp(argv[1], "--read") == 0)
			rc |= read_back(&nasties[i], rn_buffer_bytes(&out));
		else
			rc |= write_file(argv[1], nasties[i].name, rn_buffer_bytes(&out));
		rn_buffer_fini(&out);
	}
	return rc;
}
