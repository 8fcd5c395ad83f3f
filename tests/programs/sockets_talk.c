/* SPDX-License-Identifier: MIT */
/* sockets_talk N: sends N bytes, one by one, through a pair of sockets and reads each back. Prints how
 * many sends and receives failed and with which errno, and how long it all took, in milliseconds. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

int main(int argc, char **argv)
{
	int pair[2], n = argc > 1 ? atoi(argv[1]) : 100, sent = 0, failed = 0, last = 0;
	struct timespec a, b;
	char c = 'x';
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (int i = 0; i < n; i++) {
		if (send(pair[0], &c, 1, 0) == 1)
			sent++;
		else
			failed++, last = errno;
		if (sent && recv(pair[1], &c, 1, MSG_DONTWAIT) == 1)
			sent--;
		else if (sent)
			failed++, last = errno;
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf("failed %d errno %d ms %ld\n", failed, last,
		(long)(b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000);
	return 0;
}
