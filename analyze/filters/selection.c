/* SPDX-License-Identifier: MIT */
#include "analyze/filters/selection.h"

#include "analyze/filters/limits.h"
#include "analyze/filters/moment.h"
#include "analyze/filters/places.h"
#include "analyze/filters/threads.h"
#include "analyze/filters/where.h"
#include "shared/arena.h"
#include "shared/diag.h"
#include "shared/names.h"
#include "shared/suggest.h"

#include <stdlib.h>

struct rn_selection {
	bool has_time;
	struct rn_time_range time;
	struct rn_limits limits;
	uint64_t *tids, *fds;
	size_t n_tids, n_fds;
	struct rn_patterns *comms, *exes, *paths;
	struct rn_where *where;        /* NULL: no expression */
	struct rn_threads *threads;    /* since _begin; NULL: not asked */
	const struct rn_model *model;
	struct rn_index *index;        /* NULL: none */
	struct rn_strings words;
	struct rn_arena text;
};

static int take_errno(struct rn_limits *l, struct rn_bytes word, struct rn_error *err)
{
	char *end;
	long number = rn_errno_number(word);
	if (number < 0 && word.len && word.p[0] >= '0' && word.p[0] <= '9') {
		number = strtol((const char *)word.p, &end, 10);
		number = (const uint8_t *)end == word.p + word.len ? number : -1;
	}
	if (number > 0 && number < RN_ERRNO_LIMIT) {
		l->errnos[number / 64] |= (uint64_t)1 << number % 64;
		return 0;
	}
	struct rn_suggest near = rn_suggest_for(word);
	for (int i = 1; i < RN_ERRNO_LIMIT; i++)
		if (rn_errno_name(i))
			rn_suggest_try(&near, rn_errno_name(i));
	return rn_fail(err, RN_E_USAGE, "--errors: there is no error '%.*s'%s%s%s", RN_QUOTED(word),
		near.best ? "; did you mean '" : "", near.best ? near.best : "", near.best ? "'?" : "");
}

static int take_errors(struct rn_limits *l, const struct rn_strings *lists, struct rn_error *err)
{
	l->errors_only = lists->n != 0;
	for (size_t i = 0; i < lists->n; i++) {
		const char *at = lists->item[i];
		if (!*at)
			memset(l->errnos, 0xff, sizeof(l->errnos));
		while (*at) {
			size_t len = strcspn(at, ",");
			int rc = take_errno(l, rn_bytes_of(at, len), err);
			if (rc)
				return rc;
			at += len + (at[len] == ',');
		}
	}
	return 0;
}

static int take_patterns(struct rn_patterns **p, const char *option, const struct rn_strings *words,
	struct rn_error *err)
{
	int rc = words->n ? rn_patterns_new(p, words, err) : 0;
	if (rc == RN_E_USAGE)
		rn_error_prefix(err, "%s", option);
	return rc;
}

static int take_bounds(struct rn_limits *l, const struct rn_selection_options *o, struct rn_error *err)
{
	l->has_dur = o->min_dur.given || o->max_dur.given;
	if (o->min_dur.given)
		l->min_dur_ns = o->min_dur.ns;
	if (o->max_dur.given)
		l->max_dur_ns = o->max_dur.ns;
	if (l->min_dur_ns > l->max_dur_ns)
		return rn_fail(err, RN_E_USAGE, "--min-time is greater than --max-time");
	return 0;
}

static int add_word(struct rn_selection *s, const char *option, const char *value)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	const char **item = realloc(s->words.item, (s->words.n + 1) * sizeof(*item));
	if (!item)
		return RN_E_NOMEM;
	s->words.item = item;
	rn_put_text(&b, option);
	if (value && *value) {
		rn_put_u8(&b, '=');
		rn_put_text(&b, value);
	}
	item[s->words.n] = rn_arena_dup(&s->text, rn_buffer_bytes(&b));
	rn_buffer_fini(&b);
	return item[s->words.n] ? (s->words.n++, 0) : RN_E_NOMEM;
}

static int add_words(struct rn_selection *s, const char *option, const struct rn_strings *values)
{
	int rc = 0;
	for (size_t i = 0; i < values->n && !rc; i++)
		rc = add_word(s, option, values->item[i]);
	return rc;
}

static int add_bound(struct rn_selection *s, const char *option, const struct rn_bound *b)
{
	char text[32];
	snprintf(text, sizeof(text), "%lluns", (unsigned long long)b->ns);
	return b->given ? add_word(s, option, text) : 0;
}

