/* SPDX-License-Identifier: MIT */
#include "analyze/stack/stacks.h"

#include "analyze/stack/memo.h"
#include "analyze/stack/modules.h"
#include "analyze/stack/rules.h"
#include "analyze/stack/trie.h"
#include "analyze/stack/unwinder.h"

#include <stdlib.h>

#define N_KNOWN 8192
#define NO_FRAME UINT32_MAX

/* A program counter met before, in a small cache: what rules and frame it has. */
struct known {
	uint64_t epoch, addr; /* epoch 0 with addr 0: free */
	bool back;            /* addr lies before the pc, in the calling instruction */
	uint32_t revision;
	struct rn_spot spot;
	uint32_t frame;       /* without flags; NO_FRAME: not asked for yet */
};

/* How far the stack of a thread reaches, and from how low it was once cut. */
struct reach {
	uint64_t high;    /* end of the outermost word read in a complete stack; 0: none was */
	uint64_t low_cut; /* lowest stack pointer of a cut stack; 0: none was cut */
};

struct rn_stacks {
	struct rn_modules_table *modules;
	struct rn_rules rules;
	struct rn_trie trie;
	struct rn_memo *memo;
	struct known known[N_KNOWN];
	struct rn_unwind unwind;
	uint32_t frames[RN_STACK_MAX_FRAMES]; /* of the walk under way, innermost first */
	struct rn_frame unsure[RN_STACK_MAX_FRAMES]; /* those from n_sure on, which have no number yet */
	uint32_t n_frames;
	uint32_t n_sure; /* frames before those that lie in no module */
	struct rn_idmap reach_of; /* space << 32 | thread to reach */
	struct reach *reach;
	uint32_t n_reach, cap_reach;
	const struct rn_known_stacks *known_stacks; /* NULL: none are */
	uint32_t *node_of; /* by known node: ours; 0: not asked for yet */
	size_t n_images; /* of the trace, when code was last looked at */
	const struct rn_unwinder *other; /* who walks; NULL: we do */
	void *other_state;
	struct rn_walked *walked; /* RN_STACK_MAX_FRAMES, of the other */
	struct rn_stack_counts counts;
};

struct rn_stacks *rn_stacks_new(struct rn_modules_table *modules)
{
	struct rn_stacks *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->modules = modules;
	rn_rules_init(&s->rules, modules);
	s->memo = rn_memo_new();
	if (!s->memo || rn_trie_init(&s->trie)) {
		rn_stacks_free(s);
		return NULL;
	}
	return s;
}

void rn_stacks_free(struct rn_stacks *s)
{
	if (!s)
		return;
	if (s->other)
		s->other->close(s->other_state);
	free(s->walked);
	rn_rules_fini(&s->rules);
	rn_trie_fini(&s->trie);
	rn_memo_free(s->memo);
	rn_idmap_fini(&s->reach_of);
	free(s->reach);
	free(s->node_of);
	free(s);
}

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for stacks");
}

int rn_stacks_use(struct rn_stacks *s, const struct rn_unwinder *unwinder, struct rn_error *err)
{
	if (!unwinder->open)
		return 0;
	s->walked = malloc(RN_STACK_MAX_FRAMES * sizeof(*s->walked));
	s->other_state = unwinder->open(s->modules);
	if (!s->walked || !s->other_state)
		return rn_fail(err, RN_E_UNSUPPORTED, "no unwinder '%s' here", unwinder->name);
	s->other = unwinder;
	return 0;
}

/* The call whose stack is asked for. */
struct moment {
	uint32_t utid;
	uint64_t at_ns, epoch;
};

/* back: addr is the pc less one. */
static int look_up(struct rn_stacks *s, const struct moment *at, uint64_t addr, bool back,
	struct known **out, struct rn_error *err)
{
	uint64_t h = (addr ^ at->epoch << 20 ^ (uint64_t)back << 63) * 0x9e3779b97f4a7c15u;
	struct known *k = *out = &s->known[h >> 51]; /* 13 bits */
	if (k->epoch == at->epoch && k->addr == addr && k->back == back && addr &&
		k->revision == s->rules.revision)
		return 0;
	struct rn_spot spot;
	int rc = rn_rules_spot(&s->rules, at->utid, at->at_ns, addr, &spot, err);
	*k = (struct known){ at->epoch, rc ? 0 : addr, back, s->rules.revision, spot, NO_FRAME };
	return rc;
}

