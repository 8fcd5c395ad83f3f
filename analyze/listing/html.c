/* SPDX-License-Identifier: MIT */
/*
 * One page of HTML (report/html/page.h) with every call in it, to look at in a browser:
 *   <header> command, verdict, provenance
 *   <div id="live"> for the script: heat map, histogram, timeline, flame graph, statistics, calls
 *   <section>s with tables (of the appendix, which are the analyses'), and the first calls
 *   <script type="application/json" id="rn-meta"> and columns, packed (report/html/pack.h)
 * What is on top is known last, so calls are kept until the end (html_rows.h: of very many a choice).
 */
#include "analyze/listing/html_private.h"

#include "analyze/listing/events.h"
#include "analyze/report/html/page.h"
#include "analyze/report/html/tables.h"
#include "analyze/report/html/text.h"
#include "analyze/words.h"

#include <stdlib.h>

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for a report");
}

static int begin(void *st, struct rn_listing *l, struct rn_error *err)
{
	struct rn_html_calls *s = st;
	int rc = rn_html_rows_init(&s->rows, l->style->page_rows, err);
	if (!rc)
		rc = rn_html_places_init(&s->places, err);
	s->names = rn_intern_new();
	s->errors = rn_intern_new();
	rn_json_init(&s->marks_json, &s->marks, 0);
	rn_json_array_begin(&s->marks_json);
	return rc || (s->names && s->errors) ? rc : no_memory(err);
}

/* The number of what was put into s->text, cleaned. */
static uint32_t number_of(struct rn_html_calls *s, struct rn_intern *of)
{
	rn_buffer_clear(&s->clean);
	rn_html_plain(&s->clean, rn_buffer_bytes(&s->text));
	bool ok = rn_buffer_ok(&s->clean) && rn_buffer_ok(&s->text);
	uint32_t id = ok ? rn_intern(of, rn_buffer_bytes(&s->clean), NULL) : RN_INTERN_NONE;
	rn_buffer_clear(&s->text);
	return id;
}

static int take_thread(struct rn_html_calls *s, const struct rn_event *ev, uint32_t *number,
	struct rn_error *err)
{
	*number = rn_idmap_find(&s->thread_of, ev->utid);
	if (*number == RN_IDMAP_NONE) {
		if (s->n_threads == s->thread_cap) {
			uint32_t cap = s->thread_cap ? s->thread_cap * 2 : 16;
			struct rn_html_thread *grown = realloc(s->thread, cap * sizeof(*grown));
			if (!grown)
				return no_memory(err);
			s->thread = grown;
			s->thread_cap = cap;
		}
		*number = s->n_threads;
		s->thread[s->n_threads] = (struct rn_html_thread){ ev->utid, 0 };
		if (rn_idmap_put(&s->thread_of, ev->utid, s->n_threads++))
			return no_memory(err);
	}
	if (ev->ts_ns > s->thread[*number].last_ns)
		s->thread[*number].last_ns = ev->ts_ns;
	return 0;
}

static int take_name(struct rn_html_calls *s, const struct rn_call *c, uint16_t *number,
	struct rn_error *err)
{
	rn_decode_name(&s->text, c);
	uint32_t id = number_of(s, s->names);
	if (id == RN_INTERN_NONE)
		return no_memory(err);
	if (id > UINT16_MAX) /* thousands of numbers that are no calls: the last one stands for the rest */
		id = UINT16_MAX;
	if (id >= s->class_cap) {
		uint32_t cap = id * 2 + 64;
		uint8_t *grown = realloc(s->class_of, cap);
		if (!grown)
			return no_memory(err);
		s->class_of = grown;
		s->class_cap = cap;
	}
	s->class_of[id] = (uint8_t)rn_html_class(c);
	*number = (uint16_t)id;
	return 0;
}

static int take_error(struct rn_html_calls *s, const struct rn_call *c, uint16_t *number,
	struct rn_error *err)
{
	char buf[24];
	*number = 0;
	if (!(c->flags & RN_CALL_ERROR))
		return 0;
	rn_put_text(&s->text, rn_call_errno(c, buf));
	uint32_t id = number_of(s, s->errors);
	*number = (uint16_t)(id < UINT16_MAX ? id + 1 : UINT16_MAX);
	return id == RN_INTERN_NONE ? no_memory(err) : 0;
}

static int take_texts(struct rn_html_calls *s, struct rn_listing *l, const struct rn_event *ev,
	struct rn_html_row *row, struct rn_error *err)
{
	bool unfinished = ev->call.flags & RN_CALL_UNFINISHED;
	if (unfinished)
		rn_put_entry_args(&s->text, ev, &l->env);
	else
		rn_decode_args(&s->text, ev, &l->env);
	row->args = number_of(s, s->rows.texts);
	if (unfinished)
		rn_put_u8(&s->text, '?');
	else
		rn_decode_result(&s->text, ev, &l->env);
	row->result = number_of(s, s->rows.texts);
	return row->args == RN_INTERN_NONE || row->result == RN_INTERN_NONE ? no_memory(err) : 0;
}

static int take_call(struct rn_html_calls *s, struct rn_listing *l, const struct rn_event *ev,
	struct rn_error *err)
{
	const struct rn_call *c = &ev->call;
	bool unfinished = c->flags & RN_CALL_UNFINISHED;
	struct rn_html_row row = { .ts_ns = ev->ts_ns, .dur_ns = unfinished ? 0 : c->dur_ns };
	row.flags = (unfinished ? RN_HTML_ROW_UNFINISHED : 0) |
		(c->flags & RN_CALL_ERROR ? RN_HTML_ROW_FAILED : 0);
	if (row.ts_ns + row.dur_ns > s->end_ns)
		s->end_ns = row.ts_ns + row.dur_ns;
	int rc = take_thread(s, ev, &row.thread, err);
	if (rc || !rn_html_rows_wants(&s->rows, row.dur_ns, row.flags, &row.lot))
		return rc;
	rc = take_name(s, c, &row.name, err);
	if (!rc)
		rc = take_error(s, c, &row.error, err);
	if (!rc && l->frames)
		rc = rn_html_places_of(&s->places, l->frames, l->stack, rn_html_tells_source(l), &row.place,
			err);
	if (!rc)
		rc = take_texts(s, l, ev, &row, err);
	return rc ? rc : rn_html_rows_add(&s->rows, &row, err);
}

