/* SPDX-License-Identifier: MIT */
#include "record/tracee/procfs.h"

#include "record/tracee/proc_place.h"
#include "shared/cursor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int error_of(int errnum)
{
	return errnum == EACCES || errnum == EPERM ? RN_E_PERM : RN_E_GONE;
}

static int open_proc(pid_t tid, const char *what, int flags)
{
	char path[RN_PROC_PATH];
	snprintf(path, sizeof(path), "/proc/%d/%s", rn_proc_number(tid), what);
	int fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? error_of(errno) : fd;
}

ssize_t rn_proc_text(pid_t tid, const char *what, char *buf, size_t cap)
{
	int fd = open_proc(tid, what, O_RDONLY);
	if (fd < 0)
		return fd;
	ssize_t len = read(fd, buf, cap - 1); /* such files come whole in one read, proc(5) */
	int errnum = errno;
	close(fd);
	if (len < 0)
		return error_of(errnum);
	buf[len] = '\0';
	return len;
}

ssize_t rn_proc_link(pid_t tid, const char *what, char *buf, size_t cap)
{
	char path[RN_PROC_PATH];
	snprintf(path, sizeof(path), "/proc/%d/%s", rn_proc_number(tid), what);
	ssize_t len = readlink(path, buf, cap - 1);
	if (len < 0)
		return error_of(errno);
	buf[len] = '\0';
	return len;
}

/* The value of a line "Key:\tvalue", or "". */
static const char *field(const char *text, const char *key)
{
	size_t len = strlen(key);
	for (const char *p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (strncmp(p, key, len) == 0 && p[len] == ':')
			return p + len + 1 + strspn(p + len + 1, " \t");
	}
	return "";
}

static pid_t number(const char *p)
{
	return (pid_t)strtol(p, NULL, 10);
}

/* NStgid has one number for each nested namespace, ours first. */
static pid_t last_number(const char *p)
{
	pid_t v = 0;
	while (*p >= '0' && *p <= '9') {
		char *end;
		v = (pid_t)strtol(p, &end, 10);
		p = end + strspn(end, " \t");
	}
	return v;
}

/* The kernel writes newline and backslash of a name as \n and \\. */
static void copy_name(char *out, size_t cap, const char *p)
{
	size_t n = 0;
	for (; *p && *p != '\n' && n < cap - 1; p++) {
		if (*p == '\\' && (p[1] == '\\' || p[1] == 'n')) {
			out[n++] = p[1] == 'n' ? '\n' : '\\';
			p++;
		} else {
			out[n++] = *p;
		}
	}
	out[n] = '\0';
}

int rn_proc_status(struct rn_proc_status *out, pid_t tid)
{
	char text[4096];
	ssize_t len = rn_proc_text(tid, "status", text, sizeof(text));
	if (len < 0)
		return (int)len;
	*out = (struct rn_proc_status){
		.tgid = *field(text, "NStgid") ? rn_proc_ours_of(field(text, "NStgid")) :
			number(field(text, "Tgid")), /* before Linux 4.1 */
		.ppid = rn_proc_our_number(number(field(text, "PPid"))),
		.tracer = number(field(text, "TracerPid")),
		.ns_tid = last_number(field(text, "NSpid")),
		.ns_tgid = last_number(field(text, "NStgid")),
		.state = *field(text, "State"),
		.is_kernel = !*field(text, "VmSize") && *field(text, "State") != 'Z',
	};
	copy_name(out->comm, sizeof(out->comm), field(text, "Name"));
	return 0;
}

static unsigned hex_digit(uint8_t b)
{
	if (b >= '0' && b <= '9')
		return b - (unsigned)'0';
	return b >= 'a' && b <= 'f' ? b - (unsigned)'a' + 10 : 16;
}

static uint64_t take_hex(struct rn_cursor *c)
{
	uint64_t v = 0;
	unsigned digits = 0;
	for (; c->p < c->end; c->p++, digits++) {
		uint8_t b = *c->p;
		unsigned d = hex_digit(b);
		if (d == 16)
			break;
		v = v << 4 | d;
	}
	if (!digits || digits > 16)
		c->bad = true;
	return v;
}

