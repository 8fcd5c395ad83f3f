/* SPDX-License-Identifier: MIT */
/**
 * damage_table - what a reader found wrong, as the table "damage".
 */
#ifndef RN_ANALYZE_DAMAGE_TABLE_H
#define RN_ANALYZE_DAMAGE_TABLE_H

#include "analyze/table.h"
#include "format/reader.h"

/** In file order; a last note tells of damage beyond what the reader keeps. */
int rn_damage_table_emit(const struct rn_reader *r, struct rn_sink *sink, struct rn_error *err);

#endif
