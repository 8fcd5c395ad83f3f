/* SPDX-License-Identifier: MIT */
/**
 * info_modules - how it stands with the symbols and lines of each module of a trace (info --modules).
 *
 * Tables: module_symbols (where names and lines were found, what would help) and refused_files (files that
 * had the right name and the wrong build-id).
 */
#ifndef RN_ANALYZE_COMMAND_INFO_MODULES_H
#define RN_ANALYZE_COMMAND_INFO_MODULES_H

#include "analyze/symbol/symbols.h"
#include "analyze/table.h"

int rn_info_modules_emit(struct rn_reader *r, const struct rn_symbol_options *o, struct rn_sink *sink,
	struct rn_error *err);

#endif
