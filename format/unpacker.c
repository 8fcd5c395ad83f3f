/* SPDX-License-Identifier: MIT */
#include "format/unpacker.h"

#include "format/block.h"
#include "format/frame.h"

#include <stdlib.h>

struct rn_unpacker {
	struct rn_block *block;
	struct rn_damage_log log; /* the block wants one */
};

struct rn_unpacker *rn_unpacker_new(void)
{
	struct rn_unpacker *u = calloc(1, sizeof(*u));
	if (!u)
		return NULL;
	rn_damage_log_init(&u->log);
	u->block = rn_block_new();
	if (u->block)
		return u;
	rn_unpacker_free(u);
	return NULL;
}

void rn_unpacker_free(struct rn_unpacker *u)
{
	if (!u)
		return;
	rn_block_free(u->block);
	rn_damage_log_fini(&u->log);
	free(u);
}

int rn_unpacker_load(struct rn_unpacker *u, struct rn_bytes packed, struct rn_block **out,
	struct rn_error *err)
{
	struct rn_block *b = u->block;
	uint64_t head;
	if (rn_frame_sniff(packed, &head) != RN_FRAME_BLOCK || head > packed.len)
		return rn_fail(err, RN_E_CORRUPT, "a packed block makes no sense");
	rn_buffer_clear(&b->frame);
	rn_buffer_clear(&b->disk);
	rn_put_bytes(&b->frame, packed.p, head);
	rn_put_bytes(&b->disk, packed.p + head, packed.len - head);
	if (!rn_buffer_ok(&b->frame) || !rn_buffer_ok(&b->disk))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	b->in = NULL;
	b->held_bytes = packed.len - head;
	*out = b;
	return rn_block_begin(b, 0, RN_WANT(META), &u->log, err);
}
