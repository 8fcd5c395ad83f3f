/* SPDX-License-Identifier: MIT */
#include "analyze/decode/number.h"

static const char digit_pairs[] =
	"00010203040506070809101112131415161718192021222324252627282930313233343536373839"
	"40414243444546474849505152535455565758596061626364656667686970717273747576777879"
	"8081828384858687888990919293949596979899";

static const char hex_digits[] = "0123456789abcdef";

void rn_put_udec(struct rn_buffer *b, uint64_t v)
{
	char t[20];
	unsigned i = sizeof(t);
	while (v >= 100) {
		i -= 2;
		memcpy(t + i, digit_pairs + 2 * (v % 100), 2);
		v /= 100;
	}
	if (v >= 10) {
		i -= 2;
		memcpy(t + i, digit_pairs + 2 * v, 2);
	} else {
		t[--i] = (char)('0' + v);
	}
	rn_put_bytes(b, t + i, sizeof(t) - i);
}

void rn_put_dec(struct rn_buffer *b, int64_t v)
{
	if (v < 0)
		rn_put_u8(b, '-');
	rn_put_udec(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void rn_put_udec_padded(struct rn_buffer *b, uint64_t v, unsigned digits)
{
	char t[20];
	unsigned i = sizeof(t);
	while (i > 0 && (v > 0 || sizeof(t) - i < digits)) {
		t[--i] = (char)('0' + v % 10);
		v /= 10;
	}
	rn_put_bytes(b, t + i, sizeof(t) - i);
}

static unsigned count_hex_digits(uint64_t v)
{
	return v ? (67 - (unsigned)__builtin_clzll(v)) / 4 : 1;
}

void rn_put_hex_digits(struct rn_buffer *b, uint64_t v, unsigned digits)
{
	char t[16];
	for (unsigned i = digits; i-- > 0; v >>= 4)
		t[i] = hex_digits[v & 15];
	rn_put_bytes(b, t, digits);
}

void rn_put_hex0(struct rn_buffer *b, uint64_t v)
{
	char t[18] = "0x";
	unsigned n = count_hex_digits(v);
	for (unsigned i = n; i-- > 0; v >>= 4)
		t[2 + i] = hex_digits[v & 15];
	rn_put_bytes(b, t, n + 2);
}

void rn_put_hex_padded(struct rn_buffer *b, uint64_t v, unsigned width)
{
	unsigned n = v ? count_hex_digits(v) : 0, prefix = v ? 2 : 0;
	rn_put_bytes(b, "0x", prefix);
	if (width > 16 + prefix)
		width = 16 + prefix;
	rn_put_hex_digits(b, v, n + prefix < width ? width - prefix : n);
}

void rn_put_hex(struct rn_buffer *b, uint64_t v)
{
	if (v)
		rn_put_hex0(b, v);
	else
		rn_put_u8(b, '0');
}

static void put_oct(struct rn_buffer *b, uint64_t v, unsigned width)
{
	char t[24];
	unsigned i = sizeof(t);
	for (; v; v >>= 3)
		t[--i] = (char)('0' + (v & 7));
	t[--i] = '0';
	while (sizeof(t) - i < width)
		t[--i] = '0';
	rn_put_bytes(b, t + i, sizeof(t) - i);
}

void rn_put_oct(struct rn_buffer *b, uint64_t v)
{
	put_oct(b, v, 3);
}

void rn_put_oct_plain(struct rn_buffer *b, uint64_t v)
{
	put_oct(b, v, 1);
}
