/* SPDX-License-Identifier: MIT */
/**
 * read - members of the kernel's structures.
 *
 * Where the kernel has bpf_rdonly_cast (6.2) a member is one load, which an address that is not there
 * makes 0; before it is a call of a helper, which costs ten times as much.
 *
 * The program is compiled for three kernels, RN_BPF_KERNEL, and what uses more than the oldest has is left
 * out of the others altogether: a kernel refuses functions that are called back (bpf_loop, bpf_find_vma) even where they
 * never are, and libbpf looks for functions of the kernel that it lacks where only an administrator may.
 *   602  as fast as can be            517  without functions of the kernel (kfuncs)
 *   510  nothing is called back
 * Members that came, went or were renamed are asked for when the program is loaded.
 */
#ifndef RN_RECORD_BPF_READ_BPF_H
#define RN_RECORD_BPF_READ_BPF_H

#include "record/bpf/kernel_types.h"
#include "record/bpf/records.h"

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include <stdbool.h>

#define noinline __attribute__((noinline))

#if RN_BPF_KERNEL >= 602
#define CAN_CAST true
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym;
#define CAST(p) ((typeof(p))bpf_rdonly_cast((p), (__u32)bpf_core_type_id_kernel(typeof(*(p)))))
#else
#define CAN_CAST false
#define CAST(p) (p)
#endif

/* Loops that bpf_loop runs are verified once, others turn by turn. */
#define CAN_CALL_BACK (RN_BPF_KERNEL >= 517)

/* What a turn of a loop does: a function that is verified by itself where loops are gone through turn by turn. */
#if RN_BPF_KERNEL >= 517
#define TURN static __always_inline
#else
#define TURN noinline
#endif

/* v as something new to the compiler, which otherwise leaves out a bound that it knows to hold, and compares one
 * copy of a number and uses another: before 6.8 the verifier does not see what it has not been shown. */
#define FRESH(v) asm volatile("" \
			      : "+r"(v))

/* Member m of *p, p of a type of kernel_types.h. */
#define READ(p, m) \
	({ \
		typeof((p)->m) value_; \
		typeof(p) at_ = (p); \
		if (CAN_CAST) \
			value_ = CAST(at_)->m; \
		else \
			bpf_probe_read_kernel(&value_, sizeof(value_), \
				__builtin_preserve_access_index(&at_->m)); \
		value_; \
	})

/* A word at an address that is of no known type: a struct of words stands for it. */
static __always_inline __u64 read_word(const void *at)
{
	struct pt_regs *words = (void *)at;
	return READ(words, r15);
}

#endif
