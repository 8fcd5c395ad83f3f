/* SPDX-License-Identifier: MIT */
/* paths: strings where they are hard to read, and prints the lines its trace must show. */
#include "predicted.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void no_such(const char *path)
{
	rmdir(path);
	line("rmdir(\"%s\") = -1 ENOENT (No such file or directory)", path);
}

static void fault(const void *path)
{
	rmdir(path);
	line("rmdir(%p) = -1 EFAULT (Bad address)", path);
}

int main(void)
{
	static const char *const paths[] = { "/no", "/no/such/directory/anywhere", "" };
	char *end = unreadable_behind(3);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		size_t len = strlen(paths[i]) + 1;
		no_such(memcpy(end - len, paths[i], len));          /* up to the last byte */
		no_such(memcpy(end - 4096 - len / 2, paths[i], len)); /* across two pages */
	}
	for (unsigned len = 250; len < 260; len++) { /* about what is read at first */
		char *path = end - len - 1;
		memset(path, '/', len);
		memcpy(path + len - 7, "no-such", 8);
		no_such(path);
	}
	fault(end);
	fault((void *)1);
	fault((void *)-4096L);
	memset(end - 9, 'x', 9);
	rmdir(end - 9); /* as much as there is of a string without end */
	line("rmdir(%p) = -1 EFAULT (Bad address)", (void *)(end - 9));
	mkdir("", 0750);
	line("mkdir(\"\", 0750) = -1 ENOENT (No such file or directory)");
	return 0;
}
