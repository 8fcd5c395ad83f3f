/* SPDX-License-Identifier: MIT */
#include "analyze/report/utf8.h"

static bool is_tail(uint8_t b)
{
	return (b & 0xc0) == 0x80;
}

/* The length of the well-formed sequence at p, 0 when there is none; *code is its value. */
static size_t sequence(const uint8_t *p, size_t len, uint32_t *code)
{
	uint8_t b = p[0];
	if (b < 0x80) {
		*code = b;
		return 1;
	}
	if (b >= 0xc2 && b <= 0xdf && len >= 2 && is_tail(p[1])) {
		*code = (uint32_t)(b & 0x1f) << 6 | (p[1] & 0x3f);
		return 2;
	}
	if ((b & 0xf0) == 0xe0 && len >= 3 && is_tail(p[1]) && is_tail(p[2])) {
		uint32_t v = (uint32_t)(b & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 |
			(p[2] & 0x3f);
		*code = v;
		return v >= 0x800 && (v < 0xd800 || v > 0xdfff) ? 3 : 0;
	}
	if ((b & 0xf8) == 0xf0 && len >= 4 && is_tail(p[1]) && is_tail(p[2]) && is_tail(p[3])) {
		uint32_t v = (uint32_t)(b & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 |
			(uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
		*code = v;
		return v >= 0x10000 && v <= 0x10ffff ? 4 : 0;
	}
	return 0;
}

size_t rn_utf8_take(struct rn_bytes s, uint32_t *code)
{
	size_t n = sequence(s.p, s.len, code);
	if (n && (*code & ~0xffu) != RN_UTF8_RAW)
		return n;
	*code = RN_UTF8_RAW + s.p[0];
	return 1;
}

size_t rn_utf8_put(uint8_t out[4], uint32_t code)
{
	if (code < 0x80) {
		out[0] = (uint8_t)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (uint8_t)(0xc0 | code >> 6);
		out[1] = (uint8_t)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (uint8_t)(0xe0 | code >> 12);
		out[1] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
		out[2] = (uint8_t)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | code >> 18);
	out[1] = (uint8_t)(0x80 | (code >> 12 & 0x3f));
	out[2] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
	out[3] = (uint8_t)(0x80 | (code & 0x3f));
	return 4;
}

bool rn_utf8_unsafe(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} unsafe[] = {
		{ 0x00, 0x1f }, { 0x7f, 0x9f },     /* control characters */
		{ 0x061c, 0x061c }, { 0x200e, 0x200f }, /* marks of direction */
		{ 0x2028, 0x202e },                 /* line ends of scripts; embeddings, overrides */
		{ 0x2066, 0x2069 },                 /* isolates */
		{ 0xfeff, 0xfeff },
	};
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++)
		if (code >= unsafe[i].first && code <= unsafe[i].last)
			return true;
	return false;
}

void rn_put_utf8(struct rn_buffer *out, struct rn_bytes s)
{
	for (size_t i = 0; i < s.len;) {
		size_t plain = i; /* most text is ASCII, and goes in as a whole */
		while (plain < s.len && s.p[plain] < 0x80)
			plain++;
		rn_put_bytes(out, s.p + i, plain - i);
		i = plain;
		if (i == s.len)
			break;
		uint32_t code;
		uint8_t utf8[4];
		i += rn_utf8_take(rn_bytes_of(s.p + i, s.len - i), &code);
		rn_put_bytes(out, utf8, rn_utf8_put(utf8, code));
	}
}
