/* SPDX-License-Identifier: MIT */
/**
 * chaos session - chaos from the recorder's options: read, checked, seeded, told of, and the limits
 * that the kernel keeps put on the command.
 */
#ifndef RN_RECORD_CHAOS_SESSION_H
#define RN_RECORD_CHAOS_SESSION_H

#include "record/chaos/chaos.h"
#include "record/chaos/limits.h"
#include "record/options.h"
#include "shared/diag.h"

struct rn_chaos_session {
	struct rn_chaos chaos;
	struct rn_cpu_group group;
};

/** Of zeroed memory. `told`: how the header tells of it, seed included, so that it can be repeated;
 *  nothing when no chaos was asked for. RN_E_USAGE, RN_E_UNSUPPORTED. */
int rn_chaos_session_settle(struct rn_chaos_session *s, const struct rn_record_options *o,
	struct rn_buffer *told, struct rn_diag *diag, struct rn_error *err);
/** Limits on the command that waits, or on the processes attached to. What the kernel will not do for
 *  the CPU is left to the backend: chaos.cpu stays set then, else it is 0. */
int rn_chaos_session_limit(struct rn_chaos_session *s, const struct rn_record_options *o,
	pid_t command, struct rn_diag *diag, struct rn_error *err);
void rn_chaos_session_fini(struct rn_chaos_session *s);

#endif
