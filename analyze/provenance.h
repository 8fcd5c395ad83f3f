/* SPDX-License-Identifier: MIT */
/**
 * provenance - where the numbers of a report come from, for whoever finds it later.
 *
 * A record table "provenance" for machines (RN_TABLE_ABOUT): the trace (uuid,
 * start, command, host, machine, kernel), the recorder and its filter, this
 * analyzer and the filters of the question, what is known to be missing, and
 * what the recording cost (analyze/recorder_cost.h).
 */
#ifndef RN_ANALYZE_PROVENANCE_H
#define RN_ANALYZE_PROVENANCE_H

#include "analyze/model/model.h"
#include "analyze/table.h"
#include "format/reader.h"
#include "shared/option.h"

struct rn_provenance {
	struct rn_reader *reader;   /* read to its end */
	const char *const *filters; /* as the user wrote them */
	size_t n_filters;
	const struct rn_strings *selection; /* further ones (rn_selection_words) */
	const struct rn_model *model; /* knows how the recording ended and what was lost */
};

/** After all other tables of the report. */
int rn_provenance_emit(const struct rn_provenance *p, struct rn_sink *sink, struct rn_error *err);

#endif
