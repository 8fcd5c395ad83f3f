/* SPDX-License-Identifier: MIT */
/*
 * make_trace FILE N [STACK_BYTES [fds]] - a trace of N calls, always the same for the same arguments.
 *
 * Two processes of two threads each make a mixture of calls in shares like those of a program that
 * works with files and waits now and then: paths from a set of 400, buffers of 32 bytes, one call
 * in 25 an error, durations from 0.2 us with a long tail. With a fourth argument the files that are opened
 * become descriptors, told of by events as a recorder would, and reads, writes and closes are of those. With
 * STACK_BYTES each call has registers and a snapshot, in which frame pointers lead through made code whose names
 * a map in the trace tells. For measuring the analyzer on traces larger than anyone wants to record.
 */
#include "format/writer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define N_THREADS 4
#define N_PATHS 400
#define MAX_STACK_BYTES 16384

enum memory { NOTHING, PATH, BUFFER_IN, BUFFER_OUT };

/* x86-64 numbers. share: of 100. */
static const struct kind {
	uint32_t nr;
	uint8_t share, memory, arg;
	uint32_t min_dur_ns;
	uint64_t args[6];
} kinds[] = {
	{ 0, 24, BUFFER_OUT, 1, 400, { 3, 0x7ffd10002000, 4096 } },                 /* read */
	{ 1, 14, BUFFER_IN, 1, 600, { 1, 0x7ffd10003000, 32 } },                    /* write */
	{ 257, 13, PATH, 1, 1500, { 0xffffff9c, 0x55550001000, 0x80000 } },         /* openat */
	{ 3, 13, NOTHING, 0, 200, { 3 } },                                          /* close */
	{ 262, 12, PATH, 1, 900, { 0xffffff9c, 0x55550001000, 0x7ffd10001000 } },   /* newfstatat */
	{ 9, 6, NOTHING, 0, 700, { 0, 8192, 3, 0x22, 0xffffffff, 0 } },             /* mmap */
	{ 8, 5, NOTHING, 0, 200, { 3, 0, 0 } },                                     /* lseek */
	{ 202, 5, NOTHING, 0, 500, { 0x7f0010000000, 128, 2 } },                    /* futex */
	{ 39, 3, NOTHING, 0, 100, { 0 } },                                          /* getpid */
	{ 232, 3, NOTHING, 0, 2000, { 5, 0x7ffd10004000, 64, 0xffffffff } },        /* epoll_wait */
	{ 12, 2, NOTHING, 0, 400, { 0 } },                                          /* brk */
};

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(void)
{
	static uint64_t state = 1;
	uint64_t z = (state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static const struct kind *next_kind(void)
{
	unsigned at = next_random() % 100, i = 0;

	while (at >= kinds[i].share)
		at -= kinds[i++].share;
	return &kinds[i];
}

/* What a thread is in. */
struct under_way {
	const struct kind *kind;
	uint64_t ts_ns, dur_ns;
};

static struct under_way next_call(uint64_t ts_ns)
{
	const struct kind *kind = next_kind();
	uint64_t tail = next_random();

	return (struct under_way){ kind, ts_ns, kind->min_dur_ns + tail % kind->min_dur_ns +
		(tail >> 32) % 1000000 / (1 + (tail >> 52) % 4096) };
}

/* Calls stand in the order in which they were done, as a recorder writes them. */
static uint32_t first_done(const struct under_way *u)
{
	uint32_t first = 0;

	for (uint32_t t = 1; t < N_THREADS; t++)
		if (u[t].ts_ns + u[t].dur_ns < u[first].ts_ns + u[first].dur_ns)
			first = t;
	return first;
}

/* What each process has open, by number from 3 on; 0: free. */
#define FD_FIRST 3
#define FD_LIMIT 24
static uint32_t open_paths[N_THREADS][FD_LIMIT];

static int put_path(char *buf, size_t size, unsigned n)
{
	return snprintf(buf, size, "/usr/lib/part%u/module%u.so", n % 20, n);
}

static int append_fd(struct rn_writer *w, uint32_t utid, uint64_t ts_ns, int64_t fd, unsigned path,
	struct rn_error *err)
{
	char target[64];
	struct rn_event ev = { .utid = utid, .kind = RN_EV_FD, .ts_ns = ts_ns };

	ev.FD.fd = fd;
	ev.FD.how = RN_FD_OPENED;
	ev.FD.kind = RN_FDK_FILE;
	ev.FD.ino = 1000 + path;
	ev.FD.target = rn_bytes_of(target, (size_t)put_path(target, sizeof(target), path));
	return rn_writer_append(w, &ev, err);
}

static int append_close(struct rn_writer *w, uint32_t utid, uint64_t ts_ns, int64_t fd,
	struct rn_error *err)
{
	struct rn_event ev = { .utid = utid, .kind = RN_EV_FD_CLOSE, .ts_ns = ts_ns };

	ev.FD_CLOSE.fd = fd;
	return rn_writer_append(w, &ev, err);
}

/* Makes the call one of a real descriptor: what was opened is read, written and closed. */
static int use_descriptor(struct rn_writer *w, struct rn_event *ev, unsigned path, struct rn_error *err)
{
	uint32_t *table = open_paths[(ev->utid - 1) / 2 * 2];
	uint64_t end_ns = ev->ts_ns + ev->call.dur_ns;
	unsigned fd = FD_FIRST;

	if (ev->call.flags & RN_CALL_ERROR)
		return 0;
	if (ev->call.nr == 257) {
		while (fd < FD_LIMIT && table[fd])
			fd++;
		if (fd == FD_LIMIT) {
			ev->call.ret = -24; /* EMFILE */
			ev->call.flags = RN_CALL_ERROR;
			return 0;
		}
		table[fd] = 1 + path;
		ev->call.ret = fd;
		return append_fd(w, ev->utid, end_ns, fd, path, err);
	}
	if (ev->call.nr != 0 && ev->call.nr != 1 && ev->call.nr != 3 && ev->call.nr != 8)
		return 0;
	fd += next_random() % 8;
	while (fd > FD_FIRST && !table[fd])
		fd--;
	ev->call.args[0] = fd;
	if (ev->call.nr != 3 || !table[fd])
		return 0;
	table[fd] = 0;
	ev->call.ret = 0;
	return append_close(w, ev->utid, end_ns, fd, err);
}

static int append_task(struct rn_writer *w, uint32_t utid, struct rn_error *err)
{
	uint32_t leader = utid - (utid - 1) % 2;
	struct rn_event ev = { .utid = utid, .kind = RN_EV_TASK };

	ev.TASK.how = utid == 1 ? RN_TASK_COMMAND : utid == leader ? RN_TASK_FORK : RN_TASK_CLONE;
	ev.TASK.leader = leader;
	ev.TASK.parent = utid == 1 ? 0 : 1;
	ev.TASK.tid = 1000 + utid;
	ev.TASK.pid = 1000 + leader;
	ev.TASK.comm = rn_bytes_str("made");
	ev.TASK.exe = rn_bytes_str("/usr/bin/made");
	return rn_writer_append(w, &ev, err);
}

static uint32_t fill_span(struct rn_span *span, const struct kind *kind, char *buf, size_t size,
	unsigned *path)
{
	*path = 0;
	if (kind->memory == NOTHING)
		return 0;
	*span = (struct rn_span){ .addr = kind->args[kind->arg], .arg = kind->arg,
		.bytes = (uint8_t *)buf };
	if (kind->memory == PATH) {
		*path = next_random() % N_PATHS;
		span->len = 1 + (uint32_t)put_path(buf, size, *path);
		span->wanted = 4096;
		span->string = 1;
	} else {
		memset(buf, 'a' + (int)(next_random() % 16), 32);
		span->len = span->wanted = 32;
		span->phase = kind->memory == BUFFER_OUT ? RN_PHASE_EXIT : RN_PHASE_ENTRY;
	}
	return 1;
}

/* Made code: functions of 256 bytes, told of by a map as a JIT writes it. Each call is made through one of
 * N_WAYS chains of them, kept by frame pointers; between those lie words that change. */
#define N_FUNCTIONS 400
#define N_WAYS 600
#define CODE_BASE 0x20000000u
#define STACK_BASE 0x7ffd10000000u
#define FRAME_WORDS 6

static uint64_t hash_of(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static uint64_t code_of(unsigned way, unsigned level)
{
	/* Outer levels are shared by many ways. */
	unsigned shared = level > 6 ? way % 3 : level > 3 ? way % 40 : way;

	return CODE_BASE + (hash_of(shared * 64 + level + 1) % N_FUNCTIONS) * 256 + 20;
}

static void make_stack(uint64_t *words, size_t bytes, uint64_t *regs, const struct kind *kind)
{
	unsigned way = next_random() % N_WAYS, depth = 3 + way % 10;

	for (unsigned i = 0; i < 8; i++)
		words[next_random() % (bytes / 8 < 40 ? bytes / 8 : 40)] = 0x7f0000000000 + next_random() % 4096;
	while ((depth + 1) * FRAME_WORDS > bytes / 8)
		depth--;
	for (unsigned level = 0; level < depth; level++) {
		uint64_t at = (level + 1) * FRAME_WORDS - 2;

		words[at] = level + 1 < depth ? STACK_BASE + (at + FRAME_WORDS) * 8 : 0;
		words[at + 1] = code_of(way, level + 1);
	}
	regs[RN_X86_RIP] = code_of(way, 0);
	regs[RN_X86_RAX] = (uint64_t)-38;
	regs[RN_X86_ORIG_RAX] = kind->nr;
	regs[RN_X86_RSP] = STACK_BASE;
	regs[RN_X86_RBP] = STACK_BASE + (FRAME_WORDS - 2) * 8;
}

/* What is mapped, and the names of made code. */
static int append_code(struct rn_writer *w, uint32_t utid, struct rn_error *err)
{
	static char text[N_FUNCTIONS * 32];
	char name[32];
	size_t len = 0;
	struct rn_event ev = { .utid = utid, .kind = RN_EV_MAP };

	ev.MAP.addr = 0x400000;
	ev.MAP.len = 0x10000;
	ev.MAP.path = rn_bytes_str("/usr/bin/made");
	for (unsigned i = 0; i < N_FUNCTIONS; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%x 100 function_%u\n",
			CODE_BASE + i * 256, i);
	snprintf(name, sizeof(name), "/tmp/perf-%u.map", 1000 + utid);
	const struct rn_module_image map = { .kind = RN_MODULE_PERF_MAP, .name = rn_bytes_str(name),
		.image = rn_bytes_of(text, len) };
	int status = rn_writer_append(w, &ev, err);
	return status ? status : rn_writer_module(w, &map, err);
}

static int append_calls(struct rn_writer *w, uint64_t n, uint32_t stack_bytes, bool descriptors,
	struct rn_error *err)
{
	static uint64_t stacks[N_THREADS][MAX_STACK_BYTES / 8];
	struct under_way next[N_THREADS];
	uint64_t regs[N_THREADS][RN_REGS_X86_64] = { { 0 } };
	struct rn_span span;
	char buf[64];
	int status = 0;

	for (uint32_t t = 0; t < N_THREADS; t++)
		next[t] = next_call(0);
	for (uint64_t i = 0; i < n && status == 0; i++) {
		uint32_t t = first_done(next);
		const struct kind *kind = next[t].kind;
		unsigned path;
		struct rn_event ev = { .utid = t + 1, .kind = RN_EV_CALL, .ts_ns = next[t].ts_ns };

		ev.call = (struct rn_call){ .abi = RN_ABI_X86_64, .nr = kind->nr };
		memcpy(ev.call.args, kind->args, sizeof(kind->args));
		ev.call.dur_ns = next[t].dur_ns;
		ev.call.n_spans = fill_span(&span, kind, buf, sizeof(buf), &path);
		ev.call.spans = &span;
		if (next_random() % 25 == 0) {
			ev.call.ret = -2;
			ev.call.flags = RN_CALL_ERROR;
		} else {
			ev.call.ret = kind->memory == PATH ? 3 : (int64_t)kind->args[2];
		}
		if (stack_bytes) {
			make_stack(stacks[t], stack_bytes, regs[t], kind);
			ev.call.regs = regs[t];
			ev.call.n_regs = RN_REGS_X86_64;
			ev.call.stack = (uint8_t *)stacks[t];
			ev.call.stack_len = ev.call.stack_wanted = stack_bytes;
			ev.call.stack_addr = STACK_BASE;
		}
		next[t] = next_call(next[t].ts_ns + next[t].dur_ns + 300 + next_random() % 900);
		status = descriptors ? use_descriptor(w, &ev, path, err) : 0;
		if (status == 0)
			status = rn_writer_append(w, &ev, err);
	}
	return status;
}

int main(int argc, char **argv)
{
	struct rn_header h = { .uuid = "made for bench", .machine = RN_MACHINE_X86_64,
		.page_bytes = 4096, .n_cpus = 2, .clock_ticks = 100, .root_pid = 1001,
		.start_realtime_ns = 1700000000000000000,
		.command_argv = { (const uint8_t *)"made", 5 } };
	struct rn_error err = { 0 };
	struct rn_writer *w = NULL;
	uint32_t stack_bytes = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) & ~7u : 0;
	int fd, status;

	if (argc < 3 || stack_bytes > MAX_STACK_BYTES) {
		fprintf(stderr, "usage: make_trace FILE N [STACK_BYTES [fds]]\n");
		return 2;
	}
	fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	h.stack_bytes = stack_bytes;
	status = rn_writer_open(&w, fd, &h, NULL, &err);
	for (uint32_t utid = 1; status == 0 && utid <= N_THREADS; utid++)
		status = append_task(w, utid, &err);
	for (uint32_t utid = 1; status == 0 && stack_bytes && utid <= N_THREADS; utid += 2)
		status = append_code(w, utid, &err);
	if (status == 0)
		status = append_calls(w, strtoull(argv[2], NULL, 10), stack_bytes, argc > 4, &err);
	if (status == 0) {
		status = rn_writer_close(w, NULL, &err);
	} else {
		rn_writer_abandon(w);
	}
	if (status != 0)
		fprintf(stderr, "%s: %s\n", argv[1], err.message);
	return status != 0;
}
