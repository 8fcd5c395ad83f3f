/* SPDX-License-Identifier: MIT */
#include "analyze/command/report_plan.h"

#include "analyze/index/stacks.h"
#include "analyze/source/modules.h"
#include "analyze/source/orphans.h"
#include "analyze/source/paths.h"
#include "analyze/source/stacks.h"

#include <stdlib.h>

void rn_report_plan_fini(struct rn_report_plan *p)
{
	rn_source_free(p->source);
	rn_analyses_free(p->analyses);
	rn_frames_free(p->frames);
	rn_index_close(p->index);
	rn_model_free(p->model);
	rn_filter_free(p->filter);
	rn_selection_free(p->selection);
	rn_filter_free(p->abbreviated);
	rn_filter_free(p->followed);
	rn_filter_free(p->raw);
	free(p->pids);
}

static void plan_style(struct rn_report_plan *p)
{
	const struct rn_report_options *o = p->o;
	p->style.decode.string_limit = (uint32_t)o->string_limit;
	p->style.decode.verbose = o->verbose;
	p->style.decode.fds = (uint8_t)o->views.fds;
	p->style.decode.pids = (uint8_t)o->views.pids;
	p->style.decode.hex_strings = o->look.hex_strings;
	p->style.decode.constants = (uint8_t)o->constants;
	p->style.decode.abbreviated = p->abbreviated;
	p->style.decode.followed = p->followed;
	p->style.decode.raw = p->raw;
	p->style.clock = o->look.clock;
	p->style.clock_digits = o->look.clock_digits;
	p->style.relative = o->relative;
	p->style.relative_digits = o->look.relative_digits;
	p->style.duration_digits = o->look.duration_digits;
	p->style.duration = o->duration;
	p->style.no_exits = o->quiet > 1 || (o->views.quiet & RN_QUIET_EXIT);
	p->style.no_superseded = o->quiet > (o->ways ? 2u : 1u) ||
		(o->views.quiet & RN_QUIET_SUPERSEDED);
	p->style.numbers = o->numbers;
	p->style.source = o->frames.source && !o->ways;
	p->style.stacks = o->stacks || rn_report_is_page(o);
	p->style.page_rows = (uint32_t)o->page_rows;
	p->style.pcs = o->pcs;
	p->style.read = rn_fd_set_empty(&o->views.read) ? NULL : &o->views.read;
	p->style.write = rn_fd_set_empty(&o->views.write) ? NULL : &o->views.write;
	p->style.no_signals = o->views.signals != UINT64_MAX;
	p->style.signals = o->views.signals;
	p->style.whole = o->views.statuses != RN_STATUS_ALL;
	p->style.has_column = true;
	p->style.column = (uint32_t)o->column;
	if (o->ways) {
		p->style.as_strace = true;
		p->style.pid_column = o->ways->pid_column;
		p->style.births = o->ways->births;
	}
}

/* With all filters. */
static struct rn_source *filter(struct rn_report_plan *p, struct rn_source *s)
{
	if (s && p->frames && !rn_reader_seekable(p->reader))
		s = rn_source_modules(s, rn_frames_modules(p->frames));
	if (s && p->filter)
		s = rn_source_syscalls(s, p->filter);
	if (s && p->n_pids)
		s = rn_source_pids(s, p->model, p->pids, p->n_pids);
	if (s)
		s = rn_selection_source(p->selection, s);
	if (s && p->o->paths.n)
		s = rn_source_paths(s, p->model, &p->o->paths);
	if (s && rn_frame_options_select(&p->o->frames))
		s = rn_source_stacks(s, p->frames);
	if (s && p->o->views.statuses != RN_STATUS_ALL)
		s = rn_source_status(s, p->model, p->o->views.statuses);
	return s ? rn_source_counted(s, &p->n_calls) : NULL;
}

/* The trace; model: to be told what passes. */
static struct rn_source *chain(struct rn_report_plan *p, struct rn_model *model)
{
	return filter(p, rn_source_trace(p->reader, model));
}

struct rn_source *rn_report_plan_blocks(struct rn_report_plan *p, const uint8_t *wanted, struct rn_orphans *orphans)
{
	struct rn_source *s = rn_source_trace(p->reader, NULL);
	s = s ? filter(p, rn_source_blocks(s, wanted)) : NULL;
	s = s ? rn_source_calls(s, orphans) : NULL;
	if (s)
		rn_source_skip(s);
	return s;
}

/* For analyses; known: the model knows the whole trace, and so what was left out. */
static struct rn_source *settle(const struct rn_report_plan *p, struct rn_source *s, bool known)
{
	s = rn_source_settled(s);
	return known ? rn_source_weights(s, rn_model_sampling(p->model)) : s;
}

