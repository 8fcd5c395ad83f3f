/* SPDX-License-Identifier: MIT */
#include "analyze/index/pages.h"

#include "format/crc32c.h"
#include "format/squeeze.h"
#include "shared/cursor.h"

#include <stdio.h>

#define WORTH_PACKING 24 /* a frame has a head */

uint32_t rn_index_crc(uint32_t before, const int64_t *fields, size_t n, struct rn_bytes blob)
{
	uint32_t parts[3] = { before, rn_crc32c(rn_bytes_of(fields, n * sizeof(*fields))),
		rn_crc32c(blob) };
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION /* a fuzzer is to reach what lies behind it */
	return 0 * parts[0];
#endif
	return rn_crc32c(rn_bytes_of(parts, sizeof(parts)));
}

static int pack_piece(struct ZSTD_CCtx_s *z, struct rn_buffer *out, struct rn_bytes raw,
	struct rn_error *err)
{
	struct rn_buffer frame = RN_BUFFER_INIT;
	int rc = raw.len >= WORTH_PACKING ? rn_squeeze(z, &frame, raw, err) : 0;
	bool packed = frame.len && frame.len < raw.len;
	rn_put_varint(out, raw.len);
	rn_put_varint(out, packed ? frame.len : 0);
	rn_put_bytes(out, packed ? frame.p : raw.p, packed ? frame.len : raw.len);
	rn_buffer_fini(&frame);
	return rc;
}

int rn_page_pack(struct ZSTD_CCtx_s *z, struct rn_buffer *out, const struct rn_buffer *piece, unsigned n,
	struct rn_error *err)
{
	int rc = 0;
	bool ok = true;
	for (unsigned i = 0; i < n && !rc; i++) {
		rc = pack_piece(z, out, rn_buffer_bytes(&piece[i]), err);
		ok &= rn_buffer_ok(&piece[i]);
	}
	return rc || (ok && rn_buffer_ok(out)) ? rc : rn_fail(err, RN_E_NOMEM, "out of memory");
}

size_t rn_page_raw_bytes(const struct rn_buffer *piece, unsigned n)
{
	size_t bytes = 0;
	for (unsigned i = 0; i < n; i++)
		bytes += piece[i].len;
	return bytes;
}

bool rn_page_unpack(struct ZSTD_DCtx_s *z, struct rn_bytes data, int64_t raw_bytes, struct rn_buffer *room,
	struct rn_bytes *piece, unsigned n)
{
	struct rn_cursor c = rn_cursor_of(data.p, data.len);
	size_t left = raw_bytes < 0 || raw_bytes > RN_PAGE_BYTES_MAX ? 0 : (size_t)raw_bytes, at = 0;
	rn_buffer_clear(room);
	uint8_t *to = rn_buffer_reserve(room, left + 1);
	bool ok = to && left == (size_t)raw_bytes;
	for (unsigned i = 0; i < n && ok; i++) {
		uint64_t len = rn_take_varint(&c), packed = rn_take_varint(&c);
		struct rn_bytes bytes = rn_take_bytes(&c, packed ? packed : len);
		ok = rn_cursor_ok(&c) && len <= left;
		piece[i] = bytes;
		if (!ok || !packed)
			continue;
		piece[i] = rn_bytes_of(to + at, (size_t)len);
		ok = !rn_unsqueeze_check(bytes, (size_t)len, NULL) &&
			!rn_unsqueeze(z, to + at, (size_t)len, bytes, NULL);
		at += (size_t)len;
		left -= (size_t)len;
	}
	return ok && !rn_cursor_left(&c);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *before, const char *table, const char *behind)
{
	char sql[160];
	sqlite3_stmt *s = NULL;
	snprintf(sql, sizeof(sql), "%s %s %s", before, table, behind);
	return sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK ? s : NULL;
}

int rn_pages_writer_init(struct rn_pages_writer *w, sqlite3 *db, const char *table, struct ZSTD_CCtx_s *z,
	struct rn_error *err)
{
	*w = (struct rn_pages_writer){ prepare(db, "INSERT INTO", table, "VALUES(?1, ?2, ?3, ?4, ?5)"), z,
		RN_BUFFER_INIT, 0, 0 };
	return w->add ? 0 : rn_fail(err, RN_E_IO, "index: %s", sqlite3_errmsg(db));
}

void rn_pages_writer_fini(struct rn_pages_writer *w)
{
	sqlite3_finalize(w->add);
	rn_buffer_fini(&w->packed);
	w->add = NULL;
}

