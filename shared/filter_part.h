/* SPDX-License-Identifier: MIT */
/**
 * filter_part - one part of a filter expression; private to filter*.c.
 */
#ifndef RN_SHARED_FILTER_PART_H
#define RN_SHARED_FILTER_PART_H

#include "shared/arena.h"
#include "shared/error.h"
#include "shared/regex.h"
#include "shared/syscall.h"

#include <pthread.h>

enum rn_part_kind {
	RN_PART_NONE, /* selects nothing: none, unknown words that were allowed */
	RN_PART_ALL,
	RN_PART_NAME,
	RN_PART_CLASS,
	RN_PART_REGEX,
};

#define RN_ABIS_ALL UINT32_MAX

struct rn_part {
	enum rn_part_kind kind;
	bool exclude;            /* `!` stood before it */
	bool tolerant;           /* `?` stood before it */
	uint32_t abis;           /* where it applies: 1 << abi each, or RN_ABIS_ALL */
	uint32_t classes;        /* CLASS: any of these bits */
	bool file_io;            /* CLASS: also what rn_part_is_file_io() names */
	struct rn_regex *regex;  /* REGEX: owned by whoever holds the part */
	const char *text;        /* canonical, without `!`: "read", "%network", "/x/"; the arena's */
};

/* What stands behind struct rn_filter. */
struct rn_filter_parts {
	struct rn_arena arena;
	struct rn_part *item;
	size_t n, cap;
	bool includes;        /* some part stands without `!` */
	const char **warning; /* the arena's */
	size_t n_warnings;
	pthread_mutex_t lock; /* a regex has one place for its result */
};

/* What the parts of one filter share while they are read. */
struct rn_part_sink {
	struct rn_arena *arena;
	/** Takes part, its regex too, also on error. */
	int (*take)(void *arg, const struct rn_part *part, struct rn_error *err);
	/** A warning, without the expression. */
	int (*warn)(void *arg, const char *text, struct rn_error *err);
	void *arg;
};

/** Reads one expression; errors as rn_filter_add. */
int rn_parts_parse(const struct rn_part_sink *sink, const char *expression, struct rn_error *err);

/** What a word means: sets kind, abis, classes, file_io and text of *part. RN_E_NOT_FOUND with a
 *  message that suggests, when nobody knows it; RN_E_USAGE; RN_E_NOMEM. */
int rn_part_word(struct rn_part *part, struct rn_arena *arena, struct rn_bytes word,
	struct rn_error *err);

/** 1: selects the call, 0: does not, negative: RN_E_LIMIT of a regex. call is NULL for an unknown
 *  number, whose name is syscall_N. */
int rn_part_selects(const struct rn_part *part, enum rn_abi abi, const char *name,
	const struct rn_syscall *call, struct rn_error *err);

/** Calls of the word `file` besides class file. */
bool rn_part_is_file_io(const char *name);

#endif
