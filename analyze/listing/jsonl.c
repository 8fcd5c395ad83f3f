/* SPDX-License-Identifier: MIT */
/*
 * An object a line, each with its type: "trace" first, "summary" last, between them the events in
 * order: "syscall", "signal", "exit", ..
 */
#include "analyze/listing/json_event.h"

static void begin_line(struct rn_json *j, struct rn_listing *l, const char *type)
{
	rn_json_init(j, &l->out, 0);
	if (!type)
		return;
	rn_json_object_begin(j);
	rn_json_key(j, "type");
	rn_json_text(j, type);
}

static int begin(void *st, struct rn_listing *l, struct rn_error *err)
{
	struct rn_json j;
	(void)st;
	(void)err;
	begin_line(&j, l, "trace");
	rn_json_key(&j, "version");
	rn_json_text(&j, RN_VERSION);
	rn_json_key(&j, "format");
	rn_json_text(&j, "renacer-jsonl-v1");
	rn_json_provenance(&j, l);
	rn_json_object_end(&j);
	rn_put_u8(&l->out, '\n');
	return 0;
}

static int item(void *st, struct rn_listing *l, const struct rn_order_item *item,
	struct rn_error *err)
{
	struct rn_json j;
	bool written = true;
	(void)st;
	(void)err;
	begin_line(&j, l, NULL);
	if (item->part == RN_ORDER_BEGUN)
		return 0;
	if (item->part == RN_ORDER_DAMAGE)
		rn_json_damage(&j, item->damage);
	else if (item->ev.kind == RN_EV_CALL)
		rn_json_call(&j, l, &item->ev, true);
	else
		written = rn_json_other(&j, l, &item->ev);
	if (written)
		rn_put_u8(&l->out, '\n');
	return 0;
}

static int end(void *st, struct rn_listing *l, struct rn_error *err)
{
	struct rn_json j;
	(void)st;
	(void)err;
	begin_line(&j, l, "summary");
	rn_json_summary(&j, l);
	rn_json_object_end(&j);
	rn_put_u8(&l->out, '\n');
	return 0;
}

const struct rn_listing_writer rn_listing_jsonl = {
	.name = "jsonl",
	.begin = begin,
	.item = item,
	.end = end,
};
