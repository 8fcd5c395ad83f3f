/* SPDX-License-Identifier: MIT */
#include "analyze/weights/weights.h"

static uint64_t weight(const struct rn_sampled *s)
{
	rn_weighed all = ((rn_weighed)s->kept + s->left_out) << 32;
	all = (all + s->kept / 2) / s->kept;
	return all > UINT64_MAX ? UINT64_MAX : (uint64_t)all;
}

bool rn_weights_init(struct rn_weights *w, const struct rn_sampling *s)
{
	bool any = false;
	for (unsigned abi = 0; abi < RN_ABI_COUNT; abi++)
		for (unsigned nr = 0; nr < RN_WEIGHT_NUMBERS; nr++)
			w->of[abi][nr] = RN_WEIGHT_ONE;
	for (size_t i = 0; i < s->n; i++) {
		const struct rn_sampled *one = &s->item[i];
		if (one->abi >= RN_ABI_COUNT || one->nr >= RN_WEIGHT_NUMBERS || !rn_sampled_weighs(one))
			continue;
		w->of[one->abi][one->nr] = weight(one);
		any = true;
	}
	return any;
}
