/* SPDX-License-Identifier: MIT */
/*
 * renacer --strace: strace's command line and strace's output, over the code of `renacer`. The
 * command's streams are its own; exit statuses are strace's: the command's, its death by a signal,
 * 1 for trouble of our own.
 */
#include "analyze/command/command.h"
#include "analyze/strace/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_program(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);
}

/* Looks where the shell would. errno tells what is wrong with a path. */
static bool can_be_found(const char *name)
{
	char path[4096];
	struct stat st;
	if (strchr(name, '/'))
		return stat(name, &st) == 0;
	const char *at = getenv("PATH");
	while (at) {
		int len = (int)strcspn(at, ":");
		const char *slash = len ? "/" : "";
		if (snprintf(path, sizeof(path), "%.*s%s%s", len, at, slash, name) < (int)sizeof(path) &&
			is_program(path))
			return true;
		at = at[len] ? at + len + 1 : NULL;
	}
	errno = ENOENT;
	return false;
}

static int run(void *options, const struct rn_invocation *in, struct rn_error *err)
{
	struct rn_strace_options *o = options;
	int rc = rn_strace_translate(o, err);
	if (rc)
		return rc;
	if (!in->argc && !o->live.report.pids.n)
		return rn_fail(err, RN_E_USAGE, "must have PROG [ARGS] or -p PID");
	if (in->argc && !can_be_found(in->argv[0]))
		return rn_fail_errno(err, RN_E_NOT_FOUND, errno, "Can't stat '%s'", in->argv[0]);
	if (o->messages.len)
		fwrite(o->messages.p, 1, o->messages.len, stderr);
	return rn_live(&o->live, in, err);
}

static void fini(void *options)
{
	rn_strace_options_fini(options);
}

static const char *const synopsis[] = { "[OPTIONS] COMMAND [ARGUMENTS]", "[OPTIONS] -p PID", NULL };

const struct rn_command rn_command_strace = {
	.name = "renacer --strace",
	.summary = "trace a program by strace's options, with strace's output",
	.synopsis = synopsis,
	.options = { rn_strace_rows },
	.options_size = sizeof(struct rn_strace_options),
	.options_first = true,
	.sandbox_late = true,
	.failure = 1,
	.run = run,
	.fini = fini,
};
