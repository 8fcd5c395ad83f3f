/* SPDX-License-Identifier: MIT */
/**
 * contents - what is in a trace, counted in one walk over it.
 *
 * Core and meta sections are unpacked, nothing else. Calls are counted as reports
 * see them: once each, previews not, unfinished ones too. Facts about threads and
 * the end of the recording are the model's, which the walk fills.
 */
#ifndef RN_ANALYZE_SOURCE_CONTENTS_H
#define RN_ANALYZE_SOURCE_CONTENTS_H

#include "analyze/model/model.h"
#include "analyze/source/source.h"
#include "shared/intern.h"

#define RN_CONTENTS_KINDS 64  /* events of greater kinds count as the last */
#define RN_CONTENTS_CAUSES 16 /* the same for causes of loss */

struct rn_contents_module {
	struct rn_bytes path, build_id; /* borrowed from the contents */
	uint64_t mappings;
	uint64_t image_bytes; /* of the image in the trace; 0 none */
};

struct rn_contents_lost {
	uint64_t records, events, bytes;
};

struct rn_contents {
	uint64_t blocks, calls, errors, unfinished;
	uint64_t kinds[RN_CONTENTS_KINDS]; /* events that are not calls, by kind */
	uint64_t n_meta;
	uint64_t last_ns;                  /* of the last block that has one */
	uint64_t raw_bytes[RN_SECTIONS], disk_bytes[RN_SECTIONS];
	uint64_t block_bytes;              /* on disk: directories and sections */
	struct rn_contents_step { /* COST and DETAIL events, in order */
		uint64_t ts_ns;
		bool is_cost;
		struct rn_ev_COST cost;
		struct rn_ev_DETAIL detail;
	} *steps;
	size_t n_steps, steps_cap;
	struct rn_contents_lost lost[RN_CONTENTS_CAUSES]; /* by enum rn_lost_cause */
	struct rn_contents_module *modules; /* by order of appearance */
	size_t n_modules, modules_cap;
	struct rn_intern *module_names;
};

void rn_contents_init(struct rn_contents *c);
void rn_contents_fini(struct rn_contents *c);
/** Walks a settled source to its end and looks at the reader's module images. */
int rn_contents_gather(struct rn_contents *c, struct rn_source *settled, struct rn_error *err);

#endif
