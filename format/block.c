/* SPDX-License-Identifier: MIT */
/* A section is unpacked once, into the block's arena. One that is damaged is noted in the reader's
 * log and counts as missing from then on: the rest of the block stands. */
#include "format/block.h"

#include "format/crc32c.h"
#include "format/directory.h"
#include "format/frame.h"
#include "format/limits.h"
#include "format/squeeze.h"

#include <stdlib.h>

static const char *const section_names[RN_SECTIONS] = {
	[RN_SECTION_CORE] = "core", [RN_SECTION_ARGS] = "args", [RN_SECTION_REGS] = "regs",
	[RN_SECTION_STACK] = "stack", [RN_SECTION_DATA] = "data", [RN_SECTION_META] = "meta",
};

struct rn_block *rn_block_new(void)
{
	struct rn_block *b = calloc(1, sizeof(*b));
	if (!b)
		return NULL;
	b->z = rn_unsqueeze_new();
	if (!b->z) {
		free(b);
		return NULL;
	}
	return b;
}

void rn_block_free(struct rn_block *b)
{
	if (!b)
		return;
	rn_unsqueeze_free(b->z);
	rn_arena_fini(&b->arena);
	rn_buffer_fini(&b->frame);
	rn_buffer_fini(&b->disk);
	free(b);
}

const struct rn_block_info *rn_block_info(const struct rn_block *b)
{
	return &b->info;
}

static uint64_t section_offset(const struct rn_block *b, enum rn_section s)
{
	return b->info.offset + b->frame.len + b->info.section[s].at;
}

static int damaged(struct rn_block *b, enum rn_section s, int code, const char *why)
{
	b->state[s] = RN_SECTION_MISSING;
	rn_damage_add(b->log, section_offset(b, s), b->info.section[s].disk_bytes, code,
		"block %llu, section %s: %s", (unsigned long long)b->info.number,
		section_names[s], why);
	return code;
}

/* n of the sections' bytes as they are on disk: read before, or now. */
static int fetch(struct rn_block *b, uint64_t at, uint32_t n, struct rn_bytes *frame,
	struct rn_error *err)
{
	if (at > b->held_bytes || n > b->held_bytes - at)
		return rn_fail(err, RN_E_TRUNCATED, "it is cut off");
	if (at + n <= b->disk.len) {
		*frame = rn_bytes_of(b->disk.p + at, n);
		return 0;
	}
	uint8_t *to = rn_arena_alloc(&b->arena, n, 1);
	if (!to)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	*frame = rn_bytes_of(to, n);
	return rn_input_read_at(b->in, b->info.offset + b->frame.len + at, to, n, err);
}

/* The section's bytes, unpacked into the arena. */
static int unpack(struct rn_block *b, enum rn_section s, struct rn_bytes *raw, struct rn_error *err)
{
	uint64_t at = b->info.section[s].at;
	uint32_t disk_bytes = b->info.section[s].disk_bytes;
	uint32_t raw_bytes = b->info.section[s].raw_bytes;
	struct rn_bytes frame;
	int rc = fetch(b, at, disk_bytes, &frame, err);
	/* zstd's own checksum is of the content: a flipped bit that means nothing to zstd passes it. */
	if (!rc && b->info.has_disk_crc && rn_crc32c(frame) != b->info.section[s].disk_crc)
		return rn_fail(err, RN_E_CORRUPT, "checksum of the bytes on disk differs");
	if (!rc)
		rc = rn_unsqueeze_check(frame, raw_bytes, err);
	if (rc)
		return rc;
	uint8_t *to = rn_arena_alloc(&b->arena, raw_bytes, 1);
	if (!to)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	*raw = rn_bytes_of(to, raw_bytes);
	return rn_unsqueeze(b->z, to, raw_bytes, frame, err);
}

static int decode(struct rn_block *b, enum rn_section s, struct rn_bytes raw, struct rn_error *err)
{
	switch (s) {
	case RN_SECTION_CORE:
		return rn_core_decode(&b->core, raw, b->info.n_calls, &b->arena, err);
	case RN_SECTION_META:
		return rn_meta_open(&b->meta, raw, b->info.n_meta, b->info.n_calls, &b->arena, err);
	case RN_SECTION_ARGS:
		return rn_args_decode(&b->args, raw, &b->core, &b->arena, err);
	case RN_SECTION_REGS:
		return rn_regs_decode(&b->regs, raw, &b->core, b->args, &b->arena, err);
	case RN_SECTION_STACK:
		return rn_stack_open(&b->stack, raw, &b->core, &b->regs, &b->arena, err);
	case RN_SECTION_DATA:
		return rn_spans_decode(&b->spans, raw, b->info.n_calls, b->args, &b->arena, err);
	default:
		return RN_E_INTERNAL;
	}
}

