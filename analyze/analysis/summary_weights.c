/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/summary_weights.h"

#include "analyze/model/model.h"
#include "analyze/weights/sampling.h"
#include "shared/filter.h"

#include <stdlib.h>

static bool may_have(const struct rn_summary_options *o, const struct rn_sampled *s)
{
	return s->left_out && s->abi <= UINT16_MAX && s->nr <= UINT32_MAX &&
		(!o->filter || rn_filter_match(o->filter, (enum rn_abi)s->abi, (uint32_t)s->nr));
}

bool rn_summary_is_sampled(const struct rn_summary_options *o)
{
	const struct rn_sampling *sampling = o->model ? rn_model_sampling(o->model) : NULL;
	for (size_t i = 0; sampling && i < sampling->n; i++)
		if (may_have(o, &sampling->item[i]))
			return true;
	return false;
}

static int by_number(const void *x, const void *y)
{
	const struct rn_tally_entry *a = x, *b = y;
	if (a->abi != b->abi)
		return a->abi < b->abi ? -1 : 1;
	return a->nr < b->nr ? -1 : a->nr > b->nr;
}

/* entries are by number up to n. */
static bool is_among(const struct rn_tally_entry *entries, size_t n, const struct rn_tally_entry *e)
{
	return n && bsearch(e, entries, n, sizeof(*e), by_number);
}

int rn_summary_add_unrecorded(const struct rn_summary_options *o, struct rn_tally_entry **entries, size_t *n,
	struct rn_error *err)
{
	const struct rn_sampling *sampling = o->model && o->by_number ? rn_model_sampling(o->model) : NULL;
	if (!sampling || !sampling->n)
		return 0;
	struct rn_tally_entry *more = realloc(*entries, (*n + sampling->n) * sizeof(*more));
	if (!more)
		return rn_fail(err, RN_E_NOMEM, "out of memory for the summary");
	*entries = more;
	size_t before = *n;
	for (size_t i = 0; i < sampling->n; i++) {
		const struct rn_sampled *s = &sampling->item[i];
		const struct rn_tally_entry e = { (enum rn_abi)s->abi, (uint32_t)s->nr, RN_TALLY_INIT };
		if (!s->kept && may_have(o, s) && !is_among(more, before, &e))
			more[(*n)++] = e;
	}
	qsort(more, *n, sizeof(*more), by_number);
	return 0;
}

static uint64_t scale(const struct rn_sampled *s, uint64_t v)
{
	rn_sampled_sum all = rn_sampled_scale(s, v);
	return all > UINT64_MAX ? UINT64_MAX : (uint64_t)all;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

void rn_summary_weigh(const struct rn_summary_options *o, struct rn_tally_entry *e,
	struct rn_summary_weight *out)
{
	struct rn_tally *t = &e->tally;
	const struct rn_sampled *s = o->model ?
		rn_sampling_find(rn_model_sampling(o->model), (uint64_t)e->abi, e->nr) : NULL;
	*out = (struct rn_summary_weight){ false, t->calls, 1 };
	if (rn_sampled_weighs(s)) {
		*out = (struct rn_summary_weight){ true, t->calls, rn_sampled_weight(s) };
		t->calls = sum(scale(s, t->calls - t->unfinished), t->unfinished);
		t->errors = scale(s, t->errors);
		t->total_ns = rn_sampled_scale(s, t->total_ns);
	} else if (s && s->left_out && t->calls == t->unfinished && o->by_number) {
		*out = (struct rn_summary_weight){ true, t->calls, 0 };
		t->calls = sum(t->calls, s->left_out);
	}
}

int rn_summary_note_weights(const struct rn_summary_options *o, struct rn_sink *sink, struct rn_error *err)
{
	return rn_sink_note(sink, rn_bytes_str(o->by_number ?
		"calls were left out while recording: calls are exact (recorded and counted), columns with ~ are "
			"estimates (recorded ones times their weight); usecs/call is of recorded calls" :
		"calls were left out while recording: columns with ~ are estimates (recorded ones times their "
			"weight); usecs/call is of recorded calls"), err);
}
