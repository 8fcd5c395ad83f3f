/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/asked.h"

#include "shared/syscall.h"

#include <stdio.h>

const char *rn_abi_name(enum rn_abi abi)
{
	const struct rn_abi_desc *desc = rn_abi_desc(abi);
	return desc ? desc->name : "unknown";
}

const char *rn_asked_name(const struct rn_asked *a, enum rn_abi abi, uint32_t nr, char buf[64])
{
	char number[24];
	enum rn_abi own = a->machine == RN_MACHINE_X86_64 ? RN_ABI_X86_64 :
		a->machine == RN_MACHINE_AARCH64 ? RN_ABI_AARCH64 : abi;
	const char *name = rn_syscall_name(abi, nr, number);
	if (abi == own && name != number)
		return name;
	snprintf(buf, 64, abi == own ? "%s" : "%s@%s", name, rn_abi_name(abi));
	return buf;
}

int rn_batch_each(const struct rn_batch *b, unsigned want,
	int (*each)(void *arg, const struct rn_event *ev, struct rn_error *err), void *arg,
	struct rn_error *err)
{
	int rc = 0;
	for (uint32_t i = 0; i < b->n_selected && !rc; i++) {
		struct rn_event ev;
		rc = rn_block_call(b->block, b->selected[i], want, &ev, err);
		if (!rc)
			rc = each(arg, &ev, err);
		else if (rc == RN_E_CORRUPT || rc == RN_END)
			rc = 0;
	}
	for (uint32_t i = 0; i < b->n_unfinished && !rc; i++)
		rc = each(arg, &b->unfinished[i], err);
	return rc;
}
