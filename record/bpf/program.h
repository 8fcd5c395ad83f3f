/* SPDX-License-Identifier: MIT */
/**
 * program - the kernel program, as it was compiled for three kernels (read.bpf.h).
 */
#ifndef RN_RECORD_BPF_PROGRAM_H
#define RN_RECORD_BPF_PROGRAM_H

struct rn_watch;

enum rn_bpf_program { RN_BPF_510,
	RN_BPF_517,
	RN_BPF_602 };

/** The newest one that has a chance in this kernel. */
enum rn_bpf_program rn_bpf_program_best(void);
/** Read, not yet loaded; rn_watch__destroy when it is of no more use. NULL, with errno: it makes no sense. */
struct rn_watch *rn_bpf_program_open(enum rn_bpf_program which);

#endif
