/* SPDX-License-Identifier: MIT */
#include "format/regs.h"

#include <stdlib.h>

static inline uint64_t *context(struct rn_regs_history *h, uint32_t thread)
{
	return h->row[thread % RN_REGS_CONTEXTS];
}

int rn_regs_encoder_init(struct rn_regs_encoder *e)
{
	*e = (struct rn_regs_encoder){ 0 };
	e->history = calloc(1, sizeof(*e->history));
	return e->history ? 0 : RN_E_NOMEM;
}

void rn_regs_encoder_fini(struct rn_regs_encoder *e)
{
	rn_planes_fini(&e->has);
	rn_buffer_fini(&e->rows);
	free(e->history);
	*e = (struct rn_regs_encoder){ 0 };
}

void rn_regs_encoder_clear(struct rn_regs_encoder *e)
{
	rn_planes_clear(&e->has);
	rn_buffer_clear(&e->rows);
	memset(e->history, 0, sizeof(*e->history));
	e->n_rows = 0;
}

void rn_regs_put(struct rn_regs_encoder *e, const uint64_t *regs, uint32_t thread)
{
	rn_planes_put(&e->has, regs != NULL);
	if (!regs)
		return;
	uint64_t *last = context(e->history, thread);
	uint64_t mask = 0;
	for (uint32_t i = 0; i < e->n_regs; i++)
		mask |= (uint64_t)(regs[i] != last[i]) << i;
	rn_put_varint(&e->rows, mask);
	for (uint32_t i = 0; i < e->n_regs; i++) {
		if (regs[i] == last[i])
			continue;
		rn_put_svarint(&e->rows, (int64_t)(regs[i] - last[i]));
		last[i] = regs[i];
	}
	e->n_rows++;
}

size_t rn_regs_bytes(const struct rn_regs_encoder *e)
{
	return e->n_rows ? rn_planes_bytes(&e->has) + e->rows.len + 2 : 0;
}

void rn_regs_encode(struct rn_buffer *out, const struct rn_regs_encoder *e)
{
	if (!e->n_rows)
		return;
	rn_put_varint(out, e->n_regs);
	rn_planes_encode(out, &e->has);
	rn_put_bytes(out, e->rows.p, e->rows.len);
	if (!rn_buffer_ok(&e->rows))
		out->failed = true;
}

/* One row; false when its mask speaks of registers there are none of. */
static bool take_row(struct rn_cursor *c, uint64_t *last, uint64_t *row, uint32_t n_regs)
{
	uint64_t mask = rn_take_varint(c);
	if (n_regs < 64 && mask >> n_regs)
		return false;
	for (; mask; mask &= mask - 1)
		last[__builtin_ctzll(mask)] += (uint64_t)rn_take_svarint(c);
	memcpy(row, last, n_regs * sizeof(*row));
	return rn_cursor_ok(c);
}

int rn_regs_decode(struct rn_regs_decoded *out, struct rn_bytes raw,
	const struct rn_core_decoded *core, struct rn_arena *arena, struct rn_error *err)
{
	uint32_t n = core->core.n;
	struct rn_cursor c = rn_cursor_of(raw.p, raw.len);
	uint64_t n_regs = rn_take_varint(&c);
	uint64_t *has = rn_arena_alloc(arena, n, sizeof(*has));
	const uint64_t **rows = rn_arena_zalloc(arena, n, sizeof(*rows));
	struct rn_regs_history *h = rn_arena_zalloc(arena, 1, sizeof(*h));
	if (!has || !rows || !h)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	rn_planes_decode(&c, has, n);
	if (!rn_cursor_ok(&c) || n_regs == 0 || n_regs > RN_REGS_CAP)
		return rn_fail(err, RN_E_CORRUPT, "its columns make no sense");
	for (uint32_t i = 0; i < n; i++) {
		if (!has[i])
			continue;
		uint64_t *row = rn_arena_alloc(arena, n_regs, sizeof(*row));
		if (!row)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		if (!take_row(&c, context(h, core->thread[i]), row, (uint32_t)n_regs))
			return rn_fail(err, RN_E_CORRUPT, "row %u makes no sense", i);
		rows[i] = row;
	}
	*out = (struct rn_regs_decoded){ (uint32_t)n_regs, rows };
	return 0;
}
