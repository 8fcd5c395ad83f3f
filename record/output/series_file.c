/* SPDX-License-Identifier: MIT */
/* NAME.rnt has its numbers in front of the ending, another name behind it. Four digits, more when
 * they are needed; so a list by name is one by age for the first ten thousand. */
#include "record/output/series_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char ending[] = ".rnt";

/* How much of the path stands in front of the number, and the ending behind it. */
static size_t stem_of(const char *path, const char **end)
{
	size_t len = strlen(path), n = sizeof(ending) - 1;
	bool has = len > n && strcmp(path + len - n, ending) == 0 && path[len - n - 1] != '/';
	*end = has ? ending : "";
	return has ? len - n : len;
}

bool rn_series_name(char *out, size_t cap, const char *path, uint64_t number)
{
	const char *end;
	size_t stem = stem_of(path, &end);
	int n = snprintf(out, cap, "%.*s.%04llu%s", (int)stem, path, (unsigned long long)number, end);
	return n > 0 && (size_t)n < cap;
}

bool rn_series_folder(char *out, size_t cap, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	int n = !slash ? snprintf(out, cap, ".") :
		len ? snprintf(out, cap, "%.*s", (int)len, path) : snprintf(out, cap, "/");
	return n > 0 && (size_t)n < cap;
}

struct listing {
	char stem[RN_SERIES_NAME];
	size_t stem_len;
	const char *end;
	uint64_t *number;
	size_t n, cap;
};

/* The number in a name of ours, 0: it is none. */
static uint64_t number_in(const struct listing *l, const char *name)
{
	if (strncmp(name, l->stem, l->stem_len) != 0 || name[l->stem_len] != '.')
		return 0;
	const char *digits = name + l->stem_len + 1;
	size_t n = strspn(digits, "0123456789");
	if (n < 4 || n > 18 || strcmp(digits + n, l->end) != 0)
		return 0;
	return strtoull(digits, NULL, 10);
}

static void note(struct listing *l, uint64_t number)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		uint64_t *more = realloc(l->number, cap * sizeof(*more));
		if (!more)
			return;
		l->number = more;
		l->cap = cap;
	}
	l->number[l->n++] = number;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

/* ours: those that are plain files of our own user, and not whatever else has such a name. */
static void list(struct listing *l, const char *path, bool ours)
{
	char folder[RN_SERIES_NAME];
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct stat st;
	*l = (struct listing){ 0 };
	l->stem_len = stem_of(name, &l->end);
	if (l->stem_len >= sizeof(l->stem) || !rn_series_folder(folder, sizeof(folder), path))
		return;
	memcpy(l->stem, name, l->stem_len);
	DIR *d = opendir(folder);
	for (struct dirent *e; d && (e = readdir(d));) {
		uint64_t number = number_in(l, e->d_name);
		if (number && (!ours ||
			(fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISREG(st.st_mode) && st.st_uid == geteuid())))
			note(l, number);
	}
	if (d)
		closedir(d);
	if (l->n)
		qsort(l->number, l->n, sizeof(*l->number), by_number);
}

uint64_t rn_series_last_number(const char *path)
{
	struct listing l;
	list(&l, path, false);
	uint64_t last = l.n ? l.number[l.n - 1] : 0;
	free(l.number);
	return last;
}

void rn_series_prune(const char *path, uint64_t keep)
{
	struct listing l;
	char name[RN_SERIES_NAME];
	list(&l, path, true);
	for (size_t i = 0; l.n - i > keep; i++)
		if (rn_series_name(name, sizeof(name), path, l.number[i]))
			unlink(name);
	free(l.number);
}

/* An entry of the index and of the seek table for each frame: some 100 bytes and 8 a section. */
uint64_t rn_series_tail_bytes(uint64_t blocks)
{
	return 4096 + blocks * 256;
}