static int tell_words(struct rn_selection *s, const struct rn_selection_options *o, struct rn_error *err)
{
	if (add_words(s, "--comm", &o->comms) || add_words(s, "--errors", &o->errors) ||
		add_words(s, "--exe", &o->exes) || add_words(s, "--fd", &o->fds) ||
		add_bound(s, "--max-time", &o->max_dur) || add_bound(s, "--min-time", &o->min_dur) ||
		add_words(s, "--path", &o->paths) || add_words(s, "--tid", &o->tids) ||
		add_words(s, "--where", &o->wheres) ||
		(o->time && add_word(s, "--time", o->time)) ||
		(o->injected == RN_INJECTED_ONLY && add_word(s, "--injected", "only")) ||
		(o->injected == RN_INJECTED_NONE && add_word(s, "--injected", "none")))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	return 0;
}

static int take(struct rn_selection *s, const struct rn_selection_options *o, struct rn_error *err)
{
	int rc = 0;
	s->has_time = o->time != NULL;
	if (o->time && (rc = rn_time_range_parse(o->time, &s->time, err)) < 0)
		rn_error_prefix(err, "--time");
	if (!rc)
		rc = take_bounds(&s->limits, o, err);
	s->limits.injected = o->injected;
	if (!rc)
		rc = take_errors(&s->limits, &o->errors, err);
	if (!rc)
		rc = rn_numbers_parse(&o->tids, "--tid", INT32_MAX, &s->tids, &s->n_tids, err);
	if (!rc)
		rc = rn_numbers_parse(&o->fds, "--fd", INT32_MAX, &s->fds, &s->n_fds, err);
	if (!rc)
		rc = take_patterns(&s->comms, "--comm", &o->comms, err);
	if (!rc)
		rc = take_patterns(&s->exes, "--exe", &o->exes, err);
	if (!rc)
		rc = take_patterns(&s->paths, "--path", &o->paths, err);
	if (!rc && s->exes)
		rn_patterns_by_base(s->exes);
	if (!rc && o->wheres.n)
		rc = rn_where_new(&s->where, &o->wheres, err);
	return rc ? rc : tell_words(s, o, err);
}

int rn_selection_new(struct rn_selection **out, const struct rn_selection_options *o,
	struct rn_error *err)
{
	struct rn_selection *s = calloc(1, sizeof(*s));
	*out = NULL;
	if (!s)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	rn_limits_init(&s->limits);
	int rc = take(s, o, err);
	if (rc)
		rn_selection_free(s);
	else
		*out = s;
	return rc;
}

void rn_selection_free(struct rn_selection *s)
{
	if (!s)
		return;
	rn_threads_free(s->threads);
	rn_where_free(s->where);
	rn_patterns_free(s->comms);
	rn_patterns_free(s->exes);
	rn_patterns_free(s->paths);
	rn_strings_fini(&s->words);
	rn_arena_fini(&s->text);
	free(s->tids);
	free(s->fds);
	free(s);
}

static bool asks_threads(const struct rn_selection *s)
{
	return s->n_tids || s->comms || s->exes;
}

bool rn_selection_asks_model(const struct rn_selection *s, bool indexed)
{
	return asks_threads(s) || (s->paths && !indexed) || (s->where && rn_where_asks_model(s->where, indexed));
}

bool rn_selection_is_open(const struct rn_selection *s)
{
	return !s->words.n;
}

unsigned rn_selection_wants(const struct rn_selection *s, bool indexed)
{
	return (s->comms ? RN_MODEL_COMM : 0) | (s->exes ? RN_MODEL_EXE : 0) |
		(s->paths && !indexed ? RN_MODEL_FDS | RN_MODEL_CWD : 0) | (s->where ? rn_where_wants(s->where, indexed) : 0);
}

const struct rn_strings *rn_selection_words(const struct rn_selection *s)
{
	return &s->words;
}

static uint64_t end_of(const struct rn_reader *r)
{
	uint64_t end_ns = 0;
	for (size_t i = 0; i < rn_reader_n_blocks(r); i++) {
		uint64_t last_ns = rn_reader_block_info(r, i)->last_ns;
		end_ns = last_ns > end_ns ? last_ns : end_ns;
	}
	return end_ns;
}

static int begin_time(struct rn_selection *s, struct rn_reader *r, struct rn_error *err)
{
	if (!s->has_time)
		return 0;
	if (rn_time_range_needs_end(&s->time) && !rn_reader_seekable(r))
		return rn_fail(err, RN_E_USAGE, "--time: the end of this input is not known yet; give "
			"times since its start, or of the clock");
	rn_time_range_resolve(&s->time, rn_reader_header(r)->start_realtime_ns, end_of(r),
		&s->limits.from_ns, &s->limits.to_ns);
	if (s->limits.from_ns >= s->limits.to_ns)
		return rn_fail(err, RN_E_USAGE, "--time: FROM is not before TO in this trace");
	return 0;
}

int rn_selection_begin(struct rn_selection *s, struct rn_reader *reader, const struct rn_model *model,
	bool whole, struct rn_error *err)
{
	const struct rn_thread_words words = { s->tids, s->n_tids, s->comms, s->exes };
	int rc = begin_time(s, reader, err);
	s->model = model;
	if (!rc && s->where)
		rc = rn_where_begin(s->where, reader, model, err);
	if (rc || !asks_threads(s))
		return rc;
	s->threads = rn_threads_new(&words, model, whole);
	if (!s->threads)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	return whole ? rn_threads_look(s->threads, err) : 0;
}

