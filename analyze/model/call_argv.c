/* SPDX-License-Identifier: MIT */
#include "analyze/model/call_argv.h"

#include "analyze/decode/memory.h"
#include "shared/syscall.h"

#define MAX_BYTES 65536

static int argv_of(enum rn_abi abi, uint32_t nr)
{
	const struct rn_syscall *d = rn_syscall(abi, nr);
	for (int i = 0; d && i < 6; i++)
		if (d->arg[i].kind == RN_ARG_ARGV)
			return i;
	return -1;
}

bool rn_executes(enum rn_abi abi, uint32_t nr)
{
	return argv_of(abi, nr) >= 0;
}

void rn_call_argv(const struct rn_event *ev, struct rn_buffer *out)
{
	const struct rn_abi_desc *abi = rn_abi_desc((enum rn_abi)ev->call.abi);
	int i = argv_of((enum rn_abi)ev->call.abi, ev->call.nr);
	if (i < 0 || !abi)
		return;
	uint64_t at = abi->pointer_bytes == 4 ? (uint32_t)ev->call.args[i] : ev->call.args[i], string;
	size_t start = out->len;
	while (out->len - start < MAX_BYTES &&
		rn_memory_uint(&ev->call, RN_PHASE_ENTRY, at, abi->pointer_bytes, &string) && string) {
		struct rn_bytes s = rn_memory_run(&ev->call, RN_PHASE_ENTRY, string, MAX_BYTES, NULL);
		if (s.len)
			rn_put_bytes(out, s.p, strnlen((const char *)s.p, s.len));
		rn_put_u8(out, 0);
		at += abi->pointer_bytes;
	}
}
