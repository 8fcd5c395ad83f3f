/* SPDX-License-Identifier: MIT */
/* What messages and their attributes have in common: pieces of memory, one behind the other. */
#include "analyze/decode/fields.h"
#include "analyze/decode/netlink.h"

struct rn_piece rn_piece_part(struct rn_piece w, uint64_t off, uint64_t len)
{
	if (off >= w.len)
		return (struct rn_piece){ w.addr + w.len, 0, rn_bytes_of(NULL, 0) };
	if (len > w.len - off)
		len = w.len - off;
	return (struct rn_piece){ w.addr + off, len, rn_bytes_part(w.b, (size_t)off, (size_t)len) };
}

bool rn_piece_whole(struct rn_print *p, struct rn_piece w, size_t n)
{
	if (w.b.len >= n)
		return true;
	rn_print_addr(p, w.addr);
	return false;
}

void rn_piece_hex(struct rn_print *p, struct rn_piece w)
{
	uint64_t limit = rn_string_limit(p);
	size_t n = (size_t)(w.len < limit ? w.len : limit);
	if (!rn_piece_whole(p, w, n))
		return;
	rn_print_quoted_hex(p, rn_bytes_part(w.b, 0, n));
	if (w.len > limit)
		RN_PUT(p, "...");
}

/* Where the next one begins, or trailing bytes do; 0: there is nothing more. */
static uint64_t next_piece(struct rn_piece w, unsigned head_bytes, unsigned length_bytes)
{
	uint64_t len = rn_field_u(w.b, 0, length_bytes);
	if (len < head_bytes)
		return 0;
	len = (len + 3) & ~(uint64_t)3;
	return len < w.len ? len : 0;
}

/* Whether there is a header to look at; prints what there is instead. */
static bool has_head(struct rn_print *p, struct rn_piece w, unsigned head_bytes, bool several)
{
	if (w.len < head_bytes) {
		rn_piece_hex(p, w);
		return false;
	}
	if (w.b.len >= head_bytes)
		return true;
	if (several)
		RN_PUT(p, "... /* ");
	rn_print_addr(p, w.addr);
	if (several)
		RN_PUT(p, " */");
	return false;
}

void rn_pieces_print(struct rn_print *p, struct rn_piece w, unsigned head_bytes, unsigned length_bytes,
	rn_piece_printer *put, void *arg)
{
	uint64_t limit = p->style->verbose ? UINT64_MAX : rn_string_limit(p), next;
	bool several = false;
	for (uint64_t n = 0; has_head(p, w, head_bytes, several); n++) {
		if (n == limit) {
			RN_PUT(p, "...");
			break;
		}
		next = next_piece(w, head_bytes, length_bytes);
		if (next && !several) {
			rn_put_u8(p->out, '[');
			several = true;
		}
		put(p, w, arg);
		if (!next)
			break;
		RN_PUT(p, ", ");
		w = rn_piece_part(w, next, w.len);
	}
	if (several)
		rn_put_u8(p->out, ']');
}
