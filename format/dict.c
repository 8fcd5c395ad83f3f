/* SPDX-License-Identifier: MIT */
#include "format/dict.h"

#include <stdlib.h>
#include <string.h>

void rn_dict_fini(struct rn_dict *d)
{
	free(d->keys);
	free(d->slots);
	*d = (struct rn_dict){ 0 };
}

void rn_dict_clear(struct rn_dict *d)
{
	d->n = 0;
	if (d->slots)
		memset(d->slots, 0, d->n_slots * sizeof(*d->slots));
}

static uint32_t *probe(const struct rn_dict *d, uint64_t key)
{
	uint32_t mask = d->n_slots - 1;
	uint32_t i = (uint32_t)((key * 0x9E3779B97F4A7C15u) >> 32) & mask;
	while (d->slots[i] && d->keys[d->slots[i] - 1] != key)
		i = (i + 1) & mask;
	return &d->slots[i];
}

static bool grow_slots(struct rn_dict *d)
{
	uint32_t n = d->n_slots ? d->n_slots * 2 : 64;
	uint32_t *slots = calloc(n, sizeof(*slots));
	if (!slots)
		return false;
	free(d->slots);
	d->slots = slots;
	d->n_slots = n;
	for (uint32_t i = 0; i < d->n; i++)
		*probe(d, d->keys[i]) = i + 1;
	return true;
}

static bool grow_keys(struct rn_dict *d)
{
	uint32_t cap = d->cap ? d->cap * 2 : 32;
	uint64_t *keys = realloc(d->keys, cap * sizeof(*keys));
	if (!keys)
		return false;
	d->keys = keys;
	d->cap = cap;
	return true;
}

uint32_t rn_dict_index(struct rn_dict *d, uint64_t key)
{
	if (d->last < d->n && d->keys[d->last] == key)
		return d->last;
	if (d->n * 2 >= d->n_slots && !grow_slots(d))
		return RN_DICT_NONE;
	uint32_t *slot = probe(d, key);
	if (!*slot) {
		if (d->n == d->cap && !grow_keys(d))
			return RN_DICT_NONE;
		d->keys[d->n++] = key;
		*slot = d->n;
	}
	d->last = *slot - 1;
	return d->last;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

void rn_dict_sorted(const struct rn_dict *d, uint64_t *out)
{
	if (!d->n)
		return;
	memcpy(out, d->keys, d->n * sizeof(*out));
	qsort(out, d->n, sizeof(*out), by_value);
}
