/* SPDX-License-Identifier: MIT */
/* The table against what others say: the kernel's headers where they are installed, argument counts
 * taken from a kernel and from strace, sizes of the host's structures. */
#include "shared/syscall.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* The first of these that is there; NULL when none. */
static FILE *open_first(const char *const *paths)
{
	for (; *paths; paths++) {
		FILE *f = fopen(*paths, "r");
		if (f)
			return f;
	}
	return NULL;
}

/* "#define __NR_openat 257": true. Names of both word sizes (__NR3264_) lose their mark. */
static bool parse_number(const char *line, char name[64], uint32_t *nr)
{
	if (sscanf(line, "#define __NR3264_%63s %u", name, nr) == 2)
		return true;
	return sscanf(line, "#define __NR_%63s %u", name, nr) == 2;
}

/* Lines of a header that name a call this ABI has. */
typedef bool (*applies)(const char **name, uint32_t nr);

static unsigned check_header(FILE *f, enum rn_abi abi, applies does_apply)
{
	char line[512], name[64], buf[24];
	unsigned n = 0;
	uint32_t nr;
	while (fgets(line, sizeof(line), f)) {
		const char *wanted = name;
		if (!parse_number(line, name, &nr) || !does_apply(&wanted, nr))
			continue;
		cr_expect_str_eq(rn_syscall_name(abi, nr, buf), wanted, "number %u of abi %d is %s, not %s",
			nr, abi, rn_syscall_name(abi, nr, buf), wanted);
		n++;
	}
	fclose(f);
	return n;
}

static bool all_apply(const char **name, uint32_t nr)
{
	(void)nr;
	return isalpha((unsigned char)**name) || **name == '_';
}

/* The generic header also serves 32-bit machines and ones with other calls of the same number. */
static bool applies_to_aarch64(const char **name, uint32_t nr)
{
	if (strcmp(*name, "fstatat") == 0)
		*name = "newfstatat";
	if (strcmp(*name, "syscalls") == 0 || strcmp(*name, "arch_specific_syscall") == 0)
		return false;
	return strcmp(*name, "sync_file_range2") != 0 && !(nr >= 403 && nr <= 423);
}

static void agree_with_header(const char *const *paths, enum rn_abi abi, applies does_apply)
{
	FILE *f = open_first(paths);
	if (!f)
		cr_skip_test("%s is not installed", paths[0]);
	cr_assert_gt(check_header(f, abi, does_apply), 300);
}

Test(syscall_facts, numbers_of_x86_64_agree_with_the_kernel_header)
{
	static const char *const paths[] = { "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
		"/usr/include/asm/unistd_64.h", NULL };
	agree_with_header(paths, RN_ABI_X86_64, all_apply);
}

Test(syscall_facts, numbers_of_i386_agree_with_the_kernel_header)
{
	static const char *const paths[] = { "/usr/include/x86_64-linux-gnu/asm/unistd_32.h",
		"/usr/include/asm/unistd_32.h", NULL };
	agree_with_header(paths, RN_ABI_I386, all_apply);
}

Test(syscall_facts, numbers_of_aarch64_agree_with_the_generic_kernel_header)
{
	static const char *const paths[] = { "/usr/include/asm-generic/unistd.h", NULL };
	agree_with_header(paths, RN_ABI_AARCH64, applies_to_aarch64);
}

struct count {
	const char *name;
	int n_args;
};

static const struct count kernel_counts[] = {
#define X86_64(name, n) { #name, n },
#define I386(name, n)
#include "argument_counts.def"
#undef X86_64
#undef I386
};

static const struct count strace_i386_counts[] = {
#define X86_64(name, n)
#define I386(name, n) { #name, n },
#include "argument_counts.def"
#undef X86_64
#undef I386
};

/* Where we say something else on purpose. */
static int count_of(const char *name, int n_args, enum rn_abi abi)
{
	/* The frame on the stack is shown as an argument. */
	if (strcmp(name, "rt_sigreturn") == 0 || strcmp(name, "sigreturn") == 0)
		return 1;
	/* The call that is restarted is. */
	if (strcmp(name, "restart_syscall") == 0)
		return 1;
	/* The high half of an offset is not read by 64-bit kernels. */
	if (abi != RN_ABI_I386 && (strcmp(name, "preadv") == 0 || strcmp(name, "pwritev") == 0))
		return 4;
	return n_args;
}

static void check_count(const struct count *c, enum rn_abi abi)
{
	int32_t nr = rn_syscall_number(abi, rn_bytes_str(c->name));
	if (nr < 0 && abi == RN_ABI_AARCH64)
		return;
	cr_assert_geq(nr, 0, "%s is missing on abi %d", c->name, abi);
	cr_expect_eq(rn_syscall(abi, (uint32_t)nr)->n_args, count_of(c->name, c->n_args, abi),
		"%s has %d arguments, we say %d", c->name, c->n_args, rn_syscall(abi, (uint32_t)nr)->n_args);
}

Test(syscall_facts, argument_counts_agree_with_a_kernel)
{
	for (size_t i = 0; i < sizeof(kernel_counts) / sizeof(kernel_counts[0]); i++) {
		check_count(&kernel_counts[i], RN_ABI_X86_64);
		check_count(&kernel_counts[i], RN_ABI_AARCH64);
	}
}

Test(syscall_facts, argument_counts_of_i386_agree_with_strace)
{
	for (size_t i = 0; i < sizeof(strace_i386_counts) / sizeof(strace_i386_counts[0]); i++)
		check_count(&strace_i386_counts[i], RN_ABI_I386);
}
