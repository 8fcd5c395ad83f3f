/* SPDX-License-Identifier: MIT */
/**
 * reader - trace bytes in, events out; also from a pipe, also from a damaged file.
 *
 * A file is opened by its seek table when that proves right, else by one scan.
 * Blocks come in file order; of each block only the sections that are asked for
 * are unpacked. Damage is data: it is counted and reported (rn_reader_damage),
 * the next intact block is found by its magic, and reading goes on. A missing
 * tail (crash, SIGKILL) is a supported state, told by rn_reader_complete.
 * Every length of the file is capped before it is used.
 */
#ifndef RN_FORMAT_READER_H
#define RN_FORMAT_READER_H

#include "format/event.h"
#include "format/header.h"
#include "format/writer.h"
#include "shared/cursor.h"

enum rn_section {
	RN_SECTION_CORE, RN_SECTION_ARGS, RN_SECTION_REGS, RN_SECTION_STACK, RN_SECTION_DATA,
	RN_SECTION_META, RN_SECTIONS
};
#define RN_WANT(s) (1u << RN_SECTION_##s)
#define RN_WANT_ALL ((1u << RN_SECTIONS) - 1)

/* What a block's directory says: enough to skip the block. */
struct rn_block_info {
	uint64_t offset;             /* of the directory frame in the file */
	uint64_t disk_bytes;         /* directory and sections */
	uint64_t number;             /* of the block, from 0 */
	uint64_t first_seq;          /* number of its first event */
	uint32_t n_calls, n_meta;
	uint64_t first_ns, last_ns;  /* smallest entry time, greatest completion time */
	uint64_t max_dur_ns;
	uint32_t n_errors;
	struct rn_bytes nr_set;      /* encoded; ask rn_block_info_has_nr */
	struct rn_bytes utid_set;    /* encoded; ask rn_block_info_has_utid */
	/* disk_bytes 0: the block has no such section. at: from the end of the directory frame. */
	struct { uint32_t raw_bytes, disk_bytes; uint64_t at; uint32_t disk_crc; } section[RN_SECTIONS];
	bool has_disk_crc;           /* format 1.1: disk_crc is the CRC-32C of the bytes on disk */
};
bool rn_block_info_has_nr(const struct rn_block_info *info, enum rn_abi abi, uint32_t nr);
bool rn_block_info_has_utid(const struct rn_block_info *info, uint32_t utid);

/* Goes through the members of such a set, which rise. Borrows the info. */
struct rn_set_walk {
	struct rn_cursor rest;
	uint64_t at, left;
};
/** Members are abi << 32 | nr. */
struct rn_set_walk rn_block_info_nrs(const struct rn_block_info *info);
struct rn_set_walk rn_block_info_utids(const struct rn_block_info *info);
/** False at the end. */
bool rn_set_walk_next(struct rn_set_walk *w, uint64_t *member);

struct rn_reader;
struct rn_block;

/* Where the trace is damaged. kind tells what was lost. */
struct rn_damage {
	uint64_t offset;      /* in the file */
	uint64_t bytes;       /* how much was passed over; 0 unknown */
	int code;             /* RN_E_CORRUPT, RN_E_TRUNCATED */
	char text[160];       /* "block 3, section stack: checksum differs" */
};

/** Opens path ("-" is standard input). Errors name the path: RN_E_NOT_FOUND, RN_E_PERM, RN_E_IO (a
 *  directory among them), RN_E_NOT_TRACE (empty file: says so), RN_E_VERSION, RN_E_FEATURE,
 *  RN_E_CORRUPT, RN_E_TRUNCATED (inside the header). */
int rn_reader_open(struct rn_reader **out, const char *path, struct rn_error *err);
/** Takes fd over, also on error; name stands in messages. Not seekable: blocks come once. */
int rn_reader_open_fd(struct rn_reader **out, int fd, const char *name, struct rn_error *err);
/** Over bytes that outlive the reader (tests, fuzzing). */
int rn_reader_open_bytes(struct rn_reader **out, struct rn_bytes bytes, struct rn_error *err);
void rn_reader_close(struct rn_reader *r);

const struct rn_header *rn_reader_header(const struct rn_reader *r);
bool rn_reader_seekable(const struct rn_reader *r);

/** The next block in file order into b (reused; what it held is invalid). Damaged blocks are passed
 *  over. On a pipe it waits for the writer. 0, RN_END, or RN_E_IO, RN_E_NOMEM. */
int rn_reader_next(struct rn_reader *r, struct rn_block *b, struct rn_error *err);
/** Starts over; RN_E_UNSUPPORTED on a pipe. */
int rn_reader_rewind(struct rn_reader *r, struct rn_error *err);

