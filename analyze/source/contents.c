/* SPDX-License-Identifier: MIT */
#include "analyze/source/contents.h"
#include "shared/buffer.h"

#include <stdlib.h>

void rn_contents_init(struct rn_contents *c)
{
	*c = (struct rn_contents){ .blocks = 0 };
}

void rn_contents_fini(struct rn_contents *c)
{
	rn_intern_free(c->module_names);
	free(c->modules);
	free(c->steps);
}

static struct rn_contents_module *new_module(struct rn_contents *c)
{
	if (c->n_modules == c->modules_cap) {
		size_t cap = c->modules_cap ? c->modules_cap * 2 : 32;
		struct rn_contents_module *m = realloc(c->modules, cap * sizeof(*m));
		if (!m)
			return NULL;
		c->modules = m;
		c->modules_cap = cap;
	}
	c->modules[c->n_modules] = (struct rn_contents_module){ .mappings = 0 };
	return &c->modules[c->n_modules++];
}

/* One entry for each pair of path and build-id, which are interned as path, NUL, build-id: a path
 * has no NUL. NULL: no memory. */
static struct rn_contents_module *module(struct rn_contents *c, struct rn_bytes path,
	struct rn_bytes build_id)
{
	struct rn_buffer key = RN_BUFFER_INIT;
	bool is_new;
	const void *nul = path.len ? memchr(path.p, 0, path.len) : NULL;
	if (nul)
		path.len = (size_t)((const uint8_t *)nul - path.p);
	rn_put_bytes(&key, path.p, path.len);
	rn_put_u8(&key, 0);
	rn_put_bytes(&key, build_id.p, build_id.len);
	if (!c->module_names)
		c->module_names = rn_intern_new();
	uint32_t id = c->module_names && rn_buffer_ok(&key) ?
		rn_intern(c->module_names, rn_buffer_bytes(&key), &is_new) : RN_INTERN_NONE;
	rn_buffer_fini(&key);
	if (id == RN_INTERN_NONE)
		return NULL;
	if (id < c->n_modules)
		return &c->modules[id];
	struct rn_contents_module *m = new_module(c);
	if (!m)
		return NULL;
	struct rn_bytes kept = rn_intern_get(c->module_names, id);
	m->path = rn_bytes_of(kept.p, path.len);
	m->build_id = rn_bytes_of(kept.p + path.len + 1, kept.len - path.len - 1);
	return m;
}

static int add_step(struct rn_contents *c, const struct rn_event *ev, struct rn_error *err)
{
	if (c->n_steps == c->steps_cap) {
		size_t cap = c->steps_cap ? c->steps_cap * 2 : 64;
		struct rn_contents_step *more = realloc(c->steps, cap * sizeof(*more));
		if (!more)
			return rn_fail(err, RN_E_NOMEM, "out of memory for the recorder's steps");
		c->steps = more;
		c->steps_cap = cap;
	}
	struct rn_contents_step *s = &c->steps[c->n_steps++];
	*s = (struct rn_contents_step){ .ts_ns = ev->ts_ns, .is_cost = ev->kind == RN_EV_COST };
	if (s->is_cost)
		s->cost = ev->COST;
	else
		s->detail = ev->DETAIL;
	return 0;
}

static int count_meta(struct rn_contents *c, const struct rn_event *ev, struct rn_error *err)
{
	unsigned kind = (unsigned)ev->kind;
	c->n_meta++;
	c->kinds[kind < RN_CONTENTS_KINDS ? kind : RN_CONTENTS_KINDS - 1]++;
	if (kind == RN_EV_LOST) {
		uint64_t cause = ev->LOST.cause;
		struct rn_contents_lost *l =
			&c->lost[cause < RN_CONTENTS_CAUSES ? cause : RN_CONTENTS_CAUSES - 1];
		l->records++;
		l->events += ev->LOST.count;
		l->bytes += ev->LOST.bytes;
	} else if (kind == RN_EV_COST || kind == RN_EV_DETAIL) {
		return add_step(c, ev, err);
	} else if (kind == RN_EV_MAP) {
		struct rn_contents_module *m = module(c, ev->MAP.path, ev->MAP.build_id);
		if (!m)
			return rn_fail(err, RN_E_NOMEM, "out of memory for modules");
		m->mappings++;
	}
	return 0;
}

static int count_block(struct rn_contents *c, struct rn_block *b, struct rn_error *err)
{
	const struct rn_block_info *info = rn_block_info(b);
	c->blocks++;
	c->block_bytes += info->disk_bytes;
	if (info->last_ns > c->last_ns)
		c->last_ns = info->last_ns;
	for (unsigned s = 0; s < RN_SECTIONS; s++) {
		c->raw_bytes[s] += info->section[s].raw_bytes;
		c->disk_bytes[s] += info->section[s].disk_bytes;
	}
	struct rn_event ev;
	uint32_t before;
	int rc = 0;
	for (uint32_t j = 0; rc == 0 || rc == RN_E_CORRUPT; j++) {
		/* What is damaged is in the reader's list; the others count. */
		rc = rn_block_meta(b, j, &ev, &before, err);
		rc = rc ? rc : count_meta(c, &ev, err);
	}
	return rc == RN_END ? 0 : rc;
}

static void count_call(struct rn_contents *c, unsigned flags)
{
	c->calls++;
	c->errors += (flags & RN_CALL_ERROR) != 0;
	c->unfinished += (flags & RN_CALL_UNFINISHED) != 0;
}

static int count_images(struct rn_contents *c, struct rn_reader *r, struct rn_error *err)
{
	for (size_t i = 0; i < rn_reader_n_modules(r); i++) {
		struct rn_module_image image;
		int rc = rn_reader_module(r, i, &image, err);
		if (rc == RN_E_NOMEM)
			return rc;
		if (rc)
			continue; /* damaged, and in the reader's list */
		struct rn_contents_module *m = module(c, image.name, image.build_id);
		if (!m)
			return rn_fail(err, RN_E_NOMEM, "out of memory for modules");
		m->image_bytes = image.image.len;
	}
	return 0;
}

int rn_contents_gather(struct rn_contents *c, struct rn_source *settled, struct rn_error *err)
{
	struct rn_batch b;
	rn_batch_init(&b);
	int rc;
	while ((rc = rn_source_next(settled, &b, err)) == 0) {
		for (uint32_t i = 0; i < b.n_selected; i++)
			count_call(c, b.core->flags[b.selected[i]]);
		for (uint32_t i = 0; i < b.n_unfinished; i++)
			count_call(c, b.unfinished[i].call.flags);
		if (b.block)
			rc = count_block(c, b.block, err);
		if (rc)
			break;
	}
	rn_batch_fini(&b);
	return rc == RN_END ? count_images(c, settled->reader, err) : rc;
}
