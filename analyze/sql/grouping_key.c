/* SPDX-License-Identifier: MIT */
/* A value is a byte for its type, which is also SQLite's order of types, and a number or a length and a text. */
#include "analyze/sql/grouping_key.h"

#include "shared/cursor.h"
#include "analyze/analysis/asked.h"
#include "shared/names.h"
#include "shared/syscall.h"

#include <stdio.h>

enum type { NOTHING,
	NUMBER,
	TEXT };

unsigned rn_key_of(enum rn_call_column column)
{
	switch (column) {
	case RN_CC_name:
	case RN_CC_nr:
	case RN_CC_abi:
	case RN_CC_io:
		return RN_KEY_NR;
	case RN_CC_pid:
	case RN_CC_upid:
	case RN_CC_utid:
		return RN_KEY_UTID;
	case RN_CC_tid:
	case RN_CC_comm:
	case RN_CC_exe:
		return RN_KEY_UTID | RN_KEY_TS;
	case RN_CC_error:
	case RN_CC_errno:
		return RN_KEY_ERROR;
	case RN_CC_unfinished:
		return RN_KEY_FLAGS;
	default:
		return 0;
	}
}

static void put_number(struct rn_buffer *out, uint64_t v)
{
	rn_put_u8(out, NUMBER);
	rn_put_le(out, v, 8);
}

static void put_text(struct rn_buffer *out, struct rn_bytes s)
{
	rn_put_u8(out, TEXT);
	rn_put_le(out, s.len, 4);
	rn_put_bytes(out, s.p, s.len);
}

static void put_word(struct rn_buffer *out, const char *s)
{
	if (s)
		put_text(out, rn_bytes_str(s));
	else
		rn_put_u8(out, NOTHING);
}

/* An empty one is NULL, as in a row. */
static void put_named(struct rn_buffer *out, struct rn_bytes s)
{
	if (s.len)
		put_text(out, s);
	else
		rn_put_u8(out, NOTHING);
}

static void put_error(struct rn_buffer *out, const struct rn_call *c, bool by_name)
{
	uint64_t number = 0 - (uint64_t)c->ret;
	const char *name = rn_errno_name((int)number);
	char buf[16];
	if (!(c->flags & RN_CALL_ERROR)) {
		rn_put_u8(out, NOTHING);
	} else if (!by_name) {
		put_number(out, number);
	} else {
		snprintf(buf, sizeof(buf), "%u", (unsigned)number);
		put_word(out, name ? name : buf);
	}
}

static void put_value(struct rn_buffer *out, enum rn_call_column column, const struct rn_event *ev,
	const struct rn_model *m)
{
	const struct rn_call *c = &ev->call;
	char buf[24];
	switch (column) {
	case RN_CC_name:
		put_word(out, rn_syscall_name((enum rn_abi)c->abi, c->nr, buf));
		break;
	case RN_CC_nr:
		put_number(out, c->nr);
		break;
	case RN_CC_abi:
		put_word(out, rn_abi_name((enum rn_abi)c->abi));
		break;
	case RN_CC_io:
		put_word(out, rn_io_name(rn_io_of((enum rn_abi)c->abi, c->nr)));
		break;
	case RN_CC_pid:
		put_number(out, rn_model_pid(m, ev->utid));
		break;
	case RN_CC_upid:
		put_number(out, rn_model_process(m, ev->utid));
		break;
	case RN_CC_utid:
		put_number(out, ev->utid);
		break;
	case RN_CC_tid:
		put_number(out, rn_model_tid(m, ev->utid, ev->ts_ns));
		break;
	case RN_CC_comm:
		put_named(out, rn_model_comm(m, ev->utid, ev->ts_ns));
		break;
	case RN_CC_exe:
		put_named(out, rn_model_exe(m, ev->utid, ev->ts_ns));
		break;
	case RN_CC_error:
	case RN_CC_errno:
		put_error(out, c, column == RN_CC_errno);
		break;
	default:
		put_number(out, (c->flags & RN_CALL_UNFINISHED) != 0);
		break;
	}
}

void rn_key_put(struct rn_buffer *out, const struct rn_grouping_order *order, const struct rn_event *ev,
	const struct rn_model *model)
{
	for (unsigned i = 0; i < order->n; i++)
		put_value(out, order->by[i].column, ev, model);
}

struct value {
	enum type type;
	int64_t number;
	struct rn_bytes text;
};

static struct value take_value(struct rn_cursor *c)
{
	struct value v = { .type = (enum type)rn_take_u8(c) };
	if (v.type == NUMBER)
		v.number = (int64_t)rn_take_u64(c);
	if (v.type == TEXT)
		v.text = rn_take_bytes(c, rn_take_u32(c));
	return v;
}

static int compare_texts(struct rn_bytes a, struct rn_bytes b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int d = n ? memcmp(a.p, b.p, n) : 0;
	return d ? d : (a.len > b.len) - (a.len < b.len);
}

static int compare_values(const struct value *a, const struct value *b)
{
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->type == TEXT)
		return compare_texts(a->text, b->text);
	return (a->number > b->number) - (a->number < b->number);
}

int rn_key_compare(const struct rn_grouping_order *order, struct rn_bytes a, struct rn_bytes b)
{
	struct rn_cursor x = rn_cursor_of(a.p, a.len), y = rn_cursor_of(b.p, b.len);
	int d = 0;
	for (unsigned i = 0; i < order->n && !d; i++) {
		struct value v = take_value(&x), w = take_value(&y);
		d = compare_values(&v, &w);
		if (order->by[i].falling)
			d = -d;
	}
	return d;
}

static bool changes(const struct rn_model *m, uint32_t utid, enum rn_model_fact fact)
{
	struct rn_model_change c;
	return rn_model_change(m, utid, fact, 1, &c);
}

bool rn_key_is_steady(const struct rn_grouping_order *order, const struct rn_model *model, uint32_t utid)
{
	for (unsigned i = 0; i < order->n; i++) {
		enum rn_call_column column = order->by[i].column;
		if ((column == RN_CC_tid && changes(model, utid, RN_MODEL_FACT_TID)) ||
			(column == RN_CC_comm && changes(model, utid, RN_MODEL_FACT_COMM)) ||
			(column == RN_CC_exe && changes(model, utid, RN_MODEL_FACT_EXE)))
			return false;
	}
	return true;
}
