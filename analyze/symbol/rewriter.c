/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/rewriter.h"

#include "analyze/decode/memory.h"
#include "analyze/model/idmap.h"
#include "shared/syscall.h"

#include <stdlib.h>

#define STDERR 2
#define LINE_MAX_BYTES 65536 /* of a line that is not ended yet */
#define IOV_MAX_PARTS 1024

struct rn_rewriter {
	const struct rn_transpiler_maps *maps;
	struct rn_idmap index;
	struct rn_buffer *line; /* by index: what a process has not ended yet */
	uint32_t n, cap;
	int32_t write_nr[RN_ABI_COUNT], writev_nr[RN_ABI_COUNT];
};

struct rn_rewriter *rn_rewriter_new(const struct rn_transpiler_maps *maps)
{
	struct rn_rewriter *r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->maps = maps;
	for (int abi = 0; abi < RN_ABI_COUNT; abi++) {
		r->write_nr[abi] = rn_syscall_number((enum rn_abi)abi, rn_bytes_str("write"));
		r->writev_nr[abi] = rn_syscall_number((enum rn_abi)abi, rn_bytes_str("writev"));
	}
	return r;
}

void rn_rewriter_free(struct rn_rewriter *r)
{
	if (!r)
		return;
	for (uint32_t i = 0; i < r->n; i++)
		rn_buffer_fini(&r->line[i]);
	free(r->line);
	rn_idmap_fini(&r->index);
	free(r);
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Digits at `at`; how many bytes, 0: none or too many. */
static size_t number_at(struct rn_bytes s, size_t at, uint32_t *v)
{
	size_t n = 0;
	*v = 0;
	while (at + n < s.len && is_digit(s.p[at + n]) && n < 9)
		*v = *v * 10 + (s.p[at + n++] - '0');
	return at + n < s.len && is_digit(s.p[at + n]) ? 0 : n;
}

static size_t text_at(struct rn_bytes s, size_t at, const char *text)
{
	size_t n = strlen(text);
	return s.len - at >= n && memcmp(s.p + at, text, n) == 0 ? n : 0;
}

/* The line number behind a file's name that ends at `at`; bytes up to its end, 0: there is none. */
static size_t line_behind(struct rn_bytes s, size_t at, uint32_t *line)
{
	uint32_t column;
	size_t word = text_at(s, at, "\", line "), digits;
	if (word) {
		digits = number_at(s, at + word, line);
		return digits ? word + digits : 0;
	}
	if (at >= s.len || s.p[at] != ':')
		return 0;
	digits = number_at(s, at + 1, line);
	size_t n = digits ? 1 + digits : 0;
	if (n && at + n < s.len && s.p[at + n] == ':') {
		digits = number_at(s, at + n + 1, &column);
		n += digits ? 1 + digits : 0;
	}
	return n;
}

static bool ends_name(uint8_t c)
{
	return c <= ' ' || strchr(":\"'`()[]<>,;=|", c);
}

/* A name from `at` on with a line behind it that a map knows; bytes of both, 0: none. */
static size_t place_at(const struct rn_transpiler_maps *maps, struct rn_bytes s, size_t at,
	const struct rn_transpiler_map **map, const struct rn_mapping **mapping, bool *quoted)
{
	size_t end = at;
	uint32_t line;
	while (end < s.len && !ends_name(s.p[end]))
		end++;
	size_t behind = end > at ? line_behind(s, end, &line) : 0;
	if (!behind)
		return 0;
	*quoted = s.p[end] == '"';
	*map = rn_transpiler_maps_of(maps, rn_bytes_of(s.p + at, end - at));
	*mapping = *map ? rn_transpiler_map_line(*map, line) : NULL;
	return *mapping ? end - at + behind : 0;
}

bool rn_rewrite_line(struct rn_buffer *out, const struct rn_transpiler_maps *maps, struct rn_bytes s)
{
	bool any = false;
	for (size_t at = 0; at < s.len;) {
		const struct rn_transpiler_map *map;
		const struct rn_mapping *mapping;
		bool quoted;
		bool begins = at == 0 || ends_name(s.p[at - 1]);
		size_t n = begins && !ends_name(s.p[at]) ?
			place_at(maps, s, at, &map, &mapping, &quoted) : 0;
		if (n) {
			rn_put_bytes(out, map->source_file.p, map->source_file.len);
			rn_put_format(out, quoted ? "\", line %u" : ":%u", mapping->source_line);
			any = true;
			at += n;
		} else {
			rn_put_u8(out, s.p[at++]);
		}
	}
	return any;
}

static struct rn_buffer *line_of(struct rn_rewriter *r, uint32_t process)
{
	uint32_t i = rn_idmap_find(&r->index, process);
	if (i != RN_IDMAP_NONE)
		return &r->line[i];
	if (r->n == r->cap) {
		uint32_t cap = r->cap ? r->cap * 2 : 8;
		struct rn_buffer *grown = realloc(r->line, cap * sizeof(*grown));
		if (!grown)
			return NULL;
		r->line = grown;
		r->cap = cap;
	}
	if (rn_idmap_put(&r->index, process, r->n))
		return NULL;
	rn_buffer_init(&r->line[r->n]);
	return &r->line[r->n++];
}

static void end_line(struct rn_rewriter *r, struct rn_buffer *line, struct rn_buffer *out)
{
	size_t before = out->len;
	if (rn_rewrite_line(out, r->maps, rn_buffer_bytes(line)))
		rn_put_u8(out, '\n');
	else
		out->len = before;
	rn_buffer_clear(line);
}

static void take_text(struct rn_rewriter *r, struct rn_buffer *line, struct rn_bytes text,
	struct rn_buffer *out)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '\n' || line->len >= LINE_MAX_BYTES)
			end_line(r, line, out);
		if (text.p[i] != '\n')
			rn_put_u8(line, text.p[i]);
	}
}

