/* SPDX-License-Identifier: MIT */
/* Descriptors stand in order of their number, mappings of their address; both are cut and replaced there. */
#include "record/output/ledger_part.h"

#include "format/flat.h"

#include <stdlib.h>
#include <string.h>

#define FIELD_CAP ((size_t)1 << 20)

struct rn_fact *rn_fact_of(const struct rn_event *ev)
{
	struct rn_flat_plan plan = rn_flat_plan(ev, FIELD_CAP);
	struct rn_fact *f = aligned_alloc(16, (offsetof(struct rn_fact, ev) + plan.bytes + 15) & ~(size_t)15);
	if (f) {
		f->n_users = 1;
		rn_flat_copy(&f->ev, ev, &plan);
	}
	return f;
}

struct rn_fact *rn_fact_use(struct rn_fact *f)
{
	if (f)
		f->n_users++;
	return f;
}

void rn_fact_drop(struct rn_fact *f)
{
	if (f && !--f->n_users)
		free(f);
}

int rn_fact_set(struct rn_fact **to, const struct rn_event *ev)
{
	struct rn_fact *f = ev ? rn_fact_of(ev) : NULL;
	if (ev && !f)
		return RN_E_NOMEM;
	rn_fact_drop(*to);
	*to = f;
	return 0;
}

static bool make_room(struct rn_facts *l)
{
	if (l->n < l->cap)
		return true;
	uint32_t cap = l->cap ? l->cap * 2 : 8;
	struct rn_fact **more = realloc(l->item, cap * sizeof(struct rn_fact *));
	if (!more)
		return false;
	l->item = more;
	l->cap = cap;
	return true;
}

void rn_facts_clear(struct rn_facts *l)
{
	for (uint32_t i = 0; i < l->n; i++)
		rn_fact_drop(l->item[i]);
	free(l->item);
	*l = (struct rn_facts){ 0 };
}

bool rn_facts_copy(struct rn_facts *to, const struct rn_facts *from)
{
	rn_facts_clear(to);
	to->item = from->n ? malloc(from->n * sizeof(struct rn_fact *)) : NULL;
	if (from->n && !to->item)
		return false;
	to->n = to->cap = from->n;
	for (uint32_t i = 0; i < from->n; i++)
		to->item[i] = rn_fact_use(from->item[i]);
	return true;
}

static void take_out(struct rn_facts *l, uint32_t i)
{
	rn_fact_drop(l->item[i]);
	memmove(l->item + i, l->item + i + 1, (--l->n - i) * sizeof(struct rn_fact *));
}

/* Takes f over; false: no memory. */
static bool put_in(struct rn_facts *l, uint32_t i, struct rn_fact *f)
{
	if (!f || !make_room(l)) {
		rn_fact_drop(f);
		return false;
	}
	memmove(l->item + i + 1, l->item + i, (l->n++ - i) * sizeof(struct rn_fact *));
	l->item[i] = f;
	return true;
}

static uint32_t place(const struct rn_facts *l, bool (*before)(const struct rn_fact *f, uint64_t key),
	uint64_t key)
{
	uint32_t low = 0, high = l->n;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (before(l->item[mid], key))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool fd_before(const struct rn_fact *f, uint64_t fd)
{
	return f->ev.FD.fd < (int64_t)fd;
}

static bool ends_before(const struct rn_fact *f, uint64_t addr)
{
	return f->ev.MAP.addr + f->ev.MAP.len <= addr;
}

/* ev NULL: closed. */
int rn_facts_fd(struct rn_facts *fds, int64_t fd, const struct rn_event *ev)
{
	uint32_t i = place(fds, fd_before, (uint64_t)fd);
	if (i < fds->n && fds->item[i]->ev.FD.fd == fd)
		take_out(fds, i);
	return !ev || put_in(fds, i, rn_fact_of(ev)) ? 0 : RN_E_NOMEM;
}

/* The part of a mapping between low and high. */
static struct rn_fact *part_of(const struct rn_fact *f, uint64_t low, uint64_t high)
{
	struct rn_event ev = f->ev;
	ev.MAP.offset += low - ev.MAP.addr;
	ev.MAP.addr = low;
	ev.MAP.len = high - low;
	return rn_fact_of(&ev);
}

int rn_facts_cut_out(struct rn_facts *maps, uint64_t low, uint64_t high)
{
	uint32_t i = place(maps, ends_before, low);
	while (i < maps->n && maps->item[i]->ev.MAP.addr < high) {
		struct rn_fact *f = rn_fact_use(maps->item[i]);
		uint64_t begin = f->ev.MAP.addr, end = begin + f->ev.MAP.len;
		bool good = true;
		take_out(maps, i);
		if (begin < low)
			good = put_in(maps, i++, part_of(f, begin, low));
		if (good && end > high)
			good = put_in(maps, i++, part_of(f, high, end));
		rn_fact_drop(f);
		if (!good)
			return RN_E_NOMEM;
	}
	return 0;
}

int rn_facts_map(struct rn_facts *maps, const struct rn_event *ev)
{
	uint64_t addr = ev->MAP.addr, len = ev->MAP.len;
	if (!len || addr + len < addr)
		return 0;
	int rc = rn_facts_cut_out(maps, addr, addr + len);
	if (rc)
		return rc;
	return put_in(maps, place(maps, ends_before, addr), rn_fact_of(ev)) ? 0 : RN_E_NOMEM;
}
