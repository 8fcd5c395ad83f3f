/* SPDX-License-Identifier: MIT */
/**
 * spec - the words of --chaos.
 *
 *   SPEC = (PRESET | KNOB[=VALUE]) {"," ..}       later words win
 *   preset: gentle, aggressive, extreme
 *
 * docs/man/renacer-record.1.in has the knobs; the table is in spec.c.
 */
#ifndef RN_RECORD_CHAOS_SPEC_H
#define RN_RECORD_CHAOS_SPEC_H

#include "record/chaos/chaos.h"

/** Sets the knobs of an initialized chaos; to be followed by rn_chaos_build. RN_E_USAGE quotes the
 *  word and suggests the nearest. */
int rn_chaos_parse(struct rn_chaos *c, const char *spec, struct rn_error *err);
/** "name: help", a line each, for documentation. */
void rn_chaos_knobs(struct rn_buffer *out);

#endif
