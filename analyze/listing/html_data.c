/* SPDX-License-Identifier: MIT */
/*
 * What the script of a page reads. "rn-meta" is JSON: counts, names, threads. "rn-marks" is JSON. Everything
 * long is a column of its own, varints or lines of text, packed:
 *   ts        differences of rows in order of entry, zigzag      dur    ns
 *   thread, name, error (0: none, else number + 1), flags, place   numbers
 *   args, result   numbers of texts                               texts  lines
 *   nodes   parent, name, where, own by turns                     places node, source by turns
 *   frames  lines, which names and wheres of nodes and sources number
 */
#include "analyze/listing/html_private.h"

#include "analyze/report/html/pack.h"
#include "analyze/report/html/text.h"

#define STATIC_CALLS 500

/* ---- Without a script ---- */

static void put_cell(struct rn_buffer *out, const char *class_name, struct rn_bytes text)
{
	rn_put_format(out, "<td%s>", class_name);
	rn_html_text(out, text);
	rn_put_text(out, "</td>");
}

static void put_static_call(struct rn_listing *l, const struct rn_html_calls *s, const struct rn_html_row *row)
{
	struct rn_buffer *out = &l->out;
	bool unfinished = row->flags & RN_HTML_ROW_UNFINISHED;
	uint32_t utid = s->thread[row->thread].utid;
	rn_put_text(out, row->flags & RN_HTML_ROW_FAILED ? "<tr class=\"result-error\">" : "<tr>");
	rn_put_format(out, "<td class=\"n\">%llu.%06llu</td><td class=\"n\">%llu</td>",
		(unsigned long long)(row->ts_ns / 1000000000), (unsigned long long)(row->ts_ns % 1000000000 / 1000),
		(unsigned long long)rn_model_tid(l->model, utid, row->ts_ns));
	put_cell(out, "", rn_intern_get(s->names, row->name));
	put_cell(out, "", rn_intern_get(s->rows.texts, row->args));
	put_cell(out, " class=\"result\"", rn_intern_get(s->rows.texts, row->result));
	if (unfinished)
		rn_put_text(out, "<td class=\"n\"></td>");
	else
		rn_put_format(out, "<td class=\"n\">%llu.%03llu</td>", (unsigned long long)(row->dur_ns / 1000),
			(unsigned long long)(row->dur_ns % 1000));
	if (rn_html_tells_source(l))
		put_cell(out, "", rn_intern_get(s->places.texts, rn_html_places_at(&s->places, row->place).source));
	rn_put_text(out, "</tr>\n");
}

void rn_html_put_static_calls(struct rn_listing *l, const struct rn_html_calls *s)
{
	uint32_t n = s->rows.n < STATIC_CALLS ? s->rows.n : STATIC_CALLS;
	rn_put_text(&l->out, "<section class=\"part\" data-part=\"static-calls\">\n<h2>Calls</h2>\n");
	rn_put_format(&l->out, "<p class=\"about\">%s%u of %llu calls. With a script, this page shows %s.</p>\n",
		n < s->rows.n ? "The first " : "", n, (unsigned long long)s->rows.seen,
		s->rows.level ? "many more" : "all of them");
	rn_put_text(&l->out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Calls\"><table>\n"
		"<thead><tr><th scope=\"col\" class=\"n\">Seconds</th><th scope=\"col\" class=\"n\">Thread</th>"
		"<th scope=\"col\">Syscall</th><th scope=\"col\">Arguments</th><th scope=\"col\">Result</th>"
		"<th scope=\"col\" class=\"n\">Duration &micro;s</th>");
	rn_put_text(&l->out, rn_html_tells_source(l) ? "<th scope=\"col\">Source</th>" : "");
	rn_put_text(&l->out, "</tr></thead>\n<tbody>\n");
	for (uint32_t i = 0; i < n; i++)
		put_static_call(l, s, &s->rows.row[i]);
	rn_put_text(&l->out, "</tbody>\n</table></div>\n</section>\n");
}

/* ---- Meta ---- */