static void take_char(struct rn_cursor *c, char want)
{
	if (rn_take_u8(c) != (uint8_t)want)
		c->bad = true;
}

static uint64_t take_decimal(struct rn_cursor *c)
{
	uint64_t v = 0;
	while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
		v = v * 10 + (*c->p++ - '0');
	return v;
}

/* address perms offset dev inode pathname: "7f..-7f.. r-xp 00026000 fe:01 1234   /lib/x.so" */
bool rn_proc_map_parse(struct rn_proc_map *m, struct rn_bytes line)
{
	struct rn_cursor c = rn_cursor_of(line.p, line.len);
	uint64_t low = take_hex(&c);
	take_char(&c, '-');
	uint64_t high = take_hex(&c);
	take_char(&c, ' ');
	struct rn_bytes perms = rn_take_bytes(&c, 4);
	take_char(&c, ' ');
	uint64_t offset = take_hex(&c);
	take_char(&c, ' ');
	uint64_t major = take_hex(&c);
	take_char(&c, ':');
	uint64_t minor = take_hex(&c);
	take_char(&c, ' ');
	uint64_t ino = take_decimal(&c);
	if (c.bad || high < low)
		return false;
	while (c.p < c.end && *c.p == ' ')
		c.p++;
	*m = (struct rn_proc_map){
		.low = low, .high = high, .offset = offset,
		.prot = (perms.p[0] == 'r' ? 1u : 0) | (perms.p[1] == 'w' ? 2u : 0) |
			(perms.p[2] == 'x' ? 4u : 0),
		.shared = perms.p[3] == 's',
		.dev = makedev((unsigned)major, (unsigned)minor), .ino = ino,
		.path = rn_bytes_of(c.p, (size_t)(c.end - c.p)),
	};
	return true;
}

/* A line is at most 74 bytes and a path, whose newlines are written as \012. */
int rn_proc_maps(pid_t pid, bool (*each)(void *arg, const struct rn_proc_map *m), void *arg)
{
	char buf[16384];
	size_t len = 0;
	int fd = open_proc(pid, "maps", O_RDONLY);
	if (fd < 0)
		return fd;
	bool go_on = true;
	for (ssize_t got; go_on && (got = read(fd, buf + len, sizeof(buf) - len)) > 0;) {
		len += (size_t)got;
		char *p = buf, *nl;
		while (go_on && (nl = memchr(p, '\n', len - (size_t)(p - buf)))) {
			struct rn_proc_map m;
			if (rn_proc_map_parse(&m, rn_bytes_of(p, (size_t)(nl - p))))
				go_on = each(arg, &m);
			p = nl + 1;
		}
		len -= (size_t)(p - buf);
		memmove(buf, p, len);
		if (len == sizeof(buf))
			len = 0; /* no line is that long */
	}
	close(fd);
	return 0;
}

static int each_number(int fd, bool are_threads, void (*each)(void *arg, long number), void *arg)
{
	DIR *d = fdopendir(fd);
	if (!d) {
		close(fd);
		return RN_E_NOMEM;
	}
	for (struct dirent *e; (e = readdir(d));) {
		char *end;
		long n = strtol(e->d_name, &end, 10);
		if (*end || end == e->d_name)
			continue;
		if (are_threads)
			n = rn_proc_our_number((pid_t)n);
		if (n > 0 || !are_threads)
			each(arg, n);
	}
	closedir(d);
	return 0;
}

int rn_proc_numbers(pid_t tid, const char *what, void (*each)(void *arg, long number), void *arg)
{
	int fd = open_proc(tid, what, O_RDONLY | O_DIRECTORY);
	return fd < 0 ? fd : each_number(fd, strcmp(what, "task") == 0, each, arg);
}

int rn_proc_processes(void (*each)(void *arg, long pid), void *arg)
{
	int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? error_of(errno) : each_number(fd, true, each, arg);
}
