/* SPDX-License-Identifier: MIT */
#include "analyze/source/orphans.h"

#include "analyze/source/filter.h"

#include <stdlib.h>

static int keep(struct rn_orphans *o, const struct rn_batch *last, struct rn_error *err)
{
	int rc = 0;
	o->ts_ns = calloc(last->n_unfinished, sizeof(*o->ts_ns));
	if (!o->ts_ns)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	for (uint32_t i = 0; i < last->n_unfinished && !rc; i++) {
		o->ts_ns[i] = last->unfinished[i].ts_ns;
		rc = rn_idmap_put(&o->by_utid, last->unfinished[i].utid, o->n++);
	}
	return rc ? rn_fail(err, RN_E_NOMEM, "out of memory") : 0;
}

/* Reads by number, so that nobody's place in the reader is lost. */
int rn_orphans_find(struct rn_orphans *o, struct rn_reader *r, struct rn_error *err)
{
	struct rn_source *s = rn_source_trace(r, NULL);
	struct rn_batch b;
	*o = (struct rn_orphans){ RN_IDMAP_INIT, NULL, 0, NULL };
	s = s ? rn_source_settled(s) : NULL;
	if (!s)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	rn_source_skip(s);
	rn_batch_init(&b);
	int rc;
	while ((rc = rn_source_next(s, &b, err)) == 0)
		if (b.n_unfinished && (rc = keep(o, &b, err)) != 0)
			break;
	rn_batch_fini(&b);
	rn_source_free(s);
	return rc == RN_END ? 0 : rc;
}

void rn_orphans_fini(struct rn_orphans *o)
{
	rn_idmap_fini(&o->by_utid);
	free(o->ts_ns);
	*o = (struct rn_orphans){ RN_IDMAP_INIT, NULL, 0, NULL };
}

void rn_orphans_find_later(struct rn_orphans *o, struct rn_reader *r)
{
	*o = (struct rn_orphans){ RN_IDMAP_INIT, NULL, 0, r };
}

bool rn_orphans_has(struct rn_orphans *o, uint32_t utid, uint64_t ts_ns)
{
	if (o->later)
		rn_orphans_find(o, o->later, NULL);
	uint32_t i = o->n ? rn_idmap_find(&o->by_utid, utid) : RN_IDMAP_NONE;
	return i != RN_IDMAP_NONE && o->ts_ns[i] == ts_ns;
}

struct calls {
	struct rn_source_filter base;
	struct rn_orphans *orphans;
};

static uint32_t narrow(const struct rn_source_filter *f, const struct rn_core *core,
	uint32_t *selected, uint32_t n)
{
	struct rn_orphans *o = ((const struct calls *)f)->orphans;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = selected[i];
		selected[kept] = k;
		kept += !(core->flags[k] & RN_CALL_PENDING) ||
			(o && rn_orphans_has(o, core->utid[k], core->ts_ns[k]));
	}
	return kept;
}

struct rn_source *rn_source_calls(struct rn_source *inner, struct rn_orphans *orphans)
{
	struct calls *c = rn_source_filter_new(sizeof(*c), inner);
	if (!c)
		return NULL;
	c->base.narrow = narrow;
	c->orphans = orphans;
	return &c->base.source;
}
