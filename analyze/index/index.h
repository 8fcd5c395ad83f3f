/* SPDX-License-Identifier: MIT */
/**
 * index - what is found out about a trace once and kept beside it: FILE.rnx.
 *
 * A cache and nothing more: every question has the same answer without one. It is looked for beside the
 * trace, then in $XDG_CACHE_HOME/renacer (or ~/.cache/renacer) by the trace's uuid; made in the first of
 * these places that can be written, else in memory. It fits a trace with its uuid and its blocks; where the
 * trace grew, what is new is added. One that is damaged, older or somebody else's is made anew. It is
 * written under another name and renamed, so that nobody ever sees half of one and two may write at once.
 * What it holds: analyze/index/schema.h. One owner thread.
 */
#ifndef RN_ANALYZE_INDEX_INDEX_H
#define RN_ANALYZE_INDEX_INDEX_H

#include "analyze/index/survey.h"
#include "analyze/source/orphans.h"
#include "shared/filter.h"

struct rn_diag;
struct rn_index;
struct rn_modules_table;

enum rn_index_way {
	RN_INDEX_USE,  /* what is there */
	RN_INDEX_MAKE, /* the same; where there is none that fits, one is made */
	RN_INDEX_ANEW, /* one is made */
};

/* Below this many calls nothing is gained by an index, so that questions make none. */
#define RN_INDEX_WORTH 300000

bool rn_index_is_worth(const struct rn_reader *r);

/** The index of a trace, whose reader is seekable. model: complete, with RN_MODEL_FDS | RN_MODEL_CWD, needed
 *  to make one; NULL: it is built when needed. *out is NULL when there is none (USE). diag: for progress,
 *  may be NULL. path: of the trace. Failures to write are none: RN_E_NOMEM, RN_E_IO of the trace. */
int rn_index_open(struct rn_index **out, const char *path, struct rn_reader *r,
	const struct rn_model *model, enum rn_index_way way, struct rn_diag *diag, struct rn_error *err);
void rn_index_close(struct rn_index *x);

/** Where it is; NULL: in memory. */
const char *rn_index_path(const struct rn_index *x);
/** Blocks that were surveyed to bring it up to date; 0: it was found as it is. */
size_t rn_index_surveyed(const struct rn_index *x);

/** The same of their stacks. */
size_t rn_index_unwound(const struct rn_index *x);

/** While the trace was recorded. */
uint64_t rn_index_lost_events(const struct rn_index *x);

/** Of each call of a block, whose core this is, the number of its file facts, 0: none; borrowed until the
 *  next call. NULL: the index does not tell (damage), look at the call itself. Unpacks the block's arguments. */
const uint32_t *rn_index_files(struct rn_index *x, struct rn_block *block, const struct rn_core *core);
/** Whether it tells of every call of the trace which files it is about, so that nobody need know the model for
 *  that: every row's checksum is looked at. */
bool rn_index_is_whole(struct rn_index *x);
/** Numbers are 1 .. rn_index_n_facts. Strings borrowed for the life of the index. */
uint32_t rn_index_n_facts(struct rn_index *x);
const struct rn_file_facts *rn_index_facts(const struct rn_index *x, uint32_t number);

/** Counts all calls, or those the filter names, into the set. RN_END: the index does not tell. */
int rn_index_tally(struct rn_index *x, const struct rn_filter *filter, struct rn_tally_set *set,
	struct rn_error *err);
/* Calls of some threads between two moments. */
struct rn_index_part {
	const struct rn_filter *filter; /* NULL: any */
	uint64_t from_ns, to_ns; /* of their entry; to_ns not included */
	int (*takes_thread)(void *arg, uint32_t utid); /* 1, 0, below 0: not to be told by thread; NULL: all */
	void *arg;
	uint64_t n_calls; /* set: how many were counted */
};
/** Counts these as far as whole runs of blocks hold no others; *look (of as many bytes as the trace has blocks): 1:
 *  the calls of this block are not counted, some may be wanted. RN_END: the index does not tell, the set is spoilt. */
int rn_index_tally_part(struct rn_index *x, struct rn_index_part *part, struct rn_tally_set *set, uint8_t *look,
	struct rn_error *err);
/* Of one number of a call: calls that returned in [2^k, 2^(k+1)) ns, 0 ns among the first. */
struct rn_index_histogram {
	uint32_t abi, nr;
	uint64_t calls[64];
};
/** Of all calls, by abi, then number; *out is the caller's to free(). RN_END: the index does not tell. */
int rn_index_histograms(struct rn_index *x, struct rn_index_histogram **out, size_t *n);
/** What was done to which files, of all calls of the trace; a key may come more than once. The facts are loaded.
 *  RN_END: the index does not tell, nothing was handed out; else 0 or the first value of take that is not 0. take
 *  NULL: only whether it tells. */
typedef int rn_index_take_use(void *arg, const struct rn_use_key *key, const struct rn_use *use, struct rn_error *err);
int rn_index_uses(struct rn_index *x, rn_index_take_use *take, void *arg, struct rn_error *err);
/** How long the n-th of the slowest calls of the trace took, n from 1. False: the index does not tell. */
bool rn_index_slow(struct rn_index *x, uint64_t n, uint64_t *dur_ns);
/** The calls that never completed, into *o, as rn_orphans_find. RN_END: the index does not tell. */
int rn_index_orphans(struct rn_index *x, struct rn_orphans *o, struct rn_error *err);

/** Where the index of a trace is looked for and made first; the caller's to free. NULL: standard input has none. */
char *rn_index_beside(const char *trace);
/** What rn_model_scan and rn_modules_scan do, by the index where it knows what they ask for: without walking
 *  through the events of descriptors. x: NULL: as those do. */
int rn_index_scan_model(struct rn_index *x, struct rn_model *m, struct rn_reader *r, struct rn_error *err);
int rn_index_scan_modules(struct rn_index *x, struct rn_modules_table *m, struct rn_reader *r,
	struct rn_error *err);

#endif
