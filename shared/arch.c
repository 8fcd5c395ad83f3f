/* SPDX-License-Identifier: MIT */
#include "shared/arch.h"

#include <stddef.h>

static const char *const x86_64_regs[RN_REGS_X86_64] = {
	"r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx",
	"rsi", "rdi", "orig_rax", "rip", "cs", "eflags", "rsp", "ss", "fs_base", "gs_base", "ds",
	"es", "fs", "gs",
};

static const char *const aarch64_regs[RN_REGS_AARCH64] = {
	"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
	"x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26",
	"x27", "x28", "x29", "x30", "sp", "pc", "pstate",
};

static const struct rn_machine_desc machines[] = {
	{ RN_MACHINE_X86_64, "x86_64", RN_REGS_X86_64, RN_X86_RIP, RN_X86_RSP, RN_X86_RBP,
		x86_64_regs },
	{ RN_MACHINE_AARCH64, "aarch64", RN_REGS_AARCH64, 32, 31, 29, aarch64_regs },
};

/* AUDIT_ARCH_* of <linux/audit.h>: ELF machine | 64-bit 0x80000000 | little-endian 0x40000000. */
static const struct rn_abi_desc abis[] = {
	{ RN_ABI_X86_64, "x86_64", 8, 0xc000003e },
	{ RN_ABI_I386, "i386", 4, 0x40000003 },
	{ RN_ABI_AARCH64, "aarch64", 8, 0xc00000b7 },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const struct rn_machine_desc *rn_machine_desc(enum rn_machine machine)
{
	for (size_t i = 0; i < COUNT(machines); i++)
		if (machines[i].machine == machine)
			return &machines[i];
	return NULL;
}

const struct rn_abi_desc *rn_abi_desc(enum rn_abi abi)
{
	for (size_t i = 0; i < COUNT(abis); i++)
		if (abis[i].abi == abi)
			return &abis[i];
	return NULL;
}

enum rn_abi rn_abi_of_audit_arch(uint32_t audit_arch)
{
	for (size_t i = 0; i < COUNT(abis); i++)
		if (abis[i].audit_arch == audit_arch)
			return abis[i].abi;
	return RN_ABI_NONE;
}
