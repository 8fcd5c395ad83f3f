/* SPDX-License-Identifier: MIT */
#include "record/control/control.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define REQUEST_BYTES 64
#define PATIENCE_S 2
#define SNAPSHOT_WAIT_MS 10000
#define LOOK_MS 20

struct rn_control {
	struct rn_recording *rec;
	struct rn_control_facts facts;
	struct sockaddr_un address;
	int listener, end;
	pthread_t thread;
};

/* An answer under way, in either form. */
struct answer {
	struct rn_buffer text;
	bool json;
};

static void put_quoted(struct rn_buffer *out, const char *s)
{
	rn_put_u8(out, '"');
	for (; *s; s++) {
		uint8_t c = (uint8_t)*s;
		if (c == '"' || c == '\\')
			rn_put_format(out, "\\%c", c);
		else if (c < 32 || c > 126) /* a name is bytes: as Latin-1 it can be had back */
			rn_put_format(out, "\\u%04x", c);
		else
			rn_put_u8(out, c);
	}
	rn_put_u8(out, '"');
}

static void put_name(struct answer *a, const char *name)
{
	if (!a->json)
		rn_put_format(&a->text, "%s: ", name);
	else
		rn_put_format(&a->text, "%s\"%s\":", a->text.len ? "," : "{", name);
}

static void put_text(struct answer *a, const char *name, const char *value)
{
	put_name(a, name);
	if (a->json)
		put_quoted(&a->text, value);
	else
		rn_put_format(&a->text, "%s\n", value);
}

static void put_number(struct answer *a, const char *name, uint64_t value)
{
	put_name(a, name);
	rn_put_format(&a->text, "%llu%s", (unsigned long long)value, a->json ? "" : "\n");
}

static uint64_t look(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

static uint64_t timeval_ns(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_usec * 1000u;
}

static void put_progress(struct answer *a, struct rn_control *c)
{
	struct rn_progress *p = &c->rec->progress;
	pthread_mutex_lock(&p->lock);
	put_text(a, "file", p->n_files ? p->file : c->facts.flight ? "" : c->facts.file);
	put_number(a, c->facts.flight ? "snapshots" : "files", p->n_files);
	if (p->n_failed)
		put_text(a, "failed", p->error);
	pthread_mutex_unlock(&p->lock);
	if (c->facts.flight)
		put_number(a, "kept_bytes", p->kept_bytes);
	else if (c->facts.series)
		put_number(a, "bytes", p->file_bytes);
}

static void status(struct rn_control *c, struct answer *a)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	put_number(a, "pid", (uint64_t)getpid());
	put_text(a, "version", RN_VERSION);
	put_text(a, "backend", c->facts.backend);
	put_text(a, "mode", c->facts.flight ? "flight recorder" : c->facts.series ? "series" : "file");
	put_progress(a, c);
	put_number(a, "elapsed_ns", rn_recording_now(c->rec));
	put_number(a, "calls", look(&c->rec->n_calls));
	put_number(a, "events", look(&c->rec->n_events));
	put_number(a, "lost", look(&c->rec->n_lost));
	put_number(a, "cpu_ns", timeval_ns(u.ru_utime) + timeval_ns(u.ru_stime));
	put_number(a, "max_rss_bytes", (uint64_t)u.ru_maxrss * 1024);
}

static bool is_ending(const struct rn_control *c, int ms)
{
	struct pollfd p = { .fd = c->end, .events = POLLIN };
	return poll(&p, 1, ms) > 0;
}

/* Done by the keeper; who asks wants to know when, and the name. */
static void wait_for_file(struct rn_control *c, struct answer *a, uint64_t n_before, uint64_t failed)
{
	struct rn_progress *p = &c->rec->progress;
	for (int waited = 0; waited < SNAPSHOT_WAIT_MS; waited += LOOK_MS) {
		pthread_mutex_lock(&p->lock);
		bool done = p->n_files > n_before, gone_wrong = p->n_failed > failed;
		if (done)
			put_text(a, "file", p->file);
		else if (gone_wrong)
			put_text(a, "error", p->error);
		pthread_mutex_unlock(&p->lock);
		if (done || gone_wrong)
			return;
		if (is_ending(c, LOOK_MS))
			break;
	}
	put_text(a, "error", "it was asked for, and is not done yet");
}

static void another_file(struct rn_control *c, struct answer *a)
{
	struct rn_progress *p = &c->rec->progress;
	pthread_mutex_lock(&p->lock);
	uint64_t n = p->n_files, failed = p->n_failed;
	pthread_mutex_unlock(&p->lock);
	if (c->facts.flight)
		rn_demand_snapshot(&c->rec->demand, RN_SNAP_CONTROL);
	else
		rn_demand_rotate(&c->rec->demand);
	wait_for_file(c, a, n, failed);
}

static void snapshot(struct rn_control *c, struct answer *a)
{
	if (c->facts.flight)
		another_file(c, a);
	else
		put_text(a, "error", "this recorder is no flight recorder (--ring SIZE)");
}

static void rotate(struct rn_control *c, struct answer *a)
{
	if (c->facts.series && !c->facts.flight)
		another_file(c, a);
	else
		put_text(a, "error", "this recorder writes no series of files (--max-files N)");
}

/* As a signal would: the tracees are let go, the trace is closed. */
static void stop(struct rn_control *c, struct answer *a)
{
	(void)c;
	put_text(a, "stopping", "yes");
	kill(getpid(), SIGTERM);
}

static const struct request {
	const char *word;
	void (*answer)(struct rn_control *c, struct answer *a);
} requests[] = {
	{ "status", status }, { "snapshot", snapshot }, { "rotate", rotate }, { "stop", stop },
};