/* The section that s builds on, RN_SECTIONS: none. */
static enum rn_section base_of(const struct rn_block *b, enum rn_section s)
{
	if (s == RN_SECTION_DATA || s == RN_SECTION_REGS)
		return RN_SECTION_ARGS;
	if (s == RN_SECTION_STACK && b->info.section[RN_SECTION_REGS].disk_bytes)
		return RN_SECTION_REGS;
	return RN_SECTIONS;
}

static int need(struct rn_block *b, enum rn_section s, struct rn_error *err);

static int need_base(struct rn_block *b, enum rn_section s, struct rn_error *err)
{
	enum rn_section base = base_of(b, s);
	int rc = base == RN_SECTIONS ? 0 : need(b, base, err);
	if (rc == RN_END)
		return rn_fail(err, RN_E_CORRUPT, "it needs the section %s",
			section_names[base]);
	return rc;
}

/* 0, RN_END when it cannot be had, or an error. */
static int need(struct rn_block *b, enum rn_section s, struct rn_error *err)
{
	if (b->state[s] == RN_SECTION_READY)
		return 0;
	if (b->state[s] == RN_SECTION_MISSING)
		return RN_END;
	if (!b->info.section[s].disk_bytes) {
		b->state[s] = RN_SECTION_MISSING;
		return RN_END;
	}
	struct rn_error why = { 0 };
	struct rn_bytes raw = { 0 };
	int rc = need_base(b, s, &why);
	if (!rc)
		rc = unpack(b, s, &raw, &why);
	if (!rc)
		rc = decode(b, s, raw, &why);
	if (rc == RN_E_NOMEM)
		return rn_fail(err, rc, "out of memory");
	if (rc) {
		damaged(b, s, rc == RN_E_TRUNCATED ? rc : RN_E_CORRUPT, why.message);
		return RN_END;
	}
	b->state[s] = RN_SECTION_READY;
	return 0;
}

/* Calls of a block without a core section cannot be had at all; meta events can do without. */
static int begin_core(struct rn_block *b, struct rn_error *err)
{
	int rc = b->info.n_calls ? need(b, RN_SECTION_CORE, err) : 0;
	if (rc < 0)
		return rc;
	if (rc == RN_END) {
		if (!b->info.section[RN_SECTION_CORE].disk_bytes)
			damaged(b, RN_SECTION_CORE, RN_E_CORRUPT, "there is none");
		return rn_fail(err, RN_E_CORRUPT, "block %llu: its core section is damaged",
			(unsigned long long)b->info.number);
	}
	return 0;
}

/* What cannot be had is not there: then n_meta is 0. */
static int need_meta(struct rn_block *b, struct rn_error *err)
{
	if (b->state[RN_SECTION_META] == RN_SECTION_READY)
		return 0;
	int rc = need(b, RN_SECTION_META, err);
	if (rc < 0)
		return rc;
	if (rc == RN_END) {
		if (b->info.n_meta && !b->info.section[RN_SECTION_META].disk_bytes)
			damaged(b, RN_SECTION_META, RN_E_CORRUPT, "there is none");
		b->info.n_meta = 0;
	}
	return 0;
}

int rn_block_begin(struct rn_block *b, uint64_t offset, unsigned want, struct rn_damage_log *log,
	struct rn_error *err)
{
	rn_arena_clear(&b->arena);
	memset(b->state, 0, sizeof(b->state));
	b->log = log;
	b->core = (struct rn_core_decoded){ 0 };
	b->meta = (struct rn_meta_decoded){ 0 };
	b->regs = (struct rn_regs_decoded){ 0 };
	b->info = (struct rn_block_info){ .offset = offset };
	struct rn_bytes body;
	int rc = rn_frame_body(rn_buffer_bytes(&b->frame), &body, err);
	if (!rc)
		rc = rn_directory_decode(&b->info, body, err);
	if (rc)
		return rc;
	b->info.disk_bytes += b->frame.len;
	rc = begin_core(b, err);
	return rc || !(want & RN_WANT(META)) ? rc : need_meta(b, err);
}

int rn_block_core(struct rn_block *b, const struct rn_core **out, struct rn_error *err)
{
	(void)err;
	*out = &b->core.core;
	return 0;
}

int rn_block_args(struct rn_block *b, const uint64_t (**out)[6], struct rn_error *err)
{
	int rc = need(b, RN_SECTION_ARGS, err);
	*out = rc ? NULL : b->args;
	return rc;
}

