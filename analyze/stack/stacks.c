/* SPDX-License-Identifier: MIT */
#include "analyze/stack/stacks.h"

#include "analyze/stack/code.h"
#include "analyze/stack/modules.h"
#include "analyze/stack/trie.h"

#include <stdlib.h>

/* What is known of a module's code; looked for when a frame first lies in it. */
struct image {
	bool looked;
	struct rn_code code;
};

struct rn_stacks {
	struct rn_modules_table *modules;
	struct rn_trie trie;
	struct image *image; /* by number of the module */
	uint32_t n_images;
	struct rn_stack_counts counts;
};

struct rn_stacks *rn_stacks_new(struct rn_modules_table *modules)
{
	struct rn_stacks *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->modules = modules;
	if (rn_trie_init(&s->trie)) {
		rn_stacks_free(s);
		return NULL;
	}
	return s;
}

void rn_stacks_free(struct rn_stacks *s)
{
	if (!s)
		return;
	for (uint32_t i = 0; i < s->n_images; i++)
		rn_code_close(&s->image[i].code);
	free(s->image);
	rn_trie_fini(&s->trie);
	free(s);
}

/* NULL: no memory. */
static struct image *image_of(struct rn_stacks *s, uint32_t module, struct rn_error *err)
{
	if (module >= s->n_images) {
		uint32_t n = rn_modules_n(s->modules);
		struct image *more = realloc(s->image, n * sizeof(*more));
		if (!more)
			return NULL;
		memset(more + s->n_images, 0, (n - s->n_images) * sizeof(*more));
		s->image = more;
		s->n_images = n;
	}
	struct image *im = &s->image[module];
	struct rn_bytes elf;
	if (im->looked)
		return im;
	if (rn_modules_image(s->modules, module, &elf, err))
		return NULL;
	im->looked = elf.len > 0;
	if (im->looked)
		rn_code_open(&im->code, elf);
	return im;
}

static int frame_at(struct rn_stacks *s, const struct rn_event *ev, uint64_t pc, unsigned flags,
	uint64_t back, struct rn_frame *f, struct rn_error *err)
{
	struct rn_place place;
	*f = (struct rn_frame){ RN_NO_MODULE, flags, pc - back, pc };
	if (!rn_modules_find(s->modules, ev->utid, ev->ts_ns, pc - back, &place))
		return 0;
	f->module = place.module;
	if (rn_modules_at(s->modules, place.module)->is_jit)
		return 0;
	struct image *im = image_of(s, place.module, err);
	if (!im)
		return rn_fail(err, RN_E_NOMEM, "out of memory for stacks");
	f->addr = place.file_offset;
	rn_code_addr(&im->code, place.file_offset, &f->addr);
	f->pc_addr = f->addr + back;
	return 0;
}

int rn_stacks_of(struct rn_stacks *s, const struct rn_event *ev, uint32_t *id,
	enum rn_stack_end *end, struct rn_error *err)
{
	const struct rn_call *c = &ev->call;
	struct rn_frame f;
	uint32_t number;
	*id = 0;
	s->counts.asked++;
	if (end)
		*end = RN_STACK_LOST;
	if (ev->kind != RN_EV_CALL || !c->regs || c->n_regs <= RN_X86_RIP)
		return 0;
	s->counts.with_snapshot++;
	s->counts.ended[RN_STACK_LOST]++;
	int rc = frame_at(s, ev, c->regs[RN_X86_RIP], 0, 1, &f, err);
	if (rc)
		return rc;
	if (rn_trie_frame(&s->trie, &f, &number) || rn_trie_node(&s->trie, 0, number, id))
		return rn_fail(err, RN_E_NOMEM, "out of memory for stacks");
	return 0;
}

uint32_t rn_stacks_n_nodes(const struct rn_stacks *s)
{
	return s->trie.nodes.n;
}

const struct rn_stack_node *rn_stacks_node(const struct rn_stacks *s, uint32_t id)
{
	return rn_trie_node_at(&s->trie, id);
}

uint32_t rn_stacks_n_frames(const struct rn_stacks *s)
{
	return s->trie.frames.n;
}

const struct rn_frame *rn_stacks_frame(const struct rn_stacks *s, uint32_t frame)
{
	return rn_trie_frame_at(&s->trie, frame);
}

const struct rn_stack_counts *rn_stacks_counts(const struct rn_stacks *s)
{
	return &s->counts;
}
