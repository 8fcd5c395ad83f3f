/* SPDX-License-Identifier: MIT */
#include "format/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES ((size_t)64 * 1024)

static int fail(const struct rn_input *in, struct rn_error *err, int e)
{
	return rn_fail_errno(err, rn_error_of_errno(e), e, "%s", in->name);
}

int rn_input_open_fd(struct rn_input *in, int fd, const char *name, struct rn_error *err)
{
	*in = (struct rn_input){ .fd = fd, .name = strdup(name) };
	struct stat st;
	int rc;
	if (!in->name)
		rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	else if (fstat(fd, &st))
		rc = fail(in, err, errno);
	else if (S_ISDIR(st.st_mode))
		rc = rn_fail(err, RN_E_IO, "%s: is a directory", name);
	else
		rc = 0;
	if (rc) {
		rn_input_close(in);
		return rc;
	}
	/* A shell may have read some of it already; then it is a stream like a pipe. */
	off_t at = lseek(fd, 0, SEEK_CUR);
	in->seekable = at == 0 && (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode));
	if (in->seekable)
		in->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size :
			(uint64_t)lseek(fd, 0, SEEK_END);
	return 0;
}

int rn_input_open(struct rn_input *in, const char *path, struct rn_error *err)
{
	if (strcmp(path, "-") == 0) {
		int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
		if (fd < 0)
			return rn_fail_errno(err, RN_E_IO, errno, "standard input");
		return rn_input_open_fd(in, fd, "standard input", err);
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return rn_fail_errno(err, rn_error_of_errno(errno), errno, "%s", path);
	return rn_input_open_fd(in, fd, path, err);
}

int rn_input_open_bytes(struct rn_input *in, struct rn_bytes bytes, struct rn_error *err)
{
	*in = (struct rn_input){ .fd = -1, .seekable = true, .bytes = bytes, .size = bytes.len };
	in->name = strdup("memory");
	return in->name ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

void rn_input_close(struct rn_input *in)
{
	if (in->fd >= 0)
		close(in->fd);
	rn_buffer_fini(&in->window);
	free(in->name);
	*in = (struct rn_input){ .fd = -1 };
}

static size_t held(const struct rn_input *in)
{
	return in->window.len - in->window_start;
}

/* Some more bytes behind the window; 0 with nothing added means the end. */
static int read_some(struct rn_input *in, size_t want, struct rn_error *err)
{
	if (in->window_start > in->window.len / 2) {
		memmove(in->window.p, in->window.p + in->window_start, held(in));
		in->window.len = held(in);
		in->window_start = 0;
	}
	want = want < CHUNK_BYTES ? CHUNK_BYTES : want < 16 * CHUNK_BYTES ? want : 16 * CHUNK_BYTES;
	uint8_t *to = rn_buffer_reserve(&in->window, want);
	if (!to)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	for (;;) {
		ssize_t n = in->seekable ?
			pread(in->fd, to, want, (off_t)(in->position + held(in))) :
			read(in->fd, to, want);
		if (n >= 0) {
			in->window.len += (size_t)n;
			in->at_end = n == 0;
			if (!in->seekable)
				in->size += (uint64_t)n;
			return 0;
		}
		if (errno == EAGAIN) {
			struct pollfd p = { .fd = in->fd, .events = POLLIN };
			poll(&p, 1, -1);
		} else if (errno != EINTR) {
			return fail(in, err, errno);
		}
	}
}

int rn_input_peek(struct rn_input *in, uint64_t n, struct rn_bytes *out, struct rn_error *err)
{
	if (in->fd < 0) {
		uint64_t left = in->position < in->size ? in->size - in->position : 0;
		*out = rn_bytes_of(in->bytes.p + in->size - left, n < left ? n : left);
		return 0;
	}
	while (held(in) < n && !in->at_end) {
		int rc = read_some(in, n - held(in), err);
		if (rc)
			return rc;
	}
	*out = rn_bytes_of(in->window.p + in->window_start, held(in) < n ? held(in) : n);
	return 0;
}

void rn_input_skip(struct rn_input *in, uint64_t n)
{
	in->position += n;
	if (in->fd < 0)
		return;
	if (n <= held(in)) {
		in->window_start += n;
		return;
	}
	in->window.len = in->window_start = 0;
	in->at_end = in->at_end && !in->seekable;
}

void rn_input_seek(struct rn_input *in, uint64_t position)
{
	in->position = position;
	in->window.len = in->window_start = 0;
	in->at_end = false;
}

int rn_input_read_at(const struct rn_input *in, uint64_t offset, void *to, size_t n,
	struct rn_error *err)
{
	if (in->fd < 0) {
		if (offset > in->size || n > in->size - offset)
			return rn_fail(err, RN_E_TRUNCATED, "%s ends early", in->name);
		memcpy(to, in->bytes.p + offset, n);
		return 0;
	}
	for (size_t done = 0; done < n;) {
		ssize_t got = pread(in->fd, (uint8_t *)to + done, n - done, (off_t)(offset + done));
		if (got == 0)
			return rn_fail(err, RN_E_TRUNCATED, "%s ends early", in->name);
		if (got < 0 && errno != EINTR)
			return fail(in, err, errno);
		done += got > 0 ? (size_t)got : 0;
	}
	return 0;
}
