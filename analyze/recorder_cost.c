/* SPDX-License-Identifier: MIT */
#include "analyze/recorder_cost.h"

/* ns a call of getppid, the cheapest kind; docs/bpf.md, "What it costs". */
#define BPF_CALL_NS 255u
#define BPF_CALL_WITH_STACK_NS 509u

struct rn_recorder_cost rn_recorder_cost_of(const struct rn_header *h, const struct rn_model_end *end)
{
	const struct rn_ev_END *e = &end->event;
	if (end->known && e->stop_ns)
		return (struct rn_recorder_cost){ true, e->stop_ns,
			"at least: the recorder's CPU time while threads were stopped, switches to it and back apart" };
	if (!end->known || !e->calls || e->calls > UINT64_MAX / BPF_CALL_WITH_STACK_NS ||
		!rn_bytes_equal(h->backend, rn_bytes_str("bpf")))
		return (struct rn_recorder_cost){ false, 0, NULL };
	return (struct rn_recorder_cost){ true,
		e->calls * (h->stack_bytes ? BPF_CALL_WITH_STACK_NS : BPF_CALL_NS),
		"estimate: calls times what a cheap one cost on the machine of the benchmark" };
}

struct rn_cell rn_recorder_cost_added(const struct rn_recorder_cost *c)
{
	return c->has_added ? rn_cell_u64(c->added_ns) : rn_cell_null();
}

struct rn_cell rn_recorder_cost_how(const struct rn_recorder_cost *c)
{
	return c->how ? rn_cell_text(c->how) : rn_cell_null();
}
