/* SPDX-License-Identifier: MIT */
#include "analyze/export/trace_context.h"

#include <string.h>

#define TEXT_LEN 55

static int digit(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_hex(uint8_t *out, size_t n, const uint8_t *text)
{
	for (size_t i = 0; i < n; i++) {
		int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool is_zero(const uint8_t *p, size_t n)
{
	while (n && !p[n - 1])
		n--;
	return n == 0;
}

bool rn_trace_context_parse(struct rn_trace_context *out, struct rn_bytes text)
{
	struct rn_trace_context c;
	uint8_t version;
	if (text.len < TEXT_LEN || text.p[2] != '-' || text.p[35] != '-' || text.p[52] != '-' ||
		!take_hex(&version, 1, text.p) || version == 0xff ||
		(text.len > TEXT_LEN && (!version || text.p[TEXT_LEN] != '-')))
		return false;
	if (!take_hex(c.trace, sizeof(c.trace), text.p + 3) || !take_hex(c.parent, sizeof(c.parent), text.p + 36) ||
		!take_hex(&c.flags, 1, text.p + 53) || is_zero(c.trace, sizeof(c.trace)) ||
		is_zero(c.parent, sizeof(c.parent)))
		return false;
	*out = c;
	return true;
}
