/* SPDX-License-Identifier: MIT */
/* The views of events that are no calls: descriptors over their lives, signals. */
#include "analyze/sql/views.h"

#include "analyze/analysis/groups.h"
#include "analyze/model/decode_model.h"
#include "shared/names.h"

#include <stdlib.h>

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define INT(n) { .name = n, .type = RN_T_I64 }
#define TEXT(n) { .name = n, .type = RN_T_TEXT }
#define TABLE(n, c) { .name = n, .columns = c, .n_columns = COUNT_OF(c) }

static struct rn_cell known(struct rn_bytes s)
{
	return s.len ? rn_cell_bytes(s) : rn_cell_null();
}

/* Hands over every meta event, in file order. */
static int each_event(struct rn_reader *r, int (*each)(void *arg, const struct rn_event *ev,
	struct rn_error *err), void *arg, struct rn_error *err)
{
	struct rn_block *b = rn_block_new();
	int rc = b ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; i < rn_reader_n_blocks(r) && !rc; i++) {
		struct rn_event ev;
		uint32_t before;
		rc = rn_reader_block_info(r, i)->n_meta ? rn_reader_load(r, i, b, err) : RN_END;
		for (uint32_t k = 0; !rc && k < rn_block_info(b)->n_meta; k++) {
			rc = rn_block_meta(b, k, &ev, &before, err);
			if (!rc)
				rc = each(arg, &ev, err);
			if (rc == RN_E_CORRUPT)
				rc = 0;
		}
		if (rc == RN_E_CORRUPT || rc == RN_E_TRUNCATED || rc == RN_END)
			rc = 0;
	}
	rn_block_free(b);
	return rc;
}

struct signals {
	const struct rn_model *model;
	struct rn_sink *sink;
	struct rn_buffer text;
};

static int emit_signal(void *arg, const struct rn_event *ev, struct rn_error *err)
{
	struct signals *s = arg;
	struct rn_decode_env env = rn_decode_env_of(s->model, NULL);
	char buf[16];
	if (ev->kind != RN_EV_SIGNAL)
		return 0;
	const char *name = rn_signal_name((int)ev->SIGNAL.signo, buf);
	rn_buffer_clear(&s->text);
	rn_decode_signal(&s->text, ev, &env);
	const struct rn_cell cells[] = { rn_cell_u64(ev->seq), rn_cell_u64(ev->ts_ns),
		rn_cell_u64(rn_model_pid(s->model, ev->utid)),
		rn_cell_u64(rn_model_tid(s->model, ev->utid, ev->ts_ns)),
		rn_cell_u64(rn_model_process(s->model, ev->utid)), rn_cell_u64(ev->utid),
		rn_cell_u64(ev->SIGNAL.signo), name ? rn_cell_text(name) : rn_cell_null(),
		rn_cell_u64(ev->SIGNAL.stop != 0), rn_cell_bytes(rn_buffer_bytes(&s->text)) };
	return rn_sink_row(s->sink, cells, err);
}

int rn_view_signals(void *of, uint64_t n, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = { INT("seq"), INT("ts"), INT("pid"), INT("tid"),
		INT("upid"), INT("utid"), INT("signo"), TEXT("name"), INT("stop"), TEXT("text") };
	static const struct rn_table table = TABLE("signals", columns);
	const struct rn_inquiry *q = ((struct rn_views_of *)of)->q;
	struct signals s = { q->model, sink, RN_BUFFER_INIT };
	(void)n;
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = each_event(q->reader, emit_signal, &s, err);
	rn_buffer_fini(&s.text);
	return rc ? rc : rn_sink_end(sink, err);
}

/* A descriptor that is open: since when and what it is. Its text is the model's only for the time of an
 * event, so it is copied. */
struct life {
	bool open;
	uint32_t upid, utid;
	int64_t fd;
	uint64_t table; /* in which: rn_model_fd_table */
	uint64_t start_ns, flags, ino;
	uint32_t kind, how;
	uint32_t target, proto, detail; /* in strings */
};

struct lives {
	const struct rn_model *model;
	struct rn_sink *sink;
	struct rn_groups open; /* by table and number */
	struct rn_groups ended; /* tables, by their number */
	struct rn_intern *strings;
};

static const char *const kinds[] = { "other", "file", "dir", "char", "block", "pipe", "socket", "anon",
	"link" };
static const char *const hows[] = { NULL, "table", "opened", "dup", "received", "changed" };

static struct rn_cell word(const char *const *words, size_t n, uint64_t i)
{
	return i < n && words[i] ? rn_cell_text(words[i]) : rn_cell_null();
}

static int emit_life(struct lives *l, struct life *x, struct rn_cell end, struct rn_error *err)
{
	if (!x->open)
		return 0;
	x->open = false;
	const struct rn_cell cells[] = { rn_cell_u64(x->upid), rn_cell_u64(rn_model_pid(l->model, x->upid)),
		rn_cell_u64(x->utid), rn_cell_i64(x->fd), rn_cell_u64(x->start_ns), end,
		word(hows, COUNT_OF(hows), x->how), word(kinds, COUNT_OF(kinds), x->kind),
		known(rn_intern_get(l->strings, x->target)), known(rn_intern_get(l->strings, x->proto)),
		known(rn_intern_get(l->strings, x->detail)), rn_cell_u64(x->flags), rn_cell_u64(x->ino) };
	return rn_sink_row(l->sink, cells, err);
}

