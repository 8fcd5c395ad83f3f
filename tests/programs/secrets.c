/* SPDX-License-Identifier: MIT */
/* secrets WORD: hands WORD to the kernel in every way there is: paths, buffers, names, arguments,
 * environments, sockets, mounts, and leaves it in registers and on stacks, a signal handler's own among them. */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
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

/* What the kernel refuses was told to it all the same. */
static void names(void)
{
	int fd = memfd_create(text, 0);
	fsetxattr(fd, named("user.attribute"), text, strlen(text), 0);
	setxattr(".", path, text, strlen(text), 0);
	removexattr(".", path);
	mount(text, named("no/such/target"), text, MS_RDONLY, text);
	syscall(SYS_add_key, "user", text, text, strlen(text), 0);
	sethostname(named("host"), 65); /* too long by one: whoever may set it must not, here */
	rename(named("no/such/old"), text);
	/* like names that are no files' */
	open(named("pipe:["), O_RDONLY);
	open(named("anon_inode:"), O_RDONLY);
	open(named("[vdso]"), O_RDONLY);
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	snprintf(a.sun_path, sizeof(a.sun_path), "no/such/%s", text);
	connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&a, sizeof(a));
}

/* A map as systems that make code write it, which the recorder takes along. */
static void made_code(void)
{
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
	FILE *map = fopen(path, "w");
	void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map) {
		fprintf(map, "%lx 1000 made_%s\n", (unsigned long)code, text);
		fclose(map);
	}
}

static void handler(int signo)
{
	volatile char held[64];
	for (size_t i = 0; i < sizeof(held); i++)
		held[i] = text[i];
	(void)signo;
	getppid();
}

static void two_stacks(void)
{
	static char room[65536];
	volatile char held[64];
	stack_t own = { .ss_sp = room, .ss_size = sizeof(room) };
	struct sigaction on = { .sa_handler = handler, .sa_flags = SA_ONSTACK };
	for (size_t i = 0; i < sizeof(held); i++)
		held[i] = text[i];
	sigaltstack(&own, NULL);
	sigaction(SIGUSR1, &on, NULL);
	raise(SIGUSR1);
	(void)held[0];
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
	/* Behind a netlink address, in the flow of an IPv6 one, before the end of both. */
	char netlink[100] = { AF_NETLINK };
	memcpy(netlink + 12, text, sizeof(text));
	bind(socket(AF_NETLINK, SOCK_RAW, 0), (struct sockaddr *)netlink, sizeof(netlink));
	char six[100] = { AF_INET6, 0, 0, 9 };
	memcpy(six + 4, text, 4);
	memcpy(six + 8, text, 16);
	memcpy(six + 28, text, sizeof(text));
	connect(socket(AF_INET6, SOCK_DGRAM, 0), (struct sockaddr *)six, sizeof(six));
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
	names();
	made_code();
	two_stacks();
	sockets();
	programs(argv[0]);
	uint64_t word;
	memcpy(&word, text, sizeof(word)); /* an argument register of a call without arguments */
	syscall(SYS_getpid, word, word, word, word, word, word);
	syscall(SYS_umask, 022, word, word, word, word, word);
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
	unlink(path);
	return 0;
}
