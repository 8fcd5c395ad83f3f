/* SPDX-License-Identifier: MIT */
#include "analyze/filters/uses.h"

#include "analyze/filters/places.h"

#include <stdlib.h>

struct wanted {
	const struct rn_selection_of_uses *of;
	struct rn_index *index;
	const struct rn_filter *filter;
	uint8_t *facts;              /* 0 not looked at, 1 does not fit, 2 fits */
	rn_index_take_use *take;
	void *arg;
};

/* 1, 0 or an error. */
static int fits(const struct wanted *w, uint32_t number, struct rn_error *err)
{
	if (!w->of->paths || !number)
		return !w->of->paths;
	if (!w->facts[number]) {
		int rc = rn_facts_fit(rn_index_facts(w->index, number), w->of->paths, err);
		if (rc < 0)
			return rc;
		w->facts[number] = (uint8_t)(1 + rc);
	}
	return w->facts[number] - 1;
}

static bool is_wanted_error(const struct rn_limits *l, const struct rn_use_key *key)
{
	return !l->errors_only || (key->failed && key->error < RN_ERRNO_LIMIT &&
		l->errnos[key->error / 64] >> key->error % 64 & 1);
}

static int take(void *arg, const struct rn_use_key *key, const struct rn_use *use, struct rn_error *err)
{
	const struct wanted *w = arg;
	if ((w->filter && !rn_filter_match(w->filter, (enum rn_abi)key->abi, key->nr)) ||
		!is_wanted_error(w->of->limits, key))
		return 0;
	int rc = fits(w, key->number, err);
	return rc > 0 ? w->take(w->arg, key, use, err) : rc;
}

int rn_selected_uses(struct rn_selection *s, struct rn_index *index, const struct rn_filter *filter,
	rn_index_take_use *take_one, void *arg, struct rn_error *err)
{
	struct rn_selection_of_uses of;
	if (!index || !rn_selection_is_of_uses(s, &of))
		return RN_END;
	/* The facts are there behind the first look. */
	int rc = rn_index_uses(index, NULL, NULL, err);
	if (rc)
		return rc;
	struct wanted w = { &of, index, filter, calloc((size_t)rn_index_n_facts(index) + 1, 1), take_one, arg };
	rc = w.facts ? rn_index_uses(index, take, &w, err) : rn_fail(err, RN_E_NOMEM, "out of memory");
	free(w.facts);
	return rc;
}
