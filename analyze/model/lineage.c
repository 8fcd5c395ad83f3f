/* SPDX-License-Identifier: MIT */
/*
 * Every (scope, key) that was ever put has a history: its puts, sorted by time. A lookup finds the
 * last put before the moment; when the scope has none, the question goes to the parent with the
 * moment of birth. A hostile trace could nest scopes without end, so the way back is limited.
 */
#include "analyze/model/lineage.h"

#include "analyze/model/idmap.h"
#include "shared/error.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 4096

struct put {
	uint64_t at_ns;
	uint32_t value;
	uint32_t flags;
};

struct history {
	struct put *put;
	uint32_t n, cap;
};

struct scope {
	uint64_t born_ns;
	uint32_t parent;
	bool exec;
};

struct rn_lineage {
	struct scope *scope;
	uint32_t n_scopes, cap_scopes;
	struct history *history;
	uint32_t n_histories, cap_histories;
	struct rn_idmap index; /* scope << 32 | key to history */
};

struct rn_lineage *rn_lineage_new(void)
{
	return calloc(1, sizeof(struct rn_lineage));
}

void rn_lineage_free(struct rn_lineage *l)
{
	if (!l)
		return;
	for (uint32_t i = 0; i < l->n_histories; i++)
		free(l->history[i].put);
	free(l->history);
	free(l->scope);
	rn_idmap_fini(&l->index);
	free(l);
}

/* Room for one more; false: no memory. */
static bool reserve(void **items, uint32_t n, uint32_t *cap, size_t size, uint32_t first_cap)
{
	if (n < *cap)
		return true;
	uint32_t more = *cap ? *cap * 2 : first_cap;
	void *p = more > *cap ? realloc(*items, (size_t)more * size) : NULL;
	if (!p)
		return false;
	*items = p;
	*cap = more;
	return true;
}

uint32_t rn_lineage_scope(struct rn_lineage *l, uint32_t parent, uint64_t at_ns, bool exec)
{
	if (!reserve((void **)&l->scope, l->n_scopes, &l->cap_scopes, sizeof(*l->scope), 16))
		return RN_LINEAGE_NONE;
	l->scope[l->n_scopes] = (struct scope){ at_ns, parent, exec };
	return l->n_scopes++;
}

static uint64_t key_of(uint32_t scope, uint32_t key)
{
	return (uint64_t)scope << 32 | key;
}

static struct history *history_of(struct rn_lineage *l, uint32_t scope, uint32_t key)
{
	uint32_t i = rn_idmap_find(&l->index, key_of(scope, key));
	if (i != RN_IDMAP_NONE)
		return &l->history[i];
	if (!reserve((void **)&l->history, l->n_histories, &l->cap_histories, sizeof(*l->history),
		    16) ||
		rn_idmap_put(&l->index, key_of(scope, key), l->n_histories))
		return NULL;
	l->history[l->n_histories] = (struct history){ NULL, 0, 0 };
	return &l->history[l->n_histories++];
}

int rn_lineage_put(struct rn_lineage *l, uint32_t scope, uint32_t key, uint64_t at_ns, uint32_t value,
	unsigned flags)
{
	struct history *h = history_of(l, scope, key);
	if (!h || !reserve((void **)&h->put, h->n, &h->cap, sizeof(*h->put), 2))
		return RN_E_NOMEM;
	uint32_t i = h->n++;
	for (; i > 0 && h->put[i - 1].at_ns > at_ns; i--)
		h->put[i] = h->put[i - 1];
	h->put[i] = (struct put){ at_ns, value, flags };
	return 0;
}

static bool is_seen(const struct put *p, uint64_t at_ns)
{
	return p->at_ns < at_ns || (p->at_ns == at_ns && (p->flags & RN_LINEAGE_FOUND));
}

/* How many puts of the history are seen at a moment. */
static uint32_t n_seen(const struct history *h, uint64_t at_ns)
{
	uint32_t low = 0, high = h->n;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (h->put[mid].at_ns < at_ns)
			low = mid + 1;
		else
			high = mid;
	}
	while (low < h->n && is_seen(&h->put[low], at_ns))
		low++;
	return low;
}

static const struct put *last_put(
	const struct rn_lineage *l, uint32_t scope, uint32_t key, uint64_t at_ns)
{
	uint32_t i = rn_idmap_find(&l->index, key_of(scope, key));
	if (i == RN_IDMAP_NONE)
		return NULL;
	uint32_t n = n_seen(&l->history[i], at_ns);
	return n ? &l->history[i].put[n - 1] : NULL;
}

uint32_t rn_lineage_get(const struct rn_lineage *l, uint32_t scope, uint32_t key, uint64_t at_ns)
{
	bool crossed_exec = false;
	for (unsigned depth = 0; scope < l->n_scopes && depth < DEPTH_MAX; depth++) {
		const struct put *p = last_put(l, scope, key, at_ns);
		if (p)
			return crossed_exec && (p->flags & RN_LINEAGE_CLOEXEC) ? RN_LINEAGE_NONE
									       : p->value;
		const struct scope *s = &l->scope[scope];
		crossed_exec |= s->exec;
		/* A birth sees what was put at its very moment, unlike a call. */
		at_ns = s->born_ns + (s->born_ns < UINT64_MAX);
		scope = s->parent;
	}
	return RN_LINEAGE_NONE;
}

uint32_t rn_lineage_next(const struct rn_lineage *l, uint32_t scope, uint32_t key, uint64_t at_ns,
	uint64_t *put_ns)
{
	uint32_t i = rn_idmap_find(&l->index, key_of(scope, key));
	if (i == RN_IDMAP_NONE)
		return RN_LINEAGE_NONE;
	const struct history *h = &l->history[i];
	for (uint32_t k = n_seen(h, at_ns); k < h->n; k++) {
		if (h->put[k].value == RN_LINEAGE_NONE)
			continue;
		if (put_ns)
			*put_ns = h->put[k].at_ns;
		return h->put[k].value;
	}
	return RN_LINEAGE_NONE;
}