static void key_u64(struct rn_json *j, const char *key, uint64_t v)
{
	rn_json_key(j, key);
	rn_json_u64(j, v);
}

static void key_texts(struct rn_json *j, const char *key, const struct rn_intern *texts)
{
	rn_json_key(j, key);
	rn_json_array_begin(j);
	for (uint32_t i = 0; i < rn_intern_count(texts); i++)
		rn_json_bytes(j, rn_intern_get(texts, i));
	rn_json_array_end(j);
}

static void put_threads(struct rn_json *j, const struct rn_listing *l, struct rn_html_calls *s)
{
	rn_json_key(j, "threads");
	rn_json_array_begin(j);
	for (uint32_t i = 0; i < s->n_threads; i++) {
		const struct rn_html_thread *t = &s->thread[i];
		const struct rn_task *task = rn_model_task(l->model, t->utid);
		struct rn_bytes comm = rn_model_comm(l->model, t->utid, t->last_ns);
		rn_buffer_clear(&s->clean);
		rn_html_plain(&s->clean, comm);
		rn_json_object_begin(j);
		key_u64(j, "tid", rn_model_tid(l->model, t->utid, t->last_ns));
		key_u64(j, "pid", rn_model_pid(l->model, t->utid));
		rn_json_key(j, "comm");
		rn_json_bytes(j, rn_buffer_bytes(&s->clean));
		key_u64(j, "start_ns", task ? task->start_ns : 0);
		rn_json_key(j, "end_ns");
		if (task && task->ended)
			rn_json_u64(j, task->end_ns);
		else
			rn_json_null(j);
		rn_json_object_end(j);
	}
	rn_json_array_end(j);
}

static void put_classes(struct rn_json *j, const struct rn_html_calls *s)
{
	rn_json_key(j, "class_words");
	rn_json_array_begin(j);
	for (size_t i = 0; rn_html_class_words[i]; i++)
		rn_json_text(j, rn_html_class_words[i]);
	rn_json_array_end(j);
	rn_json_key(j, "classes");
	rn_json_array_begin(j);
	for (uint32_t i = 0; i < rn_intern_count(s->names); i++)
		rn_json_u64(j, i < s->class_cap ? s->class_of[i] : 7);
	rn_json_array_end(j);
}

static void put_meta(struct rn_buffer *out, const struct rn_listing *l, struct rn_html_calls *s)
{
	struct rn_buffer text = RN_BUFFER_INIT;
	struct rn_json j;
	char epoch[24];
	snprintf(epoch, sizeof(epoch), "%llu", (unsigned long long)l->header->start_realtime_ns);
	rn_json_init(&j, &text, 0);
	rn_json_object_begin(&j);
	key_u64(&j, "version", 1);
	key_u64(&j, "rows", s->rows.n);
	key_u64(&j, "total", s->rows.seen);
	key_u64(&j, "level", s->rows.level);
	rn_json_key(&j, "errors_drawn");
	rn_json_bool(&j, s->rows.errors_drawn && s->rows.level);
	key_u64(&j, "end_ns", s->end_ns);
	rn_json_key(&j, "epoch_ns");
	rn_json_text(&j, epoch);
	rn_json_key(&j, "has_source");
	rn_json_bool(&j, rn_html_tells_source(l));
	key_u64(&j, "texts", rn_intern_count(s->rows.texts));
	key_u64(&j, "frames", rn_intern_count(s->places.texts));
	key_u64(&j, "nodes", rn_html_places_n_nodes(&s->places));
	key_u64(&j, "places", rn_html_places_n(&s->places));
	key_u64(&j, "marks", s->n_marks);
	key_texts(&j, "names", s->names);
	put_classes(&j, s);
	key_texts(&j, "errors", s->errors);
	put_threads(&j, l, s);
	rn_json_object_end(&j);
	rn_put_text(out, "<script type=\"application/json\" id=\"rn-meta\">");
	rn_html_json(out, rn_buffer_bytes(&text));
	rn_put_text(out, "</script>\n<script type=\"application/json\" id=\"rn-marks\">");
	rn_html_json(out, rn_buffer_bytes(&s->marks));
	rn_put_text(out, "</script>\n");
	out->failed |= !rn_buffer_ok(&text) || !rn_buffer_ok(&s->marks);
	rn_buffer_fini(&text);
}

