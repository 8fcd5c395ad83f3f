/* SPDX-License-Identifier: MIT */
/**
 * read - members of the kernel's structures.
 *
 * Where the kernel has bpf_rdonly_cast (6.2) a member is one load, which an address that is not there
 * makes 0; before it is a call of a helper, which costs ten times as much.
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

extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __weak __ksym;

/* Came with the same kernel. */
enum bpf_func_id___cast { BPF_FUNC_cgrp_storage_get___cast = 210 };
#define CAN_CAST bpf_core_enum_value_exists(enum bpf_func_id___cast, BPF_FUNC_cgrp_storage_get___cast)

#define CAST(p) ((typeof(p))bpf_rdonly_cast((p), (__u32)bpf_core_type_id_kernel(typeof(*(p)))))

/* Loops that bpf_loop (5.17) runs are verified once, others turn by turn. */
#define CAN_LOOP bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop)

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
