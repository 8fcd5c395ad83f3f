/* SPDX-License-Identifier: MIT */
/*
 * Folded stacks: a line a stack, frames from the outermost on with ; between, a blank, the weight as an
 * integer; of a difference two of them, before and after. Read by flamegraph.pl, inferno, speedscope. Sorted.
 */
#include "analyze/flame/flame.h"

#include "analyze/report/json_writer.h"
#include "shared/intern.h"

static int write_node(const struct rn_flame *f, uint32_t i, struct rn_buffer *path, FILE *stream)
{
	const struct rn_flame_node *n = &f->node[i];
	size_t before = path->len;
	if (i) {
		struct rn_bytes name = rn_intern_get(f->names, n->name);
		if (before)
			rn_put_u8(path, ';');
		rn_put_bytes(path, name.p, name.len);
	}
	size_t end = path->len;
	if (n->self) {
		rn_put_u8(path, ' ');
		if (f->sides) {
			rn_put_decimal(path, f->sides[i].self[0]);
			rn_put_u8(path, ' ');
			rn_put_decimal(path, f->sides[i].self[1]);
		} else {
			rn_put_decimal(path, n->self);
		}
		rn_put_u8(path, '\n');
		if (rn_buffer_ok(path))
			fwrite(path->p, 1, path->len, stream);
	}
	path->len = rn_buffer_ok(path) ? end : 0;
	int rc = rn_buffer_ok(path) ? 0 : RN_E_NOMEM;
	for (uint32_t c = n->first_child; c && !rc; c = f->node[c].next_sibling)
		rc = write_node(f, c, path, stream);
	path->len = before;
	return rc;
}

static int write_folded(const struct rn_flame *f, FILE *stream, struct rn_error *err)
{
	struct rn_buffer path = RN_BUFFER_INIT;
	int rc = write_node(f, 0, &path, stream);
	rn_buffer_fini(&path);
	return rc ? rn_fail(err, rc, "out of memory for a flame graph") : 0;
}

const struct rn_flame_format rn_flame_folded = {
	.name = "folded",
	.help = "a line a stack: main;f;g 123",
	.write = write_folded,
};
