/* SPDX-License-Identifier: MIT */
/*
 * A load. What is there of the trace is asked first; then the walk begins behind that, rows are gathered as
 * RowBinary and inserted lot by lot in the order of their numbers. Before each lot the server must have exactly what
 * was counted so far: otherwise somebody else loads the same trace.
 */
#include "analyze/export/clickhouse_private.h"

#include "analyze/export/rows.h"
#include "analyze/words.h"
#include "shared/diag.h"

#include <inttypes.h>
#include <stdlib.h>

#define LOT_BYTES ((size_t)8 << 20)

enum width { WIDTH_TEXT, WIDTH_8 = 1, WIDTH_32 = 4, WIDTH_64 = 8 };

/* How a column travels, by the name of its type. */
struct form {
	bool nullable;
	enum width width;
};

static struct form form_of(const char *type)
{
	struct form f = { strncmp(type, "Nullable(", 9) == 0, WIDTH_64 };
	const char *inner = f.nullable ? type + 9 : type; /* a parenthesis closes it */
	if (strncmp(inner, "String", 6) == 0)
		f.width = WIDTH_TEXT;
	else if (strncmp(inner, "UInt8", 5) == 0)
		f.width = WIDTH_8;
	else if (strncmp(inner, "UInt32", 6) == 0)
		f.width = WIDTH_32;
	return f;
}

static const char *const types[RN_ROW_COLUMNS] = {
#define C(name, type, clickhouse) clickhouse,
#include "analyze/export/rows.def"
#undef C
};

/* Named, so that a table with further columns will do. */
static const char columns[] = "day"
#define C(name, type, clickhouse) ", " #name
#include "analyze/export/rows.def"
#undef C
	;

struct load {
	struct rn_clickhouse *clickhouse;
	struct rn_rows rows;
	struct form form[RN_ROW_COLUMNS];
	struct rn_buffer lot;
	uint32_t n_rows;      /* in the lot */
	uint64_t total;       /* of the trace on the server */
	uint64_t loaded;      /* by us */
	uint16_t day;
};

/* One line of numbers, as TabSeparated has them; false: something else. */
static bool read_numbers(const struct rn_buffer *answer, uint64_t *out, size_t n)
{
	const char *p = rn_buffer_cstr((struct rn_buffer *)answer);
	for (size_t i = 0; i < n; i++) {
		char *end;
		out[i] = strtoull(p, &end, 10);
		if (end == p || *end != (i + 1 < n ? '\t' : '\n'))
			return false;
		p = end + 1;
	}
	return true;
}

static int ask_of_trace(struct rn_clickhouse *c, const char *what, const char *table,
	const struct rn_export_job *job, struct rn_error *err)
{
	struct rn_buffer sql = RN_BUFFER_INIT;
	rn_put_format(&sql, "SELECT %s FROM %s.%s WHERE trace = '", what, c->database, table);
	rn_put_uuid(&sql, job->header->uuid);
	rn_put_u8(&sql, '\'');
	const char *text = rn_buffer_cstr(&sql);
	int rc = rn_buffer_ok(&sql) ? rn_clickhouse_ask(c, text, rn_bytes_of(NULL, 0), err) :
		rn_fail(err, RN_E_NOMEM, "out of memory");
	rn_buffer_fini(&sql);
	return rc;
}

static int not_numbers(struct rn_clickhouse *c, struct rn_error *err)
{
	return rn_fail(err, RN_E_IO, "%s does not answer as ClickHouse does", rn_http_server(c->http));
}

/* How many events are there, and behind which number to go on. */
static int count_there(struct rn_clickhouse *c, const struct rn_export_job *job, uint64_t *n, uint64_t *next,
	struct rn_error *err)
{
	uint64_t v[2];
	int rc = ask_of_trace(c, "count(), max(seq)", "events", job, err);
	if (rc)
		return rc;
	if (!read_numbers(&c->answer, v, 2))
		return not_numbers(c, err);
	*n = v[0];
	*next = v[0] ? v[1] + 1 : 0;
	return 0;
}

/* The filters must be those of the load before, or rows would be missing without a word. */
static int check_filters(struct rn_clickhouse *c, struct rn_export_job *job, bool *known, struct rn_error *err)
{
	struct rn_buffer words = RN_BUFFER_INIT, what = RN_BUFFER_INIT;
	uint64_t v[2];
	int rc = rn_clickhouse_filter_words(&words, job, err);
	rn_put_text(&what, "count(), countIf(filter != ");
	rn_put_sql_string(&what, rn_buffer_bytes(&words));
	rn_put_u8(&what, ')');
	if (!rc)
		rc = ask_of_trace(c, rn_buffer_cstr(&what), "traces", job, err);
	if (!rc && !read_numbers(&c->answer, v, 2))
		rc = not_numbers(c, err);
	if (!rc && v[1])
		rc = rn_fail(err, RN_E_USAGE, "the trace was loaded with other filters: remove it there, or choose "
			"another --database");
	*known = !rc && v[0];
	rn_buffer_fini(&words);
	rn_buffer_fini(&what);
	return rc;
}

