/* SPDX-License-Identifier: MIT */
/**
 * memory - reads many ranges of a tracee's memory in one system call.
 *
 * A range that meets a page that cannot be read keeps what lies before it and is
 * marked; the ranges after it are still read. process_vm_readv(2) stops at the
 * first fault and tells only how many bytes it moved in all, so the batch is
 * taken up again behind the fault: one further call for each fault, none without.
 * Where it is forbidden (seccomp of containers) PTRACE_PEEKDATA stands in.
 */
#ifndef RN_RECORD_CAPTURE_MEMORY_H
#define RN_RECORD_CAPTURE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Ranges of one batch; the kernel's UIO_MAXIOV. */
#define RN_MEMORY_BATCH 1024

struct rn_range {
	uint64_t addr;
	uint8_t *into;  /* at least `wanted` bytes */
	uint32_t wanted;
	uint32_t got;   /* out */
	bool fault;     /* out: reading at addr + got failed */
};

enum rn_memory_method { RN_MEMORY_VM_READV, RN_MEMORY_PEEK };

struct rn_memory {
	enum rn_memory_method method;
	uint64_t n_calls; /* system calls made, what capture costs */
};

/** Fills got and fault of ranges[n], n <= RN_MEMORY_BATCH. Ranges may wrap or lie in the kernel:
 *  they fault. 0, or RN_E_GONE when the tracee has vanished (got and fault are then meaningless).
 *  PEEK works from the tracing thread only. No allocation. */
int rn_memory_read(struct rn_memory *m, pid_t tid, struct rn_range *ranges, size_t n);

/** One range; bytes read, which is less than len at a fault; 0 also when the tracee is gone. */
size_t rn_memory_read_one(struct rn_memory *m, pid_t tid, uint64_t addr, void *into, size_t len);

#endif
