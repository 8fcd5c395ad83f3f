/* SPDX-License-Identifier: MIT */
/* Requests at the control socket of a recorder: whatever is sent, in however many pieces, comes to an answer that is
 * an object of JSON or lines of "name: value", or to none, and the next one is answered. Input: a byte of how many bytes
 * are sent at a time, then the request. */
#include "record/control/control.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define check(condition) do { if (!(condition)) abort(); } while (0)

#define PATIENCE_S 1.5 /* a recorder's is 2 */

static char folder[] = "/tmp/renacer-fuzz-XXXXXX";
static struct sockaddr_un address = { .sun_family = AF_UNIX };
static struct rn_recording rec;
static struct rn_control *control;

static void end(void)
{
	rn_control_end(control);
	rmdir(folder);
}

static void prepare(void)
{
	/* A name that wants quoting. No flight recorder, no series: nothing is waited for. */
	static const struct rn_control_facts facts = { "ptrace", "a \"b\"\\\n\xc3\xa9", false, false };
	check(mkdtemp(folder) != NULL);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/ctl", folder);
	signal(SIGTERM, SIG_IGN); /* "stop" sends it to the recorder, which we are */
	signal(SIGPIPE, SIG_IGN);
	pthread_mutex_init(&rec.progress.lock, NULL);
	control = rn_control_start(&rec, address.sun_path, &facts, NULL);
	check(control != NULL);
	atexit(end);
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The answer's length. */
static size_t ask(const uint8_t *request, size_t len, size_t piece, char *answer, size_t cap)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t n = 0;
	ssize_t got;
	check(fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0);
	for (size_t at = 0; at < len; at += piece)
		if (send(fd, request + at, piece < len - at ? piece : len - at, MSG_NOSIGNAL) < 0)
			break; /* it has heard enough */
	shutdown(fd, SHUT_WR);
	while (n < cap && (got = recv(fd, answer + n, cap - n, 0)) > 0)
		n += (size_t)got;
	close(fd);
	return n;
}

static void check_lines(const char *answer, size_t n)
{
	check(answer[n - 1] == '\n');
	if (answer[0] == '{') {
		check(n > 2 && answer[n - 2] == '}' && memchr(answer, '\n', n) == answer + n - 1);
		for (size_t i = 0; i < n - 1; i++)
			check(answer[i] >= ' ' && answer[i] < 127);
		return;
	}
	check(memmem(answer, n, ": ", 2) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t status[] = "status json\n";
	char answer[8192];
	if (!control)
		prepare();
	size_t piece = size ? 1 + data[0] % 80 : 1;
	size_t n = size ? ask(data + 1, size - 1, piece, answer, sizeof(answer)) : 0;
	if (n)
		check_lines(answer, n);
	double begin = now();
	n = ask(status, sizeof(status) - 1, sizeof(status), answer, sizeof(answer));
	if (!n && now() - begin > PATIENCE_S) /* we were kept from asking for so long that we were sent away */
		return 0;
	check(n > 0 && answer[0] == '{' && memmem(answer, n, "\"pid\":", 6) != NULL);
	check_lines(answer, n);
	return 0;
}
