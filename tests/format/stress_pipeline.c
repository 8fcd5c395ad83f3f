/* SPDX-License-Identifier: MIT */
/* A million events through the queue and a pipe to a reader that compares each of them:
 * stress_pipeline [EVENTS]. Prints the memory that the writing side took on top of its samples. */
#include "format/pipeline.h"
#include "tests/format/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_SAMPLES 2000

static int compare(int fd, const struct sample *s, uint32_t n)
{
	struct rn_reader *r;
	struct rn_block *b = rn_block_new();
	struct rn_event ev;
	uint32_t i = 0;
	if (rn_reader_open_fd(&r, fd, "pipe", NULL))
		return 1;
	while (rn_reader_next(r, b, NULL) == 0)
		for (uint32_t k = 0; rn_block_event(b, k, RN_WANT_ALL, &ev, NULL) == 0; k++, i++) {
			const char *d = event_difference(&s->event[i % N_SAMPLES], &ev);
			if (!d)
				continue;
			fprintf(stderr, "stress_pipeline: event %u: %s\n", i, d);
			return 1;
		}
	bool right = i == n && rn_reader_complete(r) && !rn_reader_n_damage(r);
	fprintf(stderr, "stress_pipeline: %u of %u events read\n", i, n);
	rn_block_free(b);
	rn_reader_close(r);
	return right ? 0 : 1;
}

static int produce(int fd, const struct sample *s, uint32_t n)
{
	struct rn_header h = sample_header();
	struct rn_writer *w;
	struct rn_pipeline *p;
	struct rn_error err;
	int rc = rn_writer_open(&w, fd, &h, NULL, &err);
	if (!rc)
		rc = rn_pipeline_start(&p, w, NULL, &err);
	if (rc)
		return rc;
	for (uint32_t i = 0; i < n && !rc; i++)
		rc = rn_pipeline_push(p, &s->event[i % N_SAMPLES]);
	int stopped = rn_pipeline_stop(p, true, NULL, &err);
	return rc ? rc : stopped;
}

static long peak_kib(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

int main(int argc, char **argv)
{
	static const struct sample_options shape = {
		.n_threads = 1, .n_regs = 27, .stack_bytes = 8192, .meta_percent = 1
	};
	uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000000;
	struct sample s;
	int fds[2], st = -1;
	sample_make(&s, N_SAMPLES, 1, &shape);
	if (pipe(fds))
		return 1;
	pid_t pid = fork();
	if (pid == 0) {
		close(fds[1]);
		_exit(compare(fds[0], &s, n));
	}
	close(fds[0]);
	long before = peak_kib();
	int rc = produce(fds[1], &s, n);
	printf("writing took %ld KiB\n", peak_kib() - before);
	waitpid(pid, &st, 0);
	sample_free(&s);
	return rc || st;
}
