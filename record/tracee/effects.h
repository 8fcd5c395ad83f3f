/* SPDX-License-Identifier: MIT */
/**
 * effects - what a call changed beyond its own record: descriptors, cwd, name, mappings.
 *
 * None of it can be learnt later, so it is looked up in /proc while the tracee
 * stands still, right after the call that changed it, and becomes events of its
 * own. The syscall table says which calls have effects (enum rn_effect).
 */
#ifndef RN_RECORD_TRACEE_EFFECTS_H
#define RN_RECORD_TRACEE_EFFECTS_H

#include "record/recording.h"
#include "record/tracee/modules.h"
#include "record/tracee/tracee.h"

/** A tracee of unknown past appears: cwd, and (with_state) descriptors and mappings. */
void rn_effects_begin(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t,
	bool with_state);
/** From here on t is not looked at: what is known of it, and of what it shares with others, may be out of date. */
void rn_effects_unseen(struct rn_tracee *t);
/** The same of one that has executed another program, instead of rn_effects_exec. */
void rn_effects_exec_unseen(struct rn_tracee *t);
/** It is looked at again: name, folder, descriptors and mappings as they are now, the latter once for all who share them. */
void rn_effects_again(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t);
/** The call t->desc with t->args has succeeded with ret; its captured memory is still there. */
void rn_effects_after(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t,
	int64_t ret);
/** t has executed another program: mappings are new, descriptors marked close-on-exec are gone. */
void rn_effects_exec(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t);

#endif
