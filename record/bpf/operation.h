/* SPDX-License-Identifier: MIT */
/**
 * operation - what the kernel program does to take the memory behind one argument, by the argument's kind.
 */
#ifndef RN_RECORD_BPF_OPERATION_H
#define RN_RECORD_BPF_OPERATION_H

#include "record/bpf/records.h"
#include "record/recording.h"
#include "shared/syscall.h"

/* The argument being compiled. */
struct rn_bpf_making {
	const struct rn_recording *rec;
	enum rn_abi abi;
	const struct rn_syscall *desc;
	const struct rn_arg *arg;
	unsigned phase, pointer_bytes;
};

/** False: there is no memory behind arguments of that kind. */
bool rn_bpf_operation(struct rn_bpf_op *out, const struct rn_bpf_making *m);
/** Of the commands of a kind of argument. Commands of different sizes are in different tables. */
uint16_t rn_bpf_table_number(enum rn_arg_kind kind, enum rn_abi abi, bool wide);

#endif
