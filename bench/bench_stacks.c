/* SPDX-License-Identifier: MIT */
/* How fast stacks are unwound and named: bench_stacks TRACE. Per call, CPU time of this thread: from cold
 * (images unpacked, tables listed, rules made, symbols looked up), then warm, then with names asked for
 * too, and what reading the snapshots alone takes. */
#include "analyze/symbol/frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double cpu_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void check(int rc, const char *what, const struct rn_error *err)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "bench_stacks: %s: %s\n", what, err->message);
	exit(1);
}

enum what { READ, UNWIND, NAME };

struct run {
	uint64_t calls, levels;
	double s;
};

static struct run run(struct rn_reader *r, struct rn_frames *f, enum what what)
{
	struct rn_error err;
	struct rn_block *b = rn_block_new();
	struct run out = { 0 };
	double began = cpu_s();
	for (size_t i = 0; i < rn_reader_n_blocks(r); i++) {
		check(rn_reader_load(r, i, b, &err), "a block", &err);
		uint32_t n = rn_block_info(b)->n_calls, stack;
		for (uint32_t k = 0; k < n; k++) {
			struct rn_event ev;
			struct rn_level level;
			check(rn_block_call(b, k, RN_WANT(REGS) | RN_WANT(STACK) | RN_WANT(ARGS), &ev,
				&err), "a call", &err);
			if (what == READ)
				continue;
			check(rn_frames_of(f, &ev, &stack, NULL, &err), "a stack", &err);
			struct rn_level_walk w = rn_level_walk_of(stack);
			while (what == NAME && rn_frames_next(f, &w, &level, &err) == 0)
				out.levels += level.symbol->function.len > 0;
		}
		out.calls += n;
	}
	out.s = cpu_s() - began;
	rn_block_free(b);
	return out;
}

static void tell(const char *what, struct run r, double reading_s)
{
	double own_s = r.s - reading_s;
	printf("%-26s %8.3f s, %8.0f stacks/s; without reading %7.3f us a stack, %9.0f stacks/s\n", what,
		r.s, (double)r.calls / r.s, own_s * 1e6 / (double)r.calls, (double)r.calls / own_s);
}

int main(int argc, char **argv)
{
	struct rn_error err;
	struct rn_reader *r;
	struct rn_frames *f;
	const struct rn_frame_options options = { 0 };
	if (argc != 2) {
		fprintf(stderr, "usage: bench_stacks TRACE\n");
		return 2;
	}
	check(rn_reader_open(&r, argv[1], &err), argv[1], &err);
	double began = cpu_s();
	check(rn_frames_new(&f, &options, r, &err), argv[1], &err);
	struct run cold = run(r, f, NAME);
	cold.s = cpu_s() - began;
	printf("%llu calls, %.1f named levels a stack, %u distinct stacks\n",
		(unsigned long long)cold.calls, (double)cold.levels / (double)cold.calls,
		rn_stacks_n_nodes(rn_frames_stacks(f)));
	double reading_s = run(r, f, READ).s;
	tell("cold, unwound and named", cold, reading_s);
	tell("warm, unwound", run(r, f, UNWIND), reading_s);
	tell("warm, unwound and named", run(r, f, NAME), reading_s);
	rn_frames_free(f);
	rn_reader_close(r);
	return 0;
}
