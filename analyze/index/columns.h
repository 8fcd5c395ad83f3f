/* SPDX-License-Identifier: MIT */
/**
 * columns - rows of whole numbers in an index: pages (pages.h) whose pieces are columns of varints.
 *
 * Columns whose bit is set in `deltas` hold the difference to the row before, of a page, zigzag; the others the
 * number, taken as unsigned.
 */
#ifndef RN_ANALYZE_INDEX_COLUMNS_H
#define RN_ANALYZE_INDEX_COLUMNS_H

#include "analyze/index/pages.h"

struct rn_columns_form {
	const char *table;
	unsigned n;               /* columns, RN_PAGE_PIECES_MAX at most */
	unsigned deltas;
	uint32_t rows;            /* a page has at most */
};

struct rn_columns_writer {
	const struct rn_columns_form *form;
	struct rn_pages_writer pages;
	struct rn_buffer piece[RN_PAGE_PIECES_MAX];
	int64_t last[RN_PAGE_PIECES_MAX];
	uint32_t n;               /* rows of the page under way */
};
/** As rn_pages_writer_init. */
int rn_columns_writer_init(struct rn_columns_writer *w, const struct rn_columns_form *form, sqlite3 *db,
	struct ZSTD_CCtx_s *z, struct rn_error *err);
void rn_columns_writer_fini(struct rn_columns_writer *w);
int rn_columns_put(struct rn_columns_writer *w, const int64_t *row, struct rn_error *err);
/** Writes what is left. */
int rn_columns_end(struct rn_columns_writer *w, struct rn_error *err);

/** One row; not 0 ends it. */
typedef int rn_columns_take(void *arg, const int64_t *row, struct rn_error *err);
/** All rows, in order. RN_END: the table has not so many pages with this checksum, or is no such table; rows may
 *  have been handed out by then. take NULL: only looks. */
int rn_columns_each(sqlite3 *db, const struct rn_columns_form *form, int64_t pages, uint32_t crc,
	rn_columns_take *take, void *arg, struct rn_error *err);

#endif
