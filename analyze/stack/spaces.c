/* SPDX-License-Identifier: MIT */
/*
 * Maps are reference-counted and copied when written: a fork shares its parent's until one of the
 * two changes it. A view is made from the last copy before the moment and kept in a small cache by
 * space; views of one thread are mostly asked for in order of time, so the next one is the kept
 * one and a few changes.
 */
#include "analyze/stack/spaces.h"

#include "analyze/model/idmap.h"
#include "shared/error.h"

#include <stdlib.h>
#include <string.h>

#define N_KEPT 64
#define MIN_CHANGES_BETWEEN_COPIES 32

struct map {
	uint32_t refs;
	uint32_t n, cap;
	struct rn_range range[];
};

struct change {
	uint64_t at_ns;
	struct rn_range range;
	bool unmap;
};

struct copy {
	uint32_t position; /* changes before it */
	struct map *map;
};

struct space {
	uint64_t born_ns;
	struct change *change;
	uint32_t n_changes, cap_changes;
	struct copy *copy; /* at least one, of the beginning */
	uint32_t n_copies, cap_copies;
	struct map *head;  /* after all changes */
};

struct process {
	uint32_t *space; /* in order of time */
	uint32_t n, cap;
};

struct kept {
	uint32_t space; /* + 1; 0: none */
	uint32_t position;
	struct map *map;
};

struct rn_spaces {
	struct space *space;
	uint32_t n_spaces, cap_spaces;
	struct process *process;
	uint32_t n_processes, cap_processes;
	struct rn_idmap by_utid;   /* to processes, of each thread */
	struct rn_idmap by_leader; /* to processes */
	struct kept kept[N_KEPT];
	uint64_t n_ranges; /* of all maps */
};

/* Room for one more; false: no memory. */
static bool reserve(void **items, uint32_t n, uint32_t *cap, size_t size)
{
	if (n < *cap)
		return true;
	uint32_t more = *cap ? *cap * 2 : 4;
	void *p = more > *cap ? realloc(*items, (size_t)more * size) : NULL;
	if (!p)
		return false;
	*items = p;
	*cap = more;
	return true;
}

static struct map *map_new(struct rn_spaces *s, uint32_t cap)
{
	struct map *m = malloc(sizeof(*m) + cap * sizeof(m->range[0]));
	if (m) {
		m->refs = 1;
		m->n = 0;
		m->cap = cap;
		s->n_ranges += cap;
	}
	return m;
}

static void map_drop(struct rn_spaces *s, struct map *m)
{
	if (!m || --m->refs)
		return;
	s->n_ranges -= m->cap;
	free(m);
}

/* m with room for two more ranges and no other owner; m itself is given up. NULL: no memory. */
static struct map *map_own(struct rn_spaces *s, struct map *m)
{
	if (m->refs == 1 && m->cap - m->n >= 2)
		return m;
	struct map *own = map_new(s, m->n + m->n / 2 + 8);
	if (own) {
		own->n = m->n;
		memcpy(own->range, m->range, m->n * sizeof(m->range[0]));
	}
	map_drop(s, m);
	return own;
}

/* The first range that ends above addr. */
static uint32_t first_above(const struct rn_range *range, uint32_t n, uint64_t addr)
{
	uint32_t low = 0;
	while (low < n) {
		uint32_t mid = low + (n - low) / 2;
		if (range[mid].high <= addr)
			low = mid + 1;
		else
			n = mid;
	}
	return low;
}

/* Takes [low, high) out; what remains beside it stays. Needs room for one. Returns where a range
 * that begins at low belongs. */
static uint32_t map_cut(struct map *m, uint64_t low, uint64_t high)
{
	uint32_t i = first_above(m->range, m->n, low);
	if (i < m->n && m->range[i].low < low) {
		struct rn_range rest = m->range[i];
		m->range[i].high = low;
		i++;
		if (rest.high > high) {
			memmove(&m->range[i + 1], &m->range[i], (m->n - i) * sizeof(rest));
			rest.offset += high - rest.low;
			rest.low = high;
			m->range[i] = rest;
			m->n++;
			return i;
		}
	}
	uint32_t end = i;
	while (end < m->n && m->range[end].high <= high)
		end++;
	if (end < m->n && m->range[end].low < high) {
		m->range[end].offset += high - m->range[end].low;
		m->range[end].low = high;
	}
	memmove(&m->range[i], &m->range[end], (m->n - end) * sizeof(m->range[0]));
	m->n -= end - i;
	return i;
}

