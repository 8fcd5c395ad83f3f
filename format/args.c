/* SPDX-License-Identifier: MIT */
/* A call's arguments resemble those of the same thread's last call with the same number. The table
 * of last calls is indexed by a hash without a check: a collision predicts badly, on both sides
 * alike, and costs nothing else. */
#include "format/args.h"

#include <stdlib.h>

static inline uint64_t *context(struct rn_args_history *h, uint32_t thread, uint32_t nr)
{
	return h->row[(thread * 61 + nr) % RN_ARGS_CONTEXTS];
}

int rn_args_encoder_init(struct rn_args_encoder *e)
{
	*e = (struct rn_args_encoder){ 0 };
	e->history = calloc(1, sizeof(*e->history));
	return e->history ? 0 : RN_E_NOMEM;
}

void rn_args_encoder_fini(struct rn_args_encoder *e)
{
	for (unsigned a = 0; a < 6; a++)
		rn_planes_fini(&e->column[a]);
	free(e->history);
	*e = (struct rn_args_encoder){ 0 };
}

void rn_args_encoder_clear(struct rn_args_encoder *e)
{
	for (unsigned a = 0; a < 6; a++)
		rn_planes_clear(&e->column[a]);
	memset(e->history, 0, sizeof(*e->history));
}

void rn_args_put(struct rn_args_encoder *e, const uint64_t args[6], uint32_t thread, uint32_t nr)
{
	uint64_t *last = context(e->history, thread, nr);
	for (unsigned a = 0; a < 6; a++) {
		rn_planes_put(&e->column[a], rn_zigzag_encode((int64_t)(args[a] - last[a])));
		last[a] = args[a];
	}
}

size_t rn_args_bytes(const struct rn_args_encoder *e)
{
	size_t bytes = 0;
	for (unsigned a = 0; a < 6; a++)
		bytes += rn_planes_bytes(&e->column[a]);
	return bytes;
}

void rn_args_encode(struct rn_buffer *out, const struct rn_args_encoder *e)
{
	for (unsigned a = 0; a < 6; a++)
		rn_planes_encode(out, &e->column[a]);
}

static void restore(uint64_t (*args)[6], const struct rn_core_decoded *core,
	struct rn_args_history *h)
{
	for (uint32_t i = 0; i < core->core.n; i++) {
		uint64_t *last = context(h, core->thread[i], core->nr_index[i]);
		for (unsigned a = 0; a < 6; a++) {
			last[a] += (uint64_t)rn_zigzag_decode(args[i][a]);
			args[i][a] = last[a];
		}
	}
}

int rn_args_decode(const uint64_t (**out)[6], struct rn_bytes raw,
	const struct rn_core_decoded *core, struct rn_arena *arena, struct rn_error *err)
{
	uint32_t n = core->core.n;
	uint64_t(*args)[6] = rn_arena_alloc(arena, n, sizeof(*args));
	uint64_t *column = rn_arena_alloc(arena, n, sizeof(*column));
	struct rn_args_history *h = rn_arena_zalloc(arena, 1, sizeof(*h));
	if (!args || !column || !h)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	struct rn_cursor c = rn_cursor_of(raw.p, raw.len);
	for (unsigned a = 0; a < 6; a++) {
		rn_planes_decode(&c, column, n);
		for (uint32_t i = 0; i < n; i++)
			args[i][a] = column[i];
	}
	if (!rn_cursor_ok(&c))
		return rn_fail(err, RN_E_CORRUPT, "its columns make no sense");
	restore(args, core, h);
	*out = (const uint64_t(*)[6])args;
	return 0;
}
