/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/debuginfod.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct debuginfod_client client;

static struct {
	bool tried;
	client *session;
	int (*find_debuginfo)(client *c, const unsigned char *id, int len, char **path);
	int (*find_executable)(client *c, const unsigned char *id, int len, char **path);
} library;

static bool load(void)
{
	const char *urls = getenv("DEBUGINFOD_URLS");
	if (library.tried)
		return library.session != NULL;
	library.tried = true;
	void *handle = urls && *urls ? dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL) : NULL;
	if (!handle)
		return false;
	client *(*begin)(void);
	*(void **)&begin = dlsym(handle, "debuginfod_begin");
	*(void **)&library.find_debuginfo = dlsym(handle, "debuginfod_find_debuginfo");
	*(void **)&library.find_executable = dlsym(handle, "debuginfod_find_executable");
	if (begin && library.find_debuginfo && library.find_executable)
		library.session = begin();
	return library.session != NULL;
}

bool rn_debuginfod_find(struct rn_buffer *path, struct rn_bytes build_id, bool program)
{
	char *found = NULL;
	if (!build_id.len || !load())
		return false;
	int fd = (program ? library.find_executable : library.find_debuginfo)(library.session,
		build_id.p, (int)build_id.len, &found);
	if (fd < 0)
		return false;
	close(fd);
	if (found)
		rn_put_text(path, found);
	free(found);
	return path->len > 0;
}
