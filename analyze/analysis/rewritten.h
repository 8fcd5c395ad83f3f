/* SPDX-License-Identifier: MIT */
/**
 * rewritten - the lines on standard error that speak of generated files, with places of the original
 * (--rewrite-errors, where calls are not listed).
 *
 * Table stderr_rewritten: a row a line, in the order in which lines were completed.
 */
#ifndef RN_ANALYZE_ANALYSIS_REWRITTEN_H
#define RN_ANALYZE_ANALYSIS_REWRITTEN_H

#include "analyze/analysis/analysis.h"
#include "analyze/model/model.h"
#include "analyze/symbol/rewriter.h"

struct rn_rewritten_options {
	const struct rn_transpiler_maps *maps;
	const struct rn_model *model; /* which threads are of one process */
};
extern const struct rn_analysis rn_analysis_rewritten;

#endif
