/* SPDX-License-Identifier: MIT */
#include "format/keeper.h"

static int append(void *k, const struct rn_event *ev, struct rn_error *err)
{
	return rn_writer_append(k, ev, err);
}

static int module(void *k, const struct rn_module_image *what, uint64_t raw_bytes,
	struct rn_bytes frame, struct rn_error *err)
{
	return frame.len ? rn_writer_packed_module(k, what, raw_bytes, frame, err) :
		rn_writer_module(k, what, err);
}

static int tick(void *k, uint64_t now_ns, struct rn_error *err)
{
	return rn_writer_tick(k, now_ns, err);
}

static int flush(void *k, struct rn_error *err)
{
	return rn_writer_flush(k, err);
}

static uint64_t deadline_ns(const void *k)
{
	return rn_writer_deadline_ns(k);
}

static const struct rn_writer_totals *totals(const void *k)
{
	return rn_writer_totals(k);
}

static int close_writer(void *k, struct rn_writer_totals *t, struct rn_error *err)
{
	return rn_writer_close(k, t, err);
}

static void abandon(void *k)
{
	rn_writer_abandon(k);
}

static const struct rn_keeper_ops ops = {
	.append = append, .module = module, .tick = tick, .flush = flush,
	.deadline_ns = deadline_ns, .totals = totals, .close = close_writer, .abandon = abandon,
};

struct rn_keeper rn_keeper_of_writer(struct rn_writer *w)
{
	return (struct rn_keeper){ &ops, w };
}
