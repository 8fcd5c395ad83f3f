/* SPDX-License-Identifier: MIT */
#include "format/output.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static bool is_plain_file(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* Best effort: without it a reader finds a damaged last block and says so. Where the file began
 * before us (shell's >>) our own count is not its length. */
static bool cut_back(const struct rn_output *o, uint64_t written)
{
	off_t at = lseek(o->fd, 0, SEEK_CUR);
	return is_plain_file(o->fd) && at >= (off_t)written &&
		ftruncate(o->fd, at - (off_t)written) == 0 &&
		lseek(o->fd, at - (off_t)written, SEEK_SET) >= 0;
}

bool rn_output_take_back(struct rn_output *o, uint64_t n)
{
	if (!cut_back(o, n))
		return false;
	o->whole_bytes -= n;
	return true;
}

static int check_room(const struct rn_output *o, struct rn_error *err)
{
	struct statvfs v;
	if (!o->min_free_bytes || fstatvfs(o->fd, &v) < 0)
		return 0;
	uint64_t left = (uint64_t)v.f_bavail * v.f_frsize;
	if (left >= o->min_free_bytes)
		return 0;
	return rn_fail(err, RN_E_NO_SPACE, "only %llu MiB are left on the file system, fewer than the "
		"%llu that are to stay free", (unsigned long long)(left >> 20),
		(unsigned long long)(o->min_free_bytes >> 20));
}

int rn_output_write(struct rn_output *o, struct rn_bytes b, struct rn_error *err)
{
	size_t done = 0;
	int rc = check_room(o, err);
	if (rc)
		return rc;
	while (done < b.len) {
		ssize_t n = write(o->fd, b.p + done, b.len - done);
		if (n > 0) {
			done += (size_t)n;
			continue;
		}
		int e = n == 0 ? ENOSPC : errno;
		if (e == EINTR)
			continue;
		if (e == EAGAIN) {
			struct pollfd p = { .fd = o->fd, .events = POLLOUT };
			poll(&p, 1, -1);
			continue;
		}
		if (done)
			cut_back(o, done);
		return rn_fail_errno(err, rn_error_of_errno(e), e, "writing the trace");
	}
	o->whole_bytes += b.len;
	return 0;
}
