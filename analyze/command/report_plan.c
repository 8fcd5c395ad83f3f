/* SPDX-License-Identifier: MIT */
#include "analyze/command/report_plan.h"

#include "analyze/source_paths.h"

#include <stdlib.h>

void rn_report_plan_fini(struct rn_report_plan *p)
{
	rn_source_free(p->source);
	rn_model_free(p->model);
	rn_filter_free(p->filter);
	rn_selection_free(p->selection);
	free(p->pids);
}

static void plan_style(struct rn_report_plan *p)
{
	const struct rn_report_options *o = p->o;
	p->style.decode.string_limit = (uint32_t)o->string_limit;
	p->style.decode.verbose = o->verbose;
	p->style.decode.fd_paths = o->fd_paths;
	p->style.decode.hex_strings = o->hex > 2 ? 2 : (uint8_t)o->hex;
	p->style.clock = o->clock > 3 ? 3 : o->clock;
	p->style.relative = o->relative;
	p->style.duration = o->duration;
	p->style.no_exits = o->quiet > 1;
	p->style.numbers = o->numbers;
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

/* Filters narrow by the cheapest question first: the directories answer it for whole blocks. A summary
 * of all processes asks the model nothing before the end, so it saves the walk before the walk. */
static int plan_source(struct rn_report_plan *p, struct rn_error *err)
{
	bool scan = rn_reader_seekable(p->reader) && (!p->o->summary || p->o->pids.n ||
		p->o->paths.n || rn_selection_asks_model(p->selection));
	int rc = scan ? rn_model_scan(p->model, p->reader, err) : 0;
	if (!rc)
		rc = rn_selection_begin(p->selection, p->reader, p->model, scan, err);
	if (rc)
		return rc;
	p->source = rn_source_trace(p->reader, scan ? NULL : p->model);
	if (p->source && p->filter)
		p->source = rn_source_syscalls(p->source, p->filter);
	if (p->source && p->n_pids)
		p->source = rn_source_pids(p->source, p->model, p->pids, p->n_pids);
	if (p->source)
		p->source = rn_selection_source(p->selection, p->source);
	if (p->source && p->o->paths.n)
		p->source = rn_source_paths(p->source, p->model, &p->o->paths);
	if (p->source && p->o->views.statuses != RN_STATUS_ALL)
		p->source = rn_source_status(p->source, p->o->views.statuses);
	if (p->source && p->o->summary)
		p->source = rn_source_settled(p->source);
	if (p->source && p->o->summary)
		rn_source_skip(p->source);
	return p->source ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

int rn_report_plan_init(struct rn_report_plan *p, struct rn_error *err)
{
	int rc = 0;
	plan_style(p);
	if (p->o->filters.n)
		rc = rn_filter_of(&p->filter, &p->o->filters, err);
	if (!rc)
		rc = rn_report_pids(&p->o->pids, &p->pids, &p->n_pids, err);
	if (!rc)
		rc = rn_selection_new(&p->selection, &p->o->selection, err);
	if (rc)
		return rc;
	p->model = rn_model_new(rn_selection_wants(p->selection) | (p->o->fd_paths ? RN_MODEL_FDS | RN_MODEL_CWD : 0) |
		(p->o->paths.n ? RN_MODEL_FDS : 0));
	return p->model ? plan_source(p, err) : rn_fail(err, RN_E_NOMEM, "out of memory");
}
