/* SPDX-License-Identifier: MIT */
#include "record/embed/debug.h"

#include "record/tracee/modules.h"
#include "shared/buffer.h"

#include <fcntl.h>
#include <unistd.h>

static int open_path(struct rn_buffer *path, struct rn_bytes id)
{
	rn_put_text(path, "/usr/lib/debug/.build-id/");
	for (size_t i = 0; i < id.len; i++)
		rn_put_format(path, i ? "%02x" : "%02x/", id.p[i]);
	rn_put_text(path, ".debug");
	const char *name = rn_buffer_cstr(path);
	return rn_buffer_ok(path) ? open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
}

int rn_debug_file_open(struct rn_bytes build_id)
{
	struct rn_buffer path = RN_BUFFER_INIT;
	uint8_t id[RN_BUILD_ID_MAX];
	if (build_id.len < 2 || build_id.len > sizeof(id))
		return -1;
	int fd = open_path(&path, build_id);
	rn_buffer_fini(&path);
	if (fd < 0)
		return -1;
	uint8_t len = rn_build_id_of_file(fd, id);
	if (rn_bytes_equal(rn_bytes_of(id, len), build_id))
		return fd;
	close(fd);
	return -1;
}
