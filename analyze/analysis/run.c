/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/analysis.h"

#include <stdlib.h>
#include <string.h>

struct rn_analyses {
	size_t n;
	struct one {
		const struct rn_analysis *analysis;
		void *state;
	} one[];
};

int rn_analyses_begin(struct rn_analyses **out, const struct rn_question *questions, size_t n,
	struct rn_error *err)
{
	struct rn_analyses *a = calloc(1, sizeof(*a) + n * sizeof(*a->one));
	int rc = a ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for an analysis");
	for (size_t i = 0; i < n && !rc; i++) {
		const struct rn_analysis *analysis = questions[i].analysis;
		void *state = calloc(1, analysis->state_size ? analysis->state_size : 1);
		if (!state) {
			rc = rn_fail(err, RN_E_NOMEM, "out of memory for an analysis");
			break;
		}
		a->one[a->n++] = (struct one){ analysis, state };
		if (analysis->begin)
			rc = analysis->begin(state, questions[i].options, err);
	}
	if (rc) {
		rn_analyses_free(a);
		a = NULL;
	}
	*out = a;
	return rc;
}

int rn_analyses_batch(struct rn_analyses *a, const struct rn_batch *b, struct rn_error *err)
{
	int rc = 0;
	for (size_t i = 0; i < a->n && !rc; i++)
		if (a->one[i].analysis->batch)
			rc = a->one[i].analysis->batch(a->one[i].state, b, err);
	return rc;
}

int rn_analyses_use(void *arg, const struct rn_use_key *key, const struct rn_use *use, struct rn_error *err)
{
	struct rn_analyses *a = arg;
	int rc = 0;
	for (size_t i = 0; i < a->n && !rc; i++)
		rc = a->one[i].analysis->use(a->one[i].state, key, use, err);
	return rc;
}

int rn_analyses_walk(struct rn_analyses *a, struct rn_source *source, struct rn_error *err)
{
	struct rn_batch batch;
	rn_batch_init(&batch);
	int rc;
	while ((rc = rn_source_next(source, &batch, err)) == 0) {
		rc = rn_analyses_batch(a, &batch, err);
		if (rc)
			break;
	}
	rn_batch_fini(&batch);
	return rc == RN_END ? 0 : rc;
}

int rn_analyses_emit(struct rn_analyses *a, struct rn_sink *sink, struct rn_error *err)
{
	int rc = 0;
	for (size_t i = 0; i < a->n && !rc; i++)
		if (a->one[i].analysis->emit)
			rc = a->one[i].analysis->emit(a->one[i].state, sink, err);
	return rc;
}

void rn_analyses_free(struct rn_analyses *a)
{
	for (size_t i = 0; a && i < a->n; i++) {
		if (a->one[i].analysis->fini)
			a->one[i].analysis->fini(a->one[i].state);
		free(a->one[i].state);
	}
	free(a);
}

int rn_analyses_run(const struct rn_question *questions, size_t n, struct rn_source *source,
	struct rn_sink *sink, struct rn_error *err)
{
	struct rn_analyses *a;
	int rc = rn_analyses_begin(&a, questions, n, err);
	if (!rc)
		rc = rn_analyses_walk(a, source, err);
	if (!rc)
		rc = rn_analyses_emit(a, sink, err);
	rn_analyses_free(a);
	return rc;
}