/* ---- Signals, ends, losses: marks of the timeline ---- */

static void put_mark(struct rn_html_calls *s, uint64_t ts_ns, uint32_t thread, const char *kind)
{
	struct rn_json *j = &s->marks_json;
	if (s->n_marks++ < RN_HTML_MARKS) {
		rn_json_array_begin(j);
		rn_json_u64(j, ts_ns);
		if (thread == RN_IDMAP_NONE)
			rn_json_null(j);
		else
			rn_json_u64(j, thread);
		rn_json_text(j, kind);
		rn_buffer_clear(&s->clean);
		rn_html_plain(&s->clean, rn_buffer_bytes(&s->text));
		rn_json_bytes(j, rn_buffer_bytes(&s->clean));
		rn_json_array_end(j);
	}
	rn_buffer_clear(&s->text);
}

static int take_other(struct rn_html_calls *s, struct rn_listing *l, const struct rn_event *ev,
	struct rn_error *err)
{
	uint32_t thread = RN_IDMAP_NONE;
	int rc = ev->utid ? take_thread(s, ev, &thread, err) : 0;
	if (rc || !rn_order_shows(ev->kind))
		return rc;
	if (ev->ts_ns > s->end_ns)
		s->end_ns = ev->ts_ns;
	if (ev->kind == RN_EV_SIGNAL)
		rn_decode_signal(&s->text, ev, &l->env);
	else if (ev->kind == RN_EV_EXIT)
		rn_decode_exit(&s->text, ev->EXIT.status);
	else if (ev->kind == RN_EV_EXEC)
		rn_put_bytes(&s->text, ev->EXEC.exe.p, ev->EXEC.exe.len);
	else if (ev->kind == RN_EV_LOST)
		rn_put_lost(&s->text, ev);
	else if (ev->kind == RN_EV_NOTE)
		rn_put_bytes(&s->text, ev->NOTE.text.p, ev->NOTE.text.len);
	put_mark(s, ev->ts_ns, thread, rn_event_kind_name(ev->kind));
	return 0;
}

static int item(void *st, struct rn_listing *l, const struct rn_order_item *item, struct rn_error *err)
{
	struct rn_html_calls *s = st;
	if (item->part == RN_ORDER_BEGUN)
		return 0;
	if (item->part == RN_ORDER_DAMAGE) {
		rn_put_text(&s->text, item->damage->text);
		put_mark(s, s->end_ns, RN_IDMAP_NONE, "damage");
		return 0;
	}
	return item->ev.kind == RN_EV_CALL ? take_call(s, l, &item->ev, err) : take_other(s, l, &item->ev, err);
}

/* ---- The page ---- */

static int put_page(struct rn_html_calls *s, struct rn_listing *l, struct rn_html_tables *t,
	struct rn_error *err)
{
	int rc = rn_html_tables_check(t, err);
	if (rc)
		return rc;
	rn_html_page_begin(&l->out, rn_buffer_bytes(&t->command));
	rn_html_put_head(&l->out, t);
	rn_put_text(&l->out, "<main id=\"main\">\n<div id=\"live\" hidden></div>\n");
	rn_html_put_sections(&l->out, t);
	rn_html_put_static_calls(l, s);
	rn_put_text(&l->out, "</main>\n");
	rn_html_page_script(&l->out);
	rc = rn_html_put_data(l, s, err);
	if (!rc)
		rn_html_page_end(&l->out);
	return rc;
}

static void put_outcome(struct rn_html_sums *sums, const struct rn_model *m)
{
	struct rn_model_end end;
	rn_model_end(m, &end);
	if (!end.has_status)
		return;
	sums->failed = rn_exit_code_of(end.status) != 0;
	if ((end.status & 0x7f) != 0)
		rn_put_text(&sums->outcome, "was ");
	rn_decode_exit(&sums->outcome, end.status);
}

static int end(void *st, struct rn_listing *l, struct rn_error *err)
{
	struct rn_html_calls *s = st;
	struct rn_html_tables t;
	rn_json_array_end(&s->marks_json);
	rn_html_tables_init(&t);
	int rc = rn_html_rows_settle(&s->rows, err);
	if (!rc && l->appendix)
		rc = l->appendix(l->appendix_arg, &t.sink, err);
	put_outcome(&t.sums, l->model);
	if (!rc)
		rc = put_page(s, l, &t, err);
	rn_html_tables_fini(&t);
	return rc;
}

static void fini(void *st)
{
	struct rn_html_calls *s = st;
	rn_html_rows_fini(&s->rows);
	rn_html_places_fini(&s->places);
	rn_intern_free(s->names);
	rn_intern_free(s->errors);
	rn_idmap_fini(&s->thread_of);
	free(s->class_of);
	free(s->thread);
	rn_buffer_fini(&s->marks);
	rn_buffer_fini(&s->text);
	rn_buffer_fini(&s->clean);
}

const struct rn_listing_writer rn_listing_html = {
	.name = "html",
	.state_size = sizeof(struct rn_html_calls),
	.begin = begin,
	.item = item,
	.end = end,
	.fini = fini,
};
