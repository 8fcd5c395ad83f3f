/* SPDX-License-Identifier: MIT */
/* every_argument ABI ERRNO [ROUNDS] - makes every system call of the table with arguments of every
 * sort, harmlessly: a seccomp filter answers all of them with ERRNO (0: success) before the kernel
 * looks at them, while a tracer sees them and the memory behind them.
 *
 * ABI: x86_64, or i386 through int 0x80 of 64-bit code. What the arguments point to lies below 4 GiB
 * at a fixed place: whole and broken strings, records, vectors of pointers, memory that ends in the
 * midst of a record. What the arguments are comes from the table (each number of an enum once, flags
 * with unknown bits among them) and from a generator with a fixed seed, so that two runs are equal.
 * Exits with 77 when it cannot filter its own calls. */
#include "shared/names.h"
#include "shared/syscall.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __x86_64__

#define PAGE 4096u
#define PLACE 0x10000000u /* one page per sort, an unmapped one behind each */

/* What lies at the beginning of each page. */
enum sort {
	TEXT, ONES, COUNTED, SMALL, VECTORS, ZEROES, MIXED, SORTS
};

static uint64_t at(enum sort s)
{
	return PLACE + s * 2 * PAGE;
}

static uint32_t state = 1;

static uint32_t next_random(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static uint32_t below(uint32_t n)
{
	return next_random() % n;
}

static void put_word(uint8_t *to, unsigned bytes, uint64_t v)
{
	memcpy(to, &v, bytes);
}

/* Pairs of pointer and length, as in an iovec; a msghdr reads the same in another way. */
static void fill_vectors(uint8_t *p, unsigned word)
{
	static const uint8_t sorts[] = { TEXT, COUNTED, VECTORS, SMALL, TEXT, ZEROES };
	for (unsigned i = 0; i < sizeof(sorts); i++) {
		put_word(p + 2 * i * word, word, at(sorts[i]) + (i ? 0 : 4));
		put_word(p + (2 * i + 1) * word, word, i + 1);
	}
}

static void fill(unsigned word)
{
	for (unsigned s = 0; s < SORTS; s++)
		if (mmap((void *)(uintptr_t)at(s), PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
			exit(77);
	uint8_t *text = (uint8_t *)(uintptr_t)at(TEXT), *mixed = (uint8_t *)(uintptr_t)at(MIXED);
	memcpy(text, "abc\0/some/name\n\0\001\"2\\", 21);
	memset((void *)(uintptr_t)at(ONES), 0xff, PAGE);
	for (unsigned i = 0; i < PAGE; i++) {
		((uint8_t *)(uintptr_t)at(COUNTED))[i] = (uint8_t)i;
		mixed[i] = (uint8_t)next_random();
	}
	for (unsigned i = 0; i < PAGE / 4; i++)
		((uint32_t *)(uintptr_t)at(SMALL))[i] = 1 + i % 5;
	fill_vectors((uint8_t *)(uintptr_t)at(VECTORS), word);
}

static uint64_t any_address(void)
{
	uint32_t s = below(SORTS), how = below(16);
	if (how == 0)
		return 0;
	if (how == 1)
		return UINT64_MAX;
	if (how == 2)
		return at(s) + PAGE; /* nothing there */
	if (how <= 4)
		return at(s) + PAGE - 1 - below(64); /* ends soon */
	return how <= 6 ? at(s) + 4 * below(64) : at(s);
}

static uint64_t any_length(void)
{
	static const uint16_t some[] = { 0, 1, 2, 3, 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 72, 88,
		96, 110, 112, 120, 128, 136, 256, 4096 };
	uint32_t i = below(sizeof(some) / sizeof(some[0]) + 2);
	return i < sizeof(some) / sizeof(some[0]) ? some[i] : i & 1 ? UINT64_MAX : 0x12345678;
}

static uint64_t any_number(void)
{
	static const int64_t some[] = { 0, 1, 2, 3, 5, 8, 10, -1, -2, -100, 0x100, 0x1000, 0x12345678,
		0x80000000, 0xffffffff, 0x7fffffffffffffff, (int64_t)0xdeadbeefcafef00d };
	return (uint64_t)some[below(sizeof(some) / sizeof(some[0]))];
}

static const struct rn_names *names_of(const struct rn_arg *a, enum rn_abi abi)
{
	switch (a->kind) {
	case RN_ARG_ENUM:
	case RN_ARG_FLAGS:
	case RN_ARG_IPC_FLAGS:
		return rn_names((enum rn_names_id)a->aux, abi);
	case RN_ARG_IOCTL_CMD:
		return rn_names(RN_NAMES_ioctl, abi);
	case RN_ARG_CLOCK:
		return rn_names(RN_NAMES_clock, abi);
	default:
		return rn_names(RN_NAMES_none, abi);
	}
}

static uint64_t any_named(const struct rn_names *t)
{
	uint64_t v = below(8) ? t->entry[below(t->n)].value : any_number();
	if (!t->is_enum)
		for (unsigned k = below(4); k; k--)
			v |= t->entry[below(t->n)].value;
	if (!t->is_enum && !below(4))
		v |= (uint64_t)1 << below(64);
	if (t->field && below(2))
		v = (v & ~t->field_mask) | t->field->entry[below(t->field->n)].value;
	return v;
}

/* The quota and its command; an int both ways. */
static uint64_t any_quota_command(void)
{
	const struct rn_names *t = rn_names(RN_NAMES_quota_cmd, RN_ABI_X86_64);
	return t->entry[below(t->n)].value << 8 | below(4);
}

static uint64_t any_value(const struct rn_syscall *call, unsigned i, enum rn_abi abi)
{
	const struct rn_arg *a = &call->arg[i];
	const struct rn_names *t = names_of(a, abi);
	if (t->n)
		return any_named(t);
	if (a->kind == RN_ARG_QUOTACTL_ARG && i < 2 && below(4))
		return any_quota_command();
	if (a->kind == RN_ARG_INT || a->kind == RN_ARG_UINT || a->kind == RN_ARG_SIZE)
		return below(3) ? any_length() : any_number();
	if (a->dir || a->kind == RN_ARG_PTR || a->kind == RN_ARG_HEX || a->kind == RN_ARG_CLONE_ARG)
		return below(5) ? any_address() : any_number();
	return any_number();
}

/* The kernel looks at 32 bits of a register there; what the others hold is nobody's business. */
static void make(enum rn_abi abi, uint32_t nr, uint64_t *a)
{
	if (abi == RN_ABI_I386) {
		for (unsigned i = 0; i < 6; i++)
			a[i] &= UINT32_MAX;
		uint64_t result;
		register uint64_t bp __asm__("r8") = a[5];
		__asm__ volatile("push %%rbp\n\tmov %%r8, %%rbp\n\tint $0x80\n\tpop %%rbp"
			: "=a"(result)
			: "a"((uint64_t)nr), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4]), "r"(bp)
			: "memory", "r9", "r10", "r11");
		(void)result;
	} else {
		syscall((long)nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
}

/* The argument whose numbers are tried one by one. */
static unsigned command_of(const struct rn_syscall *call, enum rn_abi abi)
{
	for (unsigned i = 0; i < call->n_args; i++)
		if (names_of(&call->arg[i], abi)->n && names_of(&call->arg[i], abi)->is_enum)
			return i;
	return 6;
}

static void make_with_all(enum rn_abi abi, uint32_t nr, unsigned rounds)
{
	static const uint64_t plain[] = { 0, UINT64_MAX, PLACE + PAGE, 3 };
	const struct rn_syscall *call = rn_syscall(abi, nr);
	unsigned command = command_of(call, abi);
	const struct rn_names *t = command < 6 ? names_of(&call->arg[command], abi) : NULL;
	uint64_t a[6];
	for (unsigned k = 0; k < sizeof(plain) / sizeof(plain[0]); k++) {
		for (unsigned i = 0; i < 6; i++)
			a[i] = plain[k];
		make(abi, nr, a);
	}
	for (unsigned s = 0; s < SORTS; s++) {
		for (unsigned i = 0; i < 6; i++)
			a[i] = call->arg[i].dir ? at(s) : any_value(call, i, abi);
		make(abi, nr, a);
	}
	for (unsigned r = 0; r < rounds + (t ? t->n : 0); r++) {
		for (unsigned i = 0; i < 6; i++)
			a[i] = any_value(call, i, abi);
		if (r >= rounds)
			a[command] = t->entry[r - rounds].value;
		make(abi, nr, a);
	}
}

static bool answer_all_with(int errnum)
{
	struct sock_filter code[] = {
		{ 0x20, 0, 0, offsetof(struct seccomp_data, arch) },
		{ 0x15, 0, 2, AUDIT_ARCH_X86_64 },
		{ 0x20, 0, 0, offsetof(struct seccomp_data, nr) },
		{ 0x15, 1, 0, SYS_exit_group },
		{ 0x06, 0, 0, SECCOMP_RET_ERRNO | (uint32_t)errnum },
		{ 0x06, 0, 0, SECCOMP_RET_ALLOW },
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

/* uretprobe and uprobe are answered before any filter, with a signal. */
static bool is_trampoline(enum rn_abi abi, uint32_t nr)
{
	return abi == RN_ABI_X86_64 && (nr == 335 || nr == 336);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	enum rn_abi abi = strcmp(argv[1], "i386") == 0 ? RN_ABI_I386 : RN_ABI_X86_64;
	unsigned rounds = argc > 3 ? (unsigned)atoi(argv[3]) : 20;
	fill(abi == RN_ABI_I386 ? 4 : 8);
	if (!answer_all_with(atoi(argv[2])))
		return 77;
	for (uint32_t nr = 0; nr < rn_syscall_limit(abi); nr++)
		if (rn_syscall(abi, nr) && !is_trampoline(abi, nr) &&
		    (abi == RN_ABI_I386 || nr != SYS_exit_group))
			make_with_all(abi, nr, rounds);
	syscall(SYS_exit_group, 0);
}

#else
int main(void)
{
	return 77;
}
#endif
