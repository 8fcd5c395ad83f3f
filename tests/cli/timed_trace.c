/* SPDX-License-Identifier: MIT */
/*
 * timed_trace FILE N [SLOW NS [SEED PERCENT [FROM]]] - a trace of N writes of one thread with given durations:
 * between 2 and 3 us, and of the call number SLOW NS nanoseconds. SEED makes a run of its own, which is up to
 * 3 % slower or faster as a whole, PERCENT what everything takes; from call FROM on calls take twice as long. Always the same: what is told of it depends
 * on no machine and no load.
 */
#include "format/writer.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define WRITE_NR 1
#define FAST_NS 2000u
#define SPREAD_NS 1000u
#define BETWEEN_NS 500u

static int append_task(struct rn_writer *w, struct rn_error *err)
{
	struct rn_event ev = { .utid = 1, .kind = RN_EV_TASK };
	ev.TASK = (struct rn_ev_TASK){ .how = RN_TASK_COMMAND, .leader = 1, .tid = 1001, .pid = 1001,
		.comm = rn_bytes_str("timed"), .exe = rn_bytes_str("/usr/bin/timed") };
	return rn_writer_append(w, &ev, err);
}

static int append_calls(struct rn_writer *w, unsigned long n, unsigned long slow, uint64_t slow_ns, uint32_t seed,
	unsigned long percent, unsigned long from, struct rn_error *err)
{
	uint64_t now_ns = 0;
	uint32_t random = seed ? seed * 2654435761u : 1;
	unsigned long share = seed ? 970 + (random >> 10) % 61 : 1000;
	for (unsigned long i = 0; i < n; i++) {
		random = random * 1664525u + 1013904223u; /* Numerical Recipes' generator */
		struct rn_event ev = { .utid = 1, .kind = RN_EV_CALL, .ts_ns = now_ns };
		ev.call = (struct rn_call){ .abi = RN_ABI_X86_64, .nr = WRITE_NR, .ret = 1,
			.args = { 1, 0x7ffd10003000, 1 },
			.dur_ns = i == slow && slow_ns ? slow_ns :
				(FAST_NS + (random >> 8) % SPREAD_NS) * share * percent / 100000 * (i < from ? 1 : 2) };
		now_ns += ev.call.dur_ns + BETWEEN_NS * share * percent / 100000;
		int r = rn_writer_append(w, &ev, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct rn_header h = { .uuid = "made for tests", .machine = RN_MACHINE_X86_64,
		.page_bytes = 4096, .n_cpus = 2, .clock_ticks = 100, .root_pid = 1001,
		.start_realtime_ns = 1700000000000000000,
		.command_argv = { (const uint8_t *)"timed", 6 } };
	struct rn_error err = { 0 };
	struct rn_writer *w = NULL;
	if (argc != 3 && argc != 5 && argc != 7 && argc != 8) {
		fprintf(stderr, "usage: timed_trace FILE N [SLOW NS [SEED PERCENT [FROM]]]\n");
		return 2;
	}
	int fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	int r = rn_writer_open(&w, fd, &h, NULL, &err);
	if (r == 0)
		r = append_task(w, &err);
	if (r == 0)
		r = append_calls(w, strtoul(argv[2], NULL, 10), argc > 4 ? strtoul(argv[3], NULL, 10) : 0,
			argc > 4 ? strtoull(argv[4], NULL, 10) : 0,
			argc > 6 ? (uint32_t)strtoul(argv[5], NULL, 10) : 0,
			argc > 6 ? strtoul(argv[6], NULL, 10) : 100,
			argc > 7 ? strtoul(argv[7], NULL, 10) : ULONG_MAX, &err);
	if (r == 0)
		r = rn_writer_close(w, NULL, &err);
	else
		rn_writer_abandon(w);
	if (r != 0)
		fprintf(stderr, "%s: %s\n", argv[1], err.message);
	return r != 0;
}