/* Gives m up; NULL: no memory. */
static struct map *map_apply(struct rn_spaces *s, struct map *m, const struct change *c)
{
	m = map_own(s, m);
	if (!m)
		return NULL;
	uint32_t i = map_cut(m, c->range.low, c->range.high);
	if (c->unmap || m->n >= RN_SPACE_MAX_RANGES)
		return m;
	memmove(&m->range[i + 1], &m->range[i], (m->n - i) * sizeof(m->range[0]));
	m->range[i] = c->range;
	m->n++;
	return m;
}

struct rn_spaces *rn_spaces_new(void)
{
	return calloc(1, sizeof(struct rn_spaces));
}

void rn_spaces_free(struct rn_spaces *s)
{
	if (!s)
		return;
	for (uint32_t i = 0; i < N_KEPT; i++)
		map_drop(s, s->kept[i].map);
	for (uint32_t i = 0; i < s->n_spaces; i++) {
		struct space *p = &s->space[i];
		for (uint32_t k = 0; k < p->n_copies; k++)
			map_drop(s, p->copy[k].map);
		map_drop(s, p->head);
		free(p->copy);
		free(p->change);
	}
	for (uint32_t i = 0; i < s->n_processes; i++)
		free(s->process[i].space);
	free(s->space);
	free(s->process);
	rn_idmap_fini(&s->by_utid);
	rn_idmap_fini(&s->by_leader);
	free(s);
}

static bool add_copy(struct space *p)
{
	if (!reserve((void **)&p->copy, p->n_copies, &p->cap_copies, sizeof(*p->copy)))
		return false;
	p->head->refs++;
	p->copy[p->n_copies++] = (struct copy){ p->n_changes, p->head };
	return true;
}

/* A space that begins with map, which is shared; NULL: with nothing. */
static int add_space(struct rn_spaces *s, struct process *owner, struct map *map, uint64_t at_ns)
{
	if (!reserve((void **)&s->space, s->n_spaces, &s->cap_spaces, sizeof(*s->space)) ||
		!reserve((void **)&owner->space, owner->n, &owner->cap, sizeof(*owner->space)))
		return RN_E_NOMEM;
	struct space *p = &s->space[s->n_spaces];
	*p = (struct space){ .born_ns = at_ns, .head = map ? map : map_new(s, 4) };
	if (map)
		map->refs++;
	if (!p->head || !add_copy(p)) {
		map_drop(s, p->head);
		return RN_E_NOMEM;
	}
	owner->space[owner->n++] = s->n_spaces++;
	return 0;
}

/* The process a leader stands for, made when it is new. */
static struct process *process_of(struct rn_spaces *s, uint32_t leader, bool *is_new)
{
	uint32_t i = rn_idmap_find(&s->by_leader, leader);
	*is_new = i == RN_IDMAP_NONE;
	if (!*is_new)
		return &s->process[i];
	if (!reserve((void **)&s->process, s->n_processes, &s->cap_processes, sizeof(*s->process)) ||
		rn_idmap_put(&s->by_leader, leader, s->n_processes))
		return NULL;
	s->process[s->n_processes] = (struct process){ 0 };
	return &s->process[s->n_processes++];
}

static struct process *find_process(const struct rn_spaces *s, uint32_t utid)
{
	uint32_t i = rn_idmap_find(&s->by_utid, utid);
	return i == RN_IDMAP_NONE ? NULL : &s->process[i];
}

int rn_spaces_born(struct rn_spaces *s, uint32_t utid, uint32_t leader, uint32_t parent,
	uint64_t at_ns)
{
	bool is_new;
	struct process *own = process_of(s, leader, &is_new);
	if (!own)
		return RN_E_NOMEM;
	uint32_t number = (uint32_t)(own - s->process);
	const struct process *from = parent ? find_process(s, parent) : NULL;
	struct map *map = is_new && from && from->n ?
		s->space[from->space[from->n - 1]].head : NULL;
	int rc = is_new ? add_space(s, own, map, at_ns) : 0;
	return rc ? rc : rn_idmap_put(&s->by_utid, utid, number);
}

/* A thread nobody introduced is a process of its own. */
static struct process *owner_of(struct rn_spaces *s, uint32_t utid, uint64_t at_ns)
{
	struct process *p = find_process(s, utid);
	if (p)
		return p;
	return rn_spaces_born(s, utid, utid, 0, at_ns) ? NULL : find_process(s, utid);
}

int rn_spaces_exec(struct rn_spaces *s, uint32_t utid, uint64_t at_ns)
{
	struct process *p = owner_of(s, utid, at_ns);
	return p ? add_space(s, p, NULL, at_ns) : RN_E_NOMEM;
}

