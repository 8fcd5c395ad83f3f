/* SPDX-License-Identifier: MIT */
/**
 * table - the syscall table as the kernel program takes it: rules by number, operations by command.
 */
#ifndef RN_RECORD_BPF_TABLE_H
#define RN_RECORD_BPF_TABLE_H

#include "record/bpf/records.h"
#include "record/recording.h"

/** The rule of a call; zeros for a number without one. string_bytes: -s. */
struct rn_bpf_rule rn_bpf_rule_of(const struct rn_recording *rec, enum rn_abi abi, uint32_t nr);

struct rn_bpf_command_op {
	struct rn_bpf_command key;
	struct rn_bpf_op op;
};
/** Calls each for every command that has memory behind an argument. */
void rn_bpf_commands(const struct rn_recording *rec,
	void (*each)(void *arg, const struct rn_bpf_command_op *c), void *arg);

#endif
