/* SPDX-License-Identifier: MIT */
/*
 * Names come from the last one up. Files on file systems mounted nowhere have no path: the kernel's
 * own text for them is made here, by the magic of their file system (<linux/magic.h>).
 */
#include "record/bpf/bpf.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#define PIPEFS 0x50495045u
#define SOCKFS 0x534f434bu
#define ANON_INODE_FS 0x09041934u
#define PIDFS 0x50494446u

uint64_t rn_bpf_dev(uint64_t dev)
{
	return makedev((unsigned)(dev >> 20), (unsigned)(dev & 0xfffff));
}

bool rn_bpf_take_path(struct rn_bytes record, size_t bytes, struct rn_bpf_path *p,
	struct rn_bytes *names)
{
	if (record.len < bytes || bytes < sizeof(*p))
		return false;
	memcpy(p, record.p + bytes - sizeof(*p), sizeof(*p));
	if (p->names_bytes > record.len - bytes)
		return false;
	*names = rn_bytes_of(record.p + bytes, p->names_bytes);
	return true;
}

static size_t put(char *buf, size_t cap, size_t at, const void *text, size_t len)
{
	if (at + len > cap)
		len = cap - at;
	memcpy(buf + at, text, len);
	return at + len;
}

/* The name that ends at `end` (its NUL not counted) begins behind the NUL before it. */
static size_t name_begin(struct rn_bytes names, size_t end)
{
	while (end > 0 && names.p[end - 1])
		end--;
	return end;
}

static size_t unmounted(const struct rn_bpf_path *p, struct rn_bytes names, char *buf, size_t cap)
{
	int len;
	int n = names.len ? (int)strnlen((const char *)names.p, names.len) : 0;
	const char *name = n ? (const char *)names.p : "";
	switch (p->magic) {
	case PIPEFS:
		len = snprintf(buf, cap, "pipe:[%llu]", (unsigned long long)p->ino);
		break;
	case SOCKFS:
		len = snprintf(buf, cap, "socket:[%llu]", (unsigned long long)p->ino);
		break;
	case ANON_INODE_FS:
		len = snprintf(buf, cap, "anon_inode:%.*s", n, name);
		break;
	case PIDFS:
		len = snprintf(buf, cap, "anon_inode:[pidfd]");
		break;
	default: /* memfd and the like */
		len = snprintf(buf, cap, "/%.*s (deleted)", n, name);
	}
	return len < 0 ? 0 : (size_t)len < cap ? (size_t)len : cap - 1;
}

size_t rn_bpf_path_text(const struct rn_bpf_path *p, struct rn_bytes names, char *buf, size_t cap)
{
	static const char deleted[] = " (deleted)";
	size_t at = 0, end = names.len;
	if (!p->mounted)
		return unmounted(p, names, buf, cap);
	if (p->cut)
		at = put(buf, cap, at, "...", 3);
	while (end > 0) {
		size_t begin = name_begin(names, end - 1);
		at = put(buf, cap, at, "/", 1);
		at = put(buf, cap, at, names.p + begin, end - 1 - begin);
		end = begin;
	}
	if (!at)
		at = put(buf, cap, at, "/", 1);
	if (p->unlinked)
		at = put(buf, cap, at, deleted, sizeof(deleted) - 1);
	return at;
}
