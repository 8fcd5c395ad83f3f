/* SPDX-License-Identifier: MIT */
/* What the table describes has a printer: a record of a call that is shown as its address alone is
 * named here, with the reason. */
#include <criterion/criterion.h>

#include "analyze/decode/records.h"

/* Rare, or moving targets of the kernel: shown as addresses. */
static const enum rn_record_id addresses[] = {
	RN_REC_file_attr, RN_REC_xattr_args, RN_REC_mnt_id_req, RN_REC_ns_id_req,
	RN_REC_rseq, RN_REC_kexec_segment,
};

static bool is_address(enum rn_record_id id)
{
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		if (addresses[i] == id)
			return true;
	return false;
}

static bool prints_records(unsigned kind)
{
	return kind == RN_ARG_REC || kind == RN_ARG_ARR || kind == RN_ARG_VREC || kind == RN_ARG_REM;
}

Test(coverage, every_record_of_the_table_has_a_printer_or_a_reason)
{
	for (unsigned abi = RN_ABI_X86_64; abi < RN_ABI_COUNT; abi++) {
		for (uint32_t nr = 0; nr < rn_syscall_limit((enum rn_abi)abi); nr++) {
			const struct rn_syscall *c = rn_syscall((enum rn_abi)abi, nr);
			for (unsigned i = 0; c && i < c->n_args; i++) {
				enum rn_record_id id = (enum rn_record_id)c->arg[i].aux;
				if (!prints_records(c->arg[i].kind))
					continue;
				cr_assert(rn_record_known(id) != is_address(id), "%s of %s",
					rn_record_name(id), c->name);
			}
		}
	}
}
