/* SPDX-License-Identifier: MIT */
/* Sets are written as a count and the rising values as differences: the sets of one block are a
 * few dozen values, and one walk answers a question. */
#include "format/directory.h"

#include "format/frame.h"
#include "format/limits.h"
#include "shared/cursor.h"

#include <stdlib.h>

/* Numbers in front of the list of sections. */
#define N_FIELDS 8

static void put_set(struct rn_buffer *out, const struct rn_dict *d)
{
	struct rn_buffer set = RN_BUFFER_INIT;
	uint64_t *keys = malloc((d->n + 1) * sizeof(*keys));
	if (!keys) {
		out->failed = true;
		return;
	}
	rn_dict_sorted(d, keys);
	rn_put_varint(&set, d->n);
	for (uint32_t i = 0; i < d->n; i++)
		rn_put_varint(&set, keys[i] - (i ? keys[i - 1] : 0));
	free(keys);
	rn_put_string(out, rn_buffer_bytes(&set));
	if (!rn_buffer_ok(&set))
		out->failed = true;
	rn_buffer_fini(&set);
}

void rn_directory_encode(struct rn_buffer *out, const struct rn_directory *d)
{
	size_t at = rn_frame_begin(out, RN_FRAME_BLOCK);
	rn_put_varint(out, d->number);
	rn_put_varint(out, d->first_seq);
	rn_put_varint(out, d->n_calls);
	rn_put_varint(out, d->n_meta);
	rn_put_varint(out, d->first_ns);
	rn_put_varint(out, d->last_ns - d->first_ns);
	rn_put_varint(out, d->max_dur_ns);
	rn_put_varint(out, d->n_errors);
	rn_put_varint(out, d->n_sections);
	for (unsigned i = 0; i < d->n_sections; i++) {
		rn_put_varint(out, d->section[i].kind);
		rn_put_varint(out, d->section[i].raw_bytes);
		rn_put_varint(out, d->section[i].disk_bytes);
	}
	put_set(out, d->nrs);
	put_set(out, d->utids);
	for (unsigned i = 0; i < d->n_sections; i++)
		rn_put_u32(out, d->section[i].disk_crc);
	rn_frame_end(out, at);
}

void rn_directory_renumber(struct rn_buffer *out, struct rn_bytes body, uint64_t number,
	uint64_t first_seq)
{
	struct rn_cursor c = rn_cursor_of(body.p, body.len);
	size_t at = rn_frame_begin(out, RN_FRAME_BLOCK);
	rn_take_varint(&c);
	rn_take_varint(&c);
	rn_put_varint(out, number);
	rn_put_varint(out, first_seq);
	struct rn_bytes rest = rn_take_bytes(&c, rn_cursor_left(&c));
	rn_put_bytes(out, rest.p, rest.len);
	rn_frame_end(out, at);
}

/* Fills kinds with the list's own order. */
static uint64_t take_sections(struct rn_block_info *info, struct rn_cursor *c,
	uint64_t kinds[RN_MAX_BLOCK_SECTIONS])
{
	uint64_t n = rn_take_varint(c);
	if (n > RN_MAX_BLOCK_SECTIONS)
		c->bad = true;
	uint64_t at = 0;
	for (uint64_t i = 0; i < n && rn_cursor_ok(c); i++) {
		uint64_t kind = kinds[i] = rn_take_varint(c);
		uint64_t raw = rn_take_varint(c), disk = rn_take_varint(c);
		if (raw > RN_MAX_SECTION_BYTES || disk > RN_MAX_SECTION_BYTES ||
			raw > disk * RN_MAX_EXPANSION)
			c->bad = true;
		if (kind < RN_SECTIONS) {
			if (info->section[kind].disk_bytes)
				c->bad = true; /* twice */
			info->section[kind].raw_bytes = (uint32_t)raw;
			info->section[kind].disk_bytes = (uint32_t)disk;
			info->section[kind].at = at;
		}
		at += disk;
	}
	info->disk_bytes = at;
	return n;
}

/* Traces of format 1.0 end before these. */
static void take_disk_crcs(struct rn_block_info *info, struct rn_cursor *c, const uint64_t *kinds,
	uint64_t n)
{
	if (!rn_cursor_left(c))
		return;
	for (uint64_t i = 0; i < n && rn_cursor_ok(c); i++) {
		uint32_t crc = rn_take_u32(c);
		if (kinds[i] < RN_SECTIONS)
			info->section[kinds[i]].disk_crc = crc;
	}
	info->has_disk_crc = true;
}

