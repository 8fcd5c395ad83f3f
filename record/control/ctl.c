/* SPDX-License-Identifier: MIT */
#include "record/control/ctl.h"

#include "record/control/control.h"
#include "shared/diag.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { TEXT, JSON };

#define O struct rn_ctl_options
static const struct rn_word formats[] = { { "text", TEXT, NULL }, { "json", JSON, NULL }, { 0 } };
static const struct rn_word the_only_one[] = { { "any", 0, NULL }, { 0 } };
static const struct rn_option rows[] = {
	{ RN_HEADING("Which recorder") },
	{ 'p', "pid", RN_UINT(O, pid), .argument = "PID", .initial = "any", .min = 1, .max = INT_MAX,
		.words = the_only_one,
		.help = "the recorder with this process id; without it the only one there is" },
	{ 0, "socket", RN_STRING(O, socket), .argument = "PATH",
		.help = "the recorder that was given this --control PATH" },
	{ RN_HEADING("The answer") },
	{ 0, "format", RN_WORD(O, format, formats), .initial = "text",
		.help = "lines `name: value`, or one JSON object" },
	{ RN_OPTIONS_END },
};
#undef O

static const char *const synopsis[] = { "[OPTIONS] status|snapshot|rotate|stop", NULL };

struct rn_cli rn_ctl_cli(struct rn_ctl_options *o, struct rn_option_set sets[2])
{
	sets[0] = (struct rn_option_set){ rows, o };
	sets[1] = (struct rn_option_set){ rn_cli_standard, &o->wishes };
	return (struct rn_cli){
		.name = "renacer-record ctl",
		.summary = "ask a running recorder: how it is, for a snapshot, for the next file, to stop",
		.synopsis = synopsis, .sets = sets, .n_sets = 2,
	};
}

/* The only socket in the folder, or which there are. */
static int find_one(char *out, size_t cap, struct rn_error *err)
{
	char folder[PATH_MAX], found[256] = "";
	struct rn_buffer all = RN_BUFFER_INIT;
	unsigned n = 0;
	DIR *d = rn_control_folder(folder, sizeof(folder)) ? opendir(folder) : NULL;
	for (struct dirent *e; d && (e = readdir(d));) {
		char *end;
		long pid = strtol(e->d_name, &end, 10);
		if (pid <= 0 || strcmp(end, ".sock") != 0)
			continue;
		snprintf(found, sizeof(found), "%s", e->d_name);
		rn_put_format(&all, "%s%ld", n++ ? ", " : "", pid);
	}
	if (d)
		closedir(d);
	int rc = 0;
	if (n == 0)
		rc = rn_fail(err, RN_E_NOT_FOUND, "no recorder of yours listens (one with --ring, --max-files "
			"or --control does); give -p PID or --socket PATH");
	else if (n > 1)
		rc = rn_fail(err, RN_E_USAGE, "which recorder? give -p with one of %s", rn_buffer_cstr(&all));
	else if ((size_t)snprintf(out, cap, "%s/%s", folder, found) >= cap)
		rc = rn_fail(err, RN_E_LIMIT, "the name of the socket is too long");
	rn_buffer_fini(&all);
	return rc;
}

static int find_socket(const struct rn_ctl_options *o, char *out, size_t cap, struct rn_error *err)
{
	char folder[PATH_MAX];
	int n = -1;
	if (!o->socket && !o->pid)
		return find_one(out, cap, err);
	if (o->socket)
		n = snprintf(out, cap, "%s", o->socket);
	else if (rn_control_folder(folder, sizeof(folder)))
		n = snprintf(out, cap, "%s/%llu.sock", folder, (unsigned long long)o->pid);
	if (n < 0 || (size_t)n >= cap)
		return rn_fail(err, RN_E_NOT_FOUND, "there is no folder for sockets: give --socket PATH");
	return 0;
}

static int ask(int fd, const char *word, bool json, struct rn_buffer *answer, struct rn_error *err)
{
	char piece[4096];
	int n = snprintf(piece, sizeof(piece), "%s%s\n", word, json ? " json" : "");
	if (send(fd, piece, (size_t)n, MSG_NOSIGNAL) != n)
		return rn_fail_errno(err, RN_E_IO, errno, "asking the recorder");
	for (;;) {
		ssize_t got = recv(fd, piece, sizeof(piece), 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		rn_put_bytes(answer, piece, (size_t)got);
	}
	if (answer->len)
		return 0;
	return rn_fail(err, RN_E_IO, "the recorder gave no answer");
}

static int ask_at(const struct rn_ctl_options *o, const char *word, struct rn_buffer *answer,
	struct rn_error *err)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int rc = find_socket(o, a.sun_path, sizeof(a.sun_path), err);
	if (rc)
		return rc;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&a, sizeof(a)) < 0)
		rc = rn_fail_errno(err, rn_error_of_errno(errno), errno, "no recorder listens at %s",
			a.sun_path);
	else
		rc = ask(fd, word, o->format == JSON, answer, err);
	if (fd >= 0)
		close(fd);
	return rc;
}

static bool says_no(struct rn_bytes answer)
{
	static const char text[] = "error: ", json[] = "{\"error\":";
	return (answer.len > sizeof(text) && memcmp(answer.p, text, sizeof(text) - 1) == 0) ||
		(answer.len > sizeof(json) && memcmp(answer.p, json, sizeof(json) - 1) == 0);
}

static int is_request(const char *word, struct rn_error *err)
{
	static const char *const words[] = { "status", "snapshot", "rotate", "stop" };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i]) == 0)
			return 0;
	return rn_fail(err, RN_E_USAGE, "'%s' is no request: status, snapshot, rotate or stop", word);
}

static int run(const struct rn_ctl_options *o, int argc, char **argv, const struct rn_operands *rest,
	struct rn_error *err)
{
	struct rn_buffer answer = RN_BUFFER_INIT;
	int rc = rest->first + 1 == argc ? is_request(argv[rest->first], err) :
		rn_fail(err, RN_E_USAGE, "give one request: status, snapshot, rotate or stop");
	if (!rc)
		rc = ask_at(o, argv[rest->first], &answer, err);
	bool no = !rc && says_no(rn_buffer_bytes(&answer));
	if (!rc)
		fwrite(answer.p, 1, answer.len, no && o->format == TEXT ? stderr : stdout);
	rn_buffer_fini(&answer);
	return rc ? rc : no;
}

int rn_ctl_main(int argc, char **argv)
{
	struct rn_ctl_options o = { 0 };
	struct rn_option_set sets[2];
	const struct rn_cli cli = rn_ctl_cli(&o, sets);
	struct rn_operands rest;
	struct rn_error err = { 0 };
	struct rn_diag diag;
	rn_diag_init(&diag, "renacer-record ctl", stderr);
	int status = 0, rc = rn_options_parse(&cli, argc, argv, &rest, &err);
	if (!rc && rn_cli_answer(stdout, &cli, &o.wishes)) {
		status = fflush(stdout) == 0 ? 0 : 1;
		goto out;
	}
	if (!rc)
		rc = run(&o, argc, argv, &rest, &err);
	status = rc == RN_E_USAGE ? rn_diag_usage(&diag, &err) : rc != 0;
	if (rc < 0 && rc != RN_E_USAGE)
		rn_diag_error(&diag, &err);
out:
	rn_diag_fini(&diag);
	return status;
}