static int send_lot(struct load *l, struct rn_export_job *job, struct rn_error *err)
{
	struct rn_clickhouse *c = l->clickhouse;
	uint64_t there, next;
	if (!rn_buffer_ok(&l->lot))
		return rn_fail(err, RN_E_NOMEM, "out of memory for an export");
	if (!l->n_rows)
		return 0;
	int rc = count_there(c, job, &there, &next, err);
	if (!rc && there != l->total)
		rc = rn_fail(err, RN_E_GONE, "somebody else loads the same trace: there are %" PRIu64 " events, not %"
			PRIu64, there, l->total);
	if (!rc)
		rc = rn_clickhouse_insert(c, "events", columns, rn_buffer_bytes(&l->lot), err);
	if (rc)
		return rc;
	l->total += l->n_rows;
	l->loaded += l->n_rows;
	l->n_rows = 0;
	rn_buffer_clear(&l->lot);
	rn_diag_progress(job->diag, "%" PRIu64 " events loaded", l->loaded);
	return 0;
}

static void put_cell(struct rn_buffer *out, const struct form *f, const struct rn_cell *cell)
{
	bool null = cell->type == RN_T_NULL;
	if (f->nullable)
		rn_put_u8(out, null);
	if (f->nullable && null)
		return;
	if (f->width == WIDTH_TEXT)
		rn_put_row_binary_text(out, null ? rn_bytes_of(NULL, 0) : cell->text);
	else
		rn_put_le(out, null ? 0 : cell->u64, f->width); /* i64 is the same bits */
}

static int put_row(struct load *l, struct rn_export_job *job, struct rn_error *err)
{
	rn_put_u16(&l->lot, l->day);
	for (unsigned i = 0; i < RN_ROW_COLUMNS; i++)
		put_cell(&l->lot, &l->form[i], &l->rows.cell[i]);
	l->n_rows++;
	return l->n_rows >= l->clickhouse->lot_rows || l->lot.len > LOT_BYTES ? send_lot(l, job, err) : 0;
}

static int put_call(void *st, struct rn_export_job *job, const struct rn_export_call *call,
	struct rn_error *err)
{
	struct load *l = st;
	int rc = rn_row_call(&l->rows, job, call, err);
	return rc ? rc : put_row(l, job, err);
}

static int put_event(void *st, struct rn_export_job *job, const struct rn_event *ev, struct rn_error *err)
{
	struct load *l = st;
	int rc = rn_row_event(&l->rows, job, ev, err);
	return rc ? rc : put_row(l, job, err);
}

static int begin(void *st, struct rn_export_job *job, struct rn_error *err)
{
	struct load *l = st;
	bool known = false;
	l->clickhouse = job->arg;
	l->day = rn_clickhouse_day(job->header);
	for (unsigned i = 0; i < RN_ROW_COLUMNS; i++)
		l->form[i] = form_of(types[i]);
	int rc = check_filters(l->clickhouse, job, &known, err);
	if (!rc)
		rc = count_there(l->clickhouse, job, &l->total, &job->first_seq, err);
	/* Told of before its first event: what is in `events` is always in `traces`. */
	return rc || known ? rc : rn_clickhouse_put_trace(l->clickhouse, job, 0, false, err);
}

static int end(void *st, struct rn_export_job *job, struct rn_error *err)
{
	struct load *l = st;
	struct rn_clickhouse_load *out = job->result;
	int rc = send_lot(l, job, err);
	*out = (struct rn_clickhouse_load){ l->total - l->loaded, l->loaded };
	return rc ? rc : rn_clickhouse_put_trace(l->clickhouse, job, l->total, true, err);
}

static void fini(void *st)
{
	struct load *l = st;
	rn_rows_fini(&l->rows);
	rn_buffer_fini(&l->lot);
}

const struct rn_export rn_export_clickhouse = {
	.name = "clickhouse",
	.help = "rows of events into a server",
	.traits = RN_EXPORT_STACKS | RN_EXPORT_ARGS | RN_EXPORT_FILES | RN_EXPORT_EVENTS | RN_EXPORT_BY_SEQ,
	.state_size = sizeof(struct load),
	.begin = begin,
	.call = put_call,
	.event = put_event,
	.end = end,
	.fini = fini,
};

int rn_clickhouse_load(struct rn_clickhouse *c, struct rn_inquiry *q, const struct rn_export_look *look,
	struct rn_diag *diag, struct rn_clickhouse_load *out, struct rn_error *err)
{
	struct rn_export_totals totals;
	const struct rn_export_way way = { .diag = diag, .arg = c, .result = out };
	*out = (struct rn_clickhouse_load){ 0 };
	return rn_export_walk(&rn_export_clickhouse, q, look, &way, &totals, err);
}
