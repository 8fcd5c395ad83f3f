/* SPDX-License-Identifier: MIT */
#include "analyze/recorder_cost.h"

#include "analyze/detail.h"
#include "shared/diag.h"

/* ns a call of getppid, the cheapest kind; docs/bpf.md, "What it costs". */
#define BPF_CALL_NS 255u
#define BPF_CALL_WITH_STACK_NS 509u

/* The same facts, whichever event tells them. */
struct told {
	uint64_t stop_ns, calls;
};

static struct told take(struct rn_recorder_cost *c, const struct rn_model_end *end)
{
	const struct rn_ev_END *e = &end->event;
	const struct rn_ev_COST *m = &end->cost;
	c->known = end->known || m->cpu_ns;
	c->cpu_ns = end->known ? e->cpu_ns : m->cpu_ns;
	c->memory_bytes = end->known ? e->max_rss_bytes : m->rss_bytes;
	c->wall_ns = end->known ? e->wall_ns : 0;
	c->held_ns = end->known ? e->held_ns : m->held_ns;
	c->unseen_ns = end->known ? e->unseen_ns : m->unseen_ns;
	return (struct told){ end->known ? e->stop_ns : m->stop_ns, end->known ? e->calls : m->calls };
}

struct rn_recorder_cost rn_recorder_cost_of(const struct rn_header *h, const struct rn_model_end *end)
{
	struct rn_recorder_cost c = { 0 };
	const struct told t = take(&c, end);
	if (t.stop_ns) {
		c.has_added = true;
		c.added_ns = t.stop_ns + c.held_ns;
		c.how = "at least: the recorder's CPU time while threads were stopped, switches to it and back apart";
	} else if (t.calls && t.calls <= UINT64_MAX / BPF_CALL_WITH_STACK_NS &&
		rn_bytes_equal(h->backend, rn_bytes_str("bpf"))) {
		c.has_added = true;
		c.added_ns = t.calls * (h->stack_bytes ? BPF_CALL_WITH_STACK_NS : BPF_CALL_NS);
		c.how = "estimate: calls times what a cheap one cost on the machine of the benchmark";
	}
	return c;
}

struct rn_cell rn_recorder_cost_cell(const struct rn_recorder_cost *c, uint64_t value)
{
	return c->known && value ? rn_cell_u64(value) : rn_cell_null();
}

struct rn_cell rn_recorder_cost_added(const struct rn_recorder_cost *c)
{
	return c->has_added ? rn_cell_u64(c->added_ns) : rn_cell_null();
}

struct rn_cell rn_recorder_cost_how(const struct rn_recorder_cost *c)
{
	return c->how ? rn_cell_text(c->how) : rn_cell_null();
}

void rn_recorder_cost_less(struct rn_buffer *out, const struct rn_model_end *end)
{
	if (!end->less_times)
		return;
	rn_put_detail_causes(out, end->less_causes);
	rn_put_format(out, ": %llu time%s, %.3f s in all%s", (unsigned long long)end->less_times,
		end->less_times == 1 ? "" : "s",
		(double)end->less_ns / 1e9, end->less_since_ns ? ", and to the end of the trace" : "");
	uint64_t unseen_ns = end->known ? end->event.unseen_ns : end->cost.unseen_ns;
	if (unseen_ns)
		rn_put_format(out, "; for %.3f s of it calls were not looked at: there were more than are listed and counted",
			(double)unseen_ns / 1e9);
}

void rn_recorder_cost_say(const struct rn_reader *r, const struct rn_model_end *end, struct rn_diag *diag)
{
	const struct rn_recorder_cost c = rn_recorder_cost_of(rn_reader_header(r), end);
	struct rn_buffer text = RN_BUFFER_INIT;
	if (!c.known)
		return;
	rn_put_format(&text, "the recording cost %.3f s of CPU time, %.1f MiB of memory, %.1f MiB of trace",
		(double)c.cpu_ns / 1e9, (double)c.memory_bytes / 1048576, (double)rn_reader_bytes(r) / 1048576);
	if (c.has_added)
		rn_put_format(&text, ", %s %.3f s added", c.how[0] == 'a' ? "at least" : "about",
			(double)c.added_ns / 1e9);
	if (rn_buffer_ok(&text))
		rn_diag_note(diag, "%.*s", (int)text.len, (const char *)text.p);
	rn_buffer_fini(&text);
}

void rn_recorder_cost_note(struct rn_reader *r, struct rn_diag *diag)
{
	struct rn_model_end end;
	struct rn_model *m = rn_reader_seekable(r) ? rn_model_new(0) : NULL;
	if (m && !rn_model_scan_end(m, r, NULL)) {
		rn_model_end(m, &end);
		rn_recorder_cost_say(r, &end, diag);
	}
	rn_model_free(m);
}

void rn_recorder_cost_warn(const struct rn_model_end *end, struct rn_diag *diag)
{
	struct rn_buffer less = RN_BUFFER_INIT;
	if (end->lost_events)
		rn_diag_warn(diag, "%llu events were lost while recording", (unsigned long long)end->lost_events);
	if (end->disk_full_ns)
		rn_diag_warn(diag, "the disk was full from %.6f s on, %llu calls are lost; what came after is not known",
			(double)end->disk_full_ns / 1e9, (unsigned long long)end->lost_by[RN_LOST_DISK]);
	rn_recorder_cost_less(&less, end);
	if (less.len && rn_buffer_ok(&less))
		rn_diag_warn(diag, "less was recorded than was asked for: %.*s", (int)less.len, (const char *)less.p);
	rn_buffer_fini(&less);
}
