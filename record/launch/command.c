/* SPDX-License-Identifier: MIT */
#include "record/launch/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 0 when the file can be executed, else the errno of a shell's message. */
static int executable(const char *path)
{
	struct stat s;
	if (stat(path, &s) < 0)
		return errno;
	if (S_ISDIR(s.st_mode))
		return EISDIR;
	if (!S_ISREG(s.st_mode) || access(path, X_OK) < 0)
		return EACCES;
	return 0;
}

static int refuse(const char *name, int errnum, struct rn_error *err)
{
	int code = errnum == ENOENT || errnum == ENOTDIR ? RN_E_NOT_FOUND : RN_E_PERM;
	return rn_fail_errno(err, code, errnum, "cannot run %s", name);
}

static int put_path(struct rn_buffer *path, const char *dir, size_t dir_len, const char *name)
{
	rn_buffer_clear(path);
	if (dir_len) { /* an empty element of PATH is the current directory */
		rn_put_bytes(path, dir, dir_len);
		rn_put_u8(path, '/');
	}
	rn_put_bytes(path, name, strlen(name) + 1);
	return rn_buffer_ok(path) ? 0 : RN_E_NOMEM;
}

int rn_command_find(struct rn_buffer *path, const char *name, const char *search,
	struct rn_error *err)
{
	int errnum = ENOENT;
	struct stat s;
	if (strchr(name, '/')) {
		if (put_path(path, "", 0, name) < 0)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		errnum = executable(name);
		return errnum ? refuse(name, errnum, err) : 0;
	}
	if (!*name)
		return refuse("''", ENOENT, err);
	for (const char *p = search ? search : "/usr/bin:/bin"; p;) {
		size_t len = strcspn(p, ":");
		if (put_path(path, p, len, name) < 0)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		int e = executable((const char *)path->p);
		if (!e)
			return 0;
		/* Found, but not to be run: unless a later one is. What is in a folder that may not be
		 * searched is not found, as in a shell. */
		if (e == EACCES && stat((const char *)path->p, &s) == 0)
			errnum = e;
		p = p[len] ? p + len + 1 : NULL;
	}
	if (errnum == ENOENT)
		return rn_fail(err, RN_E_NOT_FOUND, "cannot run %s: command not found", name);
	return refuse(name, errnum, err);
}

static size_t name_len(const char *setting)
{
	return strcspn(setting, "=");
}

static bool is_set_later(const char *entry, const struct rn_strings *settings, size_t from)
{
	for (size_t i = from; i < settings->n; i++) {
		size_t len = name_len(settings->item[i]);
		if (name_len(entry) == len && memcmp(entry, settings->item[i], len) == 0)
			return true;
	}
	return false;
}

char **rn_command_environment(char **environment, const struct rn_strings *settings)
{
	size_t n = 0, k = 0;
	while (environment[n])
		n++;
	char **out = calloc(n + settings->n + 1, sizeof(*out));
	if (!out)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (!is_set_later(environment[i], settings, 0))
			out[k++] = environment[i];
	for (size_t i = 0; i < settings->n; i++)
		if (strchr(settings->item[i], '=') && !is_set_later(settings->item[i], settings, i + 1))
			out[k++] = (char *)settings->item[i];
	return out;
}
