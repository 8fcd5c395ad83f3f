/* SPDX-License-Identifier: MIT */
#include "analyze/export/stack_table.h"

#include "analyze/symbol/show.h"

#include <stdlib.h>

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for the stacks of an export");
}

int rn_stack_table_init(struct rn_stack_table *t, struct rn_export_job *job, struct rn_error *err)
{
	*t = (struct rn_stack_table){ .job = job, .strings = rn_intern_new(), .functions = rn_intern_new(),
		.frames = rn_intern_new(), .entries = rn_intern_new() };
	return t->strings && t->functions && t->frames && t->entries ? 0 : no_memory(err);
}

void rn_stack_table_fini(struct rn_stack_table *t)
{
	rn_intern_free(t->strings);
	rn_intern_free(t->functions);
	rn_intern_free(t->frames);
	rn_intern_free(t->entries);
	free(t->function);
	free(t->frame);
	free(t->entry);
	free(t->known);
	free(t->levels);
}

/* Room for item number n; false: no memory. */
static bool has_room(void **items, uint32_t *cap, uint32_t n, size_t item_bytes)
{
	if (n < *cap)
		return true;
	uint32_t more = *cap ? *cap * 2 : 256;
	while (more <= n)
		more *= 2;
	void *grown = realloc(*items, more * item_bytes);
	if (!grown)
		return false;
	memset((char *)grown + *cap * item_bytes, 0, (more - *cap) * item_bytes);
	*items = grown;
	*cap = more;
	return true;
}

uint32_t rn_stack_table_function(struct rn_stack_table *t, struct rn_bytes name, struct rn_bytes file)
{
	struct rn_stack_function f = { rn_intern(t->strings, name, NULL), rn_intern(t->strings, file, NULL) };
	bool is_new;
	if (f.name == RN_INTERN_NONE || f.file == RN_INTERN_NONE)
		return RN_INTERN_NONE;
	uint32_t number = rn_intern(t->functions, rn_bytes_of((const uint8_t *)&f, sizeof(f)), &is_new);
	if (number == RN_INTERN_NONE || !is_new)
		return number;
	if (!has_room((void **)&t->function, &t->cap_functions, number, sizeof(f)))
		return RN_INTERN_NONE;
	t->function[number] = f;
	t->n_functions = number + 1;
	return number;
}

static uint32_t frame_of(struct rn_stack_table *t, const struct rn_level *l)
{
	const struct rn_frames *frames = t->job->frames;
	struct rn_place_shown place = rn_frames_shown(frames, l->symbol);
	struct rn_buffer *name = &t->job->scratch;
	rn_buffer_clear(name);
	rn_put_level_name(name, frames, l);
	uint32_t function = rn_buffer_ok(name) ?
		rn_stack_table_function(t, rn_buffer_bytes(name), place.file) : RN_INTERN_NONE;
	rn_buffer_clear(name);
	if (function == RN_INTERN_NONE)
		return RN_INTERN_NONE;
	struct rn_stack_frame f;
	memset(&f, 0, sizeof(f)); /* it is a key: what is between the members counts */
	f.function = function;
	f.line = place.line;
	f.module = l->frame->module;
	f.inlined = l->symbol->inlined;
	f.addr = l->frame->addr;
	bool is_new;
	uint32_t number = rn_intern(t->frames, rn_bytes_of((const uint8_t *)&f, sizeof(f)), &is_new);
	if (number == RN_INTERN_NONE || !is_new)
		return number;
	if (!has_room((void **)&t->frame, &t->cap_frames, number, sizeof(f)))
		return RN_INTERN_NONE;
	t->frame[number] = f;
	t->n_frames = number + 1;
	return number;
}

/* 0: no memory. */
static uint32_t entry_of(struct rn_stack_table *t, uint32_t parent, const struct rn_level *l)
{
	const uint32_t key[] = { parent, frame_of(t, l) };
	bool is_new;
	uint32_t number = key[1] == RN_INTERN_NONE ? RN_INTERN_NONE :
		rn_intern(t->entries, rn_bytes_of((const uint8_t *)key, sizeof(key)), &is_new);
	if (number == RN_INTERN_NONE)
		return 0;
	if (!is_new)
		return number + 1;
	if (!has_room((void **)&t->entry, &t->cap, number, sizeof(*t->entry)))
		return 0;
	t->entry[number] = (struct rn_stack_entry){ parent, key[1],
		parent ? t->entry[parent - 1].depth + 1 : 1 };
	t->n = number + 1;
	return number + 1;
}

static bool is_told(const struct rn_stack_table *t, const struct rn_level *l, bool made)
{
	return (!l->symbol->inlined || rn_frames_options(t->job->frames)->source) &&
		(!t->job->look->own_only || rn_level_is_own(l, made));
}

/* The levels of a stack from the innermost out, up to one whose entry is known. */
static int gather(struct rn_stack_table *t, uint32_t stack, uint32_t *n, uint32_t *known,
	struct rn_error *err)
{
	struct rn_level_walk walk = rn_level_walk_of(stack);
	struct rn_level level;
	/* Which levels are own depends on the whole stack: then only whole stacks are known. */
	bool own = t->job->look->own_only;
	bool made = own && rn_frames_is_made(t->job->frames, stack);
	int rc = 0;
	*n = 0;
	*known = 0;
	for (;;) {
		if (!own && !walk.level && walk.stack < t->n_known && t->known[walk.stack]) {
			*known = t->known[walk.stack] - 1;
			return 0;
		}
		rc = rn_frames_next(t->job->frames, &walk, &level, err);
		if (rc)
			return rc == RN_END ? 0 : rc;
		if (!is_told(t, &level, made))
			continue;
		if (!has_room((void **)&t->levels, &t->cap_levels, *n, sizeof(level)))
			return no_memory(err);
		t->levels[(*n)++] = level;
	}
}

int rn_stack_table_add(struct rn_stack_table *t, uint32_t stack, uint32_t *entry, struct rn_error *err)
{
	uint32_t n, at;
	*entry = 0;
	if (!stack)
		return 0;
	if (stack < t->n_known && t->known[stack]) {
		*entry = t->known[stack] - 1;
		return 0;
	}
	if (!has_room((void **)&t->known, &t->n_known, stack, sizeof(*t->known)))
		return no_memory(err);
	int rc = gather(t, stack, &n, &at, err);
	while (!rc && n) {
		at = entry_of(t, at, &t->levels[--n]);
		rc = at ? 0 : no_memory(err);
	}
	if (!rc) {
		t->known[stack] = at + 1;
		*entry = at;
	}
	return rc;
}

struct rn_bytes rn_stack_table_module(const struct rn_stack_table *t, const struct rn_stack_entry *e)
{
	uint32_t module = t->frame[e->frame].module;
	if (module == RN_NO_MODULE)
		return rn_bytes_of(NULL, 0);
	return rn_modules_at(rn_frames_modules(t->job->frames), module)->path;
}
