/* SPDX-License-Identifier: MIT */
#include "analyze/export/perfetto_stacks.h"

#include "analyze/export/proto.h"

#include <stdlib.h>

/* iids are numbers of the stack table + 1; of mappings, paths and build ids numbers of modules + 1. */
enum { STRING_IID = 1, STRING_BYTES };
enum { MAPPING_IID = 1, MAPPING_BUILD_ID, MAPPING_PATH = 7 };
enum { FRAME_IID = 1, FRAME_FUNCTION, FRAME_MAPPING, FRAME_REL_PC, FRAME_SOURCE, FRAME_LINE };
enum { CALLSTACK_IID = 1, CALLSTACK_FRAME };

int rn_perfetto_stacks_init(struct rn_perfetto_stacks *s, struct rn_export_job *job, struct rn_error *err)
{
	return rn_stack_table_init(&s->table, job, err);
}

void rn_perfetto_stacks_fini(struct rn_perfetto_stacks *s)
{
	rn_stack_table_fini(&s->table);
	free(s->mapping);
	free(s->callstack);
	free(s->path);
}

static void put_string(struct rn_buffer *out, uint32_t field, uint64_t iid, struct rn_bytes s)
{
	size_t mark = rn_proto_begin(out, field);
	rn_proto_u64(out, STRING_IID, iid);
	rn_proto_bytes(out, STRING_BYTES, s);
	rn_proto_end(out, mark);
}

/* Whether item i is set only now; false also when memory ran out, then *failed. */
static bool is_first(uint8_t **set, uint32_t *n, uint32_t i, bool *failed)
{
	if (i >= *n) {
		uint32_t more = i + i / 2 + 64;
		uint8_t *grown = realloc(*set, more);
		if (!grown) {
			*failed = true;
			return false;
		}
		memset(grown + *n, 0, more - *n);
		*set = grown;
		*n = more;
	}
	bool first = !(*set)[i];
	(*set)[i] = 1;
	return first;
}

static bool put_mapping(struct rn_perfetto_stacks *s, struct rn_buffer *out, uint32_t module)
{
	bool failed = false;
	if (module == RN_NO_MODULE || !is_first(&s->mapping, &s->n_mappings, module, &failed))
		return !failed;
	const struct rn_module *m = rn_modules_at(rn_frames_modules(s->table.job->frames), module);
	uint64_t iid = (uint64_t)module + 1;
	put_string(out, RN_INTERNED_PATH, iid, m->path);
	if (m->build_id.len)
		put_string(out, RN_INTERNED_BUILD_ID, iid, m->build_id);
	size_t mark = rn_proto_begin(out, RN_INTERNED_MAPPING);
	rn_proto_u64(out, MAPPING_IID, iid);
	if (m->build_id.len)
		rn_proto_u64(out, MAPPING_BUILD_ID, iid);
	rn_proto_u64(out, MAPPING_PATH, iid);
	rn_proto_end(out, mark);
	return true;
}

static void put_frame(const struct rn_perfetto_stacks *s, struct rn_buffer *out, uint32_t i)
{
	const struct rn_stack_frame *f = &s->table.frame[i];
	bool has_file = s->table.function[f->function].file &&
		rn_intern_get(s->table.strings, s->table.function[f->function].file).len;
	size_t mark = rn_proto_begin(out, RN_INTERNED_FRAME);
	rn_proto_u64(out, FRAME_IID, (uint64_t)i + 1);
	rn_proto_u64(out, FRAME_FUNCTION, (uint64_t)f->function + 1);
	if (f->module != RN_NO_MODULE) {
		rn_proto_u64(out, FRAME_MAPPING, (uint64_t)f->module + 1);
		rn_proto_u64(out, FRAME_REL_PC, f->addr);
	}
	if (has_file)
		rn_proto_u64(out, FRAME_SOURCE, (uint64_t)f->function + 1);
	if (f->line)
		rn_proto_u64(out, FRAME_LINE, f->line);
	rn_proto_end(out, mark);
}

static bool put_new_frames(struct rn_perfetto_stacks *s, struct rn_buffer *out)
{
	const struct rn_stack_table *t = &s->table;
	for (; s->n_functions < t->n_functions; s->n_functions++) {
		const struct rn_stack_function *f = &t->function[s->n_functions];
		struct rn_bytes file = rn_intern_get(t->strings, f->file);
		put_string(out, RN_INTERNED_FUNCTION, (uint64_t)s->n_functions + 1, rn_intern_get(t->strings, f->name));
		if (file.len)
			put_string(out, RN_INTERNED_SOURCE_PATH, (uint64_t)s->n_functions + 1, file);
	}
	for (; s->n_frames < t->n_frames; s->n_frames++) {
		if (!put_mapping(s, out, t->frame[s->n_frames].module))
			return false;
		put_frame(s, out, s->n_frames);
	}
	return true;
}

static bool put_callstack(struct rn_perfetto_stacks *s, struct rn_buffer *out, uint32_t entry)
{
	const struct rn_stack_table *t = &s->table;
	uint32_t n = rn_stack_table_at(t, entry)->depth;
	if (n > s->cap_path) {
		uint32_t *grown = realloc(s->path, n * 2 * sizeof(*grown));
		if (!grown)
			return false;
		s->path = grown;
		s->cap_path = n * 2;
	}
	for (uint32_t e = entry, i = n; e; e = rn_stack_table_at(t, e)->parent)
		s->path[--i] = rn_stack_table_at(t, e)->frame;
	size_t mark = rn_proto_begin(out, RN_INTERNED_CALLSTACK);
	rn_proto_u64(out, CALLSTACK_IID, entry);
	for (uint32_t i = 0; i < n; i++)
		rn_proto_u64(out, CALLSTACK_FRAME, (uint64_t)s->path[i] + 1);
	rn_proto_end(out, mark);
	return true;
}

int rn_perfetto_stacks_add(struct rn_perfetto_stacks *s, struct rn_buffer *interned, uint32_t stack,
	uint64_t *iid, struct rn_error *err)
{
	uint32_t entry;
	bool failed = false;
	int rc = rn_stack_table_add(&s->table, stack, &entry, err);
	*iid = entry;
	if (rc || !entry || !is_first(&s->callstack, &s->n_callstacks, entry, &failed))
		return rc || !failed ? rc : rn_fail(err, RN_E_NOMEM, "out of memory for an export");
	if (!put_new_frames(s, interned) || !put_callstack(s, interned, entry))
		return rn_fail(err, RN_E_NOMEM, "out of memory for an export");
	return 0;
}
