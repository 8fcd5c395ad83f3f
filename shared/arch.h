/* SPDX-License-Identifier: MIT */
/**
 * arch - calling conventions and register files, by number, never by host macro.
 *
 * An abi belongs to a call, not to a process: 64-bit code may enter the kernel
 * through int 0x80. A register file belongs to the machine the trace was made
 * on. Values are part of the file format (docs/format.md): never renumber.
 */
#ifndef RN_SHARED_ARCH_H
#define RN_SHARED_ARCH_H

#include <stdint.h>

enum rn_abi {
	RN_ABI_NONE = 0,
	RN_ABI_X86_64 = 1,
	RN_ABI_I386 = 2,
	RN_ABI_AARCH64 = 3,
	RN_ABI_COUNT
};

enum rn_machine { RN_MACHINE_NONE = 0, RN_MACHINE_X86_64 = 1, RN_MACHINE_AARCH64 = 2 };

/* x86_64 slots: the order of the kernel's struct user_regs_struct (<sys/user.h>).
 * aarch64 slots: x0..x30, sp, pc, pstate (struct user_pt_regs). */
#define RN_REGS_X86_64 27
#define RN_REGS_AARCH64 34
#define RN_REGS_MAX 34

enum rn_x86_64_slot {
	RN_X86_R15, RN_X86_R14, RN_X86_R13, RN_X86_R12, RN_X86_RBP, RN_X86_RBX, RN_X86_R11,
	RN_X86_R10, RN_X86_R9, RN_X86_R8, RN_X86_RAX, RN_X86_RCX, RN_X86_RDX, RN_X86_RSI,
	RN_X86_RDI, RN_X86_ORIG_RAX, RN_X86_RIP, RN_X86_CS, RN_X86_EFLAGS, RN_X86_RSP,
	RN_X86_SS, RN_X86_FS_BASE, RN_X86_GS_BASE, RN_X86_DS, RN_X86_ES, RN_X86_FS, RN_X86_GS
};

/** What a reader must know about one machine's registers. */
struct rn_machine_desc {
	enum rn_machine machine;
	const char *name;                /* "x86_64" */
	unsigned n_regs;
	unsigned pc_slot, sp_slot, fp_slot;
	const char *const *reg_names;    /* n_regs of them */
};

/** What a reader must know about one calling convention. */
struct rn_abi_desc {
	enum rn_abi abi;
	const char *name;                /* "x86_64", "i386", "aarch64" */
	unsigned pointer_bytes;
	uint32_t audit_arch;             /* AUDIT_ARCH_* as in PTRACE_GET_SYSCALL_INFO */
};

/** NULL for a number this build does not know. Static memory. */
const struct rn_machine_desc *rn_machine_desc(enum rn_machine machine);
const struct rn_abi_desc *rn_abi_desc(enum rn_abi abi);
/** RN_ABI_NONE when unknown. */
enum rn_abi rn_abi_of_audit_arch(uint32_t audit_arch);

#endif
