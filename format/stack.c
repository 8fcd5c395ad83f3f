/* SPDX-License-Identifier: MIT */
#include "format/stack.h"

#include "format/limits.h"

int rn_stack_encoder_init(struct rn_stack_encoder *e)
{
	*e = (struct rn_stack_encoder){ 0 };
	return 0;
}

void rn_stack_encoder_fini(struct rn_stack_encoder *e)
{
	rn_planes_fini(&e->len);
	rn_planes_fini(&e->wanted);
	rn_planes_fini(&e->addr);
	rn_buffer_fini(&e->bytes);
}

void rn_stack_encoder_clear(struct rn_stack_encoder *e)
{
	rn_planes_clear(&e->len);
	rn_planes_clear(&e->wanted);
	rn_planes_clear(&e->addr);
	rn_buffer_clear(&e->bytes);
	e->last_addr = 0;
	e->n_stacks = 0;
}

void rn_stack_put(struct rn_stack_encoder *e, const struct rn_call *call, uint32_t thread)
{
	(void)thread;
	rn_planes_put(&e->len, call->stack_len);
	rn_planes_put(&e->wanted, call->stack_wanted);
	rn_planes_put(&e->addr, rn_zigzag_encode((int64_t)(call->stack_addr - e->last_addr)));
	e->last_addr = call->stack_addr;
	rn_put_bytes(&e->bytes, call->stack, call->stack_len);
	e->n_stacks += call->stack_len || call->stack_wanted || call->stack_addr;
}

size_t rn_stack_bytes(const struct rn_stack_encoder *e)
{
	return e->n_stacks ? e->bytes.len + rn_planes_bytes(&e->len) +
		rn_planes_bytes(&e->wanted) + rn_planes_bytes(&e->addr) : 0;
}

void rn_stack_encode(struct rn_buffer *out, const struct rn_stack_encoder *e)
{
	if (!e->n_stacks)
		return;
	rn_planes_encode(out, &e->len);
	rn_planes_encode(out, &e->wanted);
	rn_planes_encode(out, &e->addr);
	rn_put_bytes(out, e->bytes.p, e->bytes.len);
	if (!rn_buffer_ok(&e->bytes))
		out->failed = true;
}

int rn_stack_open(struct rn_stack_decoded *out, struct rn_bytes raw,
	const struct rn_core_decoded *core, struct rn_arena *arena, struct rn_error *err)
{
	uint32_t n = core->core.n;
	struct rn_stack_decoded s = {
		.len = rn_arena_alloc(arena, n, sizeof(*s.len)),
		.wanted = rn_arena_alloc(arena, n, sizeof(*s.wanted)),
		.addr = rn_arena_alloc(arena, n, sizeof(*s.addr)),
		.bytes = rn_arena_alloc(arena, n, sizeof(*s.bytes)),
	};
	if (!s.len || !s.wanted || !s.addr || !s.bytes)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	struct rn_cursor c = rn_cursor_of(raw.p, raw.len);
	rn_planes_decode(&c, s.len, n);
	rn_planes_decode(&c, s.wanted, n);
	rn_planes_decode(&c, s.addr, n);
	uint64_t addr = 0;
	for (uint32_t i = 0; i < n; i++) {
		addr += (uint64_t)rn_zigzag_decode(s.addr[i]);
		s.addr[i] = addr;
		if (s.len[i] > RN_MAX_STACK_BYTES)
			c.bad = true;
		s.bytes[i] = rn_take_bytes(&c, s.len[i]).p;
	}
	if (!rn_cursor_ok(&c))
		return rn_fail(err, RN_E_CORRUPT, "its columns make no sense");
	*out = s;
	return 0;
}

int rn_stack_get(struct rn_stack_decoded *s, uint32_t k, struct rn_call *call,
	struct rn_error *err)
{
	(void)err;
	call->stack_len = (uint32_t)s->len[k];
	call->stack_wanted = (uint32_t)s->wanted[k];
	call->stack_addr = s->addr[k];
	call->stack = call->stack_len ? s->bytes[k] : NULL;
	return 0;
}
