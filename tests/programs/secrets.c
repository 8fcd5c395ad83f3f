/* SPDX-License-Identifier: MIT */
/* secrets WORD: hands WORD to the kernel in every way there is: paths, buffers, names, arguments,
 * environments, sockets, and leaves it in registers and on the stack. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static char text[64], path[128];

static const char *named(const char *what)
{
	snprintf(path, sizeof(path), "%s-%s", what, text);
	return path;
}

static void files(void)
{
	char buf[256];
	mkdir(named("folder"), 0755);
	if (chdir(path) < 0)
		exit(1);
	int fd = open(named("file"), O_RDWR | O_CREAT, 0600);
	if (write(fd, text, strlen(text)) < 0 || pread(fd, buf, sizeof(buf), 0) < 0)
		exit(1);
	struct iovec v[] = { { text, strlen(text) }, { text, 8 } };
	if (writev(fd, v, 2) < 0)
		exit(1);
	fsetxattr(fd, "user.name", text, strlen(text), 0);
	if (symlink(text, named("link")) == 0 && readlink(path, buf, sizeof(buf)) < 0)
		exit(1);
	if (!getcwd(buf, sizeof(buf)))
		exit(1);
	int folder = open(".", O_RDONLY | O_DIRECTORY);
	syscall(SYS_getdents64, folder, buf, sizeof(buf));
}

static void sockets(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int pair[2], fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(a.sun_path, sizeof(a.sun_path), "socket-%s", text);
	bind(fd, (struct sockaddr *)&a, sizeof(a));
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	memset(a.sun_path, 0, sizeof(a.sun_path));
	snprintf(a.sun_path + 1, sizeof(a.sun_path) - 1, "abstract-%s", text);
	bind(fd, (struct sockaddr *)&a, sizeof(a));
	socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
	struct iovec v = { text, strlen(text) };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	sendmsg(pair[0], &m, 0);
	send(pair[0], text, strlen(text), 0);
}

static void programs(const char *self)
{
	char *argv[] = { (char *)self, text, NULL }, env[80], *envp[] = { env, NULL };
	snprintf(env, sizeof(env), "VARIABLE=%s", text);
	if (fork() == 0) {
		execve(named("/no/such"), argv, envp);
		execve("/bin/true", argv, envp);
		_exit(1);
	}
	wait(NULL);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 1;
	snprintf(text, sizeof(text), "%s", argv[1]);
	prctl(PR_SET_NAME, text);
	files();
	sockets();
	programs(argv[0]);
	uint64_t word;
	memcpy(&word, text, sizeof(word)); /* an argument register of a call without arguments */
	syscall(SYS_getpid, word, word, word, word, word, word);
	syscall(SYS_umask, 022, word, word, word, word, word);
	return 0;
}
