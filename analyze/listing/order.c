/* SPDX-License-Identifier: MIT */
#include "analyze/listing/order_private.h"

#include <stdlib.h>

struct rn_order {
	struct rn_reader *reader;
	struct rn_order_way *way;
	struct rn_window window;
	uint64_t offset;      /* of the block whose window this is; UINT64_MAX behind the last */
	size_t damage_shown;
	bool filled;
};

struct rn_order *rn_order_new(struct rn_source *source, unsigned want)
{
	struct rn_order *o = calloc(1, sizeof(*o));
	if (!o)
		return NULL;
	o->reader = source->reader;
	o->window.want = want;
	o->way = rn_reader_seekable(source->reader) ? rn_order_file(source) : rn_order_pipe(source);
	if (!o->way) {
		free(o);
		return NULL;
	}
	return o;
}

void rn_order_free(struct rn_order *o)
{
	if (!o)
		return;
	o->way->free(o->way);
	rn_window_fini(&o->window);
	free(o);
}

/* Damage is told where it is: in front of the first block behind it. */
static bool next_damage(struct rn_order *o, struct rn_order_item *out)
{
	const struct rn_damage *d = rn_reader_damage(o->reader, o->damage_shown);
	if (!d || (o->filled ? d->offset >= o->offset : o->offset != UINT64_MAX))
		return false;
	o->damage_shown++;
	out->part = RN_ORDER_DAMAGE;
	out->damage = d;
	return true;
}

int rn_order_next(struct rn_order *o, struct rn_order_item *out, struct rn_error *err)
{
	for (;;) {
		if (next_damage(o, out))
			return 0;
		if (o->offset == UINT64_MAX)
			return RN_END;
		int rc = o->filled ? rn_window_next(&o->window, out, err) : RN_END;
		if (rc != RN_END)
			return rc;
		if (o->filled && o->way->pauses) {
			o->filled = false;
			out->part = RN_ORDER_PAUSE;
			return 0;
		}
		rc = o->way->fill(o->way, &o->window, &o->offset, err);
		o->filled = rc == 0;
		if (rc == RN_END)
			o->offset = UINT64_MAX;
		else if (rc)
			return rc;
	}
}

bool rn_order_shows(enum rn_event_kind kind)
{
	return kind == RN_EV_SIGNAL || kind == RN_EV_EXIT || kind == RN_EV_LOST ||
		kind == RN_EV_NOTE || kind == RN_EV_EXEC || kind == RN_EV_DETAIL;
}
