/* SPDX-License-Identifier: MIT */
#include "record/tracee/sockets.h"

#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same on every architecture; older C libraries do not name them. */
#define NR_PIDFD_OPEN 434
#define NR_PIDFD_GETFD 438

/* The last process asked about is mostly the next one, too. A recycled id cannot deceive: a pidfd
 * stays with its process. */
static int copy_descriptor(struct rn_sockets *s, pid_t pid, int fd)
{
	for (unsigned attempt = 0; attempt < 2 && pid > 0; attempt++) {
		bool kept = s->pid == pid;
		if (!kept) {
			if (s->pid)
				close(s->pidfd);
			s->pidfd = (int)syscall(NR_PIDFD_OPEN, pid, 0);
			s->pid = s->pidfd < 0 ? 0 : pid;
		}
		int copy = s->pid ? (int)syscall(NR_PIDFD_GETFD, s->pidfd, fd, 0) : -1;
		if (copy >= 0 || !kept)
			return copy;
		close(s->pidfd);
		s->pid = 0;
	}
	return -1;
}

static int open_diag(struct rn_sockets *s)
{
	if (!s->diag) {
		int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
		s->diag = fd < 0 ? -1 : fd + 1;
	}
	return s->diag - 1;
}

/* The attribute UNIX_DIAG_PEER of an answer: an inode. */
static uint64_t find_peer(const uint8_t *p, size_t len)
{
	struct nlmsghdr head;
	struct nlattr attr;
	size_t at = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct unix_diag_msg));
	if (len < at)
		return 0;
	memcpy(&head, p, sizeof(head));
	if (head.nlmsg_type != SOCK_DIAG_BY_FAMILY || head.nlmsg_len > len)
		return 0;
	for (; at + NLA_HDRLEN <= head.nlmsg_len; at += NLA_ALIGN(attr.nla_len)) {
		uint32_t ino;
		memcpy(&attr, p + at, sizeof(attr));
		if (attr.nla_len < NLA_HDRLEN || at + attr.nla_len > head.nlmsg_len)
			return 0;
		if (attr.nla_type != UNIX_DIAG_PEER || attr.nla_len < NLA_HDRLEN + sizeof(ino))
			continue;
		memcpy(&ino, p + at + NLA_HDRLEN, sizeof(ino));
		return ino;
	}
	return 0;
}

/* The kernel answers within the request: nothing is waited for. */
static uint64_t unix_peer(struct rn_sockets *s, uint64_t ino)
{
	struct {
		struct nlmsghdr head;
		struct unix_diag_req request;
	} ask = {
		.head = { .nlmsg_len = sizeof(ask), .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST },
		.request = { .sdiag_family = AF_UNIX, .udiag_states = UINT32_MAX,
			.udiag_ino = (uint32_t)ino, .udiag_show = UDIAG_SHOW_PEER,
			.udiag_cookie = { UINT32_MAX, UINT32_MAX } },
	};
	uint8_t answer[1024];
	int fd = open_diag(s);
	if (fd < 0 || send(fd, &ask, sizeof(ask), MSG_DONTWAIT) < 0)
		return 0;
	ssize_t len = recv(fd, answer, sizeof(answer), MSG_DONTWAIT);
	return len > 0 ? find_peer(answer, (size_t)len) : 0;
}

struct address {
	struct sockaddr_storage bytes;
	socklen_t len;
};

static struct rn_bytes address_of(int fd, struct address *a,
	int ask(int fd, struct sockaddr *address, socklen_t *len))
{
	a->len = sizeof(a->bytes);
	if (ask(fd, (struct sockaddr *)&a->bytes, &a->len) < 0)
		return rn_bytes_of(NULL, 0);
	return rn_bytes_of((const uint8_t *)&a->bytes,
		a->len < sizeof(a->bytes) ? a->len : sizeof(a->bytes));
}

size_t rn_sockets_detail(struct rn_sockets *s, pid_t pid, int fd, uint64_t ino, struct rn_bytes hint,
	uint8_t *out)
{
	struct address local, peer;
	struct rn_socket_ends ends = { 0 };
	int protocol = 0, copy = copy_descriptor(s, pid, fd);
	socklen_t len = sizeof(protocol);
	if (copy < 0)
		return 0;
	ends.local = address_of(copy, &local, getsockname);
	ends.peer = address_of(copy, &peer, getpeername);
	if (getsockopt(copy, SOL_SOCKET, SO_PROTOCOL, &protocol, &len) == 0)
		ends.protocol = (uint16_t)protocol;
	close(copy);
	if (!ends.peer.len)
		ends.peer = hint;
	if (ends.local.len >= sizeof(sa_family_t) && local.bytes.ss_family == AF_UNIX)
		ends.peer_ino = unix_peer(s, ino);
	return ends.local.len ? rn_socket_ends_put(out, &ends) : 0;
}
