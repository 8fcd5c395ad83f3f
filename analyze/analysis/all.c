/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/summary.h"

const struct rn_analysis *const rn_analyses[] = {
	&rn_analysis_summary,
	NULL,
};
