/* SPDX-License-Identifier: MIT */
/* Calls whose memory depends on a command (ioctl, fcntl, prctl ..): a row of a map for each command. */
#include "record/bpf/operation.h"
#include "record/bpf/table.h"
#include "record/capture/capture.h"
#include "record/capture/fetch.h"

/* A row of a command table as an operation. */
static struct rn_bpf_op row_op(const struct rn_recording *rec, const struct rn_command_rule *r,
	unsigned pointer_bytes)
{
	uint32_t limit = (uint32_t)rec->options->string_bytes;
	struct rn_bpf_op op = { .code = RN_BPF_OP_BYTES, .len = RN_BPF_CONST, .each = 1, .aux = r->n,
		.cap = RN_CAPTURE_WHOLE_BYTES, .arg = r->arg };
	switch ((enum rn_rule_how)r->how) {
	case RN_RULE_BYTES:
		break;
	case RN_RULE_WORDS:
		op.each = (uint16_t)pointer_bytes;
		break;
	case RN_RULE_STRING:
		op.code = RN_BPF_OP_STRING;
		op.len = 0;
		op.cap = r->n;
		break;
	case RN_RULE_LEN_ARG:
		op.len = (uint8_t)(RN_BPF_ARG0 + r->n);
		op.cap = limit;
		break;
	case RN_RULE_RET:
		op.len = RN_BPF_RET;
		op.cap = limit;
		break;
	case RN_RULE_FPROG:
		op.code = RN_BPF_OP_FPROG;
		break;
	case RN_RULE_BLKPG:
		op.code = RN_BPF_OP_BLKPG;
		break;
	case RN_RULE_SOME:
		op.aux = (uint16_t)(limit < UINT16_MAX ? limit : UINT16_MAX);
		break;
	case RN_RULE_IOVEC:
		op.code = RN_BPF_OP_IOV;
		op.aux = 1;
		op.cap = limit;
		op.flags = RN_BPF_PAYLOAD;
		break;
	}
	if (r->dir & RN_OUT_ALWAYS)
		op.flags |= RN_BPF_ON_ERROR;
	return op;
}

/* <linux/futex.h>: the commands whose argument 3 is a timeout. <linux/mount.h>: FSCONFIG_SET_STRING,
 * _BINARY, _PATH, _PATH_EMPTY. */
static const struct rn_command_rule futexes[] = {
	{ 0, 3, RN_IN, RN_RULE_BYTES, 0 }, { 6, 3, RN_IN, RN_RULE_BYTES, 0 },
	{ 9, 3, RN_IN, RN_RULE_BYTES, 0 }, { 11, 3, RN_IN, RN_RULE_BYTES, 0 },
	{ 13, 3, RN_IN, RN_RULE_BYTES, 0 },
};
static const struct rn_command_rule fsconfigs[] = {
	{ 1, 3, RN_IN, RN_RULE_STRING, RN_PATH_MAX }, { 2, 3, RN_IN, RN_RULE_LEN_ARG, 4 },
	{ 3, 3, RN_IN, RN_RULE_STRING, RN_PATH_MAX }, { 4, 3, RN_IN, RN_RULE_STRING, RN_PATH_MAX },
};
#define N_FUTEXES (sizeof(futexes) / sizeof(futexes[0]))
#define N_FSCONFIGS (sizeof(fsconfigs) / sizeof(fsconfigs[0]))

struct putting {
	const struct rn_recording *rec;
	void (*each)(void *arg, const struct rn_bpf_command_op *c);
	void *arg;
	enum rn_abi abi;
};

static void put_row(const struct putting *p, uint16_t table, const struct rn_command_rule *r,
	uint8_t arg)
{
	struct rn_bpf_command_op c = {
		.key = { .table = table, .command = r->command, .arg = arg ? arg : r->arg },
		.op = row_op(p->rec, r, rn_abi_desc(p->abi)->pointer_bytes),
	};
	c.op.arg = c.key.arg;
	if (r->dir & RN_IN)
		p->each(p->arg, &c);
	c.key.phase = RN_PHASE_EXIT;
	if (r->dir & (RN_OUT | RN_OUT_ALWAYS))
		p->each(p->arg, &c);
}

static void put_futexes(const struct putting *p, bool wide)
{
	for (size_t i = 0; i < N_FUTEXES; i++) {
		struct rn_command_rule r = futexes[i];
		r.n = (uint16_t)rn_record_bytes(wide ? RN_REC_timespec64 : RN_REC_timespec, p->abi);
		put_row(p, rn_bpf_table_number(RN_ARG_FUTEX_ARG, p->abi, wide), &r, 0);
	}
}

void rn_bpf_commands(const struct rn_recording *rec,
	void (*each)(void *arg, const struct rn_bpf_command_op *c), void *arg)
{
	struct putting p = { rec, each, arg, RN_ABI_X86_64 };
	for (; p.abi <= RN_ABI_I386; p.abi++) {
		for (size_t k = 0; k < rn_n_command_tables; k++) {
			const struct rn_command_table *t = &rn_command_tables[k];
			if (t->abi != RN_ABI_NONE && t->abi != p.abi)
				continue;
			for (size_t i = 0; i < t->n; i++)
				put_row(&p, rn_bpf_table_number(t->kind, p.abi, false), &t->rules[i], t->arg);
		}
		for (size_t i = 0; i < N_FSCONFIGS; i++)
			put_row(&p, rn_bpf_table_number(RN_ARG_FSCONFIG_VAL, p.abi, false), &fsconfigs[i], 0);
		put_futexes(&p, false);
		put_futexes(&p, true);
	}
}
