/* SPDX-License-Identifier: MIT */
/*
 * What a descriptor is, between < and >. The first of these that is wanted and fits says it: the
 * socket's protocol and ends, the device's number, the process of a pidfd, the path.
 */
#include "analyze/decode/print.h"

#include "format/socket_ends.h"

#include <arpa/inet.h>

enum { AF_UNIX_ = 1, AF_INET_ = 2, AF_INET6_ = 10, AF_NETLINK_ = 16 };

static uint64_t family_of(struct rn_bytes address)
{
	return rn_field_u(address, 0, 2);
}

static void put_ip(struct rn_print *p, struct rn_bytes address)
{
	char text[INET6_ADDRSTRLEN];
	bool six = family_of(address) == AF_INET6_;
	struct rn_bytes ip = rn_bytes_part(address, six ? 8 : 4, six ? 16 : 4);
	if (!inet_ntop(six ? AF_INET6 : AF_INET, ip.p, text, sizeof(text)))
		return;
	rn_put_format(p->out, six ? "[%s]:%u" : "%s:%u", text, (unsigned)rn_field_be(address, 2, 2));
}

static bool is_ip(struct rn_bytes address)
{
	return (family_of(address) == AF_INET_ && address.len >= 16) ||
		(family_of(address) == AF_INET6_ && address.len >= 28);
}

static bool is_prefix(struct rn_bytes s, const char *prefix)
{
	size_t len = strlen(prefix);
	return s.len >= len && memcmp(s.p, prefix, len) == 0;
}

/* A socket that has no port yet goes by its inode. */
static bool put_ip_ends(struct rn_print *p, struct rn_bytes proto, const struct rn_socket_ends *e)
{
	if (!is_ip(e->local) || !rn_field_be(e->local, 2, 2) || is_prefix(proto, "RAW") ||
	    is_prefix(proto, "PING"))
		return false; /* what stands in the place of a port is none */
	put_ip(p, e->local);
	if (is_ip(e->peer)) {
		RN_PUT(p, "->");
		put_ip(p, e->peer);
	}
	return true;
}

static void put_unix_name(struct rn_print *p, struct rn_bytes name)
{
	if (!name.len)
		return;
	rn_put_u8(p->out, ',');
	if (!name.p[0]) {
		rn_put_u8(p->out, '@');
		rn_print_quoted(p, rn_bytes_part(name, 1, name.len));
		return;
	}
	const uint8_t *nul = memchr(name.p, 0, name.len);
	rn_print_quoted(p, rn_bytes_of(name.p, nul ? (size_t)(nul - name.p) : name.len));
}

static bool put_unix_ends(struct rn_print *p, const struct rn_fd_facts *f, const struct rn_socket_ends *e)
{
	uint64_t peer = e->peer_ino ? e->peer_ino : f->peer_ino;
	if (family_of(e->local) != AF_UNIX_)
		return false;
	rn_put_udec(p->out, f->ino);
	if (peer) {
		RN_PUT(p, "->");
		rn_put_udec(p->out, peer);
	}
	put_unix_name(p, rn_bytes_part(e->local, 2, 108));
	return true;
}

static bool put_netlink_end(struct rn_print *p, const struct rn_socket_ends *e)
{
	const char *name = rn_name_of(RN_NAMES_protocol_netlink, p->abi, e->protocol);
	uint64_t port = rn_field_u(e->local, 4, 4);
	if (family_of(e->local) != AF_NETLINK_ || !port)
		return false;
	if (name)
		rn_put_text(p->out, strncmp(name, "NETLINK_", 8) == 0 ? name + 8 : name);
	else
		rn_put_udec(p->out, e->protocol);
	rn_put_u8(p->out, ':');
	rn_put_udec(p->out, port);
	return true;
}

/* The protocols that are told by name; other sockets are "socket:[inode]". */
static bool is_told(struct rn_bytes proto)
{
	static const char *const names[] = { "DCCP", "DCCPv6", "L2TP/IP", "L2TP/IPv6", "NETLINK", "PING",
		"PINGv6", "RAW", "RAWv6", "SCTP", "SCTPv6", "TCP", "TCPv6", "UDP", "UDP-Lite",
		"UDPLITEv6", "UDPv6", "UNIX", "UNIX-STREAM" };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (rn_bytes_equal(proto, rn_bytes_str(names[i])))
			return true;
	return false;
}

static bool put_socket(struct rn_print *p, const struct rn_fd_facts *f)
{
	struct rn_socket_ends ends;
	if (!(p->style->fds & RN_FDS_SOCKET) || f->kind != RN_FDK_SOCKET || !is_told(f->proto) || !f->ino)
		return false;
	rn_put_bytes(p->out, f->proto.p, f->proto.len);
	RN_PUT(p, ":[");
	if (!rn_socket_ends_take(&ends, f->detail) ||
	    (!put_ip_ends(p, f->proto, &ends) && !put_unix_ends(p, f, &ends) && !put_netlink_end(p, &ends)))
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