/* Random access, seekable inputs only. After rn_reader_index the infos are complete. */
int rn_reader_index(struct rn_reader *r, struct rn_error *err);
size_t rn_reader_n_blocks(const struct rn_reader *r);
const struct rn_block_info *rn_reader_block_info(const struct rn_reader *r, size_t i);
/** Loads block i; different blocks may be loaded and decoded on different threads at once. */
int rn_reader_load(const struct rn_reader *r, size_t i, struct rn_block *b, struct rn_error *err);
/** Of the block the core, and meta events and arguments where want has RN_WANT(META) and RN_WANT(ARGS), for who does
 *  not know yet whether it will be wanted: false where anything of that is damaged or cannot be had, and nothing is
 *  noted then; rn_reader_load tells what. The others are unpacked when they are asked for. */
bool rn_reader_load_whole(const struct rn_reader *r, size_t i, unsigned want, struct rn_block *b);

/** Module images met so far (all of them after rn_reader_index or RN_END). Borrowed until close. */
size_t rn_reader_n_modules(const struct rn_reader *r);
int rn_reader_module(struct rn_reader *r, size_t i, struct rn_module_image *m,
	struct rn_error *err);
/** What module i (below n_modules) is, without its image, which stays packed. */
void rn_reader_module_what(const struct rn_reader *r, size_t i, struct rn_module_image *m);

/** Damage met so far, in file order, at most 1000 kept (count may be greater). */
uint64_t rn_reader_n_damage(const struct rn_reader *r);
const struct rn_damage *rn_reader_damage(const struct rn_reader *r, size_t i);
/** The recording was closed properly: the tail (seek table) was there and right, or, as on a full disk, there is
 *  none, nothing is damaged, and the last event is END. Valid after rn_reader_index or RN_END. */
bool rn_reader_complete(const struct rn_reader *r);
/** When the last of the blocks known so far ended, since the start of the trace: of all blocks after
 *  rn_reader_index or RN_END. 0: there is none. */
uint64_t rn_reader_end_ns(const struct rn_reader *r);
/** Size of the input where known, else the bytes read so far. */
uint64_t rn_reader_bytes(const struct rn_reader *r);

/* A block that was filled by a reader reads its sections from it: done with before the reader is
 * closed (freeing it later is fine). One block, one thread at a time. */
struct rn_block *rn_block_new(void); /* NULL: no memory */
void rn_block_free(struct rn_block *b);
const struct rn_block_info *rn_block_info(const struct rn_block *b);

/* The core section as columns; arrays of info->n_calls, borrowed until the block is reused. */
struct rn_core {
	uint32_t n;
	const uint64_t *ts_ns, *dur_ns;
	const uint32_t *utid;
	const uint32_t *nr;
	const uint8_t *abi;
	const uint16_t *flags;
	const int64_t *ret;
};
/** Unpacks the core section (once; later calls are free). */
int rn_block_core(struct rn_block *b, const struct rn_core **out, struct rn_error *err);

/** The arguments of all calls, borrowed until the block is reused. 0, RN_END: the block has none, or they are
 *  damaged; RN_E_NOMEM. */
int rn_block_args(struct rn_block *b, const uint64_t (**out)[6], struct rn_error *err);

/** Event i (0 .. n_calls + n_meta - 1) in file order, with the parts in `want` (the core's and meta events
 *  are always there; parts not wanted or damaged are empty). Call with rising i for O(1). Everything
 *  the event borrows lives until the block is reused: several events may be held at once.
 *  0, RN_END when i is past the last, RN_E_CORRUPT, RN_E_NOMEM. */
int rn_block_event(struct rn_block *b, uint32_t i, unsigned want, struct rn_event *out,
	struct rn_error *err);

/** Call k (index into the core columns), any order; the same rules. A thread's registers and stacks
 *  are chained differences, so rising k is O(1), going back may cost up to the block. */
int rn_block_call(struct rn_block *b, uint32_t k, unsigned want, struct rn_event *out,
	struct rn_error *err);
/** Meta event j; *before is the number of calls of the block that come before it in file order. RN_E_CORRUPT: this
 *  one makes no sense (noted); those behind it may. */
int rn_block_meta(struct rn_block *b, uint32_t j, struct rn_event *out, uint32_t *before,
	struct rn_error *err);
/** Of it what costs nothing, for who passes over most of them. 0, RN_END, RN_E_NOMEM. */
int rn_block_meta_glance(struct rn_block *b, uint32_t j, enum rn_event_kind *kind, uint32_t *utid,
	struct rn_error *err);

/* Threads a block mentions, so that a block makes sense even when earlier ones are lost. */
struct rn_thread_ref {
	uint32_t utid, leader;
	uint32_t tid, pid;
};
int rn_block_threads(struct rn_block *b, const struct rn_thread_ref **out, uint32_t *n,
	struct rn_error *err);

#endif
