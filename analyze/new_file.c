/* SPDX-License-Identifier: MIT */
#include "analyze/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int cannot_write(const struct rn_new_file *f, int errnum, struct rn_error *err)
{
	return rn_fail_errno(err, rn_error_of_errno(errnum), errnum, "cannot write '%s'", f->destination);
}

int rn_new_file_begin(struct rn_new_file *f, const char *destination, struct rn_error *err)
{
	*f = (struct rn_new_file){ destination, RN_BUFFER_INIT };
	rn_put_text(&f->name, destination);
	rn_put_text(&f->name, ".XXXXXX");
	rn_buffer_cstr(&f->name);
	if (!rn_buffer_ok(&f->name))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	int fd = mkostemp((char *)f->name.p, O_CLOEXEC);
	if (fd >= 0)
		return fd;
	int errnum = errno;
	rn_buffer_clear(&f->name);
	return cannot_write(f, errnum, err);
}

int rn_new_file_end(struct rn_new_file *f, int rc, struct rn_error *err)
{
	const char *name = rn_buffer_cstr(&f->name);
	bool there = rn_buffer_ok(&f->name) && *name;
	if (!rc && there && rename(name, f->destination) < 0)
		rc = cannot_write(f, errno, err);
	if (rc && there)
		unlink(name);
	rn_buffer_fini(&f->name);
	return rc;
}
