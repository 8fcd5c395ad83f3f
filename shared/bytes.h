/* SPDX-License-Identifier: MIT */
/**
 * bytes - a borrowed run of bytes; whoever hands it out says until when.
 */
#ifndef RN_SHARED_BYTES_H
#define RN_SHARED_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct rn_bytes {
	const uint8_t *p; /* may be NULL when len is 0; not NUL-terminated */
	size_t len;
};

static inline struct rn_bytes rn_bytes_of(const void *p, size_t len)
{
	return (struct rn_bytes){ (const uint8_t *)p, len };
}

/** The bytes of a C string without its NUL. */
static inline struct rn_bytes rn_bytes_str(const char *s)
{
	return rn_bytes_of(s, s ? strlen(s) : 0);
}

static inline int rn_bytes_equal(struct rn_bytes a, struct rn_bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* Two arguments for "%.*s" in a message: user's words are quoted, but not without end. */
#define RN_QUOTED(b) (int)((b).len > 100 ? 100 : (b).len), (const char *)(b).p

#endif