static void respond(struct rn_control *c, char *words, struct answer *a)
{
	char *space = strchr(words, ' ');
	a->json = space && strcmp(space, " json") == 0;
	if (a->json)
		*space = 0;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		if (strcmp(words, requests[i].word) == 0) {
			requests[i].answer(c, a);
			return;
		}
	put_text(a, "error", "no such request: status, snapshot, rotate or stop");
}

static bool is_welcome(int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
		(who.uid == geteuid() || who.uid == 0);
}

/* A line without its newline; false when it is too long or does not come in time. */
static bool read_request(int fd, char *words, size_t cap)
{
	struct timeval patience = { .tv_sec = PATIENCE_S };
	size_t n = 0;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	while (n < cap) {
		ssize_t got = recv(fd, words + n, cap - n, 0);
		if (got <= 0)
			return false;
		char *end = memchr(words + n, '\n', (size_t)got);
		if (end) {
			*end = 0;
			return true;
		}
		n += (size_t)got;
	}
	return false;
}

static void serve(struct rn_control *c, int fd)
{
	char words[REQUEST_BYTES];
	struct answer a = { RN_BUFFER_INIT, false };
	if (!is_welcome(fd) || !read_request(fd, words, sizeof(words)))
		return;
	respond(c, words, &a);
	if (a.json)
		rn_put_text(&a.text, "}\n");
	for (size_t done = 0; rn_buffer_ok(&a.text) && done < a.text.len;) {
		ssize_t n = send(fd, a.text.p + done, a.text.len - done, MSG_NOSIGNAL);
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	rn_buffer_fini(&a.text);
}

static void *run(void *arg)
{
	struct rn_control *c = arg;
	for (;;) {
		struct pollfd p[2] = { { .fd = c->end, .events = POLLIN },
			{ .fd = c->listener, .events = POLLIN } };
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (p[0].revents)
			return NULL;
		int fd = p[1].revents ? accept4(c->listener, NULL, NULL, SOCK_CLOEXEC) : -1;
		if (fd < 0)
			continue;
		serve(c, fd);
		close(fd);
	}
}

bool rn_control_folder(char *out, size_t cap)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	struct stat st;
	int n = runtime && runtime[0] == '/' ? snprintf(out, cap, "%s/renacer", runtime) :
		geteuid() == 0 ? snprintf(out, cap, "/run/renacer") : 0;
	if (n <= 0 || (size_t)n >= cap)
		return false;
	mkdir(out, 0700);
	return lstat(out, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
		!(st.st_mode & 022);
}

bool rn_control_path(char *out, size_t cap, long pid, const char *file)
{
	char folder[RN_PROGRESS_NAME];
	int n = rn_control_folder(folder, sizeof(folder)) ?
		snprintf(out, cap, "%s/%ld.sock", folder, pid) : -1;
	if (n < 0 || (size_t)n >= cap)
		n = snprintf(out, cap, "%s.sock", file);
	return n > 0 && (size_t)n < cap;
}

/* One that nobody listens at is left over; a file that is no socket is not ours to remove. */
static bool is_left_over(const struct sockaddr_un *a)
{
	struct stat st;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is = lstat(a->sun_path, &st) == 0 && S_ISSOCK(st.st_mode) && fd >= 0 &&
		connect(fd, (const struct sockaddr *)a, sizeof(*a)) < 0 && errno == ECONNREFUSED;
	if (fd >= 0)
		close(fd);
	return is;
}

/* The mode is set before anybody can connect: before it listens. */
static int listen_at(struct rn_control *c, struct rn_error *err)
{
	const struct sockaddr *a = (const struct sockaddr *)&c->address;
	c->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->listener < 0)
		return rn_fail_errno(err, RN_E_IO, errno, "the control socket");
	if (is_left_over(&c->address))
		unlink(c->address.sun_path);
	if (bind(c->listener, a, sizeof(c->address)) < 0 ||
		chmod(c->address.sun_path, 0600) < 0 || listen(c->listener, 8) < 0)
		return rn_fail_errno(err, rn_error_of_errno(errno), errno, "the control socket %s",
			c->address.sun_path);
	return 0;
}

static int start_thread(struct rn_control *c)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&c->thread, NULL, run, c);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed;
}

struct rn_control *rn_control_start(struct rn_recording *rec, const char *path,
	const struct rn_control_facts *facts, struct rn_error *err)
{
	struct rn_control *c = calloc(1, sizeof(*c));
	if (!c) {
		rn_fail(err, RN_E_NOMEM, "out of memory");
		return NULL;
	}
	*c = (struct rn_control){ .rec = rec, .facts = *facts, .listener = -1,
		.end = eventfd(0, EFD_CLOEXEC), .address = { .sun_family = AF_UNIX } };
	size_t cap = sizeof(c->address.sun_path);
	bool fits = path ? (size_t)snprintf(c->address.sun_path, cap, "%s", path) < cap :
		rn_control_path(c->address.sun_path, cap, (long)getpid(), facts->file);
	int rc = fits ? listen_at(c, err) :
		rn_fail(err, RN_E_LIMIT, "the name of the control socket is too long");
	if (!rc && (c->end < 0 || start_thread(c))) {
		unlink(c->address.sun_path);
		rc = rn_fail(err, RN_E_NOMEM, "no thread for the control socket");
	}
	if (!rc)
		return c;
	if (c->listener >= 0)
		close(c->listener);
	if (c->end >= 0)
		close(c->end);
	free(c);
	return NULL;
}

void rn_control_end(struct rn_control *c)
{
	uint64_t one = 1;
	if (!c)
		return;
	if (write(c->end, &one, sizeof(one)) == sizeof(one))
		pthread_join(c->thread, NULL);
	unlink(c->address.sun_path);
	close(c->listener);
	close(c->end);
	free(c);
}