/* Columns grow with the calls; more is an attempt to make the reader work for nothing. */
static bool has_sane_sizes(const struct rn_block_info *t, uint64_t n_calls)
{
	return t->section[RN_SECTION_CORE].raw_bytes <= 4096 + n_calls * 64 &&
		t->section[RN_SECTION_ARGS].raw_bytes <= 4096 + n_calls * 64;
}

int rn_directory_decode(struct rn_block_info *info, struct rn_bytes body, struct rn_error *err)
{
	struct rn_cursor c = rn_cursor_of(body.p, body.len);
	struct rn_block_info t = { .offset = info->offset };
	t.number = rn_take_varint(&c);
	t.first_seq = rn_take_varint(&c);
	uint64_t n_calls = rn_take_varint(&c), n_meta = rn_take_varint(&c);
	t.first_ns = rn_take_varint(&c);
	t.last_ns = t.first_ns + rn_take_varint(&c);
	t.max_dur_ns = rn_take_varint(&c);
	uint64_t n_errors = rn_take_varint(&c);
	uint64_t kinds[RN_MAX_BLOCK_SECTIONS], n_sections = take_sections(&t, &c, kinds);
	t.nr_set = rn_take_string(&c, body.len);
	t.utid_set = rn_take_string(&c, body.len);
	take_disk_crcs(&t, &c, kinds, n_sections);
	if (!has_sane_sizes(&t, n_calls))
		c.bad = true;
	if (!rn_cursor_ok(&c) || n_calls > RN_MAX_BLOCK_EVENTS || n_meta > RN_MAX_BLOCK_EVENTS ||
		n_errors > n_calls || t.last_ns < t.first_ns)
		return rn_fail(err, RN_E_CORRUPT, "the block's directory makes no sense");
	t.n_calls = (uint32_t)n_calls;
	t.n_meta = (uint32_t)n_meta;
	t.n_errors = (uint32_t)n_errors;
	*info = t; /* what follows is newer than this reader */
	return 0;
}

unsigned rn_directory_sizes(struct rn_bytes body, struct rn_section_size *out)
{
	struct rn_cursor c = rn_cursor_of(body.p, body.len);
	for (unsigned i = 0; i < N_FIELDS; i++)
		rn_take_varint(&c);
	uint64_t n = rn_take_varint(&c);
	unsigned taken = 0;
	while (taken < n && taken < RN_MAX_BLOCK_SECTIONS && rn_cursor_ok(&c)) {
		struct rn_section_size *s = &out[taken++];
		s->kind = (enum rn_section)rn_take_varint(&c);
		s->raw_bytes = (uint32_t)rn_take_varint(&c);
		s->disk_bytes = (uint32_t)rn_take_varint(&c);
	}
	return taken;
}

static struct rn_set_walk walk_set(struct rn_bytes set)
{
	struct rn_set_walk w = { rn_cursor_of(set.p, set.len), 0, 0 };
	w.left = rn_take_varint(&w.rest);
	return w;
}

bool rn_set_walk_next(struct rn_set_walk *w, uint64_t *member)
{
	if (!w->left)
		return false;
	w->left--;
	w->at += rn_take_varint(&w->rest);
	*member = w->at;
	if (!rn_cursor_ok(&w->rest))
		w->left = 0;
	return rn_cursor_ok(&w->rest);
}

static bool set_has(struct rn_bytes set, uint64_t key)
{
	struct rn_set_walk w = walk_set(set);
	uint64_t member;
	while (rn_set_walk_next(&w, &member))
		if (member >= key)
			return member == key;
	return false;
}

struct rn_set_walk rn_block_info_nrs(const struct rn_block_info *info)
{
	return walk_set(info->nr_set);
}

struct rn_set_walk rn_block_info_utids(const struct rn_block_info *info)
{
	return walk_set(info->utid_set);
}

bool rn_block_info_has_nr(const struct rn_block_info *info, enum rn_abi abi, uint32_t nr)
{
	return set_has(info->nr_set, (uint64_t)abi << 32 | nr);
}

bool rn_block_info_has_utid(const struct rn_block_info *info, uint32_t utid)
{
	return set_has(info->utid_set, utid);
}
