/* SPDX-License-Identifier: MIT */
/* orphans N: N times a child whose own child it leaves behind at once. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1;
	for (int i = 0; i < n; i++)
		if (fork() == 0)
			_exit(fork() ? 0 : 0);
	while (wait(NULL) > 0)
		continue;
	return 0;
}
