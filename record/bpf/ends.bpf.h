/* SPDX-License-Identifier: MIT */
/**
 * ends - the two addresses of a socket, as getsockname and getpeername would give them; the process
 * of a pidfd.
 */
#ifndef RN_RECORD_BPF_ENDS_BPF_H
#define RN_RECORD_BPF_ENDS_BPF_H

#include "record/bpf/common.bpf.h"

#define AF_UNIX_ 1
#define AF_INET_ 2
#define AF_INET6_ 10
#define AF_NETLINK_ 16
#define SOCKFS 0x534f434bu
#define ANON_INODE_FS 0x09041934u
#define PIDFS 0x50494446u

/* struct sockaddr_in, struct sockaddr_in6, struct sockaddr_nl. */
static __always_inline void put_inet(__u8 *out, __u8 *len, __u16 port, __u32 address)
{
	*(__u64 *)(out + 8) = 0;
	*(__u16 *)out = AF_INET_;
	*(__u16 *)(out + 2) = port;
	*(__u32 *)(out + 4) = address;
	*len = 16;
}

static __always_inline void put_inet6(__u8 *out, __u8 *len, __u16 port, const struct in6_addr *address)
{
	*(__u16 *)out = AF_INET6_;
	*(__u16 *)(out + 2) = port;
	*(__u32 *)(out + 4) = 0;
	__builtin_memcpy(out + 8, address, 16);
	*(__u32 *)(out + 24) = 0;
	*len = 28;
}

static __always_inline void put_netlink(__u8 *out, __u8 *len, __u32 port, __u32 groups)
{
	*(__u32 *)out = AF_NETLINK_;
	*(__u32 *)(out + 4) = port;
	*(__u32 *)(out + 8) = groups;
	*len = 12;
}

static __always_inline void put_unix(__u8 *out, __u8 *len, struct sock *sk)
{
	struct unix_sock *u = (void *)sk;
	struct unix_address *a = READ(u, addr);
	__u32 n = a ? (__u32)READ(a, len) : 0;
	*(__u16 *)out = AF_UNIX_;
	*len = 2;
	if (n < 2 || n > RN_BPF_ADDRESS)
		return;
	bpf_probe_read_kernel(out, n, (void *)a + bpf_core_field_offset(struct unix_address, name));
	*len = (__u8)n;
}

static __always_inline __u16 swapped(__u16 v)
{
	return (__u16)(v << 8 | v >> 8);
}

static __always_inline void read_inet(struct rn_bpf_ends *e, struct sock *sk)
{
	__u16 port = swapped(READ(sk, __sk_common.skc_num));
	__u16 peer_port = READ(sk, __sk_common.skc_dport);
	put_inet(e->local, &e->local_len, port, READ(sk, __sk_common.skc_rcv_saddr));
	if (peer_port)
		put_inet(e->peer, &e->peer_len, peer_port, READ(sk, __sk_common.skc_daddr));
}

static __always_inline void read_inet6(struct rn_bpf_ends *e, struct sock *sk)
{
	__u16 port = swapped(READ(sk, __sk_common.skc_num));
	__u16 peer_port = READ(sk, __sk_common.skc_dport);
	struct in6_addr a = READ(sk, __sk_common.skc_v6_rcv_saddr);
	put_inet6(e->local, &e->local_len, port, &a);
	a = READ(sk, __sk_common.skc_v6_daddr);
	if (peer_port)
		put_inet6(e->peer, &e->peer_len, peer_port, &a);
}

static __always_inline void read_unix(struct rn_bpf_ends *e, struct sock *sk)
{
	struct unix_sock *u = (void *)sk;
	struct sock *peer = READ(u, peer);
	put_unix(e->local, &e->local_len, sk);
	if (!peer)
		return;
	put_unix(e->peer, &e->peer_len, peer);
	struct file *file = READ(READ(peer, sk_socket), file);
	e->peer_ino = file ? READ(READ(file, f_inode), i_ino) : 0;
}

static __always_inline void read_netlink(struct rn_bpf_ends *e, struct sock *sk)
{
	struct netlink_sock *n = (void *)sk;
	put_netlink(e->local, &e->local_len, READ(n, portid), 0);
	put_netlink(e->peer, &e->peer_len, READ(n, dst_portid), READ(n, dst_group));
}

static __always_inline void read_socket(struct rn_bpf_ends *e, struct file *file)
{
	struct socket *socket = READ(file, private_data);
	struct sock *sk = READ(socket, sk);
	if (!sk)
		return;
	e->protocol = READ(sk, sk_protocol);
	switch (READ(sk, __sk_common.skc_family)) {
	case AF_INET_:
		read_inet(e, sk);
		break;
	case AF_INET6_:
		read_inet6(e, sk);
		break;
	case AF_UNIX_:
		read_unix(e, sk);
		break;
	case AF_NETLINK_:
		read_netlink(e, sk);
		break;
	}
}

/* Up to 6.8 a pidfd is an anonymous inode of that name, its file holds the struct pid; later its inode
 * does. */
static __always_inline __u32 read_pidfd(struct file *file, __u32 magic, const __u8 *name)
{
	static const char anon[8] = "[pidfd]";
	struct pid *pid = NULL;
	if (magic == PIDFS)
		pid = READ(READ(file, f_inode), i_private);
	else if (magic == ANON_INODE_FS && *(__u64 *)name == *(const __u64 *)anon)
		pid = READ(file, private_data);
	return pid ? number_of_pid(pid) : 0;
}

/* False: it has none. */
static __always_inline bool read_ends(struct rn_bpf_ends *e, struct file *file, __u32 magic,
	const __u8 *name)
{
	e->protocol = 0;
	e->local_len = e->peer_len = 0;
	e->peer_ino = 0;
	e->pid = read_pidfd(file, magic, name);
	if (magic == SOCKFS)
		read_socket(e, file);
	return magic == SOCKFS || e->pid;
}

#endif
