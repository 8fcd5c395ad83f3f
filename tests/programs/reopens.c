/* SPDX-License-Identifier: MIT */
/*
 * reopens SECONDS: one descriptor becomes three files by turns, a byte, two or three written at a time: the number of
 * bytes tells which file it is. Works in the current directory.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define WRITES 30000

static time_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static int write_to(const char *name, size_t bytes)
{
	int fd = open(name, O_WRONLY | O_CREAT, 0600);
	if (fd < 0)
		return -1;
	for (int i = 0; i < WRITES; i++)
		if (pwrite(fd, "abc", bytes, 0) != (ssize_t)bytes)
			return -1;
	if (ftruncate(fd, 0) < 0)
		return -1;
	return close(fd);
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "one", "two", "three" };
	time_t end = now() + (argc > 1 ? atoi(argv[1]) : 1);
	while (now() < end)
		for (size_t i = 0; i < 3; i++)
			if (write_to(names[i], i + 1) < 0)
				return 1;
	return 0;
}
