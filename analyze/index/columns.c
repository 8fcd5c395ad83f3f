/* SPDX-License-Identifier: MIT */
#include "analyze/index/columns.h"

#include "shared/cursor.h"

#include <string.h>

int rn_columns_writer_init(struct rn_columns_writer *w, const struct rn_columns_form *form, sqlite3 *db,
	struct ZSTD_CCtx_s *z, struct rn_error *err)
{
	*w = (struct rn_columns_writer){ .form = form };
	return rn_pages_writer_init(&w->pages, db, form->table, z, err);
}

void rn_columns_writer_fini(struct rn_columns_writer *w)
{
	rn_pages_writer_fini(&w->pages);
	for (unsigned i = 0; i < RN_PAGE_PIECES_MAX; i++)
		rn_buffer_fini(&w->piece[i]);
}

int rn_columns_end(struct rn_columns_writer *w, struct rn_error *err)
{
	int rc = w->n ? rn_pages_put(&w->pages, w->pages.n + 1, w->n, w->piece, w->form->n, err) : 0;
	for (unsigned i = 0; i < w->form->n; i++)
		rn_buffer_clear(&w->piece[i]);
	memset(w->last, 0, sizeof(w->last));
	w->n = 0;
	return rc;
}

int rn_columns_put(struct rn_columns_writer *w, const int64_t *row, struct rn_error *err)
{
	for (unsigned i = 0; i < w->form->n; i++) {
		if (w->form->deltas >> i & 1)
			rn_put_svarint(&w->piece[i], (int64_t)((uint64_t)row[i] - (uint64_t)w->last[i]));
		else
			rn_put_varint(&w->piece[i], (uint64_t)row[i]);
		w->last[i] = row[i];
	}
	return ++w->n == w->form->rows ? rn_columns_end(w, err) : 0;
}

/* False: the page is no such page. */
static bool each_of_page(const struct rn_columns_form *form, const struct rn_page *page, rn_columns_take *take,
	void *arg, int *rc, struct rn_error *err)
{
	struct rn_cursor c[RN_PAGE_PIECES_MAX];
	int64_t row[RN_PAGE_PIECES_MAX] = { 0 };
	bool ok = page->n <= form->rows;
	for (unsigned i = 0; i < form->n; i++)
		c[i] = rn_cursor_of(page->piece[i].p, page->piece[i].len);
	for (int64_t k = 0; k < page->n && ok && !*rc; k++) {
		for (unsigned i = 0; i < form->n; i++) {
			row[i] = form->deltas >> i & 1 ?
				(int64_t)((uint64_t)row[i] + (uint64_t)rn_take_svarint(&c[i])) :
				(int64_t)rn_take_varint(&c[i]);
			ok &= rn_cursor_ok(&c[i]);
		}
		*rc = ok && take ? take(arg, row, err) : 0;
	}
	for (unsigned i = 0; i < form->n; i++)
		ok &= *rc || !rn_cursor_left(&c[i]);
	return ok;
}

int rn_columns_each(sqlite3 *db, const struct rn_columns_form *form, int64_t n_pages, uint32_t crc,
	rn_columns_take *take, void *arg, struct rn_error *err)
{
	struct rn_pages pages;
	struct rn_page page;
	int64_t n = 0;
	int rc = 0;
	bool ok = rn_pages_init(&pages, db, form->table);
	while (ok && !rc && rn_pages_next(&pages, &page, form->n)) {
		ok = each_of_page(form, &page, take, arg, &rc, err);
		n++;
	}
	ok = ok && (rc || (!pages.bad && n == n_pages && pages.crc == crc));
	rn_pages_fini(&pages);
	return ok ? rc : RN_END;
}
