/* SPDX-License-Identifier: MIT */
/* narrow - a 32-bit program: calls with pointers and structures, a child, and back to 64 bits. */
#include "subject.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct iovec parts[2] = { { "one ", 4 }, { "two\n", 4 } };
	struct timespec while_ = { 0, 1000000 };
	struct stat st;
	char buf[16];
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	must(sizeof(void *) == 4 && fd >= 0 && read(fd, buf, sizeof(buf)) == sizeof(buf));
	must(stat("/etc", &st) == 0 && S_ISDIR(st.st_mode));
	must(writev(1, parts, 2) == 8 && nanosleep(&while_, NULL) == 0);
	must(open("/nowhere", O_RDONLY) < 0);
	pid_t pid = fork();
	must(pid >= 0);
	if (pid == 0)
		_exit(17);
	int status = 0;
	must(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 17);
	if (argc > 1) {
		execv(argv[1], argv + 1);
		return 97;
	}
	return 18;
}
