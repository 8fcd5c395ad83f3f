/* SPDX-License-Identifier: MIT */
/* threads - executing, exiting and working among many threads. */
#include "subject.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int nobody_writes[2]; /* reading from it blocks for ever */
static atomic_int n_ready;

static void *block(void *arg)
{
	char byte;
	n_ready++;
	must(read(nobody_writes[0], &byte, 1) >= 0);
	return arg;
}

static void *loop_calls(void *arg)
{
	n_ready++;
	for (;;)
		syscall(SYS_getppid);
	return arg;
}

static void start(void *(*body)(void *), void *arg)
{
	pthread_t thread;
	pthread_attr_t attr;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 * 1024);
	must((errno = pthread_create(&thread, &attr, body, arg)) == 0);
	pthread_detach(thread);
}

static void wait_ready(int n)
{
	while (n_ready < n)
		usleep(1000);
}

/* The word behind what of a file of a thread of this process; "" where there is none. */
static void word_of(const char *task, const char *file, const char *what, char word[8])
{
	char name[300], line[512] = "";
	word[0] = 0;
	snprintf(name, sizeof(name), "/proc/self/task/%s/%s", task, file);
	FILE *f = fopen(name, "re");
	if (!f)
		return;
	line[fread(line, 1, sizeof(line) - 1, f)] = 0;
	fclose(f);
	const char *at = strstr(line, what);
	if (at)
		sscanf(at + strlen(what), "%7s", word);
}

/* Threads of this process that sleep in a read (proc(5)): one that its tracer still holds at the entry is
 * in it, too, but may be executed away before its tracer has looked. */
static int n_reading(void)
{
	char nr[8], state[8];
	int n = 0;
	DIR *tasks = opendir("/proc/self/task");
	must(tasks != NULL);
	for (struct dirent *task; (task = readdir(tasks));) {
		word_of(task->d_name, "syscall", "", nr);
		word_of(task->d_name, "stat", ") ", state);
		n += nr[0] != 'r' && nr[0] && atoi(nr) == SYS_read && state[0] == 'S';
	}
	closedir(tasks);
	return n;
}

static void wait_reading(int n)
{
	for (int i = 0; i < 5000 && n_reading() < n; i++)
		usleep(1000);
}

static void *execute(void *arg)
{
	char *argv[] = { "sh", "-c", "echo executed; exit 7", NULL };
	(void)arg;
	wait_reading(1);
	execv("/bin/sh", argv);
	_Exit(97);
}

/* A thread that is not the leader executes a program, while the leader is blocked in a call. */
static int exec_from_thread(char **args)
{
	(void)args;
	start(execute, NULL);
	block(NULL);
	return 96;
}

static void *execute_large(void *arg)
{
	static char word[100 * 1024];
	char *argv[20] = { "sh", "-c", "echo $#; exit 8" };
	(void)arg;
	memset(word, 'x', sizeof(word) - 1);
	for (int i = 3; i < 18; i++)
		argv[i] = word;
	wait_ready(25);
	wait_reading(21);
	execv("/bin/sh", argv);
	_Exit(97);
}

/* The same with 20 threads blocked, 4 looping and an argument vector that takes long to read. */
static int exec_amid(char **args)
{
	(void)args;
	for (int i = 0; i < 20; i++)
		start(block, NULL);
	for (int i = 0; i < 4; i++)
		start(loop_calls, NULL);
	start(execute_large, NULL);
	block(NULL);
	return 96;
}

/* One thread ends the process while the others are in the middle of a call. */
static int exit_amid(char **args)
{
	int n = number(args[0], 100);
	for (int i = 0; i < n; i++)
		start(block, NULL);
	wait_ready(n);
	wait_reading(n);
	_exit(5);
}

static void *outlive(void *arg)
{
	int leader = getpid();
	char name[64], state = 0;
	snprintf(name, sizeof(name), "/proc/%d/stat", leader);
	while (state != 'Z') {
		FILE *f = fopen(name, "re");
		must(f && fscanf(f, "%*d (%*[^)]) %c", &state) == 1);
		fclose(f);
		usleep(1000);
	}
	printf("the leader is gone\n");
	fflush(stdout);
	exit(6);
	return arg;
}

static int leader_first(char **args)
{
	(void)args;
	start(outlive, NULL);
	pthread_exit(NULL);
}

static void *count_calls(void *arg)
{
	for (int i = 0; i < *(const int *)arg; i++)
		syscall(SYS_getppid);
	return NULL;
}

/* All must get their turn; and many threads, one after another and at once. */
static int work(char **args)
{
	int n = number(args[0], 8), calls = args[0] ? number(args[1], 300) : 300;
	pthread_t *thread = calloc((size_t)n, sizeof(*thread));
	pthread_attr_t attr;
	must(thread);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 * 1024);
	for (int i = 0; i < n; i++)
		must((errno = pthread_create(&thread[i], &attr, count_calls, &calls)) == 0);
	for (int i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	free(thread);
	printf("%d threads\n", n);
	return 0;
}

static void *gate_wait(void *arg)
{
	char byte;
	n_ready++;
	must(read(*(int *)arg, &byte, 1) == 0);
	return NULL;
}

/* N threads that are all alive at the same time. */
static int crowd(char **args)
{
	int n = number(args[0], 1000), gate[2];
	pthread_t *thread = calloc((size_t)n, sizeof(*thread));
	pthread_attr_t attr;
	must(thread && pipe(gate) == 0);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 * 1024);
	for (int i = 0; i < n; i++)
		must((errno = pthread_create(&thread[i], &attr, gate_wait, &gate[0])) == 0);
	wait_ready(n);
	close(gate[1]);
	for (int i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	free(thread);
	printf("%d threads\n", n);
	return 0;
}

static void *loop_until_end(void *arg)
{
	n_ready++;
	while (!atomic_load((atomic_int *)arg))
		syscall(SYS_getppid);
	return NULL;
}

/* Threads that loop must not starve one that has little to do. */
static int modest(char **args)
{
	static atomic_int end;
	pthread_t thread[6];
	(void)args;
	for (int i = 0; i < 6; i++)
		must((errno = pthread_create(&thread[i], NULL, loop_until_end, &end)) == 0);
	wait_ready(6);
	for (int i = 0; i < 100; i++)
		syscall(SYS_getuid);
	end = 1;
	for (int i = 0; i < 6; i++)
		pthread_join(thread[i], NULL);
	printf("done\n");
	return 0;
}

static void *nothing(void *arg)
{
	syscall(SYS_getppid);
	return arg;
}

/* Makes threads until its standard input ends (60 s at most). */
static int spawn_until_eof(char **args)
{
	unsigned long made = 0;
	(void)args;
	fcntl(0, F_SETFL, O_NONBLOCK);
	printf("ready\n");
	fflush(stdout);
	alarm(60);
	for (char byte; read(0, &byte, 1) != 0; made++) {
		pthread_t thread[2];
		for (int i = 0; i < 2; i++)
			must((errno = pthread_create(&thread[i], NULL, nothing, NULL)) == 0);
		for (int i = 0; i < 2; i++)
			pthread_join(thread[i], NULL);
	}
	printf("made some\n");
	return made ? 0 : 1;
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "exec-from-thread", exec_from_thread }, { "exec-amid", exec_amid },
		{ "exit-amid", exit_amid }, { "leader-first", leader_first }, { "work", work },
		{ "crowd", crowd }, { "modest", modest }, { "spawn-until-eof", spawn_until_eof }, { 0 },
	};
	(void)argc;
	must(pipe(nobody_writes) == 0);
	return run_scenario(scenarios, argv);
}