/* Made only where it pays: a filter by path on a long trace. A summary uses what is there. */
static int plan_index(struct rn_report_plan *p, enum rn_index_way way, struct rn_error *err)
{
	bool profits = rn_selection_profits(p->selection);
	if (p->index || !p->o->trace || !rn_reader_seekable(p->reader) || p->o->selection.no_index ||
		(!profits && !p->o->summary) ||
		(way == RN_INDEX_MAKE && (!profits || !rn_index_is_worth(p->reader))))
		return 0;
	int rc = rn_index_open(&p->index, p->o->trace, p->reader, way == RN_INDEX_MAKE ? p->model : NULL, way,
		p->diag, err);
	if (p->index)
		rn_selection_use_index(p->selection, p->index);
	return rc;
}

/* Nothing is left out by anything but the names of calls. */
bool rn_report_plan_is_open(const struct rn_report_plan *p)
{
	return !p->n_pids && !p->o->paths.n && p->o->views.statuses == RN_STATUS_ALL &&
		rn_selection_is_open(p->selection) && !rn_frame_options_select(&p->o->frames);
}

/* A summary by an index, as far as filters have no say. */
static bool is_summed_up(const struct rn_report_plan *p)
{
	return p->index && p->o->summary && !p->o->paths.n && p->o->views.statuses == RN_STATUS_ALL &&
		!rn_frame_options_select(&p->o->frames) && !rn_reader_header(p->reader)->sampling.len &&
		!p->o->profile.function_time && !p->o->frames.rewrite_errors && rn_reader_n_blocks(p->reader);
}

bool rn_report_plan_by_index(const struct rn_report_plan *p)
{
	struct rn_selection_of_uses of;
	bool statistics = rn_statistics_wanted(&p->o->statistics);
	return is_summed_up(p) && !p->n_pids && rn_selection_is_of_uses(p->selection, &of) &&
		(!statistics || (rn_statistics_is_histogram(&p->o->statistics) && rn_report_plan_is_open(p)));
}

bool rn_report_plan_by_parts(const struct rn_report_plan *p)
{
	uint64_t from_ns, to_ns;
	return is_summed_up(p) && !rn_statistics_wanted(&p->o->statistics) && !rn_report_plan_by_index(p) &&
		rn_selection_is_of_parts(p->selection, &from_ns, &to_ns);
}

