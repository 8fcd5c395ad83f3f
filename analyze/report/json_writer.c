/* SPDX-License-Identifier: MIT */
/*
 * Every value goes through before_value(), which puts the comma and the line break that its place
 * calls for. Strings are copied in runs: only a byte that needs care (quotes, control characters,
 * anything beyond ASCII) ends a run.
 */
#include "analyze/report/json_writer.h"
#include "analyze/report/utf8.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void rn_json_init(struct rn_json *j, struct rn_buffer *out, unsigned break_depth)
{
	*j = (struct rn_json){ .out = out, .break_depth = break_depth };
}

static void line_break(struct rn_json *j, unsigned depth)
{
	rn_put_u8(j->out, '\n');
	for (unsigned i = 0; i < depth; i++)
		rn_put_bytes(j->out, "  ", 2);
}

static void before_member(struct rn_json *j)
{
	if (!j->depth)
		return;
	bool first = !j->level[j->depth - 1].has_members;
	j->level[j->depth - 1].has_members = true;
	if (!first)
		rn_put_u8(j->out, ',');
	if (j->depth <= j->break_depth)
		line_break(j, j->depth);
	else if (!first)
		rn_put_u8(j->out, ' ');
}

static void before_value(struct rn_json *j)
{
	if (j->has_key) {
		j->has_key = false;
		return;
	}
	assert(!j->depth || !j->level[j->depth - 1].is_object);
	before_member(j);
}

static void begin(struct rn_json *j, bool is_object)
{
	before_value(j);
	assert(j->depth < RN_JSON_DEPTH_MAX);
	rn_put_u8(j->out, is_object ? '{' : '[');
	j->level[j->depth].is_object = is_object;
	j->level[j->depth].has_members = false;
	j->depth++;
}

static void end(struct rn_json *j, bool is_object)
{
	assert(j->depth && !j->has_key && j->level[j->depth - 1].is_object == is_object);
	j->depth--;
	if (j->level[j->depth].has_members && j->depth < j->break_depth)
		line_break(j, j->depth);
	rn_put_u8(j->out, is_object ? '}' : ']');
}

void rn_json_object_begin(struct rn_json *j)
{
	begin(j, true);
}

void rn_json_object_end(struct rn_json *j)
{
	end(j, true);
}

void rn_json_array_begin(struct rn_json *j)
{
	begin(j, false);
}

void rn_json_array_end(struct rn_json *j)
{
	end(j, false);
}

static void put_escape(struct rn_buffer *out, uint32_t code)
{
	static const char short_form[0x20] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
	};
	if (code == '"' || code == '\\' || (code < 0x20 && short_form[code])) {
		rn_put_u8(out, '\\');
		rn_put_u8(out, code < 0x20 ? (uint8_t)short_form[code] : (uint8_t)code);
	} else {
		rn_put_format(out, "\\u%04x", code);
	}
}

static bool is_plain(uint8_t b)
{
	return b >= 0x20 && b < 0x7f && b != '"' && b != '\\';
}

static void put_string(struct rn_buffer *out, struct rn_bytes s)
{
	rn_put_u8(out, '"');
	size_t start = 0, i = 0;
	while (i < s.len) {
		if (is_plain(s.p[i])) {
			i++;
			continue;
		}
		uint32_t code;
		size_t n = rn_utf8_take(rn_bytes_of(s.p + i, s.len - i), &code);
		if (code >= 0x80 && (code & ~0xffu) != RN_UTF8_RAW && !rn_utf8_unsafe(code)) {
			i += n;
			continue;
		}
		rn_put_bytes(out, s.p + start, i - start);
		put_escape(out, code);
		i += n;
		start = i;
	}
	if (start < s.len)
		rn_put_bytes(out, s.p + start, s.len - start);
	rn_put_u8(out, '"');
}

void rn_json_key(struct rn_json *j, const char *key)
{
	assert(j->depth && j->level[j->depth - 1].is_object && !j->has_key);
	before_member(j);
	put_string(j->out, rn_bytes_str(key));
	rn_put_bytes(j->out, ": ", 2);
	j->has_key = true;
}

void rn_json_bytes(struct rn_json *j, struct rn_bytes s)
{
	before_value(j);
	put_string(j->out, s);
}

void rn_json_text(struct rn_json *j, const char *s)
{
	if (s)
		rn_json_bytes(j, rn_bytes_str(s));
	else
		rn_json_null(j);
}

void rn_put_decimal(struct rn_buffer *out, uint64_t v)
{
	uint8_t digits[20];
	size_t at = sizeof(digits);
	do
		digits[--at] = (uint8_t)('0' + v % 10);
	while (v /= 10);
	rn_put_bytes(out, digits + at, sizeof(digits) - at);
}

void rn_json_u64(struct rn_json *j, uint64_t v)
{
	before_value(j);
	rn_put_decimal(j->out, v);
}

void rn_json_i64(struct rn_json *j, int64_t v)
{
	before_value(j);
	if (v < 0)
		rn_put_u8(j->out, '-');
	rn_put_decimal(j->out, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void rn_json_fixed(struct rn_json *j, uint64_t v, unsigned decimals)
{
	char t[32];
	size_t at = sizeof(t);
	assert(decimals < 20);
	for (unsigned i = 0; i < decimals; i++, v /= 10)
		t[--at] = (char)('0' + v % 10);
	before_value(j);
	rn_put_decimal(j->out, v);
	if (decimals)
		rn_put_u8(j->out, '.');
	rn_put_bytes(j->out, t + at, sizeof(t) - at);
}

void rn_json_hex(struct rn_json *j, uint64_t v)
{
	char t[20];
	size_t at = sizeof(t);
	t[--at] = '"';
	do {
		t[--at] = "0123456789abcdef"[v & 15];
		v >>= 4;
	} while (v);
	before_value(j);
	rn_put_bytes(j->out, "\"0x", 3);
	rn_put_bytes(j->out, t + at, sizeof(t) - at);
}

void rn_json_real(struct rn_json *j, double v)
{
	if (!isfinite(v)) {
		rn_json_null(j);
		return;
	}
	before_value(j);
	char text[32];
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	rn_put_text(j->out, text);
}

void rn_json_bool(struct rn_json *j, bool v)
{
	before_value(j);
	rn_put_text(j->out, v ? "true" : "false");
}

void rn_json_null(struct rn_json *j)
{
	before_value(j);
	rn_put_bytes(j->out, "null", 4);
}