void rn_selection_use_index(struct rn_selection *s, struct rn_index *index)
{
	s->index = index;
	if (s->where)
		rn_where_use_index(s->where, index);
}

bool rn_selection_profits(const struct rn_selection *s)
{
	return s->paths != NULL;
}

struct rn_source *rn_selection_source(struct rn_selection *s, struct rn_source *inner)
{
	if (inner && !rn_limits_are_open(&s->limits))
		inner = rn_source_limits(inner, &s->limits);
	if (inner && s->threads)
		inner = rn_source_threads(inner, s->threads);
	if (inner && s->n_fds)
		inner = rn_source_descriptors(inner, s->fds, s->n_fds);
	if (inner && s->paths)
		inner = rn_source_places(inner, s->paths, s->model, s->index);
	if (inner && s->where)
		inner = rn_source_where(inner, s->where);
	return inner;
}

bool rn_selection_is_of_uses(const struct rn_selection *s, struct rn_selection_of_uses *out)
{
	struct rn_limits others = s->limits;
	others.errors_only = false;
	*out = (struct rn_selection_of_uses){ s->paths, &s->limits };
	return rn_limits_are_open(&others) && !asks_threads(s) && !s->n_fds && !s->where;
}

bool rn_selection_is_of_parts(const struct rn_selection *s, uint64_t *from_ns, uint64_t *to_ns)
{
	struct rn_limits others = s->limits;
	others.from_ns = 0;
	others.to_ns = UINT64_MAX;
	*from_ns = s->limits.from_ns;
	*to_ns = s->limits.to_ns;
	return rn_limits_are_open(&others) && !s->n_fds && !s->paths && !s->where;
}

int rn_selection_takes_thread(struct rn_selection *s, uint32_t utid)
{
	return s->threads ? rn_threads_always(s->threads, utid) : 1;
}

bool rn_selection_shows(struct rn_selection *s, const struct rn_event *ev)
{
	if (ev->ts_ns < s->limits.from_ns || ev->ts_ns >= s->limits.to_ns)
		return false;
	return !s->threads || !ev->utid || rn_threads_fit(s->threads, ev->utid, ev->ts_ns, NULL) != 0;
}

static void warn_patterns(const struct rn_patterns *p, const char *option, const char *what,
	struct rn_diag *diag)
{
	const char *nearest;
	for (size_t i = 0; p && i < rn_patterns_n(p); i++) {
		const char *word = rn_patterns_unused(p, i, &nearest);
		if (word && nearest)
			rn_diag_warn(diag, "%s %s: %s; did you mean '%s'?", option, word, what, nearest);
		else if (word)
			rn_diag_warn(diag, "%s %s: %s", option, word, what);
	}
}

static bool has_tid(const struct rn_model *m, uint64_t tid)
{
	struct rn_model_change c;
	for (uint32_t i = 0; i < rn_model_n_tasks(m); i++) {
		const struct rn_task *t = rn_model_task_at(m, i);
		if (t->tid == tid)
			return true;
		for (uint32_t k = 0; rn_model_change(m, t->utid, RN_MODEL_FACT_TID, k, &c); k++)
			if (c.tid == tid)
				return true;
	}
	return false;
}

void rn_selection_warn(const struct rn_selection *s, struct rn_diag *diag)
{
	warn_patterns(s->comms, "--comm", "no thread was called that", diag);
	warn_patterns(s->exes, "--exe", "no process executed that", diag);
	warn_patterns(s->paths, "--path", "no call was about that", diag);
	for (size_t i = 0; i < s->n_tids; i++)
		if (!has_tid(s->model, s->tids[i]))
			rn_diag_warn(diag, "--tid %llu: no such thread in the trace",
				(unsigned long long)s->tids[i]);
}

static void put_filters(struct rn_buffer *b, const char *option, const struct rn_strings *words)
{
	for (size_t i = 0; i < words->n; i++)
		rn_put_format(b, " %s%s", option, words->item[i]);
}

void rn_selection_warn_none(const struct rn_selection *s, const struct rn_strings *expressions,
	const struct rn_strings *pids, bool others, struct rn_diag *diag)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	put_filters(&b, "-e ", expressions);
	put_filters(&b, "-p ", pids);
	put_filters(&b, "", &s->words);
	size_t n = expressions->n + pids->n + s->words.n;
	rn_diag_warn(diag, "no call fits%s%s%s", n > 1 || (n && others) ? " all of" : "", n ? rn_buffer_cstr(&b) :
		" the filters", n && others ? " and the other filters" : "");
	rn_buffer_fini(&b);
}
