/* SPDX-License-Identifier: MIT */
/**
 * asked - the options of the analyses that name threads and files: slowest, errors, files, processes.
 */
#ifndef RN_ANALYZE_ANALYSIS_ASKED_H
#define RN_ANALYZE_ANALYSIS_ASKED_H

#include "analyze/analysis/analysis.h"
#include "analyze/index/index.h"
#include "analyze/model/model.h"

/* What a model has to know for any of them. */
#define RN_ASKED_MODEL (RN_MODEL_COMM | RN_MODEL_FDS | RN_MODEL_CWD | RN_MODEL_EXE | RN_MODEL_ARGV)

struct rn_asked {
	const struct rn_model *model; /* borrowed; knows the whole trace, or what was read so far */
	enum rn_machine machine;      /* of the trace */
	struct rn_bytes command;      /* the one traced, arguments with a NUL each; may be empty */
	uint64_t limit;               /* rows at most; 0: all */
	bool everybody;               /* nothing is filtered: processes without calls are told of, too */
	struct rn_index *index;       /* knows the files of calls; NULL: none */
};

/** The calls that took longest: by duration, the first of equals first. */
extern const struct rn_analysis rn_analysis_slowest;
/** Failed calls by call, errno and path: how often, and how long they took. */
extern const struct rn_analysis rn_analysis_errors;
/** Calls by the one file each is about (rn_call_target). */
extern const struct rn_analysis rn_analysis_files;
/** Processes as a tree, each after its parent, with what they did. */
extern const struct rn_analysis rn_analysis_processes;

/** "read", "read@i386" where the abi is not the machine's own; into buf when it has to. */
const char *rn_asked_name(const struct rn_asked *a, enum rn_abi abi, uint32_t nr, char buf[64]);
/** "x86_64", or "unknown". */
const char *rn_abi_name(enum rn_abi abi);

/** Hands every call of a batch to `each` as an event with the sections wanted, those that never returned,
 *  too; damaged ones are passed over. The first value that is not 0 ends it and comes back. */
int rn_batch_each(const struct rn_batch *b, unsigned want,
	int (*each)(void *arg, const struct rn_event *ev, struct rn_error *err), void *arg,
	struct rn_error *err);

#endif
