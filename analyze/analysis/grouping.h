/* SPDX-License-Identifier: MIT */
/**
 * grouping - what calls are told apart by: system call, process, thread, name, path, function, error.
 *
 * A grouping gives each call the small number of its group, from 0 in order of
 * appearance, and each group a name for people. Groups are keyed by what is unique in
 * the trace (number and abi, thread, module and function), so that two processes that
 * had the same pid one after the other are two groups.
 * Plug-ins are rows of the table in grouping.c. One owner thread.
 */
#ifndef RN_ANALYZE_ANALYSIS_GROUPING_H
#define RN_ANALYZE_ANALYSIS_GROUPING_H

#include "analyze/model/idmap.h"
#include "analyze/model/model.h"
#include "analyze/source/source.h"
#include "shared/buffer.h"
#include "shared/intern.h"
#include "shared/option.h"

enum rn_by { RN_BY_NAME, RN_BY_PID, RN_BY_TID, RN_BY_COMM, RN_BY_PATH, RN_BY_FUNCTION, RN_BY_ERRNO,
	RN_BYS };

/** The words of --by. */
extern const struct rn_word rn_by_words[];

/* What names are found by; borrowed for the run. */
struct rn_facts {
	enum rn_machine machine;      /* of the trace; calls of another abi are shown as name@abi */
	const struct rn_model *model; /* NULL: threads are shown by their number in the trace */
	/** The function from which a call was made (registers and stack of the event are there); the name
	 *  is borrowed for the run. False: unknown. NULL: nobody knows. */
	bool (*function_of)(void *arg, const struct rn_event *ev, struct rn_bytes *name);
	void *function_arg;
	unsigned function_want; /* sections of an event that it looks at, RN_WANT bits */
};

struct rn_grouping {
	enum rn_by by;
	struct rn_facts facts;
	uint32_t n;
	/* Private. */
	struct rn_idmap by_key;
	struct rn_intern *texts;
	struct rn_buffer scratch;
	uint32_t *text;      /* of each group */
	uint32_t cap;
	uint32_t dense[1024]; /* RN_BY_NAME, native abi: group + 1 */
	uint8_t native;
};

/** Zeroed memory becomes a grouping. RN_E_NOMEM. */
int rn_grouping_init(struct rn_grouping *g, enum rn_by by, const struct rn_facts *facts,
	struct rn_error *err);
void rn_grouping_fini(struct rn_grouping *g);

/** "name", "pid", ..: the stable name of a column of groups, and its head. */
const char *rn_by_column(enum rn_by by);
const char *rn_by_title(enum rn_by by);
/** enum rn_model_want bits that a model must have for this grouping. */
unsigned rn_by_model(enum rn_by by);

/** The group of call i of the batch's core. */
int rn_grouping_of(struct rn_grouping *g, const struct rn_batch *b, uint32_t i, uint32_t *group,
	struct rn_error *err);
/** The group of a whole event. */
int rn_grouping_of_event(struct rn_grouping *g, const struct rn_event *ev, uint32_t *group,
	struct rn_error *err);
/** Its name, borrowed until rn_grouping_fini. */
struct rn_bytes rn_grouping_name(const struct rn_grouping *g, uint32_t group);

/** "read", or "read@i386" where the abi is not the machine's own; written to buf where needed. */
const char *rn_call_shown(enum rn_machine machine, uint8_t abi, uint32_t nr, char buf[64]);

#endif
