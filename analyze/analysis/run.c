/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/analysis.h"

#include <stdlib.h>

static int feed(const struct rn_question *questions, size_t n, void **states,
	struct rn_source *source, struct rn_error *err)
{
	struct rn_batch batch;
	rn_batch_init(&batch);
	int rc;
	while ((rc = rn_source_next(source, &batch, err)) == 0) {
		for (size_t i = 0; i < n && !rc; i++)
			if (questions[i].analysis->batch)
				rc = questions[i].analysis->batch(states[i], &batch, err);
		if (rc)
			break;
	}
	rn_batch_fini(&batch);
	return rc == RN_END ? 0 : rc;
}

int rn_analyses_run(const struct rn_question *questions, size_t n, struct rn_source *source,
	struct rn_sink *sink, struct rn_error *err)
{
	int rc = 0;
	size_t begun = 0;
	void **states = calloc(n ? n : 1, sizeof(*states));
	if (!states)
		return rn_fail(err, RN_E_NOMEM, "out of memory for an analysis");
	for (; begun < n && !rc; begun++) {
		const struct rn_analysis *a = questions[begun].analysis;
		states[begun] = calloc(1, a->state_size ? a->state_size : 1);
		if (!states[begun])
			rc = rn_fail(err, RN_E_NOMEM, "out of memory for an analysis");
		else if (a->begin)
			rc = a->begin(states[begun], questions[begun].options, err);
	}
	if (!rc)
		rc = feed(questions, n, states, source, err);
	for (size_t i = 0; i < n && !rc; i++)
		if (questions[i].analysis->emit)
			rc = questions[i].analysis->emit(states[i], sink, err);
	for (size_t i = 0; i < begun; i++) {
		if (states[i] && questions[i].analysis->fini)
			questions[i].analysis->fini(states[i]);
		free(states[i]);
	}
	free(states);
	return rc;
}
