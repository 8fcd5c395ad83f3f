/* SPDX-License-Identifier: MIT */
#include "analyze/command/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_same_file(int fd, const char *path)
{
	struct stat a, b;
	return path && strcmp(path, "-") != 0 && fstat(fd, &a) == 0 && stat(path, &b) == 0 &&
		S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Emptied only when it is known not to be the input. */
static int open_file(struct rn_output *o, const char *input, bool append, struct rn_error *err)
{
	struct stat st;
	int fd = open(o->path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | (append ? O_APPEND : 0),
		0666);
	if (fd < 0)
		return rn_fail_errno(err, rn_error_of_errno(errno), errno, "cannot write '%s'", o->path);
	if (is_same_file(fd, input)) {
		close(fd);
		return rn_fail(err, RN_E_USAGE, "'%s' is the trace itself: it would be overwritten",
			o->path);
	}
	if (!append && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && ftruncate(fd, 0) < 0) {
		int saved = errno;
		close(fd);
		return rn_fail_errno(err, RN_E_IO, saved, "cannot empty '%s'", o->path);
	}
	o->file = fdopen(fd, "w");
	if (!o->file) {
		close(fd);
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	}
	return 0;
}

int rn_output_open(struct rn_output *o, const char *path, const char *input, bool append,
	struct rn_error *err)
{
	*o = (struct rn_output){ .file = stdout };
	if (!path || strcmp(path, "-") == 0)
		return 0;
	o->path = path;
	return open_file(o, input, append, err);
}

int rn_output_open_as_strace(struct rn_output *o, const char *path, bool append, struct rn_error *err)
{
	*o = (struct rn_output){ .file = stderr, .path = path };
	if (!path)
		return 0;
	if (*path != '|' && *path != '!')
		return open_file(o, NULL, append, err);
	o->file = popen(path + 1, "we");
	o->pipe = true;
	return o->file ? 0 : rn_fail_errno(err, RN_E_IO, errno, "cannot run '%s'", path + 1);
}

int rn_output_close(struct rn_output *o, int rc, struct rn_error *err)
{
	if (!o->file)
		return rc;
	errno = 0;
	bool failed = fflush(o->file) != 0 || ferror(o->file);
	int errnum = errno;
	if (o->path && (o->pipe ? pclose(o->file) < 0 : fclose(o->file) != 0) && !failed) {
		failed = true;
		errnum = errno;
	}
	o->file = NULL;
	if (rc || !failed)
		return rc;
	return rn_fail_errno(err, rn_error_of_errno(errnum), errnum, "cannot write %s",
		o->path ? o->path : "to standard output");
}
