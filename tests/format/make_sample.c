/* SPDX-License-Identifier: MIT */
/* Writes a made-up trace: make_sample FILE EVENTS SEED [wild], or the one that docs/format.md takes
 * apart: make_sample FILE vector, or one that lost events: make_sample FILE lost. The same arguments, the same
 * bytes. */
#include "tests/format/sample.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A thread begins, asks for its pid, reads three bytes, fails to close. */
static void make_vector(struct sample *s)
{
	static const struct rn_span span = { .addr = 0x7ffc0010, .wanted = 3, .len = 3, .arg = 1,
		.phase = RN_PHASE_EXIT, .bytes = (const uint8_t *)"abc" };
	static struct rn_event events[] = {
		{ .kind = RN_EV_TASK, .utid = 1, .ts_ns = 1000 },
		{ .kind = RN_EV_CALL, .utid = 1, .ts_ns = 2000,
			.call = { .abi = 1, .nr = 39, .ret = 77, .dur_ns = 300 } },
		{ .kind = RN_EV_CALL, .utid = 1, .ts_ns = 2500,
			.call = { .abi = 1, .nr = 0, .ret = 3, .dur_ns = 700,
				.args = { 0, 0x7ffc0010, 4096 }, .n_spans = 1, .spans = &span } },
		{ .kind = RN_EV_CALL, .utid = 1, .ts_ns = 3300,
			.call = { .abi = 1, .nr = 3, .ret = -9, .dur_ns = 200, .flags = RN_CALL_ERROR,
				.args = { 99, 0x7ffc0010, 4096 } } },
	};
	events[0].TASK = (struct rn_ev_TASK){ .how = RN_TASK_COMMAND, .leader = 1, .tid = 77,
		.pid = 77, .comm = rn_bytes_str("a") };
	*s = (struct sample){ .event = events, .n = 4 };
}

static void make_lost(struct sample *s)
{
	static struct rn_event events[] = {
		{ .kind = RN_EV_TASK, .utid = 1, .ts_ns = 1000 },
		{ .kind = RN_EV_CALL, .utid = 1, .ts_ns = 2000,
			.call = { .abi = 1, .nr = 39, .ret = 77, .dur_ns = 300 } },
		{ .kind = RN_EV_LOST, .ts_ns = 3000 },
	};
	events[0].TASK = (struct rn_ev_TASK){ .how = RN_TASK_COMMAND, .leader = 1, .tid = 77, .pid = 77 };
	events[2].LOST = (struct rn_ev_LOST){ .count = 5, .from_ns = 2500 };
	*s = (struct sample){ .event = events, .n = 3 };
}

static int make(const char *path, struct sample *s)
{
	struct rn_writer_options o = { .block_events = 25, .block_age_ns = UINT64_MAX };
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int rc = fd < 0 ? RN_E_IO : sample_write_fd(s, fd, &o);
	sample_free(s);
	if (rc)
		fprintf(stderr, "make_sample: %s\n", rn_error_text(rc));
	return rc != 0;
}

int main(int argc, char **argv)
{
	struct sample s;
	if (argc == 3 && strcmp(argv[2], "vector") == 0) {
		make_vector(&s);
		return make(argv[1], &s);
	}
	if (argc == 3 && strcmp(argv[2], "lost") == 0) {
		make_lost(&s);
		return make(argv[1], &s);
	}
	if (argc < 4)
		return 2;
	struct sample_options o = { .n_threads = 3, .n_regs = 27, .stack_bytes = 1024,
		.meta_percent = 10, .wild = argc > 4 && strcmp(argv[4], "wild") == 0 };
	sample_make(&s, (uint32_t)atoi(argv[2]), (uint64_t)atoi(argv[3]), &o);
	s.module = (struct rn_module_image){ .name = rn_bytes_str("[vdso]"),
		.build_id = rn_bytes_str("\1\2\3"), .image = rn_bytes_str("\x7f" "ELF, made up") };
	return make(argv[1], &s);
}
