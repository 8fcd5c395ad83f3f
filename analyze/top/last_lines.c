/* SPDX-License-Identifier: MIT */
#include "analyze/top/last_lines.h"

static void add_byte(struct rn_last_lines *l, uint8_t byte)
{
	if (byte == '\n') {
		l->n += !l->open; /* an empty one */
		if (!l->open)
			l->len[(l->n - 1) % RN_LAST_LINES] = 0;
		l->open = false;
		return;
	}
	if (!l->open) {
		l->open = true;
		l->len[l->n++ % RN_LAST_LINES] = 0;
	}
	size_t at = (l->n - 1) % RN_LAST_LINES;
	if (byte == '\r')
		l->len[at] = 0;
	else if (l->len[at] < RN_LAST_LINE_BYTES)
		l->line[at][l->len[at]++] = (char)byte;
}

void rn_last_lines_add(struct rn_last_lines *l, struct rn_bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] != '\r' || i + 1 == text.len || text.p[i + 1] != '\n')
			add_byte(l, text.p[i]);
}

struct rn_bytes rn_last_line(const struct rn_last_lines *l, uint64_t i)
{
	if (i >= l->n || i >= RN_LAST_LINES)
		return rn_bytes_of(NULL, 0);
	size_t at = (l->n - 1 - i) % RN_LAST_LINES;
	return rn_bytes_of(l->line[at], l->len[at]);
}
