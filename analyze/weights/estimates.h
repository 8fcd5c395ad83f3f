/* SPDX-License-Identifier: MIT */
/**
 * estimates - marks the columns of tables that are estimates, because calls were left out while recording.
 *
 * A sink before a report's. People see a ~ before the title of each column that weighs (table.h) and one note
 * what it means; programs find a further column "estimated", which says of each row by what rule calls were
 * left out. Tables without such columns pass as they are, and so does everything where nothing was left out:
 * then the report's own sink is what comes back.
 */
#ifndef RN_ANALYZE_WEIGHTS_ESTIMATES_H
#define RN_ANALYZE_WEIGHTS_ESTIMATES_H

#include "analyze/table.h"
#include "format/header.h"

struct rn_estimates;

/** *marked is a sink that hands everything on to `sink`; h is borrowed for as long. RN_E_NOMEM. Free *e, which may
 *  be NULL, before the report ends. */
int rn_estimates_new(struct rn_estimates **e, const struct rn_header *h, struct rn_sink *sink,
	struct rn_sink **marked, struct rn_error *err);
/** The note what ~ means, once there was any. */
int rn_estimates_note(struct rn_estimates *e, struct rn_error *err);
void rn_estimates_free(struct rn_estimates *e);

#endif