static int frame_of(struct rn_stacks *s, struct known *k, unsigned flags, uint32_t *number)
{
	*number = k->frame;
	if (!flags && k->frame != NO_FRAME)
		return 0;
	struct rn_frame f = { k->spot.module, flags, k->spot.addr, k->spot.addr + k->back };
	int rc = rn_trie_frame(&s->trie, &f, number);
	if (!rc && !flags)
		k->frame = *number;
	return rc;
}

/* One more of the walk. Those in no module wait for one that is: then they are believed. */
static int add_frame(struct rn_stacks *s, struct known *k, unsigned flags)
{
	if (k->spot.module == RN_NO_MODULE && s->n_frames) {
		s->unsure[s->n_frames++] = (struct rn_frame){ RN_NO_MODULE, flags, k->spot.addr,
			k->spot.addr + k->back };
		return 0;
	}
	int rc = 0;
	for (; s->n_sure < s->n_frames && !rc; s->n_sure++)
		rc = rn_trie_frame(&s->trie, &s->unsure[s->n_sure], &s->frames[s->n_sure]);
	if (!rc)
		rc = frame_of(s, k, flags, &s->frames[s->n_frames]);
	if (!rc)
		s->n_sure = ++s->n_frames;
	return rc;
}

/* One frame on, from the spot where the walk stands. *flags: of the frame arrived at. */
static enum rn_step step(struct rn_stacks *s, const struct rn_spot *spot, unsigned *flags)
{
	*flags = 0;
	if (spot->row) {
		*flags = spot->row->signal_frame ? RN_FRAME_SIGNAL : 0;
		return rn_unwind_step(&s->unwind, spot->row);
	}
	if (spot->is_start)
		return RN_STEP_OUTERMOST;
	*flags = RN_FRAME_GUESSED;
	return rn_unwind_step_fp(&s->unwind);
}

static const enum rn_stack_end end_of_step[] = {
	[RN_STEP_OUTERMOST] = RN_STACK_COMPLETE,
	[RN_STEP_CUT] = RN_STACK_CUT,
	[RN_STEP_LOST] = RN_STACK_LOST,
};

static int walk(struct rn_stacks *s, const struct moment *at, enum rn_stack_end *end,
	struct rn_error *err)
{
	struct rn_unwind *u = &s->unwind;
	unsigned flags = 0;
	bool from_start = false;
	s->n_frames = s->n_sure = 0;
	*end = RN_STACK_DEEP;
	while (s->n_frames < RN_STACK_MAX_FRAMES) {
		/* A return address may lie behind the function that calls; a syscall instruction, too,
		 * is behind us. Interrupted code is where it says. */
		bool back = !(flags & RN_FRAME_SIGNAL);
		uint64_t pc = u->reg[u->columns->pc];
		struct known *k;
		int rc = look_up(s, at, pc - back, back, &k, err);
		if (rc)
			return rc;
		if (from_start && k->spot.module == RN_NO_MODULE) {
			*end = RN_STACK_COMPLETE;
			return 0;
		}
		rc = add_frame(s, k, flags);
		if (rc == RN_E_NOMEM)
			return no_memory(err);
		if (rc) {
			*end = RN_STACK_LOST;
			s->n_frames = s->n_sure;
			return 0;
		}
		if (k->spot.go_base != RN_GO_NONE) {
			*end = k->spot.go_base == RN_GO_START ? RN_STACK_COMPLETE : RN_STACK_LOST;
			return 0;
		}
		enum rn_step did = step(s, &k->spot, &flags);
		from_start = k->spot.is_start;
		if (did == RN_STEP_CALLER)
			continue;
		*end = k->spot.is_start ? RN_STACK_COMPLETE : end_of_step[did];
		/* Frames in no module are believed when they lead back to one. */
		if (s->n_sure < s->n_frames) {
			s->n_frames = s->n_sure;
			*end = RN_STACK_LOST;
		}
		return 0;
	}
	s->n_frames = s->n_sure;
	return 0;
}

