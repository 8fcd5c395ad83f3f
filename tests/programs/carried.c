/* SPDX-License-Identifier: MIT */
/*
 * carried - calls that i386 has inside of others: sockets through socketcall, semaphores and messages
 * through ipc. What they point to lies below 4 GiB.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { SOCKETCALL = 102, IPC = 117, CLOSE = 6 };
enum { SOCKET = 1, BIND = 2, LISTEN = 4, GETSOCKNAME = 6, SOCKETPAIR = 8, SEND = 9, RECV = 10,
	SETSOCKOPT = 14, GETSOCKOPT = 15, SENDMSG = 16, RECVMSG = 17 };
enum { SEMOP = 1, SEMGET = 2, SEMCTL = 3, MSGSND = 11, MSGRCV = 12, MSGGET = 13, MSGCTL = 14 };

static uint8_t *low;   /* below 4 GiB */
static uint32_t used = 64;

static uint32_t put(const void *bytes, uint32_t n)
{
	uint32_t at = used;
	memcpy(low + at, bytes, n);
	used += (n + 15) & ~15u;
	return (uint32_t)(uintptr_t)(low + at);
}

static int call(uint32_t nr, const uint32_t a[5])
{
	long r;
	__asm__ volatile("int $0x80" : "=a"(r) : "a"((long)nr), "b"((long)a[0]), "c"((long)a[1]),
		"d"((long)a[2]), "S"((long)a[3]), "D"((long)a[4])
		: "memory", "r8", "r9", "r10", "r11");
	return (int)r;
}

static int socketcall(uint32_t number, const uint32_t words[6])
{
	return call(SOCKETCALL, (uint32_t[5]){ number, put(words, 24) });
}

static void talk(void)
{
	static const uint8_t name[8] = { 1, 0, 0, 'r', 'n', 'c', 'a', 'r' };
	static const uint32_t one = 1, sixteen = 16;
	uint32_t pair = put("........", 8), text = put("carried across", 14), room = put("                ", 16);
	uint32_t fd = (uint32_t)socketcall(SOCKET, (uint32_t[6]){ 1, 1, 0 });
	socketcall(BIND, (uint32_t[6]){ fd, put(name, 8), 8 });
	socketcall(LISTEN, (uint32_t[6]){ fd, 4 });
	socketcall(GETSOCKNAME, (uint32_t[6]){ fd, room, put(&sixteen, 4) });
	socketcall(SETSOCKOPT, (uint32_t[6]){ fd, 1, 2, put(&one, 4), 4 });
	socketcall(GETSOCKOPT, (uint32_t[6]){ fd, 1, 3, room, put(&sixteen, 4) });
	socketcall(SOCKETPAIR, (uint32_t[6]){ 1, 1, 0, pair });
	uint32_t ends[2];
	memcpy(ends, (void *)(uintptr_t)pair, 8);
	socketcall(SEND, (uint32_t[6]){ ends[0], text, 14, 0 });
	socketcall(RECV, (uint32_t[6]){ ends[1], room, 16, 0 });
	uint32_t iov = put((uint32_t[2]){ text, 7 }, 8);
	uint32_t message = put((uint32_t[7]){ 0, 0, iov, 1, 0, 0, 0 }, 28);
	socketcall(SENDMSG, (uint32_t[6]){ ends[0], message, 0 });
	uint32_t into = put((uint32_t[2]){ room, 16 }, 8);
	socketcall(RECVMSG, (uint32_t[6]){ ends[1], put((uint32_t[7]){ 0, 0, into, 1, 0, 0, 0 }, 28), 0 });
	for (int i = 0; i < 2; i++)
		call(CLOSE, (uint32_t[5]){ ends[i] });
}

static void exchange(void)
{
	static const uint16_t up[3] = { 0, 1, 0 };
	uint8_t message[12] = { 3, 0, 0, 0, 'l', 'e', 't', 't', 'e', 'r' };
	uint32_t room = put("            ", 12), zero = 0;
	uint32_t set = (uint32_t)call(IPC, (uint32_t[5]){ SEMGET, 0, 1, 0600 });
	call(IPC, (uint32_t[5]){ SEMOP, set, 1, 0, put(up, 6) });
	call(IPC, (uint32_t[5]){ SEMCTL, set, 0, 0x100 /* IPC_RMID, IPC_64 */, put(&zero, 4) });
	uint32_t queue = (uint32_t)call(IPC, (uint32_t[5]){ MSGGET, 0, 0600 });
	call(IPC, (uint32_t[5]){ MSGSND, queue, 6, 0, put(message, 12) });
	uint32_t old = put((uint32_t[2]){ room, 3 }, 8); /* what and which, as the older kind has it */
	call(IPC, (uint32_t[5]){ MSGRCV, queue, 8, 0, old });
	call(IPC, (uint32_t[5]){ MSGCTL, queue, 0x100, 0, 0 });
}

int main(void)
{
	low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (low == MAP_FAILED)
		return 1;
	talk();
	exchange();
	puts("carried");
	return 0;
}
