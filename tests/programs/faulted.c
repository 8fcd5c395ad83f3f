/* SPDX-License-Identifier: MIT */
/* faulted N: reads 100 bytes of /dev/zero N times. Prints how many reads failed and how many were cut short, how long all
 * of it took in milliseconds, and which they were: a letter each, . whole, s short, else E of an error. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 100, failed = 0, cut = 0;
	char *which = calloc((size_t)n + 1, 1), buffer[100];
	int fd = open("/dev/zero", O_RDONLY);
	struct timespec a, b;
	if (!which || fd < 0)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (int i = 0; i < n; i++) {
		ssize_t got = read(fd, buffer, sizeof(buffer));
		which[i] = got < 0 ? 'E' : got < (ssize_t)sizeof(buffer) ? 's' : '.';
		failed += got < 0;
		cut += which[i] == 's';
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf("failed %d cut %d ms %ld\n%s\n", failed, cut,
		(long)(b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000, which);
	free(which);
	return 0;
}
