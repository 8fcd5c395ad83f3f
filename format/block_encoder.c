/* SPDX-License-Identifier: MIT */
#include "format/block_encoder.h"

#include "format/crc32c.h"
#include "format/limits.h"
#include "format/squeeze.h"

#include <stdlib.h>

/* A reader keeps all snapshots of a block: no more than this. */
#define RN_BLOCK_STACK_BYTES ((uint64_t)48 << 20)

int rn_block_encoder_init(struct rn_block_encoder *b)
{
	*b = (struct rn_block_encoder){ 0 };
	if (rn_args_encoder_init(&b->args) || rn_regs_encoder_init(&b->regs) ||
		rn_spans_encoder_init(&b->spans)) {
		rn_block_encoder_fini(b);
		return RN_E_NOMEM;
	}
	rn_core_encoder_clear(&b->core);
	rn_meta_encoder_clear(&b->meta);
	return 0;
}

void rn_block_encoder_fini(struct rn_block_encoder *b)
{
	rn_core_encoder_fini(&b->core);
	rn_args_encoder_fini(&b->args);
	rn_regs_encoder_fini(&b->regs);
	rn_stack_encoder_fini(&b->stack);
	rn_spans_encoder_fini(&b->spans);
	rn_meta_encoder_fini(&b->meta);
	rn_dict_fini(&b->utids);
	rn_buffer_fini(&b->raw);
	rn_buffer_fini(&b->sections);
}

void rn_block_encoder_clear(struct rn_block_encoder *b)
{
	rn_core_encoder_clear(&b->core);
	rn_args_encoder_clear(&b->args);
	rn_regs_encoder_clear(&b->regs);
	rn_stack_encoder_clear(&b->stack);
	rn_spans_encoder_clear(&b->spans);
	rn_meta_encoder_clear(&b->meta);
	rn_dict_clear(&b->utids);
}

static uint64_t completion_ns(const struct rn_event *ev)
{
	return ev->ts_ns + (ev->kind == RN_EV_CALL ? ev->call.dur_ns : 0);
}

static int check_call(const struct rn_block_encoder *b, const struct rn_call *c,
	struct rn_error *err)
{
	if (c->n_spans > RN_MAX_SPANS || (c->n_spans && !c->spans))
		return rn_fail(err, RN_E_ARG, "a call with %u memory spans", c->n_spans);
	if (c->stack_len > RN_MAX_STACK_BYTES || (c->stack_len && !c->stack))
		return rn_fail(err, RN_E_ARG, "a stack of %u bytes", c->stack_len);
	if (c->regs && (c->n_regs == 0 || c->n_regs > RN_REGS_CAP ||
			       (b->regs.n_regs && b->regs.n_regs != c->n_regs)))
		return rn_fail(err, RN_E_ARG, "a call with %u registers", c->n_regs);
	uint64_t bytes = 0;
	for (uint32_t i = 0; i < c->n_spans; i++) {
		bytes += c->spans[i].len;
		if ((c->spans[i].len && !c->spans[i].bytes) || c->spans[i].arg > 7)
			return rn_fail(err, RN_E_ARG, "a memory span without bytes");
	}
	if (bytes > RN_MAX_EVENT_BYTES)
		return rn_fail(err, RN_E_ARG, "a call with %llu bytes of memory",
			(unsigned long long)bytes);
	return 0;
}

static int check(const struct rn_block_encoder *b, const struct rn_event *ev, struct rn_error *err)
{
	if (ev->kind == RN_EV_CALL)
		return check_call(b, &ev->call, err);
	if (!rn_event_kind_name(ev->kind))
		return rn_fail(err, RN_E_ARG, "an event of kind %d", (int)ev->kind);
	return 0;
}

static int put_call(struct rn_block_encoder *b, const struct rn_event *ev, struct rn_error *err)
{
	const struct rn_call *c = &ev->call;
	uint32_t thread, nr;
	if (!rn_core_put(&b->core, ev, &thread, &nr))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	if (c->regs)
		b->regs.n_regs = c->n_regs;
	rn_args_put(&b->args, c->args, thread, nr);
	rn_regs_put(&b->regs, c, thread);
	rn_stack_put(&b->stack, c, thread);
	rn_spans_put(&b->spans, c);
	return 0;
}

int rn_block_encoder_put(struct rn_block_encoder *b, const struct rn_event *ev,
	struct rn_error *err)
{
	int rc = check(b, ev, err);
	if (rc)
		return rc;
	if (!rn_block_encoder_events(b))
		b->opened_ns = completion_ns(ev);
	if (rn_dict_index(&b->utids, ev->utid) == RN_DICT_NONE)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	if (ev->kind == RN_EV_CALL)
		return put_call(b, ev, err);
	rn_meta_put(&b->meta, ev, b->core.n);
	return 0;
}