/* The frames that somebody else found. */
static int walk_by_other(struct rn_stacks *s, const struct rn_event *ev, const struct moment *at,
	enum rn_stack_end *end, struct rn_error *err)
{
	uint64_t missing;
	unsigned n = s->other->walk(s->other_state, ev, s->walked, RN_STACK_MAX_FRAMES, &missing);
	s->n_frames = 0;
	*end = n == RN_STACK_MAX_FRAMES ? RN_STACK_DEEP : missing ? RN_STACK_CUT : RN_STACK_LOST;
	for (unsigned i = 0; i < n; i++) {
		bool back = !s->walked[i].interrupted;
		struct known *k;
		int rc = look_up(s, at, s->walked[i].pc - back, back, &k, err);
		if (rc)
			return rc;
		rc = frame_of(s, k, back ? 0 : RN_FRAME_SIGNAL, &s->frames[s->n_frames]);
		if (rc)
			return rc == RN_E_NOMEM ? no_memory(err) : 0;
		s->n_frames++;
		if (k->spot.is_start || (k->spot.row && rn_unwind_is_outermost(k->spot.row)))
			*end = RN_STACK_COMPLETE;
	}
	return 0;
}

/* From the outermost frame inwards. */
static int node_of(struct rn_stacks *s, uint32_t *id, enum rn_stack_end *end, struct rn_error *err)
{
	uint32_t node = 0;
	for (uint32_t i = s->n_frames; i-- > 0;) {
		int rc = rn_trie_node(&s->trie, node, s->frames[i], &node);
		if (rc == RN_E_NOMEM)
			return no_memory(err);
		if (rc) {
			*end = RN_STACK_LOST;
			break;
		}
	}
	*id = node;
	return 0;
}

static struct reach *reach_of(struct rn_stacks *s, const struct moment *at)
{
	uint64_t key = (at->epoch & ~(uint64_t)UINT32_MAX) | at->utid;
	uint32_t i = rn_idmap_find(&s->reach_of, key);
	if (i != RN_IDMAP_NONE)
		return &s->reach[i];
	if (s->n_reach == s->cap_reach) {
		uint32_t cap = s->cap_reach ? s->cap_reach * 2 : 16;
		struct reach *more = realloc(s->reach, cap * sizeof(*more));
		if (!more)
			return NULL;
		s->reach = more;
		s->cap_reach = cap;
	}
	if (rn_idmap_put(&s->reach_of, key, s->n_reach))
		return NULL;
	s->reach[s->n_reach] = (struct reach){ 0 };
	return &s->reach[s->n_reach++];
}

static void require(struct rn_stacks *s, uint64_t bytes)
{
	if (bytes > s->counts.sufficient_bytes)
		s->counts.sufficient_bytes = bytes;
}

/* Only walks are looked at: a snapshot seen before has the same stack pointer. */
static int note_reach(struct rn_stacks *s, const struct moment *at, enum rn_stack_end end,
	struct rn_error *err)
{
	const struct rn_unwind *u = &s->unwind;
	if ((end != RN_STACK_COMPLETE && end != RN_STACK_CUT) || u->interrupted.len)
		return 0;
	struct reach *r = reach_of(s, at);
	if (!r)
		return no_memory(err);
	if (end == RN_STACK_COMPLETE) {
		uint32_t n = u->n_reads < RN_UNWIND_MAX_READS ? u->n_reads : RN_UNWIND_MAX_READS;
		for (uint32_t i = 0; i < n; i++)
			if (u->read[i].addr + 8 > r->high)
				r->high = u->read[i].addr + 8;
		if (r->low_cut && r->high > r->low_cut)
			require(s, r->high - r->low_cut);
		return 0;
	}
	require(s, u->missing + 8 - u->stack_addr);
	if (!r->low_cut || u->stack_addr < r->low_cut)
		r->low_cut = u->stack_addr;
	if (r->high > r->low_cut)
		require(s, r->high - r->low_cut);
	return 0;
}

