/* SPDX-License-Identifier: MIT */
#include "analyze/rewrite/pseudonyms.h"

#include <string.h>

/* Linux' numbers, whatever this is built on. */
enum { FAMILY_UNIX = 1, FAMILY_INET = 2, FAMILY_INET6 = 10, FAMILY_NETLINK = 16 };

int rn_pseudonyms_init(struct rn_pseudonyms *p, struct rn_error *err)
{
	*p = (struct rn_pseudonyms){ rn_intern_new(), rn_intern_new(), rn_intern_new(), 0, 0, 0 };
	return p->parts && p->words && p->addresses ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

void rn_pseudonyms_fini(struct rn_pseudonyms *p)
{
	rn_intern_free(p->parts);
	rn_intern_free(p->words);
	rn_intern_free(p->addresses);
}

/* Of directories that every system has, and what stands for itself. */
static bool is_customary(struct rn_bytes part)
{
	static const char *const names[] = { "", ".", "..", "bin", "boot", "dev", "etc", "home", "lib",
		"lib32", "lib64", "local", "mnt", "null", "opt", "proc", "ptmx", "pts", "random", "root",
		"run", "sbin", "self", "share", "shm", "srv", "sys", "tmp", "tty", "urandom", "usr", "var",
		"zero", "ld.so.cache", "ld.so.preload", "aarch64-linux-gnu", "x86_64-linux-gnu" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (rn_bytes_equal(part, rn_bytes_str(names[i])))
			return true;
	return false;
}

static int number(struct rn_intern *t, struct rn_bytes s, uint32_t *n, struct rn_error *err)
{
	*n = rn_intern(t, s, NULL);
	return *n == RN_INTERN_NONE ? rn_fail(err, RN_E_NOMEM, "out of memory") : 0;
}

static int put_part(struct rn_pseudonyms *p, struct rn_buffer *out, struct rn_bytes part,
	struct rn_error *err)
{
	uint32_t n;
	if (is_customary(part)) {
		rn_put_bytes(out, part.p, part.len);
		return 0;
	}
	int rc = number(p->parts, part, &n, err);
	if (!rc)
		rn_put_format(out, "p%u", (unsigned)n + 1);
	return rc;
}

static bool begins(struct rn_bytes s, const char *with)
{
	size_t n = strlen(with);
	return s.len >= n && memcmp(s.p, with, n) == 0;
}

/* "socket:[123]": a number and nothing else. A file may be called so, too, and then tells as little. */
static bool is_numbered(struct rn_bytes s)
{
	static const char *const kinds[] = { "socket:[", "pipe:[", "cgroup:[", "ipc:[", "mnt:[", "net:[", "pid:[",
		"time:[", "user:[", "uts:[" };
	size_t at = 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !at; i++)
		at = begins(s, kinds[i]) ? strlen(kinds[i]) : 0;
	if (!at || s.len < at + 2 || s.p[s.len - 1] != ']')
		return false;
	for (; at < s.len - 1; at++)
		if (s.p[at] < '0' || s.p[at] > '9')
			return false;
	return true;
}

/* What names no file, and is the same on every machine. */
static bool is_no_path(struct rn_bytes s)
{
	static const char *const names[] = { "[vdso]", "[vsyscall]", "[vvar]", "[stack]", "[heap]",
		"anon_inode:[eventfd]", "anon_inode:[eventpoll]", "anon_inode:[fanotify]", "anon_inode:[io_uring]",
		"anon_inode:[perf_event]", "anon_inode:[pidfd]", "anon_inode:[signalfd]", "anon_inode:[timerfd]",
		"anon_inode:[userfaultfd]", "anon_inode:[landlock-ruleset]", "anon_inode:[mount]",
		"anon_inode:[fscontext]", "anon_inode:bpf-map", "anon_inode:bpf-prog", "anon_inode:bpf_link",
		"anon_inode:btf", "anon_inode:inotify", "anon_inode:kvm-vcpu", "anon_inode:kvm-vm",
		"anon_inode:seccomp notify", "anon_inode:sync_file" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (rn_bytes_equal(s, rn_bytes_str(names[i])))
			return true;
	return is_numbered(s);
}

int rn_pseudonym_path(struct rn_pseudonyms *p, struct rn_buffer *out, struct rn_bytes path,
	struct rn_error *err)
{
	int rc = 0;
	if (!path.len || is_no_path(path)) {
		rn_put_bytes(out, path.p, path.len);
		return 0;
	}
	p->n_paths++;
	for (size_t at = 0; !rc;) {
		const uint8_t *slash = memchr(path.p + at, '/', path.len - at);
		size_t len = slash ? (size_t)(slash - path.p) - at : path.len - at;
		rc = put_part(p, out, rn_bytes_of(path.p + at, len), err);
		if (!slash)
			break;
		rn_put_u8(out, '/');
		at += len + 1;
	}
	return rc;
}

int rn_pseudonym_word(struct rn_pseudonyms *p, struct rn_buffer *out, struct rn_bytes word,
	struct rn_error *err)
{
	uint32_t n;
	if (!word.len)
		return 0;
	int rc = number(p->words, word, &n, err);
	p->n_words++;
	if (!rc)
		rn_put_format(out, "w%u", (unsigned)n + 1);
	return rc;
}

int rn_pseudonym_list(struct rn_pseudonyms *p, struct rn_buffer *out, struct rn_bytes list,
	struct rn_error *err)
{
	int rc = 0;
	for (size_t at = 0; at < list.len && !rc;) {
		const uint8_t *end = memchr(list.p + at, 0, list.len - at);
		size_t len = end ? (size_t)(end - list.p) - at : list.len - at;
		struct rn_bytes word = rn_bytes_of(list.p + at, len);
		rc = len && memchr(word.p, '/', len) ? rn_pseudonym_path(p, out, word, err) :
			rn_pseudonym_word(p, out, word, err);
		rn_put_u8(out, 0);
		at += len + 1;
	}
	return rc;
}

static bool is_anybodys(const uint8_t *a, size_t len)
{
	static const uint8_t zero[16];
	bool loopback = len == 4 ? a[0] == 127 : memcmp(a, zero, 15) == 0 && a[15] == 1;
	return loopback || memcmp(a, zero, len) == 0;
}

/* The networks of documentation, then those that nobody has. */
static void number_address(uint8_t *a, uint32_t n)
{
	static const uint8_t nets[3][3] = { { 192, 0, 2 }, { 198, 51, 100 }, { 203, 0, 113 } };
	if (n / 254 < 3) {
		memcpy(a, nets[n / 254], 3);
		a[3] = (uint8_t)(n % 254 + 1);
		return;
	}
	n -= 3 * 254;
	for (int i = 0; i < 4; i++)
		a[3 - i] = (uint8_t)(n >> 8 * i);
	a[0] = (uint8_t)(240 | (a[0] & 15));
}

static int replace_address(struct rn_pseudonyms *p, uint8_t *a, size_t len, struct rn_error *err)
{
	uint32_t n;
	if (is_anybodys(a, len))
		return 0;
	int rc = number(p->addresses, rn_bytes_of(a, len), &n, err);
	if (rc)
		return rc;
	p->n_addresses++;
	if (len == 4) {
		number_address(a, n);
		return 0;
	}
	memset(a, 0, len);
	memcpy(a, (const uint8_t[]){ 0x20, 0x01, 0x0d, 0xb8 }, 4);
	for (int i = 0; i < 4; i++)
		a[15 - i] = (uint8_t)((n + 1) >> 8 * i);
	return 0;
}

/* In the abstract namespace, which begins with a NUL, a name is a word. */
static int replace_unix(struct rn_pseudonyms *p, uint8_t *path, size_t len, struct rn_error *err)
{
	struct rn_buffer out = RN_BUFFER_INIT;
	bool abstract = len && !path[0];
	const uint8_t *from = path + abstract;
	size_t room = len - abstract, n = strnlen((const char *)from, room);
	int rc = abstract ? rn_pseudonym_word(p, &out, rn_bytes_of(from, room), err) :
		rn_pseudonym_path(p, &out, rn_bytes_of(from, n), err);
	if (!rc && !rn_buffer_ok(&out))
		rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!rc) {
		memset(path + abstract, 0, room);
		if (out.len)
			memcpy(path + abstract, out.p, out.len < room ? out.len : room);
	}
	rn_buffer_fini(&out);
	return rc;
}

int rn_pseudonym_sockaddr(struct rn_pseudonyms *p, uint8_t *addr, size_t len, struct rn_error *err)
{
	uint16_t family = len >= 2 ? (uint16_t)(addr[0] | addr[1] << 8) : 0;
	int rc = 0;
	if (family == FAMILY_INET && len >= 8) {
		rc = replace_address(p, addr + 4, 4, err);
		memset(addr + 8, 0, len - 8);
	} else if (family == FAMILY_INET6 && len >= 24) {
		rc = replace_address(p, addr + 8, 16, err);
		memset(addr + 4, 0, 4); /* the flow, which is the program's choice */
		if (len > 28)
			memset(addr + 28, 0, len - 28);
	} else if (family == FAMILY_UNIX && len > 2) {
		rc = replace_unix(p, addr + 2, len - 2, err);
	} else if (len > 2) {
		/* Of netlink's the port and the groups stay, which lie behind two bytes of nothing. */
		size_t kept = family == FAMILY_NETLINK && len >= 12 ? 12 : 2;
		memset(addr + 2, 0, (len < 4 ? len : 4) - 2);
		memset(addr + kept, 0, len - kept);
	}
	return rc;
}
