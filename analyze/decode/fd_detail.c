/* SPDX-License-Identifier: MIT */
/*
 * What a descriptor is, between < and >. The first of these that is wanted and fits says it: the
 * socket's protocol and ends (the recorder's words), the device's number, the process of a pidfd,
 * the path.
 */
#include "analyze/decode/print.h"

static bool put_socket(struct rn_print *p, const struct rn_fd_facts *f)
{
	if (!(p->style->fds & RN_FDS_SOCKET) || f->kind != RN_FDK_SOCKET || !f->proto.len || !f->ino)
		return false;
	rn_put_bytes(p->out, f->proto.p, f->proto.len);
	RN_PUT(p, ":[");
	if (f->detail.len)
		rn_put_bytes(p->out, f->detail.p, f->detail.len);
	else
		rn_put_udec(p->out, f->ino);
	rn_put_u8(p->out, ']');
	return true;
}

/* Major and minor number as the kernel packs them (makedev(3)). */
static bool put_device(struct rn_print *p, const struct rn_fd_facts *f)
{
	bool is_char = f->kind == RN_FDK_CHAR;
	if (!(p->style->fds & RN_FDS_DEV) || (!is_char && f->kind != RN_FDK_BLOCK))
		return false;
	uint64_t major = (f->rdev >> 8 & 0xfff) | (f->rdev >> 32 & ~(uint64_t)0xfff);
	uint64_t minor = (f->rdev & 0xff) | (f->rdev >> 12 & 0xffffff00);
	rn_print_angled(p, f->target);
	rn_put_format(p->out, "<%s %llu:%llu>", is_char ? "char" : "block",
		(unsigned long long)major, (unsigned long long)minor);
	return true;
}

static bool put_pidfd(struct rn_print *p, const struct rn_fd_facts *f)
{
	if (!(p->style->fds & RN_FDS_PIDFD) || f->kind != RN_FDK_ANON || !f->detail.len ||
	    !rn_bytes_equal(f->target, rn_bytes_str("anon_inode:[pidfd]")))
		return false;
	RN_PUT(p, "pid:");
	rn_put_bytes(p->out, f->detail.p, f->detail.len);
	return true;
}

static bool is_suffixed(struct rn_bytes s, struct rn_bytes suffix)
{
	return s.len > suffix.len && memcmp(s.p + s.len - suffix.len, suffix.p, suffix.len) == 0;
}

/* The kernel marks the path of what was unlinked; a file may also be called that ("exists"). */
static bool put_path(struct rn_print *p, const struct rn_fd_facts *f, bool *deleted)
{
	struct rn_bytes mark = rn_bytes_str(" (deleted)"), path = f->target;
	if (!(p->style->fds & RN_FDS_PATH) || !path.len)
		return false;
	*deleted = is_suffixed(path, mark) && !rn_bytes_equal(f->detail, rn_bytes_str("exists"));
	if (*deleted)
		path.len -= mark.len;
	rn_print_angled(p, path);
	return true;
}

void rn_print_fd_facts(struct rn_print *p, const struct rn_fd_facts *f)
{
	size_t mark = p->out->len;
	bool deleted = false;
	rn_put_u8(p->out, '<');
	if (!put_socket(p, f) && !put_device(p, f) && !put_pidfd(p, f) && !put_path(p, f, &deleted)) {
		p->out->len = mark;
		return;
	}
	rn_put_u8(p->out, '>');
	if (deleted)
		RN_PUT(p, "(deleted)");
}

void rn_print_comm(struct rn_buffer *out, struct rn_bytes comm)
{
	const struct rn_decode_style style = { .hex_strings = RN_HEX_NONE };
	struct rn_print p = { .out = out, .style = &style };
	rn_put_u8(out, '<');
	rn_print_angled(&p, comm);
	rn_put_u8(out, '>');
}