static int forget_descriptors(struct rn_report_plan *p, struct rn_error *err)
{
	unsigned wants = rn_model_wants(p->model) & ~(unsigned)(RN_MODEL_FDS | RN_MODEL_CWD);
	rn_model_free(p->model);
	p->model = rn_model_new(wants);
	return p->model ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

/* Filters narrow by the cheapest question first: the directories answer it for whole blocks. A summary
 * of all processes asks the model nothing before the end, so it saves the walk before the walk. */
static int plan_source(struct rn_report_plan *p, struct rn_error *err)
{
	int rc = plan_index(p, RN_INDEX_USE, err);
	bool indexed = p->index && rn_index_is_whole(p->index);
	bool scan = rn_reader_seekable(p->reader) && (!rn_report_is_tables(p->o) || p->o->pids.n ||
		p->o->paths.n || rn_selection_asks_model(p->selection, indexed) ||
		rn_statistics_asks_model(&p->o->statistics) || rn_reader_header(p->reader)->sampling.len);
	/* An index knows who is who, and of which files: nobody walks through all events then. */
	bool spares = !scan && p->index && rn_reader_seekable(p->reader);
	if (!rc && spares && indexed)
		rc = forget_descriptors(p, err);
	scan |= spares;
	if (!rc && scan)
		rc = rn_index_scan_model(p->index, p->model, p->reader, err);
	if (!rc)
		rc = rn_selection_begin(p->selection, p->reader, p->model, scan, err);
	if (!rc)
		rc = plan_index(p, RN_INDEX_MAKE, err);
	if (rc)
		return rc;
	p->source = chain(p, scan ? NULL : p->model);
	if (p->source && rn_report_is_tables(p->o))
		p->source = settle(p, p->source, scan);
	if (p->source && rn_report_is_tables(p->o))
		rn_source_skip(p->source);
	return p->source ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

static int feed(void *arg, const struct rn_batch *b, struct rn_error *err)
{
	return rn_analyses_batch(arg, b, err);
}

/* The user's own function nearest to the call, else the innermost that has a name. */
static bool function_of(void *arg, const struct rn_event *ev, struct rn_bytes *name)
{
	struct rn_frames *f = arg;
	struct rn_level level;
	uint32_t stack = 0;
	if (rn_frames_of(f, ev, &stack, NULL, NULL) || !stack)
		return false;
	struct rn_level_walk walk = rn_level_walk_of(stack);
	bool found = rn_frames_user(f, stack, &level) && level.symbol->function.len;
	while (!found && !rn_frames_next(f, &walk, &level, NULL))
		found = level.symbol && level.symbol->function.len;
	if (found)
		*name = rn_frames_shown(f, level.symbol).function;
	return found && name->len;
}

/* Behind a listing of what cannot be read twice, the statistics look on. */
static int plan_statistics(struct rn_report_plan *p, struct rn_error *err)
{
	const struct rn_facts facts = { .machine =
		(enum rn_machine)rn_reader_header(p->reader)->machine, .model = p->model,
		.function_of = p->frames ? function_of : NULL, .function_arg = p->frames,
		.function_want = p->frames ? rn_frames_want(p->frames) : 0 };
	bool page = rn_report_is_page(p->o);
	if (!page && !rn_statistics_wanted(&p->o->statistics))
		return 0;
	int rc = rn_statistics_init(&p->statistics, &p->o->statistics, &facts, p->reader,
		p->o->sort, err);
	if (rc || rn_report_is_tables(p->o))
		return rc;
	if (page)
		rn_report_page_init(&p->page, p->o, rn_reader_header(p->reader), p->model, &p->statistics,
			!p->filter && rn_report_plan_is_open(p));
	rc = rn_analyses_begin(&p->analyses, page ? p->page.question : p->statistics.question,
		page ? p->page.n : p->statistics.n, err);
	if (!rc && !rn_reader_seekable(p->reader))
		p->source = rn_source_tap(p->source, feed, p->analyses);
	return rc || p->source ? rc : rn_fail(err, RN_E_NOMEM, "out of memory");
}

/* The calls that the words behind trace= name; NULL when there are no words. */
static int calls_of(struct rn_filter **f, const char *words, struct rn_error *err)
{
	struct rn_buffer text = RN_BUFFER_INIT;
	if (!words)
		return 0;
	rn_put_text(&text, "trace=");
	rn_put_text(&text, words);
	const char *expression = rn_buffer_cstr(&text);
	const struct rn_strings one = { &expression, 1 };
	int rc = rn_buffer_ok(&text) ? rn_filter_of(f, &one, err)
				     : rn_fail(err, RN_E_NOMEM, "out of memory");
	rn_buffer_fini(&text);
	return rc;
}

/* Stacks come from the index, which is made where those of all calls are asked for. */
static int plan_frames(struct rn_report_plan *p, struct rn_error *err)
{
	bool make = !p->filter && !p->n_pids && !p->o->paths.n && p->o->views.statuses == RN_STATUS_ALL &&
		rn_selection_is_open(p->selection) &&
		rn_reader_seekable(p->reader) && rn_index_is_worth_stacks(p->reader);
	bool helps = p->o->trace && rn_reader_seekable(p->reader) && !p->o->selection.no_index && !p->o->frames.unwinder;
	enum rn_index_way way = make ? RN_INDEX_MAKE : RN_INDEX_USE;
	int rc = helps ? rn_index_open(&p->index, p->o->trace, p->reader, NULL, way, p->diag, err) : 0;
	if (!rc)
		rc = rn_frames_new_indexed(&p->frames, &p->o->frames, p->reader, &p->index, p->o->trace, make, p->diag,
			err);
	if (p->index)
		rn_selection_use_index(p->selection, p->index);
	return rc;
}

int rn_report_plan_init(struct rn_report_plan *p, struct rn_error *err)
{
	const struct rn_views *v = &p->o->views;
	int rc = calls_of(&p->abbreviated, v->abbrev, err);
	if (!rc)
		rc = calls_of(&p->followed, v->verbose, err);
	if (!rc)
		rc = calls_of(&p->raw, v->raw, err);
	if (!rc)
		plan_style(p);
	if (!rc && p->o->filters.n)
		rc = rn_filter_of(&p->filter, &p->o->filters, err);
	if (!rc)
		rc = rn_report_pids(&p->o->pids, &p->pids, &p->n_pids, err);
	if (!rc)
		rc = rn_selection_new(&p->selection, &p->o->selection, err);
	if (!rc && (rn_report_wants_frames(p->o) || (rn_reader_seekable(p->reader) &&
		rn_statistics_uses_stacks(&p->o->statistics))))
		rc = plan_frames(p, err);
	if (rc)
		return rc;
	p->model = rn_model_new(rn_selection_wants(p->selection, false) |
		rn_statistics_model(&p->o->statistics) | (rn_report_is_page(p->o) ? RN_ASKED_MODEL : 0) |
		(v->fds ? RN_MODEL_FDS | RN_MODEL_CWD : 0) | (v->pids ? RN_MODEL_COMM : 0) |
		/* A listing shows the messages of netlink sockets. */
		(p->o->paths.n ? RN_MODEL_FDS : p->o->summary ? 0 : RN_MODEL_NETLINK));
	rc = p->model ? plan_source(p, err) : rn_fail(err, RN_E_NOMEM, "out of memory");
	return rc ? rc : plan_statistics(p, err);
}

int rn_report_plan_walk(struct rn_report_plan *p, struct rn_error *err)
{
	if (!rn_reader_seekable(p->reader))
		return 0;
	int rc = rn_reader_rewind(p->reader, err);
	if (rc)
		return rc;
	struct rn_source *s = settle(p, chain(p, NULL), true);
	if (!s)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	rc = rn_analyses_walk(p->analyses, s, err);
	rn_source_free(s);
	return rc;
}
