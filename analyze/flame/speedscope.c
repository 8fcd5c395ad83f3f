/* SPDX-License-Identifier: MIT */
/*
 * speedscope's own format (https://www.speedscope.app/file-format-schema.json): one sampled profile. A sample
 * is a stack as indices of frames, outermost first, with its weight.
 */
#include "analyze/flame/flame.h"

#include "analyze/report/json_writer.h"
#include "shared/intern.h"

#include <stdlib.h>

#define DRAIN_BYTES ((size_t)1 << 16)

static void drain(struct rn_buffer *out, FILE *stream)
{
	if (out->len > DRAIN_BYTES && rn_buffer_ok(out)) {
		fwrite(out->p, 1, out->len, stream);
		out->len = 0;
	}
}

static void put_frames(struct rn_json *j, const struct rn_flame *f, FILE *stream)
{
	rn_json_key(j, "shared");
	rn_json_object_begin(j);
	rn_json_key(j, "frames");
	rn_json_array_begin(j);
	for (uint32_t i = 0; i < rn_intern_count(f->names); i++) {
		rn_json_object_begin(j);
		rn_json_key(j, "name");
		rn_json_bytes(j, rn_intern_get(f->names, i));
		rn_json_object_end(j);
		drain(j->out, stream);
	}
	rn_json_array_end(j);
	rn_json_object_end(j);
}

/* In the order of folded stacks, for the samples and once more for their weights. */
static void put_samples(struct rn_json *j, const struct rn_flame *f, FILE *stream, uint32_t *path,
	bool weights)
{
	uint32_t at = f->node[0].first_child;
	while (at) {
		const struct rn_flame_node *n = &f->node[at];
		path[n->depth - 1] = n->name;
		if (n->self && weights)
			rn_json_u64(j, n->self);
		if (n->self && !weights) {
			rn_json_array_begin(j);
			for (uint32_t i = 0; i < n->depth; i++)
				rn_json_u64(j, path[i]);
			rn_json_array_end(j);
		}
		drain(j->out, stream);
		if (n->first_child) {
			at = n->first_child;
			continue;
		}
		while (at && !f->node[at].next_sibling)
			at = f->node[at].parent;
		at = at ? f->node[at].next_sibling : 0;
	}
}

static void put_profile(struct rn_json *j, const struct rn_flame *f, FILE *stream, uint32_t *path)
{
	static const char *const units[] = {
#define X(name, unit, word) [RN_WEIGHT_##name] = unit,
		RN_WEIGHTS(X)
#undef X
	};
	rn_json_object_begin(j);
	rn_json_key(j, "type");
	rn_json_text(j, "sampled");
	rn_json_key(j, "name");
	rn_json_text(j, f->title);
	rn_json_key(j, "unit");
	rn_json_text(j, units[f->weight]);
	rn_json_key(j, "startValue");
	rn_json_u64(j, 0);
	rn_json_key(j, "endValue");
	rn_json_u64(j, f->node[0].total);
	rn_json_key(j, "samples");
	rn_json_array_begin(j);
	put_samples(j, f, stream, path, false);
	rn_json_array_end(j);
	rn_json_key(j, "weights");
	rn_json_array_begin(j);
	put_samples(j, f, stream, path, true);
	rn_json_array_end(j);
	rn_json_object_end(j);
}

static int write_speedscope(const struct rn_flame *f, FILE *stream, struct rn_error *err)
{
	struct rn_buffer out = RN_BUFFER_INIT;
	struct rn_json j;
	uint32_t *path = malloc((f->max_depth + 1) * sizeof(*path));
	if (!path)
		return rn_fail(err, RN_E_NOMEM, "out of memory for a flame graph");
	rn_json_init(&j, &out, 2);
	rn_json_object_begin(&j);
	rn_json_key(&j, "$schema");
	rn_json_text(&j, "https://www.speedscope.app/file-format-schema.json");
	rn_json_key(&j, "exporter");
	rn_json_text(&j, "renacer " RN_VERSION);
	rn_json_key(&j, "name");
	rn_json_text(&j, f->title);
	rn_json_key(&j, "activeProfileIndex");
	rn_json_u64(&j, 0);
	put_frames(&j, f, stream);
	rn_json_key(&j, "profiles");
	rn_json_array_begin(&j);
	put_profile(&j, f, stream, path);
	rn_json_array_end(&j);
	rn_json_object_end(&j);
	rn_put_u8(&out, '\n');
	int rc = rn_buffer_ok(&out) ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for a flame graph");
	if (!rc)
		fwrite(out.p, 1, out.len, stream);
	rn_buffer_fini(&out);
	free(path);
	return rc;
}

const struct rn_flame_format rn_flame_speedscope = {
	.name = "speedscope",
	.help = "JSON for speedscope.app; name the file *.speedscope.json",
	.write = write_speedscope,
};
