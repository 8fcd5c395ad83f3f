/* SPDX-License-Identifier: MIT */
/*
 * The program is a list: for each call of calls.def, compare its number and answer; for a few look at an
 * argument first. The kernel caches what is allowed whatever its arguments, so that reading and writing
 * cost nothing (seccomp(2)). Arguments are compared by their lower halves, which is all that the kernel looks at
 * of flags and commands.
 */
#include "analyze/sandbox/filter.h"

#include "shared/syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OUR_ABI RN_ABI_X86_64
#elif defined(__aarch64__)
#define OUR_ABI RN_ABI_AARCH64
#else
#define OUR_ABI RN_ABI_NONE
#endif

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define PROGRAM_MAX 1024
/* Anything but reading. O_TMPFILE without its O_DIRECTORY; the kernel's own numbers. */
#define WRITING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY))

struct program {
	struct sock_filter at[PROGRAM_MAX];
	unsigned n;
};

static void put(struct program *p, uint16_t code, uint32_t k, uint8_t jt, uint8_t jf)
{
	if (p->n < PROGRAM_MAX)
		p->at[p->n] = (struct sock_filter){ code, jt, jf, k };
	p->n++;
}

static void put_return(struct program *p, uint32_t what)
{
	put(p, BPF_RET | BPF_K, what, 0, 0);
}

