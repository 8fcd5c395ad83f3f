/* SPDX-License-Identifier: MIT */
/* flood CALLS - when something can be read from standard input, four threads deep in their stacks write
 * 4 KiB to /dev/null, CALLS times each, all on one CPU; among it descriptors, mappings and processes
 * come and go. It closes its eyes to the time: what it makes does not depend on who watches. Prints how
 * many calls it made from then on, those that change nothing ("plain") and those that do. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4
#define DEPTH 24
#define STATES 20 /* of each kind, of each thread */
#define MAP_BYTES 1232896 /* nothing else is as large */

static unsigned long n_calls;
static int out, done[2];
static atomic_ulong n_plain;
static atomic_int n_done;

static void change_state(int thread)
{
	int fd = open("/dev/zero", O_RDONLY), copy = dup3(fd, 100 + thread, 0);
	void *p = mmap(NULL, MAP_BYTES, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(p, MAP_BYTES);
	close(copy);
	close(fd);
}

static void call(int thread)
{
	char bytes[4096];
	memset(bytes, 'a' + thread, sizeof(bytes));
	for (unsigned long i = 0; i < n_calls; i++) {
		if (i % (n_calls / STATES) == 0)
			change_state(thread);
		n_plain += write(out, bytes, sizeof(bytes)) == sizeof(bytes);
	}
}

static void descend(int thread, int depth)
{
	volatile char frame[512];
	frame[0] = frame[511] = (char)depth;
	if (depth)
		descend(thread, depth - 1);
	else
		call(thread);
	frame[1] = frame[0];
}

static void wait_for_go(void)
{
	struct pollfd go = { .fd = 0, .events = POLLIN };
	poll(&go, 1, -1);
	n_plain++;
}

static void *work(void *arg)
{
	wait_for_go();
	descend((int)(long)arg, DEPTH);
	if (++n_done == THREADS) {
		n_plain++;
		if (write(done[1], "", 1) != 1)
			_exit(95);
	}
	for (;;)
		pause(); /* ended in it, together with the process */
	return NULL;
}

static void use_one_cpu(void)
{
	cpu_set_t may, one;
	int cpu = 0;
	sched_getaffinity(0, sizeof(may), &may);
	while (cpu < CPU_SETSIZE - 1 && !CPU_ISSET(cpu, &may))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

int main(int argc, char **argv)
{
	char said[100];
	pthread_t thread;
	n_calls = argc > 1 ? strtoul(argv[1], NULL, 10) : STATES;
	out = open("/dev/null", O_WRONLY);
	use_one_cpu();
	if (pipe(done) < 0)
		return 96;
	for (long i = 0; i < THREADS; i++)
		if (pthread_create(&thread, NULL, work, (void *)i))
			return 98;
	wait_for_go();
	if (read(done[0], said, 1) != 1)
		return 97;
	pid_t pid = vfork(); /* when there is no room at all */
	if (pid == 0)
		_exit(3);
	waitpid(pid, NULL, 0);
	int n = snprintf(said, sizeof(said), "plain %lu, of each kind that changes something %d\n",
		n_plain + 3, THREADS * STATES);
	return write(1, said, (size_t)n) == n ? 7 : 99;
}
