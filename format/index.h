/* SPDX-License-Identifier: MIT */
/**
 * index - where the blocks and modules are: the tail of a trace, for opening it with one read.
 *
 * An index frame lists what stands between the index frame before it (or the header) and itself.
 * The writer puts one in whenever its list grows too long to keep, and a last one at the end; each
 * names the one before. It ends with its own length, so that it is found from behind. The last is
 * holds a copy of the header and is followed by zstd's seek table unless there are too many frames to list.
 * docs/format.md, "Index" and "Seek table": change both.
 */
#ifndef RN_FORMAT_INDEX_H
#define RN_FORMAT_INDEX_H

#include "format/frame.h"
#include "format/reader.h"
#include "shared/cursor.h"

/* Beyond this many bytes the writer puts an index frame into the stream and starts a new list. */
#define RN_INDEX_CHUNK_BYTES ((size_t)256 * 1024)
/* Beyond this many frames there is no seek table: its memory must stay bounded while recording. */
#define RN_SEEK_MAX_FRAMES ((uint32_t)1 << 17)

struct rn_index_writer {
	struct rn_buffer entries;   /* of the chunk under way */
	uint32_t n_entries;
	struct rn_bytes header;     /* a copy of the header's frame, borrowed */
	uint64_t previous;          /* offset of the index frame before; 0: none */
	uint64_t first_offset, entry_end; /* of the chunk: where its entries begin and end */
	struct rn_buffer seek;      /* zstd's entries: compressed and raw size of every frame */
	uint64_t n_frames;
};

void rn_index_writer_fini(struct rn_index_writer *x);
/** Forgets all that was added since *mark was a copy of x. */
void rn_index_rewind(struct rn_index_writer *x, const struct rn_index_writer *mark);
/** A frame was written: its length on disk and unpacked (0 for a skippable one). */
void rn_index_frame(struct rn_index_writer *x, uint64_t disk_bytes, uint64_t raw_bytes);
/** A block or module was written at offset; directory or descriptor: its first frame. */
void rn_index_block(struct rn_index_writer *x, uint64_t offset, struct rn_bytes directory,
	uint64_t sections_bytes);
void rn_index_module(struct rn_index_writer *x, uint64_t offset, struct rn_bytes descriptor,
	uint64_t image_bytes);
/** Appends the index frame that lists the chunk, when there is one worth it or last is set. */
void rn_index_flush(struct rn_index_writer *x, struct rn_buffer *out, uint64_t offset, bool last);
/** Appends zstd's seek table; nothing when there were too many frames. */
void rn_index_seek_table(struct rn_index_writer *x, struct rn_buffer *out);

/* One entry, read back: the frame in front (directory or descriptor) and the bytes behind it. */
struct rn_index_entry {
	enum rn_frame_kind kind; /* BLOCK or MODULE */
	uint64_t offset, bytes;
	struct rn_bytes frame;
};
struct rn_index_chunk {
	bool last;
	uint64_t previous;       /* 0: none */
	struct rn_bytes header;  /* of the last: a copy of the header's frame */
	uint64_t first_offset;   /* where its entries begin */
	uint32_t n_entries;
	struct rn_cursor entries;
	uint64_t at;             /* where the next entry begins */
	uint32_t taken;
};
/** Parses a whole index frame. 0 or RN_E_CORRUPT. */
int rn_index_chunk(struct rn_index_chunk *out, struct rn_bytes frame, struct rn_error *err);
/** The next entry: 0, RN_END, RN_E_CORRUPT. */
int rn_index_next(struct rn_index_chunk *c, struct rn_index_entry *out);

/** Length of the seek table frame that ends at the end of tail, 0: there is none. */
uint64_t rn_seek_table_bytes(struct rn_bytes tail);
/** Sums of a whole seek table frame. 0 or RN_E_CORRUPT. */
int rn_seek_table_check(struct rn_bytes frame, uint64_t *n_frames, uint64_t *disk_bytes);

#endif