/* What was not kept of a write breaks the line: what comes after is another text. */
static void take_write(struct rn_rewriter *r, struct rn_buffer *line, const struct rn_call *c,
	uint64_t addr, uint64_t len, struct rn_buffer *out)
{
	struct rn_bytes text = rn_memory_run(c, RN_PHASE_ENTRY, addr, len, NULL);
	take_text(r, line, text, out);
	if (text.len < len && line->len)
		end_line(r, line, out);
}

static void take_writev(struct rn_rewriter *r, struct rn_buffer *line, const struct rn_call *c,
	uint64_t left, struct rn_buffer *out)
{
	unsigned word = c->abi == RN_ABI_I386 ? 4 : 8;
	for (uint64_t i = 0; i < c->args[2] && i < IOV_MAX_PARTS && left; i++) {
		uint64_t base, len, at = c->args[1] + i * 2 * word;
		if (!rn_memory_uint(c, RN_PHASE_ENTRY, at, word, &base) ||
			!rn_memory_uint(c, RN_PHASE_ENTRY, at + word, word, &len))
			return;
		if (len > left)
			len = left;
		take_write(r, line, c, base, len, out);
		left -= len;
	}
}

int rn_rewriter_call(struct rn_rewriter *r, uint32_t process, const struct rn_call *c,
	struct rn_buffer *out, struct rn_error *err)
{
	if (c->abi >= RN_ABI_COUNT || (int32_t)c->args[0] != STDERR || c->ret <= 0 ||
		c->flags & (RN_CALL_ERROR | RN_CALL_UNFINISHED))
		return 0;
	bool is_write = (int64_t)c->nr == r->write_nr[c->abi];
	if (!is_write && (int64_t)c->nr != r->writev_nr[c->abi])
		return 0;
	struct rn_buffer *line = line_of(r, process);
	if (!line)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	if (is_write)
		take_write(r, line, c, c->args[1], (uint64_t)c->ret, out);
	else
		take_writev(r, line, c, (uint64_t)c->ret, out);
	return rn_buffer_ok(line) ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

void rn_rewriter_rest(struct rn_rewriter *r, struct rn_buffer *out)
{
	for (uint32_t i = 0; i < r->n; i++)
		if (r->line[i].len)
			end_line(r, &r->line[i], out);
}
