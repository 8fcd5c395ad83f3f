/* SPDX-License-Identifier: MIT */
/**
 * privacy_stack - stack snapshots and registers without the program's data (privacy.h).
 *
 * A word stays when it points into code that a mapping told of (of any process: addresses are no secrets),
 * or into the neighbourhood of the snapshot, as saved frame pointers do. Code that is in no file
 * (made by a just-in-time compiler) is not known: frames behind it are lost. Of registers those
 * stay, too, that are arguments or the number of the call (privacy.c has zeroed those that are not).
 */
#ifndef RN_RECORD_CAPTURE_PRIVACY_STACK_H
#define RN_RECORD_CAPTURE_PRIVACY_STACK_H

#include "format/event.h"

struct rn_scrub;

struct rn_scrub *rn_scrub_new(void); /* NULL: no memory */
void rn_scrub_free(struct rn_scrub *s);
/** Learns from mappings, changes calls in place. */
void rn_scrub(struct rn_scrub *s, struct rn_event *ev);

#endif
