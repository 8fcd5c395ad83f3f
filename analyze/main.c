/* SPDX-License-Identifier: MIT */
/*
 * renacer-analyze - reads traces of system calls and answers questions about them.
 *
 * This file finds the command. The way of the calls:
 *   format/reader.h     a trace file or a pipe, block by block
 *   source*.c           batches of calls; filters narrow them
 *   model*.c            processes, threads and descriptors over time
 *   listing/            every event as a line, an object or a row, in the order of entry
 *   analysis/           questions answered by tables; report/ writes tables
 *   decode/             what a call says, as text
 *   command/            the verbs: one file each
 *   live*.c             `renacer`: a recorder behind a pipe, reported while it runs
 *   strace_*.c          `renacer --strace`: the same by strace's command line
 */
#include "analyze/command/cli.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* A closed standard descriptor would be given to the next file we open. */
static void occupy_standard_files(void)
{
	int fd;
	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	static char nothing[] = "renacer-analyze";
	static char *alone[] = { nothing, NULL };
	if (argc < 1) {
		argc = 1;
		argv = alone;
	}
	const char *program = argv[0];
	occupy_standard_files();
	bool live = strcmp(base_name(program), rn_command_live.name) == 0;
	if (live && argc > 1 && strcmp(argv[1], "--strace") == 0)
		return rn_command_main(&rn_command_strace, rn_command_strace.name, program, argc - 1,
			argv + 1);
	if (live)
		return rn_command_main(&rn_command_live, rn_command_live.name, program, argc, argv);
	const struct rn_command *c = argc > 1 ? rn_command_find(argv[1]) : NULL;
	if (!c)
		return rn_command_main(rn_command_find("report"), "renacer-analyze", program, argc, argv);
	char name[64] = "renacer-analyze ";
	strncat(name, c->name, sizeof(name) - strlen(name) - 1);
	return rn_command_main(c, name, program, argc - 1, argv + 1);
}
