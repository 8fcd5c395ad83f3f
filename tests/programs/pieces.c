/* SPDX-License-Identifier: MIT */
/* pieces: passes 100 bytes through a pipe, as often as it takes, and tells the largest piece written and
 * read, and whether all came through. Linked statically: the loader does not bear short reads. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	char out[100], in[100];
	size_t written = 0, got = 0, most_written = 0, most_got = 0;
	int fds[2];
	if (pipe(fds) < 0)
		return 1;
	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = (char)i;
	while (written < sizeof(out)) {
		ssize_t n = write(fds[1], out + written, sizeof(out) - written);
		if (n <= 0)
			return 1;
		written += (size_t)n;
		most_written = (size_t)n > most_written ? (size_t)n : most_written;
	}
	while (got < sizeof(in)) {
		ssize_t n = read(fds[0], in + got, sizeof(in) - got);
		if (n <= 0)
			return 1;
		got += (size_t)n;
		most_got = (size_t)n > most_got ? (size_t)n : most_got;
	}
	char line[100];
	int len = snprintf(line, sizeof(line), "written %zu read %zu %s\n", most_written, most_got,
		memcmp(in, out, sizeof(in)) ? "garbled" : "whole");
	for (int at = 0; at < len;) {
		ssize_t n = write(STDOUT_FILENO, line + at, (size_t)(len - at));
		if (n <= 0)
			return 1;
		at += (int)n;
	}
	return 0;
}