int rn_pages_put(struct rn_pages_writer *w, int64_t id, int64_t n, const struct rn_buffer *piece,
	unsigned n_pieces, struct rn_error *err)
{
	const int64_t fields[] = { id, n, (int64_t)rn_page_raw_bytes(piece, n_pieces) };
	rn_buffer_clear(&w->packed);
	int rc = rn_page_pack(w->z, &w->packed, piece, n_pieces, err);
	if (rc)
		return rc;
	uint32_t crc = rn_index_crc(0, fields, 3, rn_buffer_bytes(&w->packed));
	for (int i = 0; i < 3; i++)
		sqlite3_bind_int64(w->add, i + 1, fields[i]);
	sqlite3_bind_blob64(w->add, 4, w->packed.p, w->packed.len, SQLITE_STATIC);
	sqlite3_bind_int64(w->add, 5, crc);
	if (sqlite3_step(w->add) != SQLITE_DONE)
		rc = rn_fail(err, RN_E_IO, "index: %s", sqlite3_errmsg(sqlite3_db_handle(w->add)));
	sqlite3_reset(w->add);
	w->crc = rn_index_crc(w->crc, &(int64_t){ crc }, 1, rn_bytes_of(NULL, 0));
	w->n++;
	return rc;
}

bool rn_pages_init(struct rn_pages *p, sqlite3 *db, const char *table)
{
	static const char columns[] = "SELECT id, n, raw_bytes, data, crc FROM";
	*p = (struct rn_pages){ prepare(db, columns, table, "ORDER BY id"),
		prepare(db, columns, table, "WHERE id = ?1"), rn_unsqueeze_new(), RN_BUFFER_INIT, 0, false };
	p->bad = !p->all || !p->one || !p->z;
	return !p->bad;
}

void rn_pages_fini(struct rn_pages *p)
{
	sqlite3_finalize(p->all);
	sqlite3_finalize(p->one);
	rn_unsqueeze_free(p->z);
	rn_buffer_fini(&p->room);
	*p = (struct rn_pages){ 0 };
}

/* The row's checksum is right; *crc: what it is. */
static bool is_sound(sqlite3_stmt *s, int64_t fields[3], struct rn_bytes *data, uint32_t *crc)
{
	for (int i = 0; i < 3; i++)
		fields[i] = sqlite3_column_int64(s, i);
	const void *p = sqlite3_column_blob(s, 3);
	*data = rn_bytes_of(p, p ? (size_t)sqlite3_column_bytes(s, 3) : 0);
	*crc = rn_index_crc(0, fields, 3, *data);
	return sqlite3_column_int64(s, 4) == *crc;
}

static bool take(struct rn_pages *p, sqlite3_stmt *s, struct rn_page *out, unsigned n_pieces)
{
	int64_t fields[3];
	struct rn_bytes data;
	uint32_t crc;
	if (!is_sound(s, fields, &data, &crc) ||
		!rn_page_unpack(p->z, data, fields[2], &p->room, out->piece, n_pieces))
		return false;
	p->crc = rn_index_crc(p->crc, &(int64_t){ crc }, 1, rn_bytes_of(NULL, 0));
	out->id = fields[0];
	out->n = fields[1];
	return out->n >= 0;
}

bool rn_pages_next(struct rn_pages *p, struct rn_page *out, unsigned n_pieces)
{
	if (p->bad)
		return false;
	int step = sqlite3_step(p->all);
	p->bad = step != SQLITE_DONE && (step != SQLITE_ROW || !take(p, p->all, out, n_pieces));
	return step == SQLITE_ROW && !p->bad;
}

bool rn_pages_get(struct rn_pages *p, int64_t id, struct rn_page *out, unsigned n_pieces)
{
	if (!p->one)
		return false;
	sqlite3_reset(p->one);
	return sqlite3_bind_int64(p->one, 1, id) == SQLITE_OK && sqlite3_step(p->one) == SQLITE_ROW &&
		take(p, p->one, out, n_pieces);
}

bool rn_pages_check(sqlite3 *db, const char *table, int64_t n, uint32_t wanted)
{
	sqlite3_stmt *s = prepare(db, "SELECT id, n, raw_bytes, data, crc FROM", table, "ORDER BY id");
	int64_t fields[3], seen = 0;
	struct rn_bytes data;
	uint32_t crc = 0, one;
	int step = SQLITE_ERROR;
	bool ok = s != NULL;
	while (ok && (step = sqlite3_step(s)) == SQLITE_ROW) {
		ok = is_sound(s, fields, &data, &one);
		crc = rn_index_crc(crc, &(int64_t){ one }, 1, rn_bytes_of(NULL, 0));
		seen++;
	}
	sqlite3_finalize(s);
	return ok && step == SQLITE_DONE && seen == n && crc == wanted;
}