/* On a pipe images come when they come: what was found without them is forgotten. */
static void look_for_images(struct rn_stacks *s)
{
	size_t n = rn_modules_n_images(s->modules);
	if (n == s->n_images)
		return;
	s->n_images = n;
	s->rules.revision++;
	rn_memo_clear(s->memo);
}

int rn_stacks_know(struct rn_stacks *s, const struct rn_known_stacks *known)
{
	s->node_of = calloc(known->n_nodes, sizeof(*s->node_of));
	s->known_stacks = s->node_of ? known : NULL;
	return s->node_of ? 0 : RN_E_NOMEM;
}

unsigned rn_stacks_want(const struct rn_stacks *s)
{
	return s->known_stacks && s->known_stacks->before == UINT64_MAX ? 0 : RN_WANT(REGS) | RN_WANT(STACK);
}

/* Frames and nodes get the numbers that a walk would have given them. */
static int remember(struct rn_stacks *s, uint32_t known, uint32_t *id, struct rn_error *err)
{
	const struct rn_known_stacks *k = s->known_stacks;
	enum rn_stack_end ignored;
	int rc = 0;
	s->n_frames = 0;
	for (uint32_t at = known; at && s->n_frames < RN_STACK_MAX_FRAMES && !rc; at = k->node[at].parent)
		rc = rn_trie_frame(&s->trie, &k->frame[k->node[at].frame], &s->frames[s->n_frames++]);
	rc = rc ? no_memory(err) : node_of(s, id, &ignored, err);
	s->node_of[known] = *id;
	return rc;
}

static int known_stack(struct rn_stacks *s, uint64_t seq, uint32_t *id, enum rn_stack_end *end,
	struct rn_error *err)
{
	uint32_t known = s->known_stacks->of(s->known_stacks->arg, seq, end);
	*id = known ? s->node_of[known] : 0;
	return known && !*id ? remember(s, known, id, err) : 0;
}

int rn_stacks_of(struct rn_stacks *s, const struct rn_event *ev, uint32_t *id,
	enum rn_stack_end *end, struct rn_error *err)
{
	const struct rn_columns *columns = ev->kind == RN_EV_CALL ? rn_columns_of(&ev->call) : NULL;
	enum rn_stack_end how = RN_STACK_LOST;
	int rc = 0;
	*id = 0;
	s->counts.asked++;
	if (s->known_stacks && ev->kind == RN_EV_CALL && ev->seq < s->known_stacks->before) {
		rc = known_stack(s, ev->seq, id, &how, err);
		goto out;
	}
	if (!columns)
		goto out;
	bool empty;
	struct moment at = { ev->utid, ev->ts_ns, 0 };
	at.epoch = rn_modules_epoch(s->modules, ev->utid, ev->ts_ns, &empty);
	if (empty) {
		s->counts.unmapped++;
		goto out;
	}
	s->counts.with_snapshot++;
	look_for_images(s);
	rn_unwind_begin(&s->unwind, columns, &ev->call);
	if (s->other) {
		s->counts.snapshots_unwound++;
		rc = walk_by_other(s, ev, &at, &how, err);
		if (!rc)
			rc = node_of(s, id, &how, err);
	} else if (!rn_memo_find(s->memo, at.epoch, &s->unwind, id, &how)) {
		s->counts.snapshots_unwound++;
		rc = walk(s, &at, &how, err);
		if (!rc)
			rc = node_of(s, id, &how, err);
		if (!rc)
			rc = note_reach(s, &at, how, err);
		if (!rc)
			rn_memo_put(s->memo, at.epoch, &s->unwind, *id, how);
	}
	s->counts.ended[how]++;
out:
	if (end)
		*end = how;
	return rc;
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
