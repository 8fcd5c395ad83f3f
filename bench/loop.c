/* SPDX-License-Identifier: MIT */
/*
 * loop N - N cheap system calls: getppid, and every fourth a read of 16 bytes from /dev/zero, so
 * that the cost of tracing itself stands out.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 100000;
	int fd = open("/dev/zero", O_RDONLY);
	char buf[16];

	for (long i = 0; i < n; i++) {
		if (i % 4 == 3) {
			if (read(fd, buf, sizeof(buf)) != (ssize_t)sizeof(buf))
				return 1;
		} else {
			syscall(SYS_getppid);
		}
	}
	return 0;
}
