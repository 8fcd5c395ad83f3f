/* SPDX-License-Identifier: MIT */
#include "analyze/sandbox/paths.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where SQLite and the C library put files without a name. */
static const char *const temporary_variables[] = { "SQLITE_TMPDIR", "TMPDIR" };
static const char *const temporary_folders[] = { "/var/tmp", "/usr/tmp", "/tmp", "." };
static const char *const temporary_names[] = { "etilqs_", "tmpf" };
#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define TEMPORARY_MAX (COUNT(temporary_variables) + COUNT(temporary_folders) + 1)

/* The real path of the folder a file lies in, with the file's own name behind it; NULL where there is no such
 * folder or the name is none. A last component that is a link stays what it is. */
static char *real_place(const char *path)
{
	char folder[PATH_MAX], *text, *real;
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t len = slash ? (size_t)(slash - path) : 0;
	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || len >= sizeof(folder))
		return NULL;
	snprintf(folder, sizeof(folder), "%.*s", (int)len, path);
	real = realpath(!slash ? "." : len ? folder : "/", NULL);
	if (!real || asprintf(&text, "%s/%s", strcmp(real, "/") ? real : "", name) < 0)
		text = NULL;
	free(real);
	return text;
}

/* Of a folder that may have to be made: the part that exists by its real name. */
static char *real_tree(const char *path)
{
	char *text = realpath(path, NULL), *slash, *above, *head;
	if (text || !(head = strdup(path)))
		return text;
	slash = strrchr(head, '/');
	if (slash && slash != head && slash[1]) {
		*slash = 0;
		above = real_tree(head);
		if (above && asprintf(&text, "%s/%s", strcmp(above, "/") ? above : "", slash + 1) < 0)
			text = NULL;
		free(above);
	} else if (slash == head) {
		text = strdup(path);
	}
	free(head);
	return text;
}

static char **take_all(const char *const *from, char *(*take)(const char *))
{
	size_t n = 0, kept = 0;
	while (from && from[n])
		n++;
	char **all = calloc(n + 1, sizeof(*all));
	for (size_t i = 0; all && i < n; i++) {
		all[kept] = take(from[i]);
		kept += all[kept] != NULL;
	}
	return all;
}

static char *real_folder(const char *path)
{
	return realpath(path, NULL);
}

static char **find_temporary(void)
{
	const char *all[TEMPORARY_MAX] = { NULL };
	size_t n = 0;
	for (size_t i = 0; i < COUNT(temporary_variables); i++) {
		const char *value = getenv(temporary_variables[i]);
		if (value && *value)
			all[n++] = value;
	}
	for (size_t i = 0; i < COUNT(temporary_folders); i++)
		all[n++] = temporary_folders[i];
	return take_all(all, real_folder);
}

int rn_sandbox_paths_init(struct rn_sandbox_paths *p, const struct rn_sandbox_rules *rules, struct rn_error *err)
{
	p->named = take_all(rules->files, real_place);
	p->trees = take_all(rules->trees, real_tree);
	p->temporary = find_temporary();
	if (p->named && p->trees && p->temporary)
		return 0;
	rn_sandbox_paths_fini(p);
	return rn_fail(err, RN_E_NOMEM, "out of memory");
}

static void free_all(char **all)
{
	for (size_t i = 0; all && all[i]; i++)
		free(all[i]);
	free(all);
}

void rn_sandbox_paths_fini(struct rn_sandbox_paths *p)
{
	free_all(p->named);
	free_all(p->trees);
	free_all(p->temporary);
	*p = (struct rn_sandbox_paths){ NULL, NULL, NULL };
}

static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);
	return strncmp(path, folder, len) == 0 && (path[len] == '/' || !path[len]);
}

static enum rn_sandbox_leave judge_named(const struct rn_sandbox_paths *p, const char *path)
{
	for (char **f = p->named; *f; f++) {
		size_t len = strlen(*f);
		const char *rest = path + len;
		if (strncmp(path, *f, len) != 0)
			continue;
		if (!*rest)
			return RN_LEAVE_NAMED;
		if ((*rest == '.' || *rest == '-') && !strchr(rest, '/'))
			return RN_LEAVE_BESIDE;
	}
	return RN_LEAVE_NONE;
}

static enum rn_sandbox_leave judge_tree(const struct rn_sandbox_paths *p, const char *path)
{
	enum rn_sandbox_leave leave = RN_LEAVE_NONE;
	for (char **t = p->trees; *t && leave != RN_LEAVE_BESIDE; t++) {
		if (is_below(path, *t))
			leave = RN_LEAVE_BESIDE;
		else if (is_below(*t, path))
			leave = RN_LEAVE_ABOVE;
	}
	return leave;
}

static bool is_temporary(const struct rn_sandbox_paths *p, const char *path)
{
	const char *slash = strrchr(path, '/');
	for (char **t = p->temporary; *t; t++) {
		size_t len = strcmp(*t, "/") ? strlen(*t) : 0;
		if ((size_t)(slash - path) != len || strncmp(path, *t, len) != 0)
			continue;
		for (size_t i = 0; i < COUNT(temporary_names); i++)
			if (strncmp(slash + 1, temporary_names[i], strlen(temporary_names[i])) == 0)
				return true;
	}
	return false;
}

enum rn_sandbox_leave rn_sandbox_paths_judge(const struct rn_sandbox_paths *p, const char *path)
{
	char *real = real_place(path);
	if (!real)
		return RN_LEAVE_NONE;
	enum rn_sandbox_leave leave = judge_named(p, real);
	if (leave == RN_LEAVE_NONE)
		leave = judge_tree(p, real);
#ifdef RN_COUNTS_FOLDER /* a coverage build: what a sandboxed process ran is to be counted, too */
	if (leave == RN_LEAVE_NONE && is_below(real, RN_COUNTS_FOLDER))
		leave = RN_LEAVE_BESIDE;
#endif
	if (leave == RN_LEAVE_NONE && is_temporary(p, real))
		leave = RN_LEAVE_TEMPORARY;
	free(real);
	return leave;
}

bool rn_sandbox_paths_temporary(const struct rn_sandbox_paths *p, const char *folder)
{
	char *real = realpath(folder, NULL);
	bool is = false;
	for (char **t = p->temporary; real && *t && !is; t++)
		is = strcmp(*t, real) == 0;
	free(real);
	return is;
}
