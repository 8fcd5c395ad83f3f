/* SPDX-License-Identifier: MIT */
#include "analyze/report/html/text.h"

#include "analyze/report/utf8.h"

static const char *entity_of(uint32_t code)
{
	switch (code) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void put(struct rn_buffer *out, struct rn_bytes s, bool entities)
{
	for (size_t i = 0; i < s.len;) {
		uint32_t code;
		size_t n = rn_utf8_take(rn_bytes_of(s.p + i, s.len - i), &code);
		const char *entity = entities ? entity_of(code) : NULL;
		bool escaped = rn_utf8_unsafe(code) || (code & ~0xffu) == RN_UTF8_RAW;
		if (entity)
			rn_put_text(out, entity);
		for (size_t k = 0; k < n && escaped; k++)
			rn_put_format(out, "\\%03o", s.p[i + k]);
		if (!entity && !escaped)
			rn_put_bytes(out, s.p + i, n);
		i += n;
	}
}

void rn_html_text(struct rn_buffer *out, struct rn_bytes s)
{
	put(out, s, true);
}

void rn_html_plain(struct rn_buffer *out, struct rn_bytes s)
{
	put(out, s, false);
}

void rn_html_json(struct rn_buffer *out, struct rn_bytes json)
{
	/* Outside of strings JSON has none of these. */
	for (size_t i = 0; i < json.len; i++)
		if (json.p[i] == '<' || json.p[i] == '>' || json.p[i] == '&')
			rn_put_format(out, "\\u%04x", json.p[i]);
		else
			rn_put_u8(out, json.p[i]);
}
