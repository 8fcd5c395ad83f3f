/* SPDX-License-Identifier: MIT */
#include "shared/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void write_message(struct rn_error *err, int code, const char *fmt, va_list ap)
{
	err->code = code;
	err->position = 0;
	vsnprintf(err->message, sizeof(err->message), fmt, ap);
}

int rn_fail(struct rn_error *err, int code, const char *fmt, ...)
{
	if (err) {
		va_list ap;
		va_start(ap, fmt);
		write_message(err, code, fmt, ap);
		va_end(ap);
	}
	return code;
}

int rn_fail_errno(struct rn_error *err, int code, int errnum, const char *fmt, ...)
{
	if (err) {
		va_list ap;
		va_start(ap, fmt);
		write_message(err, code, fmt, ap);
		va_end(ap);
		size_t len = strlen(err->message);
		snprintf(err->message + len, sizeof(err->message) - len, ": %s",
			strerror(errnum));
	}
	return code;
}

void rn_error_prefix(struct rn_error *err, const char *fmt, ...)
{
	if (!err)
		return;
	char rest[sizeof(err->message)];
	memcpy(rest, err->message, sizeof(rest));
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(err->message, sizeof(err->message), fmt, ap);
	va_end(ap);
	size_t len = strlen(err->message);
	snprintf(err->message + len, sizeof(err->message) - len, ": %s", rest);
}

int rn_error_of_errno(int errnum)
{
	switch (errnum) {
	case ENOMEM:
		return RN_E_NOMEM;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return RN_E_NO_SPACE;
	case EPIPE:
		return RN_E_PIPE;
	case EPERM:
	case EACCES:
		return RN_E_PERM;
	case ENOENT:
		return RN_E_NOT_FOUND;
	case ESRCH:
		return RN_E_GONE;
	default:
		return RN_E_IO;
	}
}

const char *rn_error_text(int code)
{
	static const char *const texts[] = {
		"no error",
#define E(name, text) text,
#include "shared/errors.def"
#undef E
	};
	if (code > 0 || code <= -(int)RN_E_COUNT_)
		return "unknown error";
	return texts[-code];
}