static int add_part(struct rn_block *b, enum rn_section s, uint32_t k, struct rn_call *c,
	struct rn_error *err)
{
	int rc = need(b, s, err);
	if (rc)
		return rc == RN_END ? 0 : rc;
	switch (s) {
	case RN_SECTION_ARGS:
		memcpy(c->args, b->args[k], sizeof(c->args));
		return 0;
	case RN_SECTION_REGS:
		c->regs = b->regs.row[k];
		c->n_regs = c->regs ? b->regs.n_regs : 0;
		return 0;
	case RN_SECTION_DATA:
		c->n_spans = b->spans.first[k + 1] - b->spans.first[k];
		c->spans = c->n_spans ? b->spans.span + b->spans.first[k] : NULL;
		return 0;
	case RN_SECTION_STACK:
		return rn_stack_get(b->stack, k, c, err);
	default:
		return 0;
	}
}

/* Calls and meta events before call k make its number in the block. */
static uint32_t metas_before_call(const struct rn_block *b, uint32_t k)
{
	uint32_t lo = 0, hi = b->info.n_meta;
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (b->meta.head[mid].before <= k)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int rn_block_call(struct rn_block *b, uint32_t k, unsigned want, struct rn_event *out,
	struct rn_error *err)
{
	if (k >= b->core.core.n)
		return RN_END;
	const struct rn_core *core = &b->core.core;
	int status = need_meta(b, err);
	if (status)
		return status;
	*out = (struct rn_event){
		.seq = b->info.first_seq + k + metas_before_call(b, k),
		.ts_ns = core->ts_ns[k],
		.utid = core->utid[k],
		.kind = RN_EV_CALL,
		.call = {
			.abi = core->abi[k],
			.flags = core->flags[k],
			.nr = core->nr[k],
			.ret = core->ret[k],
			.dur_ns = core->dur_ns[k],
		},
	};
	if (want & RN_WANT(STACK) && out->call.flags & RN_CALL_TWO_STACKS)
		want |= RN_WANT(DATA) | RN_WANT(ARGS); /* where the other one is */
	static const enum rn_section parts[] = { RN_SECTION_ARGS, RN_SECTION_REGS,
		RN_SECTION_DATA, RN_SECTION_STACK };
	for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		int rc = want >> parts[i] & 1 ? add_part(b, parts[i], k, &out->call, err) : 0;
		if (rc)
			return rc;
	}
	return 0;
}

int rn_block_meta(struct rn_block *b, uint32_t j, struct rn_event *out, uint32_t *before,
	struct rn_error *err)
{
	int rc = need_meta(b, err);
	if (rc || j >= b->info.n_meta)
		return rc ? rc : RN_END;
	const struct rn_meta_head *h = &b->meta.head[j];
	if (before)
		*before = h->before;
	if (!rn_meta_fill(h, out)) {
		rn_damage_add(b->log, section_offset(b, RN_SECTION_META), h->fields_len, RN_E_CORRUPT,
			"block %llu, section meta: event %u makes no sense", (unsigned long long)b->info.number, j);
		return rn_fail(err, RN_E_CORRUPT, "an event is damaged");
	}
	out->seq = b->info.first_seq + h->before + j;
	return 0;
}

int rn_block_meta_glance(struct rn_block *b, uint32_t j, enum rn_event_kind *kind, uint32_t *utid,
	struct rn_error *err)
{
	int rc = need_meta(b, err);
	if (rc || j >= b->info.n_meta)
		return rc ? rc : RN_END;
	*kind = (enum rn_event_kind)b->meta.head[j].kind;
	*utid = b->meta.head[j].utid;
	return 0;
}

/* Event i is meta event j when j meta events and before[j] calls come before it. */
int rn_block_event(struct rn_block *b, uint32_t i, unsigned want, struct rn_event *out,
	struct rn_error *err)
{
	int rc = need_meta(b, err);
	if (rc)
		return rc;
	uint32_t lo = 0, hi = b->info.n_meta;
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (b->meta.head[mid].before + mid < i)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < b->info.n_meta && b->meta.head[lo].before + lo == i)
		return rn_block_meta(b, lo, out, NULL, err);
	return rn_block_call(b, i - lo, want, out, err);
}

int rn_block_threads(struct rn_block *b, const struct rn_thread_ref **out, uint32_t *n,
	struct rn_error *err)
{
	int rc = need_meta(b, err);
	*out = b->meta.thread;
	*n = b->meta.n_threads;
	return rc;
}
