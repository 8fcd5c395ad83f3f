/* SPDX-License-Identifier: MIT */
/*
 * A row a call, the columns of the original tool first: syscall,arguments,result[,duration], then
 * (source_location with --source), ours: pid,tid,timestamp,duration_ns,errno,number,abi,flags. Events that are not calls are no rows:
 * a program that sums up a column must not meet them. result is the kernel's number, ? when the call
 * never returned. Fields are quoted as report/csv.h says.
 */
#include "analyze/listing/events.h"
#include "analyze/listing/line.h"
#include "analyze/report/csv.h"
#include "analyze/report/json_writer.h"
#include "analyze/symbol/show.h"
#include "analyze/words.h"

static int begin(void *st, struct rn_listing *l, struct rn_error *err)
{
	(void)st;
	(void)err;
	rn_put_text(&l->out, "syscall,arguments,result");
	if (l->style->duration)
		rn_put_text(&l->out, ",duration");
	if (l->style->source)
		rn_put_text(&l->out, ",source_location");
	rn_put_text(&l->out, ",pid,tid,timestamp,duration_ns,errno,number,abi,flags");
	if (l->style->stacks)
		rn_put_text(&l->out, ",stack");
	if (l->frames && rn_frames_options(l->frames)->rewrite_errors)
		rn_put_text(&l->out, ",stderr_rewritten");
	rn_put_u8(&l->out, '\n');
	return 0;
}

static void put_scratch(struct rn_listing *l)
{
	rn_csv_text(&l->out, rn_buffer_bytes(&l->scratch));
	rn_put_u8(&l->out, ',');
	rn_buffer_clear(&l->scratch);
}

static void put_number(struct rn_listing *l, uint64_t v)
{
	rn_put_decimal(&l->out, v);
	rn_put_u8(&l->out, ',');
}

static void put_result(struct rn_listing *l, const struct rn_call *c)
{
	if (c->flags & RN_CALL_UNFINISHED)
		rn_put_u8(&l->out, '?');
	else if (c->ret < 0)
		rn_put_u8(&l->out, '-');
	if (!(c->flags & RN_CALL_UNFINISHED))
		rn_put_decimal(&l->out, c->ret < 0 ? 0 - (uint64_t)c->ret : (uint64_t)c->ret);
	rn_put_u8(&l->out, ',');
}

static void put_durations(struct rn_listing *l, const struct rn_event *ev)
{
	bool known = !(ev->call.flags & RN_CALL_UNFINISHED);
	put_number(l, rn_model_pid(l->model, ev->utid));
	put_number(l, rn_model_tid(l->model, ev->utid, ev->ts_ns));
	rn_put_decimal(&l->out, ev->ts_ns / 1000000000);
	rn_put_u8(&l->out, '.');
	rn_put_padded(&l->out, ev->ts_ns % 1000000000, 9);
	rn_put_u8(&l->out, ',');
	if (known)
		rn_put_decimal(&l->out, ev->call.dur_ns);
	rn_put_u8(&l->out, ',');
}

static void put_flags(struct rn_listing *l, unsigned flags)
{
	bool any = false;
	for (const struct rn_flag_word *w = rn_flag_words; w->name; w++) {
		if (!(flags & w->bit))
			continue;
		if (any)
			rn_put_u8(&l->out, ' ');
		rn_put_text(&l->out, w->name);
		any = true;
	}
}

static int item(void *st, struct rn_listing *l, const struct rn_order_item *item,
	struct rn_error *err)
{
	const struct rn_event *ev = &item->ev;
	const struct rn_abi_desc *abi;
	char buf[24];
	int rc = 0;
	(void)st;
	if (item->part == RN_ORDER_DAMAGE || item->part == RN_ORDER_BEGUN ||
		ev->kind != RN_EV_CALL)
		return 0;
	rn_buffer_clear(&l->scratch);
	rn_decode_name(&l->scratch, &ev->call);
	put_scratch(l);
	rn_decode_args(&l->scratch, ev, &l->env);
	put_scratch(l);
	put_result(l, &ev->call);
	if (l->style->duration) {
		if (!(ev->call.flags & RN_CALL_UNFINISHED)) {
			rn_put_decimal(&l->out, ev->call.dur_ns / 1000);
			rn_put_text(&l->out, "us");
		}
		rn_put_u8(&l->out, ',');
	}
	if (l->style->source) {
		if (l->frames)
			rn_show_source(&l->scratch, l->frames, l->stack);
		put_scratch(l);
	}
	put_durations(l, ev);
	if (ev->call.flags & RN_CALL_ERROR)
		rn_put_text(&l->out, rn_call_errno(&ev->call, buf));
	rn_put_u8(&l->out, ',');
	put_number(l, ev->call.nr);
	abi = rn_abi_desc((enum rn_abi)ev->call.abi);
	rn_put_text(&l->out, abi ? abi->name : "");
	rn_put_u8(&l->out, ',');
	put_flags(l, ev->call.flags);
	if (l->style->stacks) {
		rn_put_u8(&l->out, ',');
		rc = l->frames ? rn_show_folded(&l->scratch, l->frames, l->stack, err) : 0;
		rn_csv_text(&l->out, rn_buffer_bytes(&l->scratch));
		rn_buffer_clear(&l->scratch);
	}
	if (l->frames && rn_frames_options(l->frames)->rewrite_errors) {
		rn_put_u8(&l->out, ',');
		rn_csv_text(&l->out, l->rewritten);
	}
	rn_put_u8(&l->out, '\n');
	return rc;
}

const struct rn_listing_writer rn_listing_csv = {
	.name = "csv",
	.begin = begin,
	.item = item,
};
