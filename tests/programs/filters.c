/* SPDX-License-Identifier: MIT */
/*
 * filters: gives the kernel packet filters of every instruction there is and is not: classic ones to a socket and to
 * seccomp, extended ones to bpf. None is sound, so none is taken. Prints nothing: strace is what it is held to.
 */
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { N = 512, PAGE = 4096 };

static void give(int fd, const struct sock_fprog *program)
{
	setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, sizeof(*program));
	setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, program, sizeof(*program));
	syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 1000, program);
	syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 1);
}

/* Operands: extras of a packet, its headers, and any number. */
static uint32_t operand(unsigned i)
{
	return i % 3 == 0 ? (uint32_t)SKF_AD_OFF + i * 4 % 80 : i % 3 == 1 ? (uint32_t)SKF_LL_OFF + i * 32768 :
		i * 0x1234567;
}

static void classic(int fd, unsigned first)
{
	static struct sock_filter code[N];
	struct sock_fprog program = { N, code };
	for (unsigned i = 0; i < N; i++)
		code[i] = (struct sock_filter){ (uint16_t)(first + i), i % 5 ? 0 : (uint8_t)i,
			i % 7 ? 0 : (uint8_t)(i / 2), operand(i) };
	give(fd, &program);
}

/* Lengths and places that are not what they seem. */
static void odd(int fd)
{
	static struct sock_filter many[5000];
	char *page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(page + PAGE, PAGE);
	memset(many, 1, sizeof(many)); /* there, for a recorder inside of the kernel */
	struct sock_fprog programs[] = { { 0, many }, { 5, NULL }, { 0, NULL }, { 4200, many },
		{ 5, (void *)(page + PAGE - 20) }, { 5, (void *)(page + PAGE - 4) } };
	for (unsigned i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		give(fd, &programs[i]);
	setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, programs, 8);
	syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, page + PAGE - 6);
	syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL);
}

static void load(const void *code, unsigned n, unsigned size)
{
	union bpf_attr a;
	memset(&a, 0, sizeof(a));
	a.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	a.insn_cnt = n;
	a.insns = (uintptr_t)code;
	a.kern_version = 0x60102;
	a.license = (uintptr_t)"GPL";
	strcpy(a.prog_name, "filters");
	syscall(SYS_bpf, BPF_PROG_LOAD, &a, size);
}

static void extended(void)
{
	static struct bpf_insn code[5000];
	for (unsigned i = 0; i < sizeof(code) / sizeof(code[0]); i++)
		code[i] = (struct bpf_insn){ .code = (uint8_t)i, .dst_reg = i % 16, .src_reg = i / 3 % 16,
			.off = (int16_t)(i * 100 - 3000), .imm = i % 3 ? (int32_t)(i * 77777) : -5 };
	load(code, 256, 72);
	load(code, 256, 144);
	load(code, 5000, 72);
	load(code, 0, 72);
	load(NULL, 3, 72);
	load((void *)8, 3, 72);
}

int main(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	for (unsigned first = 0; first < 65536; first += N)
		classic(fd, first);
	odd(fd);
	extended();
	return 0;
}
