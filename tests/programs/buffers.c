/* SPDX-License-Identifier: MIT */
/* buffers: data written and read in one piece and in several, and prints the lines its trace must
 * show. */
#include "predicted.h"

#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static void pieces(int out, int in)
{
	char a[4], b[40], *end = unreadable_behind(1);
	struct iovec w[3] = { { "one", 3 }, { "", 0 }, { "two and more", 12 } };
	struct iovec r[2] = { { a, 4 }, { b, 40 } };
	if (writev(out, w, 3) != 15 || readv(in, r, 2) != 15)
		_exit(1);
	line("writev(%d, [{iov_base=\"one\", iov_len=3}, {iov_base=\"\", iov_len=0}, "
		"{iov_base=\"two and more\", iov_len=12}], 3) = 15", out);
	line("readv(%d, [{iov_base=\"onet\", iov_len=4}, {iov_base=\"wo and more\", iov_len=40}], 2)"
		" = 15", in);
	w[1] = (struct iovec){ end - 2, 4 };
	memcpy(end - 2, "zz", 2);
	writev(-1, w, 2);
	line("writev(-1, [{iov_base=\"one\", iov_len=3}, {iov_base=%p, iov_len=4}], 2) = "
		"-1 EBADF (Bad file descriptor)", (void *)(end - 2));
}

static void whole(int out, int in)
{
	char text[100], back[100];
	memset(text, 't', sizeof(text));
	if (write(out, text, 32) != 32 || read(in, back, 100) != 32)
		_exit(1);
	line("write(%d, \"%.32s\", 32) = 32", out, text);
	line("read(%d, \"%.32s\", 100) = 32", in, text);
	if (write(out, text, 33) != 33 || read(in, back, 100) != 33)
		_exit(1);
	line("write(%d, \"%.32s\"..., 33) = 33", out, text);
	line("read(%d, \"%.32s\"..., 100) = 33", in, text);
	if (write(out, "\0\1\t\n\"\\\377a0", 9) != 9 || read(in, back, 100) != 9)
		_exit(1);
	line("write(%d, \"\\0\\1\\t\\n\\\"\\\\\\377a0\", 9) = 9", out);
	line("read(%d, \"\\0\\1\\t\\n\\\"\\\\\\377a0\", 100) = 9", in);
	if (write(out, text, 0) != 0)
		_exit(1);
	line("write(%d, \"\", 0) = 0", out);
	syscall(SYS_write, -1, 8L, 4L);
	line("write(-1, 0x8, 4) = -1 EBADF (Bad file descriptor)");
	read(-1, back, 4);
	line("read(-1, %p, 4) = -1 EBADF (Bad file descriptor)", (void *)back);
}

int main(void)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return 1;
	/* Numbers that no start-up code uses: the lines are told from others by them. */
	whole(dup2(ends[1], 51), dup2(ends[0], 50));
	pieces(51, 50);
	return 0;
}
