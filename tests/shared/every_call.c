/* SPDX-License-Identifier: MIT */
/* Makes every system call of x86_64 once, harmlessly: a seccomp filter answers all of them but
 * exit_group with an error before the kernel looks at them; a tracer still sees them. With a class
 * as argument, prints the names our table has in that class instead. */
#include "shared/syscall.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int print_class(const char *word)
{
	for (int k = 0; k < RN_CLASSES; k++) {
		if (strcmp(rn_classes[k].word, word) != 0)
			continue;
		for (uint32_t nr = 0; nr < rn_syscall_limit(RN_ABI_X86_64); nr++) {
			const struct rn_syscall *c = rn_syscall(RN_ABI_X86_64, nr);
			if (c && c->classes & rn_classes[k].bit)
				puts(c->name);
		}
		return 0;
	}
	fprintf(stderr, "every_call: no class is called '%s'\n", word);
	return 2;
}

static int print_words(void)
{
	for (int k = 0; k < RN_CLASSES; k++)
		puts(rn_classes[k].word);
	return 0;
}

/* uretprobe and uprobe are answered before any filter, with a signal. */
static int is_trampoline(uint32_t nr)
{
	return nr == 335 || nr == 336;
}

static int make_every_call(void)
{
#ifdef __x86_64__
	struct sock_filter code[] = {
		{ 0x20, 0, 0, 0 }, /* load the number */
		{ 0x15, 1, 0, SYS_exit_group },
		{ 0x06, 0, 0, SECCOMP_RET_ERRNO | 38 },
		{ 0x06, 0, 0, SECCOMP_RET_ALLOW },
	};
	struct sock_fprog program = { 4, code };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
		return 77;
	for (uint32_t nr = 0; nr < rn_syscall_limit(RN_ABI_X86_64); nr++)
		if (nr != SYS_exit_group && !is_trampoline(nr))
			syscall((long)nr, -1L, -1L, -1L, -1L, -1L, -1L);
	syscall(SYS_exit_group, 0);
#endif
	return 77;
}

int main(int argc, char **argv)
{
	if (argc == 1)
		return make_every_call();
	return strcmp(argv[1], "--words") == 0 ? print_words() : print_class(argv[1]);
}
