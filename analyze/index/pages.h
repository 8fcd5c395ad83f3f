/* SPDX-License-Identifier: MIT */
/**
 * pages - rows of packed bytes in an index: what would be too many rows of SQLite.
 *
 * A page is a few pieces, each of which is compressed for itself since what is alike packs best together:
 * for each the varint length of its bytes, that of the frame (0: the bytes stand as they are) and the
 * frame. A table of pages has (id, n, raw_bytes, data, crc); n is for its owner. Whatever is read is checked.
 */
#ifndef RN_ANALYZE_INDEX_PAGES_H
#define RN_ANALYZE_INDEX_PAGES_H

#include "shared/buffer.h"
#include "shared/error.h"

#include <sqlite3.h>

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

#define RN_PAGE_PIECES_MAX 14
#define RN_PAGE_BYTES_MAX ((int64_t)128 << 20)

/** Appends a page's data. 0 or RN_E_NOMEM. */
int rn_page_pack(struct ZSTD_CCtx_s *z, struct rn_buffer *out, const struct rn_buffer *piece, unsigned n,
	struct rn_error *err);
size_t rn_page_raw_bytes(const struct rn_buffer *piece, unsigned n);
/** The pieces of a page, unpacked into `room` (cleared) or borrowed from data. False: it is no such page. */
bool rn_page_unpack(struct ZSTD_DCtx_s *z, struct rn_bytes data, int64_t raw_bytes, struct rn_buffer *room,
	struct rn_bytes *piece, unsigned n);

/** CRC of the fields of a table's row, chained. */
uint32_t rn_index_crc(uint32_t before, const int64_t *fields, size_t n, struct rn_bytes blob);

/* Writes one table. */
struct rn_pages_writer {
	sqlite3_stmt *add;
	struct ZSTD_CCtx_s *z; /* borrowed */
	struct rn_buffer packed;
	int64_t n;             /* pages written */
	uint32_t crc;          /* of all of them */
};
/** RN_E_IO where there is no such table. Fini also after an error. */
int rn_pages_writer_init(struct rn_pages_writer *w, sqlite3 *db, const char *table, struct ZSTD_CCtx_s *z,
	struct rn_error *err);
void rn_pages_writer_fini(struct rn_pages_writer *w);
/** Pages rise by id. 0, RN_E_NOMEM, RN_E_IO. */
int rn_pages_put(struct rn_pages_writer *w, int64_t id, int64_t n, const struct rn_buffer *piece,
	unsigned n_pieces, struct rn_error *err);

/* A page that was read. Pieces are borrowed until the next. */
struct rn_page {
	int64_t id, n;
	struct rn_bytes piece[RN_PAGE_PIECES_MAX];
};
/* Reads one table from its first page on, or one page of it. */
struct rn_pages {
	sqlite3_stmt *all, *one;
	struct ZSTD_DCtx_s *z;
	struct rn_buffer room;
	uint32_t crc;          /* of the pages that `next` handed out */
	bool bad;              /* something was not as it should be: there is nothing more */
};
bool rn_pages_init(struct rn_pages *p, sqlite3 *db, const char *table);
void rn_pages_fini(struct rn_pages *p);
/** False at the end, and where something is wrong. */
bool rn_pages_next(struct rn_pages *p, struct rn_page *out, unsigned n_pieces);
/** False: there is none, or it is not right. */
bool rn_pages_get(struct rn_pages *p, int64_t id, struct rn_page *out, unsigned n_pieces);
/** Whether the table has these checksums, without unpacking anything. */
bool rn_pages_check(sqlite3 *db, const char *table, int64_t n, uint32_t crc);

#endif
