/* SPDX-License-Identifier: MIT */
/**
 * process_tree - the processes of a trace, each behind its parent, siblings by their beginning.
 */
#ifndef RN_ANALYZE_MODEL_PROCESS_TREE_H
#define RN_ANALYZE_MODEL_PROCESS_TREE_H

#include "analyze/model/model.h"
#include "shared/buffer.h"

struct rn_process {
	const struct rn_task *task; /* its first thread; the model's */
	uint32_t parent;            /* utid of the parent process; 0: none in the trace */
	uint32_t depth;             /* 0: a root */
	uint32_t threads;
};

/** *out is the caller's to free. Circles of parents, which only a damaged trace has, are cut. RN_E_NOMEM. */
int rn_process_tree(const struct rn_model *m, struct rn_process **out, uint32_t *n, struct rn_error *err);

/** The command line by which people know a process: what it executed last, as one would type it; else
 *  `command` for the traced command itself; else its executable; else its name. (RN_MODEL_ARGV,
 *  RN_MODEL_COMM.) */
void rn_put_command(struct rn_buffer *out, const struct rn_model *m, const struct rn_task *process,
	struct rn_bytes command);

#endif
