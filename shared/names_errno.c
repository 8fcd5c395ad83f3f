/* SPDX-License-Identifier: MIT */
#include "shared/names.h"

static const struct {
	const char *name, *text;
} errnos[] = {
#define ERRNO(number, name, text) [number] = { #name, text },
#include "shared/names/errno.def"
#undef ERRNO
};

enum { N_ERRNOS = sizeof(errnos) / sizeof(errnos[0]) };

const char *rn_errno_name(int errnum)
{
	return errnum > 0 && errnum < N_ERRNOS ? errnos[errnum].name : NULL;
}

const char *rn_errno_text(int errnum)
{
	return errnum > 0 && errnum < N_ERRNOS ? errnos[errnum].text : NULL;
}

int rn_errno_number(struct rn_bytes name)
{
	for (int i = 0; i < N_ERRNOS; i++)
		if (errnos[i].name && rn_bytes_equal(rn_bytes_str(errnos[i].name), name))
			return i;
	return -1;
}
