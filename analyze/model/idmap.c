/* SPDX-License-Identifier: MIT */
#include "analyze/model/idmap.h"

#include "shared/error.h"

#include <stdlib.h>

struct rn_idmap_slot {
	uint64_t key;
	uint32_t index; /* + 1; 0: free */
};

void rn_idmap_fini(struct rn_idmap *m)
{
	free(m->slots);
	*m = (struct rn_idmap)RN_IDMAP_INIT;
}

/* The slot that holds key, or the free one where it belongs. Never full: always ends. */
static struct rn_idmap_slot *probe(const struct rn_idmap *m, uint64_t key)
{
	uint64_t h = key * 0x9e3779b97f4a7c15u;
	uint32_t mask = m->n_slots - 1;
	for (uint32_t i = (uint32_t)(h >> 32) & mask;; i = (i + 1) & mask)
		if (!m->slots[i].index || m->slots[i].key == key)
			return &m->slots[i];
}

uint32_t rn_idmap_find(const struct rn_idmap *m, uint64_t key)
{
	if (!m->n_slots)
		return RN_IDMAP_NONE;
	return probe(m, key)->index - 1;
}

static int grow(struct rn_idmap *m)
{
	struct rn_idmap old = *m;
	if (old.n_slots > UINT32_MAX / 4)
		return RN_E_NOMEM;
	m->n_slots = old.n_slots ? old.n_slots * 2 : 64;
	m->slots = calloc(m->n_slots, sizeof(*m->slots));
	if (!m->slots) {
		*m = old;
		return RN_E_NOMEM;
	}
	for (uint32_t i = 0; i < old.n_slots; i++)
		if (old.slots[i].index)
			*probe(m, old.slots[i].key) = old.slots[i];
	free(old.slots);
	return 0;
}

int rn_idmap_put(struct rn_idmap *m, uint64_t key, uint32_t index)
{
	if (m->count >= m->n_slots / 2) {
		int rc = grow(m);
		if (rc)
			return rc;
	}
	struct rn_idmap_slot *s = probe(m, key);
	m->count += !s->index;
	*s = (struct rn_idmap_slot){ key, index + 1 };
	return 0;
}
