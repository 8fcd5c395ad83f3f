/* SPDX-License-Identifier: MIT */
#include "record/backend.h"
#include "record/ptrace/ptrace.h"

/* Cheapest first: `auto` takes the first that works. --backend's words are indexes. */
const struct rn_backend *const rn_backends[] = {
	&rn_ptrace_backend,
};
const size_t rn_n_backends = sizeof(rn_backends) / sizeof(rn_backends[0]);
