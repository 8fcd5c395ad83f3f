/* SPDX-License-Identifier: MIT */
#include "record/output/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(const char *name, int errnum, struct rn_error *err)
{
	if (errnum == ELOOP)
		return rn_fail(err, RN_E_PERM, "cannot write to %s: it is a symbolic link", name);
	return rn_fail_errno(err, rn_error_of_errno(errnum), errnum, "cannot write to %s", name);
}

static int open_descriptor(int fd, const char *name, struct rn_error *err)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (own < 0)
		return refuse(name, errno, err);
	if (fd > STDERR_FILENO)
		fcntl(fd, F_SETFD, FD_CLOEXEC); /* the command must not get it */
	if ((fcntl(own, F_GETFL) & O_ACCMODE) == O_RDONLY) {
		close(own);
		return rn_fail(err, RN_E_IO, "cannot write to %s: it is open for reading only", name);
	}
	if (isatty(own)) {
		close(own);
		return rn_fail(err, RN_E_USAGE, "will not write a trace to a terminal: "
			"use -o FILE or redirect standard output");
	}
	return own;
}

static void keep_old(const char *name)
{
	char old[4096];
	struct stat s;
	if (lstat(name, &s) == 0 && S_ISREG(s.st_mode) && s.st_size > 0 &&
		snprintf(old, sizeof(old), "%s.old", name) < (int)sizeof(old))
		rename(name, old); /* where that fails, the old trace is overwritten */
}

/* What is there already and no file of data: a device, a pipe. Or a file in a folder we may not
 * change: then it is emptied and closed to others. */
static int open_existing(const char *name)
{
	struct stat s;
	int fd = open(name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &s) < 0 || !S_ISREG(s.st_mode))
		return fd;
	if (((s.st_mode & 0777) == 0600 || fchmod(fd, 0600) == 0) && ftruncate(fd, 0) == 0)
		return fd;
	int errnum = errno;
	close(fd);
	errno = errnum;
	return -1;
}

/* A file of ours is always a new one: nobody else has it open, linked or may read it, and another
 * recorder that still writes to the old one does it no harm. */
static int open_new(const char *name)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY;
	struct stat s;
	int fd = open(name, flags, 0600);
	if (fd >= 0 || errno != EEXIST)
		return fd;
	if (lstat(name, &s) == 0 && S_ISREG(s.st_mode) && unlink(name) == 0)
		return open(name, flags, 0600);
	return open_existing(name);
}

int rn_output_create(const char *name, struct rn_error *err)
{
	int fd = open_new(name);
	return fd < 0 ? refuse(name, errno, err) : fd;
}

int rn_output_open(const struct rn_record_options *o, const char **name, struct rn_error *err)
{
	*name = o->output ? o->output : RN_RECORD_DEFAULT_OUTPUT;
	if (o->output_fd != UINT64_MAX) {
		*name = "the given descriptor";
		return open_descriptor((int)o->output_fd, *name, err);
	}
	if (o->output && o->output[0] == '-' && !o->output[1]) {
		*name = "standard output";
		return open_descriptor(STDOUT_FILENO, *name, err);
	}
	if (!o->output)
		keep_old(*name);
	return rn_output_create(*name, err);
}
