/* SPDX-License-Identifier: MIT */
/*
 * A program whose time is what it is told: paced N SLEEP_US [READ_BYTES [MORE]] sleeps SLEEP_US microseconds and
 * reads READ_BYTES (0) of zeros, N times. MORE makes it do something else, too: it opens a file that is not
 * there, below one that is no folder.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	long n = atol(argv[1]), us = atol(argv[2]);
	size_t bytes = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
	const struct timespec nap = { us / 1000000, us % 1000000 * 1000 };
	char *zeros = malloc(bytes + 1);
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	if (!zeros || fd < 0)
		return 9;
	for (long i = 0; i < n; i++) {
		if (us)
			nanosleep(&nap, NULL);
		if (bytes && read(fd, zeros, bytes) < 0)
			return 9;
	}
	if (argc > 4)
		open("/dev/null/nowhere", O_RDONLY | O_CLOEXEC);
	return 0;
}
