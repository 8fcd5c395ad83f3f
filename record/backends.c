/* SPDX-License-Identifier: MIT */
#include "record/backend.h"
#if RN_WITH_BPF
#include "record/bpf/bpf.h"
#endif
#include "record/ptrace/ptrace.h"

/* Cheapest first: `auto` takes the first that works. */
const struct rn_backend *const rn_backends[] = {
#if RN_WITH_BPF
	&rn_bpf_backend,
#endif
	&rn_ptrace_backend,
};
const size_t rn_n_backends = sizeof(rn_backends) / sizeof(rn_backends[0]);
