/* SPDX-License-Identifier: MIT */
#include "record/capture/stack.h"

#include "record/tracee/procfs.h"

#define LOOK_EVERY_NS 10000000u
/* How far a main stack may grow below where it was seen: its usual limit. */
#define MAIN_STACK_BYTES (8u << 20)

struct search {
	uint64_t sp;
	struct rn_stack_area found;
};

static bool holds_sp(void *arg, const struct rn_proc_map *m)
{
	struct search *s = arg;
	if (s->sp < m->low || s->sp >= m->high)
		return m->low <= s->sp;
	s->found = (struct rn_stack_area){ m->low, m->high };
	return false;
}

/* A main stack grows downwards: one that begins lower than it did is the same one. */
static void remember(struct rn_process *p, struct rn_stack_area area)
{
	for (unsigned i = 0; i < RN_STACK_AREAS; i++) {
		if (p->stack_area[i].high == area.high) {
			p->stack_area[i] = area;
			return;
		}
	}
	p->stack_area[p->next_stack_area] = area;
	p->next_stack_area = (p->next_stack_area + 1) % RN_STACK_AREAS;
}

static uint32_t clamp(uint64_t high, uint64_t sp, uint32_t wanted)
{
	return high - sp < wanted ? (uint32_t)(high - sp) : wanted;
}

void rn_stack_learn(struct rn_process *p, const struct rn_proc_map *m)
{
	uint64_t low = m->high > MAIN_STACK_BYTES ? m->high - MAIN_STACK_BYTES : 0;
	remember(p, (struct rn_stack_area){ low < m->low ? low : m->low, m->high });
}

uint32_t rn_stack_clamp(const struct rn_recording *rec, struct rn_process *p, uint64_t sp,
	uint32_t wanted)
{
	if (!p)
		return wanted;
	for (unsigned i = 0; i < RN_STACK_AREAS; i++) {
		const struct rn_stack_area *a = &p->stack_area[i];
		if (sp >= a->low && sp < a->high)
			return clamp(a->high, sp, wanted);
	}
	uint64_t now_ns = rn_recording_now(rec);
	if (p->areas_read_ns && now_ns - p->areas_read_ns < LOOK_EVERY_NS)
		return wanted;
	p->areas_read_ns = now_ns;
	struct search s = { .sp = sp };
	rn_proc_maps(p->pid, holds_sp, &s);
	if (!s.found.high)
		return wanted;
	remember(p, s.found);
	return clamp(s.found.high, sp, wanted);
}

bool rn_stack_is_same(const struct rn_process *p, uint64_t a, uint64_t b)
{
	for (unsigned i = 0; p && i < RN_STACK_AREAS; i++) {
		const struct rn_stack_area *area = &p->stack_area[i];
		if (a >= area->low && a < area->high)
			return b >= area->low && b < area->high;
	}
	return false;
}
