/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/mapped_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int rn_mapped_file_open(struct rn_mapped_file *m, const char *path, struct rn_error *err)
{
	struct stat st;
	int rc = 0;
	m->bytes = rn_bytes_of(NULL, 0);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return rn_fail_errno(err, rn_error_of_errno(errno), errno, "cannot read '%s'", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size <= 0) {
		rc = rn_fail(err, RN_E_IO, "'%s' is no regular file with contents", path);
	} else {
		void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p == MAP_FAILED)
			rc = rn_fail_errno(err, RN_E_IO, errno, "cannot read '%s'", path);
		else
			m->bytes = rn_bytes_of(p, (size_t)st.st_size);
	}
	close(fd);
	return rc;
}

void rn_mapped_file_close(struct rn_mapped_file *m)
{
	if (m->bytes.p)
		munmap((void *)m->bytes.p, m->bytes.len);
	m->bytes = rn_bytes_of(NULL, 0);
}