uint32_t rn_block_encoder_events(const struct rn_block_encoder *b)
{
	return b->core.n + b->meta.n;
}

size_t rn_block_encoder_bytes(const struct rn_block_encoder *b)
{
	return rn_core_bytes(&b->core) + rn_args_bytes(&b->args) + rn_regs_bytes(&b->regs) +
		rn_stack_bytes(&b->stack) + rn_spans_bytes(&b->spans) + rn_meta_bytes(&b->meta);
}

bool rn_block_encoder_is_full(const struct rn_block_encoder *b)
{
	return b->spans.what.n + RN_MAX_SPANS > RN_MAX_BLOCK_SPANS ||
		b->stack.stack_bytes > RN_BLOCK_STACK_BYTES;
}

/* What the block's thread dictionary says: every thread it mentions that is known. */
static int put_meta(struct rn_block_encoder *b, const struct rn_thread_table *threads)
{
	struct rn_thread_ref *refs = malloc((b->utids.n + 1) * sizeof(*refs));
	if (!refs)
		return RN_E_NOMEM;
	uint32_t n = 0;
	for (uint32_t i = 0; i < b->utids.n; i++) {
		const struct rn_thread_ref *r =
			rn_thread_table_find(threads, (uint32_t)b->utids.keys[i]);
		if (r)
			refs[n++] = *r;
	}
	rn_meta_encode(&b->raw, &b->meta, refs, n);
	free(refs);
	return 0;
}

static int encode_section(struct rn_block_encoder *b, enum rn_section kind,
	const struct rn_thread_table *threads)
{
	rn_buffer_clear(&b->raw);
	switch (kind) {
	case RN_SECTION_CORE:
		if (b->core.n)
			rn_core_encode(&b->raw, &b->core);
		break;
	case RN_SECTION_ARGS:
		if (b->core.n)
			rn_args_encode(&b->raw, &b->args);
		break;
	case RN_SECTION_REGS:
		rn_regs_encode(&b->raw, &b->regs);
		break;
	case RN_SECTION_STACK:
		rn_stack_encode(&b->raw, &b->stack);
		break;
	case RN_SECTION_DATA:
		rn_spans_encode(&b->raw, &b->spans);
		break;
	case RN_SECTION_META:
		return put_meta(b, threads);
	default:
		break;
	}
	return 0;
}

/* On disk the sections stand by how often they are needed: statistics read a prefix, and of a block
 * cut short the most important part is there. */
static const enum rn_section disk_order[] = {
	RN_SECTION_CORE, RN_SECTION_META, RN_SECTION_ARGS, RN_SECTION_DATA, RN_SECTION_REGS,
	RN_SECTION_STACK,
};

static int squeeze_sections(struct rn_block_encoder *b, struct rn_directory *d,
	struct ZSTD_CCtx_s *z, const struct rn_thread_table *threads, struct rn_error *err)
{
	rn_buffer_clear(&b->sections);
	for (unsigned i = 0; i < RN_SECTIONS; i++) {
		int rc = encode_section(b, disk_order[i], threads);
		if (rc || !rn_buffer_ok(&b->raw))
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		if (!b->raw.len)
			continue;
		size_t before = b->sections.len;
		rc = rn_squeeze(z, &b->sections, rn_buffer_bytes(&b->raw), err);
		if (rc)
			return rc;
		d->section[d->n_sections++] = (struct rn_section_size){ disk_order[i],
			(uint32_t)b->raw.len, (uint32_t)(b->sections.len - before),
			rn_crc32c(rn_bytes_of(b->sections.p + before, b->sections.len - before)) };
	}
	return 0;
}

int rn_block_encoder_finish(struct rn_block_encoder *b, struct rn_buffer *out,
	struct rn_directory *d, struct ZSTD_CCtx_s *z, const struct rn_thread_table *threads,
	struct rn_error *err)
{
	d->n_calls = b->core.n;
	d->n_meta = b->meta.n;
	d->n_errors = b->core.n_errors;
	d->first_ns = b->core.first_ns < b->meta.first_ns ? b->core.first_ns : b->meta.first_ns;
	d->last_ns = b->core.last_ns > b->meta.end_ns ? b->core.last_ns : b->meta.end_ns;
	d->max_dur_ns = b->core.max_dur_ns;
	d->nrs = &b->core.nrs;
	d->utids = &b->utids;
	d->n_sections = 0;
	int rc = squeeze_sections(b, d, z, threads, err);
	if (rc)
		return rc;
	rn_directory_encode(out, d);
	rn_put_bytes(out, b->sections.p, b->sections.len);
	if (!rn_buffer_ok(out))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	return 0;
}
