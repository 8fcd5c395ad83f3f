/* SPDX-License-Identifier: MIT */
/**
 * circumstances - what a trace was recorded under that whoever reads a report has to know: chaos, and
 * calls that were left out on request.
 *
 * Every command that answers from a trace warns of it, and reports made of tables have chaos as a note,
 * so that a report that is passed on says it, too. The words are the recorder's own, from its header.
 */
#ifndef RN_ANALYZE_CIRCUMSTANCES_H
#define RN_ANALYZE_CIRCUMSTANCES_H

#include "analyze/table.h"
#include "analyze/weights/sampling.h"
#include "format/header.h"
#include "shared/buffer.h"
#include "shared/diag.h"

/** sampling: what the model knows of calls left out (a recorder that does so only when it must is silent otherwise);
 *  why_unweighed: why sums are of the calls kept; NULL: they are not, each call counts by its weight
 *  (weights.h). */
void rn_circumstances_warn(const struct rn_header *h, const struct rn_sampling *sampling, const char *why_unweighed,
	struct rn_diag *diag);
/** Of chaos; analyses note themselves what they weigh. */
int rn_circumstances_note(const struct rn_header *h, struct rn_sink *sink, struct rn_error *err);
/** " (recorded under chaos: ..)" for titles; nothing where there was none. */
void rn_put_circumstances(struct rn_buffer *out, const struct rn_header *h);

#endif