static void put_load(struct program *p, unsigned offset)
{
	put(p, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

/* The lower half of an argument; both architectures are little-endian. */
static void put_load_argument(struct program *p, unsigned i)
{
	put_load(p, (unsigned)(offsetof(struct seccomp_data, args) + i * sizeof(uint64_t)));
}

/* When what is loaded is `value`: return. */
static void put_case(struct program *p, uint32_t value, uint32_t what)
{
	put(p, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
	put_return(p, what);
}

enum test {
	TEST_EQUAL, /* one of the values: allowed */
	TEST_BITS,  /* any of the bits of the first value: allowed */
	TEST_CLEAR, /* none of the bits of the first value: allowed */
};

/* A call that is allowed by an argument, and what becomes of it otherwise. */
struct check {
	long nr;
	unsigned argument;
	enum test test;
	uint32_t otherwise;
	uint32_t value[11];
	unsigned n;
};

#define REFUSED (SECCOMP_RET_ERRNO | EPERM)
#define UNKNOWN (SECCOMP_RET_ERRNO | ENOSYS)

static void put_check(struct program *p, const struct check *c)
{
	unsigned body = c->test == TEST_EQUAL ? 2 + 2 * c->n : 4;
	put(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)c->nr, 0, (uint8_t)body);
	put_load_argument(p, c->argument);
	if (c->test == TEST_EQUAL) {
		for (unsigned i = 0; i < c->n; i++)
			put_case(p, c->value[i], SECCOMP_RET_ALLOW);
	} else {
		bool when_set = c->test == TEST_BITS;
		put(p, BPF_JMP | BPF_JSET | BPF_K, c->value[0], !when_set, when_set);
		put_return(p, SECCOMP_RET_ALLOW);
	}
	put_return(p, c->otherwise);
}

/* Whether a process exists: signal 0. What else is sent is looked at by the checks. */
static void put_asking(struct program *p)
{
	put(p, BPF_JMP | BPF_JEQ | BPF_K, SYS_kill, 0, 4);
	put_load_argument(p, 1);
	put_case(p, 0, SECCOMP_RET_ALLOW);
	put_load(p, offsetof(struct seccomp_data, nr));
}

static void put_checked(struct program *p, const struct rn_sandbox_rules *rules)
{
	const uint32_t own = (uint32_t)getpid();
	/* A terminal may be looked at and set, as line editing does, but nothing typed into it (TIOCSTI). */
	const struct check checks[] = {
#ifdef SYS_open
		{ SYS_open, 1, TEST_CLEAR, SECCOMP_RET_USER_NOTIF, { WRITING }, 1 },
#endif
		{ SYS_openat, 2, TEST_CLEAR, SECCOMP_RET_USER_NOTIF, { WRITING }, 1 },
		{ SYS_clone, 0, TEST_BITS, REFUSED, { CLONE_THREAD }, 1 },
		{ SYS_fcntl, 1, TEST_EQUAL, REFUSED, { F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL,
			F_GETLK, F_SETLK, F_SETLKW, F_SETPIPE_SZ, F_SETLEASE }, 11 },
		{ SYS_ioctl, 1, TEST_EQUAL, REFUSED, { TCGETS, TCSETS, TCSETSW, TCSETSF, TIOCGWINSZ, TIOCGPGRP,
			FIONREAD, FIOCLEX, FIONBIO }, 9 },
		{ SYS_kill, 0, TEST_EQUAL, REFUSED, { own, rules->recorder > 0 ? (uint32_t)rules->recorder : own }, 2 },
		{ SYS_tgkill, 0, TEST_EQUAL, REFUSED, { own }, 1 },
		{ SYS_prctl, 0, TEST_EQUAL, REFUSED, { PR_SET_NAME, PR_GET_NAME, PR_SET_VMA }, 3 },
		{ SYS_prlimit64, 0, TEST_EQUAL, REFUSED, { 0, own }, 2 },
	};
	put_asking(p);
	for (size_t i = 0; i < COUNT(checks); i++)
		put_check(p, &checks[i]);
}

static void put_named(struct program *p, const char *const *names, size_t n, uint32_t what)
{
	for (size_t i = 0; i < n; i++) {
		int32_t nr = rn_syscall_number(OUR_ABI, rn_bytes_str(names[i]));
		if (nr >= 0)
			put_case(p, (uint32_t)nr, what);
	}
}

static void put_calls(struct program *p, const struct rn_sandbox_rules *rules)
{
	static const char *const done[] = {
#define DONE(name) #name,
#include "analyze/sandbox/calls.def"
	};
	static const char *const asked[] = {
#define ASKED(name) #name,
#include "analyze/sandbox/calls.def"
	};
	static const char *const network[] = {
#define NETWORK(name) #name,
#include "analyze/sandbox/calls.def"
	};
	put_named(p, done, COUNT(done), SECCOMP_RET_ALLOW);
	put_named(p, asked, COUNT(asked), SECCOMP_RET_USER_NOTIF);
	put_named(p, network, rules->network ? COUNT(network) : 0, SECCOMP_RET_ALLOW);
}

/* glibc asks for clone3 first and does with clone what it was refused; openat2's flags lie in memory. */
static void put_unknown(struct program *p)
{
	put_case(p, SYS_clone3, UNKNOWN);
	put_case(p, SYS_openat2, UNKNOWN);
	put(p, BPF_JMP | BPF_JGT | BPF_K, rn_syscall_limit(OUR_ABI) - 1, 0, 1);
	put_return(p, UNKNOWN);
	put_return(p, REFUSED);
}

static void make(struct program *p, const struct rn_sandbox_rules *rules)
{
	put_load(p, offsetof(struct seccomp_data, arch));
	put(p, BPF_JMP | BPF_JEQ | BPF_K, rn_abi_desc(OUR_ABI)->audit_arch, 1, 0);
	put_return(p, UNKNOWN);
	put_load(p, offsetof(struct seccomp_data, nr));
	put_calls(p, rules);
	put_checked(p, rules);
	put_unknown(p);
}

int rn_sandbox_filter(const struct rn_sandbox_rules *rules)
{
	struct program p;
	/* A call under way is not to be broken off by a signal: a rename would be done twice. (Linux 5.19) */
	static const unsigned flags[] = {
#ifdef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
		SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW |
			SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
#endif
		SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW,
	};
	long fd = -1;
	p.n = 0;
	if (OUR_ABI != RN_ABI_NONE)
		make(&p, rules);
	const struct sock_fprog program = { (unsigned short)p.n, p.at };
	if (p.n > PROGRAM_MAX || !p.n) {
		errno = ENOSYS;
		return -1;
	}
	for (size_t i = 0; i < COUNT(flags) && fd < 0; i++)
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags[i], &program);
	return (int)fd;
}

/* By the kernel's version of it: what an older one does not know of must not be asked for. */
static void handle(struct landlock_ruleset_attr *attr, long version, bool network)
{
	attr->handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
		LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
		LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
		LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
#ifdef LANDLOCK_ACCESS_FS_REFER
	attr->handled_access_fs |= version >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0;
#endif
#ifdef LANDLOCK_ACCESS_FS_TRUNCATE
	attr->handled_access_fs |= version >= 3 ? LANDLOCK_ACCESS_FS_TRUNCATE : 0;
#endif
#ifdef LANDLOCK_ACCESS_NET_CONNECT_TCP
	if (version >= 4 && !network)
		attr->handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP;
#else
	(void)version, (void)network;
#endif
}

bool rn_sandbox_landlock(const struct rn_sandbox_rules *rules)
{
	if (rules->other_processes)
		return false;
	struct landlock_ruleset_attr attr = { 0 };
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (version < 1)
		return false;
	handle(&attr, version, rules->network);
	int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	bool done = fd >= 0 && syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	if (fd >= 0)
		close(fd);
	return done;
}
