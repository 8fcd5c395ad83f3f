/* SPDX-License-Identifier: MIT */
#include "format/packer.h"

#include "format/limits.h"
#include "format/squeeze.h"

#define DEFAULT_BLOCK_BYTES ((uint32_t)1 << 20)
#define DEFAULT_BLOCK_EVENTS ((uint32_t)65536)
#define DEFAULT_BLOCK_AGE_NS ((uint64_t)150 * 1000 * 1000)

static struct rn_writer_options with_defaults(const struct rn_writer_options *opts)
{
	struct rn_writer_options o = opts ? *opts : (struct rn_writer_options){ 0 };
	if (!o.block_bytes)
		o.block_bytes = DEFAULT_BLOCK_BYTES;
	if (!o.block_events)
		o.block_events = DEFAULT_BLOCK_EVENTS;
	if (o.block_events > RN_MAX_BLOCK_EVENTS)
		o.block_events = RN_MAX_BLOCK_EVENTS;
	if (o.block_bytes > RN_MAX_SECTION_BYTES / 2)
		o.block_bytes = RN_MAX_SECTION_BYTES / 2;
	if (!o.block_age_ns)
		o.block_age_ns = DEFAULT_BLOCK_AGE_NS;
	return o;
}

int rn_packer_init(struct rn_packer *p, const struct rn_writer_options *opts)
{
	*p = (struct rn_packer){ .opts = with_defaults(opts) };
	p->z = rn_squeeze_new(p->opts.level);
	return !p->z || rn_block_encoder_init(&p->block) ? RN_E_NOMEM : 0;
}

void rn_packer_fini(struct rn_packer *p)
{
	rn_block_encoder_fini(&p->block);
	rn_thread_table_fini(&p->threads);
	rn_squeeze_free(p->z);
}

int rn_packer_put(struct rn_packer *p, const struct rn_event *ev, struct rn_error *err)
{
	int rc = rn_block_encoder_put(&p->block, ev, err);
	if (rc)
		return rc;
	if (!rn_thread_table_note(&p->threads, ev))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	p->events++;
	p->calls += ev->kind == RN_EV_CALL;
	return 0;
}

bool rn_packer_is_full(const struct rn_packer *p)
{
	return rn_block_encoder_events(&p->block) >= p->opts.block_events ||
		rn_block_encoder_bytes(&p->block) >= p->opts.block_bytes ||
		rn_block_encoder_is_full(&p->block);
}

bool rn_packer_is_old(const struct rn_packer *p, uint64_t now_ns)
{
	return rn_packer_pending(p) && now_ns >= p->block.opened_ns &&
		now_ns - p->block.opened_ns >= p->opts.block_age_ns;
}

uint64_t rn_packer_deadline_ns(const struct rn_packer *p)
{
	uint64_t age = p->opts.block_age_ns;
	if (!rn_packer_pending(p) || p->block.opened_ns > UINT64_MAX - age)
		return UINT64_MAX;
	return p->block.opened_ns + age;
}

uint32_t rn_packer_pending(const struct rn_packer *p)
{
	return rn_block_encoder_events(&p->block);
}

int rn_packer_finish(struct rn_packer *p, struct rn_buffer *out, struct rn_directory *d,
	struct rn_error *err)
{
	return rn_block_encoder_finish(&p->block, out, d, p->z, &p->threads, err);
}

void rn_packer_clear(struct rn_packer *p)
{
	rn_block_encoder_clear(&p->block);
	rn_thread_table_sweep(&p->threads);
}
