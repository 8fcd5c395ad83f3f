/* SPDX-License-Identifier: MIT */
/*
 * floor empty|ring COMMAND.. - runs a command while the programs of floor.bpf.c are attached. What they
 * send is thrown away.
 */
#include <floor.skel.h> /* made by bpftool */

#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int ignore(void *arg, void *data, size_t bytes)
{
	(void)arg, (void)data, (void)bytes;
	return 0;
}

static int watch(struct rn_floor *skel, pid_t pid)
{
	struct ring_buffer *ring = ring_buffer__new(bpf_map__fd(skel->maps.ring), ignore, NULL, NULL);
	int status;
	while (waitpid(pid, &status, WNOHANG) != pid) {
		ring_buffer__consume(ring);
		usleep(4000);
	}
	ring_buffer__free(ring);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
	struct rn_floor *skel = argc > 2 ? rn_floor__open() : NULL;
	if (!skel)
		return fprintf(stderr, "floor empty|ring COMMAND..\n"), 2;
	skel->rodata->send = strcmp(argv[1], "ring") == 0;
	if (rn_floor__load(skel) < 0 || rn_floor__attach(skel) < 0)
		return 2;
	pid_t pid = fork();
	if (pid == 0) {
		skel->bss->tgid = (unsigned)getpid();
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	int r = watch(skel, pid);
	rn_floor__destroy(skel);
	return r;
}
