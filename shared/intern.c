/* SPDX-License-Identifier: MIT */
/* Open addressing over ids; the strings sit in an arena, the slots hold id + 1. */
#include "shared/intern.h"

#include "shared/arena.h"

#include <stdlib.h>
#include <sys/random.h>

struct rn_intern {
	struct rn_arena arena;
	struct rn_bytes *strings;
	uint32_t count, cap;
	uint32_t *slots;
	uint32_t n_slots; /* a power of two, at least twice the count */
	uint64_t secret[2];
};

static uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Eight bytes a step, multiplied by the table's secret and folded: who does not know the secret cannot
 * choose strings that collide. */
static uint64_t hash_of(const struct rn_intern *t, struct rn_bytes s)
{
	uint64_t h = t->secret[0] ^ s.len, word;
	size_t i = 0;
	for (; i + sizeof(word) <= s.len; i += sizeof(word)) {
		memcpy(&word, s.p + i, sizeof(word));
		h = fold(h ^ word, t->secret[1]);
	}
	word = 0;
	if (i < s.len)
		memcpy(&word, s.p + i, s.len - i);
	return fold(fold(h ^ word, t->secret[1]), t->secret[0]);
}

struct rn_intern *rn_intern_new(void)
{
	struct rn_intern *t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	if (getrandom(t->secret, sizeof(t->secret), GRND_NONBLOCK) != sizeof(t->secret))
		t->secret[0] = t->secret[1] = (uintptr_t)t;
	t->secret[0] |= 1; /* a factor of zero would fold everything into one */
	t->secret[1] |= 1;
	return t;
}

void rn_intern_free(struct rn_intern *t)
{
	if (!t)
		return;
	rn_arena_fini(&t->arena);
	free(t->strings);
	free(t->slots);
	free(t);
}

void rn_intern_clear(struct rn_intern *t)
{
	rn_arena_clear(&t->arena);
	t->count = 0;
	if (t->slots)
		memset(t->slots, 0, t->n_slots * sizeof(*t->slots));
}

/* The slot that holds s, or the empty one where it belongs. */
static uint32_t *probe(const struct rn_intern *t, struct rn_bytes s)
{
	uint32_t mask = t->n_slots - 1;
	for (uint32_t i = (uint32_t)(hash_of(t, s) >> 32) & mask;; i = (i + 1) & mask) {
		uint32_t id = t->slots[i];
		if (!id || rn_bytes_equal(t->strings[id - 1], s))
			return &t->slots[i];
	}
}

static bool grow_slots(struct rn_intern *t)
{
	uint32_t n = t->n_slots ? t->n_slots * 2 : 64;
	uint32_t *slots = calloc(n, sizeof(*slots));
	if (!slots)
		return false;
	free(t->slots);
	t->slots = slots;
	t->n_slots = n;
	for (uint32_t id = 0; id < t->count; id++)
		*probe(t, t->strings[id]) = id + 1;
	return true;
}

static bool grow_strings(struct rn_intern *t)
{
	uint32_t cap = t->cap ? t->cap * 2 : 32;
	struct rn_bytes *strings = realloc(t->strings, cap * sizeof(*strings));
	if (!strings)
		return false;
	t->strings = strings;
	t->cap = cap;
	return true;
}

uint32_t rn_intern(struct rn_intern *t, struct rn_bytes s, bool *is_new)
{
	if (is_new)
		*is_new = false;
	if (t->count * 2 >= t->n_slots && (t->count > UINT32_MAX / 8 || !grow_slots(t)))
		return RN_INTERN_NONE;
	uint32_t *slot = probe(t, s);
	if (*slot)
		return *slot - 1;
	if (t->count == t->cap && !grow_strings(t))
		return RN_INTERN_NONE;
	char *copy = rn_arena_dup(&t->arena, s);
	if (!copy)
		return RN_INTERN_NONE;
	t->strings[t->count] = rn_bytes_of(copy, s.len);
	*slot = ++t->count;
	if (is_new)
		*is_new = true;
	return t->count - 1;
}

uint32_t rn_intern_find(const struct rn_intern *t, struct rn_bytes s)
{
	if (!t->n_slots)
		return RN_INTERN_NONE;
	uint32_t id = *probe(t, s);
	return id ? id - 1 : RN_INTERN_NONE;
}

struct rn_bytes rn_intern_get(const struct rn_intern *t, uint32_t id)
{
	return t->strings[id];
}

uint32_t rn_intern_count(const struct rn_intern *t)
{
	return t->count;
}
