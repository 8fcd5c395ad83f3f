/* SPDX-License-Identifier: MIT */
/* calls TRACE: how often each system call was made.
 * cc calls.c $(pkg-config --cflags --libs --static renacer-format) */
#include <format/reader.h>
#include <shared/syscall.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	static uint64_t count[RN_ABI_COUNT][1024];
	struct rn_error err = { 0 };
	struct rn_reader *reader;
	struct rn_block *block = rn_block_new();
	const struct rn_core *core;
	char buf[24];

	int rc = rn_reader_open(&reader, argc > 1 ? argv[1] : "renacer.rnt", &err);
	if (rc)
		return fprintf(stderr, "%s\n", err.message), 3;
	while (!(rc = rn_reader_next(reader, block, &err)) && !(rc = rn_block_core(block, &core, &err)))
		for (uint32_t i = 0; i < core->n; i++) /* RN_CALL_PENDING: seen again when complete */
			if (!(core->flags[i] & RN_CALL_PENDING) && core->nr[i] < 1024 &&
				core->abi[i] < RN_ABI_COUNT)
				count[core->abi[i]][core->nr[i]]++;
	for (int abi = 0; abi < RN_ABI_COUNT; abi++)
		for (uint32_t nr = 0; nr < 1024; nr++)
			if (count[abi][nr])
				printf("%9llu %s\n", (unsigned long long)count[abi][nr],
					rn_syscall_name(abi, nr, buf));
	rn_block_free(block);
	rn_reader_close(reader);
	return rc < 0 ? fprintf(stderr, "%s\n", err.message), 3 : 0;
}
