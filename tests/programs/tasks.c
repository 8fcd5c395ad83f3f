/* SPDX-License-Identifier: MIT */
/*
 * tasks - several processes of several threads, all at work at once, each with a fixed sequence of
 * calls: two tracings of it must agree call by call in every thread, whatever the scheduling.
 *
 * What could make a line depend on time is kept out: each thread has descriptors of its own,
 * threads wait for each other by looking, not by futex; they allocate nothing; parents wait for
 * children one by one, with SIGCHLD blocked, for it would interrupt that.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, CHILDREN = 3, ROUNDS = 50 };

static const char *program;
static atomic_int n_ready;

static void work(int rounds)
{
	char buf[64];
	struct stat st;

	for (int i = 0; i < rounds; i++) {
		struct iovec out[2] = { { buf, 8 }, { buf + 8, (size_t)(i % 50) } };
		int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		syscall(SYS_getppid);
		if (read(fd, buf, sizeof(buf)) < 0 || writev(null, out, 2) < 0)
			_exit(1);
		if (stat("/no/such/file", &st) == 0 || close(-1) == 0)
			_exit(1);
		fstat(fd, &st);
		close(null);
		close(fd);
	}
}

static void *thread(void *arg)
{
	if (unshare(CLONE_FILES) != 0)
		_exit(1);
	n_ready++;
	work(ROUNDS + (int)(long)arg);
	return NULL;
}

static void run_threads(int n)
{
	pthread_t threads[THREADS];

	for (long i = 0; i < n; i++)
		if (pthread_create(&threads[i], NULL, thread, (void *)i) != 0)
			_exit(1);
	while (n_ready < n)
		;
	work(ROUNDS);
	/* Its own loop, for pthread_join would wait by futex or not, as it happens. */
	for (int i = 0; i < n; i++)
		while (pthread_tryjoin_np(threads[i], NULL) != 0)
			;
}

static void child(int i)
{
	n_ready = 0;
	run_threads(i + 1);
	if (i == 0) {
		pid_t pid = vfork();

		if (pid == 0) {
			execl(program, program, "leaf", (char *)NULL);
			_exit(127);
		}
		if (waitpid(pid, NULL, 0) != pid)
			_exit(1);
	}
	_exit(i);
}

int main(int argc, char **argv)
{
	pid_t children[CHILDREN];
	sigset_t sigchld;

	program = argv[0];
	if (argc > 1 && strcmp(argv[1], "leaf") == 0) {
		work(3);
		return 0;
	}
	sigemptyset(&sigchld);
	sigaddset(&sigchld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &sigchld, NULL);
	for (int i = 0; i < CHILDREN; i++) {
		children[i] = fork();
		if (children[i] == 0)
			child(i);
	}
	run_threads(THREADS);
	for (int i = 0; i < CHILDREN; i++) {
		int status;

		if (waitpid(children[i], &status, 0) != children[i] || WEXITSTATUS(status) != i)
			return 1;
	}
	return 0;
}
