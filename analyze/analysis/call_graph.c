/* SPDX-License-Identifier: MIT */
/* The graph as a table: a row a node, each after its parent, for people as a drawn tree. */
#include "analyze/analysis/functions.h"

#include "analyze/words.h"

struct drawing {
	const struct rn_profile *p;
	const struct rn_functions_options *o;
	struct rn_sink *sink;
	uint32_t number;          /* of the next row */
	struct rn_buffer rails;   /* what stands in front of the children of the node under way */
	struct rn_buffer text;
};

static const struct rn_column columns[] = {
	{ .name = "text", .title = "Call Graph:", .type = RN_T_TEXT, .left = true,
		.hide = RN_HIDE_CSV | RN_HIDE_JSON },
	{ .name = "node", .type = RN_T_U64, .unit = RN_U_COUNT, .hide = RN_HIDE_TEXT,
		.doc = "from 1, each after its parent" },
	{ .name = "parent", .type = RN_T_U64, .unit = RN_U_COUNT, .hide = RN_HIDE_TEXT,
		.doc = "null: nobody of the user's own code called it" },
	{ .name = "depth", .type = RN_T_U64, .unit = RN_U_COUNT, .hide = RN_HIDE_TEXT },
	{ .name = "function", .type = RN_T_TEXT, .hide = RN_HIDE_TEXT },
	{ .name = "calls", .weighs = true, .type = RN_T_U64, .unit = RN_U_COUNT, .hide = RN_HIDE_TEXT,
		.doc = "system calls in it and in what it called from here" },
	{ .name = "total_ns", .weighs = true, .type = RN_T_U64, .unit = RN_U_NS, .hide = RN_HIDE_TEXT },
	{ .name = "time_percent", .weighs = true, .type = RN_T_REAL, .unit = RN_U_PERCENT, .hide = RN_HIDE_TEXT },
	{ .name = "errors", .weighs = true, .type = RN_T_U64, .unit = RN_U_COUNT, .hide = RN_HIDE_TEXT },
	{ .name = "bytes", .weighs = true, .type = RN_T_U64, .unit = RN_U_BYTES, .hide = RN_HIDE_TEXT },
};

static double share_of(const struct drawing *d, const struct rn_graph_node *node)
{
	return d->p->total.time_ns ?
		100.0 * (double)node->sums.time_ns / (double)d->p->total.time_ns : 0;
}

static bool is_cut(const struct drawing *d, const struct rn_graph_node *node)
{
	bool large = d->p->n_nodes > RN_GRAPH_LARGE;
	double cut = large && d->o->large_graph_cut_percent > d->o->graph_cut_percent ?
		d->o->large_graph_cut_percent : d->o->graph_cut_percent;
	return d->p->total.time_ns && share_of(d, node) < cut;
}

static void put_branch(struct drawing *d, bool last, unsigned depth)
{
	rn_buffer_clear(&d->text);
	rn_put_text(&d->text, "  ");
	rn_put_bytes(&d->text, d->rails.p, d->rails.len);
	if (depth)
		rn_put_text(&d->text, last ? "\u2514\u2500 " : "\u251c\u2500 ");
}

static int emit_node(struct drawing *d, const struct rn_graph_node *node, uint32_t parent, unsigned depth,
	bool last, struct rn_error *err)
{
	const struct rn_function *f = &d->p->function[node->function];
	put_branch(d, last, depth);
	rn_put_bytes(&d->text, f->name.p, f->name.len);
	rn_put_format(&d->text, " (%llu call%s, ", (unsigned long long)node->sums.calls,
		node->sums.calls == 1 ? "" : "s");
	rn_put_short_time(&d->text, node->sums.time_ns);
	rn_put_u8(&d->text, ')');
	if (!rn_buffer_ok(&d->text))
		return rn_fail(err, RN_E_NOMEM, "out of memory for a call graph");
	const struct rn_cell cells[] = { rn_cell_bytes(rn_buffer_bytes(&d->text)),
		rn_cell_u64(d->number), parent ? rn_cell_u64(parent) : rn_cell_null(),
		rn_cell_u64(depth), rn_cell_bytes(f->name), rn_cell_u64(node->sums.calls),
		rn_cell_u64(node->sums.time_ns), rn_cell_real(share_of(d, node)),
		rn_cell_u64(node->sums.errors), rn_cell_u64(node->sums.bytes) };
	return rn_sink_row(d->sink, cells, err);
}

/* Depth is bounded by the option, whose greatest value is far below any stack's end of ours. */
static int emit_children(struct drawing *d, uint32_t of, uint32_t row, unsigned depth,
	struct rn_error *err)
{
	int rc = 0;
	if (depth >= d->o->graph_depth)
		return 0;
	uint32_t child = d->p->node[of].first_child;
	while (child && !is_cut(d, &d->p->node[child]) && !rc) {
		const struct rn_graph_node *node = &d->p->node[child];
		uint32_t next = node->next_sibling, number = d->number;
		bool last = !next || is_cut(d, &d->p->node[next]);
		rc = emit_node(d, node, row, depth, last, err);
		d->number++;
		size_t rails = d->rails.len;
		if (depth)
			rn_put_text(&d->rails, last ? "   " : "\u2502  ");
		else
			rn_put_text(&d->rails, "  ");
		if (!rc)
			rc = emit_children(d, child, number, depth + 1, err);
		d->rails.len = rails;
		child = next;
	}
	return rc;
}

int rn_call_graph_emit(const struct rn_profile *p, const struct rn_functions_options *o,
	struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_table table = { .name = "call_graph", .columns = columns,
		.n_columns = sizeof(columns) / sizeof(columns[0]) };
	struct drawing d = { .p = p, .o = o, .sink = sink, .number = 1 };
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = emit_children(&d, 0, 0, 0, err);
	rn_buffer_fini(&d.rails);
	rn_buffer_fini(&d.text);
	return rc ? rc : rn_sink_end(sink, err);
}