/* ---- Columns ---- */

typedef void put_column(struct rn_buffer *raw, const struct rn_html_calls *s);

/* COLUMN(name, expression over row): one varint a row. */
#define COLUMN(name, value) \
	static void put_##name(struct rn_buffer *raw, const struct rn_html_calls *s) \
	{ \
		for (uint32_t i = 0; i < s->rows.n; i++) { \
			const struct rn_html_row *row = &s->rows.row[i]; \
			rn_put_varint(raw, value); \
		} \
	}
COLUMN(dur, row->dur_ns)
COLUMN(thread, row->thread)
COLUMN(name, row->name)
COLUMN(error, row->error)
COLUMN(flags, row->flags)
COLUMN(place, row->place)
COLUMN(args, row->args)
COLUMN(result, row->result)

static void put_ts(struct rn_buffer *raw, const struct rn_html_calls *s)
{
	uint64_t before = 0;
	for (uint32_t i = 0; i < s->rows.n; i++) {
		rn_put_svarint(raw, (int64_t)(s->rows.row[i].ts_ns - before));
		before = s->rows.row[i].ts_ns;
	}
}

static void put_lines(struct rn_buffer *raw, const struct rn_intern *texts)
{
	for (uint32_t i = 0; i < rn_intern_count(texts); i++) {
		struct rn_bytes text = rn_intern_get(texts, i);
		rn_put_bytes(raw, text.p, text.len);
		rn_put_u8(raw, '\n');
	}
}

static void put_texts(struct rn_buffer *raw, const struct rn_html_calls *s)
{
	put_lines(raw, s->rows.texts);
}

static void put_frames(struct rn_buffer *raw, const struct rn_html_calls *s)
{
	put_lines(raw, s->places.texts);
}

static void put_nodes(struct rn_buffer *raw, const struct rn_html_calls *s)
{
	for (uint32_t i = 0; i < rn_html_places_n_nodes(&s->places); i++) {
		struct rn_html_node n = rn_html_places_node(&s->places, i);
		rn_put_varint(raw, n.parent);
		rn_put_varint(raw, n.name);
		rn_put_varint(raw, n.where);
		rn_put_varint(raw, n.own);
	}
}

static void put_places(struct rn_buffer *raw, const struct rn_html_calls *s)
{
	for (uint32_t i = 0; i < rn_html_places_n(&s->places); i++) {
		struct rn_html_place p = rn_html_places_at(&s->places, i);
		rn_put_varint(raw, p.node);
		rn_put_varint(raw, p.source);
	}
}

static const struct {
	const char *id;
	put_column *put;
} columns[] = {
	{ "ts", put_ts }, { "dur", put_dur }, { "thread", put_thread }, { "name", put_name },
	{ "error", put_error }, { "flags", put_flags }, { "place", put_place }, { "args", put_args },
	{ "result", put_result }, { "texts", put_texts }, { "nodes", put_nodes }, { "places", put_places },
	{ "frames", put_frames },
};

int rn_html_put_data(struct rn_listing *l, struct rn_html_calls *s, struct rn_error *err)
{
	struct rn_buffer raw = RN_BUFFER_INIT;
	int rc = 0;
	put_meta(&l->out, l, s);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]) && !rc; i++) {
		rn_buffer_clear(&raw);
		columns[i].put(&raw, s);
		rn_put_format(&l->out, "<script type=\"application/octet-stream\" id=\"rn-%s\">", columns[i].id);
		rc = rn_buffer_ok(&raw) ? rn_html_pack(&l->out, rn_buffer_bytes(&raw), err) :
			rn_fail(err, RN_E_NOMEM, "out of memory for a report");
		rn_put_text(&l->out, "</script>\n");
		if (!rc)
			rc = rn_listing_drain(l, err);
	}
	rn_buffer_fini(&raw);
	return rc;
}
