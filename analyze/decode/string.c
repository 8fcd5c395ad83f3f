/* SPDX-License-Identifier: MIT */
/* Strings and buffers. A byte is itself, a letter escape or an octal escape, which is as short as
 * the byte behind it allows: "\1a" but "\0011". -x turns strings with other than printable bytes
 * and white space into \xNN throughout, -xx all of them. */
#include "analyze/decode/print.h"

#include <stddef.h>

/* What surrounds an escaped string. */
enum within { QUOTES, ANGLES };

/* 0: stands for itself; 'o': by its number; else the letter behind a backslash. */
static char escape_of(uint8_t c, enum within within)
{
	if (within == ANGLES && (c == '<' || c == '>'))
		return 'o';
	switch (c) {
	case '"':
	case '\\':
		return (char)c;
	case '\f':
		return 'f';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	case '\v':
		return 'v';
	default:
		return c >= 0x20 && c <= 0x7e ? 0 : 'o';
	}
}

static void put_octal_escape(struct rn_buffer *b, uint8_t c, int next)
{
	char t[4] = { '\\' };
	unsigned n = 1;
	bool full = next >= '0' && next <= '7';
	if (full || c >= 0100)
		t[n++] = (char)('0' + (c >> 6));
	if (full || c >= 010)
		t[n++] = (char)('0' + (c >> 3 & 7));
	t[n++] = (char)('0' + (c & 7));
	rn_put_bytes(b, t, n);
}

/* next: the byte that will follow s inside the quotes, -1 at their end. */
static void put_number_escape(struct rn_print *p, uint8_t c, int next)
{
	if (p->style->hex_strings != RN_HEX_CHARS) {
		put_octal_escape(p->out, c, next);
		return;
	}
	rn_put_bytes(p->out, "\\x", 2);
	rn_put_hex_digits(p->out, c, 2);
}

static void put_escaped(struct rn_print *p, struct rn_bytes s, int next, enum within within)
{
	struct rn_buffer *b = p->out;
	size_t plain = 0; /* start of the run of bytes that stand for themselves */
	for (size_t i = 0; i < s.len; i++) {
		char e = escape_of(s.p[i], within);
		if (!e)
			continue;
		rn_put_bytes(b, s.p + plain, i - plain);
		plain = i + 1;
		if (e == 'o') {
			put_number_escape(p, s.p[i], i + 1 < s.len ? s.p[i + 1] : next);
		} else {
			char t[2] = { '\\', e };
			rn_put_bytes(b, t, 2);
		}
	}
	if (s.len > plain)
		rn_put_bytes(b, s.p + plain, s.len - plain);
}

static void put_hex_escaped(struct rn_buffer *b, struct rn_bytes s)
{
	for (size_t i = 0; i < s.len; i++) {
		rn_put_bytes(b, "\\x", 2);
		rn_put_hex_digits(b, s.p[i], 2);
	}
}

static bool needs_hex(const struct rn_print *p, struct rn_bytes s)
{
	if (p->style->hex_strings != RN_HEX_NON_ASCII)
		return p->style->hex_strings == RN_HEX_ALL;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.p[i];
		if (c > 0x7e || (c < 0x20 && (c < '\t' || c > '\r')))
			return true;
	}
	return false;
}

static void put_string(struct rn_print *p, struct rn_bytes s, enum within within)
{
	if (needs_hex(p, s))
		put_hex_escaped(p->out, s);
	else
		put_escaped(p, s, -1, within);
}

void rn_print_quoted(struct rn_print *p, struct rn_bytes s)
{
	rn_put_u8(p->out, '"');
	put_string(p, s, QUOTES);
	rn_put_u8(p->out, '"');
}

void rn_print_angled(struct rn_print *p, struct rn_bytes s)
{
	put_string(p, s, ANGLES);
}

void rn_print_quoted_hex(struct rn_print *p, struct rn_bytes s)
{
	rn_put_u8(p->out, '"');
	put_hex_escaped(p->out, s);
	rn_put_u8(p->out, '"');
}

void rn_print_quoted_name(struct rn_print *p, struct rn_bytes s)
{
	const uint8_t *nul = s.len ? memchr(s.p, 0, s.len) : NULL;
	rn_print_quoted(p, rn_bytes_of(s.p, nul ? (size_t)(nul - s.p) : s.len - (s.len > 0)));
	if (!nul)
		RN_PUT(p, "...");
}

/* len bytes from addr on, which are there but lie in several spans. */
static void print_pieces(struct rn_print *p, uint64_t addr, uint64_t len)
{
	bool hex = false;
	for (uint64_t at = 0; at < len && !hex;) {
		struct rn_bytes run = rn_memory_run(p->call, p->phase, addr + at, len - at, NULL);
		hex = needs_hex(p, run);
		at += run.len;
	}
	rn_put_u8(p->out, '"');
	for (uint64_t at = 0; at < len;) {
		struct rn_bytes run = rn_memory_run(p->call, p->phase, addr + at, len - at, NULL);
		uint64_t next = 0;
		at += run.len;
		bool more = at < len && rn_memory_uint(p->call, p->phase, addr + at, 1, &next);
		if (hex)
			put_hex_escaped(p->out, run);
		else
			put_escaped(p, run, more ? (int)next : -1, QUOTES);
	}
	rn_put_u8(p->out, '"');
}

void rn_print_buffer(struct rn_print *p, uint64_t addr, uint64_t len)
{
	uint64_t limit = rn_string_limit(p);
	uint64_t want = len < limit ? len : limit;
	if (!addr) {
		RN_PUT(p, "NULL");
		return;
	}
	const struct rn_span *span = NULL;
	struct rn_bytes run = rn_memory_run(p->call, p->phase, addr, want, &span);
	uint64_t have = run.len == want ? want : rn_memory_extent(p->call, p->phase, addr, want);
	if (have < want) {
		if (have != run.len)
			rn_memory_run(p->call, p->phase, addr + have - 1, 1, &span);
		if (!have || !span || span->fault) {
			rn_print_addr(p, addr);
			return;
		}
	}
	if (have == run.len)
		rn_print_quoted(p, run);
	else
		print_pieces(p, addr, have);
	if (have < len)
		RN_PUT(p, "...");
}

void rn_print_hex_buffer(struct rn_print *p, uint64_t addr, uint64_t len)
{
	struct rn_decode_style hex = *p->style;
	const struct rn_decode_style *style = p->style;
	hex.hex_strings = RN_HEX_ALL;
	p->style = &hex;
	rn_print_buffer(p, addr, len);
	p->style = style;
}

void rn_print_string(struct rn_print *p, uint64_t addr, uint64_t limit)
{
	if (!addr) {
		RN_PUT(p, "NULL");
		return;
	}
	const struct rn_span *span = NULL;
	uint64_t most = limit < UINT64_MAX ? limit + 1 : limit;
	struct rn_bytes run = rn_memory_run(p->call, p->phase, addr, most, &span);
	const uint8_t *nul = run.len ? memchr(run.p, 0, run.len) : NULL;
	if (nul) {
		rn_print_quoted(p, rn_bytes_of(run.p, (size_t)(nul - run.p)));
		return;
	}
	if (!span || !run.len || (span->fault && run.len < most)) {
		rn_print_addr(p, addr);
		return;
	}
	if (run.len > limit)
		run.len = (size_t)limit;
	rn_print_quoted(p, run);
	RN_PUT(p, "...");
}

void rn_print_path(struct rn_print *p, uint64_t addr)
{
	rn_print_string(p, addr, RN_PATH_MAX - 1);
}