static int add_change(struct rn_spaces *s, uint32_t utid, struct change c)
{
	struct process *owner = owner_of(s, utid, c.at_ns);
	if (!owner)
		return RN_E_NOMEM;
	struct space *p = &s->space[owner->space[owner->n - 1]];
	if (c.range.low >= c.range.high || s->n_ranges > RN_SPACES_MAX_RANGES)
		return 0;
	if (!reserve((void **)&p->change, p->n_changes, &p->cap_changes, sizeof(*p->change)))
		return RN_E_NOMEM;
	/* Threads of one process may tell a hair out of order. */
	if (p->n_changes && p->change[p->n_changes - 1].at_ns > c.at_ns)
		c.at_ns = p->change[p->n_changes - 1].at_ns;
	struct map *head = map_apply(s, p->head, &c);
	p->head = head;
	if (!head) {
		p->head = map_new(s, 4);
		return RN_E_NOMEM;
	}
	p->change[p->n_changes++] = c;
	uint32_t since = p->n_changes - p->copy[p->n_copies - 1].position;
	if (since >= MIN_CHANGES_BETWEEN_COPIES && since >= head->n && !add_copy(p))
		return RN_E_NOMEM;
	return 0;
}

int rn_spaces_map(struct rn_spaces *s, uint32_t utid, uint64_t at_ns, const struct rn_range *range)
{
	return add_change(s, utid, (struct change){ at_ns, *range, false });
}

int rn_spaces_unmap(struct rn_spaces *s, uint32_t utid, uint64_t at_ns, uint64_t low, uint64_t high)
{
	return add_change(s, utid, (struct change){ at_ns, { .low = low, .high = high }, true });
}

/* Which of the process' spaces: the last one born at or before the moment, else the first. */
static uint32_t space_at(const struct rn_spaces *s, const struct process *p, uint64_t at_ns)
{
	uint32_t low = 0, high = p->n;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (s->space[p->space[mid]].born_ns <= at_ns)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? low - 1 : 0;
}

/* How many changes were made at or before the moment. */
static uint32_t position_at(const struct space *p, uint64_t at_ns)
{
	uint32_t low = 0, high = p->n_changes;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (p->change[mid].at_ns <= at_ns)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const struct copy *copy_before(const struct space *p, uint32_t position)
{
	uint32_t low = 0, high = p->n_copies;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (p->copy[mid].position <= position)
			low = mid + 1;
		else
			high = mid;
	}
	return &p->copy[low - 1]; /* the first is at 0 */
}

/* The map of a space after `position` changes; borrowed until the next call. NULL: no memory. */
static const struct map *map_at(struct rn_spaces *s, uint32_t space, uint32_t position)
{
	struct space *p = &s->space[space];
	if (position == p->n_changes)
		return p->head;
	struct kept *k = &s->kept[space % N_KEPT];
	const struct copy *c = copy_before(p, position);
	if (k->space != space + 1 || k->position > position || k->position < c->position) {
		map_drop(s, k->map);
		c->map->refs++;
		*k = (struct kept){ space + 1, c->position, c->map };
	}
	while (k->position < position) {
		k->map = map_apply(s, k->map, &p->change[k->position++]);
		if (!k->map) {
			k->space = 0;
			return NULL;
		}
	}
	return k->map;
}

bool rn_spaces_view(struct rn_spaces *s, uint32_t utid, uint64_t at_ns, struct rn_space_view *out)
{
	const struct process *owner = find_process(s, utid);
	*out = (struct rn_space_view){ .space = UINT32_MAX, .to_ns = UINT64_MAX };
	if (!owner || !owner->n)
		return false;
	uint32_t nth = space_at(s, owner, at_ns);
	uint32_t space = owner->space[nth];
	const struct space *p = &s->space[space];
	uint32_t position = position_at(p, at_ns);
	const struct map *m = map_at(s, space, position);
	if (!m)
		return false;
	*out = (struct rn_space_view){
		.range = m->range, .n = m->n, .space = space, .position = position,
		.epoch = (uint64_t)space << 32 | position,
		.from_ns = position ? p->change[position - 1].at_ns : nth ? p->born_ns : 0,
		.to_ns = position < p->n_changes ? p->change[position].at_ns : UINT64_MAX,
	};
	if (nth + 1 < owner->n && s->space[owner->space[nth + 1]].born_ns < out->to_ns)
		out->to_ns = s->space[owner->space[nth + 1]].born_ns;
	return true;
}

const struct rn_range *rn_spaces_find(const struct rn_spaces *s, const struct rn_space_view *v,
	uint64_t addr)
{
	uint32_t i = first_above(v->range, v->n, addr);
	if (i < v->n && v->range[i].low <= addr)
		return &v->range[i];
	if (v->space >= s->n_spaces)
		return NULL;
	const struct space *p = &s->space[v->space];
	for (uint32_t k = v->position; k < p->n_changes; k++) {
		const struct change *c = &p->change[k];
		if (!c->unmap && c->range.low <= addr && addr < c->range.high)
			return &c->range;
	}
	return NULL;
}