static struct life *life_of(struct lives *l, uint64_t table, int64_t fd, struct rn_error *err)
{
	const struct {
		uint64_t table;
		int64_t fd;
	} key = { table, fd };
	return rn_groups_row(&l->open, rn_bytes_of(&key, sizeof(key)), err);
}

static int begin_life(struct lives *l, struct life *x, const struct rn_event *ev, uint64_t table,
	struct rn_error *err)
{
	const struct rn_ev_FD *e = &ev->FD;
	*x = (struct life){ true, rn_model_process(l->model, ev->utid), ev->utid, e->fd, table, ev->ts_ns, e->flags, e->ino, (uint32_t)e->kind,
		(uint32_t)e->how, rn_intern(l->strings, e->target, NULL),
		rn_intern(l->strings, e->proto, NULL), rn_intern(l->strings, e->detail, NULL) };
	if (x->target != RN_INTERN_NONE && x->proto != RN_INTERN_NONE && x->detail != RN_INTERN_NONE)
		return 0;
	x->open = false;
	return rn_fail(err, RN_E_NOMEM, "out of memory");
}

static int live_on(void *arg, const struct rn_event *ev, struct rn_error *err)
{
	struct lives *l = arg;
	if (ev->kind != RN_EV_FD && ev->kind != RN_EV_FD_CLOSE)
		return 0;
	uint64_t table = rn_model_fd_table(l->model, ev->utid, ev->ts_ns);
	struct life *x = life_of(l, table, ev->kind == RN_EV_FD ? ev->FD.fd : ev->FD_CLOSE.fd, err);
	if (!x)
		return RN_E_NOMEM;
	int rc = emit_life(l, x, rn_cell_u64(ev->ts_ns), err);
	return rc || ev->kind != RN_EV_FD ? rc : begin_life(l, x, ev, table, err);
}

/* Until when somebody used a table; UINT64_MAX: who did has not ended. */
struct ended {
	uint64_t at_ns;
};

struct ending {
	struct lives *l;
	struct rn_error *err;
	int rc;
};

static void end_use(void *arg, uint64_t table, uint32_t utid, uint64_t until_ns)
{
	struct ending *e = arg;
	const struct rn_task *t = rn_model_task(e->l->model, utid);
	struct ended *x = e->rc ? NULL : rn_groups_row(&e->l->ended, rn_bytes_of(&table, sizeof(table)), e->err);
	if (!x) {
		e->rc = RN_E_NOMEM;
		return;
	}
	if (until_ns == UINT64_MAX && t && t->ended)
		until_ns = t->end_ns;
	if (until_ns > x->at_ns)
		x->at_ns = until_ns;
}

/* What was never closed lived as long as somebody used the table it was in. */
static int end_lives(struct lives *l, struct rn_error *err)
{
	struct ending e = { .l = l, .err = err };
	rn_model_fd_uses(l->model, end_use, &e);
	for (uint32_t i = 0; i < rn_groups_n(&l->open) && !e.rc; i++) {
		struct life *x = rn_groups_at(&l->open, i);
		const struct ended *end = rn_groups_row(&l->ended, rn_bytes_of(&x->table, sizeof(x->table)), err);
		if (!end)
			return RN_E_NOMEM;
		if (!end->at_ns) /* nobody is known to have used it */
			end_use(&e, x->table, x->upid, UINT64_MAX);
		e.rc = e.rc ? e.rc : emit_life(l, x, end->at_ns < UINT64_MAX ? rn_cell_u64(end->at_ns) : rn_cell_null(), err);
	}
	return e.rc;
}

int rn_view_fds(void *of, uint64_t n, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = { INT("upid"), INT("pid"), INT("utid"), INT("fd"),
		INT("start"), INT("end"), TEXT("how"), TEXT("kind"), TEXT("target"), TEXT("proto"),
		TEXT("detail"), INT("flags"), INT("ino") };
	static const struct rn_table table = TABLE("fds", columns);
	const struct rn_inquiry *q = ((struct rn_views_of *)of)->q;
	struct lives l = { .model = q->model, .sink = sink };
	(void)n;
	int rc = rn_sink_begin(sink, &table, err);
	if (rc)
		return rc;
	l.strings = rn_intern_new();
	rc = l.strings ? rn_groups_init(&l.open, sizeof(struct life), err) :
		rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!rc)
		rc = rn_groups_init(&l.ended, sizeof(struct ended), err);
	if (!rc)
		rc = each_event(q->reader, live_on, &l, err);
	if (!rc)
		rc = end_lives(&l, err);
	rn_groups_fini(&l.ended);
	rn_groups_fini(&l.open);
	rn_intern_free(l.strings);
	return rc ? rc : rn_sink_end(sink, err);
}
