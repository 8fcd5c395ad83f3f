/* SPDX-License-Identifier: MIT */
/* How fast the format is written and read, and how small it is: bench_format [TRACE.rnt ...].
 * Each trace (without one: a made-up loop of getpid and read) is read, written anew with the
 * default options into memory, and that is read back: the core columns alone, then everything.
 * Times are CPU time of this thread. */
#include "format/flat.h"
#include "format/reader.h"
#include "shared/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define LOOP_CALLS 2000000
#define BATCH_BYTES ((size_t)32 << 20)

static double cpu_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const char *what, const struct rn_error *err)
{
	fprintf(stderr, "bench_format: %s: %s\n", what, err->message);
	exit(1);
}

/* Copies of events, appended to the writer in one timed run. */
struct batch {
	struct rn_arena arena;
	struct rn_event **event;
	size_t n, cap, bytes;
};

static void keep(struct batch *b, const struct rn_event *ev)
{
	struct rn_flat_plan plan = rn_flat_plan(ev, SIZE_MAX / 4);
	void *to = rn_arena_alloc(&b->arena, plan.bytes, 1);
	if (b->n == b->cap) {
		b->cap = b->cap ? b->cap * 2 : 1024;
		b->event = realloc(b->event, b->cap * sizeof(*b->event));
	}
	if (!to || !b->event)
		abort();
	b->event[b->n++] = rn_flat_copy(to, ev, &plan);
	b->bytes += plan.bytes;
}

static double write_batch(struct batch *b, struct rn_writer *w)
{
	struct rn_error err;
	double start = cpu_s();
	for (size_t i = 0; i < b->n; i++)
		if (rn_writer_append(w, b->event[i], &err))
			die("writing", &err);
	double took = cpu_s() - start;
	rn_arena_clear(&b->arena);
	b->n = b->bytes = 0;
	return took;
}

static double copy_trace(const char *path, struct rn_writer *w)
{
	struct rn_reader *r;
	struct rn_error err;
	if (rn_reader_open(&r, path, &err))
		die("opening", &err);
	struct rn_block *block = rn_block_new();
	struct batch b = { .n = 0 };
	double took = 0;
	while (rn_reader_next(r, block, &err) == 0) {
		struct rn_event ev;
		for (uint32_t i = 0; rn_block_event(block, i, RN_WANT_ALL, &ev, &err) == 0; i++) {
			keep(&b, &ev);
			if (b.bytes > BATCH_BYTES)
				took += write_batch(&b, w);
		}
	}
	took += write_batch(&b, w);
	rn_arena_fini(&b.arena);
	free(b.event);
	rn_block_free(block);
	rn_reader_close(r);
	return took;
}

/* getpid and read in turn, a few hundred ns apart with some noise. */
static double make_loop(struct rn_writer *w)
{
	uint64_t now = 0, noise = 88172645463325252u;
	struct batch b = { .n = 0 };
	double took = 0;
	for (uint32_t i = 0; i < LOOP_CALLS; i++) {
		noise ^= noise << 13;
		noise ^= noise >> 7;
		noise ^= noise << 17;
		struct rn_event ev = { .kind = RN_EV_CALL, .utid = 1, .ts_ns = now + noise % 211 };
		ev.call.abi = RN_ABI_X86_64;
		ev.call.nr = i & 1 ? 0 : 39;
		ev.call.ret = i & 1 ? 64 : 4711;
		ev.call.dur_ns = 900 + (noise >> 32) % 301;
		ev.call.args[0] = 3;
		ev.call.args[1] = 0x7ffd12345678;
		ev.call.args[2] = 64;
		now = ev.ts_ns + ev.call.dur_ns + 180;
		keep(&b, &ev);
		if (b.bytes > BATCH_BYTES)
			took += write_batch(&b, w);
	}
	took += write_batch(&b, w);
	rn_arena_fini(&b.arena);
	free(b.event);
	return took;
}

struct sizes {
	uint64_t raw[RN_SECTIONS], disk[RN_SECTIONS], calls, events, blocks;
};

static double read_back(int fd, unsigned want, bool events, struct sizes *z)
{
	struct rn_reader *r;
	struct rn_error err;
	if (rn_reader_open_fd(&r, dup(fd), "copy", &err))
		die("reading back", &err);
	struct rn_block *block = rn_block_new();
	*z = (struct sizes){ .calls = 0 };
	double start = cpu_s();
	uint64_t sum = 0;
	while (rn_reader_next(r, block, &err) == 0) {
		const struct rn_block_info *info = rn_block_info(block);
		const struct rn_core *core;
		struct rn_event ev;
		rn_block_core(block, &core, &err);
		for (uint32_t i = 0; i < core->n; i++)
			sum += core->dur_ns[i];
		for (uint32_t i = 0; events && rn_block_event(block, i, want, &ev, &err) == 0; i++)
			sum += ev.ts_ns;
		for (unsigned s = 0; s < RN_SECTIONS; s++) {
			z->raw[s] += info->section[s].raw_bytes;
			z->disk[s] += info->section[s].disk_bytes;
		}
		z->calls += info->n_calls;
		z->events += info->n_calls + info->n_meta;
		z->blocks++;
	}
	double took = cpu_s() - start;
	rn_block_free(block);
	rn_reader_close(r);
	return sum == 42 ? took + 1e-9 : took; /* the sum must be computed */
}

static void report(const char *name, int fd, double encode_s)
{
	static const char *const names[RN_SECTIONS] = { "core", "args", "regs", "stack", "data",
		"meta" };
	struct sizes z;
	double all_s = read_back(fd, RN_WANT_ALL, true, &z);
	double core_s = read_back(fd, 0, false, &z);
	off_t size = lseek(fd, 0, SEEK_END);
	double n = z.calls ? (double)z.calls : 1;
	printf("%s: %llu calls, %llu blocks, %lld bytes, %.2f bytes/call\n", name,
		(unsigned long long)z.calls, (unsigned long long)z.blocks, (long long)size,
		(double)size / n);
	for (unsigned s = 0; s < RN_SECTIONS; s++)
		printf("  %-5s %8.2f raw %8.2f disk bytes/call\n", names[s], (double)z.raw[s] / n,
			(double)z.disk[s] / n);
	printf("  encode and compress %6.2f M events/s\n", (double)z.events / encode_s * 1e-6);
	printf("  decode everything   %6.2f M events/s\n", (double)z.events / all_s * 1e-6);
	printf("  decode core columns %6.2f M calls/s\n", (double)z.calls / core_s * 1e-6);
}

static void bench(const char *path)
{
	struct rn_header h = { .machine = RN_MACHINE_X86_64 };
	struct rn_writer_options o = { .block_age_ns = UINT64_MAX };
	struct rn_writer *w;
	struct rn_error err;
	int fd = memfd_create("copy", MFD_CLOEXEC);
	if (rn_writer_open(&w, dup(fd), &h, &o, &err))
		die("writing", &err);
	double took = path ? copy_trace(path, w) : make_loop(w);
	double start = cpu_s();
	if (rn_writer_close(w, NULL, &err))
		die("writing", &err);
	lseek(fd, 0, SEEK_SET);
	report(path ? path : "loop", fd, took + cpu_s() - start);
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		bench(NULL);
	for (int i = 1; i < argc; i++)
		bench(argv[i]);
	return 0;
}
