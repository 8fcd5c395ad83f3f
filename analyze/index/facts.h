/* SPDX-License-Identifier: MIT */
/**
 * facts - the distinct answers to "which files is a call about", and how an index keeps them.
 *
 * A packed answer is bytes that are equal when answers are: for path, fd_path, target a length of 4 bytes
 * (all ones: there is none) and the text; then the other places in the same way. A target is often the path,
 * the descriptor's, or the one below the other: that is a length below all ones, without text. On disk the
 * texts of many stand together, each distinct one once, and each answer tells which are its own.
 */
#ifndef RN_ANALYZE_INDEX_FACTS_H
#define RN_ANALYZE_INDEX_FACTS_H

#include "shared/arena.h"
#include "shared/buffer.h"
#include "shared/intern.h"

/* Which files a call is about. Strings are borrowed. */
struct rn_file_facts {
	bool has_path, has_fd_path, has_target;
	struct rn_bytes path, fd_path, target;
	struct rn_bytes more; /* each a length of 4 bytes and its text */
};

/** Packs all but `more`, which is to follow as it is (rn_file_facts_add). */
void rn_file_facts_pack(struct rn_buffer *out, const struct rn_file_facts *f);
void rn_file_facts_add(struct rn_buffer *out, struct rn_bytes text);
/** What borrows the bytes; a target that is put together lies in the arena. False: the bytes are no packed
 *  facts, or memory ran out. */
bool rn_file_facts_unpack(struct rn_file_facts *f, struct rn_bytes key, struct rn_arena *arena);
/** Takes one text off the front of `more`; false at its end. */
bool rn_file_facts_next(struct rn_bytes *more, struct rn_bytes *text);

/* The pieces of a page of facts: texts that are new (0 behind each; 0 and 1 in them are 1 1 and 1 2), then of
 * each answer the references of its parts, a column for each; of `more` how many there are, and them. */
enum rn_facts_piece {
	RN_FACTS_TEXTS, RN_FACTS_PATHS, RN_FACTS_FD_PATHS, RN_FACTS_TARGETS, RN_FACTS_MORE, RN_FACTS_PIECES
};

struct rn_facts_writer {
	struct rn_intern *texts;     /* those told of by now */
	uint32_t last[3];            /* of each column the text used last */
	struct rn_buffer piece[RN_FACTS_PIECES];
};
bool rn_facts_writer_init(struct rn_facts_writer *w); /* false: no memory; fini also then */
void rn_facts_writer_fini(struct rn_facts_writer *w);
void rn_facts_writer_clear(struct rn_facts_writer *w); /* the pieces: a new page */
/** Adds one packed answer to the page. False: no memory. */
bool rn_facts_writer_add(struct rn_facts_writer *w, struct rn_bytes key);

struct rn_facts_reader {
	struct rn_bytes *text;       /* by number - 1 */
	uint32_t n, cap, last[3];
	struct rn_arena *arena;      /* borrowed: texts and what is made of them */
};
void rn_facts_reader_fini(struct rn_facts_reader *r);
/** Reads n answers of a page, the one behind the last read. False: they are not right, or memory ran out. */
bool rn_facts_read(struct rn_facts_reader *r, const struct rn_bytes piece[RN_FACTS_PIECES], uint32_t n,
	struct rn_file_facts *out);

#endif
