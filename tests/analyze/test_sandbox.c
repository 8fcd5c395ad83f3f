/* SPDX-License-Identifier: MIT */
/* What a process can still do once it is in the sandbox, tried in a child of the test. */
#include "analyze/sandbox/paths.h"
#include "analyze/sandbox/sandbox.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <criterion/parameterized.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/renacer-sandbox-XXXXXX";

static void make_folder(void)
{
	if (!mkdtemp(folder) || chdir(folder) < 0 || mkdir("tree", 0700) < 0 || symlink("/etc", "link") < 0 ||
		symlink("../elsewhere", "tree/out") < 0)
		abort();
	close(open("there", O_WRONLY | O_CREAT, 0600));
	unsetenv("TMPDIR");
	unsetenv("SQLITE_TMPDIR");
}

static void remove_folder(void)
{
	static const char *const names[] = { "there", "out.txt", "out.txt.1", "elsewhere", "link", "tree/out", "tree/a/b",
		"tree/c" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(names[i]);
	rmdir("tree/a");
	rmdir("tree");
	if (chdir("/") < 0 || rmdir(folder) < 0)
		abort();
}

static int note(const char *command, char *const *facts)
{
	int fd = open("there", O_WRONLY | O_TRUNC);
	dprintf(fd, "%s %s", command, facts[0] ? facts[0] : "nothing");
	close(fd);
	return 0;
}

static const char *files[] = { "out.txt", "link/passwd", NULL };
static const char *trees[] = { "tree", NULL };

/* Whether f returns true in a process of its own within the sandbox. -1: there is no sandbox here. */
static int inside(bool (*f)(void), bool network)
{
	const struct rn_sandbox_rules rules = { .mode = RN_SANDBOX_ON, .files = files, .trees = trees,
		.network = network, .command = "command", .run = note };
	struct rn_error err;
	int status;
	pid_t child = fork();
	if (child == 0) {
		int rc = rn_sandbox_enter(&rules, &err);
		if (rc)
			fprintf(stderr, "%d %s\n", rc, err.message);
		_exit(rc == 0 ? (f() ? 0 : 1) : rc == RN_E_UNSUPPORTED ? 2 : 3);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 2 ? -1 : WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool refused(long rc)
{
	return rc < 0 && (errno == EPERM || errno == EACCES);
}

static bool is_open(int fd)
{
	return fd >= 0 && fcntl(fd, F_GETFD) >= 0;
}

static bool reads_anything(void)
{
	char byte;
	return read(open("/etc/passwd", O_RDONLY), &byte, 1) == 1 && read(open("/proc/self/status", O_RDONLY), &byte, 1) == 1;
}

static bool makes_no_socket(void)
{
	return refused(socket(AF_INET, SOCK_STREAM, 0)) && refused(socket(AF_UNIX, SOCK_DGRAM, 0)) &&
		refused(socket(AF_INET6, SOCK_DGRAM, 0)) && refused(socket(AF_NETLINK, SOCK_RAW, 0));
}

static bool makes_sockets(void)
{
	return is_open(socket(AF_INET, SOCK_STREAM, 0)) && is_open(socket(AF_UNIX, SOCK_DGRAM, 0));
}

static bool runs_nothing(void)
{
	char name[] = "/bin/true";
	char *const argv[] = { name, NULL };
	return refused(execve(name, argv, NULL)) && refused(fork()) && refused(vfork());
}

static bool signals_nobody(void)
{
	return kill(getppid(), 0) == 0 && refused(kill(getppid(), SIGTERM)) && refused(kill(1, SIGTERM)) && refused(kill(-1, SIGTERM)) &&
		refused((long)syscall(SYS_tgkill, getppid(), getppid(), SIGTERM)) && kill(getpid(), 0) == 0;
}

static bool traces_nobody(void)
{
	char text[32];
	snprintf(text, sizeof(text), "/proc/%d/mem", (int)getppid());
	return refused(ptrace(PTRACE_SEIZE, getppid(), NULL, NULL)) && refused(open(text, O_RDWR)) &&
		refused(open("/proc/self/mem", O_WRONLY));
}

static bool types_nothing(void)
{
	return refused(ioctl(STDIN_FILENO, TIOCSTI, "x"));
}

static bool writes_nothing_else(void)
{
	return refused(open("elsewhere", O_WRONLY | O_CREAT, 0600)) && refused(open("there", O_WRONLY)) &&
		refused(open("there", O_RDWR)) && refused(open("there", O_RDONLY | O_TRUNC)) &&
		refused(open("out.txtelsewhere", O_WRONLY | O_CREAT, 0600)) &&
		open("out.txt/../elsewhere", O_WRONLY | O_CREAT, 0600) < 0 &&
		refused(open("tree/../elsewhere", O_WRONLY | O_CREAT, 0600)) &&
		refused(creat("elsewhere", 0600)) && refused(mkdir("elsewhere", 0700)) && refused(unlink("there")) &&
		refused(rmdir("tree/../tree2")) && refused(rename("there", "elsewhere")) &&
		refused(symlink("there", "elsewhere")) && refused(link("there", "elsewhere")) &&
		refused(chmod("there", 0777)) && refused(fchmod(open("there", O_RDONLY), 0777)) &&
		refused(truncate("there", 0)) && refused(mkfifo("elsewhere", 0600));
}

static bool follows_no_link(void)
{
	int fd = open("tree/out", O_WRONLY | O_CREAT, 0600); /* leads out of the tree */
	return fd < 0 && errno == ELOOP && access("elsewhere", F_OK) < 0;
}

static bool writes_what_was_named(void)
{
	umask(0077);
	int fd = open("out.txt", O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	struct stat st;
	bool made = is_open(fd) && write(fd, "x", 1) == 1 && (fcntl(fd, F_GETFD) & FD_CLOEXEC) && fstat(fd, &st) == 0 &&
		(st.st_mode & 0777) == 0600 && fchmod(fd, 0640) == 0 && fstat(fd, &st) == 0 && (st.st_mode & 0777) == 0640;
	return made && is_open(open("out.txt.1", O_RDWR | O_CREAT | O_EXCL, 0600)) && rename("out.txt.1", "out.txt") == 0 &&
		is_open(openat(open(".", O_RDONLY), "out.txt", O_WRONLY)) && unlink("out.txt") == 0;
}

static bool makes_trees(void)
{
	return mkdir("tree", 0700) < 0 && errno == EEXIST && mkdir("tree/a", 0700) == 0 &&
		is_open(open("tree/a/b", O_WRONLY | O_CREAT, 0600)) && rename("tree/a/b", "tree/c") == 0 &&
		unlink("tree/c") == 0 && rmdir("tree/a") == 0;
}

static bool has_temporary_files(void)
{
	FILE *f = tmpfile();
	int fd = open("/tmp/etilqs_0123", O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	return f && fputs("x", f) >= 0 && fflush(f) == 0 && is_open(fd) && write(fd, "x", 1) == 1 &&
		access("/tmp/etilqs_0123", F_OK) < 0 && unlink("/tmp/etilqs_0123") == 0 &&
		refused(open("/tmp/other", O_RDWR | O_CREAT | O_EXCL, 0600)) &&
		refused(open("/tmp/etilqs_0123", O_RDWR | O_CREAT, 0600));
}

static void *answer(void *arg)
{
	return arg;
}

static bool makes_threads(void)
{
	pthread_t t;
	void *value = NULL;
	return pthread_create(&t, NULL, answer, &value) == 0 && pthread_join(t, &value) == 0 && value == &value;
}

static bool asks_the_keeper(void)
{
	char fact[] = "RENACER_ALERT_X=1", no_fact[] = "LD_PRELOAD=x", text[64] = "";
	char *facts[] = { no_fact, fact, NULL };
	return rn_sandbox_ask(facts) == 0 && read(open("there", O_RDONLY), text, sizeof(text) - 1) > 0 &&
		strcmp(text, "command RENACER_ALERT_X=1") == 0;
}

static bool does_not_come_back(void)
{
	const struct rn_sandbox_rules all = { .mode = RN_SANDBOX_OFF };
	struct rn_error err;
	return rn_sandbox_entered() && rn_sandbox_enter(&all, &err) == 0 && makes_no_socket() && writes_nothing_else();
}

static bool knows_no_other_numbers(void)
{
	return syscall(5000) < 0 && errno == ENOSYS && syscall(SYS_clone3, NULL, 0) < 0 && errno == ENOSYS;
}

static const struct attempt {
	const char *name;
	bool (*f)(void);
	bool network;
} attempts[] = {
	{ "reads anything", reads_anything, false },
	{ "makes no socket", makes_no_socket, false },
	{ "makes sockets", makes_sockets, true },
	{ "runs nothing", runs_nothing, false },
	{ "runs nothing, with network", runs_nothing, true },
	{ "signals nobody", signals_nobody, false },
	{ "traces nobody", traces_nobody, false },
	{ "types nothing", types_nothing, false },
	{ "writes nothing else", writes_nothing_else, false },
	{ "writes nothing else, with network", writes_nothing_else, true },
	{ "follows no link", follows_no_link, false },
	{ "writes what was named", writes_what_was_named, false },
	{ "makes trees", makes_trees, false },
	{ "has temporary files", has_temporary_files, false },
	{ "makes threads", makes_threads, false },
	{ "asks the keeper", asks_the_keeper, false },
	{ "does not come back", does_not_come_back, false },
	{ "knows no other numbers", knows_no_other_numbers, false },
};

/* By number: a test's process has its functions elsewhere than the one that lists the tests. */
ParameterizedTestParameters(sandbox, lets)
{
	static size_t all[sizeof(attempts) / sizeof(attempts[0])];
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		all[i] = i;
	return cr_make_param_array(size_t, all, sizeof(all) / sizeof(all[0]));
}

ParameterizedTest(size_t *i, sandbox, lets, .init = make_folder, .fini = remove_folder)
{
	int right = inside(attempts[*i].f, attempts[*i].network);
	if (right < 0)
		cr_skip_test("no sandbox can be had here");
	cr_expect(right, "%s", attempts[*i].name);
}

Test(sandbox, leaves_nobody_behind, .init = make_folder, .fini = remove_folder)
{
	int ends[2];
	char byte;
	cr_assert(pipe(ends) == 0);
	int right = inside(makes_threads, false); /* its keeper has the pipe no more, or ends */
	close(ends[1]);
	if (right >= 0)
		cr_expect(read(ends[0], &byte, 1) == 0);
}

Test(sandbox, devices_need_a_process_without)
{
	const struct rn_sandbox_rules automatic = { .mode = RN_SANDBOX_AUTO, .devices = true },
		on = { .mode = RN_SANDBOX_ON, .devices = true };
	struct rn_error err;
	cr_expect(rn_sandbox_enter(&automatic, &err) == RN_END && !rn_sandbox_entered());
	cr_expect(rn_sandbox_enter(&on, &err) == RN_E_UNSUPPORTED && !rn_sandbox_entered());
}

struct judged {
	char path[64];
	enum rn_sandbox_leave leave;
};

ParameterizedTestParameters(sandbox, judges)
{
	static struct judged all[] = {
		{ "out.txt", RN_LEAVE_NAMED }, { "./out.txt", RN_LEAVE_NAMED }, { "tree/../out.txt", RN_LEAVE_NAMED },
		{ "out.txt.5", RN_LEAVE_BESIDE }, { "out.txt-journal", RN_LEAVE_BESIDE }, { "out.txt.5/x", RN_LEAVE_NONE },
		{ "out.txtx", RN_LEAVE_NONE }, { "out", RN_LEAVE_NONE }, { "tree/out.txt", RN_LEAVE_BESIDE },
		{ "tree", RN_LEAVE_BESIDE }, { "treex", RN_LEAVE_NONE }, { "tree/a/b", RN_LEAVE_NONE },
		{ "link/passwd", RN_LEAVE_NAMED }, { "/etc/passwd", RN_LEAVE_NAMED }, { "/etc/shadow", RN_LEAVE_NONE },
		{ "/tmp", RN_LEAVE_ABOVE }, { "/tmp/etilqs_1", RN_LEAVE_TEMPORARY }, { "/tmp/x/etilqs_1", RN_LEAVE_NONE },
		{ "", RN_LEAVE_NONE }, { "/", RN_LEAVE_NONE }, { ".", RN_LEAVE_NONE }, { "tree/..", RN_LEAVE_NONE },
		{ "nowhere/out.txt", RN_LEAVE_NONE },
	};
	return cr_make_param_array(struct judged, all, sizeof(all) / sizeof(all[0]));
}

ParameterizedTest(struct judged *j, sandbox, judges, .init = make_folder, .fini = remove_folder)
{
	const struct rn_sandbox_rules rules = { .files = files, .trees = trees };
	struct rn_sandbox_paths p;
	cr_assert(rn_sandbox_paths_init(&p, &rules, NULL) == 0);
	enum rn_sandbox_leave leave = rn_sandbox_paths_judge(&p, j->path);
	cr_expect(leave == j->leave, "'%s': %d instead of %d", j->path, (int)leave, (int)j->leave);
	rn_sandbox_paths_fini(&p);
}
