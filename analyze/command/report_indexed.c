/* SPDX-License-Identifier: MIT */
#include "analyze/command/report_indexed.h"

#include "analyze/analysis/latency.h"
#include "analyze/analysis/tally.h"
#include "analyze/filters/uses.h"

#include <stdlib.h>

struct histograms {
	struct rn_index_histogram *of;
	size_t n;
	struct rn_latency_row *rows; /* of the calls the filter leaves */
	char (*name)[64];
	size_t n_rows;
};

static void histograms_fini(struct histograms *h)
{
	free(h->of);
	free(h->rows);
	free(h->name);
}

static int by_number(const void *a, const void *b)
{
	const struct rn_index_histogram *x = a, *y = b;
	if (x->abi != y->abi)
		return x->abi < y->abi ? -1 : 1;
	return (x->nr > y->nr) - (x->nr < y->nr);
}

static int count(void *arg, size_t i, const uint64_t **calls, struct rn_error *err)
{
	static const struct rn_index_histogram none;
	const struct histograms *h = arg;
	const struct rn_index_histogram key = { .abi = h->rows[i].abi, .nr = h->rows[i].nr };
	const struct rn_index_histogram *found = h->n ? bsearch(&key, h->of, h->n, sizeof(key), by_number) : NULL;
	(void)err;
	*calls = found ? found->calls : none.calls;
	return 0;
}

/* What rows are sorted by is in the tallies. */
static void set_row(struct rn_latency_row *row, const struct rn_tally_entry *e, enum rn_machine machine, char name[64])
{
	const struct rn_tally *t = &e->tally;
	uint64_t n = t->calls - t->unfinished;
	const char *shown = rn_call_shown(machine, (uint8_t)e->abi, e->nr, name);
	*row = (struct rn_latency_row){ .name = rn_bytes_str(shown), .abi = (uint8_t)e->abi, .nr = e->nr,
		.sum = { .recorded = n, .n = n, .calls = t->calls, .errors = t->errors, .total_ns = t->total_ns,
			.min_ns = t->min_ns, .max_ns = t->max_ns,
			.mean_ns = n ? rn_wide_double(t->total_ns) / (double)n : 0 } };
}

static int make_rows(struct histograms *h, struct rn_tally_set *set, const struct rn_report_plan *p,
	struct rn_error *err)
{
	struct rn_tally_entry *entries;
	int rc = rn_tally_set_take(set, &entries, &h->n_rows, err);
	if (rc)
		return rc;
	h->rows = calloc(h->n_rows + 1, sizeof(*h->rows));
	h->name = calloc(h->n_rows + 1, sizeof(*h->name));
	rc = h->rows && h->name ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for latencies");
	for (size_t i = 0; i < h->n_rows && !rc; i++)
		set_row(&h->rows[i], &entries[i], (enum rn_machine)rn_reader_header(p->reader)->machine, h->name[i]);
	free(entries);
	return rc ? rc : rn_latency_rows_sort(h->rows, h->n_rows, p->statistics.latency.sort, err);
}

static int count_use(void *set, const struct rn_use_key *key, const struct rn_use *use, struct rn_error *err)
{
	return rn_tally_set_add_tally(set, (enum rn_abi)key->abi, key->nr, &use->tally, err);
}

static int takes_thread(void *arg, uint32_t utid)
{
	const struct rn_report_plan *p = arg;
	return rn_model_is_of(p->model, utid, p->pids, p->n_pids) ? rn_selection_takes_thread(p->selection, utid) : 0;
}

static int count_blocks(struct rn_report_plan *p, const uint8_t *look, struct rn_tally_set *set, struct rn_error *err)
{
	struct rn_orphans orphans;
	struct rn_batch b;
	int rc = rn_index_orphans(p->index, &orphans, err);
	if (rc)
		return rc;
	struct rn_source *s = rn_report_plan_blocks(p, look, &orphans);
	rc = s ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	rn_batch_init(&b);
	while (!rc && (rc = rn_source_next(s, &b, err)) == 0)
		rc = rn_tally_set_add(set, b.core, b.selected, b.n_selected, err);
	rn_batch_fini(&b);
	rn_source_free(s);
	rn_orphans_fini(&orphans);
	return rc == RN_END ? 0 : rc;
}

/* Whole runs of blocks as they were counted, the others call by call. */
static int count_parts(struct rn_report_plan *p, struct rn_tally_set *set, struct rn_error *err)
{
	struct rn_index_part part = { .filter = p->filter, .takes_thread = takes_thread, .arg = p };
	size_t n = rn_reader_n_blocks(p->reader);
	uint8_t *look = calloc(n + 1, 1);
	if (!look)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	rn_selection_is_of_parts(p->selection, &part.from_ns, &part.to_ns);
	int rc = rn_index_tally_part(p->index, &part, set, look, err);
	p->n_calls = 0;
	if (!rc && memchr(look, 1, n))
		rc = count_blocks(p, look, set, err);
	p->n_calls += part.n_calls;
	free(look);
	return rc;
}

static int count_calls(struct rn_report_plan *p, struct rn_tally_set *set, struct rn_error *err)
{
	if (rn_report_plan_by_parts(p))
		return count_parts(p, set, err);
	if (rn_report_plan_is_open(p))
		return rn_index_tally(p->index, p->filter, set, err);
	return rn_selected_uses(p->selection, p->index, p->filter, count_use, set, err);
}

int rn_report_by_index(struct rn_report_plan *p, const struct rn_summary_options *options, struct rn_sink *sink,
	struct rn_error *err)
{
	bool histogram = p->o->statistics.histogram;
	struct histograms h = { 0 };
	struct rn_tally_set *set = rn_tally_set_new();
	int rc = set ? count_calls(p, set, err) : rn_fail(err, RN_E_NOMEM, "out of memory");
	if (rc == RN_END)
		p->n_calls = 0;
	if (!rc && histogram)
		rc = rn_index_histograms(p->index, &h.of, &h.n);
	if (!rc && histogram)
		rc = make_rows(&h, set, p, err);
	if (!rc)
		rc = rn_summary_emit(set, options, sink, err);
	if (!rc && histogram)
		rc = rn_latency_histogram_emit_counts(count, &h, h.rows, h.n_rows, RN_BY_NAME, sink, err);
	rn_tally_set_free(set);
	histograms_fini(&h);
	return rc;
}
