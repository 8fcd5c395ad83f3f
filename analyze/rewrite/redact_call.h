/* SPDX-License-Identifier: MIT */
/**
 * redact_call - the memory, registers and stack of one call; private to redact*.c.
 */
#ifndef RN_ANALYZE_REWRITE_REDACT_CALL_H
#define RN_ANALYZE_REWRITE_REDACT_CALL_H

#include "analyze/rewrite/redact.h"

int rn_redact_call(struct rn_redact *r, struct rn_event *ev, struct rn_error *err);

void rn_redact_count(struct rn_redact *r, enum rn_redaction what, uint64_t bytes);
/** *path becomes its pseudonym, which lives as long as the event at hand. */
int rn_redact_path(struct rn_redact *r, struct rn_bytes *path, enum rn_redaction what,
	struct rn_error *err);
/** The same of words, each with its NUL. */
int rn_redact_words(struct rn_redact *r, struct rn_bytes *list, enum rn_redaction what,
	struct rn_error *err);

#endif
